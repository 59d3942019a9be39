"""What to do about a lead, and how the list moves when one is set aside: by kind, by day, by reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.contracts.acts import act_day, act_text, amount_text, lead_day, to_do, when_text, where_text, why_texts
from vivier.contracts.moved import moves, yearly_amount
from vivier.contracts.profile import Profile, Zone
from vivier.procurement import LeadKind
from vivier.search.find import Reason


def plain(text: str) -> str:
    return " ".join(text.split()).replace("’", "'")


TODAY, DUE = date(2026, 11, 24), date(2027, 3, 3)


@pytest.mark.parametrize(
    ("kind", "due", "call", "record", "act", "text"),
    [
        ("open_notice", None, None, {}, None, "Date limite inconnue"),
        ("planned_project", None, None, {}, None, "Date de publication inconnue"),
        ("clause_holder", None, None, {}, None, "Fin de la clause inconnue"),
        ("expiring_contract", None, None, {}, None, "Date de fin inconnue"),
        (
            "open_notice",
            DUE,
            None,
            {"issues": ["deadline_supposed"]},
            date(2027, 2, 17),
            "Réponse à préparer dès le 17 février 2027. Répondre sans doute avant le 3 mars 2027",
        ),
        (
            "open_notice",
            date(2026, 12, 8),
            None,
            {},
            TODAY,
            "Réponse à préparer dès maintenant. Répondre avant le 8 décembre 2026",
        ),
        (
            "planned_project",
            DUE,
            None,
            {},
            date(2027, 2, 1),
            "Acheteur à appeler avant sa publication dès le 1er février 2027. Publication prévue le 3 mars 2027",
        ),
        (
            "clause_holder",
            DUE,
            None,
            {},
            date(2026, 12, 3),
            "Titulaire à appeler dès maintenant. Clause jusqu’au 3 mars 2027",
        ),
        (
            "expiring_contract",
            DUE,
            None,
            {},
            DUE,
            "Acheteur à appeler dès le 3 mars 2027. Finit au plus tard le 3 mars 2027",
        ),
        (
            "expiring_contract",
            DUE,
            date(2027, 1, 5),
            {},
            date(2027, 1, 5),
            "Acheteur à appeler en janvier 2027. Finit au plus tard le 3 mars 2027",
        ),
        (
            "expiring_contract",
            DUE,
            TODAY,
            {},
            TODAY,
            "Acheteur à appeler dès maintenant. Finit au plus tard le 3 mars 2027",
        ),
    ],
)
def test_a_lead_says_what_to_do_then_the_date_that_matters(
    kind: LeadKind, due: date | None, call: date | None, record: dict[str, Any], act: date | None, text: str
) -> None:
    assert act_day(kind, due, call) == act
    assert plain(act_text(kind, due, call, record, TODAY)) == plain(text)
    assert plain(when_text(kind, due, None, record, TODAY)) in plain(text)
    assert to_do(kind)


def test_the_place_the_amount_and_the_reasons_of_a_lead_are_each_said_once() -> None:
    reasons = [Reason("place", "lieu : Rennes"), Reason("amount", "montant : 3 €"), Reason("trade", "votre métier")]
    assert [plain(where_text(reasons, km)) for km in (None, 0.2, 12.4)] == [
        "Rennes",
        "Rennes, à 1 km",
        "Rennes, à 12 km",
    ]
    assert where_text([], None) == "" and why_texts(reasons) == ("votre métier",)
    assert amount_text(reasons, {}) == "Montant : 3 €" and amount_text([], {}) == "Montant non publié"
    for name in ("issues", "quality"):
        assert amount_text([], {name: ["amount_suspect"]}) == "Montant publié, mais douteux"
    days = {"deadline": "2027-01-01", "planned": "2027-01-02", "ends": "2027-01-03"}
    kinds: tuple[LeadKind, ...] = ("open_notice", "planned_project", "expiring_contract", "clause_holder")
    found = [lead_day(kind, days) for kind in kinds]
    assert [day and day.day for day in found] == [1, 2, 3, 3]


NEAR = Profile(("menage",), Zone(point=(-1.68, 48.11), km=40.0), turnover=100_000.0)


@pytest.mark.parametrize(
    ("why", "lead", "km", "moved"),
    [
        ("far", {}, 30.0, {"near": (-1.68, 48.11), "radius_km": 29.9}),
        ("far", {}, 3.0, {"near": (-1.68, 48.11), "radius_km": 20.0}),
        ("far", {}, 40.2, {}),
        ("far", {}, None, {}),
        ("large", {"amount": 40_000}, None, {"lot_amount_most": 39_600.0}),
        ("large", {"amount": 80_000, "months": 24}, None, {"lot_amount_most": 39_600.0}),
        ("large", {"amount_max": 1_000}, None, {"lot_amount_most": 25_000.0}),
        ("large", {"amount": 60_000}, None, {}),
        ("large", {}, None, {}),
        ("other", {"amount": 40_000}, 30.0, {}),
    ],
)
def test_a_lead_set_aside_takes_half_of_the_radius_or_of_the_lot_at_most(
    why: str, lead: dict[str, Any], km: float | None, moved: dict[str, object]
) -> None:
    assert moves(why, NEAR, lead, km) == moved


def test_a_contract_of_less_than_a_year_is_counted_for_a_year() -> None:
    assert [yearly_amount({"amount": 1200, "months": months}) for months in (None, 6, 12, 36)] == [
        1200,
        1200,
        1200,
        400,
    ]
    tiny = Profile(("menage",), Zone(point=(0.0, 0.0), km=6.0))
    assert moves("far", tiny, {}, 1.0) == {"near": (0.0, 0.0), "radius_km": 5.0}
    assert moves("far", Profile(("menage",), Zone(point=(0.0, 0.0), km=5.0)), {}, 1.0) == {}
