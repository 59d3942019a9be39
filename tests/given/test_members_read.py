"""The list of a network is read row by row; of several sheets that share a SIRET, the FINESS number tells which; groups of figures are rounded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from openpyxl import Workbook

from tests.search_api.conftest import publish
from tests.search_api.corpus import SOURCE
from vivier.contracts.figures import row_body, share_body
from vivier.contracts.indicators import Dimension, IndicatorRow
from vivier.contracts.shares import Share
from vivier.desk.read.sheet import MAX_BYTES
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.given.members import Member, read_members, table_rows
from vivier.lexicon import Lexicon
from vivier.model import Fact, Supplier
from vivier.search.snapshot import Snapshot

SHARED, ALONE = "90000000100017", "90000001900019"


def supplier(id_: str, siret: str, finess: str | None) -> Supplier:
    def fact(value: str) -> Any:
        return Fact[str](value=value, provenance=SOURCE)

    return Supplier(
        id=id_,
        name=fact(f"Site {id_}"),
        siret=fact(siret),
        identifiers=(siret,),
        finess=None if finess is None else fact(finess),
    )


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Snapshot]:
    sites = [supplier("s1", SHARED, "590000001"), supplier("s2", SHARED, "590000002"), supplier("s3", ALONE, None)]
    with closing(EmbeddedStore(tmp_path_factory.mktemp("members"))) as engine:
        publish(engine, sites, lexicon)
        yield Snapshot(engine)


def test_a_row_is_of_the_sheet_that_its_finess_number_tells(snapshot: Snapshot, lexicon: Lexicon) -> None:
    rows = [
        "siret;nom;finess;references;Courriel",
        f"{SHARED};A;59 000 0002;Ville de Lens;x",
        f"{SHARED};A;;Ville de Lens;x",
        f"{SHARED};A;590000009;Ville de Lens;x",
        f"{ALONE};B;590000002;Ville de Lens;x",
        f"{ALONE};B;;Ville de Lens;x",
        "",
        "12;C;;Ville de Lens;x",
        "90000002700012;D;;Ville de Lens;x",
        ";E;;Ville de Lens;x",
        "court",
    ]
    made = read_members("\n".join(rows).encode(), snapshot, lexicon)
    assert made.retained, made.left
    content = {**made.retained[0].content}
    assert content["references"] == ["Ville de Lens"]
    assert made.retained == (
        Member(2, "s2", SHARED, "590000002", "Site s2", content),
        Member(5, "s3", ALONE, None, "Site s3", content),
    )
    assert [(left.line, left.reason) for left in made.left] == [
        (3, "siret_several"),
        (4, "siret_several"),
        (6, "siret_twice"),
        (8, "siret_invalid"),
        (9, "siret_unknown"),
        (10, "siret_missing"),
        (11, "cells_count"),
    ]
    assert made.left[-1].text == "1 cellules, 5 attendues" and made.unread == ("Courriel",)


def test_a_file_that_is_no_list_is_refused(
    snapshot: Snapshot, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code(content: bytes) -> str:
        with pytest.raises(InvalidRequest) as refused:
            read_members(content, snapshot, lexicon)
        (error,) = refused.value.errors
        assert error.field == "file"
        return error.code

    head = b"siret;nom\n"
    assert code(b"") == code(head) == code(b"\n \n") == "empty"
    assert code(b"nom;ville\nA;B") == code(b"siret;ville\nA;B") == "missing_column"
    assert code(b"siret;nom;SIRET\n1;A;2") == "column_twice" and code(b'siret;nom\n1;"A') == "unreadable"
    assert code(b"PK\x03\x04" + bytes(30)) == "unreadable"
    assert code(b"a" * (MAX_BYTES + 1)) == "too_large" and code(b"a" * MAX_BYTES) != "too_large"
    monkeypatch.setattr("vivier.given.members.MOST_ROWS", 2)
    assert len(read_members(head + b"1;A\n2;B", snapshot, lexicon).left) == 2
    assert code(head + b"1;A\n2;B\n3;C") == "too_many"


def test_a_workbook_of_one_sheet_is_a_list_too() -> None:
    book = Workbook()
    sheet = book.create_sheet()
    del book["Sheet"]
    for row in (("siret", "nom"), (), (ALONE, "Site s3")):
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    assert list(table_rows(kept.getvalue())) == [(1, ["siret", "nom"]), (3, [ALONE, "Site s3"])]
    book.create_sheet().append(("autre",))
    book.save(several := io.BytesIO())
    with pytest.raises(InvalidRequest, match="2 feuilles"):
        list(table_rows(several.getvalue()))


def test_a_table_is_read_by_its_own_separator_and_the_lines_of_its_file() -> None:
    rows = [(1, ["a", "b"]), (3, ["1", "2"]), (5, ["3", "4"])]
    assert list(table_rows(b"\xef\xbb\xbfa;b\n\n 1 ; 2 \n;\n3;4")) == rows
    for encoding in ("cp1252", "utf-16"):
        assert list(table_rows("é,b\n1,2".encode(encoding))) == [(1, ["é", "b"]), (2, ["1", "2"])]
    assert list(table_rows(b'a\tb\n"x\ny"\tz\n3\t4')) == [(1, ["a", "b"]), (2, ["x y", "z"]), (4, ["3", "4"])]


def test_a_group_of_figures_has_its_amounts_to_the_cent() -> None:
    share = Share(3, 1, 4)
    social, green = (Dimension(share, start + 0.123, start + 1.234, start + 2.345, 5) for start in (10, 20))
    found: Any = row_body(IndicatorRow("2026", "année 2026", social, green, 1, 2, 3, 4))
    assert {name: value for name, value in found.items() if isinstance(value, str | int)} == {
        "value": "2026",
        "label": "année 2026",
        "reserved": 1,
        "criterion": 2,
        "clause": 3,
        "inclusive_undeclared": 4,
    }
    for name, start in (("social", 10), ("environmental", 20)):
        body = found[name]
        amounts = body.pop("amounts")
        assert body == share_body(share) and amounts.pop("note_fr").startswith("montants HT")
        assert amounts == {
            "yes": start + 0.12,
            "recorded": start + 1.23,
            "all": pytest.approx(round(start + 2.345, 2), abs=1e-9),
            "contracts_with_amount": 5,
        }
