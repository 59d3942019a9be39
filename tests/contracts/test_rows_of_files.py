"""The cells of a row of contracts, of notices, of leads and of buyers, on authored records: what is unknown is an empty cell."""

from __future__ import annotations

from typing import Any

import pytest

from vivier import procurement as words
from vivier.contracts.columns import COLUMNS, ListLine
from vivier.lexicon import Lexicon
from vivier.search.find import Reason
from vivier.trades.cpv import load_cpv

SOURCE = {"producer": "DAJ", "dataset": "DECP", "licence": "LO", "updated_at": "2026-11-01"}
EVIDENCE = {"provision": "reserved", "signal": "article", "confidence": 0.456}
RECORD: dict[str, Any] = {
    "object": "Tonte",
    "buyer": {"name": "Ville", "siret": "21350238800011", "siren": "213502388"},
    "buyer_category": "commune",
    "holders": [{"name": "A", "siret": "1"}, {"name": "B"}, {"siret": "2"}],
    "inclusive": [
        {"name": "A", "kinds": ["EI", "EA"], "match": "siret"},
        {"name": "B", "kinds": ["EI"], "match": "siren"},
    ],
    "cpv": "77310000",
    "techniques": ["zzz"],
    "amount": 9.5,
    "place": "commune:35238",
    "social_state": "yes",
    "social": {"values": ["clause", "zzz"]},
    "evidence": [EVIDENCE, EVIDENCE],
    "reserved_for": ["SIAE"],
    "sources": [SOURCE, SOURCE, {**SOURCE, "updated_at": None}],
    "quality": ["amount_suspect"],
}


def cells(of: str, record: dict[str, Any], lexicon: Lexicon, **more: Any) -> dict[str, Any]:
    """The cells that are not empty, by name of column."""
    reasons = (Reason("a", "motif"),)
    line = ListLine(3, "k1", record, reasons, 1.5, lexicon, ("url", "day", "m"), **more)
    every = {column.name: column.read(line) for column in COLUMNS[of]}
    return {name: cell for name, cell in every.items() if cell not in (None, ())}


@pytest.mark.parametrize("of", COLUMNS)
def test_a_file_of_a_list_has_thirty_columns_at_most(of: str) -> None:
    assert len({column.name for column in COLUMNS[of]}) == len(COLUMNS[of]) <= 30


def test_a_contract_has_its_names_its_states_its_evidence_and_its_sources(lexicon: Lexicon) -> None:
    found = cells("contracts", RECORD, lexicon)
    doubts = found.pop("doubts")
    assert isinstance(doubts, tuple) and len(doubts) == 1
    assert found == {
        "rank": 3,
        "id": "k1",
        "object": "Tonte",
        "holders": ("A", "B"),
        "holder_sirets": ("1", "2"),
        "inclusive": ("A (EI, EA, ce site)", "B (EI, un site de l’entreprise)"),
        "cpv": "77310000",
        "cpv_label": load_cpv().label("77310000"),
        "amount": 9.5,
        "social_state": "déclarée",
        "social": (words.SOCIAL["clause"], "zzz"),
        "environmental_state": "non renseignée",
        "buyer": "Ville",
        "buyer_siret": "21350238800011",
        "place": "Rennes",
        "distance_km": 1.5,
        "provisions": (f"{words.PROVISIONS['reserved']} : {words.SIGNALS['article']} (0.46)",),
        "reserved_for": (words.RESERVED_FOR["SIAE"],),
        "reasons": ("motif",),
        "sources": ("DAJ, DECP, LO, donnée du 2026-11-01", "DAJ, DECP, LO, donnée du date inconnue"),
        "query_url": "url",
        "as_of": "day",
        "method_versions": "m",
    }


def test_a_notice_and_a_lead_have_their_hours_and_kind(lexicon: Lexicon) -> None:
    notice = {
        "title": "Tonte",
        "source": "boamp",
        "nature": "call",
        "deadline": "2026-12-01T11:00:00+00:00",
        "cpv": ["77310000", "1"],
    }
    found = cells("notices", notice, lexicon)
    assert (found["title"], found["source"], found["nature"]) == (
        "Tonte",
        words.NOTICE_SOURCES["boamp"],
        words.NOTICE_NATURES["call"],
    )
    assert "12:00" in found["deadline"].replace("h", ":") and found["cpv"] == ("77310000", "1")
    lead = cells("leads", notice, lexicon, lead="open_notice", due="2026-12-01", score=7)
    assert (lead["lead"], lead["due"], lead["score"], lead["object"]) == ("Avis ouvert", "2026-12-01", 7, "Tonte")
    assert "lead" not in cells("leads", notice, lexicon)


def test_a_buyer_without_a_rank_has_its_name_and_its_seat_alone(lexicon: Lexicon) -> None:
    found = cells("buyers", {"name": "Ville", "category": "commune", "seat": "commune:35238"}, lexicon)
    named = {name: cell for name, cell in found.items() if name not in ("query_url", "as_of", "method_versions")}
    assert named == {
        "rank": 3,
        "siren": "k1",
        "name": "Ville",
        "category": "Commune",
        "seat": "Rennes",
        "distance_km": 1.5,
    }
    assert "seat" not in cells("buyers", {}, lexicon)


def test_a_notice_has_each_of_its_places(lexicon: Lexicon) -> None:
    for of in ("notices", "leads"):
        found = cells(of, {"title": "Tonte", "places": ["departement:69", "departement:73"]}, lexicon)
        assert found["place"] == ("Rhône", "Savoie") and found["place_id"] == ("departement:69", "departement:73")
