"""A host of the replica that is asked too fast says to wait, and who asks waits: the limits of the real ones are enforced."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.fetch import fetch
from crawlers.plan import Direct, FetchPlan
from tests.world import Rate, World, served
from vivier.settings import Settings

HOST = "donnees.example.org"
FILES = {f"fichier-{n}.csv": f"http://{HOST}/fichier-{n}.csv" for n in range(6)}
PLAN = FetchPlan(what=Direct(files=FILES), hosts=(HOST,), delay=2.0)
PACE = 0.1


def brought(tmp_path: Path, pace: float) -> World:
    """The world after six files were asked at this share of the pace of the plan."""
    world = World(pages=dict.fromkeys((f"/{name}" for name in FILES), b"essai"), rates={HOST: Rate(PLAN.delay * PACE)})
    with served(world):
        files = fetch(PLAN, tmp_path, Settings(home=tmp_path / "home"), "essai", mirror=world.url, mirror_pace=pace)
    assert [file.name for file in files] == list(FILES)
    return world


@pytest.mark.slow
@pytest.mark.usefixtures("forking")
def test_who_keeps_the_rate_is_never_told_to_wait(tmp_path: Path) -> None:
    assert brought(tmp_path, PACE).too_fast == []


@pytest.mark.slow
@pytest.mark.usefixtures("forking")
def test_who_asks_too_fast_is_told_to_wait_and_waits(tmp_path: Path) -> None:
    world = brought(tmp_path, 0)
    assert world.too_fast
    assert world.count(429) == len(world.too_fast)
    assert world.count(200) == len(FILES)


def test_a_rate_lets_a_busy_machine_catch_up_and_no_more() -> None:
    rate = Rate(1.0, ahead=2)
    assert [rate.allows(now) for now in (10.0, 10.0, 10.0, 10.0, 11.1)] == [True, True, True, False, True]
