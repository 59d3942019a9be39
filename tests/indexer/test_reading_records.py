"""Records are read by several processes and compared in one of their own: the suppliers are those of one process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from indexer.aside import SetAside
from indexer.demo import demo_records
from indexer.gather import BLOCK, Gathered
from indexer.legal_units import LabelsOnly
from indexer.merge import join
from indexer.publish import SMALLEST_SHARED, Reading
from indexer.shelf import Shelf
from tests.indexer.records import provenance, write_run
from vivier.errors import FieldError, InvalidRequest
from vivier.model import Label, Record
from vivier.runs.records import current_run
from vivier.territory import load_gazetteer

MANY = SMALLEST_SHARED + 100


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fictitious records, enough to be shared out, a line that is no record near their end, and labels of a legal unit."""
    home = tmp_path_factory.mktemp("home")
    records = list(demo_records(MANY))
    write_run(home / "records", "demo", records)
    esus = {
        "name": "Unité légale",
        "provenance": provenance("esus"),
        "labels": (Label(code="ESUS", scope="legal_unit"),),
    }
    write_run(
        home / "records",
        "esus",
        [Record.model_validate({**esus, "source_id": one.siren, "siren": one.siren}) for one in records[:3]],
    )
    file = current_run(home / "records", "demo") / "records.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-2], b'{"name": 3}\n', *lines[-2:]]))
    assert file.stat().st_size > 2 * BLOCK
    return home


def gathered(home: Path) -> Gathered:
    return Gathered(home / "records", load_gazetteer(), left_out=SetAside(accept=True, ours=False))


@pytest.mark.slow
def test_records_read_by_several_processes_are_those_of_one(home: Path, tmp_path: Path) -> None:
    alone, shared = gathered(home), gathered(home)
    with Shelf(tmp_path) as records, Shelf(tmp_path) as labelled, Shelf(tmp_path) as by_one:
        reading = Reading(shared, records, labelled)
        reading.read()
        found = reading.joined({}, tmp_path / "ids.jsonl")
        expected = join(LabelsOnly().others(alone), by_one)
        assert found == expected
        assert [records[number] for number in range(len(records))] == [by_one[number] for number in range(len(by_one))]
        assert (len(records), len(labelled)) == (MANY, 3)
    assert shared.issues == alone.issues
    assert shared.left_out.summary() == alone.left_out.summary()
    assert shared.left_out.ids == {f"demo, ligne {MANY - 1}"}


@pytest.mark.slow
def test_decisions_that_contradict_each_other_are_refused_with_their_fields(home: Path, tmp_path: Path) -> None:
    keys = [f"demo:fictif-{number:06}" for number in range(3)]
    pairs = {frozenset(keys[:2]): True, frozenset(keys[1:]): True, frozenset((keys[0], keys[2])): False}
    with Shelf(tmp_path) as records, Shelf(tmp_path) as labelled:
        reading = Reading(gathered(home), records, labelled)
        reading.read()
        with pytest.raises(InvalidRequest, match="se contredisent") as refused:
            reading.joined(pairs, tmp_path / "ids.jsonl")
    assert [error.field for error in refused.value.errors] == ["decisions"]


def test_what_is_to_correct_goes_from_one_process_to_another() -> None:
    error = InvalidRequest((FieldError("cpv", "unknown", "Code inconnu."),))
    assert pickle.loads(pickle.dumps(error)).errors == error.errors
