"""Whether an offer was valid on the day it was read, at the bounds of its period."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from indexer.enrich import valid_when_read
from vivier.model.facts import Offer
from vivier.model.provenance import Fact, Provenance

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "fetched", "updated", "valid"),
    [
        (None, None, None, None, True),
        (FIRST, LAST, None, None, False),
        (FIRST, LAST, FIRST, None, True),
        (FIRST, LAST, LAST, None, True),
        (FIRST, LAST, None, LAST, True),
        (FIRST, None, date(2025, 12, 31), None, False),
        (FIRST, None, date(2030, 1, 1), None, True),
        (None, LAST, date(2027, 1, 1), None, False),
        (None, LAST, FIRST, date(2027, 1, 1), True),
    ],
)
def test_an_offer_is_valid_from_its_first_to_its_last_day(
    start: date | None, end: date | None, fetched: date | None, updated: date | None, valid: bool
) -> None:
    read = None if fetched is None else datetime(fetched.year, fetched.month, fetched.day, 23, tzinfo=UTC)
    source = Provenance(source_id="s", producer="p", dataset="d", licence="l", updated_at=updated, fetched_at=read)
    offer = Offer(trade="blanchisserie", valid_from=start, valid_until=end)
    assert valid_when_read(Fact(value=offer, provenance=source)) is valid
