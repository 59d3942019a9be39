"""What a build counts of the holders of labels."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.demo_home import TODAY, demo_home
from vivier.belief.holds import EVERY, Bucket, Holdings
from vivier.desk.facts.holders import holders
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


def test_a_generation_counts_the_holders_among_those_that_a_list_of_labels_does_not_name(tmp_path: Path) -> None:
    with closing(open_engine(demo_home(tmp_path))) as engine:
        meta = engine.live("suppliers").meta
    holding = meta["holding"]
    counted = sum(n for key, n in holding["every"].items() if f"|{EVERY}|" in key)
    assert 0 < counted < meta["tally"]["suppliers"], "the companies that only a list of labels names are left out"
    for counts in holding["holding"].values():
        assert all(n <= holding["every"][key] for key, n in counts.items())
    share = Holdings.of(holding).share("ecolabel", Bucket("EA", "proprete", "50"))
    assert 0 < share.low + share.p < 1


def test_likely_holders_are_others_of_the_trade_near_the_lot_each_once(tmp_path: Path) -> None:
    lexicon = load_lexicon()
    with closing(open_engine(demo_home(tmp_path))) as engine:
        for trade in ("nettoyage-locaux", "papeterie-fournitures", "isolation"):
            made = holders((trade,), ("region:84",), (), TODAY, Snapshot(engine), lexicon)
            for choice in made.choices:
                likely = choice.known.likely
                assert likely is None or sum(count for count, _ in likely) in (0, choice.known.doers)
                low, high = choice.known.expected
                assert 0 <= low <= high <= choice.known.doers
                if likely is not None and all(label.open_source for label in choice.labels):
                    assert likely == (), "who is not in a whole official list holds no such label"
