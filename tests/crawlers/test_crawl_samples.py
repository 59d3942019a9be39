"""Each source's authored sample gives exactly its expected records, and no contact survives."""

from __future__ import annotations

import json
import re

import pytest

from crawlers.run import import_files, sources
from crawlers.stream import KNOWN
from crawlers.words import ASIDES, ISSUES, SKIPS
from tests.crawlers.checks import all_checks, check_complete, read_checks
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples, told_of
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.runs.records import MODELS, RunStatistics, current_run, read_statistics
from vivier.settings import Settings

COMPLETE = sorted(all_checks())


@pytest.mark.parametrize("source_id", sorted(sources()))
def test_every_source_has_a_sample_its_expected_records_and_its_checks(source_id: str) -> None:
    check_complete(source_id)


@pytest.fixture(scope="module", params=COMPLETE)
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, RunStatistics]:
    """The sample of a source, imported once into a house of its own."""
    settings = Settings(home=tmp_path_factory.mktemp("sample"))
    return settings, import_files(request.param, samples(request.param), settings, now=NOW)


def test_a_sample_gives_its_expected_records(imported: tuple[Settings, RunStatistics]) -> None:
    settings, report = imported
    lines = (SAMPLES / report.source.id / "expected.jsonl").read_text(encoding="utf8").splitlines()
    expected = [MODELS[report.source.content].model_validate_json(line) for line in lines]
    again = f"if the change is meant: python -m scripts.build_expected {report.source.id}"
    assert counts(report) == read_checks(report.source.id).counts, again
    assert told_of(settings, report.source.id) == expected, again


def test_no_contact_is_written_under_records(imported: tuple[Settings, RunStatistics]) -> None:
    settings, _ = imported
    files = [path for path in settings.records.rglob("*") if path.is_file() and path.name != KNOWN]
    written = "\n".join(path.read_text(encoding="utf8") for path in files)
    assert len(files) == 4
    assert not re.search(r"TELEPHONE-FICTIF|COURRIEL-FICTIF|PERSONNE-FICTIVE|@", written)


def test_raw_bytes_are_kept_and_every_word_of_the_report_is_known(imported: tuple[Settings, RunStatistics]) -> None:
    settings, report = imported
    given, kept = samples(report.source.id), settings.raw / report.source.id / report.run
    assert [(kept / path.name).read_bytes() for path in given] == [path.read_bytes() for path in given]
    assert read_statistics(current_run(settings.records, report.source.id)) == report
    assert set(report.set_aside) <= set(ASIDES)
    assert set(report.skipped) <= set(SKIPS)
    assert set(report.issues) <= set(ISSUES)


@pytest.mark.parametrize("source_id", COMPLETE)
def test_every_code_of_a_label_or_a_kind_is_a_row_of_its_table(source_id: str) -> None:
    """A code without a row is found by no filter and has no French name: the records would be kept for nothing."""
    lines = (SAMPLES / source_id / "expected.jsonl").read_text(encoding="utf8").splitlines()
    records = [json.loads(line) for line in lines]
    labels = {label["code"] for record in records for label in record.get("labels", ())}
    kinds = {agreement["kind"] for record in records for agreement in record.get("agreements", ())}
    assert labels <= LABELS.keys(), "write their row in mappings/tables/labels.csv (docs/add-a-label.md)"
    assert kinds <= KINDS.keys(), "write their row in mappings/tables/kinds.csv"


@pytest.mark.parametrize("source_id", COMPLETE)
def test_a_card_says_what_a_reader_wants_to_know(source_id: str) -> None:
    card = sources()[source_id].card
    assert card.id == source_id
    assert all((card.title, card.producer, card.dataset, card.licence, card.covers, card.limits))


def test_progress_is_told_as_rows_go_by(settings: Settings) -> None:
    seen: list[int] = []
    import_files("finess", samples("finess"), settings, progress=seen.append)
    assert seen[-1] == 8


def test_the_order_of_the_two_finess_files_does_not_matter(settings: Settings) -> None:
    import_files("finess", samples("finess"), settings, now=NOW)
    former = records_of(settings, "finess")
    import_files("finess", samples("finess")[::-1], settings, now=NOW)
    assert records_of(settings, "finess") == former
