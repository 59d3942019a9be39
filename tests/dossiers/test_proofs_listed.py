"""The proofs of a structure of the list: its agreements, its offers of the trades of the lot, and the very turnover that was counted."""

from __future__ import annotations

from typing import Any

from vivier.dossiers.listing import _facts
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
