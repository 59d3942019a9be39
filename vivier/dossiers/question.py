"""The question of a dossier: settings and lots as they were typed. A replay needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from vivier.desk.read.asked import Settings
from vivier.desk.read.programme import COLUMNS, MOST_LINES, Row
from vivier.errors import FieldError, InvalidRequest

_LONGEST: Final = 4_000
"""Most characters of one cell. Only the first 2,000 are read as a need."""


@dataclass(frozen=True)
class Question:
    """The question of a dossier. ``settings.as_of`` is the day of the analysis, never ``None``."""

    settings: Settings
    rows: tuple[Row, ...]

    @property
    def as_of(self) -> date:
        """The day of the analysis."""
        assert self.settings.as_of is not None
        return self.settings.as_of

    def as_json(self) -> dict[str, Any]:
        """The question as plain JSON, which :func:`question_of` reads back."""
        settings = {name: getattr(self.settings, name) for name in Settings.model_fields}
        plain = Settings(**settings).model_dump(mode="json", exclude_none=True)
        return {**plain, "lots": [{"line": row.line, "values": dict(row.values)} for row in self.rows]}


def question_for(settings: Settings, rows: Iterable[Row], today: date) -> Question:
    """The question of a request, on the day that it names, else today."""
    return Question(settings.model_copy(update={"as_of": settings.as_of or today}), tuple(rows))


def on(question: Question, day: date) -> Question:
    """The same question on another day."""
    return Question(question.settings.model_copy(update={"as_of": day}), question.rows)


def question_of(dossier: Mapping[str, Any]) -> Question:
    """Reads the question of a dossier. Raises ``InvalidRequest`` naming « dossier » when it has none that can be replayed."""
    body = dossier.get("question")
    try:
        if not isinstance(body, Mapping):
            raise ValueError(body)
        rows = tuple(_row(lot) for lot in body["lots"])
        settings = Settings.model_validate({name: value for name, value in body.items() if name != "lots"})
        if settings.as_of is None or not 1 <= len(rows) <= MOST_LINES:
            raise ValueError(len(rows))
    except (ValidationError, ValueError, KeyError, TypeError):
        message = "Ce dossier ne dit pas sa question en entier : il ne peut pas être rejoué."
        raise InvalidRequest((FieldError("dossier", "no_question", message),)) from None
    return Question(settings, rows)


def _row(lot: Mapping[str, Any]) -> Row:
    line, values = lot["line"], lot["values"]
    texts = all(isinstance(text, str) and len(text) <= _LONGEST for text in values.values())
    if not isinstance(line, int) or not texts or not COLUMNS.keys() >= values.keys():
        raise ValueError(line)
    return Row(line, dict(values))
