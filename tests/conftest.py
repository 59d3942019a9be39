"""Fixtures shared by all tests: a real OpenSearch node, started once when a test first asks for it."""

from __future__ import annotations

import contextlib
import gc
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from hypothesis import settings

from tests import built
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.shared import shared_node
from vivier.lexicon import Lexicon, load_lexicon

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent

# an example has no deadline: a busy machine makes none of them fail. Each run draws other examples; before a release,
# ``--hypothesis-profile=release`` draws ten times as many where a test does not give their number
settings.register_profile("house", deadline=None, max_examples=40)
settings.register_profile("release", deadline=None, max_examples=400)
settings.load_profile("house")

GARBAGE_PASSES = (50_000, 20, 50)

#: Opens the reason of every test skipped for want of a node; the terminal summary counts them by it.
SKIP_MARK = "OpenSearch indisponible"


def _node_is_required() -> bool:
    return os.environ.get("CI") == "true" or os.environ.get("VIVIER_REQUIRE_OPENSEARCH") == "1"


def folder_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that every process of a test run shares."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real node: ``VIVIER_TEST_OPENSEARCH_URL`` when set, else one started for the session, whatever the
    number of processes that run it.

    Where no node can be had, the tests that need it are skipped, and counted in the summary; with ``CI=true`` or
    ``VIVIER_REQUIRE_OPENSEARCH=1`` they are errors.
    """
    given = os.environ.get("VIVIER_TEST_OPENSEARCH_URL")
    if given:
        yield given
        return
    with contextlib.ExitStack() as until_the_end:
        try:
            url = until_the_end.enter_context(shared_node(folder_of_the_run(tmp_path_factory)))
        except NodeUnavailableError as reason:
            if _node_is_required():
                raise
            pytest.skip(f"{SKIP_MARK} : {reason}")
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser. It is not kept for other files: while it runs, a test cannot run an event loop of its own."""
    from tests.search_api.pages.browser import launched

    with launched() as browser:
        yield browser


@pytest.fixture(scope="session", autouse=True)
def _house_of_the_run(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> None:
    """Where what is built once a run is kept. What the modules of tests left in memory is no more looked at by the collector."""
    root = pytestconfig.getoption("--built") or folder_of_the_run(tmp_path_factory) / "built"
    root.mkdir(exist_ok=True)
    built.ROOT[:] = [root]
    gc.freeze()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The tables of the house, as every process loads them once."""
    loaded = load_lexicon()
    gc.freeze()
    return loaded


LONGEST = (
    "search_api/pages/test_crawl.py",
    "search_api/pages/test_accessible.py",
    "world/test_world.py",
    "given/test_two_processes.py",
    "search_api/pages/test_buyer_journey.py",
    "engine/test_generations.py",
    "crawlers/test_update.py",
    "search_api/test_every_parameter.py",
    "search_api/pages/test_structure_journey.py",
    "search_api/pages/test_browser.py",
    "given/test_rounds_browser.py",
    "search_api/pages/test_sixteen_words.py",
    "engine/test_node_access.py",
    "cli/test_cli.py",
    "engine/test_same_collections.py",
    "engine/test_same_answers.py",
    "crawlers/test_crawl_websites.py",
    "crawlers/test_bad_input.py",
    "search_api/assistants/test_door.py",
    "given/test_declared_browser.py",
    "search_api/pages/test_facilitator_journey.py",
    "search_api/pages/test_living_map.py",
    "desk/test_answers.py",
    "indexer/test_promotion.py",
    "crawlers/test_crawl_network.py",
    "exports/test_exports_engines.py",
    "given/test_declared_killed.py",
    "engine/test_node_away.py",
    "given/test_rounds.py",
    "given/test_review_verbs.py",
    "mail/test_notify_killed.py",
    "search_api/serving/test_held_socket.py",
    "search_api/serving/test_workers.py",
    "engine/test_durability.py",
)
"""Files that take longest, the longest first: begun last, one of them would leave the other processes without work."""


NODES = {"opensearch_url", "secured"}
"""The fixtures that start a node."""


_WHOLE = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.(slow|long)\b", re.M)
"""What a file writes when all its tests are slow, or long."""
_LONG = re.compile(r"\bpytest\.mark\.long\b|\bbrought\b")
"""What a file writes when some of its tests are long."""


@cache
def _turn(path: Path) -> int:
    file = path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else ""
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--half",
        type=int,
        choices=(1, 2),
        help="collect half of the files only: two such runs cost less than two workers of one",
    )
    parser.addoption("--built", type=Path, help="the folder that both halves share for what is built once a run")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file whose every test ``-m`` leaves out is not imported, nor that of the other ``--half``: what they alone import costs nothing."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    half, file = config.getoption("--half"), collection_path.relative_to(HERE).as_posix()
    if half and (crc32(file.encode()) >> 10) % 2 != half - 1:  # the bit that shares the work best
        return True
    if " or " in config.option.markexpr:
        return None
    text = collection_path.read_text("utf8")
    if config.option.markexpr == "long" and not _LONG.search(text):
        return True
    whole = _WHOLE.search(text)
    return True if whole and f"not {whole[1]}" in config.option.markexpr.split(" and ") else None


def pytest_configure() -> None:
    """The garbage collector passes as seldom as in ``vivier``: a sixth of the work of tests was its own."""
    gc.set_threshold(*GARBAGE_PASSES)


def pytest_sessionfinish() -> None:
    """One pass of the collector looks for what a test left badly closed; pytest would make five, over every table."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark ``node``, ``browser`` and ``long`` by the fixtures a test asks for, so that nobody keeps a list; put the longest files first."""
    items.sort(key=lambda item: _turn(item.path))
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        engines = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if not NODES.isdisjoint(fixtures) or "opensearch" in engines:
            item.add_marker("node")
        if "browser" in fixtures:
            item.add_marker("browser")
        if "brought" in fixtures:
            item.add_marker("long")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line when the OpenSearch half of the suite did not run."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    missing = sum(SKIP_MARK in reason for reason in reasons)
    if missing:
        line = f"{missing} TEST(S) OPENSEARCH NON EXÉCUTÉ(S) : aucun nœud sur cette machine (raison ci-dessus)"
        terminalreporter.write_line(line, red=True, bold=True)
