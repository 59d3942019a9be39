"""The place of performance comes before the seat of the buyer, which stands in for the only place, when it lies there."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.contracts.notices.document import NoticeDocuments
from vivier.lexicon import load_lexicon
from vivier.model import Organisation, Provenance, PublishedNotice

PARIS, POINTE_A_PITRE = "commune:75056", "commune:97120"


@pytest.fixture(scope="module")
def documents() -> NoticeDocuments:
    return NoticeDocuments(load_lexicon())


def made(documents: NoticeDocuments, seat: str, *places: str) -> dict[str, Any]:
    origin = Provenance(source_id="boamp", producer="DILA", dataset="BOAMP", licence="LO")
    notice = PublishedNotice(
        source_id="21-1", provenance=origin, source="boamp", number="21-1", form="x", nature="call", title="Entretien",
        buyer=Organisation(name="Ministère"), key="boamp-21-1", buyer_seat=seat, places=places,
    )  # fmt: skip
    return documents.make(notice)


@pytest.mark.parametrize(
    ("seat", "places"),
    [
        (PARIS, ("departement:971",)),
        (POINTE_A_PITRE, ("departement:75",)),
        (PARIS, ("departement:59",)),
        (PARIS, ("departement:75", "departement:59")),
        (PARIS, ("departement:93", "departement:94")),
    ],
)
def test_a_notice_whose_places_are_known_is_not_put_at_a_seat_elsewhere(
    documents: NoticeDocuments, seat: str, places: tuple[str, ...]
) -> None:
    found = made(documents, seat, *places)
    assert (found.get("location"), found.get("location_of")) == (None, None)
    assert set(places) <= set(found["territory"])
    assert seat not in found["territory"]


def test_the_seat_gives_the_point_of_the_only_place_that_holds_it(documents: NoticeDocuments) -> None:
    assert made(documents, PARIS, "departement:75")["location_of"] == "buyer"


def test_the_seat_stands_in_for_a_place_that_nobody_published(documents: NoticeDocuments) -> None:
    assert made(documents, PARIS)["location_of"] == "buyer"
