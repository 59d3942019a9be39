"""The ordinary labelled companies of the demonstration: no inclusive kind, labels of the table, the same for the same day."""

from __future__ import annotations

from itertools import islice

import pytest

from indexer.demo.labelled import SORTS, labelled_records
from indexer.demo.records import TODAY, demo_records
from vivier.identity import is_siret
from vivier.law.labels import LABELS
from vivier.lexicon import load_lexicon


@pytest.mark.slow
def test_they_have_no_kind_and_hold_labels_that_bear_on_their_trade() -> None:
    made = list(labelled_records(200))
    assert not any(record.agreements for record in made)
    assert all("(fictif)" in record.name and record.siret and is_siret(record.siret) for record in made)
    held = {label.code for record in made for label in record.labels}
    assert {"RGE", "BIO", "IMPRIM_VERT", "EU_ECOLABEL", "EPV"} <= held <= set(LABELS)
    assert any(not record.labels for record in made) and any(not record.offers for record in made)


@pytest.mark.slow
def test_a_shorter_run_begins_a_longer_one_and_takes_no_number_of_the_others() -> None:
    assert list(labelled_records(30)) == list(islice(labelled_records(60), 30))
    others = {record.siret for record in demo_records(300)}
    assert not others & {record.siret for record in labelled_records(300, today=TODAY)}


def test_every_sort_is_a_trade_and_its_labels_fit_it() -> None:
    trades = load_lexicon().trades
    for sort in SORTS:
        trade = trades.get(sort.trade)
        bears = [code for code in sort.labels if {trade.code, trade.group} & set(LABELS[code].trades)]
        assert bears or not sort.labels, sort
