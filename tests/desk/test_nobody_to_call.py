"""Whoever is silent adds no action, whatever the trade. ``make judge`` counts the actions that are advised where nobody is worth a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.demo_home import TODAY, demo_home
from tests.desk.making import structure
from tests.real_home import real_home
from vivier.desk.facts.pools import Pools
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import Lot, Pool, judged
from vivier.desk.method.prospects import WORTH_A_CALL
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow

PLACES = ("departement:69", "departement:35")
SMALL, LARGE = 20_000.0, 150_000.0


@pytest.fixture(params=["demonstration", "real lists"], scope="module")
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    home = tmp_path_factory.mktemp("home")
    with closing(open_engine(demo_home(home) if request.param == "demonstration" else real_home(home))) as engine:
        yield Snapshot(engine)


def lots(snapshot: Snapshot, lexicon: Lexicon, place: str) -> Iterator[tuple[str, Pool, Lot]]:
    """A small and a large lot of one trade of three, with its candidates in a place."""
    pools = Pools(snapshot, lexicon, TODAY)
    for trade in [known.code for known in lexicon.trades][::3]:
        pool = pools.near((trade,), (place,))
        for amount in (SMALL, LARGE):
            yield trade, pool, Lot(amount, 12, labour_share=0.65, most_hours=400)


def unheard(number: int, believed: float | None) -> list[Candidate]:
    """Structures that publish no trade, of kinds that work in their own trade."""
    kinds: list[dict[str, tuple[str, ...]]] = [
        {"kinds": ("EI",)},
        {"kinds": ("ESAT",)},
        {"kinds": (), "to_check": ("EI",)},
    ]
    silent = {"in_trade": False, "trade_known": False, "believed": believed}
    return [structure(**kinds[n % len(kinds)], **silent) for n in range(number)]


@pytest.mark.parametrize("believed", [None, WORTH_A_CALL - 0.01], ids=["never observed", "improbable"])
@pytest.mark.parametrize("place", PLACES)
def test_silent_structures_never_turn_nothing_into_an_action(
    snapshot: Snapshot, lexicon: Lexicon, place: str, believed: float | None
) -> None:
    for trade, pool, lot in lots(snapshot, lexicon, place):
        for each in (lot, replace(lot, labour_share=None)):
            alone = judged(each, [pool], TODAY).lever
            more = Pool([*pool.candidates, *unheard(60, believed)])
            assert judged(each, [more], TODAY).lever == alone, (trade, lot.amount)
