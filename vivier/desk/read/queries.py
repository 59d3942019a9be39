"""The parameters of the desk over HTTP: a lot to study, a depth map. Each parameter is one declared line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from vivier.clausier.hours import HoursAsked
from vivier.desk.facts.candidates import SupplyAsked
from vivier.desk.method.verdict import Lot, Options
from vivier.desk.read.line_figures import category_of
from vivier.desk.read.programme import Row
from vivier.desk.tell.depth_map import By, DepthAsked, Offer
from vivier.law.rules import Category
from vivier.law.social import social_services
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import codes
from vivier.search.codes import trades_of_cpv
from vivier.search.filters import Filter
from vivier.search.query import Amount, Codes
from vivier.trades.cpv import parse_cpv
from vivier.trades.filieres import FILIERE_NAMES, trades_of_filiere
from vivier.trades.table import STAFFING

Share = Annotated[float, Field(ge=0.1, le=1, allow_inf_nan=False)]
Rate = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Months = Annotated[int, Field(ge=1, le=180)]


class DeskQuery(Model):
    """Parameters that a lot and a depth map share: trades (or CPV), amount, duration, share of turnover, date."""

    trade: Annotated[
        Codes,
        Field(description="métiers, voir /v1/trades ; plusieurs : l'un ou l'autre"),
        Filter("Métier", "trade", allowed=codes.trades),
    ] = ()
    cpv: Annotated[
        Codes,
        Field(description="codes CPV (2 à 8 chiffres, clé ignorée), par les métiers qui leur correspondent"),
        Filter("Code CPV", "trade", parse=parse_cpv),
    ] = ()
    amount: Annotated[Amount | None, Field(description="montant du lot sur toute sa durée, € HT")] = None
    months: Annotated[Months | None, Field(description="durée du lot en mois, reconductions comprises")] = None
    share: Annotated[
        Share | None,
        Field(description="part du chiffre d'affaires annuel qu'un an du lot peut peser (0,30 par défaut)"),
    ] = None
    as_of: Annotated[
        date | None, Field(description="date à laquelle les agréments doivent valoir (par défaut aujourd'hui)")
    ] = None

    def trades(self, lexicon: Lexicon) -> tuple[str, ...]:
        """The given trades, then those of the CPV."""
        of_cpv = (trade for cpv in self.cpv for trade in trades_of_cpv(lexicon, parse_cpv(cpv)))
        return tuple(dict.fromkeys((*self.trade, *of_cpv)))


class FeasibilityQuery(DeskQuery):
    """A lot: what, where, how much, for how long."""

    territory: Annotated[
        Codes, Field(description="lieu d'exécution : commune:35238, epci:243500139, departement:35, region:53")
    ] = ()
    contract: Annotated[
        Literal["marche", "concession"], Field(description="marché ou concession : les articles diffèrent")
    ] = "marche"
    category: Annotated[
        Category | None,
        Field(description="travaux, fournitures ou services (par défaut, d'après le CPV, sinon le métier)"),
    ] = None
    buyer: Annotated[
        Literal["central", "other", "entity"],
        Field(description="acheteur : autorité centrale, autre pouvoir adjudicateur, entité adjudicatrice"),
    ] = "other"
    rate: Annotated[Rate | None, Field(description="taux de réponse supposé de chaque structure (0,10 par défaut)")] = (
        None
    )
    prison: Annotated[bool, Field(description="regarder aussi le travail en prison")] = False
    labour_share: Annotated[
        Rate | None, Field(description="part de la main-d'œuvre dans le prix (celle du métier, si elle est connue)")
    ] = None
    hourly_cost: Annotated[
        float | None, Field(ge=15, le=150, allow_inf_nan=False, description="coût horaire complet, en euros (15 à 150)")
    ] = None
    effort: Annotated[
        float | None, Field(ge=0.01, le=1, allow_inf_nan=False, description="effort d'insertion (0,01 à 1)")
    ] = None
    taken_over: Annotated[
        float | None,
        Field(ge=0, le=1, allow_inf_nan=False, description="part du personnel repris (0 à 1) ; absente : inconnue"),
    ] = None

    @model_validator(mode="after")
    def _combinations(self) -> FeasibilityQuery:
        if not self.trade and not self.cpv:
            raise PydanticCustomError("impossible_combination", "Donnez un métier (trade) ou un code CPV (cpv).")
        if not self.territory:
            raise PydanticCustomError("impossible_combination", "Donnez le lieu d'exécution (territory).")
        return self

    def lot(self, lexicon: Lexicon) -> Lot:
        """The lot, as if it were the whole need of its consultation, of the category given, else supposed as that of a line of a programme."""
        cpv = tuple(parse_cpv(code) for code in self.cpv)
        trades = self.trades(lexicon)
        natures = [lexicon.trades.get(trade).nature for trade in trades]
        category = self.category or category_of(Row(0, {}), cpv, natures, "")[0]
        known = self.amount, self.months, cpv, self.contract, category, self.buyer, self.labour_share
        return Lot(*known, lending=STAFFING in trades, social_services=social_services(trades, cpv))

    def hours_query(self) -> HoursAsked:
        """What is known of the insertion hours of the lot."""
        return HoursAsked(
            self.amount,
            self.months or 12,
            self.labour_share,
            hourly_cost=self.hourly_cost,
            effort=self.effort,
            taken_over=self.taken_over or 0.0,
        )

    def options(self) -> Options:
        """The values that the user changed."""
        return Options(self.share, self.rate, self.prison)

    def supply_query(self, lexicon: Lexicon, today: date) -> SupplyAsked:
        """The query of the supply: trades, territories and date."""
        return SupplyAsked(self.trades(lexicon), self.territory, self.as_of or today)


class DepthQuery(DeskQuery):
    """A trade, some trades, a group or a *filière* of them, over territories."""

    group: Annotated[
        Codes, Field(description="groupes de métiers"), Filter("Groupe de métiers", "group", allowed=codes.groups)
    ] = ()
    filiere: Annotated[
        Codes,
        Field(description="filières du Plan national pour des achats durables : " + ", ".join(FILIERE_NAMES)),
        Filter("Filière", "trade", allowed=lambda _: FILIERE_NAMES),
    ] = ()
    offer: Annotated[
        Offer,
        Field(
            description="offre comptée : inclusive (structures qui répondent à une réservation), environmental (titulaires d'un "
            "label environnemental qui porte sur le métier)"
        ),
    ] = "inclusive"
    by: Annotated[By, Field(description="maille : departement, region, epci")] = "departement"
    within: Annotated[
        Codes,
        Field(
            description="seulement dans ces territoires : region:53, departement:35 ; d'une commune, le territoire de la maille qui la contient"
        ),
    ] = ()
    territory: Annotated[
        Codes, Field(description="seulement ces territoires : départements, régions ou EPCI, à la place de la maille")
    ] = ()

    @model_validator(mode="after")
    def _combinations(self) -> DepthQuery:
        if not (self.trade or self.cpv or self.group or self.filiere):
            raise PydanticCustomError(
                "impossible_combination",
                "Donnez un métier (trade), un groupe (group), une filière (filiere) ou un CPV (cpv).",
            )
        return self

    def depth_query(self, lexicon: Lexicon, today: date) -> DepthAsked:
        """The query of the depth map, with the trades of the groups and filières."""
        groups = {group.code: group.trades for group in lexicon.trades.groups()}
        of_groups = (trade.code for code in self.group for trade in groups[code])
        of_filieres = (trade for code in self.filiere for trade in trades_of_filiere(code, lexicon.trades))
        trades = tuple(dict.fromkeys((*self.trades(lexicon), *of_groups, *of_filieres)))
        where, lot = (self.by, self.within, self.territory), (self.amount, self.months, self.share)
        return DepthAsked(trades, self.as_of or today, *where, *lot, self.offer, self.as_of is not None)
