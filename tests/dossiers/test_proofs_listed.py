"""The proofs of a structure of the list: its agreements, its offers of the trades of the lot, and the very turnover that was counted."""

from __future__ import annotations

from typing import Any

import pytest

from vivier.dossiers.differences import _advice, _after, _blanked, _eligible, _hours, _listed, _worded
from vivier.dossiers.listing import _facts
from vivier.dossiers.replay import _pins
from vivier.lexicon import Lexicon

SOURCE = {"source_id": "s", "dataset": "Liste"}


def fact(**value: Any) -> dict[str, Any]:
    return {"value": value, "provenance": SOURCE}


RECORD: Any = {
    "identifiers": ["900000001", "90000000100017"],
    "agreements": [fact(kind="EI", valid_until="2027-12-31"), fact(kind="EA")],
    "offers": [fact(trade="traiteur", evidence="said"), fact(trade="imprimerie"), fact()],
    "capacities": [
        fact(unit="eur_year", value=100, year=2025),
        fact(unit="eur_year", value=100, year=2024),
        fact(unit="eur_year", value=90, year=2025),
        fact(unit="persons", value=100, year=2025),
    ],
}
STRUCTURE = {"commune": "59350", "kinds": ["EI"], "turnover": 100, "turnover_year": 2025}


def test_only_what_counted_is_proved(lexicon: Lexicon) -> None:
    found: Any = _facts(STRUCTURE, RECORD, {"traiteur"}, lexicon)
    assert found["commune_name"] == "Lille" and found["sirets"] == ["90000000100017"]
    assert [(proof["of"], proof["value"]) for proof in found["proofs"]] == [
        ("kind", "EI"),
        ("trade", "traiteur"),
        ("turnover", 100),
    ]
    people: Any = {**RECORD, "capacities": [fact(unit="persons", value=100, year=2025)]}
    assert "turnover" not in [proof["of"] for proof in _facts(STRUCTURE, people, set(), lexicon)["proofs"]]  # type: ignore[attr-defined]
    assert found["proofs"][0]["valid_until"] == "2027-12-31" and found["proofs"][2]["year"] == 2025
    assert _facts(STRUCTURE, None, {"traiteur"}, lexicon) == {"commune_name": "Lille", "sirets": [], "proofs": []}


@pytest.mark.parametrize(
    ("lot", "told"),
    [
        ({"studied": False}, ("aucun, lot à corriger", "non comptées", "inconnues")),
        (
            {
                "studied": True,
                "advice": {"lever_fr": "réservation", "article": {"code": "L2113-13"}},
                "articles": [
                    {"eligible": 3, "article": {"code": "L2113-13"}},
                    {"eligible": 0, "article": {"code": "b"}},
                ],
                "hours": {"central": {"insertion_hours": 70}},
            },
            ("réservation (L2113-13)", "3 (L2113-13), 0 (b)", "70 h"),
        ),
        (
            {"studied": True, "advice": {"lever_fr": "clause", "article": None}, "articles": [], "hours": None},
            ("clause", "", "inconnues"),
        ),
    ],
)
def test_a_lot_is_compared_by_its_advice_its_structures_and_its_hours(lot: Any, told: tuple[str, str, str]) -> None:
    assert (_advice(lot), _eligible(lot), _hours(lot)) == told


def test_a_dossier_is_played_again_on_the_generations_that_it_names() -> None:
    data = [{"collection": name, "generation": f"{name}-1"} for name in ("suppliers", "contracts", "autre")]
    assert _pins({"data": data}) == {"suppliers": "suppliers-1", "contracts": "contracts-1"}


def test_what_changed_is_told_in_words() -> None:
    worded = {1.25: "1,25", True: "oui", False: "non, supposée", None: "inconnu", "x": "x"}
    assert {value: _worded("zone_published", value) for value in worded} == worded
    assert _worded("kinds", []) == "inconnu" and _worded("kinds", ["?", "!"]) == "?, !"
    reserved, clause = {"recommended": "L2113-13"}, {"recommended": None}
    assert _after(reserved, dict(reserved)) == ""
    assert _after(reserved, clause) == (
        "la liste est celle des structures qui peuvent porter des heures, et non plus celle de l'article L2113-13 ; "
    )


def test_structures_taken_out_are_counted_and_the_others_known_by_their_id() -> None:
    lot = {"studied": True, "contacts": {"structures": [{"id": "a"}, {"opposed": True}, {"opposed": True}]}}
    assert (_blanked(lot), [*_listed(lot)]) == (2, ["a"])
    assert (_blanked({"studied": False}), _listed({"studied": False})) == (0, {})
