"""A stream remembers: each reading of contracts, notices and planned purchases adds to what is known, in any order."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest

from crawlers.registry import sources
from crawlers.run import import_files
from crawlers.stream import KNOWN
from tests.crawlers.samples import numbered, samples
from tests.shared_data import shared_data
from vivier.errors import ImportRefused
from vivier.runs.records import RunStatistics, current_run, read_lines, read_statistics
from vivier.settings import Settings
from vivier.text.folding import fold
from vivier.trades.descriptors import load_descriptors

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CALL: dict[str, Any] = {
    "idweb": "21-1", "objet": "Entretien des espaces verts", "nature": "APPEL_OFFRE", "etat": "INITIAL", "donnees": "{}",
    "dateparution": "2021-02-01", "datefindiffusion": "2021-02-28", "descripteur_libelle": ["Espaces verts"],
}  # fmt: skip


def in_force(home: Path, source: str) -> bytes:
    return (current_run(Settings(home=home).records, source) / "records.jsonl").read_bytes()


def given(home: Path, source: str, *readings: Sequence[Path], at: datetime = NOW) -> RunStatistics:
    for files in readings:
        report = import_files(source, list(files), Settings(home=home), now=at)
    return report


def calls(path: Path, *changes: dict[str, object]) -> Path:
    path.write_text(
        json.dumps({"total_count": len(changes), "results": [CALL | change for change in changes]}), encoding="utf8"
    )
    return path


def months(folder: Path) -> list[Path]:
    """The monthly files of the real stream of BOAMP, the first notices of each, with the last ones of the month before."""
    found: list[Path] = []
    former: list[Any] = []
    for path in sorted(shared_data("contracts", "stream", "boamp-2021-t1-ods").glob("records_*.json.gz")):
        rows = orjson.loads(gzip.decompress(path.read_bytes()))["results"]
        again = [row | {"dateparution": "2021-04-01", "objet": f"{row['objet']} (rectifié)"} for row in former]
        target = folder / path.name.removesuffix(".gz")
        target.write_bytes(orjson.dumps({"total_count": 0, "results": rows[:300] + again}))
        found.append(target)
        former = rows[250:300]
    return found


PLATFORMS = ("decp-2022/demantis.json", "decp-2022/bons_marches_sample_json.json", "decp-2022/dematis16.json")
TABLES = ("decp_2024H2_travaux_cpv4521.csv.gz",)


def test_each_source_of_contracts_and_notices_is_a_stream_and_each_list_a_state() -> None:
    assert {name for name, source in sources().items() if source.card.memory == "stream"} == {
        name for name, source in sources().items() if source.card.content != "suppliers"
    }


def test_a_second_month_adds_to_the_first_and_counts_what_it_brings(tmp_path: Path) -> None:
    first = calls(tmp_path / "1.json", {}, {"idweb": "21-2"})
    second = calls(
        tmp_path / "2.json", {}, {"idweb": "21-2", "objet": "Tonte", "dateparution": "2021-02-09"}, {"idweb": "21-3"}
    )
    stream = given(tmp_path / "home", "boamp", [first], [second]).stream
    assert stream is not None
    assert (stream.added, stream.revised, stream.known, stream.rows) == (1, 1, 1, 3)


def test_an_older_version_that_comes_late_changes_nothing(tmp_path: Path) -> None:
    old = calls(tmp_path / "1.json", {})
    new = calls(tmp_path / "2.json", {"objet": "Tonte", "dateparution": "2021-02-09"})
    report = given(tmp_path / "home", "boamp", [new], [old])
    assert report.stream is not None and (report.stream.revised, report.stream.known) == (0, 1)
    assert b"Tonte" in in_force(tmp_path / "home", "boamp")


def test_real_months_of_notices_give_the_same_bytes_in_any_order_and_all_at_once(tmp_path: Path) -> None:
    files = months(tmp_path)
    given(tmp_path / "once", "boamp", files)
    expected = in_force(tmp_path / "once", "boamp")
    assert expected.count(b"\n") == 900
    for place, order in enumerate(permutations(files)):
        given(tmp_path / str(place), "boamp", *([file] for file in order))
        assert in_force(tmp_path / str(place), "boamp") == expected


def test_real_files_of_contracts_give_the_same_bytes_in_any_order_and_all_at_once(tmp_path: Path) -> None:
    files = [shared_data("contracts", *name.split("/")) for name in PLATFORMS]
    given(tmp_path / "once", "decp", files)
    expected = in_force(tmp_path / "once", "decp")
    for place, order in enumerate(permutations(files)):
        given(tmp_path / str(place), "decp", *([file] for file in order))
        assert in_force(tmp_path / str(place), "decp") == expected


@pytest.mark.slow
def test_parts_of_a_real_table_of_contracts_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    lines = gzip.decompress(shared_data("contracts", "tabular", *TABLES).read_bytes()).splitlines(keepends=True)
    parts = []
    for place in range(3):
        parts.append(tmp_path / f"{place}.csv")
        parts[-1].write_bytes(b"".join([lines[0], *lines[1 + place * 300 : 500 + place * 300]]))
    given(tmp_path / "once", "decp_tabular", parts)
    for place, order in enumerate(permutations(parts)):
        given(tmp_path / str(place), "decp_tabular", *([file] for file in order))
        assert in_force(tmp_path / str(place), "decp_tabular") == in_force(tmp_path / "once", "decp_tabular")


def test_a_second_platform_of_contracts_leaves_the_first_in_force(tmp_path: Path) -> None:
    one, other = (shared_data("contracts", "decp-2022", name) for name in ("dematis13.json", "dematis26.json"))
    before = given(tmp_path / "home", "decp", [one])
    after = given(tmp_path / "home", "decp", [other])
    assert after.rows == before.kept + after.kept


def test_reading_a_file_again_changes_no_byte(tmp_path: Path) -> None:
    file = shared_data("contracts", "decp-2022", "dematis16.json")
    given(tmp_path / "home", "decp", [file])
    before = in_force(tmp_path / "home", "decp")
    report = given(tmp_path / "home", "decp", [file], at=NOW + timedelta(days=3))
    assert report.stream is not None and (report.stream.added, report.stream.revised) == (0, 0)
    assert in_force(tmp_path / "home", "decp") == before


def test_a_run_written_before_streams_had_a_memory_is_the_first_of_the_stream(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    given(settings.home, "boamp", [calls(tmp_path / "1.json", {}, {"idweb": "21-2"})])
    run = current_run(settings.records, "boamp")
    (run / KNOWN).unlink()
    old = read_statistics(run)
    card = old.source.model_copy(update={"memory": "state"})
    (run / "statistics.json").write_text(old.model_copy(update={"stream": None, "source": card}).model_dump_json())
    report = given(settings.home, "boamp", [calls(tmp_path / "2.json", {"idweb": "21-3"})])
    assert report.rows == 3


def test_a_stream_is_replaced_only_by_its_name_and_says_what_would_go(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    given(settings.home, "boamp", [calls(tmp_path / "1.json", {}, {"idweb": "21-2"})])
    other = calls(tmp_path / "2.json", {"idweb": "21-3"})
    with pytest.raises(ImportRefused, match="2 lignes s'en iraient"):
        import_files("boamp", [other], settings, now=NOW, replace="oui")
    assert import_files("boamp", [other], settings, now=NOW, replace="boamp").rows == 1


def test_a_stream_whose_records_are_damaged_refuses_rather_than_forgets(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    given(settings.home, "boamp", [calls(tmp_path / "1.json", {})])
    run = current_run(settings.records, "boamp")
    (run / "records.jsonl").write_bytes(b"half a li")
    with pytest.raises(ImportRefused, match="abîmé"):
        given(settings.home, "boamp", [calls(tmp_path / "2.json", {"idweb": "21-3"})])
    assert current_run(settings.records, "boamp") == run


def test_rows_older_than_the_setting_leave_and_undated_ones_stay(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", stream_years=3)
    file = calls(tmp_path / "1.json", {}, {"idweb": "25-1", "dateparution": "2025-02-01"})
    assert import_files("boamp", [file], settings, now=NOW).rows == 1


def test_three_readings_leave_two_runs_on_the_disk(tmp_path: Path) -> None:
    files = [calls(tmp_path / f"{n}.json", {"idweb": f"21-{n}"}) for n in range(3)]
    given(tmp_path / "home", "boamp", *([file] for file in files))
    folder = Settings(home=tmp_path / "home").records / "boamp"
    assert len([run for run in folder.iterdir() if run.is_dir()]) == 2


def test_a_list_that_loses_more_than_half_of_its_keys_is_refused_however_long_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    import_files("list", [numbered(tmp_path / "a.csv", {"EI": 40})], settings)
    with pytest.raises(ImportRefused, match="40 des 40 lignes connues") as refusal:
        import_files("list", [numbered(tmp_path / "b.csv", {"ACI": 90})], settings)
    deeds = str(refusal.value)
    assert deeds.index("Donnez ensemble") < deeds.index("--accept-drops")


def test_every_authored_sample_of_a_stream_is_read_twice_without_a_new_row(tmp_path: Path) -> None:
    for name, source in sources().items():
        if source.card.memory == "stream":
            report = given(tmp_path, name, samples(name), samples(name))
            assert report.stream is not None and (report.stream.added, report.stream.revised) == (0, 0), name
            shutil.rmtree(tmp_path / "records")


def test_each_row_has_the_day_of_the_reading_that_gave_it(tmp_path: Path) -> None:
    later = NOW + timedelta(days=9)
    given(tmp_path / "home", "boamp", [calls(tmp_path / "1.json", {})])
    given(tmp_path / "home", "boamp", [calls(tmp_path / "2.json", {"idweb": "21-2"}, {})], at=later)
    run = current_run(Settings(home=tmp_path / "home").records, "boamp")
    days = {raw["number"]: raw["provenance"]["fetched_at"][:10] for _, raw in read_lines(run)}
    assert days == {"21-1": "2026-11-29", "21-2": "2026-12-08"}


def sheet(path: Path, winner: str) -> Path:
    """A contract as AIFE flattens it, its winner in a numbered column."""
    header = f"id;acheteur.id;objet;codeCPV;montant;dateNotification;{winner}.1.id;{winner}.1.typeIdentifiant"
    path.write_text(
        f"{header}\nM1;21590163800019;Tonte;77314000;1000;2024-02-01;44229377500031;SIRET\n", encoding="utf8"
    )
    return path


def test_the_winner_of_a_flattened_sheet_is_read(tmp_path: Path) -> None:
    given(tmp_path / "home", "decp_buyer_csv", [sheet(tmp_path / "aife.csv", "titulaires")])
    assert b'"holders":[{"siret":"44229377500031"' in in_force(tmp_path / "home", "decp_buyer_csv")


def test_a_sheet_whose_winner_no_source_reads_is_refused_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"attributaires.1.id.*Aucune autre source"):
        given(tmp_path / "home", "decp_buyer_csv", [sheet(tmp_path / "other.csv", "attributaires")])


def test_a_sheet_of_notices_without_their_body_is_refused_by_the_name_of_its_column(tmp_path: Path) -> None:
    file = tmp_path / "boamp.csv"
    file.write_text("idweb;objet;nature\n21-1;Tonte;APPEL_OFFRE\n", encoding="utf8")
    with pytest.raises(ImportRefused, match="donnees") as refusal:
        given(tmp_path / "home", "boamp", [file])
    assert "éléchargez-le de nouveau" not in str(refusal.value)


def test_notices_of_a_csv_export_are_those_of_the_json(tmp_path: Path) -> None:
    path = next(iter(sorted(shared_data("contracts", "stream", "boamp-2021-t1-ods").glob("records_*.json.gz"))))
    rows = orjson.loads(gzip.decompress(path.read_bytes()))["results"][:400]
    known, labels = load_descriptors(), "descripteur_libelle"
    rows = [row for row in rows if all(fold(label) in known for label in row[labels] or () if "," in label)]
    as_json, as_csv = tmp_path / "boamp.json", tmp_path / "boamp.csv"
    as_json.write_bytes(orjson.dumps({"total_count": len(rows), "results": rows}))
    with as_csv.open("w", encoding="utf-8-sig", newline="") as file:
        sheet_of = csv.DictWriter(file, list(rows[0]), delimiter=";")
        sheet_of.writeheader()
        sheet_of.writerows({name: ",".join(v) if isinstance(v, list) else v for name, v in row.items()} for row in rows)
    for home, file_of in (("one", as_json), ("other", as_csv)):
        given(tmp_path / home, "boamp", [file_of])
    one, other = (in_force(tmp_path / home, "boamp") for home in ("one", "other"))
    assert other.count(b"\n") > 300 and other == one
