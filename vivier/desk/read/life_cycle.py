"""Reads a comparison of life-cycle costs, from JSON or from the fields of a form: figures may be written as in French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from vivier.desk.method.life_cycle import BORNE, PARTS, Comparison, Offer, Part
from vivier.errors import FieldError, InvalidRequest
from vivier.model.base import Given
from vivier.privacy import personal
from vivier.search.messages import french

MOST_OFFERS: Final = 5
COSTS: Final[Mapping[str, str]] = {
    "acquisition": "Acquisition, en euros HT",
    "use": "Utilisation, en euros HT par an",
    "maintenance": "Maintenance, en euros HT par an",
    "end_of_life": "Fin de vie, en euros HT (négatif si une reprise rapporte)",
    "carbon": "Émissions, en tonnes de CO₂ par an",
}
"""The figures of an offer, with the titles of the form."""
_FIGURE: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_THOUSANDS: Final = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_MOST: Final = Decimal(10) ** 12


def _figure(value: object) -> object:
    """A figure as it is typed: « 12 000,50 € », « -300 »."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return value
    text = re.sub(r"[\s\u202f\xa0]|€|euros?|ht", "", str(value).lower()).replace(",", ".").replace("−", "-")
    if not text:
        return None
    is_typed = isinstance(value, str) and "," not in value
    if not _FIGURE.fullmatch(text) or (is_typed and _THOUSANDS.fullmatch(text)):
        message = f"« {str(value)[:40]} » n'est pas un nombre : écrivez par exemple 12000 ou 12 000,50."
        raise PydanticCustomError("invalid_value", "{message}", {"message": message})
    return Decimal(text)


