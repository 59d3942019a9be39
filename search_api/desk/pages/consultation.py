"""Prepares ``/consultation``: lots typed, pasted or sent, how they were read and how to correct them, then the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vivier.desk.method.lever import LEVERS
from vivier.desk.read.asked import IDENTITY, Settings, settings_of
from vivier.desk.read.headings import COLUMNS, TITLES
from vivier.desk.read.line import Choice, Line
from vivier.desk.read.lot_settings import SETTINGS, Setting
from vivier.desk.read.programme import Programme, Row, written
from vivier.desk.read.repairs import Repair, repairs, usual_places
from vivier.desk.read.understanding import corrected
from vivier.desk.tell.advice import CONFIDENCES
from vivier.errors import FieldError
from vivier.law.parameters import value

FIRST: Final = (("amount", "Montant HT, en euros"), ("months", "Durée, reconductions comprises"))
OTHERS: Final = (
    ("text", "Objet"),
    ("lot", "Numéro du lot"),
    ("consultation", "Consultation ou opération"),
    ("cpv", "Code CPV"),
    ("category", "Travaux, fournitures ou services"),
    ("kind", "Marché ou concession"),
)
CORRECTED: Final = (
    "trade",
    "place",
    *(name for name, _ in (*FIRST, *OTHERS)),
    *(setting.name for setting in SETTINGS),
)
"""The cells of a line that can be corrected before the study: all of them."""
LOT_FIELDS: Final = ("text", "place", "amount", "months", "trade", "cpv", "category", "kind")
OF_EACH: Final = ("months", "trade", "cpv", "category", "kind")
"""The cells of the first page that are said of each of several lots that says none."""
BESIDE: Final = ("place", "amount", *OF_EACH)
"""What the first page says beside several lots."""
BAD_FIELD: Final[Mapping[str, str]] = {
    "annual_amount": "amount",
    "minimum": "amount",
    "maximum": "amount",
    "years": "months",
}
GENERAL: Final = (
    "title",
    *IDENTITY,
    "consultation_amount",
    "capacity_share",
    "effort",
    "prison",
    "by_part",
    "as_of",
    "seed",
)
FIRST_PAGE: Final = ("title", *IDENTITY, "launched")
"""The settings that the form of the dossier asks again: what its first page says."""
_FIRST_TITLES: Final = {
    "title": "titre du dossier",
    "buyer_name": "acheteur",
    "reference": "référence de la consultation",
    "author": "établi par",
    "signed_at": "fait à",
    "launched": "lancement prévu",
}
SENT: Final = (*GENERAL, *(setting.name for setting in SETTINGS))
"""The settings that the page asks for, besides the place."""
MOST_EDITED: Final = 30
"""Lines of a programme up to which every cell of each can be edited on the page; beyond, those that are written or wrong."""
MEANINGS: Final = tuple(
    (name, "code CPV" if name == "cpv" else TITLES[name]) for name in COLUMNS if name not in ("line", "sheet")
)


@dataclass(frozen=True)
class Control:
    """A control that corrects a line: its field in the form, its choices (code, name, whether chosen) or its text, its errors.
    ``suggest``: what completes it as one types, « trade » or « place »."""

    name: str
    title: str
    choices: tuple[tuple[str, str, bool], ...]
    value: str
    errors: tuple[str, ...]
    suggest: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it before the study. ``more``: the cells that are seldom corrected; ``open``: one of them is wrong."""

    line: Line
    controls: tuple[Control, ...]
    more: tuple[Control, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def unfolded(self) -> bool:
        """Whether one of the cells seldom corrected is wrong."""
        return any(control.errors for control in self.more)


@dataclass(frozen=True)
class ReadColumn:
    """A column of the file: its heading, a few of its cells, its meaning, and how sure it is."""

    header: str
    samples: tuple[str, ...]
    meaning: str
    proposed: bool


def read_columns(programme: Programme) -> list[ReadColumn]:
    """The columns of a programme, those that need a look first."""
    headers = (*programme.columns, *programme.ignored)
    found = [
        ReadColumn(
            header, programme.samples.get(header, ()), programme.columns.get(header, ""), header in programme.proposed
        )
        for header in headers
    ]
    return sorted(found, key=lambda column: (not column.proposed, bool(column.meaning)))


def chosen_in(fields: Mapping[str, str]) -> dict[str, str]:
    """The meanings of columns that the form gives: « header-3 » and « column-3 »."""
    names = (name.removeprefix("header-") for name in fields if name.startswith("header-"))
    return {fields[f"header-{name}"]: fields.get(f"column-{name}", "") for name in names}


def one_row(fields: Mapping[str, str]) -> Row:
    """The lot typed in the form, as a programme of one line."""
    return Row(1, {name: " ".join(fields[name].split()) for name in LOT_FIELDS if fields.get(name, "").strip()})


def with_corrections(rows: tuple[Row, ...], fields: Mapping[str, str]) -> tuple[Row, ...]:
    """The lines with the corrections of the form: its field « trade-12 » is the trade of line 12."""
    return tuple(corrected(row, _changes(row, fields)) for row in rows)


def _changes(row: Row, fields: Mapping[str, str]) -> dict[str, str]:
    """The cells that the form replaces in a line. A typed trade or place is preferred to a chosen one. A field that was emptied empties
    its cell. A corrected amount replaces the other amounts, and a corrected duration the years."""
    changes: dict[str, str] = {}
    for name in CORRECTED:
        text = fields.get(f"other_{name}-{row.line}", "").strip() or fields.get(f"{name}-{row.line}", "").strip()
        emptied = f"{name}-{row.line}" in fields and row.get(name) and name not in ("trade", "place")
        if text or emptied:
            changes[name] = text or "-"
    for other, name in BAD_FIELD.items():
        emptied = fields.get(f"{name}-{row.line}", "").strip() == "-"
        if row.get(other) and (emptied or changes.get(name, "") not in ("", "-", _written(row, name))):
            changes[other] = "-"
    return changes


def has(row: Row, name: str) -> bool:
    """Whether a line says a cell, in its own column or in one of those that say the same."""
    return bool(_written(row, name))


def _written(row: Row, name: str) -> str:
    """The cell that a control shows: its own, else the one of the columns that say the same."""
    others = (row.get(other) for other, of in BAD_FIELD.items() if of == name)
    return row.get(name) or next((text for text in others if text), "")


def shown(line: Line, every: bool = True, usual: Sequence[Choice] = ()) -> Shown:
    """A line, the likely readings of what is wrong in it, and the controls that correct it. Without ``every``, the cells seldom corrected are only those written or wrong."""
    messages: dict[str, list[str]] = {}
    for error in line.errors:
        messages.setdefault(BAD_FIELD.get(error.field, error.field), []).append(error.message)
    errors = {name: tuple(found) for name, found in messages.items()}
    more = tuple(_seldom(line, errors))
    return Shown(
        line,
        tuple(_controls(line, errors)),
        tuple(control for control in more if every or control.value or control.errors),
        repairs(line, usual),
    )


def _controls(line: Line, errors: Mapping[str, tuple[str, ...]]) -> Iterator[Control]:
    number = line.row.line
    trades = (*_joined(line.trades), *_with_second(line), *_each(line.other_trades))
    places = (*_joined(line.territories, ", "), *_each(line.other_territories))
    for name, title, choices in (("trade", "Métier", trades), ("place", "Lieu", places)):
        typed = "" if choices else line.row.get(name)
        yield Control(f"{name}-{number}", title, choices, typed, errors.get(name, ()), "" if choices else name)
        if choices:
            other = "Un autre métier" if name == "trade" else "Un autre lieu"
            yield Control(f"other_{name}-{number}", other, (), "", (), name)
    for name, title in FIRST:
        yield Control(f"{name}-{number}", title, (), _written(line.row, name), errors.get(name, ()))


def _seldom(line: Line, errors: Mapping[str, tuple[str, ...]]) -> Iterator[Control]:
    number, row = line.row.line, line.row
    for name, title in OTHERS:
        yield Control(f"{name}-{number}", title, (), row.get(name), errors.get(name, ()))
    for setting in SETTINGS:
        typed, choices = row.get(setting.name), _choices(setting, row.get(setting.name))
        yield Control(
            f"{setting.name}-{number}", setting.title, choices, typed, errors.get(setting.name, ()), "", setting.hint
        )


def _choices(setting: Setting, typed: str) -> tuple[tuple[str, str, bool], ...]:
    """The values of a closed list; what was typed stays among them, even wrong."""
    if not setting.choices:
        return ()
    listed = [("", "celui de la consultation", not typed)]
    listed += [(str(code), label, str(code) == typed) for code, label in setting.choices.items()]
    known = any(code == typed for code, _, _ in listed)
    return tuple(listed) if known else (*listed, (typed, typed, True))


def _joined(choices: tuple[Choice, ...], glue: str = "|") -> tuple[tuple[str, str, bool], ...]:
    """The values read from a line, as a single choice: the trades of a lot stay together."""
    if not choices:
        return ()
    return ((glue.join(choice.code for choice in choices), " + ".join(choice.label for choice in choices), True),)


def _with_second(line: Line) -> Iterator[tuple[str, str, bool]]:
    """The trades read with each second trade of the object, and with all of them."""
    several = [(choice,) for choice in line.second_trades]
    for more in (*several, *((line.second_trades,) if len(several) > 1 else ())):
        code, label, _ = _joined((*line.trades, *more))[0]
        yield code, label, False


def _each(choices: tuple[Choice, ...]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((choice.code, choice.label, False) for choice in choices)


def programme_text(rows: tuple[Row, ...]) -> str:
    """The lines as text, which the page sends back at the next step: the service does not store drafts."""
    return written(rows)


def ranked(lots: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lots of a study, or the rows of its board, those that promise the most first: structures likely enough for the lever, then the lever,
    the confidence, the hours. Lots not studied come last."""
    return sorted(lots, key=_potential)


def _potential(lot: Mapping[str, Any]) -> tuple[float, ...]:
    if not lot["studied"]:
        return (2.0,)
    advice, hours = lot.get("advice", lot), (lot["hours"] or {}).get("central") or 0
    central = hours["insertion_hours"] if isinstance(hours, Mapping) else hours
    unlikely = lot.get("enough_structures", 1.0) < value("carry_likely")
    return unlikely, list(LEVERS).index(advice["lever"]), list(CONFIDENCES).index(advice["confidence"]), -central


def worded(error: FieldError) -> FieldError:
    """The error of a field of the first page of a dossier, with the name that the page gives it."""
    name = _FIRST_TITLES.get(error.field, error.field)
    return FieldError(
        error.field, error.code, error.message.replace(f"« {error.field} »", f"« {name} »"), error.allowed
    )


def settings_in(fields: Mapping[str, str]) -> Settings:
    """The settings that a form gives, as typed. Raises ``InvalidRequest``."""
    given = {name: fields[name] for name in SENT if fields.get(name, "").strip()}
    return settings_of(given | {"place": fields.get("place_default", "")})


def values(lines: tuple[Line, ...]) -> dict[str, object]:
    """The template values of the step « understood »."""
    every, usual = len(lines) <= MOST_EDITED, usual_places(lines)
    made = [shown(line, every, usual) for line in lines]
    return {
        "shown": made,
        "to_repair": [each for each in made if each.line.state == "to_correct"],
        "to_confirm": [each for each in made if each.line.state == "to_confirm"],
        "understood": [each for each in made if each.line.state in ("ready", "outside")],
        "every": every,
        "ready": sum(line.state == "ready" for line in lines),
        "doubtful": sum(line.state == "to_confirm" for line in lines),
        "wrong": sum(line.state == "to_correct" for line in lines),
        "outside": sum(line.state == "outside" for line in lines),
    }
