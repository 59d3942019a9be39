"""How much is understood of what a blind judge wrote and labelled: ``python -m benchmarks.needs_judged [--half dev|held] [--failures]``.

Sentences: each field of each sentence is right or wrong (tests/relevance/SOURCES.md); « all fields » counts the sentences with none wrong. A trade is
right when every trade that must be found is applied, or offered among the first three; a sure trade is right when the judge expects or accepts it. Objects of real
contracts and notices (``VIVIER_SHARED_DATA``): whether the first trade, or one of the first three, is one that the judge gave.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.labelled import shared
from tests.relevance.objects import objects
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import Need, applied, resolve_need
from vivier.needs.model import Piece
from vivier.trades.table import STAFFING

WRITTEN = Path(__file__).parents[1] / "tests" / "relevance" / "needs_written.jsonl"
Case = dict[str, Any]
OFFERED = 3
"""Trades offered that count as found."""
_NEAR_KM = 5.0
"""Kilometres by which a distance may differ from the judge's, which a travel time gives."""


def load_written(half: str | None = None) -> list[Case]:
    """The judged sentences, of one half or of both."""
    cases = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    return [case for case in cases if half in (None, case["split"])]


def graded(case: Case, lexicon: Lexicon) -> dict[str, bool]:
    """Whether each field of a sentence is read as the judge read it. ``sure`` is absent when no trade is sure."""
    need = resolve_need(case["query"], lexicon)
    search = applied(need, lexicon)
    pairs = search.pairs
    accepted = {*case["trades"], *case["also"], *((STAFFING,) if case["staffing"] else ())}
    sure = {match.id for match in need.sectors} if need.status == "auto" else set()
    read = {
        "place": all(any(id_ in _places(need) for id_ in ids) for ids in case["places"])
        and (bool(case["places"]) or not any(name in ("territory", "near") for name, _ in pairs)),
        "km": _km(case, pairs),
        "kinds": {piece.code for piece in need.kinds} == set(case["kinds"]),
        "labels": {piece.code for piece in need.labels} == set(case["labels"]),
        "wish": {piece.code for piece in (*need.kinds, *need.labels) if _is_wish(piece)} == set(case["wish"]),
        "amount": _amount(case, need),
        "months": case["months"] is None or any(round(found.months) == case["months"] for found in need.durations),
        "staffing": case["staffing"] == any(piece.code == "staffing" for piece in need.service_types),
        "unknown": all(any(word in left.text for left in search.not_applied) for word in case["unknown"]),
    }
    if case["out"]:
        read["out"] = not sure - accepted
    else:
        found = [match.id for match in (*need.sectors, *need.alternatives[:OFFERED])]
        read["trades"] = set(case["trades"]) <= set(found)
        read["first"] = bool(found) and found[0] in accepted
    if sure:
        read["sure"] = sure <= accepted
    return read


def _is_wish(piece: Piece) -> bool:
    return piece.strength == "wish"


def _places(need: Need) -> set[str]:
    """The ids read or offered; an arrondissement is a commune for the judge."""
    found = {candidate.id for place in need.territory.places for candidate in place.candidates}
    found |= {place.territory for place in need.territory.places if place.territory is not None}
    return {id_.replace("arrondissement:", "commune:") for id_ in found}


def _km(case: Case, pairs: tuple[tuple[str, str], ...]) -> bool:
    radius = dict(pairs).get("radius_km")
    return case["km"] is None or (radius is not None and abs(float(radius) - case["km"]) <= _NEAR_KM)


def _amount(case: Case, need: Need) -> bool:
    return case["amount"] is None or any(amount.euros == case["amount"] for amount in need.amounts)


def main() -> None:
    """Prints the share of each field that is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "held"))
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    lexicon = load_lexicon()
    right, asked = Counter[str](), Counter[str]()
    for case in load_written(options.half):
        fields = graded(case, lexicon)
        fields["all fields"] = all(fields.values())
        asked.update(fields.keys())
        right.update(name for name, is_right in fields.items() if is_right)
        if options.failures and not fields["all fields"]:
            print(*_failure(case, fields, lexicon), sep="\n")
    for name in asked:
        print(f"{name:12} {right[name]:4} of {asked[name]:4}   {right[name] / asked[name]:.3f}")
    if (shared() / "contracts").is_dir():
        print()
        objects_read(options.half, lexicon, options.failures)


def objects_read(half: str | None, lexicon: Lexicon, show: bool) -> None:
    """Prints how well the objects of one half, or of both, are read."""
    count = Counter[str]()
    for text, line in objects(shared()):
        if half not in (None, line["split"]):
            continue
        need = resolve_need(text, lexicon)
        found = [match.id for match in (*need.sectors, *need.alternatives)]
        accepted = {*line["trades"], *line["also"]}
        if line["trades"]:
            count["with a trade"] += 1
            count["first"] += bool(accepted & set(found[:1]))
            count["one of three"] += bool(accepted & set(found[:OFFERED]))
        else:
            count["without"] += 1
            count["no sure trade"] += need.status != "auto" or need.sectors[0].id in accepted
        count["all"] += 1
        wrong = need.status == "auto" and need.sectors[0].id not in accepted
        count["sure"] += need.status == "auto"
        count["sure and wrong"] += wrong
        if show and (wrong or (line["trades"] and not accepted & set(found[:1]))):
            print("SURE" if wrong else "    ", text[:160], line["trades"], line["also"], need.status, found[:3])
    for name, of in (
        ("first", "with a trade"),
        ("one of three", "with a trade"),
        ("no sure trade", "without"),
        ("sure", "all"),
        ("sure and wrong", "all"),
    ):
        print(f"{name:14} {count[name]:4} of {count[of]:4}   {count[name] / max(1, count[of]):.3f}")


def _failure(case: Case, fields: dict[str, bool], lexicon: Lexicon) -> Iterator[str]:
    need = resolve_need(case["query"], lexicon)
    wrong = [name for name, is_right in fields.items() if not is_right and name != "all fields"]
    yield f"{wrong} {case['query'][:300]!r}"
    expected = {
        name: value for name, value in case.items() if value not in ([], None, False) and name not in ("query", "split")
    }
    yield f"    judge: {expected}"
    yield f"    {need.status} {[(match.id, match.confidence) for match in (*need.sectors, *need.alternatives)][:5]}"
    yield f"    {applied(need, lexicon).pairs}"
    yield f"    {[(left.what, left.text) for left in applied(need, lexicon).not_applied]}"


if __name__ == "__main__":
    main()
