"""What a build counts of the holders of labels."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from indexer.holding import HoldingCount
from tests.demo_home import demo_home
from vivier.belief.holds import EVERY, Bucket, Holdings
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon

pytestmark = pytest.mark.slow


def test_a_generation_counts_the_holders_among_those_that_a_list_of_labels_does_not_name(tmp_path: Path) -> None:
    with closing(open_engine(demo_home(tmp_path))) as engine:
        meta = engine.live("suppliers").meta
    holding = meta["holding"]
    counted = sum(n for key, n in holding["every"].items() if f"|{EVERY}|" in key)
    assert 0 < counted < meta["tally"]["suppliers"], "the companies that only a list of labels names are left out"
    for counts in holding["held"].values():
        assert all(n <= holding["every"][key] for key, n in counts.items())
    share = Holdings.of(holding).share("ecolabel", Bucket("EA", "proprete", "50"))
    assert 0 < share.low + share.p < 1


def test_a_supplier_counts_once_for_all_activities_and_once_for_each_of_its_groups() -> None:
    assert HoldingCount().figures() == {"every": {}, "held": {}} and load_lexicon() is not None
