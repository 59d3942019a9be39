"""How soon a contract is published again, on chains of real files: ``python -m benchmarks renewals DATA [--home HOME] [--list] [--write]``.

*Contracts*: those of the DECP files that tell a buyer, a day, a duration and an object; lots of one consultation count once. *Calls*: those of
BOAMP, January to March 2021 and February 2024, whose buyer is known by its SIREN, or by a name that one SIREN alone bears. *Followed*: the same
buyer, and objects whose rare words are the same by :data:`ALIKE` (sum of ``log(N / n)`` of the common words over that of all their words).
*Watched*: a month of the files, from 24 months before the latest end to 12 after, of a buyer seen in BOAMP in another month; until the contract
is followed.

Learnt on January and February 2021, judged on March 2021 and February 2024: Brier score of the hazard of the months around the end, against one
share for all months; the gain's interval draws buyers again 2,000 times. ``--write`` makes ``mappings/tables/renewal_months.csv`` of all months.
"""

from __future__ import annotations

import csv
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import numpy as np

from benchmarks.homes import load
from benchmarks.options import Data, Given, Listed
from indexer.contracts.assemble import category_of
from mappings import table_path
from scripts.docs.markdown import table
from vivier.contracts.months import latest_end
from vivier.contracts.objects import bare
from vivier.contracts.renewal import FIRST, LAST, Learnt, Step
from vivier.contracts.shares import wilson
from vivier.model import ContractRecord, Notice, Organisation
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

FILES: Final = {
    "boamp": ("contracts/stream/boamp-2021-t1-ods/*.json.gz", "contracts/stream/boamp-2024-02-ods/*.json.gz"),
    "decp": (
        "contracts/stream/decp-2019-plateformes/*.json.gz",
        "contracts/decp-2019/*.json",
        "contracts/decp-2022/dematis*.json",
    ),
    "decp_buyer_csv": ("contracts/stream/titres-2024-2026/*.csv.gz",),
}
LEARN: Final = (date(2021, 1, 1), date(2021, 2, 1))
JUDGE: Final = (date(2021, 3, 1), date(2024, 2, 1))
EDGES: Final = (FIRST, -18, -12, -9, -6, -3, 0, 3, 6, LAST + 1)
"""First months of the steps of the table, and the month after the last one."""
ALIKE: Final = 0.4
DRAWS: Final = 2_000
COLUMNS: Final = (
    *("months after the end", "learnt: watched, followed", "foretold", "judged: watched, followed", "observed (95 %)"),
)
Words = frozenset[str]


@dataclass(frozen=True)
class Bought:
    """A contract, or a call (``end`` is then ``None``), of the buyer ``siren``."""

    siren: str
    title: str
    day: date
    end: date | None
    family: str
    words: Words


class Seen(NamedTuple):
    """A month in which a contract was watched, ``months`` after its end; ``by``: the call that followed it then."""

    contract: Bought
    month: date
    months: int
    by: Bought | None


def renewals(data: Data, home: Given = None, listed: Listed = False, write: bool = False) -> Iterator[str]:
    """The counts, the scores and the calibration; ``--write`` writes the table of the product."""
    with records_of(data, home) as settings:
        contracts, calls = read(settings)
    seen = watched(contracts, calls)
    followed = [each for each in seen if each.by is not None]
    learnt = Learnt(steps(each for each in seen if each.month in LEARN))
    later = [each for each in seen if each.month in JUDGE]
    families = Counter(each.contract.family for each in followed)
    yield f"{len(contracts)} contracts, {len(calls)} calls; {len({each.contract for each in seen})} contracts watched"
    yield f"followed, by family: {', '.join(f'{name} {n}' for name, n in families.items())}"
    yield table(COLUMNS, _rows(later, learnt))
    yield "Brier: hazard {:.5f}, one share {:.5f}; gain {:.1%} ({:.1%} to {:.1%})".format(*judged(later, learnt))
    yield f"months judged: {len(later)}, followed {sum(each.by is not None for each in later)}"
    for each, by in ((each, each.by) for each in seen if listed):
        if by is not None:
            contract = each.contract
            yield f"{each.months:+4} {contract.family:8} {contract.end} {by.day} | {contract.title[:80]} | {by.title[:80]}"
    if write:
        with table_path("renewal_months").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("first", "last", "watched", "published"))
            rows.writerows((step.first, step.last, step.watched, step.published) for step in steps(seen))


