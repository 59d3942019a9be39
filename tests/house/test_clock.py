"""Tests read neither the clock nor the temporary folder of the machine: they count work, and give the day."""

from __future__ import annotations

import re

import pytest

from tests.house.walk import ROOT

pytestmark = pytest.mark.slow

READS = re.compile(
    r"\btime\.(?:time|time_ns|perf_counter|process_time|monotonic)\(|\bdatetime\.now\(|\bdate\.today\(|\bgettempdir\("
)
WAITS = "waits for a process or a server, with a deadline"
MOMENTS = "spreads the moments of a kill over a measured run"
WITH = {
    "crawlers/test_update.py": "the command itself reads the clock: what it reads was read days ago",
    "demo_home.py": "verbs read the calendar: those that list what is open read a demonstration of today",
    "engine/test_durability.py": MOMENTS,
    "engine/test_node_away.py": WAITS,
    "outside/test_engine_lies.py": WAITS,
    "indexer/test_promotion.py": MOMENTS,
    "opensearch_node/node.py": WAITS,
    "search_api/serving/server.py": WAITS,
    "search_api/serving/test_bounds.py": "compares the waiting of several requests of one moment with one another",
    "world/server.py": "notes when it was asked: a crawler that waits is tested by its delay, which a busy machine can only lengthen",
}


@pytest.mark.slow
def test_only_the_files_named_here_read_the_clock() -> None:
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name != "test_clock.py"]
    reading = {str(path.relative_to(ROOT / "tests")) for path in files if READS.search(path.read_text("utf8"))}
    assert sorted(reading) == sorted(WITH), "count work (tests/work.py), or give the day"
