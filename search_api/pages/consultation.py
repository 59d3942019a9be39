"""Prepares ``/consultation``: a lot typed or a programme sent, how it was read and how to correct it, then the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vivier.desk.read.programme import Row, written
from vivier.desk.read.understanding import Choice, Line, corrected
from vivier.desk.tell.advice import CONFIDENCES, ORDER

LOT_FIELDS: Final = ("text", "place", "amount", "months", "labour_share", "trade", "cpv", "kind", "launched")
CORRECTED: Final = ("trade", "place", "amount", "months", "labour_share")
"""Fields of each line that can be corrected before the study."""
BAD_FIELD: Final[Mapping[str, str]] = {"annual_amount": "amount", "years": "months"}


@dataclass(frozen=True)
class Control:
    """A control that corrects a line: its field in the form, its choices (code, name, whether chosen) or its text, its errors."""

    name: str
    title: str
    choices: tuple[tuple[str, str, bool], ...]
    value: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it before the study."""

    line: Line
    controls: tuple[Control, ...]


def one_row(fields: Mapping[str, str]) -> Row:
    """The lot typed in the form, as a programme of one line."""
    return Row(1, {name: " ".join(fields[name].split()) for name in LOT_FIELDS if fields.get(name, "").strip()})


def with_corrections(rows: tuple[Row, ...], fields: Mapping[str, str]) -> tuple[Row, ...]:
    """The lines with the corrections of the form: its field « trade-12 » is the trade of line 12."""
    return tuple(
        corrected(row, {name: fields.get(f"{name}-{row.line}", "") for name in CORRECTED} | _replaced(row, fields))
        for row in rows
    )


def _replaced(row: Row, fields: Mapping[str, str]) -> dict[str, str]:
    """The cells that the form replaces in a line. A typed value is preferred to a chosen one. A corrected amount replaces the
    yearly amount, and a corrected duration the years."""
    changes = {
        name: text for name in ("trade", "place") if (text := fields.get(f"other_{name}-{row.line}", "").strip())
    }
    for other, name in BAD_FIELD.items():
        if fields.get(f"{name}-{row.line}", "").strip() and row.get(other):
            changes[other] = "-"
    return changes


def shown(line: Line) -> Shown:
    """A line and the controls that correct it."""
    return Shown(line, tuple(_controls(line)))


def _controls(line: Line) -> Iterator[Control]:
    messages: dict[str, list[str]] = {}
    for error in line.errors:
        messages.setdefault(BAD_FIELD.get(error.field, error.field), []).append(error.message)
    number = line.row.line
    trades = (*_joined(line.trades), *((choice.code, choice.label, False) for choice in line.other_trades))
    typed_trade = "" if trades else line.row.get("trade")
    yield Control(f"trade-{number}", "Métier", trades, typed_trade, tuple(messages.get("trade", ())))
    places = (
        *_joined(line.territories, ", "),
        *((choice.code, choice.label, False) for choice in line.other_territories),
    )
    typed = "" if places else line.row.get("place")
    yield Control(f"place-{number}", "Lieu", places, typed, tuple(messages.get("place", ())))
    for name, title in (
        ("amount", "Montant HT, en euros"),
        ("months", "Durée, en mois"),
        ("labour_share", "Part de main-d'œuvre, en %"),
    ):
        yield Control(f"{name}-{number}", title, (), line.row.get(name), tuple(messages.get(name, ())))


def _joined(choices: tuple[Choice, ...], glue: str = "|") -> tuple[tuple[str, str, bool], ...]:
    """The values read from a line, as a single choice: the trades of a lot stay together."""
    if not choices:
        return ()
    return ((glue.join(choice.code for choice in choices), " + ".join(choice.label for choice in choices), True),)


def programme_text(rows: tuple[Row, ...]) -> str:
    """The lines as text, which the page sends back at the next step: the service does not store drafts."""
    return written(rows)


def ranked(lots: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lots of a study, those with the most potential first (lever, then confidence, then hours); lots not studied come last."""
    return sorted(lots, key=_potential)


def _potential(lot: Mapping[str, Any]) -> tuple[float, ...]:
    if not lot["studied"]:
        return (1.0,)
    advice, hours = lot["advice"], (lot["hours"] or {}).get("central") or {}
    levers, sure = tuple(reversed(ORDER)), tuple(CONFIDENCES)
    return (0, levers.index(advice["lever"]), sure.index(advice["confidence"]), -hours.get("insertion_hours", 0))


def values(lines: tuple[Line, ...]) -> dict[str, Any]:
    """The template values of the step « understood »."""
    return {
        "shown": [shown(line) for line in lines],
        "ready": sum(line.state == "ready" for line in lines),
        "doubtful": sum(line.state == "to_confirm" for line in lines),
        "wrong": sum(line.state == "to_correct" for line in lines),
    }
