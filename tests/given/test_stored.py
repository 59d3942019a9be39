"""The data protection page tells every table and every column that is stored."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.given.conftest import House
from tests.search_api.pages.html import plain
from vivier.given.mail_tables import METADATA  # with those of vivier.given.tables
from vivier.given.stored import STORED, stored_in
from vivier.mail.answers import ANSWER_DAYS


def test_every_column_that_is_stored_is_told_and_nothing_else() -> None:
    stored = {table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables}
    assert {name: set(row.columns) for name, row in STORED.items()} == stored
    assert all(words.strip() for row in STORED.values() for words in (*row.columns.values(), row.title, row.until))


def test_the_days_told_are_those_of_the_code() -> None:
    assert f"au bout de {ANSWER_DAYS} jours" in STORED["mail_reporters"].until


def test_the_page_tells_what_this_service_keeps_and_no_more(house: House) -> None:
    page = plain(house.client.get("/donnees-personnelles").text).replace("’", "'").replace("\xa0", " ")
    for row in stored_in(frozenset(("studies", "rounds", "requests"))):
        assert row.title in page
        for words in row.columns.values():
            assert words[1:] in page, (row.title, words)
    assert STORED["mail_outbox"].title not in page


@pytest.mark.slow
def test_a_service_that_keeps_nothing_has_no_such_section(house: House) -> None:
    with TestClient(create_app(house.engine, house.lexicon)) as client:
        assert "Tout ce que garde la base" not in client.get("/donnees-personnelles").text
