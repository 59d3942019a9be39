"""A node of OpenSearch that lies in four ways: each question is answered, or refused in a sentence, within five seconds; then all is as before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest

from benchmarks.outside import MOST
from tests.engine.crash import answer_of, publish, whole
from tests.outside.lying import FAULTS, Fault, Lying, lying
from tests.search_api.serving.server import until
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def proxy(opensearch_url: str) -> Iterator[Lying]:
    with lying(urlsplit(opensearch_url).port or 0) as found:
        yield found


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "slow"])
def test_a_question_to_a_node_that_lies_ends_in_time(proxy: Lying, fault: Fault) -> None:
    with closing(OpenSearchStore([f"http://127.0.0.1:{proxy.port}"], f"lies-{fault}")) as engine:
        publish(engine, 1)
        assert answer_of(engine) == whole(1)
        proxy.lie(fault)
        try:
            for _ in range(3):
                began = time.monotonic()
                with suppress(EngineUnavailable):
                    assert answer_of(engine) == whole(1)
                assert time.monotonic() - began < MOST
        finally:
            proxy.lie("none")
        until(lambda: _answers(engine))


def _answers(engine: OpenSearchStore) -> bool:
    try:
        return answer_of(engine) == whole(1)
    except EngineUnavailable:
        return False
