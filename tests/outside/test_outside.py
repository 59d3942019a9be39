"""Each dependency lies in five ways while people search: no search fails, no answer takes over five seconds, and the operator is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from benchmarks.outside import TROUBLES, Outside, outside
from tests.outside.lying import FAULTS, Fault

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on this machine"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with outside(tmp_path_factory.mktemp("outside")) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("dependency", TROUBLES)
def test_no_search_fails_no_answer_is_late_and_the_operator_is_told(
    found: Outside, dependency: str, fault: Fault
) -> None:
    assert found.tried(dependency, fault).wrong == []
