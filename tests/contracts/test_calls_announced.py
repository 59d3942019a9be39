"""The call that a buyer announces, the words around a signal, the largest groups, the size and the zone of a profile, why a lead is for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from vivier.contracts.announced import (
    _announced,
    _leads_to,
    announced_reason,
    period_of,
    period_text,
    recurrence_text,
)
from vivier.contracts.indicators import largest
from vivier.contracts.leads import _fits, _for_me, _holds, _sector
from vivier.contracts.profile import Profile, Zone, _is_public, _people, _turnover, _zone, with_broader, with_narrower
from vivier.contracts.reservation import EXCERPT, excerpt_of
from vivier.lexicon import Lexicon
from vivier.search.find import Reason
from vivier.search.port import Hit


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ((2025, 3, 1), (2025, 3, 31), "mars 2025"),
        ((2027, 1, 1), (2027, 3, 31), "1er trimestre 2027"),
        ((2027, 10, 1), (2027, 12, 31), "4e trimestre 2027"),
        ((2024, 7, 1), (2024, 12, 31), "2e semestre 2024"),
        ((2024, 1, 1), (2024, 6, 30), "1er semestre 2024"),
        ((2028, 1, 1), (2028, 12, 31), "2028"),
        ((2028, 1, 1), (2028, 2, 28), "2028"),
    ],
)
def test_a_period_is_named_as_one_says_it(first: tuple[int, int, int], last: tuple[int, int, int], text: str) -> None:
    assert period_text(date(*first), date(*last)) == text


def test_what_a_notice_says_of_the_ones_to_come_is_told() -> None:
    period = {"recurrent": True, "first": "2027-01-01", "last": "2027-03-31", "text": "dans trois ans"}
    told = [
        recurrence_text(found)  # type: ignore[arg-type]
        for found in ({}, {"recurrent": False}, period, {**period, "last": None}, {"recurrent": True})
    ]
    assert told == [
        "aucune : l'acheteur dit l'achat non renouvelable",
        "aucune : l'acheteur dit l'achat non renouvelable",
        "nouvel avis annoncé : 1er trimestre 2027",
        "achat renouvelable : « dans trois ans »",
        "achat renouvelable, date non publiée",
    ]
    notice: Any = {"key": "n1", "recurrence": period}
    assert period_of(notice) == (date(2027, 1, 1), date(2027, 3, 31))
    body = {"first": "2027-01-01", "last": "2027-03-31", "text": "1er trimestre 2027", "notice": "n1"}
    assert _announced(notice) == body
    for none in ({"key": "n1"}, {"key": "n1", "recurrence": {"recurrent": True}}):
        with pytest.raises(ValueError, match="n1 announces no call"):
            period_of(none)  # type: ignore[arg-type]
    following: Any = {"announced": body}
    (reason,) = announced_reason(following)
    assert reason.text == "nouvel avis annoncé par l'acheteur : 1er trimestre 2027" and not reason.fits
    assert list(announced_reason({**following, "announced": None})) == list(announced_reason(None)) == []


@pytest.mark.parametrize(
    ("notice", "record", "leads"),
    [
        ({}, {}, True),
        ({"published": "2025-01-02"}, {}, True),
        ({"published": "2025-01-03"}, {}, False),
        ({"published": "2023-01-02"}, {}, True),
        ({"published": "2023-01-01"}, {}, False),
        ({"published": None}, {}, False),
        ({}, {"notified": None}, False),
        ({}, {"cpv": None}, False),
        ({"buyer": {"siren": "2"}}, {}, False),
        ({"cpv": ["77320000"]}, {}, False),
        ({"cpv": ["77320000", "77319999"]}, {}, True),
    ],
)
def test_a_notice_leads_to_the_contracts_of_its_buyer_and_class_within_two_years(
    notice: dict[str, Any], record: dict[str, Any], leads: bool
) -> None:
    one: Any = {"published": "2024-06-01", "buyer": {"siren": "1"}, "cpv": ["77310000"], **notice}
    other: Any = {"notified": "2025-01-02", "buyer": {"siren": "1"}, "cpv": "77311000", **record}
    assert _leads_to(one, other) is leads


def test_an_excerpt_is_the_words_around_the_signal() -> None:
    words = "".join(chr(97 + place % 26) for place in range(3 * EXCERPT))
    assert excerpt_of("  un   mot ") == "un mot" and excerpt_of(words[:EXCERPT]) == words[:EXCERPT]
    half = EXCERPT // 2
    for at, start in ((0, 0), (half, 0), (half + 1, 1), (EXCERPT + half, EXCERPT), (3 * EXCERPT, 2 * EXCERPT)):
        assert excerpt_of(words, at) == f"… {words[start : start + EXCERPT]} …"


def test_the_largest_groups_are_the_first_of_equals_in_their_order() -> None:
    counts = np.array([3.0, 9.0, 3.0, 5.0])
    assert [largest(counts, most) for most in (4, 9, 3, 2, 1)] == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 3], [1, 3], [1]]


def test_a_size_is_that_of_the_newest_turnover_and_of_the_surest_people() -> None:
    def record(*sizes: tuple[str, float, int | None]) -> Any:
        return {"capacities": [{"value": {"unit": unit, "value": value, "year": year}} for unit, value, year in sizes]}

    turnovers = [
        record(),
        record(("eur_year", 9.0, 2023), ("eur_year", 7.0, 2025), ("persons", 3.0, 2026)),
        record(("eur_year", 9.0, None), ("eur_year", 7.0, 2020)),
        record(("eur_year", 0.0, 2025)),
        record(("eur_year", -1.0, 2025)),
        record(("eur_year", 1.0, 2025)),
    ]
    assert [_turnover(each) for each in turnovers] == [None, 7.0, 7.0, None, None, 1.0]
    people = [
        record(("persons", 3.0, 2026)),
        record(("places", 5.0, 2026), ("persons", 3.0, 2026)),
        record(),
        record(("persons", 0.0, 2026)),
    ]
    assert [_people(each) for each in people] == [3.0, 5.0, None, None]
    named: Any = {"name": {"value": "Atelier"}, "naf": {"value": "8411Z"}}
    assert _is_public(named) and not _is_public({**named, "naf": {"value": "8121Z"}})


def test_a_zone_is_what_is_declared_else_a_circle_around_the_seat(lexicon: Lexicon) -> None:
    here = {"lon": -1.68, "lat": 48.11}
    record: Any = {"address": {"value": {"commune": "35238", "point": here}}}

    def of(*zones: dict[str, Any], at: Any = record) -> Zone:
        return _zone(at, [{"zone": zone} for zone in zones] or [{}], (), lexicon)

    bare = of()
    assert (bare.point, bare.km, bare.inferred) == ((-1.68, 48.11), 30.0, True) and "departement:35" in bare.territories
    circle = of({"type": "radius", "km": 12.0}, {"type": "radius", "km": 45.0})
    assert (circle.km, circle.inferred, circle.point) == (45.0, False, (-1.68, 48.11))
    around = of({"type": "radius", "km": 12.0, "around": "59350"})
    assert around.point == lexicon.gazetteer.reference_point("commune:59350")
    places = of(
        {"type": "territories", "territories": ["departement:59", "departement:62"]},
        {"type": "territories", "territories": ["departement:59"]},
    )
    assert places == Zone(territories=("departement:59", "departement:62"))
    country = of({"type": "country"}, {"type": "territories", "territories": ["departement:974"]})
    assert country.everywhere and country.side[-1] == "departement:974" and len(country.side) > 1
    unknown = of(at={"address": {"value": {"commune": "35238"}}})
    assert unknown == Zone(territories=("departement:35",), inferred=True)
    assert of(at={}) == Zone(inferred=True)
    narrow, broad = with_narrower(("nettoyage-locaux",), lexicon), with_broader(("bionettoyage",), lexicon)
    assert narrow[0] == "nettoyage-locaux" and "bionettoyage" in narrow and "nettoyage-locaux" in broad
    assert "nettoyage-locaux" not in with_broader(("bionettoyage", "nettoyage-locaux"), lexicon)


def hit(record: dict[str, Any] | None = None, **parts: int) -> Hit[Any]:
    return Hit("k1", 0, None, {"object": "Objet", **(record or {})}, parts)


def codes(found: Any) -> list[tuple[str, str]]:
    return [(reason.code, reason.text.replace("\u00a0", " ")) for reason in found]


def test_why_a_lead_is_for_a_profile_says_its_trade_its_holder_and_its_size(lexicon: Lexicon) -> None:
    gardens = Profile(("entretien-espaces-verts",), Zone(), turnover=1.0, supplier="s1")
    mow = {"cpv": "77310000", "inclusive": [{"supplier_id": "s1"}]}
    too_large = ("too_large", "dépasse 30 % de votre chiffre d'affaires annuel : groupement à envisager")
    expiring = codes(_for_me(hit(mow, sector=3_000), "expiring_contract", gardens, lexicon))
    assert (
        expiring[:2] == [("mine", "vous en êtes titulaire"), ("sector", "dans vos métiers")] and too_large in expiring
    )
    clause = codes(_for_me(hit(mow, sector=2_999), "clause_holder", gardens, lexicon))
    assert ("sector", "proche de vos métiers") in clause and too_large not in clause and "mine" not in dict(clause)
    assert "clause_holder" in dict(clause)
    fits = codes(_for_me(hit(mow, sector=3_000, size=1), "open_notice", gardens, lexicon))
    assert too_large not in fits and "mine" not in dict(fits)
    by_hand = Profile(("entretien-espaces-verts",), Zone())
    assert too_large not in codes(_for_me(hit(mow), "open_notice", by_hand, lexicon))


def test_a_trade_that_is_supposed_is_said_so_and_one_that_is_answered_is_not(lexicon: Lexicon) -> None:
    supposed = Profile((), Zone(), supplier="s1", supposed=(("entretien-espaces-verts", 0.5),))
    mow = {"cpv": "77310000"}
    name = lexicon.trades.get("entretien-espaces-verts").name
    assert codes(_sector(hit(mow, sector=900), supposed, lexicon)) == [
        ("sector", f"métier supposé : {name} (vous n'en publiez pas)")
    ]
    assert codes(_sector(hit({"cpv": "90910000"}, sector=901), supposed, lexicon)) == [
        ("sector", "métier supposé (vous n'en publiez pas)")
    ]
    assert codes(_sector(hit(mow), supposed, lexicon)) == []
    answered = Profile((), Zone(), supplier="s1", supposed=(("entretien-espaces-verts", 1.0),))
    assert codes(_sector(hit(mow, sector=3_000), answered, lexicon)) == [
        ("sector", "dans un métier que vous dites faire")
    ]


def test_a_fact_is_a_match_when_it_is_near_or_reserved_to_the_family() -> None:
    own = Profile((), Zone(), ("EI",), supplier="s1")
    reasons = [Reason(code, "x") for code in ("distance", "reserved", "amount")]
    assert [_fits(reason, {"reserved_for": ["SIAE"]}, own) for reason in reasons] == [True, True, False]
    assert not _fits(reasons[1], {"reserved_for": ["EA_ESAT"]}, own) and not _fits(reasons[1], {}, own)
    holders = [{"supplier_id": "s1", "subcontractor": True}, {"supplier_id": "s2"}]
    assert not _holds(own, {"inclusive": holders}) and not _holds(own, {})  # type: ignore[typeddict-item]
    assert _holds(own, {"inclusive": [*holders, {"supplier_id": "s1"}]})  # type: ignore[typeddict-item, list-item]
