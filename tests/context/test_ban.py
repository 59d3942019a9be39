"""Points of addresses from the geocoder: what is asked, what is kept, what is shown."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from crawlers.context import ban
from crawlers.context.run import add_context, ask_context, write_questions
from crawlers.kit import WrongFile
from tests.context.house import NOW, only, put_records
from tests.indexer.records import record
from tests.world import World, served
from vivier.model import Address, Point, Record
from vivier.settings import Settings

LILLE = {"line": "4 R des Essais BP 12", "post_code": "59000", "town": "Lille", "commune": "59350"}


def answered(file: Path, settings: Settings, **changed: Any) -> Path:
    """The questions of the house, each answered by the same row."""
    asked = file.with_name("asked.csv")
    write_questions(settings, asked)
    with asked.open(encoding="utf8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    given = {
        "longitude": "3.0601",
        "latitude": "50.6291",
        "result_score": "0.91",
        "result_type": "housenumber",
        "result_citycode": "59350",
        **changed,
    }
    with file.open("w", encoding="utf8", newline="") as lines:
        table = csv.DictWriter(lines, [*ban.QUESTION, *given])
        table.writeheader()
        table.writerows({**row, **given} for row in rows)
    return file


def in_lille(**more: Any) -> Record:
    return record("essai", "1", **{**LILLE, **more})


def test_a_question_has_no_post_box_and_its_street_in_full() -> None:
    asked = ban.question(Address(line="4 av des Essais BP 12", post_code="59000", town="LILLE CEDEX"))
    assert asked is not None
    assert (asked["adresse"], asked["code_postal"], asked["commune"]) == ("4 avenue des Essais", "", "LILLE")


@pytest.mark.parametrize("address", [Address(town="Lille"), Address(line="4 rue", point=Point(lon=0.0, lat=49.0))])
def test_an_address_without_a_line_or_with_a_point_is_not_asked(address: Address) -> None:
    assert ban.question(address) is None


def test_a_point_found_is_used_with_its_precision_and_its_score(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [in_lille()])
    add_context("ban", [answered(tmp_path / "a.csv", settings)], settings, now=NOW)
    supplier = only(settings)
    assert supplier.address is not None
    address = supplier.address.value
    assert (address.point, address.precision, address.score) == (Point(lon=3.0601, lat=50.6291), "address", 0.91)
    assert "point_from_ban" in supplier.issues
    assert "ban" in {said.source_id for said in supplier.sources}


def test_the_point_of_the_source_is_never_replaced(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [in_lille()])
    answer = answered(tmp_path / "a.csv", settings)
    own = Address(**LILLE, point=Point(lon=3.05, lat=50.63))
    put_records(settings, [in_lille().model_copy(update={"address": own})])
    add_context("ban", [answer], settings, now=NOW)
    address = only(settings).address
    assert address is not None and address.value.point == own.point and address.value.score is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"result_score": "0.75"}, "address_score_low"),
        ({"result_type": "municipality"}, "address_at_commune"),
        ({"result_citycode": "59512"}, "address_other_commune"),
        ({"latitude": "", "longitude": ""}, "address_not_found"),
    ],
)
def test_an_answer_that_proves_nothing_gives_no_point_and_is_counted(
    settings: Settings, tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    put_records(settings, [in_lille()])
    report = add_context("ban", [answered(tmp_path / "a.csv", settings, **changed)], settings, now=NOW)
    assert (report.seen, report.kept, report.set_aside) == (1, 0, {reason: 1})
    address = only(settings).address
    assert address is not None and address.value.precision == "commune" and address.value.score is None


def test_an_address_already_found_is_not_asked_again(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [in_lille()])
    add_context("ban", [answered(tmp_path / "a.csv", settings)], settings, now=NOW)
    assert write_questions(settings, tmp_path / "again.csv") == 0


def test_a_point_in_the_wrong_place_is_dropped_whatever_its_score(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [in_lille()])
    far = answered(tmp_path / "a.csv", settings, longitude="5.37", latitude="43.29")
    add_context("ban", [far], settings, now=NOW)
    address = only(settings).address
    assert address is not None and address.value.precision == "commune"


def test_a_file_without_the_columns_of_the_geocoder_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,adresse\n1,4 rue\n")
    with pytest.raises(WrongFile, match="result_score"):
        add_context("ban", [file], settings)


def test_a_question_is_cut_in_batches_that_hold_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ban, "BATCH", 2)
    file = tmp_path / "q.csv"
    file.write_text("id,adresse\n" + "".join(f"{n},{n} rue\n" for n in range(5)))
    assert [part.read_text().count("\n") - 1 for part in ban.batches(file)] == [2, 2, 1]


@pytest.mark.slow
def test_the_geocoder_is_sent_a_form_and_its_answer_is_read(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [in_lille()])
    answer = answered(tmp_path / "a.csv", settings).read_bytes()
    world = World(pages={"/geocodage/search/csv/": answer})
    with served(world):
        report = ask_context("ban", settings, mirror=world.url)
    assert report.kept == 1
    (form,) = world.received
    assert b'name="data"; filename="questions-001.csv"' in form
    assert b'name="citycode"\r\n\r\ncode_insee\r\n' in form
    assert b"4 rue des Essais,59350" not in form and b"4 rue des Essais," in form
