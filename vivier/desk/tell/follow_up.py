"""The follow-up of insertion hours after the award, as a table to fill month by month. It is given empty, and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from vivier.bodies import Body
from vivier.contracts.months import add_months
from vivier.french import month_name
from vivier.model.base import Model
from vivier.privacy import personal

MOST_COMPANIES: Final = 6
FIRST, LAST = date(2015, 1, 1), date(2080, 12, 31)
"""First months that are taken."""
PUBLICS: Final[Mapping[str, str]] = {
    "long": "demandeurs d'emploi de longue durée",
    "minima": "bénéficiaires du RSA, de l'ASS ou de l'AAH",
    "disabled": "travailleurs handicapés",
    "young": "moins de 26 ans, sans emploi et peu qualifiés",
    "senior": "50 ans et plus, sans emploi",
    "supported": "suivis par une SIAE, une EA ou un ESAT",
    "other": "autres, sur avis écrit du facilitateur",
}
"""The eligible people, as the clause of the house lists them. Only how many hours is written, never who."""
WAYS: Final[Mapping[str, str]] = {
    "hired": "embauche directe",
    "lent": "mise à disposition",
    "shared": "cotraitance ou sous-traitance",
}
NOTICE: Final = "N'écrivez aucun nom de personne dans ce tableau : les justificatifs nominatifs ne vont qu'au facilitateur. Laissez vide un mois inconnu."


class FollowUpBody(Body):
    object: str
    reference: str
    hours: int | None
    pace: float | None
    months: list[str]
    companies: list[str]
    publics: list[str]
    ways: list[str]
    notice: str


class FollowUpAsked(Model):
    """What a follow-up table is about."""

    object: Annotated[str, Field(max_length=200, description="objet du lot")] = ""
    reference: Annotated[str, Field(max_length=60, description="référence de la consultation ou du lot")] = ""
    hours: Annotated[
        float | None,
        Field(ge=1, le=1e7, allow_inf_nan=False, description="heures d'insertion dues ; absentes : à fixer"),
    ] = None
    months: Annotated[int, Field(ge=1, le=180, description="durée en mois, reconductions comprises")] = 12
    start: Annotated[date | None, Field(description="premier mois, AAAA-MM-JJ ; absent : mois 1, mois 2…")] = None
    company: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=80)], ...],
        Field(max_length=MOST_COMPANIES, description="entreprises suivies, 6 au plus"),
    ] = ()

    @field_validator("object", "reference")
    @classmethod
    def _nobody(cls, text: str) -> str:
        return _checked(text)

    @field_validator("company")
    @classmethod
    def _companies(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_checked(name) for name in names))


def _checked(text: str) -> str:
    """The text on one line. Refuses what reads as a person."""
    if personal(text):
        message = "ne nommez personne : dites l'entreprise ou le marché, sans courriel ni téléphone."
        raise PydanticCustomError("personal_data", "{message}", {"message": message})
    return " ".join(text.split())


def follow_up_body(query: FollowUpAsked) -> FollowUpBody:
    """The table: its months, its companies, what is due. ``hours`` is ``None`` when the buyer has still to set them."""
    return {
        "object": query.object,
        "reference": query.reference,
        "hours": None if query.hours is None else round(query.hours),
        "pace": None if query.hours is None else round(query.hours / query.months, 1),
        "months": list(month_names(query.start, query.months)),
        "companies": list(query.company) or ["Titulaire"],
        "publics": list(PUBLICS.values()),
        "ways": list(WAYS.values()),
        "notice": NOTICE,
    }


def month_names(start: date | None, months: int) -> Iterable[str]:
    """« mars 2027 », or « mois 1 » when the start is unknown."""
    for rank in range(months):
        if start is None:
            yield f"mois {rank + 1}"
        else:
            yield month_name(add_months(start.replace(day=1), rank))
