"""What the families know: dates in any form, projections, archives, frames, arrays, files at a fixed address."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.kit import CsvFamily, Draft, Frame, Intake, JsonItems, Outcome, Row, Skip, WrongFile, files
from crawlers.kit.files import check_encoding, check_file, open_plain
from crawlers.kit.projection import PROJECTIONS, degrees
from crawlers.kit.values import day, public_text
from crawlers.sources import siae
from vivier.errors import ImportRefused

FRAME = Frame(opening=r"DEB\w+?(?P<day>\d{8})_", closing=r"FIN(?P<rows>\d+)", mark="FIN", day="%d%m%Y")


def take_name(row: Row, intake: Intake) -> Outcome:
    return Skip(f"{row.take('name')}{row.take('id')}")


FAMILY = CsvFamily(convert=take_name, required=("id", "name"), delimiter="|", quoted=False, frame=FRAME)


def intake() -> Intake:
    return Intake(card=siae.CARD, now=datetime(2026, 11, 24, tzinfo=UTC))


def reasons(drafts: list[Draft]) -> list[str]:
    return [draft.outcome.reason for draft in drafts if isinstance(draft.outcome, Skip)]


def written(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-07-01", (date(2026, 7, 1), [])),
        ("2026-07-01T10:00:00+02:00", (date(2026, 7, 1), [])),
        ("2026-07-01 00:00:00", (date(2026, 7, 1), [])),
        ("01/07/2026", (date(2026, 7, 1), ["date_form"])),
        ("1/7/2026 09:23", (date(2026, 7, 1), ["date_form"])),
        ("01.07.2026", (date(2026, 7, 1), ["date_form"])),
        ("20260701", (date(2026, 7, 1), ["date_form"])),
        (20260701, (date(2026, 7, 1), ["date_form"])),
        ("07/31/2026", (None, ["date_invalid"])),
        ("01/07-2026", (None, ["date_invalid"])),
        ("01/07/26", (None, ["date_invalid"])),
        ("46204", (None, ["date_invalid"])),
        ("0000-00-00", (None, ["date_invalid"])),
        ("bientôt", (None, ["date_invalid"])),
        ("", (None, [])),
        (None, (None, [])),
    ],
)
def test_a_date_is_read_in_its_usual_forms_and_never_guessed(
    value: object, expected: tuple[date | None, list[str]]
) -> None:
    issues: list[str] = []
    assert (day(value, issues), issues) == expected


def test_the_usual_form_of_a_source_is_not_an_issue() -> None:
    issues: list[str] = []
    assert day("01/07/2026", issues, usual="french") == day("2026-07-01", [], usual="iso")
    assert issues == []


@pytest.mark.parametrize(
    ("projection", "metres", "expected"),
    [
        ("LAMBERT_93", (700000, 6600000), (3.0, 46.5)),
        ("UTM_S40", (500000, 10_000_000), (57.0, 0.0)),
        ("UTM_S38", (500000, 10_000_000), (45.0, 0.0)),
        ("UTM_N22", (500000, 0), (-51.0, 0.0)),
    ],
)
def test_the_origin_of_a_projection_is_where_its_definition_says(
    projection: str, metres: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert degrees(*metres, projection) == pytest.approx(expected, abs=1e-6)
    assert degrees(*metres, "GAUSS") is None
    assert projection in PROJECTIONS


@pytest.mark.parametrize("word", ["SociÃ©tÃ©", "lâ€™atelier", "Soci\ufffdt\ufffd"])
def test_a_text_read_in_the_wrong_encoding_before_us_is_said_to_be_damaged(word: str) -> None:
    issues: list[str] = []
    public_text(word, issues)
    assert issues == ["text_damaged"]


def test_a_frame_gives_its_day_and_its_quotes_are_characters(tmp_path: Path) -> None:
    path = written(tmp_path, 'DEBListe07092026_0923|\nid|name\n1|LE "RELAIS\n2|B\nFIN2|\n')
    reading = intake()
    assert reasons(list(FAMILY.read([path], reading))) == ['LE "RELAIS1', "B2"]
    assert reading.updated_at == date(2026, 9, 7)
    assert FAMILY.recognises(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("DEBListe07092026_0923|\nid|name\n1|A\n", "n'a pas sa dernière ligne"),
        ("DEBListe07092026_0923|\nid|name\n1|A\nFIN2|\n", "annonce 2 lignes, 1 ont été lues"),
        ("DEBListe07092026_0923|\nid|name\n1|A\nFIN|\n", "annonce None lignes"),
        ("id|name\n1|A\nFIN1|\n", "première ligne"),
        ("DEBListe07092026_0923|\nid|nom\n1|A\nFIN1|\n", "Absentes : name"),
    ],
)
def test_a_frame_that_does_not_hold_refuses_the_file(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        list(FAMILY.read([written(tmp_path, content)], intake()))


def test_a_producer_who_miscounts_is_read_and_said(tmp_path: Path) -> None:
    loose = Frame(FRAME.opening, FRAME.closing, FRAME.mark, FRAME.day, exact=False)
    family = CsvFamily(convert=take_name, required=("id", "name"), delimiter="|", quoted=False, frame=loose)
    reading = intake()
    assert len(list(family.read([written(tmp_path, "DEBX07092026_1|\nid|name\n1|A\nFIN9|\n")], reading))) == 1
    assert reading.issues == {"rows_announced": 1}


def test_a_header_repeated_in_the_middle_is_skipped_by_name(tmp_path: Path) -> None:
    family = CsvFamily(convert=take_name, required=("id", "name"))
    path = written(tmp_path, "id,name\n1,A\nid,name\n2,B\n")
    assert reasons(list(family.read([path], intake()))) == ["A1", "header_repeated", "B2"]


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_of_one_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    with open_plain(written(tmp_path, zipped(("a.csv", b"id,name\n1,A\n")), "a.csv.gz")) as file:
        assert file.read() == b"id,name\n1,A\n"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((("a.csv", b"1"), ("b.csv", b"2")), "zip de 2 fichiers"),
        ((("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")), "classeur Excel"),
        ((("a.zip", zipped(("a.csv", b"1"))),), "archive dans une archive"),
        ((), "vide"),
    ],
)
def test_a_zip_that_is_not_single_file_of_data_is_refused(
    tmp_path: Path, members: tuple[tuple[str, bytes], ...], words: str
) -> None:
    with pytest.raises(ImportRefused, match=words):
        check_file(written(tmp_path, zipped(*members)))


def test_a_locked_zip_is_said_to_be_locked(tmp_path: Path) -> None:
    content = bytearray(zipped(("a.csv", b"id,name\n")))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    with pytest.raises(ImportRefused, match="mot de passe"):
        check_file(written(tmp_path, bytes(content)))


@pytest.mark.slow
def test_a_small_archive_that_opens_into_a_full_disk_is_refused_in_flat_memory(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    line = b"\n" * 1_048_576
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb", compresslevel=9) as out:
        for _ in range(files.BOMB_FLOOR // len(line) + 2):
            out.write(line)
    path = written(tmp_path, buffer.getvalue())
    before = psutil.Process().memory_info().rss
    with pytest.raises(ImportRefused, match="archive piégée"):
        check_encoding(path, None)
    assert psutil.Process().memory_info().rss - before < 20_000_000


def test_a_line_that_never_ends_is_refused_before_a_reader_holds_it(tmp_path: Path) -> None:
    path = written(tmp_path, b"id,name\n" + b"x" * (3 * files.LINE_LIMIT) + b"\n1,A\n")
    with pytest.raises(ImportRefused, match="la ligne 2 dépasse"):
        check_encoding(path, None)


def test_many_long_lines_are_no_line_too_long(tmp_path: Path) -> None:
    path = written(tmp_path, (b"x" * (files.LINE_LIMIT - 1) + b"\n") * 3)
    assert check_encoding(path, None) == "utf-8-sig"


def test_an_array_is_read_item_by_item_and_an_error_in_json_is_no_list(tmp_path: Path) -> None:
    family = JsonItems(convert=take_name, required=("id", "name"), known=("id", "name"))
    good = written(tmp_path, json.dumps([{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]))
    assert reasons(list(family.read([good], intake()))) == ["A1", "B2"]
    assert family.recognises(good)
    for content in ('{"detail": "Introuvable"}', "[]", '[{"ID": 1}]', "[[1]]"):
        with pytest.raises(WrongFile, match="Absents"):
            list(family.read([written(tmp_path, content)], intake()))
