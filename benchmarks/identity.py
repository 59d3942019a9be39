"""Precision and recall of the merge by name and place, identifiers hidden: ``python -m benchmarks.identity``.

On the labelled pairs (``benchmarks/labelled.py``), rules being written on the part ``dev`` alone:

- **pairs**: the left list loses its identifiers and is merged into the right one, which keeps them; a pair counts as merged
  when its two rows are one supplier. In a pair of one list, only the left rows lose theirs.
- **orphans**: the left row of each pair labelled ``other`` meets the list of the right one without its own true match, as a
  structure that no register knows: nothing protects it from a neighbour, and whatever it is merged with is wrong.
- **whole lists**: the rows of one list lose their identifiers and are merged into the other list, which keeps them; the
  hidden SIRET says whether each merge is right. Rows of structures kept back are merged too, and not counted.

``--held "why"`` measures the parts kept back and writes the reading down in ``tests/identity/readings.csv``.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.labelled import LabelledPair, Row, hidden, kept_back, labelled_pairs, lists, structure
from benchmarks.readings import write_reading
from indexer.merge import ACCEPT, DOUBT, merge
from indexer.spelling import departement
from vivier.model import Record

MERGED, LISTED, APART = "merged", "listed", "apart"
"""What the merge made of a pair: one supplier, a doubt for review, two suppliers."""


@dataclass(frozen=True)
class Score:
    """Counts of a measure. A doubtful pair counts as not merged; a share of nothing is shown as « - » in the report."""

    right: int
    wrong: int
    missed: int
    doubtful: int

    @property
    def precision(self) -> float:
        """Share of the merges that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the true pairs that are merged."""
        return self.right / max(1, self.right + self.missed)


@dataclass(frozen=True)
class Outcome:
    """A labelled pair and what the merge made of it."""

    pair: LabelledPair
    made: str

    @property
    def is_error(self) -> bool:
        """A wrong merge, or a true pair left in two."""
        return (self.pair.label == "same") != (self.made == MERGED)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); 0–1 when there is nothing to count."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)


def score(outcomes: Iterable[Outcome]) -> Score:
    """Precision and recall of what was merged."""
    count: Counter[str] = Counter()
    for outcome in outcomes:
        same = outcome.pair.label == "same"
        if outcome.made == MERGED:
            count["right" if same else "wrong"] += 1
        else:
            count["missed"] += same
            count["doubtful"] += outcome.made == LISTED
    return Score(count["right"], count["wrong"], count["missed"], count["doubtful"])


def measured() -> list[LabelledPair]:
    """The pairs whose two rows our importers keep: they refuse made-up numbers, and brands that only repeat the name."""
    kept = {Row(name, record.source_id) for name, records in lists().items() for record in records}
    return [pair for pair in labelled_pairs() if {pair.left, pair.right} <= kept]


def in_the_merge(parts: Sequence[str]) -> list[Outcome]:
    """Every pair of the parts that is not unclear, and what the merge of the two lists makes of it."""
    asked = [pair for pair in measured() if pair.part in parts and pair.label != "unclear"]
    by_lists: dict[tuple[str, str], list[LabelledPair]] = defaultdict(list)
    for pair in asked:
        by_lists[pair.left.source, pair.right.source].append(pair)
    return [outcome for names, pairs in sorted(by_lists.items()) for outcome in _merged(*names, pairs)]


def _merged(left: str, right: str, pairs: Sequence[LabelledPair]) -> Iterator[Outcome]:
    keys = {pair.left.key for pair in pairs}
    merged = merge(_two_lists(left, right, keys))
    of = {key: supplier.id for supplier in merged.suppliers for key in supplier.identifiers}
    listed = {frozenset((pair.left, pair.right)) for pair in merged.doubtful}
    for pair in pairs:
        ends = f"hidden:{pair.left.key}", str(pair.right)
        if ends[1] not in of:
            ends = ends[0], f"hidden:{pair.right.key}"
        together = of[ends[0]] == of[ends[1]]
        yield Outcome(pair, MERGED if together else LISTED if frozenset(ends) in listed else APART)


def _two_lists(left: str, right: str, keys: set[str]) -> Iterator[Record]:
    """The records of two lists, those of ``left`` without identifiers; of one list, those of ``keys`` alone are hidden."""
    for record in lists()[left]:
        if left != right or record.source_id in keys:
            yield hidden(record)
    yield from (record for record in lists()[right] if left != right or record.source_id not in keys)


def orphans(parts: Sequence[str]) -> list[Outcome]:
    """The pairs labelled ``other``; merged: the left row became one supplier with whatever row of the right list."""
    pairs = [pair for pair in measured() if pair.part in parts and pair.label == "other"]
    return [Outcome(pair, _alone(pair)) for pair in pairs]


def _alone(pair: LabelledPair) -> str:
    mine = [record for record in lists()[pair.left.source] if record.source_id == pair.left.key]
    numbers = {record.siret for record in mine if record.siret}
    theirs = [record for record in lists()[pair.right.source] if record.source_id == pair.right.key]
    near = {place for record in (*mine, *theirs) for place in _departements(record)}
    others = [
        record
        for record in lists()[pair.right.source]
        if record.source_id != pair.left.key and record.siret not in numbers and near & _departements(record)
    ]
    merged = merge([*map(hidden, mine), *others])
    found = next(s for s in merged.suppliers if f"hidden:{pair.left.key}" in s.identifiers)
    if any(not key.startswith("hidden:") and ":" in key for key in found.identifiers):
        return MERGED
    return LISTED if merged.doubtful else APART


def _departements(record: Record) -> set[str]:
    codes = (record.address.commune, record.address.post_code)
    return {departement(code) for code in codes if code} or {""}


def whole_lists(left: str, right: str, part: str | None = None) -> Score:
    """Merge a list without identifiers into one that keeps them; each row of ``left`` known to ``right`` is counted.

    ``part``: ``dev`` leaves out the structures kept back, ``held`` counts them alone.
    """
    back = kept_back(labelled_pairs())
    truth = {
        record.source_id: record.siret
        for record in lists()[left]
        if part is None or (part == "held") == (structure(Row(left, record.source_id)) in back)
    }
    known = {record.siret for record in lists()[right]}
    merged = merge([*map(hidden, lists()[left]), *lists()[right]])
    count: Counter[str] = Counter()
    for supplier in merged.suppliers:
        sirets = {value for value in supplier.identifiers if value in known}
        keys = (value.removeprefix("hidden:") for value in supplier.identifiers if value.startswith("hidden:"))
        count.update(_verdict(truth[key], sirets, known) for key in keys if key in truth)
    return Score(count["right"], count["wrong"], count["missed"], len(merged.doubtful))


def _verdict(truth: str | None, sirets: set[str], known: set[str | None]) -> str:
    if truth in sirets:
        return "right"
    return "wrong" if sirets else "missed" if truth in known else "unknown there"


def _line(title: str, found: Score) -> str:
    parts = []
    for name, total in (("precision", found.right + found.wrong), ("recall", found.right + found.missed)):
        low, high = wilson(found.right, total)
        parts.append(f"{name} {found.right / total:.4f} [{low:.4f}–{high:.4f}]" if total else f"{name} -")
    detail = f"right {found.right}, wrong {found.wrong}, missed {found.missed}, doubtful {found.doubtful}"
    return f"{title:44} {'  '.join(parts)}  ({detail})"


def report(parts: Sequence[str]) -> Iterator[str]:
    """The lines of the report: each part, its strata, its orphans, its errors one by one, the whole lists."""
    everything = labelled_pairs()
    unclear, refused = sum(pair.label == "unclear" for pair in everything), len(everything) - len(measured())
    yield f"accept {ACCEPT}, doubt {DOUBT}; {len(everything)} labelled pairs, left out: {unclear} unclear, {refused} refused"
    for part in parts:
        yield from _of_part(part, in_the_merge([part]), orphans([part]))
    for left, right in (("asp", "marche"), ("marche", "asp"), ("geiq", "marche"), ("brand", "asp")):
        whole = "dev" if "dev" in parts else "held"
        yield _line(f"whole lists, {whole}, {left} -> {right}", whole_lists(left, right, whole))


def _of_part(part: str, outcomes: Sequence[Outcome], alone: Sequence[Outcome]) -> Iterator[str]:
    yield _line(f"pairs, {part} ({len(outcomes)})", score(outcomes))
    by_how: Mapping[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_how[outcome.pair.how].append(outcome)
    yield from (_line(f"  {how}", score(found)) for how, found in sorted(by_how.items()))
    kept = Counter(outcome.made for outcome in alone)
    yield f"  orphans: {len(alone)}; kept apart {kept[APART]}, listed {kept[LISTED]}, wrongly merged {kept[MERGED]}"
    for title, found in (("error", outcomes), ("orphan", alone)):
        yield from (_told(title, outcome) for outcome in found if outcome.is_error)


def _told(title: str, outcome: Outcome) -> str:
    pair = outcome.pair
    return f"    {title}: {pair.left} / {pair.right} is {outcome.made}, labelled {pair.label}: {pair.reason} ({pair.how})"


def main() -> None:
    """Measure ``dev``, or the parts kept back when a reason is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity")
    parser.add_argument("--held", metavar="WHY", help="measure the parts kept back; the reading is written down")
    why = parser.parse_args().held
    if why is None:
        print("\n".join(report(["dev"])))
        return
    lines = list(report(["held", "earlier"]))
    write_reading(why, score(in_the_merge(["held"])))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
