"""Tables somebody brings: Excel, CSV or saved page, honest or not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from crawlers.kit import html_tables, workbook
from crawlers.run import import_files
from tests.crawlers.samples import NOW, records_of, samples
from vivier.errors import ImportRefused
from vivier.settings import Settings

HEADER = ("Titulaire", "N° de certificat", "SIREN", "Code postal", "Ville", "Valide jusqu'au")
ROW = ("MEUBLES D'ESSAI", "NF-1", "993000017", "35000", "Rennes", "31/12/2027")


def names(settings: Settings, file: Path, source_id: str = "nf_environnement") -> list[str]:
    import_files(source_id, [file], settings, now=NOW)
    return [record.name for record in records_of(settings, source_id).values()]


def csv_file(folder: Path, mark: str = ";", *, before: str = "", encoding: str = "utf-8") -> Path:
    file = folder / "liste.csv"
    text = before + "\n".join(mark.join(cells) for cells in (HEADER, ROW)) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_a_csv_is_read_whatever_its_separator(settings: Settings, tmp_path: Path, mark: str) -> None:
    assert names(settings, csv_file(tmp_path, mark)) == ["MEUBLES D'ESSAI"]


def test_titles_above_the_header_are_passed_over(settings: Settings, tmp_path: Path) -> None:
    assert names(settings, csv_file(tmp_path, before="Liste d'essai\n\nau 24 novembre\n")) == ["MEUBLES D'ESSAI"]


def test_a_csv_saved_by_a_french_spreadsheet_is_read_and_said(settings: Settings, tmp_path: Path) -> None:
    report = import_files("nf_environnement", [csv_file(tmp_path, encoding="cp1252")], settings)
    assert (report.kept, report.issues["encoding_fallback"]) == (1, 1)


def test_a_row_that_was_cut_is_set_aside(settings: Settings, tmp_path: Path) -> None:
    file = csv_file(tmp_path)
    file.write_text(file.read_text(encoding="utf8") + "COUPEE D'ESSAI;NF-2\n", encoding="utf8")
    assert import_files("nf_environnement", [file], settings).set_aside == {"cells_count": 1}


def test_a_table_without_its_columns_says_which_names_are_expected(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "autre.csv"
    file.write_text("couleur;taille\nrouge;3\n", encoding="utf8")
    with pytest.raises(ImportRefused, match=r"« titulaire » ou .*Trouvées : couleur, taille"):
        import_files("nf_environnement", [file], settings)


def test_a_column_of_contacts_is_not_read(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    rows = ((*HEADER, "Téléphone du contact", "E-mail"), (*ROW, "TELEPHONE-FICTIF", "COURRIEL-FICTIF"))
    file.write_text("\n".join(";".join(cells) for cells in rows), encoding="utf8")
    report = import_files("nf_environnement", [file], settings)
    assert (report.kept, report.columns_unknown) == (1, ())
    written = "".join(path.read_text(encoding="utf8") for path in settings.records.rglob("*") if path.is_file())
    assert "FICTIF" not in written


def book(folder: Path, *rows: tuple[object, ...]) -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    file = folder / "classeur.xlsx"
    made.save(file)
    return file


def test_a_workbook_is_read_with_its_numbers_as_they_would_be_typed(settings: Settings, tmp_path: Path) -> None:
    file = book(tmp_path, HEADER, ("MEUBLES D'ESSAI", "NF-1", 993000017.0, 1000, "Bourg-en-Bresse", None))
    assert names(settings, file) == ["MEUBLES D'ESSAI"]
    record = next(iter(records_of(settings, "nf_environnement").values()))
    assert (record.siren, record.address.post_code) == ("993000017", "01000")


def test_rows_beyond_the_size_a_workbook_announces_are_read(tmp_path: Path) -> None:
    file = rewritten(book(tmp_path, HEADER, ROW, ROW), "xl/worksheets/sheet1.xml", b'ref="A1:F3"', b'ref="A1:A1"')
    (_, rows), *_ = [(name, list(rows)) for name, rows in workbook.sheets(file)]
    assert len(rows) == 3
    assert len(rows[2]) == len(HEADER)


def rewritten(file: Path, part: str, old: bytes, new: bytes) -> Path:
    """The same workbook with some bytes of a part replaced."""
    out = file.with_name(f"autre-{file.name}")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(entry.filename, content)
    return out


def test_a_workbook_with_entities_is_refused(settings: Settings, tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet '
    file = rewritten(book(tmp_path, HEADER, ROW), "xl/worksheets/sheet1.xml", b"<worksheet ", laughs)
    with pytest.raises(ImportRefused, match="entités XML"):
        import_files("nf_environnement", [file], settings)


def test_a_workbook_that_opens_into_a_full_disk_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "OPENED_LIMIT", 1_000)
    with pytest.raises(ImportRefused, match="dépasse"):
        import_files("nf_environnement", [book(tmp_path, HEADER, ROW)], settings)


def test_a_workbook_cut_short_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = book(tmp_path, HEADER, ROW)
    broken = rewritten(file, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheet")
    with pytest.raises(ImportRefused, match="coupé ou abîmé"):
        import_files("nf_environnement", [broken], settings)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ImportRefused, match="abîmé"):
        import_files("nf_environnement", [file], settings)


def page(folder: Path, content: bytes) -> Path:
    file = folder / "page.html"
    file.write_bytes(content)
    return file


def test_a_page_is_read_through_broken_markup_and_nothing_of_it_runs(settings: Settings, tmp_path: Path) -> None:
    cells = "".join(f"<th>{name}" for name in HEADER)
    row = "".join(f"<td><b>{cell}</b>" for cell in ROW)
    file = page(tmp_path, f"<html><table><tr>{cells}<tr>{row}<script>x</script></table>".encode())
    assert names(settings, file) == ["MEUBLES D'ESSAI"]


@pytest.mark.parametrize("declared", ["", "<meta charset='windows-1252'>"])
def test_a_page_that_is_not_utf8_is_read_as_browsers_do(settings: Settings, tmp_path: Path, declared: str) -> None:
    table = "<table><tr><th>Société<th>Code postal<tr><td>Écolo<td>35000</table>"
    assert names(settings, page(tmp_path, f"<html>{declared}{table}".encode("cp1252"))) == ["Écolo"]


def test_a_list_of_definitions_is_a_sheet_of_one_row(settings: Settings, tmp_path: Path) -> None:
    items = "<dt>Company :<dd>Essai<dt>Postcode<dd>35000<dt>Licence number<dd>FR/1/1"
    assert names(settings, page(tmp_path, f"<p><dl>{items}</dl>".encode()), "eu_ecolabel") == ["Essai"]


def test_a_page_without_a_table_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="colonnes attendues"):
        import_files("eu_ecolabel", [page(tmp_path, b"<html><p>Erreur 500</p></html>")], settings)


def test_a_page_far_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_tables, "PAGE_LIMIT", 100)
    with pytest.raises(ImportRefused, match="pour une page"):
        list(html_tables.tables(page(tmp_path, b"<table>" + b"<tr><td>x" * 100)))


def test_csv_workbook_and_page_together_are_one_run(settings: Settings) -> None:
    report = import_files("eu_ecolabel", samples("eu_ecolabel"), settings, now=NOW)
    assert report.files == ("sample-1.csv", "sample-2.xlsx", "sample-3.html")
    assert report.columns_unknown == ("Colonne inconnue",)


def test_a_column_named_twice_is_refused_and_one_named_otherwise_is_reported(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "liste.csv"
    file.write_text("Titulaire;Raison sociale;CP\nMEUBLES D'ESSAI;AUTRE;35000\n", encoding="utf8")
    assert import_files("nf_environnement", [file], settings).columns_unknown == ("Raison sociale",)
    file.write_text("Titulaire;Titulaire;CP\nMEUBLES D'ESSAI;AUTRE;35000\n", encoding="utf8")
    with pytest.raises(ImportRefused, match="en double"):
        import_files("nf_environnement", [file], settings)


def test_a_header_repeated_among_the_rows_is_no_row(settings: Settings, tmp_path: Path) -> None:
    file = csv_file(tmp_path)
    file.write_text(file.read_text(encoding="utf8") * 2, encoding="utf8")
    assert import_files("nf_environnement", [file], settings).skipped == {"duplicate": 1, "header_repeated": 1}
