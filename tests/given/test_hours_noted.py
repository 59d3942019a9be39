"""Hours that former versions kept: what was noted is taken away, an issued address is never a 404, and purges go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from vivier.errors import NotFound
from vivier.given.database import Database
from vivier.given.hours import HoursGone, KeptHours
from vivier.given.tables import FOLLOW_UPS, FOLLOWED_COMPANIES, FOLLOWED_HOURS, FOLLOWED_LOTS
from vivier.privacy.keys import key_of

ID, TOKEN, DAY = "a" * 40, "b" * 40, date(2026, 12, 2)


@pytest.fixture
def hours(tmp_path: Path) -> Iterator[KeptHours]:
    with closing(Database(f"sqlite:///{tmp_path}/given.sqlite")) as database:
        key = key_of(ID)
        with database.transaction() as connection:
            opened = {"key": key, "opened_on": DAY, "kept_until": date(2027, 6, 1), "lots": 1}
            connection.execute(insert(FOLLOW_UPS).values(**opened))
            lot = {"object": "Tonte", "reference": "R1", "buyer": "Ville", "basin": "Lens", "hours": 70.0}
            connection.execute(
                insert(FOLLOWED_LOTS).values(follow_up=key, lot=1, start=date(2026, 10, 1), months=3, **lot)
            )
            for rank, name in enumerate(("Alpha", "Bêta"), 1):
                token = key_of(TOKEN if rank == 1 else "c" * 40)
                company = {"follow_up": key, "lot": 1, "company": rank, "name": name, "token": token}
                connection.execute(insert(FOLLOWED_COMPANIES).values(**company))
            noted = {"month": date(2026, 10, 1), "hours": 30.0, "given_on": DAY, "by": "structure"}
            connection.execute(insert(FOLLOWED_HOURS).values(follow_up=key, lot=1, company=1, **noted))
        yield KeptHours(database)


def test_hours_noted_are_one_row_a_month_and_an_unknown_month_is_empty(hours: KeptHours) -> None:
    _, alpha, beta = hours.table(ID, DAY).decode("utf-8-sig").strip().split("\r\n")
    assert alpha.replace('"', "").startswith("1;R1;Tonte")
    assert "2026-10-01;30" in alpha.replace('"', "") and beta.replace('"', "").endswith("Bêta;;;")


def test_an_unknown_address_an_erased_one_and_one_past_its_last_day_are_told_apart(hours: KeptHours) -> None:
    with pytest.raises(NotFound):
        hours.table("d" * 40, DAY)
    with pytest.raises(HoursGone):
        hours.table(ID, date(2027, 6, 2))
    assert hours.purge(date(2027, 6, 2), dry_run=True) == 1 == hours.purge(date(2027, 6, 2))
    with pytest.raises(HoursGone):
        hours.table(ID, DAY)


def test_the_link_of_a_company_is_known_until_it_is_erased(hours: KeptHours) -> None:
    assert hours.has_link(TOKEN) and not hours.has_link("e" * 40)
    hours.purge(date(2028, 1, 1))
    assert not hours.has_link(TOKEN)
