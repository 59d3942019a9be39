"""A letter says the day by which to act, of a contract its end, of a notice its answer or its publication."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from vivier.contracts.feed import Entry
from vivier.mail.news import _due
from vivier.search.port import Collection

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("collection", "due", "record", "told"),
    [
        ("contracts", DAY, {"ends": "2027-01-31"}, "fin au plus tard le 31/01/2027"),
        ("contracts", DAY, {}, None),
        ("notices", DAY, {"deadline": "2026-11-24"}, "réponse attendue le 24/11/2026"),
        ("notices", datetime(2026, 11, 24, 12, tzinfo=UTC), {}, "publication prévue le 24/11/2026"),
        ("notices", None, {"deadline": "2026-11-24"}, None),
    ],
)
def test_the_day_is_told_by_what_it_is(
    collection: Collection, due: date | None, record: dict[str, str], told: str | None
) -> None:
    assert _due(Entry(collection, "a", None, DAY, due, record, ())) == told
