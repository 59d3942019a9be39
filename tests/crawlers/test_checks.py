"""What a fixture folder lacks is said in one sentence that names the file, the field and the fix."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scripts.build_expected import built, doubts
from tests.crawlers.bad_inputs import Spot
from tests.crawlers.checks import IncompleteSample, Place, accented, check_complete, holding, read_checks
from tests.crawlers.samples import SAMPLES
from vivier.errors import ImportRefused

WHOLE = {"seen": 1, "kept": 1, "set_aside": {}, "skipped": {}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole fixture folder, of a source « x »."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "sample.csv").write_text("SIRET;Nom\n1;Atelier\n", encoding="utf8")
    (tmp_path / "x" / "expected.jsonl").write_text("", encoding="utf8")
    write_checks(tmp_path, WHOLE)
    return tmp_path


def write_checks(folder: Path, checks: object) -> None:
    (folder / "x" / "checks.json").write_text(json.dumps(checks), encoding="utf8")


def test_a_whole_folder_is_complete(folder: Path) -> None:
    check_complete("x", folder)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sample.csv", r"x holds no « sample\* » file: write invented rows"),
        ("expected.jsonl", r"x/expected\.jsonl is missing: « python -m scripts\.build_expected x » writes it"),
        ("checks.json", r"x/checks\.json is missing: « python -m scripts\.build_expected x » writes it"),
    ],
)
def test_a_missing_file_is_named_with_what_writes_it(folder: Path, name: str, words: str) -> None:
    (folder / "x" / name).unlink()
    with pytest.raises(IncompleteSample, match=words):
        check_complete("x", folder)


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ({**WHOLE, "kept": "many"}, r"checks\.json, field « kept »: Input should be a valid integer"),
        ({"seen": 1}, r"checks\.json, field « kept »: Field required"),
        ({**WHOLE, "siret": []}, r"checks\.json, field « siret »: Extra inputs"),
        ({**WHOLE, "sirets": [{"names": ["SIRET"]}]}, r"checks\.json, field « sirets\.0\.file »: Field required"),
        (["seen"], r"checks\.json, field « whole file »: Input should be an object"),
    ],
)
def test_a_wrong_field_is_named(folder: Path, checks: object, words: str) -> None:
    write_checks(folder, checks)
    with pytest.raises(IncompleteSample, match=words):
        check_complete("x", folder)


def test_a_sample_without_an_accent_is_told_what_to_add(folder: Path) -> None:
    with pytest.raises(IncompleteSample, match=r"x: no sample has an accented letter; write one"):
        accented("x", folder)


def test_a_column_to_rename_that_no_sample_has_is_named(folder: Path) -> None:
    with pytest.raises(IncompleteSample, match=r"checks\.json, field « renamed »: no sample has a column « Ville »"):
        holding("x", "Ville", folder)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(file="sample-9.csv", names=("SIRET",)), "no file « sample-9.csv »"),
        (Place(file="sample.csv", names=("SIREN",)), "no column « SIREN » in « sample.csv »"),
        (Place(file="sample.csv", names=("SIRET",), row=99), "no row 99 with SIRET in « sample.csv »"),
    ],
)
def test_a_spot_that_is_not_in_the_sample_is_named(tmp_path: Path, place: Place, words: str) -> None:
    with pytest.raises(IncompleteSample, match=rf"geiq/checks\.json names a spot that is not there: {words}"):
        Spot("geiq", place).files(tmp_path, "1")


def test_building_the_expected_files_writes_the_counts_and_keeps_the_spots(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "geiq", tmp_path / "geiq"))
    former = read_checks("geiq", tmp_path)
    with (folder / "sample.csv").open("a", encoding="utf8") as sample:
        sample.write("GEIQ INVENTÉ DES ÎLES;3, rue des Tests;;BREST;29200;;;;99910035700014;;;\n")
    for name, text in built("geiq", folder).items():
        (folder / name).write_text(text, encoding="utf8")
    now = read_checks("geiq", tmp_path)
    assert now == former.changed(seen=former.seen + 1, kept=former.kept + 1)
    assert "GEIQ INVENTÉ DES ÎLES" in (folder / "expected.jsonl").read_text(encoding="utf8").splitlines()[-1]


def test_a_sample_that_is_refused_is_told_why(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("SIRET\n", encoding="utf8")
    with pytest.raises(ImportRefused, match="Absentes : GEIQ"):
        built("geiq", tmp_path)


def test_what_was_built_is_said_with_its_doubts() -> None:
    """A date of the sample that is still « INVENTE » shows so."""
    lines = '{"issues": ["date_invalid", "siret_absent"]}\n{"issues": ["date_invalid"]}\n{}\n'
    assert doubts(lines) == "records 3, date_invalid 2, siret_absent 1"
