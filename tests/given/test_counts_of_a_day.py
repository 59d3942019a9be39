"""What a client did in a day is counted up to what one client may do, whatever each thing costs."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from vivier.given.database import database_of
from vivier.given.quotas import spend, spent
from vivier.settings import Settings

DAY = date(2026, 11, 24)


def test_each_thing_adds_its_cost_until_the_most_of_the_day(tmp_path: Path) -> None:
    with closing(database_of(Settings(home=tmp_path))) as database, database.transaction() as connection:
        assert not spend(connection, "a", "code", DAY, 5, cost=6) and spent(connection, "a", "code", DAY) == 0
        counted = [spend(connection, "a", "code", DAY, 5, cost=cost) for cost in (2, 2, 2, 1, 1)]
        assert counted == [True, True, False, True, False] and spent(connection, "a", "code", DAY) == 5
        assert spend(connection, "b", "code", DAY, 1) and spend(connection, "a", "autre", DAY, 1)
        assert spend(connection, "a", "code", DAY + timedelta(days=1), 1)
        assert spent(connection, "a", "code", DAY) == 5
