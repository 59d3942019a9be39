"""Small readings of the supplier side, each over its whole table: places, buyers, shares, states, months to come, moves of a list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.contracts.buyers import BuyerSeat, category_of_siren, departement_of_siren, read_siren
from vivier.contracts.figures import rounded, share_body
from vivier.contracts.months import add_months, call_day, latest_end
from vivier.contracts.natures import of_notices, of_projects
from vivier.contracts.places import Placed, PlaceReader
from vivier.contracts.query import NoticeQuery, parse_known_cpv, parse_organisation, parse_year
from vivier.contracts.shares import Share, wilson
from vivier.contracts.spaser import LargeBuyer
from vivier.contracts.status import day_of, status_on
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model import DeclaredPlace

DAY = date(2026, 11, 24)
SUSPECT, UNRESOLVED, ABROAD = ("place_type_suspect",), ("place_unresolved",), ("place_abroad",)


@pytest.mark.parametrize(
    ("code", "of", "seat", "place", "issues"),
    [
        (" 35 000 ", "post_code", None, "commune:35238", ()),
        ("35238", "commune", None, "commune:35238", ()),
        ("35000", "commune", None, "commune:35238", SUSPECT),
        ("62220", "commune", "commune:62215", "commune:62215", SUSPECT),
        ("62220", "commune", None, "commune:62220", ()),
        ("35238", "post_code", None, "departement:35", SUSPECT),
        ("35238", "post_code", "commune:35238", "commune:35238", SUSPECT),
        ("33311", "post_code", None, "departement:33", SUSPECT),
        ("44195", "post_code", "commune:44195", "commune:44195", SUSPECT),
        ("01400", "post_code", None, "departement:01", ()),
        ("01400", "post_code", "commune:35238", "departement:01", ()),
        ("01400", "post_code", "commune:01400", "commune:01400", SUSPECT),
        ("01500", "post_code", None, "epci:240100883", ()),
        ("1000", "post_code", None, "epci:200071751", ()),
        ("00000", "post_code", None, None, UNRESOLVED),
        ("75001", "post_code", None, "arrondissement:75101", ()),
        ("75101", "commune", None, "arrondissement:75101", ()),
        ("2a004", "commune", None, "commune:2A004", ()),
        ("1", "departement", None, "departement:01", ()),
        ("035", "departement", None, "departement:35", ()),
        ("974", "departement", None, "departement:974", ()),
        ("999", "departement", None, None, UNRESOLVED),
        ("53", "region", None, "region:53", ()),
        ("99", "region", None, None, UNRESOLVED),
        ("3501", "canton", None, "departement:35", ()),
        ("97411", "arrondissement", None, "departement:974", ()),
        ("fr", "country", None, "FR", ()),
        ("99100", "country", None, "FR", ()),
        ("DE", "country", None, None, ABROAD),
        ("35000", None, None, "commune:35238", ()),
        ("350", None, None, None, UNRESOLVED),
        (None, "commune", None, None, ("place_missing",)),
    ],
)
def test_a_declared_place_is_read_as_its_type_says_or_as_what_it_is(
    lexicon: Lexicon, code: str | None, of: Any, seat: str | None, place: str | None, issues: tuple[str, ...]
) -> None:
    reader = PlaceReader(lexicon.gazetteer)
    assert reader.read(DeclaredPlace(code=code, code_type=of), seat) == Placed(place, issues)
    assert reader.read(None) == Placed(None, ("place_missing",))


@pytest.mark.parametrize(
    ("siren", "category", "seat", "name"),
    [
        ("213502388", "commune", "commune:35238", "Commune de Rennes"),
        ("223500018", "departement", "departement:35", "Département d'Ille-et-Vilaine"),
        ("243500139", "epci", "epci:243500139", "Rennes Métropole"),
        ("253514442", "syndicat", "departement:35", None),
        ("289740001", "local", "departement:974", None),
        ("199900001", "enseignement", None, None),
        ("180000001", "etat", None, None),
        ("552100554", "autre", None, None),
    ],
)
def test_a_siren_says_what_a_buyer_is_and_where_it_sits(
    lexicon: Lexicon, siren: str, category: str, seat: str | None, name: str | None
) -> None:
    assert read_siren(siren, lexicon.gazetteer) == BuyerSeat(category, seat, name)
    assert category_of_siren(siren, lexicon.gazetteer) == category
    departement = departement_of_siren(siren, lexicon.gazetteer)
    assert (departement is None) == (siren[:2] in ("18", "55") or seat is None)


def test_an_organisation_a_cpv_and_a_year_are_read_or_refused_by_their_field() -> None:
    assert parse_organisation("552 100 554") == parse_organisation("552 100 554 00021") == "552100554"
    assert (parse_known_cpv("77310000-6")[:5], parse_year("2024"), parse_year("1999")) == ("77310", "2024", "1999")
    for read, wrong, field in (
        (parse_organisation, "552100555", "organisation"),
        (parse_known_cpv, "99999999", "cpv"),
        (parse_year, "2124", "year"),
        (parse_year, "20244", "year"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            read(wrong)
        assert [error.field for error in refused.value.errors] == [field]


def test_months_are_added_to_the_last_day_of_the_month_and_an_end_is_called_before_it() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28) and add_months(date(2024, 2, 29), -12) == date(
        2023, 2, 28
    )
    assert add_months(date(2026, 12, 5), 1) == date(2027, 1, 5) and add_months(date(2026, 1, 5), -1) == date(
        2025, 12, 5
    )
    assert [latest_end(DAY, months) for months in (0, 1, None, -1, 1_201)] == [
        None,
        date(2026, 12, 24),
        None,
        None,
        None,
    ]
    assert latest_end(None, 1) is None and latest_end(DAY, 1_200) == date(2126, 11, 24)
    ends = (date(2026, 11, 23), DAY, date(2027, 8, 24), date(2027, 8, 25))
    assert [call_day(end, DAY) for end in ends] == [ends[0], DAY, DAY, date(2026, 11, 25)]


@pytest.mark.parametrize(
    ("yes", "no", "unknown", "conclusive"), [(3, 2, 5, True), (3, 2, 6, False), (2, 2, 0, False), (0, 0, 0, False)]
)
def test_a_share_is_conclusive_when_enough_is_recorded(yes: int, no: int, unknown: int, conclusive: bool) -> None:
    assert Share(yes, no, unknown).conclusive is conclusive


def test_a_share_is_told_with_what_it_covers_and_nothing_counted_is_not_zero() -> None:
    low, high = wilson(3, 4)
    assert (round(low, 4), round(high, 4)) == (0.3006, 0.9544) and wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 9)[0] == 0 and wilson(9, 9)[1] == 1
    assert share_body(Share(3, 1, 4)) == {
        "n": 8,
        "yes": 3,
        "no": 1,
        "unknown": 4,
        "coverage": 0.5,
        "share_recorded": 0.75,
        "share_all": 0.375,
        "share_ceiling": 0.875,
        "interval_95": [0.3006, 0.9544],
        "conclusive": False,
    }
    nothing = share_body(Share(0, 0, 0))
    shares = (nothing["coverage"], nothing["share_recorded"], nothing["share_all"], nothing["share_ceiling"])
    assert shares == (None, None, None, None) and nothing["interval_95"] == [0.0, 1.0]
    assert Share(0, 0, 2).of_recorded is None and Share(0, 0, 2).of_all == 0 and rounded(1 / 3) == 0.3333
    assert LargeBuyer("1", None, 2025, 9.0, 4.0, 2).without_frameworks == 5


@pytest.mark.parametrize(
    ("nature", "settled_as", "deadline", "settled", "published", "state"),
    [
        ("project", "cancelled", None, None, None, "planned"),
        ("call", "corrected", None, None, None, "corrected"),
        ("call", "cancelled", DAY, DAY, None, "cancelled"),
        ("call", "cancelled", DAY, date(2026, 11, 25), None, "open"),
        ("award", None, None, None, None, "awarded"),
        ("modification", None, None, None, None, "closed"),
        ("correction", None, None, None, None, "closed"),
        ("correction", None, DAY, None, None, "open"),
        ("call", None, DAY, None, None, "open"),
        ("call", None, date(2026, 11, 23), None, None, "closed"),
        ("call", None, None, None, None, "open"),
        ("call", None, None, None, date(2026, 7, 24), "open"),
        ("call", None, None, None, date(2026, 7, 23), "closed"),
        ("prior_information", None, None, None, date(2025, 11, 24), "open"),
        ("prior_information", None, None, None, date(2025, 11, 23), "closed"),
    ],
)
def test_a_notice_is_in_the_state_of_its_day(
    nature: str, settled_as: str | None, deadline: date | None, settled: date | None, published: date | None, state: str
) -> None:
    assert status_on(nature, settled_as, deadline, DAY, settled, published) == state


def test_a_moment_is_of_the_day_in_paris() -> None:
    moments = ("2026-11-24T23:30:00+00:00", "2026-11-24T22:30:00+00:00", "2026-11-24", "", None)
    assert [day_of(moment) for moment in moments] == [date(2026, 11, 25), DAY, DAY, None, None]


def test_planned_purchases_are_a_list_of_their_own() -> None:
    assert of_projects(NoticeQuery(), "x").nature == ("project",) and "project" not in of_notices(NoticeQuery()).nature
    assert of_notices(NoticeQuery(nature=("project",))).nature == ("project",)
    assert of_projects(NoticeQuery(nature=("project",), status=("planned",)), "x").status == ("planned",)
    with pytest.raises(InvalidRequest, match="demandez /avis") as refused:
        of_projects(NoticeQuery(nature=("call",), status=("open",)), "/avis")
    assert [error.field for error in refused.value.errors] == ["nature", "status"]


# -- the call that follows a contract ----------------------------------------------------------------------------------
