"""Queries of leads and of the ranking of buyers: the profile, and the filters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from vivier import procurement
from vivier.contracts.buyers import CATEGORIES
from vivier.contracts.query import RESERVED_FOR
from vivier.model.base import Model
from vivier.procurement import LeadKind
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.point import Point, check_circle
from vivier.search.query import WORDS, Amount, Codes, Day, check_depth

Also = Literal["expired", "national", "supposed", "too_large"]
"""What leads leave out unless the query asks for it."""
MOST_LEADS = 1000


class ProfileQuery(Model):
    """For whom: a supplier of the index, or trades, a place and kinds told by hand."""

    supplier: Annotated[
        str | None,
        Field(min_length=2, max_length=120, description="nom, SIRET, SIREN ou identifiant d'un fournisseur de l'index"),
    ] = None
    trade: Annotated[
        Codes, Field(description="métiers, voir /v1/trades"), Filter("Métier", "trades", allowed=codes.trades)
    ] = ()
    also_trade: Annotated[
        Codes,
        Field(description="métiers que la structure dit faire, en plus de ceux de l'index"),
        Filter("Métier que nous faisons aussi", "trades", allowed=codes.trades),
    ] = ()
    not_trade: Annotated[
        Codes,
        Field(description="métiers que la structure dit ne pas faire"),
        Filter("Métier que nous ne faisons pas", "trades", allowed=codes.trades),
    ] = ()
    territory: Annotated[Codes, Field(description="territoires servis : commune:35238, departement:35, FR")] = ()
    near: Annotated[Point | None, Field(description="point « lon,lat » autour duquel on travaille")] = None
    radius_km: Annotated[
        float | None, Field(ge=0.1, le=200, allow_inf_nan=False, description="rayon autour de near, en km (0,1 à 200)")
    ] = None
    kind: Annotated[
        Codes,
        Field(description="types de structure, voir /v1/kinds"),
        Filter("Type de structure", "kind", allowed=codes.kinds),
    ] = ()
    label: Annotated[
        Codes,
        Field(description="labels de la structure, en plus de ceux de l'index, voir /v1/labels"),
        Filter("Label", "label", allowed=codes.labels),
    ] = ()
    turnover: Annotated[Amount | None, Field(gt=0, description="chiffre d'affaires annuel, € HT")] = None
    as_of: Annotated[Day | None, Field(description="date à laquelle on se place (par défaut aujourd'hui)")] = None
    page: Annotated[int, Field(ge=1, le=MOST_LEADS, description="page, à partir de 1")] = 1
    per_page: Annotated[int, Field(ge=1, le=100, description="résultats par page (1 à 100)")] = 20

    @model_validator(mode="after")
    def _for_somebody(self) -> ProfileQuery:
        check_circle(self.near, self.radius_km)
        check_depth(self.page, self.per_page, MOST_LEADS, "précisez la demande")
        return self

    @property
    def whom(self) -> dict[str, Any]:
        """What the query says of whom it is for."""
        return {name: getattr(self, name) for name in ProfileQuery.model_fields if name not in ("page", "per_page")}


def check_profile(query: ProfileQuery) -> None:
    """Refuses a query that says nothing of whom it is for: everything would then be found, and for nobody."""
    if query.supplier is None and not (query.trade or query.kind or query.territory or query.near is not None):
        raise PydanticCustomError(
            "profile_missing",
            "Pour qui ? Donnez une structure (« supplier » : nom, SIRET ou identifiant), ou un métier (« trade »), un lieu (« territory ») "
            "ou un type (« kind »).",
        )


class LeadsQuery(ProfileQuery):
    """Leads for a profile. Values of one parameter are alternatives; different parameters all hold."""

    lead: Annotated[
        tuple[LeadKind, ...],
        Field(
            max_length=4,
            description="sortes d’opportunités : open_notice, expiring_contract, planned_project, clause_holder",
        ),
    ] = ()
    provision: Annotated[
        Codes,
        Field(description="considération demandée"),
        Filter("Considération", "provisions", allowed=procurement.PROVISIONS),
    ] = ()
    reserved_for: Annotated[
        Codes,
        Field(description="réservé à : EA_ESAT, SIAE, PRISON, ESS, unknown"),
        Filter("Réservé à", "reserved_for", allowed=RESERVED_FOR),
    ] = ()
    ends_after_months: Annotated[
        int, Field(ge=0, le=36, description="marchés qui finissent au plus tôt dans tant de mois")
    ] = 3
    ends_before_months: Annotated[
        int, Field(ge=1, le=60, description="marchés qui finissent au plus tard dans tant de mois")
    ] = 18
    also: Annotated[
        tuple[Also, ...],
        Field(
            max_length=4,
            description="remet ce qui est écarté : expired (appels dont la date limite est passée), "
            "national (achats pour toute la France), supposed (métiers à confirmer), too_large (lots qui pèsent par an plus que la structure)",
        ),
    ] = ()
    lot_amount_most: Annotated[
        Amount | None, Field(gt=0, description="lots d'au plus tant d'euros HT par an ; un montant inconnu reste")
    ] = None
    without: Annotated[
        Codes, Field(description="opportunités écartées : identifiant, ou consultation de plusieurs lots (50 au plus)")
    ] = ()
    since: Annotated[Day | None, Field(description="seulement ce qui est paru ou notifié à partir de cette date")] = (
        None
    )

    @model_validator(mode="after")
    def _window(self) -> LeadsQuery:
        if self.ends_after_months >= self.ends_before_months:
            raise PydanticCustomError(
                "impossible_combination", "« ends_after_months » doit être plus petit que « ends_before_months »."
            )
        check_profile(self)
        return self


class BuyersQuery(ProfileQuery):
    """Buyers ranked for a profile, or found by name."""

    q: Annotated[str | None, Field(min_length=2, max_length=200, description="nom ou SIREN de l'acheteur"), WORDS] = (
        None
    )
    buyer_category: Annotated[
        Codes,
        Field(description="catégories d'acheteur"),
        Filter("Catégorie d'acheteur", "buyer_category", allowed=CATEGORIES),
    ] = ()
    months: Annotated[int, Field(ge=1, le=120, description="marchés notifiés depuis tant de mois")] = 36
    sort: Annotated[
        Literal["rank", "environmental", "call", "reserved", "unused", "volume"],
        Field(
            description="rank : bilan social (environnemental pour une entreprise labellisée sans type inclusif), volume et proximité ; "
            "environmental : bilan environnemental, volume et proximité ; call : à appeler, par volume, proximité et fraîcheur ; "
            "reserved : achats réservés ; "
            "unused : n'emploient pas de considération de ce bilan alors que leurs pairs le font ; volume. "
            "Dans tous les ordres, les acheteurs dont le nom n'est pas publié viennent en dernier"
        ),
    ] = "rank"
