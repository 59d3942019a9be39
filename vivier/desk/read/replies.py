"""Reads the answer of a structure: from JSON, a form or the command line, and back from a dossier. There is no free text: nobody's name,
address or telephone number has a place in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, NotRequired, cast

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from vivier.bodies import Body, body_of
from vivier.desk.method.answers import CANS, TOGETHERS, WHYS, Answer, By, Together, Why
from vivier.desk.method.candidate import Can
from vivier.desk.read.amounts import amount_of
from vivier.desk.read.cells import launched, of_cell
from vivier.errors import FieldError, InvalidRequest
from vivier.french import euros_ht
from vivier.law.articles import Article
from vivier.model.base import Given
from vivier.search.messages import validated

MOST_VOLUME: Final = 1_000_000_000
"""Largest volume, in euros a year."""
FIRST_START, LAST_START = date(2019, 4, 1), date(2099, 12, 31)
_DETAILS: Final = ("volume", "start", "together", "article")


class Reply(Given):
    """The answers to the questionnaire, the same for every structure."""

    can: Annotated[
        Can,
        Field(description="peut-elle faire ce lot : " + ", ".join(f"{code} ({text})" for code, text in CANS.items())),
    ]
    volume: Annotated[
        float | None,
        Field(gt=0, le=MOST_VOLUME, allow_inf_nan=False, description="volume qu'elle peut prendre, en euros HT par an"),
    ] = None
    start: Annotated[date | None, Field(ge=FIRST_START, le=LAST_START, description="à partir de quel jour")] = None
    together: Annotated[Together | None, Field(description="avec qui : " + ", ".join(TOGETHERS))] = None
    article: Annotated[
        Article | None, Field(description="article au titre duquel elle dit pouvoir répondre à un marché réservé")
    ] = None

    why: Annotated[
        Why | None,
        Field(
            description="pourquoi elle ne peut pas : " + ", ".join(f"{code} ({text})" for code, text in WHYS.items())
        ),
    ] = None

    @field_validator("volume", mode="before")
    @classmethod
    def _volume(cls, value: object) -> object:
        """« 80 000 € » and « 80 k€ » are read as in the table of a programme; empty is not said."""
        return _amount(value) if isinstance(value, str) else value

    @field_validator("start", mode="before")
    @classmethod
    def _start(cls, value: object) -> object:
        """« 15/03/2027 » is a day too."""
        try:
            return launched(value, "start")[0] if isinstance(value, str) else value
        except InvalidRequest as error:
            raise of_cell(error) from None

    @field_validator("together", "article", "why", mode="before")
    @classmethod
    def _not_said(cls, value: object) -> object:
        return None if value == "" else value

    def answer(self, structure: str, by: By, today: date) -> Answer:
        """The answer in the form that the method takes."""
        return Answer(structure, self.can, today, by, self.volume, self.start, self.together, self.article, self.why)


class KeptReply(Reply):
    """An answer with the structure that gave it, when, and by which role it was typed."""

    structure: Annotated[str, Field(min_length=1, max_length=80)]
    given_on: date
    by: By
    signed_on: date | None = None
    signed_by: Annotated[str | None, Field(max_length=200)] = None

    def given(self) -> Answer:
        """The answer in the form that the method takes."""
        answer = self.answer(self.structure, self.by, self.given_on)
        return replace(answer, signed_on=self.signed_on, signed_by=self.signed_by)


def _amount(text: str) -> float | None:
    try:
        found = amount_of(text, "volume")
    except InvalidRequest as error:
        raise of_cell(error) from None
    if found is not None and found.taxed:
        message = "« volume » : donnez le montant hors taxes, non le TTC."
        raise PydanticCustomError("invalid_value", "{message}", {"message": message})
    return None if found is None else found.counted


def reply_of(fields: object, annual: float | None) -> Reply:
    """Validates an answer for a lot of ``annual`` euros a year (``None``: unknown). Raises ``InvalidRequest`` with everything to
    correct."""
    made = validated(Reply, fields)
    wrong = _inconsistent(made, annual)
    if wrong is not None:
        raise InvalidRequest((wrong,))
    return made


def _inconsistent(reply: Reply, annual: float | None) -> FieldError | None:
    """What contradicts the first answer, and how to put it right."""
    if reply.can == "no":
        detail = next((name for name in _DETAILS if getattr(reply, name) is not None), None)
        message = f"« {detail} » : laissez-le vide avec la réponse « non », ou répondez « en partie »."
        return None if detail is None else FieldError(detail, "inconsistent", message)
    if reply.can == "yes" and reply.why is not None:
        return FieldError(
            "why", "inconsistent", "« why » : laissez-le vide avec la réponse « oui », ou répondez « en partie »."
        )
    if reply.can == "yes" and reply.volume is not None and annual is not None and reply.volume < annual:
        message = (
            f"« volume » : {euros_ht(reply.volume)} par an, c'est moins que le lot ({euros_ht(annual)} par an) : "
            "répondez « en partie », ou corrigez le volume."
        )
        return FieldError("volume", "inconsistent", message)
    return None


class ReplyBody(Body):
    """An answer as plain JSON. What is not said is absent."""

    structure: str
    can: str
    given_on: str
    by: str
    volume: NotRequired[float]
    start: NotRequired[str]
    together: NotRequired[str]
    article: NotRequired[str]
    why: NotRequired[str]
    signed_on: NotRequired[str]
    signed_by: NotRequired[str]


def as_json(answer: Answer) -> ReplyBody:
    """An answer as plain JSON, which :class:`KeptReply` reads back. What is not said is left out."""
    values = body_of(ReplyBody, answer)
    return cast(ReplyBody, {name: value for name, value in values.items() if value is not None})
