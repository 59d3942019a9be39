"""Proposes how to repair the cells of a line that could not be read: two or three likely readings of each, to choose at one press.

A reading is a cell written as it would be typed: choosing it is typing it. None is chosen for the user, and the words of the cell are kept
beside. Places may be repaired at once: « toutes les lignes sont dans le 62 » picks, among the places that a name may mean, the one there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vivier.desk.read import cells
from vivier.desk.read.amounts import Amount
from vivier.desk.read.line import Choice, Line
from vivier.desk.read.line_places import place_of
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import corrected, understand
from vivier.errors import FieldError, InvalidRequest
from vivier.french import enumerated, euros_ht, integer, number, plural
from vivier.law.vat import USUAL_RATE, vat_rates
from vivier.lexicon import Lexicon
from vivier.territory import Gazetteer
from vivier.territory.resolve import resolve

MOST_READINGS: Final = 3
"""Readings proposed for a cell."""
_FIGURE: Final = re.compile(r"\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_AMOUNTS: Final = ("amount", "annual_amount", "minimum", "maximum")
_WRITTEN: Final[Mapping[str, str]] = {"annual_amount": "{} par an", "maximum": "max {}", "minimum": "mini {}"}
"""How an amount of a column of its own is written in that of the amount."""
_DURATIONS: Final = ("months", "years")
_LEAST_EUROS: Final = 1_000
"""A figure under it is more likely a number of thousands, or of something else."""


@dataclass(frozen=True)
class Reading:
    """A likely reading: what it says, and the cell that says it. ``field``: the column to write it in, ``amount`` and ``months`` replacing
    those that say the same; « - » empties them."""

    label: str
    field: str
    cell: str


@dataclass(frozen=True)
class Repair:
    """A cell to repair: its column, its words as written, what is wrong, and its likely readings."""

    field: str
    words: str
    message: str
    readings: tuple[Reading, ...]


def repairs(line: Line, usual: Sequence[Choice] = ()) -> tuple[Repair, ...]:
    """The cells of a line to repair. ``usual``: the places most written in the other lines, for a line that has none."""
    return tuple(_repair(line, error, usual) for error in line.errors)


def usual_places(lines: Iterable[Line]) -> tuple[Choice, ...]:
    """The places most written in lines that are read, the most frequent first."""
    read = [line.territories[0] for line in lines if len(line.territories) == 1 and not line.errors]
    counted = Counter(choice.code for choice in read)
    named = {choice.code: choice for choice in read}
    return tuple(named[code] for code, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:2])


def _repair(line: Line, error: FieldError, usual: Sequence[Choice]) -> Repair:
    found = {
        "trade": lambda: _choices("trade", line.other_trades),
        "place": lambda: _choices("place", line.other_territories or tuple(usual)),
        **dict.fromkeys(_AMOUNTS, lambda: _amounts(line, error)),
        **dict.fromkeys(_DURATIONS, lambda: _durations(line, error)),
    }.get(error.field, lambda: [Reading("laisser vide", error.field, "-")])
    words = line.row.get(error.field) or (line.row.get("text") if error.field in ("trade", "place") else "")
    return Repair(error.field, words, error.message, tuple(found())[:MOST_READINGS])


def _choices(field: str, choices: Iterable[Choice]) -> Iterator[Reading]:
    for choice in choices:
        yield Reading(choice.label, field, choice.code)


def _amounts(line: Line, error: FieldError) -> Iterator[Reading]:
    """Each figure of the cell as euros, a small one as thousands; without the tax when it is written; else unknown."""
    column = next((name for name in (error.field, *_AMOUNTS) if line.row.get(name)), error.field)
    words, written = line.row.get(column), _WRITTEN.get(column, "{}")
    if error.code == "with_tax" and line.taxed is not None:
        yield from _without_tax(line.taxed, column, vat_rates(choice.code for choice in line.trades) or (USUAL_RATE,))
        return
    seen: set[float] = set()
    for figure in _FIGURE.findall(words):
        euros = cells.number(figure) or 0.0
        euros = euros if euros >= _LEAST_EUROS else euros * 1_000
        if _LEAST_EUROS <= euros < 1e9 and euros not in seen and len(seen) < MOST_READINGS - 1:
            seen.add(euros)
            yield Reading(written.format(euros_ht(euros)), "amount", written.format(f"{euros:.0f}"))
    yield Reading("montant inconnu", "amount", "-")


def _without_tax(amount: Amount, column: str, rates: Sequence[float]) -> Iterator[Reading]:
    """The amount without the tax, at each of two rates at most, then as it is written."""
    taken = [(amount.counted / (1 + rate), f"TVA de {number(100 * rate)} % ôtée") for rate in rates[:2]]
    written = _WRITTEN["annual_amount"] if amount.yearly else _WRITTEN.get(column, "{}")
    for euros, why in (*taken, (amount.counted, "déjà hors taxes")):
        yield Reading(f"{written.format(euros_ht(euros))}, {why}", "amount", written.format(f"{euros:.0f}"))
    yield Reading("montant inconnu", "amount", "-")


def _durations(line: Line, error: FieldError) -> Iterator[Reading]:
    """Each figure of the cell as months and as years, where these are possible; else unknown."""
    figures = [float(figure.replace(",", ".")) for figure in re.findall(r"\d+(?:[.,]\d+)?", line.row.get(error.field))]
    whole = list(dict.fromkeys(round(figure) for figure in figures if figure >= 1))
    for count in whole[:1]:
        if count <= cells.MOST_MONTHS // 12:
            yield Reading(plural(count, "an"), "months", f"{count} ans")
        if count <= cells.MOST_MONTHS:
            yield Reading(f"{integer(count)} mois", "months", str(count))
    yield Reading("durée inconnue", "months", "-")


@dataclass(frozen=True)
class Within:
    """The lines once a place is said to hold them all. ``remarks``: what was changed and what was left, in French."""

    rows: tuple[Row, ...]
    remarks: tuple[str, ...]


def all_within(rows: Sequence[Row], place: str, lexicon: Lexicon, default: str = "") -> Within:
    """The lines, each place that could not be read being looked for in ``place``: the one place there that its name may mean, else ``place``
    as a whole. A line whose place is read, and is elsewhere, is left as it is and named. Raises ``InvalidRequest`` naming « within »."""
    whole = _whole(place, lexicon)
    inside, placed, elsewhere = [], [], []
    for row in rows:
        line = understand(row, lexicon, default)
        found = _inside(line, whole, lexicon)
        if found is not None:
            inside.append(corrected(row, {"place": found}))
            placed.append(row.line)
            continue
        inside.append(row)
        if any(not _holds(whole.code, choice.code, lexicon.gazetteer) for choice in line.territories):
            elsewhere.append(row.line)
    return Within(tuple(inside), tuple(_remarks(whole, placed, elsewhere)))


def _whole(place: str, lexicon: Lexicon) -> Choice:
    try:
        found = place_of(place, lexicon)
    except InvalidRequest as error:
        first = error.errors[0]
        raise InvalidRequest((FieldError("within", first.code, first.message, first.allowed),)) from None
    return found[0]


def _inside(line: Line, whole: Choice, lexicon: Lexicon) -> str | None:
    """The place that a line is given: the only one that its words may mean there; its words with the département, when they may mean several
    there; else ``whole``. ``None`` when it keeps its own."""
    wrong = any(error.field == "place" for error in line.errors)
    doubtful = bool(line.other_territories) and any("lu «" in doubt for doubt in line.doubts)
    outside = any(not _holds(whole.code, choice.code, lexicon.gazetteer) for choice in line.territories)
    if not wrong and not (doubtful and outside):
        return None
    words, (kind, _, code) = line.row.get("place"), whole.code.partition(":")
    if not words or kind != "departement":
        return whole.code if wrong else None
    near = f"{words} ({code})"
    found = resolve(near, lexicon.gazetteer)
    if found.territory is not None or len(found.candidates) == 1:
        return (found.territory or found.candidates[0].territory).id
    named = [
        candidate for candidate in found.candidates if _holds(whole.code, candidate.territory.id, lexicon.gazetteer)
    ]
    return near if len(named) > 1 else whole.code if wrong else None


def _holds(whole: str, part: str, gazetteer: Gazetteer) -> bool:
    """Whether a territory holds another one, all of it."""
    leaves = set(gazetteer.leaves(part).tolist())
    return bool(leaves) and leaves <= set(gazetteer.leaves(whole).tolist())


def _remarks(whole: Choice, placed: Sequence[int], elsewhere: Sequence[int]) -> Iterator[str]:
    if placed:
        yield f"Lieu donné dans {whole.label} : {lines_of(placed)}."
    if elsewhere:
        yield f"Lieu hors de {whole.label}, laissé tel quel : {lines_of(elsewhere)}."
    if not placed and not elsewhere:
        yield f"Toutes les lignes étaient déjà dans {whole.label}."


def lines_of(numbers: Sequence[int]) -> str:
    """« lignes 2, 3 et 5 »; beyond eight, the others are counted."""
    shown = [*map(str, numbers[:8]), *([plural(len(numbers) - 8, "autre")] if len(numbers) > 8 else [])]
    return f"ligne{'s' if len(numbers) > 1 else ''} {enumerated(shown)}"


def pressed(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form once the button of a reading is pressed: « place-12=commune:35238 » is the place of line 12 as typed."""
    name, equals, cell = fields.get("fix", "").partition("=")
    if not equals or not re.fullmatch(r"[a-z_]+-\d+", name):
        return dict(fields)
    rest = {field: value for field, value in fields.items() if field not in ("fix", f"other_{name}")}
    return {**rest, name: cell}
