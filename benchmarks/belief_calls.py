"""Counts the calls after which a lot is settled: ``python -m benchmarks.belief_calls``.

*Truths*: the structures whose text was read by hand (:mod:`benchmarks.belief`), what is believed of each learnt from the others alone. *Lots*: for
each trade that a twentieth of them do at least, :data:`LOTS` draws of :data:`AROUND` structures at random within :data:`FARTHEST_KM`; a
structure can do the lot when its text tells the trade, and it comes as the curve of its kind draws it. *Settled*: two said « yes », or two
able are less probable than :data:`HOPELESS`. The same rule stops both orders; the desk asks in the order of what a call changes, the
other by distance. Everybody answers.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from benchmarks.belief import KINDS, ROOT, SAMPLES, Figures, Sample, Weights, left_out, readings
from benchmarks.belief_judged import by_siret, silent
from vivier.belief import Known, clues
from vivier.belief.comes import comes
from vivier.belief.steps import LEAST, MOST
from vivier.desk.method.answers import Answer, answered
from vivier.desk.method.assessing import Ground
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import Pool
from vivier.desk.method.prospects import Prospects
from vivier.desk.method.verdict import Lot
from vivier.law.parameters import value
from vivier.trades.table import Trades, load_trades

LOTS: Final = 30
AROUND: Final = 25
FARTHEST_KM: Final = 40.0
HOPELESS: Final = 0.05
LEAST_SHARE: Final = 0.05
ARTICLE: Final = "L2113-14"
DAY: Final = date(2026, 11, 24)


@dataclass(frozen=True)
class Asked:
    """A structure around a lot: as the desk sees it, and what it would answer."""

    site: Candidate
    does: bool
    comes: bool

    @property
    def answer(self) -> Answer:
        """What it answers when it is called."""
        can, why = ("yes", None) if self.does and self.comes else ("no", "far" if self.does else "trade")
        return Answer(self.site.id, can, DAY, "structure", why=why)  # type: ignore[arg-type]


class Counted(NamedTuple):
    """Calls until a lot is settled, in the order of the desk and by distance; ``possible``: two structures can do it."""

    desk: int
    distance: int
    possible: bool


def lots(seed: int) -> Iterator[list[Asked]]:
    """The lots drawn."""
    trades = load_trades()
    sample = Sample.of(readings(trades), trades)
    priors, does = left_out(sample, Weights())
    believed = np.stack([_with_clues(prior, known, trades) for prior, known in zip(priors, _known(), strict=True)])
    draw = np.random.default_rng(seed)
    for trade in np.flatnonzero(does.mean(axis=0) >= LEAST_SHARE):
        for _ in range(LOTS):
            chosen = draw.choice(len(sample.kinds), AROUND, replace=False)
            distances = FARTHEST_KM * np.sqrt(draw.random(AROUND))
            yield [
                _around(
                    n, sample.kinds[at], float(km), float(believed[at, trade]), bool(does[at, trade]), draw.random()
                )
                for n, (at, km) in enumerate(zip(chosen, distances, strict=True))
            ]


def _known() -> Iterator[Known]:
    """What is known of each structure read, its trades hidden: its kind, its name and its activity code when the real lists have it."""
    lists = by_siret()
    for name in SAMPLES:
        with (ROOT / "tests" / "relevance" / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["kind"] in KINDS:
                    supplier = lists.get(row.get("siret", ""))
                    listed = Known() if supplier is None else silent(supplier)
                    yield Known(
                        (row["kind"],), listed.naf, listed.names or ((row["structure"],) if "structure" in row else ())
                    )


def _with_clues(prior: Figures, known: Known, trades: Trades) -> Figures:
    """The probability of each trade: the share that the other structures of its kind give it, then the clues on the structure."""
    added = np.array([sum(clue.odds for clue in tuple(clues(known, trade.code, trades))[1:]) for trade in trades])
    found: Figures = 1 / (1 + np.exp(-(np.log(prior / (1 - prior)) + added)))
    return np.clip(found, LEAST, MOST)


def _around(n: int, kind: str, km: float, believed: float, does: bool, drawn: float) -> Asked:
    site = Candidate(
        f"v{n:03}",
        f"Structure {n}",
        kinds=(kind,),
        in_trade=False,
        trade_known=False,
        zone="wide",
        declared=False,
        believed=believed,
        distance_km=km,
    )
    return Asked(site, does, drawn < (comes((kind,), km) or 0.0))


def calls(around: Sequence[Asked], *, by_distance: bool) -> int:
    """How many structures are called until the lot is settled."""
    left, given = {each.site.id: each for each in around}, list[Answer]()
    nearest = sorted(left, key=lambda id_: left[id_].site.distance_km or 0.0)
    while left:
        found = _prospects(around, given)
        if _settled(found):
            break
        first = [id_ for id_ in nearest if id_ in left] if by_distance else [c.prospect.site.id for c in found.calls]
        if not first:
            break
        given.append(left.pop(first[0]).answer)
    return len(given)


def _prospects(around: Sequence[Asked], given: Sequence[Answer]) -> Prospects:
    (pool,) = answered([Pool([each.site for each in around])], given)
    ground = Ground(DAY, (), Lot(), value("capacity_share"), value("response_central"))
    return ground.assess(pool, ARTICLE).prospects


def _settled(found: Prospects) -> bool:
    confirmed = sum(prospect.can == "yes" for prospect in found.every)
    return confirmed >= value("wanted_offers") or found.able.two < HOPELESS


def counted(seed: int) -> list[Counted]:
    """The calls of every lot."""
    return [
        Counted(
            calls(around, by_distance=False),
            calls(around, by_distance=True),
            sum(each.does and each.comes for each in around) >= value("wanted_offers"),
        )
        for around in lots(seed)
    ]


def main() -> int:
    """Print the mean numbers of calls."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    every = counted(parser.parse_args().seed)
    for name, some in (("all", every), ("two can do it", [each for each in every if each.possible])):
        desk, distance = (float(np.mean([getattr(each, order) for each in some])) for order in ("desk", "distance"))
        print(
            f"{name}: {len(some)} lots; calls by the desk {desk:.1f}, by distance {distance:.1f}: {desk / distance:.0%}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
