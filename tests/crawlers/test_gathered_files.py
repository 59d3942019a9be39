"""Folders and archives of many files, and an extract of a day in the past."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date
from pathlib import Path

import orjson
import pytest

from crawlers.gather import gathered
from crawlers.registry import look_alike
from crawlers.run import import_files
from tests.cli.test_demo_real import CONTRACT, NOTICE
from vivier.cli.reading import update
from vivier.cli.samples import load_real
from vivier.errors import ImportRefused, VivierError
from vivier.runs.records import current_run, read_lines
from vivier.settings import Settings

DAY = date(2021, 2, 15)


def _calls(path: Path, *days: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [NOTICE | {"idweb": f"21-{path.stem}{place}", "dateparution": day} for place, day in enumerate(days)]
    path.write_bytes(orjson.dumps({"total_count": len(rows), "results": rows}))
    return path


def _folder(folder: Path) -> Path:
    _calls(folder / "2021" / "1.json", "2021-02-01")
    _calls(folder / "2.json", "2021-02-15", "2021-02-16")
    (folder / "index.csv").write_text("fichier;lignes\n1.json;1\n")
    (folder / ".cache").write_text("rien")
    return folder


def _archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder.parent / "all.zip", "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder))
    return folder.parent / "all.zip"


def _numbers(settings: Settings, source: str) -> list[str]:
    run = current_run(settings.records, source)
    return sorted(str(line["number"]) for _, line in read_lines(run))


def test_a_folder_and_an_archive_give_what_their_files_give(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "given")
    one, two = Settings(home=tmp_path / "one"), Settings(home=tmp_path / "two")
    first = import_files("boamp", [folder], one)
    assert (first.kept, first.beside) == (3, ("index.csv",))
    assert import_files("boamp", [_archive(folder)], two).kept == 3
    assert _numbers(one, "boamp") == _numbers(two, "boamp")


def test_a_file_typed_by_itself_is_read_or_refused_and_never_left_beside(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "given")
    with gathered([folder / "index.csv"], lambda path: False) as given:
        assert (given.files, given.beside) == ((folder / "index.csv",), ())
    with pytest.raises(ImportRefused):
        import_files("boamp", [folder / "index.csv"], Settings(home=tmp_path))


def test_a_folder_without_a_file_of_the_source_says_which_source_reads_it(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refusal:
        import_files("decp", [_folder(tmp_path / "given")], Settings(home=tmp_path / "home"))
    assert "boamp" in f"{refusal.value} {refusal.value.reason}" or "vivier import boamp" in str(refusal.value)


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_an_absent_path_and_an_empty_folder_are_refused_by_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match=name):
        import_files("boamp", [tmp_path / name], Settings(home=tmp_path / "home"))


def test_an_archive_of_many_files_is_recognised(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    _calls(folder / "1.json", "2021-02-01")
    _calls(folder / "2.json", "2021-02-02")
    assert look_alike(_archive(folder), "decp") == "boamp"


def test_an_extract_knows_nothing_of_later_days(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    folder = _folder(tmp_path / "given")
    report = import_files("boamp", [folder], settings, card={"extract": DAY})
    assert (report.kept, report.skipped) == (2, {"after_extract": 1})
    later = {"id": 1, "dateNotificationModification": "2021-05-01", "montant": 2}
    rows = [
        CONTRACT | {"id": "1", "dateNotification": "2020-01-02", "modifications": [later]},
        CONTRACT | {"id": "2", "dateNotification": "2021-02-10", "datePublicationDonnees": "2021-02-20"},
        CONTRACT | {"id": "3", "dateNotification": "2021-03-01"},
    ]
    (tmp_path / "decp.json").write_bytes(orjson.dumps({"marches": rows}))
    import_files("decp", [tmp_path / "decp.json"], settings, card={"extract": DAY})
    ((_, line),) = read_lines(current_run(settings.records, "decp"))
    assert (line["number"] == "1" and "modifications" not in line) or not line["modifications"]


def test_the_real_demonstration_lives_on_the_day_and_the_stream_that_are_typed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    folder = _folder(tmp_path / "given")
    (folder / "decp.json").write_bytes(orjson.dumps({"marches": [CONTRACT | {"dateNotification": "2021-03-01"}]}))
    refused: list[ImportRefused] = []
    assert load_real(settings, day=DAY, stream=folder, refused=refused.append) == DAY
    assert len(_numbers(settings, "boamp")) == 2
    assert len(refused) == 1 and "decp" in str(refused[0])
    shutil.rmtree(folder)
    with pytest.raises(VivierError, match="--stream"):
        load_real(settings, stream=folder)


def test_an_update_accepts_a_column_of_one_source_only(tmp_path: Path) -> None:
    with pytest.raises(VivierError, match="vivier update SOURCE"):
        update(["esat", "ea2"], accept=["name"], home=tmp_path)
