"""The files of one authored table: each format whole, in pieces, with its « Lisez-moi »; a file is there whole or as it was."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from vivier.contracts.columns import ListColumn, ListLine
from vivier.contracts.query import ContractQuery
from vivier.errors import InvalidRequest
from vivier.exports.delimited import csv_fields, csv_file, csv_line, spreadsheet_line
from vivier.exports.document import file_name, prepare
from vivier.exports.figures import INDICATOR_COLUMNS, _bounded
from vivier.exports.files import LONGEST_CELL, pieces_of, read_back, readme_rows, save, write_file, write_xlsx
from vivier.exports.lists import ListDocument, parameter_rows, tail_of
from vivier.exports.map_lists import geojson_chunks
from vivier.exports.tables import csv_chunks, jsonl_chunks
from vivier.lexicon import Lexicon
from vivier.search.columns import Cell
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.sources import SourcesSeen
from vivier.suppliers.whole import MAX_ROWS, ExportIncomplete

DAY = date(2026, 11, 24)
SOURCE = {
    "source_id": "decp",
    "producer": "DAJ",
    "dataset": "DECP",
    "licence": "LO",
    "updated_at": "2026-11-01T03:00:00Z",
}
COLUMNS = (
    ListColumn("rank", "Rang", "à partir de 1", lambda line: line.rank),
    ListColumn("buyer", "Acheteur", "nom", lambda line: line.record.get("buyer")),
    ListColumn("holders", "Titulaires", "noms", lambda line: line.record.get("holders", ())),
    ListColumn("page", "Page", "adresse", lambda line: line.record.get("page"), link=True),
    ListColumn("km", "Distance", "en km", lambda line: line.distance_km),
)
TAIL = ("/v1/contracts?q=a", "2026-11-24", "m-1")


def listed(lexicon: Lexicon, *records: dict[str, Any], total: int | None = None, of: str = "contracts") -> ListDocument:
    def lines() -> Iterator[ListLine]:
        for rank, record in enumerate(records, 1):
            yield ListLine(rank, f"k{rank}", {"sources": [SOURCE], **record}, (), 12.5, lexicon, TAIL)

    sources = SourcesSeen({"decp": {"homepage": "https://decp.example"}})
    parameters = (("Adresse qui la refait", TAIL[0]), ("Marchés", len(records)))
    count = len(records) if total is None else total
    return ListDocument(of, COLUMNS, DAY, count, sources, parameters, ("Une remarque.",), lines)


FIRST = {"buyer": "VILLE DE LENS", "holders": ("ATELIER DU LAC", "=B"), "page": "https://v.example/a"}


def test_a_field_is_quoted_when_it_is_a_text_and_empty_when_it_is_unknown() -> None:
    row: list[Cell] = ["a", 'b "c"', " =1", "é\x00", None, (), ("a", "b"), 2.0, 2.5, 3, ""]
    assert csv_fields(row) == ['"a"', '"b ""c"""', '"\' =1"', '"é"', "", "", '"a | b"', "2", "2.5", "3", '""']
    assert csv_line(["a", 2.5, None]) == '"a";2.5;\r\n' and spreadsheet_line(["a", 2.5, None, 3]) == '"a";2,5;;3\r\n'
    assert csv_file([["é"], [1.25]]) == '\ufeff"é"\r\n1,25\r\n'.encode()


