"""Records wait in a file while they are compared, and suppliers are made a few at a time: the same ones as all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.assemble import Assembler
from indexer.context import Context
from indexer.demo import demo_records
from indexer.legal_units import LabelsOnly
from indexer.merge import join, merge
from indexer.shelf import Shelf
from indexer.stock import Assembled
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, all_of, provenance, record
from vivier.forked import on_every_core
from vivier.model import Label, Record, Supplier
from vivier.territory import load_gazetteer


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Fictitious records, some of them told twice."""
    made = list(demo_records(120))
    again = (one.changed(provenance=provenance("list"), siren=None, siret=None, finess=None) for one in made[::3])
    return [*made, *again]


@pytest.mark.slow
def test_a_record_comes_back_from_the_file_as_it_was(tmp_path: Path, records: list[Record]) -> None:
    with Shelf(tmp_path) as shelf:
        for one in records:
            shelf.append(one)
        assert [shelf[number] for number in range(len(shelf))] == records


def test_a_record_put_after_another_was_read_comes_back_too(tmp_path: Path, records: list[Record]) -> None:
    with Shelf(tmp_path) as shelf:
        for number, one in enumerate(records[:3]):
            shelf.append(one)
            assert shelf[number] == one


@pytest.mark.slow
def test_several_processes_read_the_file_at_once(tmp_path: Path, records: list[Record]) -> None:
    with Shelf(tmp_path) as shelf:
        for one in records:
            shelf.append(one)
        read = on_every_core(lambda number: shelf[number].name, range(len(records)), worth=True)
        assert list(read) == [one.name for one in records]


def test_the_file_has_no_name_and_leaves_nothing(tmp_path: Path, records: list[Record]) -> None:
    with Shelf(tmp_path) as shelf:
        shelf.append(records[0])
        assert shelf[0] == records[0] and list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_suppliers_taken_a_few_at_a_time_are_those_of_a_whole_merge(tmp_path: Path, records: list[Record]) -> None:
    whole = merge(records)
    with Shelf(tmp_path) as shelf:
        joined = join(records, shelf)
        stock = Assembled(joined, shelf, Assembler(), LabelsOnly(), Context(None, load_gazetteer()))
        taken: list[Supplier] = []
        for start in range(0, len(stock), 7):
            some, seen = stock.take(start, start + 7)
            stock.note(seen)
            taken += some
    assert taken == whole.suppliers
    assert whole.counts.items() <= stock.counts().items()
    assert (joined.doubtful, joined.ledger) == (whole.doubtful, whole.ledger)


def test_labels_that_wait_in_a_file_are_given_out_and_counted_once(tmp_path: Path) -> None:
    esus = Label(code="ESUS", scope="legal_unit")
    given = {"name": "Unité légale", "provenance": provenance("esus"), "labels": (esus,)}
    bearing = [
        Record.model_validate({**given, "source_id": siren, "siren": siren}) for siren in ("900000001", "910000009")
    ]
    sites = [record("siae", siret, siret=siret, line=None) for siret in (ACI_SIRET, "90000000100025")]
    with Shelf(tmp_path) as bearers:
        apart = LabelsOnly(bearers)
        joined = join(apart.others([*bearing, *sites]), waiting := list[Record]())
        stock = Assembled(joined, waiting, Assembler(), apart, Context(None, load_gazetteer()))
        assert [len(supplier.labels) for supplier in all_of(stock)] == [1, 1]
    assert OTHER_SIRET.startswith("910000009")
    assert apart.by_source() == {"esus": {"attached": 1, "unknown": 1}}
