"""Reads the request to open a round: the lots and settings of a study, the line that is asked about, when answers close."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import Field

from vivier.desk.read.asked import ConsultationAsked, checked_as
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.french import day
from vivier.model.base import Given
from vivier.privacy import personal

OPEN_DAYS: Final = 21
"""Days during which a round takes answers, when nobody says."""
MOST_OPEN_DAYS: Final = 92
MOST_INVITED: Final = 500
USUAL_INVITED: Final = 200
MOST_TOGETHER: Final = 9
"""Most other lots asked together with one."""
MOST_MERGED: Final = 10
"""Most rounds in one mail-merge file."""


class Opening(Given):
    """How a round is opened, besides its lots and settings."""

    line: Annotated[int, Field(ge=1, le=100_000, description="rang du lot interrogé parmi « lots », à partir de 1")] = 1
    others: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100_000)], ...],
        Field(
            max_length=MOST_TOGETHER,
            description=f"rangs d'autres lots demandés ensemble, {MOST_TOGETHER} au plus : une lettre et une page par structure",
        ),
    ] = ()
    closes_on: Annotated[
        date | None,
        Field(description=f"dernier jour des réponses (dans {OPEN_DAYS} jours par défaut, {MOST_OPEN_DAYS} au plus)"),
    ] = None
    size: Annotated[
        int, Field(ge=1, le=MOST_INVITED, description="nombre de structures interrogées, prises dans l'ordre neutre")
    ] = USUAL_INVITED
    organisation: Annotated[
        str,
        Field(
            max_length=120,
            description="organisme qui interroge, tel que les structures le liront ; jamais une personne",
        ),
    ] = ""
    tells_amount: Annotated[
        bool, Field(description="dire aux structures le montant estimé du lot, le même à toutes")
    ] = True

    def last_day(self, today: date, days: int) -> date:
        """The closing day. Raises ``InvalidRequest`` for a day that is past, or too far."""
        furthest = today + timedelta(days=min(MOST_OPEN_DAYS, days))
        if self.closes_on is None:
            return min(today + timedelta(days=OPEN_DAYS), furthest)
        if not today <= self.closes_on <= furthest:
            message = f"« closes_on » doit être compris entre aujourd'hui et le {day(furthest)} (reçu : {day(self.closes_on)})."
            raise InvalidRequest((FieldError("closes_on", "out_of_range", message),))
        return self.closes_on


class RoundAsked(ConsultationAsked, Opening):
    """A round to open: lots, settings, and how."""


def checked_round(body: object) -> RoundAsked:
    """Validates the JSON body of a round to open. Raises ``InvalidRequest`` with every value to correct."""
    return checked_as(body, RoundAsked)


def check_nobody(organisation: str, title: str) -> None:
    """Refuses what reads as a person: structures read these texts, and they are kept. Raises ``InvalidRequest``."""
    errors = tuple(
        FieldError(
            name,
            "personal_data",
            f"« {name} » : ne nommez personne ; dites l'organisme ou le marché, sans courriel ni téléphone.",
        )
        for name, text in (("organisation", organisation), ("title", title))
        if personal(text)
    )
    refuse_any(errors)