def _rate(value: object) -> object:
    """A rate as it is typed: « 0,03 », « 3 % »."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        figure = _figure(value.rstrip()[:-1])
        return figure / 100 if isinstance(figure, Decimal) else figure
    return _figure(value)


Figure = Annotated[Decimal, BeforeValidator(_figure), Field(ge=0, le=_MOST)]


class OfferAsked(Given):
    """One offer. A cost that is not given is unknown."""

    name: Annotated[str, Field(min_length=1, max_length=80, description="nom de l'offre, jamais d'une personne")]
    acquisition: Annotated[Figure | None, Field(description="acquisition, euros HT, en une fois")] = None
    use: Annotated[Figure | None, Field(description="utilisation (énergie, eau, consommables), euros HT par an")] = None
    maintenance: Annotated[Figure | None, Field(description="maintenance, euros HT par an")] = None
    end_of_life: Annotated[
        Annotated[Decimal, BeforeValidator(_figure), Field(ge=-_MOST, le=_MOST)] | None,
        Field(description="fin de vie, euros HT, en une fois ; négatif si une reprise rapporte"),
    ] = None
    carbon: Annotated[Figure | None, Field(description="émissions, tonnes de CO₂ équivalent par an")] = None

    @field_validator("name")
    @classmethod
    def _nobody(cls, name: str) -> str:
        if personal(name):
            message = "« name » : nommez l'offre ou l'entreprise, jamais une personne."
            raise PydanticCustomError("personal_data", "{message}", {"message": message})
        return " ".join(name.split())

    def offer(self) -> Offer:
        """The offer in the form that the method takes."""
        return Offer(self.name, self.acquisition, self.use, self.maintenance, self.end_of_life, self.carbon)


class LifeCycleAsked(Given):
    """Offers, and how they are compared."""

    years: Annotated[
        int, Field(ge=1, le=60, description="durée de comparaison, en années entières, la même pour toutes")
    ]
    discount_rate: Annotated[
        Annotated[Decimal, BeforeValidator(_rate), Field(ge=0, le=Decimal("0.2"))] | None,
        Field(description="taux d'actualisation annuel, entre 0 et 0,2 ; absent : pas d'actualisation"),
    ] = None
    carbon_price: Annotated[
        Figure | None,
        Field(description="prix de la tonne de CO₂, en euros ; absent : externalités non comptées"),
    ] = None
    parts: Annotated[
        tuple[Part, ...],
        Field(description="postes comparés : " + ", ".join(BORNE) + " ; externalities s'ajoute avec carbon_price"),
    ] = BORNE
    offers: Annotated[
        tuple[OfferAsked, ...], Field(min_length=1, max_length=MOST_OFFERS, description="les offres, 5 au plus")
    ]

    @model_validator(mode="after")
    def _carbon(self) -> LifeCycleAsked:
        if not self.parts or ("externalities" in self.parts and self.carbon_price is None):
            message = (
                "« parts » : choisissez au moins un poste."
                if not self.parts
                else "« carbon_price » : donnez le prix de la tonne, que les documents de la consultation doivent dire."
            )
            raise PydanticCustomError("missing_value", "{message}", {"message": message})
        return self

    def comparison(self) -> Comparison:
        """How to compare, in the form that the method takes."""
        counted = dict.fromkeys((*self.parts, *(("externalities",) if self.carbon_price is not None else ())))
        parts = tuple(part for part in PARTS if part in counted)
        return Comparison(self.years, self.discount_rate or Decimal(0), self.carbon_price, parts)


def checked_costs(body: object) -> LifeCycleAsked:
    """Validates a JSON body. Raises ``InvalidRequest`` with every value to correct; offers are named by rank (« offers.2.use »)."""
    try:
        return LifeCycleAsked.model_validate(body)
    except ValidationError as error:
        given = body if isinstance(body, Mapping) else {}
        found = [_named(fault, given) for fault in error.errors()]
        several = any(wrong.field.startswith("offers.") for wrong in found)
        raise InvalidRequest(tuple(wrong for wrong in found if not (several and wrong.field == "offers"))) from None


def _named(fault: Any, given: Mapping[str, Any]) -> FieldError:
    read = french(fault, given)
    where = [str(part + 1) if isinstance(part, int) else str(part) for part in fault["loc"]]
    shown = where[:3] if where[:1] == ["offers"] else where[:1]
    named = (
        "carbon_price" if "carbon_price" in read.message and not shown else "parts" if not shown else ".".join(shown)
    )
    return FieldError(named, read.code, read.message, read.allowed)


def costs_of(items: Iterable[tuple[str, str]]) -> LifeCycleAsked:
    """Reads the fields of a form: ``use-2`` is a figure of the second offer, ``part`` a part that counts. Offers without a name nor a figure are left
    out. Raises ``InvalidRequest``, an unknown field included."""
    body: dict[str, Any] = {}
    offers: dict[int, dict[str, str]] = {}
    for name, text in items:
        field, dash, rank = name.partition("-")
        if dash and rank.isdecimal() and 1 <= int(rank) <= MOST_OFFERS and field in ("name", *COSTS):
            offers.setdefault(int(rank), {})[field] = text
        elif name == "part":
            body.setdefault("parts", []).append(text)
        elif name in ("years", "discount_rate", "carbon_price"):
            body[name] = text
        else:
            raise InvalidRequest((FieldError(name, "unknown_parameter", f"Paramètre inconnu : « {name[:40]} »."),))
    ranks = sorted(offers)
    body["offers"] = [{"name": f"Offre {rank}", **offers[rank]} for rank in ranks]
    try:
        return checked_costs(body)
    except InvalidRequest as error:
        raise InvalidRequest(tuple(_of_form(wrong, ranks) for wrong in error.errors)) from None


def _of_form(error: FieldError, ranks: list[int]) -> FieldError:
    first, *rest = error.field.split(".")
    if first == "offers" and len(rest) == 2:
        return FieldError(f"{rest[1]}-{ranks[int(rest[0]) - 1]}", error.code, error.message, error.allowed)
    field = {"parts": "part", "offers": "acquisition-1"}.get(first, first)
    message = "Donnez au moins une offre et un coût." if first == "offers" else error.message
    return FieldError(field, error.code, message, error.allowed)
