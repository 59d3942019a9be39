"""Precision and recall of the merge by name and place, identifiers hidden: ``python -m benchmarks identity``.

On the labelled pairs of ``tests/identity/pairs.csv``. A pair is two rows by list and key (a SIRET, a FINESS number, a SIREN), a label (``same``,
``other``, ``unclear``), why, and the part it belongs to. Parts are drawn by a hash of the structure, so that no structure is in two of them:
rules are written on ``dev`` and ``earlier`` (held back at first, and the harder one: nearly every trade name of the lists is in it); ``held`` is
read by nobody but through ``--held``, which writes the reading down.

- **pairs**: the left list loses its identifiers and is merged into the right one, which keeps them; a pair counts as merged
  when its two rows are one supplier. In a pair of one list, only the left rows lose theirs.
- **orphans**: each row of a list, identifiers hidden, meets another list (or its own) from which its own SIRET was taken
  away, as a structure that no register knows: no true match protects it, and whatever it is merged with is wrong.
- **whole lists**: the rows of one list lose their identifiers and are merged into the other list, which keeps them; the
  hidden SIRET says whether each merge is right. Rows of structures kept back are merged too, and not counted.

``--held "why"`` measures the part kept back and writes the reading down in ``tests/identity/readings.csv``.
"""

from __future__ import annotations

import csv
import hashlib
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import typer

from benchmarks.cases import ROOT, Score
from benchmarks.homes import LISTS, load, shared
from indexer.gather import Gathered
from indexer.merge import ACCEPT, DOUBT, merge
from vivier.contracts.shares import wilson
from vivier.model import Record
from vivier.settings import Settings
from vivier.territory.gazetteer import load_gazetteer

PAIRS = ROOT / "tests" / "identity" / "pairs.csv"
OPEN = ("dev", "earlier")
PARTS = (*OPEN, "held")
LABELS = ("same", "other", "unclear")

SOURCES: Final = {"asp": "asp", "esat": "esat", "ess": "ess_numerique", "geiq": "geiq", "marche": "siae"}
"""Name of a list in the pairs → source that reads it."""

MERGED, LISTED, APART = "merged", "listed", "apart"
"""Results of the merge for a pair: one supplier, a doubt for review, two suppliers."""
TENTHS = 10
READINGS = ROOT / "tests" / "identity" / "readings.csv"
COLUMNS = ("date", "code", "pairs", "right", "wrong", "missed", "why")
CODE = ("vivier/identity.py", *(f"indexer/{n}.py" for n in ("blocking", "clusters", "likeness", "merge", "spelling")))
"""Files of the code that decides a merge by name and place."""


def identity(
    held: Annotated[
        str | None, typer.Option(help="why: measures the part kept back, and writes the reading down")
    ] = None,
) -> Iterator[str]:
    """Measures the open parts, or the part kept back when a reason is given."""
    if held is None:
        yield from report(OPEN)
        return
    lines = list(report(["held"]))
    write_reading(held, score(in_the_merge(["held"])))
    yield from lines


@dataclass(frozen=True, order=True)
class Row:
    """A row of a list: several records when the list has a row for each kind."""

    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"


@dataclass(frozen=True)
class LabelledPair:
    """Two rows, their label, and why; ``how`` is the stratum."""

    left: Row
    right: Row
    label: str
    part: str
    how: str
    reason: str


def labelled_pairs() -> list[LabelledPair]:
    """The labelled pairs of the repository."""
    with PAIRS.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    sides = [[Row(row.pop(f"{side}_source"), row.pop(f"{side}_key")) for side in ("left", "right")] for row in rows]
    return [LabelledPair(left, right, **row) for (left, right), row in zip(sides, rows, strict=True)]


def kept_back(pairs: Iterable[LabelledPair]) -> set[str]:
    """Structures (SIREN, or the number of an ESAT) that no figure but that of ``held`` may count."""
    return {structure(row) for pair in pairs if pair.part == "held" for row in (pair.left, pair.right)}


def structure(row: Row) -> str:
    """The structure of a row: its legal unit, or the ESAT itself."""
    return row.key if row.source == "esat" else row.key[:9]


@lru_cache(maxsize=1)
def lists() -> Mapping[str, tuple[Record, ...]]:
    """The records of every list as a build gathers them, addresses resolved; one key for the rows of one SIRET."""
    with tempfile.TemporaryDirectory(prefix="vivier-identity-") as folder:
        settings = Settings(home=Path(folder))
        load(LISTS, shared(), settings)
        gathered = list(Gathered(settings.records, load_gazetteer()))
    found = {name: tuple(_named(gathered, name, source)) for name, source in SOURCES.items()}
    return {**found, "brand": tuple(_brands(found["marche"]))}


def _named(records: Iterable[Record], name: str, source: str) -> Iterator[Record]:
    for record in records:
        if record.provenance.source_id == source:
            key = record.source_id if name == "esat" else record.source_id.partition("-")[0]
            yield renamed(record.model_copy(update={"source_id": key}), name)


def _brands(records: Iterable[Record]) -> Iterator[Record]:
    """The list of 2020 with its trade names alone, spelled as the structures spell them."""
    for record in records:
        if record.brand:
            yield renamed(record.model_copy(update={"name": record.brand, "brand": None}), "brand")


