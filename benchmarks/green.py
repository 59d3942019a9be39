"""Measures the environmental half: ``python -m benchmarks.green [--half tune|held] [--again] [--list] [--home HOME]``.

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

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

from vivier.desk.consultation import Desk
from vivier.desk.method.green import LEAST, Green
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.engine import open_engine
from vivier.law.labels import fitting
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import resolve_need
from vivier.needs.query import applied
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

JUDGED_ON: Final = date(2026, 11, 30)
JUDGED: Final = Path(__file__).parents[1] / "tests" / "relevance"
GREEN: Final = (
    "bio",
    "ecolog",
    "équitab",
    "recycl",
    "réempl",
    "recond",
    "biosourc",
    "label",
    "locaux",
    "carbone",
    "phyto",
)
Case = dict[str, Any]


def cases(name: str, half: str | None = None) -> list[Case]:
    """The cases of a set, all of them or those of one half."""
    lines = (JUDGED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if half in (None, case["half"])]


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


def _lines(half: str | None, name: str, listed: bool) -> Iterator[str]:
    lexicon = load_lexicon()
    needs, right = cases(name, half), Counter[str]()
    for case in needs:
        found = fields(case, lexicon)
        right.update(name for name, is_right in found.items() if is_right)
        right["all"] += all(found.values())
        if listed and not all(found.values()):
            yield f"  {case['need']} : {', '.join(name for name, is_right in found.items() if not is_right)}"
    yield f"{len(needs)} needs: " + ", ".join(f"{name} {count / len(needs):.3f}" for name, count in right.items())
    lots = cases("green_lots", half)
    yield f"{len(lots)} lots: labels that fit {sum(fits(case, lexicon) for case in lots) / len(lots):.3f}"


def advised(snapshot: Snapshot, lexicon: Lexicon, half: str | None = None) -> Iterator[tuple[Case, Green | None, str]]:
    """Each lot judged, with its environmental lever (``None``: the line is not read) and its grade."""
    desk = Desk(snapshot, lexicon, StudySettings(JUDGED_ON, seed="0"))
    for case in cases("green_advice", half):
        place = f"{case['place']} ({case['departement']})"
        values = {
            "text": case["object"],
            "place": place,
            "amount": str(case["amount_eur"]),
            "months": str(case["months"]),
        }
        green = desk.lot(understand(Row(1, values), lexicon)).green
        advice = None if green is None else green.advice
        yield case, green, next((grade for grade in ("right", "arguable") if advice in case[grade]), "wrong")


def required_alone(green: Green | None) -> bool:
    """Whether a label is required though three offers are unlikely."""
    if green is None or green.advice != "require":
        return False
    return not any(choice.odds is not None and choice.odds[1] >= LEAST for choice in green.choices)


def _advice(snapshot: Snapshot, half: str | None, listed: bool) -> Iterator[str]:
    found = list(advised(snapshot, load_lexicon(), half))
    grades = Counter(grade for _, _, grade in found)
    if listed:
        for case, green, grade in found:
            told = "not read" if green is None else green.advice
            yield f"  {grade}: {case['object']} ({case['place']}): {told}, judged {case['right']} {case['arguable']}"
    counted = ", ".join(f"{grade} {grades[grade]}" for grade in ("right", "arguable", "wrong"))
    alone = sum(required_alone(green) for _, green, _ in found)
    yield f"{len(found)} lots: advice {counted}; required under an even chance of three offers {alone}"


def main() -> None:
    """Prints the figures of the sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tune", "held"))
    parser.add_argument("--again", action="store_true", help="the second sixty needs")
    parser.add_argument("--list", action="store_true", help="name the needs that are not read as judged")
    parser.add_argument("--home", type=Path, help="also asks the desk of this home for its advice on labels")
    options = parser.parse_args()
    print("\n".join(_lines(options.half, "green_needs_again" if options.again else "green_needs", options.list)))
    if options.home is not None:
        with closing(open_engine(Settings(home=options.home))) as engine:
            print("\n".join(_advice(Snapshot(engine), options.half, options.list)))


if __name__ == "__main__":
    main()
