"""Measures the environmental half: ``python -m benchmarks green [--half tune|held] [--again] [--list] [--home HOME]``.

``tests/relevance/green_needs.jsonl`` holds sixty needs, ``green_needs_again.jsonl`` sixty others, ``green_lots.jsonl`` forty lots, all judged
before the work and split in two.

- fields of a need: ``trade`` (one of those judged is read), ``labels`` and ``wish`` (the labels that exclude, those that order),
  ``characteristics`` (read, whatever the search does of them), ``place``. A need is read when all are.
- lost: a word that carries a field judged and that the reader takes for context.
- lots: the labels that bear on the trade hold one of those judged, or none was judged.
- advice (``--home``, a home of the demonstration): what the desk advises for the forty lots of ``green_advice.jsonl`` is right, arguable or
  wrong; and no label is required under an even chance of three offers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from benchmarks.cases import Case, cases
from benchmarks.homes import opened
from benchmarks.lots import JUDGED_ON, desk_on, line_of
from benchmarks.options import Given, Half, Listed
from vivier.desk.method.green import LEAST, Green
from vivier.law.labels import fitting
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import resolve_need
from vivier.needs.query import applied
from vivier.search.snapshot import Snapshot

GREEN: Final = (
    *("bio", "ecolog", "équitab", "recycl", "réempl", "recond", "biosourc"),
    *("label", "locaux", "carbone", "phyto"),
)


def green(half: Half = None, again: bool = False, listed: Listed = False, home: Given = None) -> Iterator[str]:
    """The figures of the sets (``--again``: the second sixty needs); with ``--home``, what its desk advises on labels."""
    lexicon, right = load_lexicon(), Counter[str]()
    needs, lots = cases("green_needs_again" if again else "green_needs", half), cases("green_lots", half)
    for case in needs:
        found = fields(case, lexicon)
        wrong = [name for name, is_right in found.items() if not is_right]
        right.update(found.keys() - wrong)
        right["all"] += not wrong
        if listed and wrong:
            yield f"  {case['need']} : {', '.join(wrong)}"
    yield f"{len(needs)} needs: " + ", ".join(f"{name} {right[name] / len(needs):.3f}" for name in (*FIELDS, "all"))
    yield f"{len(lots)} lots: labels that fit {sum(fits(case, lexicon) for case in lots) / len(lots):.3f}"
    if home is not None:
        with opened(home) as snapshot:
            yield from _advice(list(advised(snapshot, lexicon, half)), listed)


FIELDS: Final = ("trade", "labels", "wish", "characteristics", "place", "no word lost")


def fields(case: Case, lexicon: Lexicon) -> dict[str, bool]:
    """Whether each field of a need is read as judged, and no green word is lost."""
    need = resolve_need(case["need"], lexicon)
    pairs = applied(need, lexicon).pairs
    of = {name: {value for other, value in pairs if other == name} for name in ("trade", "label", "wish_label")}
    places = {place.territory for place in need.territory.places}
    lost = [word.text for word in need.words if word.cls == "context" and word.text.casefold().startswith(GREEN)]
    return {
        "trade": bool(of["trade"].intersection(case["trades"])),
        "labels": of["label"] == set(case["labels"]),
        "wish": of["wish_label"] == set(case["wish"]),
        "characteristics": {piece.code for piece in need.characteristics} == set(case["traits"]),
        "place": case["place"] is None or case["place"] in places,
        "no word lost": not lost,
    }


def fits(case: Case, lexicon: Lexicon) -> bool:
    """Whether the labels that bear on the trade of a lot hold one of those judged."""
    trade = lexicon.trades.get(case["trade"])
    found = {label.code for label in fitting((trade.code, trade.group))}
    return bool(found.intersection(case["labels"])) or not case["labels"]


def advised(snapshot: Snapshot, lexicon: Lexicon, half: str | None = None) -> Iterator[tuple[Case, Green | None, str]]:
    """Each lot judged, with its environmental lever (``None``: the line is not read) and its grade."""
    desk = desk_on(JUDGED_ON, snapshot, lexicon)
    for case in cases("green_advice", half):
        place = f"{case['place']} ({case['departement']})"
        line = line_of(lexicon, text=case["object"], place=place, amount=case["amount_eur"], months=case["months"])
        green = desk.lot(line).green
        advice = None if green is None else green.advice
        yield case, green, next((grade for grade in ("right", "arguable") if advice in case[grade]), "wrong")


def required_alone(green: Green | None) -> bool:
    """Whether a label is required though three offers are unlikely."""
    if green is None or green.advice != "require":
        return False
    return not any(choice.odds is not None and choice.odds[1] >= LEAST for choice in green.choices)


def _advice(found: list[tuple[Case, Green | None, str]], listed: bool) -> Iterator[str]:
    grades = Counter(grade for _, _, grade in found)
    for case, green, grade in found if listed else ():
        advice = "not read" if green is None else green.advice
        yield f"  {grade}: {case['object']} ({case['place']}): {advice}, judged {case['right']} {case['arguable']}"
    counted = ", ".join(f"{grade} {grades[grade]}" for grade in ("right", "arguable", "wrong"))
    alone = sum(required_alone(green) for _, green, _ in found)
    yield f"{len(found)} lots: advice {counted}; required under an even chance of three offers {alone}"
