"""Corrections of readings, counted in a real database: once a reading, bounded a day and in all, forgotten after a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.search_api.corpus import TODAY
from vivier.given.database import Database, database_of
from vivier.given.quotas import QuotaSpent
from vivier.given.readings import DAYS, MOST, MOST_A_DAY, Corrected, Counted, corrected, counted, forget, keep
from vivier.given.tables import READINGS
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.settings import Settings

GLASS = Corrected(("tonte",), ("entretien-espaces-verts",), ("nettoyage-vitres",))
BARE = Corrected((), ("menuiserie",), ())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = database_of(Settings(home=tmp_path))
    yield found
    found.close()


def test_what_was_chosen_corrects_what_was_read_by_words_of_our_tables_alone(lexicon: Lexicon) -> None:
    need = resolve_need("tonte chez Mme Zorglub", lexicon)
    read = ["entretien-espaces-verts", "entretien-espaces-verts"]
    assert corrected(need, read, ["nettoyage-vitres"]) == GLASS
    assert corrected(need, read, read[:1]) is None
    assert corrected(need, ["menuiserie"], []) == BARE


def test_a_correction_sent_again_is_counted_and_the_most_frequent_comes_first(database: Database) -> None:
    assert counted(database) == []
    keep(database, BARE, TODAY, "one")
    for days in (0, 1):
        keep(database, GLASS, TODAY + timedelta(days=days), "one")
    assert counted(database) == [Counted(GLASS, 2, TODAY + timedelta(days=1)), Counted(BARE, 1, TODAY)]


@pytest.mark.slow
def test_a_client_sends_so_many_a_day_and_so_many_are_kept_in_all(database: Database) -> None:
    for _ in range(MOST_A_DAY):
        keep(database, BARE, TODAY, "one")
    with pytest.raises(QuotaSpent):
        keep(database, BARE, TODAY, "one")
    rows = [
        {"words": str(number), "read": "", "chosen": "", "times": 1, "last_on": TODAY} for number in range(MOST - 2)
    ]
    with database.transaction() as connection:
        connection.execute(insert(READINGS), rows)
    keep(database, GLASS, TODAY, "other")
    keep(database, Corrected((), ("one-too-many",), ()), TODAY, "other")
    assert len(counted(database)) == MOST


def test_texts_are_cut_and_a_year_forgets(database: Database) -> None:
    keep(database, Corrected(("a" * 201,), ("b" * 201,), ("c" * 201,)), TODAY, "one")
    (found,) = counted(database)
    assert found.corrected == Corrected(("a" * 200,), ("b" * 200,), ("c" * 200,))
    for days, left in ((DAYS, 1), (DAYS + 1, 0)):
        with database.transaction() as connection:
            forget(connection, TODAY + timedelta(days=days))
        assert len(counted(database)) == left