def renamed(record: Record, source: str) -> Record:
    """The record as a row of another list."""
    return record.model_copy(update={"provenance": record.provenance.model_copy(update={"source_id": source})})


def hidden(record: Record) -> Record:
    """The record without any identifier, as a row of a list that gives none."""
    return renamed(record.model_copy(update={"siren": None, "siret": None, "finess": None}), "hidden")


@dataclass(frozen=True)
class Outcome:
    """A labelled pair and the result of the merge."""

    pair: LabelledPair
    made: str

    @property
    def is_error(self) -> bool:
        """Whether the merge is wrong, or missed a true pair."""
        return (self.pair.label == "same") != (self.made == MERGED)


def score(outcomes: Iterable[Outcome]) -> Score:
    """Counts of right, wrong, missed and doubtful merges, for precision and recall."""
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
    """The pairs whose two rows our importers accept: they refuse made-up numbers, and brands that only repeat the name."""
    rows = {Row(name, record.source_id) for name, records in lists().items() for record in records}
    return [pair for pair in labelled_pairs() if {pair.left, pair.right} <= rows]


def in_the_merge(parts: Sequence[str]) -> list[Outcome]:
    """Every pair of the parts that is not unclear, with the result of the merge of its two lists."""
    labelled = [pair for pair in measured() if pair.part in parts and pair.label != "unclear"]
    by_lists: dict[tuple[str, str], list[LabelledPair]] = defaultdict(list)
    for pair in labelled:
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


def orphans(left: str, right: str, part: str) -> Counter[str]:
    """Results of the merge for the rows of ``left`` of a part, when their SIRET is removed from ``right``; a tenth of them at a
    time."""
    counted = _rows_of(left, part)
    found: Counter[str] = Counter()
    for tenth in range(TENTHS):
        rows = [record for record in lists()[left] if _tenth(record) == tenth]
        merged = merge([*map(hidden, rows), *(record for record in lists()[right] if _tenth(record) != tenth)])
        listed = {key for pair in merged.doubtful for key in (pair.left, pair.right)}
        for supplier in merged.suppliers:
            mine = {key for key in supplier.identifiers if key.startswith("hidden:")}
            joined = any(key.startswith(f"{right}:") for key in supplier.identifiers)
            for key in mine & counted:
                found[MERGED if joined else LISTED if key in listed else APART] += 1
    return found


def _tenth(record: Record) -> int:
    return zlib.crc32((record.siret or record.source_id).encode()) % TENTHS


def _rows_of(name: str, part: str) -> set[str]:
    """Keys of the hidden rows of a list that a figure of the part may count."""
    back = kept_back(labelled_pairs())
    keys = {record.source_id for record in lists()[name]}
    return {f"hidden:{key}" for key in keys if (part == "held") == (structure(Row(name, key)) in back)}


def whole_lists(left: str, right: str, part: str) -> Score:
    """Merge a list without identifiers into one that keeps them; each row of ``left`` known to ``right`` is counted.

    ``part``: ``held`` counts the structures kept back alone, another leaves them out.
    """
    counted, known = _rows_of(left, part), {record.siret for record in lists()[right]}
    truth = {f"hidden:{record.source_id}": record.siret for record in lists()[left]}
    merged = merge([*map(hidden, lists()[left]), *lists()[right]])
    count: Counter[str] = Counter()
    for supplier in merged.suppliers:
        sirets = {value for value in supplier.identifiers if value in known}
        count.update(_verdict(truth[key], sirets, known) for key in supplier.identifiers if key in counted)
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
        yield from _of_part(part, in_the_merge([part]))
    rest = "held" if "held" in parts else "open"
    for left, right in (("asp", "marche"), ("marche", "asp"), ("geiq", "marche"), ("brand", "asp")):
        yield _line(f"whole lists, {rest}, {left} -> {right}", whole_lists(left, right, rest))
    for left, right in (("asp", "marche"), ("marche", "asp"), ("geiq", "marche"), ("esat", "esat")):
        made = orphans(left, right, rest)
        figures = f"apart {made[APART]}, listed {made[LISTED]}, wrongly merged {made[MERGED]}"
        yield f"orphans, {rest}, {left} -> {right}: {made.total()} rows, {figures}"


def _of_part(part: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield _line(f"pairs, {part} ({len(outcomes)})", score(outcomes))
    by_how: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_how[outcome.pair.how].append(outcome)
    yield from (_line(f"  {how}", score(found)) for how, found in sorted(by_how.items()))
    for outcome in outcomes:
        if outcome.is_error:
            pair = outcome.pair
            yield f"    error: {pair.left} / {pair.right} {outcome.made}; labelled {pair.label} ({pair.how}): {pair.reason}"


def fingerprint(*files: Path) -> str:
    """Twelve digits of the SHA-256 of files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def write_reading(why: str, counts: Score) -> None:
    """Adds a line to the file of readings: the day, the rules and labels, the counts, and the reason."""
    code, pairs = fingerprint(*(ROOT / file for file in CODE)), fingerprint(PAIRS)
    row = (datetime.now(UTC).date().isoformat(), code, pairs, counts.right, counts.wrong, counts.missed, why)
    new = not READINGS.exists()
    with READINGS.open("a", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, row] if new else [row])


def readings() -> list[dict[str, str]]:
    """The readings so far, oldest first."""
    if not READINGS.exists():
        return []
    with READINGS.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))
