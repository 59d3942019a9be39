"""The question of a dossier: settings and lots as they were typed, and what structures answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings
from vivier.desk.read.headings import COLUMNS
from vivier.desk.read.programme import MOST_LINES, Row
from vivier.desk.read.replies import KeptReply, as_json
from vivier.errors import FieldError, InvalidRequest

_LONGEST: Final = 4_000
"""Most characters of one cell. Only the first 2,000 are read as a need."""
MOST_ANSWERS: Final = 1_000
"""Most answers of a question."""


_APART: Final = ("lots", "answers", "joined")
"""Members of a question that are no setting."""


@dataclass(frozen=True)
class Question:
    """The question of a dossier. ``settings.as_of`` is the day of the analysis, never ``None``; ``answers``: what structures answered, by
    line, in the order in which they are told; ``joined``: French sentences of a dossier issued with the answers of several rounds."""

    settings: Settings
    rows: tuple[Row, ...]
    answers: Mapping[int, tuple[Answer, ...]] = field(default_factory=dict)
    joined: tuple[str, ...] = ()

    @property
    def as_of(self) -> date:
        """The day of the analysis."""
        assert self.settings.as_of is not None
        return self.settings.as_of

    def as_json(self) -> dict[str, object]:
        """The question as plain JSON, which :func:`question_of` reads back."""
        settings = {name: getattr(self.settings, name) for name in Settings.model_fields}
        plain = Settings(**settings).model_dump(mode="json", exclude_none=True)
        given = [{"line": line, **as_json(answer)} for line, some in self.answers.items() for answer in some]
        joined = {"joined": list(self.joined)} if self.joined else {}
        lots = [{"line": row.line, "values": dict(row.values)} for row in self.rows]
        return {**plain, "lots": lots, **({"answers": given} if given else {}), **joined}


def question_for(settings: Settings, rows: Iterable[Row], today: date) -> Question:
    """The question of a request, on the day that it names, else today."""
    return Question(settings.model_copy(update={"as_of": settings.as_of or today}), tuple(rows))


def question_of(dossier: Mapping[str, Any]) -> Question:
    """Reads a question that was kept. Raises ``InvalidRequest`` naming « dossier » when a part of it is missing."""
    body = dossier.get("question")
    try:
        if not isinstance(body, Mapping):
            raise ValueError(body)
        rows = tuple(_row(lot) for lot in body["lots"])
        settings = Settings.model_validate({name: body[name] for name in body if name not in _APART})
        if settings.as_of is None or not 1 <= len(rows) <= MOST_LINES:
            raise ValueError(len(rows))
        answers = _answers(body.get("answers", []), {row.line for row in rows})
        joined = tuple(str(text)[:500] for text in body.get("joined", []))[:MOST_ANSWERS]
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        message = "Ce dossier ne dit pas sa question en entier : il ne peut pas être relu."
        raise InvalidRequest((FieldError("dossier", "no_question", message),)) from None
    return Question(settings, rows, answers, joined)


def _answers(given: Sequence[Mapping[str, Any]], lines: Collection[int]) -> dict[int, tuple[Answer, ...]]:
    """The answers of a dossier, by line. Those of a structure that opposed since are no longer there: they are left out."""
    found: dict[int, tuple[Answer, ...]] = {}
    if len(given) > MOST_ANSWERS:
        raise ValueError(len(given))
    for each in given:
        if "opposed" in each:
            continue
        line = each["line"]
        if line not in lines:
            raise ValueError(line)
        reply = KeptReply.model_validate({name: value for name, value in each.items() if name != "line"})
        found[line] = (*found.get(line, ()), reply.given())
    return found


def _row(lot: Mapping[str, Any]) -> Row:
    line, values = lot["line"], lot["values"]
    texts = all(isinstance(text, str) and len(text) <= _LONGEST for text in values.values())
    if not isinstance(line, int) or not texts or not COLUMNS.keys() >= values.keys():
        raise ValueError(line)
    return Row(line, dict(values))
