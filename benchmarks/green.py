"""Measures the environmental half: ``python -m benchmarks.green [--half tune|held] [--list]``.

``tests/relevance/green_needs.jsonl`` holds sixty needs, ``green_lots.jsonl`` forty lots, both judged before the work and split in two.

- fields of a need: ``trade`` (one of those judged is read), ``labels`` and ``wish`` (the labels that exclude, those that order),
  ``characteristics`` (read, whatever the search does of them), ``place``. A need is read when all are.
- lost: a word that carries a field judged and that the reader takes for context.
- lots: the labels that bear on the trade hold one of those judged, or none was judged.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vivier.law.labels import fitting
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import resolve_need
from vivier.needs.query import applied

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


def _lines(half: str | None, listed: bool) -> Iterator[str]:
    lexicon = load_lexicon()
    needs, right = cases("green_needs", half), Counter[str]()
    for case in needs:
        found = fields(case, lexicon)
        right.update(name for name, is_right in found.items() if is_right)
        right["all"] += all(found.values())
        if listed and not all(found.values()):
            yield f"  {case['need']} : {', '.join(name for name, is_right in found.items() if not is_right)}"
    yield f"{len(needs)} needs: " + ", ".join(f"{name} {count / len(needs):.3f}" for name, count in right.items())
    lots = cases("green_lots", half)
    yield f"{len(lots)} lots: labels that fit {sum(fits(case, lexicon) for case in lots) / len(lots):.3f}"


def main() -> None:
    """Prints the figures of the sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tune", "held"))
    parser.add_argument("--list", action="store_true", help="name the needs that are not read as judged")
    options = parser.parse_args()
    print("\n".join(_lines(options.half, options.list)))


if __name__ == "__main__":
    main()
