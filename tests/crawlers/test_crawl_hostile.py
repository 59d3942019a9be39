"""Bad files: refused with words that help, or their rows set aside by reason; the run in force is never touched."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import SAMPLES, counts, records_of, samples
from vivier.errors import ImportRefused
from vivier.runs.records import current_run
from vivier.settings import Settings

ESAT = SAMPLES / "esat" / "sample.csv"
SIAE = SAMPLES / "siae" / "sample.csv"


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refused(settings: Settings, source_id: str, *files: Path) -> str:
    """Import over a good run; the words of the refusal, once sure that the good run is still in force."""
    former = import_files(source_id, samples(source_id), settings)
    with pytest.raises(ImportRefused) as refusal:
        import_files(source_id, files, settings)
    assert current_run(settings.records, source_id).name == former.run
    return str(refusal.value)


@pytest.mark.slow
@pytest.mark.parametrize("source_id", ["esat", "siae", "finess", "emplois", "list"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"   \n\n", "vide"),
        (b"<!DOCTYPE html><html><body>Erreur 404</body></html>", "page web"),
        (b"PK\x03\x04 a spreadsheet", "classeur Excel"),
        (b"%PDF-1.7", "PDF"),
        ("siret,name\n".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\x00truncated", "gzip"),
    ],
    ids=["empty", "blank", "web page", "zip", "pdf", "utf-16", "broken gzip"],
)
def test_what_is_no_data_is_refused(
    tmp_path: Path, settings: Settings, source_id: str, content: bytes, words: str
) -> None:
    assert words in refused(settings, source_id, written(tmp_path, "file", content))


def test_a_refused_import_leaves_nothing_behind_but_the_word_that_it_failed(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ImportRefused):
        import_files("esat", [written(tmp_path, "file.csv", b"a,b\n1,2\n")], settings)
    assert [path.name for path in settings.home.rglob("*") if path.is_file()] == ["failure.json"]


def test_a_missing_file_is_named(tmp_path: Path, settings: Settings) -> None:
    assert "absent.csv" in refused(settings, "esat", tmp_path / "absent.csv")


def test_a_renamed_column_is_named_with_its_likely_name(tmp_path: Path, settings: Settings) -> None:
    text = ESAT.read_text(encoding="utf8").replace("ET-Code Postal", "ET-CodePostal", 1)
    words = refused(settings, "esat", written(tmp_path, "renamed.csv", text.encode()))
    assert "Absentes : ET-Code Postal." in words
    assert "« ET-CodePostal » serait-elle « ET-Code Postal » ?" in words


def test_a_column_named_twice_is_refused(tmp_path: Path, settings: Settings) -> None:
    text = SIAE.read_text(encoding="utf8").replace("legal_form", "siret", 1)
    assert "en double : siret" in refused(settings, "siae", written(tmp_path, "twice.csv", text.encode()))


def test_an_unknown_column_is_reported_not_ignored(tmp_path: Path, settings: Settings) -> None:
    text = SIAE.read_text(encoding="utf8").replace("legal_form", "couleur", 1)
    assert import_files("siae", [written(tmp_path, "more.csv", text.encode())], settings).columns_unknown == (
        "couleur",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source_id", "given", "likely"),
    [
        ("siae", ESAT, "esat"),
        ("esat", SIAE, "siae"),
        ("emplois", ESAT, "esat"),
        ("finess", ESAT, "esat"),
        ("siae", SAMPLES / "asp" / "sample.csv", "asp"),
        ("esat", SAMPLES / "fluxiae" / "sample-annexes.csv", "fluxiae"),
        ("finess", SAMPLES / "finess_legacy" / "sample.csv", "finess_legacy"),
        ("emplois", SAMPLES / "data_inclusion" / "sample-1.json", "data_inclusion"),
        ("finess", SAMPLES / "emplois" / "sample-page1.json", "emplois"),
        ("emplois", SAMPLES / "finess" / "sample-structures.json", "finess"),
    ],
)
def test_a_file_of_another_source_is_recognised(settings: Settings, source_id: str, given: Path, likely: str) -> None:
    assert f"ressemble à la source « {likely} »" in refused(settings, source_id, given)


def test_a_file_in_another_encoding_is_refused_or_read_in_the_declared_one(tmp_path: Path, settings: Settings) -> None:
    latin = ESAT.read_text(encoding="utf8").encode("cp1252")
    report = import_files("esat", [written(tmp_path, "latin.csv", latin)], settings)
    assert report.issues["encoding_fallback"] == 1
    assert "Paris" in str(records_of(settings, "esat")["750000102"].address.town)
    bad = written(tmp_path, "bad.csv", SIAE.read_text(encoding="utf8").encode("cp1252"))
    assert "n'est pas en UTF-8 (premier octet illisible vers la ligne 2)" in refused(settings, "siae", bad)


def test_null_bytes_are_refused(tmp_path: Path, settings: Settings) -> None:
    assert "octets nuls" in refused(settings, "siae", written(tmp_path, "nul.csv", b"siret,kind\0,name\n"))


def test_lines_of_the_wrong_width_are_set_aside(tmp_path: Path, settings: Settings) -> None:
    lines = ESAT.read_text(encoding="utf8").splitlines()
    text = "\n".join([*lines, "a,b,c", "," * 19, lines[1] + ",,,", lines[2] + ",stray"])
    report = import_files("esat", [written(tmp_path, "width.csv", text.encode())], settings)
    assert counts(report) == (8, 3, {"cells_count": 2, "finess_invalid": 1}, {"blank_row": 1, "duplicate": 1})


def test_a_truncated_csv_loses_only_its_last_line_and_says_so(tmp_path: Path, settings: Settings) -> None:
    content = ESAT.read_bytes()
    report = import_files(
        "esat", [written(tmp_path, "cut.csv", content[: content.index(b"ESAT DU MAQUIS") + 5])], settings
    )
    assert counts(report) == (3, 2, {"cells_count": 1}, {})


def test_a_quote_never_closed_refuses_the_file(tmp_path: Path, settings: Settings) -> None:
    text = SIAE.read_text(encoding="utf8").replace('02 31 00 00 00."', "02 31 00 00 00.", 1)
    assert "jamais refermé" in refused(settings, "siae", written(tmp_path, "quote.csv", text.encode()))


def test_lines_glued_by_a_stray_quote_are_all_counted(tmp_path: Path, settings: Settings) -> None:
    good = [f"9991001000001{8},ACI,A{n},,,rue,35000,Rennes,35,,,,,," for n in range(3)]
    header = SIAE.read_text(encoding="utf8").splitlines()[0]
    glued = ['99910030800017,EI,"B,,,rue,35000,Rennes,35,,,,,,', "x", 'y" z,1']
    path = written(tmp_path, "glued.csv", "\n".join([header, *good, *glued]).encode())
    assert counts(import_files("siae", [path], settings)) == (6, 1, {"csv_malformed": 3}, {"duplicate": 2})


def test_too_many_rows_set_aside_refuse_the_file_and_say_where_they_are(tmp_path: Path, settings: Settings) -> None:
    header, row = SIAE.read_text(encoding="utf8").splitlines()[0], "123,EI,NOM,,,rue,35000,Rennes,35,,,,,,"
    words = refused(settings, "siae", written(tmp_path, "bad.csv", "\n".join([header, *[row] * 30]).encode()))
    assert "30 lignes mises de côté sur 30 (30 × SIRET invalide alors qu'il sert d'identifiant)" in words
    assert Path(words.split("dans ")[1].split(" ;")[0]).read_text(encoding="utf8").count("siret_invalid") == 30


def test_a_header_alone_is_refused(tmp_path: Path, settings: Settings) -> None:
    header = ESAT.read_text(encoding="utf8").splitlines()[0]
    assert "0 ligne retenue" in refused(settings, "esat", written(tmp_path, "header.csv", header.encode()))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_truncated_json_is_refused(tmp_path: Path, settings: Settings, share: float, packed: bool) -> None:
    content = (SAMPLES / "finess" / "sample-structures.json").read_bytes()
    content = gzip.compress(content) if packed else content
    path = written(tmp_path, "cut.json.gz", content[: int(len(content) * share)])
    words = refused(settings, "finess", path)
    assert "coupé" in words or "gzip" in words


def test_activities_without_structures_say_what_is_missing(settings: Settings) -> None:
    assert "des structures" in refused(settings, "finess", SAMPLES / "finess" / "sample-activites.json")


def test_rows_that_are_not_objects_are_set_aside(tmp_path: Path, settings: Settings) -> None:
    page = json.loads((SAMPLES / "emplois" / "sample-page2.json").read_bytes())
    page["results"] += [None, 3, "x", {"siret": "1"}]
    path = written(tmp_path, "odd.json", json.dumps(page).encode())
    with pytest.raises(ImportRefused, match="4 × champs absents"):
        import_files("emplois", [path], settings)


def test_odd_shapes_inside_finess_never_stop_the_import(tmp_path: Path, settings: Settings) -> None:
    document = json.loads((SAMPLES / "finess" / "sample-structures.json").read_bytes())
    site = document["pmej"][1]["ege"][0]
    odd = [
        {**site, "adresse": "nulle part"},
        {
            **site,
            "adresse": [None, {"cogCommune": 35238, "coordonneesGeographique": [1, 2]}],
            "etatObjet": {"code": "A"},
        },
        {**site, "informationsGeneralesEGE": None},
    ]
    for position, item in enumerate(odd[:2]):
        identity = {**site["informationsGeneralesEGE"], "numFinessEge": f"35000020{position}"}
        odd[position] = {**item, "informationsGeneralesEGE": identity}
    document["pmej"] += ["texte", {"ege": None}, {"ege": odd}]
    report = import_files("finess", [written(tmp_path, "odd.json", json.dumps(document).encode())], settings)
    assert report.set_aside == {"fields_missing": 1, "finess_invalid": 1, "value_invalid": 1}
    assert report.kept == 6


def test_two_files_of_one_name_are_both_kept(tmp_path: Path, settings: Settings) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = written(other, "sample.csv", SIAE.read_bytes().replace(b"99910030800017", b"99910040700017"))
    report = import_files("siae", [SIAE, second], settings)
    assert report.files == ("sample.csv", "2-sample.csv")
    assert report.kept == 4


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path, settings: Settings) -> None:
    content = b"\xef\xbb\xbf" + ESAT.read_bytes().replace(b"\n", b"\r\n")
    assert import_files("esat", [written(tmp_path, "windows.csv", content)], settings).kept == 3


@pytest.mark.slow
def test_a_large_document_does_not_fill_the_memory(tmp_path: Path, settings: Settings) -> None:
    psutil = pytest.importorskip("psutil")
    document = json.loads((SAMPLES / "finess" / "sample-structures.json").read_bytes())
    legal = json.dumps(document["pmej"][1]).encode()
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb", compresslevel=1) as out:
        out.write(b'{"schemaVersion": "v1", "generatedAt": "2026-09-05T02:00:00Z", "pmej": [' + legal)
        for _ in range(2500):
            out.write(b"," + legal)
        out.write(b"]}")
    path = written(tmp_path, "large.json.gz", buffer.getvalue())
    del buffer
    before = psutil.Process().memory_info().rss
    # The same few sites again and again: one is set aside each time, so the run is refused, after reading it all.
    with pytest.raises(ImportRefused, match="2501 × numéro FINESS invalide"):
        import_files("finess", [path], settings)
    assert psutil.Process().memory_info().rss - before < 15_000_000


def test_a_list_saved_by_a_spreadsheet_with_semicolons_is_read(tmp_path: Path, settings: Settings) -> None:
    text = "\n".join(line.replace(",", ";") for line in ESAT.read_text(encoding="utf8").splitlines())
    assert import_files("esat", [written(tmp_path, "excel.csv", text.encode())], settings).kept == 3


def test_values_no_writer_expects_never_stop_the_import(tmp_path: Path, settings: Settings) -> None:
    document = json.loads((SAMPLES / "finess" / "sample-structures.json").read_bytes())
    site = document["pmej"][1]["ege"][0]
    deep: object = "bas"
    for _ in range(400):
        deep = [deep]
    for position, name in enumerate((10**18, "\ud800 MOITIÉ", deep, {"nom": "jean@example.org"}, True, "x" * 5000)):
        identity = {**site["informationsGeneralesEGE"], "numFinessEge": f"35000030{position}", "nomEgeCourt": name}
        document["pmej"][1]["ege"].append({**site, "informationsGeneralesEGE": identity})
    activities = json.loads((SAMPLES / "finess" / "sample-activites.json").read_bytes())
    activities["pmej"][0]["ege"][0]["activitesExercees"][0]["capacite"][0]["nombre"] = "9" * 400
    files = [written(tmp_path, f"{n}.json", json.dumps(part).encode()) for n, part in enumerate((document, activities))]
    report = import_files("finess", files, settings)
    assert report.set_aside == {"finess_invalid": 1, "name_missing": 3, "value_invalid": 1}
    assert report.kept == 6
    assert "@" not in (current_run(settings.records, "finess") / "rejected.jsonl").read_text(encoding="utf8")


def test_a_document_in_another_encoding_is_refused(tmp_path: Path, settings: Settings) -> None:
    content = (
        (SAMPLES / "finess" / "sample-structures.json")
        .read_text(encoding="utf8")
        .replace("ESAT INVENTE", "ESAT INVENTÉ")
    )
    assert "JSON" in refused(settings, "finess", written(tmp_path, "latin.json", content.encode("latin-1")))


def test_a_contact_in_the_wrong_column_is_not_written_with_the_reject(tmp_path: Path, settings: Settings) -> None:
    row = "jean@example.org,EI,NOM,,,06 12 34 56 78,35000,Rennes,35,,,,,,"
    path = written(tmp_path, "shifted.csv", "\n".join([*SIAE.read_text(encoding="utf8").splitlines(), row]).encode())
    import_files("siae", [path], settings)
    rejected = (current_run(settings.records, "siae") / "rejected.jsonl").read_text(encoding="utf8")
    assert "NOM" in rejected
    assert "@" not in rejected and "06 12" not in rejected
