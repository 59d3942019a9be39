"""Each breakdown has one card: the error says its cause, and every reader is told the same deed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from search_api.troubles import Troubles
from tests.search_api.pages.html import plain
from vivier.breakdowns import CARDS, DATABASE_AWAY, DISK_FULL, NETWORK_AWAY, card_of
from vivier.check import Check
from vivier.errors import GivenUnavailable
from vivier.given.database import Database, database_of
from vivier.mail.office import report_letter
from vivier.operation.checks import quick_checks, request_checks, utc_now
from vivier.operation.watch import Watch
from vivier.runs.ledger import AWAY
from vivier.settings import Settings


def test_a_cause_belongs_to_one_card_and_each_card_says_what_to_do_and_who_does_it() -> None:
    for card in CARDS:
        assert card_of(f"x : {card.cause} y") is card
        assert card.deed.endswith(".") and card.who and len(f"{card.deed}".split()) <= 20
    assert card_of(AWAY) is NETWORK_AWAY


def test_what_no_card_knows_is_sent_to_who_maintains_the_service_and_keeps_its_command() -> None:
    check = Check("index", False, "une source est lue, rien n'est en service : « vivier index »")
    assert check.deed.endswith("(qui maintient Vivier)") and check.command == "vivier index"
    assert "À faire" not in check.sentence


def test_a_database_that_is_away_is_one_row_with_its_deed_for_every_reader(tmp_path: Path) -> None:
    away = {"home": tmp_path, "given_url": "postgresql+psycopg://vivier@127.0.0.1:1/none"}
    settings = Settings.model_validate(away)
    checks = [check for check in (*quick_checks(settings, utc_now()), *request_checks(settings)) if not check.ok]
    assert [check.name for check in checks] == ["base"] and checks[0].card is DATABASE_AWAY
    assert checks[0].command == "systemctl status postgresql"
    troubles = Troubles()
    watch = Watch(settings, lambda: checks)
    watch.once(troubles)
    watch.once(troubles)
    letter = report_letter(checks, "a@b.example", "https://v.example", None, utc_now().date(), 0)
    for text in (*troubles.sentences, plain(letter.text), checks[0].sentence):
        assert DATABASE_AWAY.cause in text and "qui tient PostgreSQL" in text


def test_a_full_disk_is_said_of_the_disk_and_not_of_the_database(tmp_path: Path) -> None:
    with closing(
        database_of(Settings(home=tmp_path, given_url=SecretStr(f"sqlite:///{tmp_path / 'g.sqlite'}")))
    ) as base:
        with base.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE filled (content TEXT)")
        with pytest.raises(GivenUnavailable) as refused:
            fill(base)
    assert str(refused.value) == DISK_FULL.cause and card_of(str(refused.value)).command == "vivier purge"


def fill(base: Database) -> None:
    """Writes more than a file of so many pages takes: SQLite says what it says of a full disk."""
    with base.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("INSERT INTO filled VALUES (zeroblob(9000000))")
