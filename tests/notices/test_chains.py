"""Corrections, cancellations, awards; the same notice in two journals; what a day makes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indexer.contracts.notices.chain import Entry, Fate, _subject, fates
from vivier.contracts.status import status_on

FOLDER = "00000000-0000-4000-8000-00000000000f"


def entry(number: str, nature: str = "call", day: int = 1, **more: Any) -> Entry:
    fields = {"source": "boamp", "folder": None, "lot": None, "has_deadline": nature == "call", "follows": ()} | more
    key = f"{fields['source']}-{number}" + (f"-lot-{fields['lot']}" if fields["lot"] else "")
    return Entry(key=key, number=number, nature=nature, published=date(2026, 11, day), **fields)


def test_a_cancellation_closes_the_call_and_its_correction() -> None:
    told = fates(
        [
            entry("26-1"),
            entry("26-2", "correction", 5, has_deadline=True, follows=("26-1",)),
            entry("26-3", "cancellation", 9, follows=("26-1",)),
        ]
    )
    assert {key: fate.status for key, fate in told.items() if fate.status} == {
        "boamp-26-1": "cancelled",
        "boamp-26-2": "cancelled",
    }
    assert told["boamp-26-1"].settled == date(2026, 11, 5)
    assert told["boamp-26-2"].settled == date(2026, 11, 9)


def test_a_correction_that_gives_a_deadline_takes_the_place_of_the_call() -> None:
    told = fates([entry("26-1"), entry("26-2", "correction", 5, has_deadline=True, follows=("26-1",))])
    assert told["boamp-26-1"].status == "corrected"
    assert told["boamp-26-2"].inherits == "boamp-26-1"


def test_a_correction_without_deadline_leaves_the_call_open() -> None:
    told = fates([entry("26-1"), entry("26-2", "correction", 5, follows=("26-1",))])
    assert told["boamp-26-1"].status is None
    assert list(told["boamp-26-1"].linked) == ["boamp-26-2"]


def test_an_award_of_one_lot_touches_that_lot_only() -> None:
    told = fates(
        [entry("26-1", lot="1"), entry("26-1", lot="2"), entry("26-9", "award", 20, lot="2", follows=("26-1",))]
    )
    assert told["boamp-26-1-lot-2"].status == "awarded"
    assert "boamp-26-1-lot-1" not in told or told["boamp-26-1-lot-1"].status is None


def test_a_later_call_is_not_awarded_by_an_earlier_award() -> None:
    told = fates([entry("26-1"), entry("26-2", "award", 5, follows=("26-1",)), entry("26-3", day=9, follows=("26-1",))])
    assert told["boamp-26-3"].status is None


def test_the_same_notice_in_two_journals_is_told_once() -> None:
    told = fates(
        [
            entry("26-1", folder=FOLDER, lot="1"),
            entry("90-2026", source="ted", folder=FOLDER, lot="1", day=3),
            entry("91-2026", "award", 20, source="ted", folder=FOLDER),
        ]
    )
    assert told["ted-90-2026-lot-1"].twin == "boamp-26-1-lot-1"
    assert told["boamp-26-1-lot-1"].twin is None
    assert told["boamp-26-1-lot-1"].status == "awarded"


PARKS = {"subject": b"parks", "buyer": "ville de fronton"}


def in_ted(lot: str | None, day: int = 3, **more: Any) -> Entry:
    return entry("90-2026", day=day, source="ted", lot=lot, **(PARKS | more))


def test_before_eforms_a_notice_of_both_journals_is_known_by_its_title_its_buyer_and_its_days() -> None:
    told = fates([entry("26-1", **PARKS), in_ted("2", buyer="commune de fronton"), in_ted("1")])
    assert (told["boamp-26-1"].twin, told["ted-90-2026-lot-1"].twin) == ("ted-90-2026-lot-1", None)


def test_what_boamp_tells_later_is_true_of_the_lots_of_ted() -> None:
    award = entry("26-9", "award", 20, follows=("26-1",))
    told = fates([entry("26-1", **PARKS), in_ted("1"), in_ted("2"), award])
    assert {told[f"ted-90-2026-lot-{lot}"].status for lot in "12"} == {"awarded"}


@pytest.mark.parametrize(
    "other",
    [{"subject": b"roofs"}, {"subject": b""}, {"buyer": "région bretagne"}, {"day": 20}, {"folder": FOLDER}],
    ids=str,
)
def test_what_is_not_alike_stays_two_notices(other: dict[str, Any]) -> None:
    told = fates([entry("26-1", **PARKS), in_ted("1", **other)])
    assert told.get("boamp-26-1", Fate()).twin is None


def test_a_title_is_compared_without_its_lot_and_a_short_one_is_not() -> None:
    whole = _subject("Mission de maîtrise d'œuvre d'une école")
    assert whole and _subject("MISSION DE MAÎTRISE D'ŒUVRE d'une école — Lot 3: Vallée") == whole
    assert _subject("Travaux de voirie") == b""


def test_a_notice_that_follows_itself_or_turns_in_circles_ends() -> None:
    told = fates([entry("26-1", follows=("26-2", "26-1")), entry("26-2", day=1, follows=("26-1",))])
    assert all(fate.status is None for fate in told.values())


def test_before_the_award_was_published_the_call_was_open() -> None:
    settled, deadline = date(2026, 11, 20), date(2026, 12, 1)
    assert status_on("call", "awarded", deadline, date(2026, 11, 10), settled) == "open"
    assert status_on("call", "awarded", deadline, date(2026, 11, 20), settled) == "awarded"


def test_a_call_without_deadline_does_not_stay_open_for_ever() -> None:
    published = date(2024, 3, 1)
    assert status_on("call", None, None, date(2024, 4, 1), None, published) == "open"
    assert status_on("call", None, None, date(2026, 8, 20), None, published) == "closed"
