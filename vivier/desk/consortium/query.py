"""The parameters of ``/v1/consortia``: trades that are all required, places, amounts, article, size."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from vivier.desk.consortium.need import MOST_MEMBERS, MOST_TRADES, Need
from vivier.desk.consortium.read import parts_of
from vivier.desk.method.offers import annual
from vivier.law.articles import Article
from vivier.law.parameters import chosen
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.query import Amount, Codes

Wanted = Literal["auto", "clause", Article]


class ConsortiumQuery(Model):
    """A lot that several structures may bear together."""

    trade: Annotated[
        Codes,
        Field(description=f"métiers, tous nécessaires, voir /v1/trades ({MOST_TRADES} au plus)"),
        Filter("Métier", "trade", allowed=codes.trades),
    ] = ()
    territory: Annotated[
        Codes, Field(description="lieux d'exécution, tous à servir : departement:35, epci:243500139, region:53")
    ] = ()
    amount: Annotated[Amount | None, Field(description="montant du lot sur toute sa durée, € HT")] = None
    trade_amount: Annotated[
        Codes,
        Field(description="montants par métier, s'ils sont connus, € HT sur toute la durée : nettoyage-locaux:120000"),
    ] = ()
    months: Annotated[
        Annotated[int, Field(ge=1, le=180)] | None,
        Field(description="durée du lot en mois, reconductions comprises"),
    ] = None
    article: Annotated[
        Wanted,
        Field(
            description="article voulu ; auto : le plus étroit que tous les membres remplissent ; clause : sans réservation"
        ),
    ] = "auto"
    contract: Annotated[
        Literal["marche", "concession"], Field(description="marché ou concession : les articles diffèrent")
    ] = "marche"
    members: Annotated[int, Field(ge=1, le=6, description="nombre de membres au plus (1 à 6)")] = MOST_MEMBERS
    split_territory: Annotated[
        bool, Field(description="les membres peuvent se répartir les lieux, ou les parties d'un lieu donné seul")
    ] = False
    complement: Annotated[
        bool,
        Field(description="exiger à la fois une prestation (EI, ACI, EA, ESAT…) et une mise à disposition (ETTI, AI…)"),
    ] = False
    known_capacity: Annotated[bool, Field(description="seulement des structures au chiffre d'affaires connu")] = False
    share: Annotated[
        Annotated[float, Field(ge=0.1, le=1, allow_inf_nan=False)] | None,
        Field(description="part du chiffre d'affaires annuel qu'un an du lot peut peser (0,30 par défaut)"),
    ] = None
    as_of: Annotated[
        date | None, Field(description="date à laquelle les agréments doivent valoir (par défaut aujourd'hui)")
    ] = None

    @field_validator("trade_amount")
    @classmethod
    def _amounts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            _read(text)
        if len({text.partition(":")[0] for text in value}) < len(value):
            raise PydanticCustomError("impossible_combination", "« trade_amount » : un seul montant par métier.")
        return value

    @model_validator(mode="after")
    def _combinations(self) -> ConsortiumQuery:
        if not self.trade:
            raise PydanticCustomError("impossible_combination", "Donnez au moins un métier (trade).")
        if not self.territory:
            raise PydanticCustomError("impossible_combination", "Donnez le lieu d'exécution (territory).")
        return self

    def need(self, lexicon: Lexicon, today: date) -> Need:
        """The need, in euros a year. Raises ``InvalidRequest`` for a territory that is unknown or has too many parts."""
        return Need(
            trades=tuple(dict.fromkeys(self.trade)),
            parts=parts_of(self.territory, self.split_territory, lexicon.gazetteer),
            as_of=self.as_of or today,
            share=chosen("capacity_share", self.share, "share"),
            annual=None if self.amount is None else annual(self.amount, self.months),
            amounts={code: annual(euros, self.months) for code, euros in map(_read, self.trade_amount)},
            months=self.months,
            kind=self.contract,
            article=self.article,
            most=self.members,
            split=self.split_territory,
            complement=self.complement,
            known=self.known_capacity,
        )


def _read(text: str) -> tuple[str, float]:
    """Parses « nettoyage-locaux:120000 » into a trade and an amount."""
    code, _, figure = text.rpartition(":")
    try:
        amount = float(figure)
    except ValueError:
        amount = -1.0
    if not code or not 0 <= amount <= 1e12:
        raise PydanticCustomError(
            "invalid_value", "« trade_amount » : écrivez métier:montant, par exemple nettoyage-locaux:120000."
        )
    return code, amount
