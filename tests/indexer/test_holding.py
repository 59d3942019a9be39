"""What a build counts of the holders of labels."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from indexer.build import HoldingCount, Outline
from indexer.demo.records import demo_records
from indexer.gather import placed
from indexer.merge import merge
from tests.demo_home import TODAY, demo_home
from vivier.belief.holds import EVERY, Bucket, Holdings
from vivier.desk.facts.holders import holders
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.model import Supplier
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


def test_a_label_that_has_ended_is_not_counted() -> None:
    lexicon = load_lexicon()
    suppliers = merge(placed(record, lexicon.gazetteer)[0] for record in demo_records(400)).suppliers
    for made, counted in ((suppliers, True), ([_ended(supplier) for supplier in suppliers], False)):
        counter = HoldingCount()
        counter.add(made, [Outline("", None, None, {}) for _ in made], lexicon)
        assert bool(counter.figures()["holding"]) is counted


def _ended(supplier: Supplier) -> Supplier:
    """A supplier whose labels ended long ago."""
    labels = tuple(
        fact.model_copy(
            update={"value": fact.value.model_copy(update={"valid_from": None, "valid_until": date(2020, 1, 1)})}
        )
        for fact in supplier.labels
    )
    return supplier.model_copy(update={"labels": labels})


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