@pytest.mark.parametrize(("count", "pieces"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_a_table_is_written_by_fifty_rows(lexicon: Lexicon, count: int, pieces: int) -> None:
    table, lines = ([*write(listed(lexicon, *[FIRST] * count))] for write in (csv_chunks, jsonl_chunks))
    assert len(table) == len(lines) == pieces
    titles, *rows = b"".join(table).decode("utf-8-sig").split("\r\n")
    assert titles == '"Rang";"Acheteur";"Titulaires";"Page";"Distance"' and len(rows) == count + 1
    assert b"".join(lines).count(b"\n") == count
    if count:
        assert rows[0] == '1;"VILLE DE LENS";"ATELIER DU LAC | =B";"https://v.example/a";12.5' and rows[-1] == ""
        assert orjson.loads(b"".join(lines).splitlines()[-1]) == {
            **FIRST,
            "holders": [*FIRST["holders"]],
            "rank": count,
            "km": 12.5,
        }


def test_an_export_that_is_not_whole_says_so_at_its_end(lexicon: Lexicon) -> None:
    for total in (0, 2):
        with pytest.raises(ExportIncomplete, match=f"1 lignes lues sur {total}"):
            list(listed(lexicon, FIRST, total=total).rows())
    assert list(listed(lexicon, FIRST).rows()) == [[1, *FIRST.values(), 12.5]]


def test_the_sheet_that_explains_says_the_search_the_columns_and_the_sources(lexicon: Lexicon) -> None:
    document = listed(lexicon, FIRST)
    list(document.rows())
    lines = list(readme_rows(document))
    titles = [cells for title, cells in lines if title]
    assert titles == [
        ("Vivier : marchés trouvés",),
        ("Recherche",),
        ("Colonne", "Nom technique", "Sens"),
        ("Sources", "Producteur", "Jeu de données", "Licence", "Page", "Mise à jour", "Lecture"),
    ]
    cells = [cells for title, cells in lines if not title]
    assert cells[:5] == [("Service non officiel.",), (), ("Adresse qui la refait", TAIL[0]), ("Marchés", 1), ()]
    assert ("Une remarque.",) in cells and ("Page", "page", "adresse") in cells
    assert lines[-1] == (False, ("decp", "DAJ", "DECP", "LO", "https://decp.example", "2026-11-01", None))
    assert next(iter(readme_rows(listed(lexicon, of="leads"))))[1] == ("Vivier : opportunités trouvées",)


def test_a_workbook_has_readable_names_links_and_texts_cut_at_the_bound_of_excel(lexicon: Lexicon) -> None:
    long = "a" * LONGEST_CELL
    records = (
        FIRST,
        {"page": f"{long}b"},
        {"page": long, "holders": ("LE LAC",)},
        {"buyer": None, "page": "pas un lien"},
    )
    file = io.BytesIO()
    write_xlsx(listed(lexicon, *records), file)
    whole = b"".join(read_back(file))
    assert whole == file.getvalue() and list(read_back(io.BytesIO(b"a" * 65_537))) == [b"a" * 65_536, b"a"]
    book = openpyxl.load_workbook(io.BytesIO(whole))
    assert book.sheetnames == ["Marchés", "Lisez-moi"] and book.properties.created == datetime(2026, 11, 24)
    assert book.properties.title == "Vivier – marchés"
    sheet = book["Marchés"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["Rang", "Acheteur", "Titulaires", "Page", "Distance"]
    assert rows[1] == [1, "Ville de Lens", "Atelier du Lac | =B", "https://v.example/a", 12.5]
    cut = " […] (texte coupé\u00a0: limite d’Excel)"
    assert rows[2][3] == "a" * (LONGEST_CELL - len(cut)) + cut and rows[3][3] == long and rows[3][2] == "Le Lac"
    assert rows[4] == [4, None, None, "pas un lien", 12.5]
    assert [cell.hyperlink is not None for cell in sheet["D"]] == [False, True, False, False, False]
    assert sheet.freeze_panes == "D2" and sheet.auto_filter.ref == "A1:E5"
    assert [cell.font.b for cell in sheet[1]] == [True] * 5 and not sheet["A2"].font.b
    assert {name: sheet.column_dimensions[name].width > 12 for name in "AC"} == {"A": True, "C": True}
    readme = book["Lisez-moi"]
    assert readme["A1"].font.b and readme["A1"].value.startswith("Vivier") and not readme["A2"].font.b
    assert [pieces_of(listed(lexicon, FIRST), name) is not None for name in ("csv", "jsonl")] == [True, True]
    assert b"".join(pieces_of(listed(lexicon, FIRST), "jsonl")).startswith(b'{"rank":1')
    assert b"".join(pieces_of(listed(lexicon, FIRST), "csv")).startswith('\ufeff"Rang"'.encode())


def test_rows_are_at_the_point_of_their_place_on_a_map(lexicon: Lexicon) -> None:
    records = ({"place": "commune:35238"}, {"buyer_seat": "departement:35"}, {"national": True})
    collection = orjson.loads(b"".join(geojson_chunks(listed(lexicon, *records))))
    assert collection["type"] == "FeatureCollection" and collection["total"] == 3 and collection["query"] == TAIL[0]
    assert [source["source_id"] for source in collection["sources"]] == ["decp"]
    rennes, seat, national = collection["features"]
    point = lexicon.gazetteer.reference_point("commune:35238")
    assert point is not None
    assert rennes == {
        "type": "Feature",
        "id": "k1",
        "geometry": {"type": "Point", "coordinates": [round(point[0], 6), round(point[1], 6)]},
        "properties": {
            "rank": 1,
            "buyer": None,
            "holders": [],
            "page": None,
            "km": 12.5,
            "location_of": "place",
            "location_precision": "commune",
        },
    }
    assert (seat["properties"]["location_of"], seat["properties"]["location_precision"]) == ("buyer", "departement")
    assert seat["geometry"]["type"] == "Point" and national["geometry"] is None
    assert national["properties"]["location_of"] is national["properties"]["location_precision"] is None
    assert orjson.loads(b"".join(geojson_chunks(listed(lexicon))))["features"] == []


def test_the_parameters_of_a_list_repeat_its_search() -> None:
    query = ContractQuery(q="tonte", cpv=("77310000",))
    tail = tail_of("contracts", query, DAY, "m-1")
    assert tail == ("/v1/contracts?q=tonte&cpv=77310000&as_of=2026-11-24", "2026-11-24", "m-1")
    assert parameter_rows(query, tail, 3, "Marchés", "contracts-1") == (
        ("Adresse qui la refait", tail[0]),
        ("Paramètre q", "tonte"),
        ("Paramètre cpv", "77310000"),
        ("À la date du", "24/11/2026"),
        ("Marchés", 3),
        ("Génération de l'index", "contracts-1"),
        ("Méthodes", "m-1"),
    )


def test_indicators_have_the_same_figures_for_both_considerations(lexicon: Lexicon) -> None:
    names = ("yes", "no", "unknown", "coverage", "share_recorded", "share_all", "share_ceiling")
    amounts = {"yes": 70.0, "recorded": 80.0, "all": 90.0, "contracts_with_amount": 6}

    def dimension(start: float, conclusive: bool) -> dict[str, Any]:
        figures: dict[str, Any] = {name: start + rank for rank, name in enumerate(names)}
        return {
            **figures,
            "n": 9,
            "interval_95": [start + 10, start + 11],
            "conclusive": conclusive,
            "amounts": amounts,
        }

    record = {
        "label": "2026",
        "social": dimension(100, True),
        "environmental": dimension(200, False),
        **dict(zip(("reserved", "criterion", "clause", "inclusive_undeclared"), (1, 2, 3, 4), strict=True)),
    }
    line = ListLine(1, "v", record, (), None, lexicon, TAIL)
    cells = [column.read(line) for column in INDICATOR_COLUMNS]
    of = ([*range(start, start + 5), start + 10, start + 11, sure, 70] for start, sure in ((100, 1), (200, 0)))
    assert cells[:-4] == ["v", "2026", 9, *next(of), *next(of), 1, 2, 3, 4, 6] and cells[-3:] == [*TAIL]
    assert len({column.name for column in INDICATOR_COLUMNS}) == len(INDICATOR_COLUMNS) == 30
    ends = [column.header for column in INDICATOR_COLUMNS if column.meaning == "Wilson, 95 %"]
    assert ends == [
        f"Cons. {of} : borne {side}" for of in ("sociale", "environnementale") for side in ("basse", "haute")
    ]
    _bounded(MAX_ROWS)
    with pytest.raises(InvalidRequest, match=f"cette demande en trouve {MAX_ROWS + 1}"):
        _bounded(MAX_ROWS + 1)


def test_an_export_of_suppliers_says_how_to_make_it_again(engine: Any, lexicon: Lexicon, tmp_path: Path) -> None:
    query = SupplierQuery(kind=("EI",), sort="neutral")
    document = prepare(query, Snapshot(engine), lexicon, DAY)
    found = document.found
    assert (document.things, document.as_of, document.total) == ("Fournisseurs", DAY, found.total) and found.total
    rows = list(document.rows())
    assert len(rows) == found.total and {len(row) for row in rows} == {len(document.columns)}
    names = [column.name for column in document.columns]
    assert [row[names.index("rank")] for row in rows] == list(range(1, found.total + 1))
    parameters = dict(document.parameters)
    assert parameters["Paramètre kind"] == "EI" and parameters["Fournisseurs"] == found.total
    assert parameters["Numéro du tirage au sort"] == found.seed and parameters["À la date du"] == "24/11/2026"
    assert parameters["Génération de l'index"] == found.generation.name
    assert (
        parameters["Adresse qui la refait"] == f"/v1/suppliers?kind=EI&as_of=2026-11-24&sort=neutral&seed={found.seed}"
    )
    assert "facets" not in str(parameters) and document.remarks[-1].startswith("Le mot « inconnu »")
    assert file_name("csv", DAY) == "vivier-fournisseurs-2026-11-24.csv"
    some = prepare(query.model_copy(update={"fields": ("address",)}), Snapshot(engine), lexicon, DAY)
    assert 0 < len(some.columns) < len(document.columns)

    def geojson(*_: object, limit: int | None) -> tuple[int, Iterator[bytes]]:
        return limit or 0, iter((b"{}",))

    written = [
        save(tmp_path / f"a.{name}", name, query, Snapshot(engine), lexicon, DAY, geojson)
        for name in ("jsonl", "geojson")
    ]
    assert written == [found.total, MAX_ROWS] and (tmp_path / "a.geojson").read_bytes() == b"{}"
    assert (tmp_path / "a.jsonl").read_bytes().count(b"\n") == found.total
    with pytest.raises(InvalidRequest, match="Format inconnu « pdf »"):
        save(tmp_path / "a.pdf", "pdf", query, Snapshot(engine), lexicon, DAY, geojson)


def test_a_file_is_replaced_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    def cut() -> Iterable[bytes]:
        yield b"half"
        raise ValueError("cut")

    write_file(path, [b"a", b"b"])
    with pytest.raises(ValueError, match="cut"):
        write_file(path, cut())
    assert path.read_bytes() == b"ab" and list(tmp_path.iterdir()) == [path]
    write_file(path, [b"c"])
    assert path.read_bytes() == b"c"
    null = Path(os.devnull)
    write_file(null, [b"a"])
    assert not null.is_file()
