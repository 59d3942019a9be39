"""What is erased is in no file of the folder: neither the database, nor its write-ahead log, nor a page that was freed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.given.conftest import House
from tests.given.declaring import structures
from tests.search_api.conftest import today
from vivier.given.requests import Subject
from vivier.given.shelf import DatabaseShelf
from vivier.privacy.keys import new_id

MARK = "Zzmarqueurville"


def left_in(folder: Path) -> list[str]:
    """The files of a folder, at any depth, in which the mark can be read."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if MARK.encode() in path.read_bytes()]


def erase_round(house: House) -> None:
    lot = {"text": "blanchisserie", "place": "Rennes", "amount": 60_000, "months": 24}
    made = house.client.post("/v1/rounds", json={"organisation": f"Ville de {MARK}", "lots": [lot]})
    assert made.status_code == 201, made.text
    assert left_in(house.settings.home), "the mark is read in the files before"
    assert house.client.delete(made.json()["links"]["self"]).status_code == 204


def _sent(house: House) -> int:
    _, siret = structures(house)[0]
    content = {"fact": "name", "right": MARK, "source": MARK * 400}  # wider than a page
    id_ = house.queue.send("report", Subject("demo", siret, "Une structure"), content, today())
    assert left_in(house.settings.home)
    return house.queue.by_link(id_).number


def erase_by_refusing(house: House) -> None:
    house.queue.refuse(_sent(house), today(), "faux")


def erase_by_withdrawing(house: House) -> None:
    house.queue.withdraw(_sent(house), today())


def erase_by_opposing(house: House) -> None:
    _sent(house)
    _, siret = structures(house)[0]
    id_ = house.queue.send("opposition", Subject("demo", siret, "Une structure"), {"role": "gérante"}, today())
    house.queue.accept(house.queue.by_link(id_).number, today())


def erase_by_purging(house: House) -> None:
    number = _sent(house)
    house.queue.refuse(number, today(), "faux")
    house.queue.purge(today().replace(year=today().year + 2))


def erase_shelf(house: House) -> None:
    shelf, id_ = DatabaseShelf(house.queue.database, "study", 30, 10), new_id()
    shelf.keep(id_, today(), MARK.encode() * 2_000)
    assert left_in(house.settings.home)
    shelf.forget(id_)


def erase_answer(house: House) -> None:
    made = house.open(organisation=f"Ville de {MARK}")
    structure = house.read(made)["invited"][0]["id"]
    house.note(made, {"structure": structure, "can": "yes"})
    house.rounds.purge(today() + timedelta(days=400))


def erase_invitation(house: House) -> None:
    _, siret = structures(house)[0]
    (token,) = house.queue.invite([siret], MARK, today(), 30).values()
    assert left_in(house.settings.home)
    assert house.queue.invited(token, today())
    house.queue.purge(today() + timedelta(days=40))


@pytest.mark.slow
@pytest.mark.parametrize(
    "erase",
    [
        erase_shelf,
        erase_answer,
        erase_invitation,
        erase_round,
        erase_by_refusing,
        erase_by_withdrawing,
        erase_by_opposing,
        erase_by_purging,
    ],
)
def test_what_is_erased_is_in_no_file(house: House, erase: Callable[[House], None]) -> None:
    erase(house)
    assert left_in(house.settings.home) == []


@pytest.mark.slow
def test_a_reader_that_holds_the_log_delays_the_erasure_until_the_next_transaction(house: House) -> None:
    number = _sent(house)
    reader = sqlite3.connect(house.settings.home / "given.sqlite")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM requests").fetchone()
    house.queue.refuse(number, today(), "faux")
    assert left_in(house.settings.home), "the reader still reads it"
    reader.close()
    house.queue.count("pending")
    assert left_in(house.settings.home) == []
