"""Fixtures shared by all tests: a real OpenSearch node, started once when a test first asks for it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest

from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import opensearch_node
from vivier.lexicon import Lexicon, load_lexicon

#: Opens the reason of every test skipped for want of a node; the terminal summary counts them by it.
SKIP_MARK = "OpenSearch indisponible"


def _node_is_required() -> bool:
    return os.environ.get("CI") == "true" or os.environ.get("VIVIER_REQUIRE_OPENSEARCH") == "1"


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    """Address of a real node: ``VIVIER_TEST_OPENSEARCH_URL`` when set, else one started for the session.

    Where no node can be had, the tests that need it are skipped, and counted in the summary; with ``CI=true`` or
    ``VIVIER_REQUIRE_OPENSEARCH=1`` they are errors.
    """
    given = os.environ.get("VIVIER_TEST_OPENSEARCH_URL")
    if given:
        yield given
        return
    with contextlib.ExitStack() as until_the_end:
        try:
            node = until_the_end.enter_context(opensearch_node())
        except NodeUnavailableError as reason:
            if _node_is_required():
                raise
            pytest.skip(f"{SKIP_MARK} : {reason}")
        yield node.url


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The tables of the house, as every process loads them once."""
    return load_lexicon()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark ``node`` and ``browser`` by the fixtures a test asks for, so that nobody keeps a list."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        engines = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "opensearch_url" in fixtures or "opensearch" in engines:
            item.add_marker("node")
        if "browser" in fixtures:
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line when the OpenSearch half of the suite did not run."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    missing = sum(SKIP_MARK in reason for reason in reasons)
    if missing:
        line = f"{missing} TEST(S) OPENSEARCH NON EXÉCUTÉ(S) : aucun nœud sur cette machine (raison ci-dessus)"
        terminalreporter.write_line(line, red=True, bold=True)