@contextmanager
def records_of(data: Path, home: Path | None) -> Iterator[Settings]:
    """A home that holds the records of the files: the one given, else a temporary one."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=home or Path(folder))
        if home is None:
            load(FILES, data, settings)
        yield settings


def read(settings: Settings) -> tuple[list[Bought], list[Bought]]:
    """The contracts that tell what is needed, one for each consultation, and the calls, each with the SIREN of its buyer."""
    notices = list(read_models(current_run(settings.records, "boamp"), Notice))
    contracts = [
        record
        for source in ("decp", "decp_buyer_csv")
        for record in read_models(current_run(settings.records, source), ContractRecord)
    ]
    of_name: defaultdict[str, set[str]] = defaultdict(set)
    for buyer in (*(notice.buyer for notice in notices), *(record.buyer for record in contracts)):
        if buyer.siren and buyer.name:
            of_name[bare(buyer.name)].add(buyer.siren)

    def siren(buyer: Organisation) -> str:
        named = of_name.get(bare(buyer.name or ""), set())
        return buyer.siren or (next(iter(named)) if len(named) == 1 else "")

    bought: dict[tuple[str, str, date], Bought] = {}
    for record in contracts:
        end = latest_end(record.notified, record.months)
        if record.notified is not None and end is not None and record.object and siren(record.buyer):
            made = _bought(siren(record.buyer), record.object, record.buyer, record.notified, end, record.cpv)
            bought.setdefault((made.siren, " ".join(sorted(made.words)), made.day), made)
    calls = [
        _bought(siren(notice.buyer), notice.title, notice.buyer, notice.published, None, None)
        for notice in notices
        if notice.nature in ("call", "prior_information") and notice.published is not None and siren(notice.buyer)
    ]
    return list(bought.values()), calls


def _bought(siren: str, title: str, buyer: Organisation, day: date, end: date | None, cpv: str | None) -> Bought:
    own = _words(buyer.name or "")
    return Bought(siren, title, day, end, category_of(cpv) or "unknown", _words(title) - own)


@lru_cache(maxsize=65_536)
def _words(text: str) -> Words:
    return frozenset(word[:6] for word in bare(text).split() if len(word) > 3 and not any(map(str.isdigit, word)))


def alike(every: Iterable[Bought]) -> Callable[[Bought, Bought], bool]:
    """Whether two objects are alike, by how rare their words are."""
    texts = [bought.words for bought in every]
    held = Counter(word for words in texts for word in words)
    weight = {word: math.log(len(texts) / count) for word, count in held.items()}

    def total(words: Words) -> float:
        return sum(weight[word] for word in words)

    def likeness(one: Bought, other: Bought) -> bool:
        common = one.words & other.words
        return len(common) > 1 and total(common) >= ALIKE * total(one.words | other.words)

    return likeness


def watched(contracts: Sequence[Bought], calls: Sequence[Bought]) -> list[Seen]:
    """Every month in which a contract was watched."""
    like = alike((*contracts, *calls))
    of_month: defaultdict[tuple[str, date], list[Bought]] = defaultdict(list)
    active: defaultdict[str, set[date]] = defaultdict(set)
    for call in calls:
        of_month[call.siren, call.day.replace(day=1)].append(call)
        active[call.siren].add(call.day.replace(day=1))
    found = []
    for contract in contracts:
        assert contract.end is not None
        for month in (*LEARN, *JUDGE):
            months = (month.year - contract.end.year) * 12 + month.month - contract.end.month
            if not FIRST <= months <= LAST or not active[contract.siren] - {month}:
                continue
            by = next((call for call in of_month[contract.siren, month] if like(contract, call)), None)
            found.append(Seen(contract, month, months, by))
            if by is not None:
                break
    return found


def steps(seen: Iterable[Seen]) -> tuple[Step, ...]:
    """What was counted, in the steps of the table."""
    every = list(seen)
    made = []
    for first, after in pairwise(EDGES):
        inside = [each for each in every if first <= each.months < after]
        made.append(Step(first, after - 1, len(inside), sum(each.by is not None for each in inside)))
    return tuple(made)


class Gain(NamedTuple):
    """Brier scores on the months judged, and the gain ``1 - hazard / base`` with its bounds at 95 %."""

    hazard: float
    base: float
    gain: float
    low: float
    high: float


def judged(seen: Sequence[Seen], learnt: Learnt) -> Gain:
    """The scores of what was learnt on the months judged."""
    truth = np.array([each.by is not None for each in seen], float)
    errors = np.array([learnt.hazard(each.months)[0] for each in seen]) - truth, learnt.base - truth
    hazard, base = (error**2 for error in errors)
    buyers = sorted({each.contract.siren for each in seen})
    place = {siren: n for n, siren in enumerate(buyers)}
    at = np.array([place[each.contract.siren] for each in seen])
    sums = [np.bincount(at, weights=each, minlength=len(buyers)) for each in (hazard, base)]
    draw = Random(7)
    drawn = [draw.choices(range(len(buyers)), k=len(buyers)) for _ in range(DRAWS)]
    gains = [1 - sums[0][some].sum() / sums[1][some].sum() for some in drawn]
    low, high = np.quantile(gains, (0.025, 0.975))
    return Gain(float(hazard.mean()), float(base.mean()), float(1 - hazard.sum() / base.sum()), float(low), float(high))


def _rows(seen: Sequence[Seen], learnt: Learnt) -> Iterator[tuple[str, ...]]:
    """The steps: what was learnt, what it foretells, what was then observed."""
    for step, now in zip(learnt.steps, steps(seen), strict=True):
        low, high = wilson(now.published, now.watched)
        observed = "–" if not now.watched else f"{now.published / now.watched:.4f} ({low:.4f} to {high:.4f})"
        counts = (f"{each.watched}, {each.published}" for each in (step, now))
        yield (
            f"{step.first} to {step.last}",
            next(counts),
            f"{learnt.hazard(step.first)[0]:.4f}",
            next(counts),
            observed,
        )
