"""The judged searches run once on each engine."""

from __future__ import annotations

import uuid

import pytest

from indexer.publish import judged_generation
from vivier.lexicon import Lexicon
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, rank

Rankings = tuple[Ranking, ...]


@pytest.fixture(scope="session")
def embedded_rankings(lexicon: Lexicon) -> Rankings:
    with judged_generation("embedded", Settings(), lexicon) as snapshot:
        return rank(snapshot, lexicon)


@pytest.fixture(scope="session")
def node(opensearch_url: str) -> Settings:
    """Settings of the node, under a prefix of these tests."""
    return Settings(opensearch_url=opensearch_url, opensearch_prefix=f"test-{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def opensearch_rankings(lexicon: Lexicon, node: Settings) -> Rankings:
    with judged_generation("opensearch", node, lexicon) as snapshot:
        return rank(snapshot, lexicon)


@pytest.fixture(params=("embedded", "opensearch"))
def rankings(request: pytest.FixtureRequest) -> Rankings:
    """Each engine's in turn."""
    found: Rankings = request.getfixturevalue(f"{request.param}_rankings")
    return found
