"""Why a supplier is proposed, as a buyer reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from tests.suppliers.conftest import House
from vivier.search.find import Reason
from vivier.suppliers.reasons import coverage_of, matching_offers, validity
from vivier.suppliers.result import SupplierResult

DAY = date(2026, 11, 24)


def reasons(house: House, name: str, **parameters: str) -> dict[str, Reason]:
    """The reasons given for one supplier, by code (the last of each)."""
    found = house.ask(**parameters, per_page="100")
    return {reason.code: reason for reason in _result(found.results, name).reasons}


def _result(results: Iterable[SupplierResult], name: str) -> SupplierResult:
    return next(result for result in results if result.record["name"]["value"] == name)


def test_every_result_has_a_reason_that_says_something(judged: House) -> None:
    found = judged.ask(trade="nettoyage-locaux", territory="departement:35", lot_amount="1000", per_page="100")
    assert found.results
    for result in found.results:
        codes = {reason.code.partition("_")[0] for reason in result.reasons}
        assert {"coverage", "trade", "kind", "capacity"} <= codes
        assert all(reason.text.strip() for reason in result.reasons)


def test_a_declared_zone_is_told_as_declared(judged: House) -> None:
    told = reasons(judged, "Jardins du Confluent", trade="entretien-espaces-verts", territory="commune:69123")
    assert told["coverage_full"] == Reason("coverage_full", "Lyon : couvre tout le territoire (déclaré)")
    assert told["trade"].text == "Entretien des espaces verts : déclaré par le fournisseur"
    assert told["kind"].text.startswith("ESAT, ")


def test_an_assumed_zone_is_told_as_assumed(judged: House) -> None:
    told = reasons(judged, "Atelier Vert Tendre", trade="entretien-espaces-verts", territory="commune:69123")
    assert told["coverage_full"].inferred
    assert "zone non publiée ; nous supposons 30\u202fkm autour d" in told["coverage_full"].text


def test_a_part_covered_is_told_with_its_share_of_the_population(judged: House) -> None:
    told = reasons(judged, "Éclat d'Armor", trade="nettoyage-locaux", territory="departement:35")
    code = next(code for code in told if code.startswith("coverage_"))
    assert code in ("coverage_wide", "coverage_partial")
    assert "% des habitants" in told[code].text


def test_a_seat_alone_is_told_as_such(judged: House) -> None:
    told = reasons(
        judged, "Racines Nomades", trade="entretien-espaces-verts", territory="commune:69123", coverage="seat"
    )
    assert "sa zone déclarée ne le couvre pas" in told["coverage_seat_only"].text


def test_a_trade_known_by_the_name_or_a_text_is_told_as_inferred(judged: House) -> None:
    asked = {"trade": "entretien-espaces-verts", "territory": "commune:69123"}
    assert reasons(judged, "Paysage et Pelouse Services", **asked)["trade"].inferred
    assert reasons(judged, "Coup de Main Lyonnais", **asked)["trade"].inferred
    assert not reasons(judged, "Jardins du Confluent", **asked)["trade"].inferred


def test_only_the_offers_that_meet_the_query_are_reasons(judged: House) -> None:
    told = _result(judged.ask(trade="traiteur", territory="departement:35").results, "Double Jeu")
    assert [one.text for one in told.reasons if one.code == "trade"] == [
        "Traiteur, buffets et cocktails : déclaré par le fournisseur"
    ]


def test_an_expired_agreement_is_shown_as_expired(judged: House) -> None:
    told = reasons(judged, "Les Hauts de Vaise", trade="entretien-espaces-verts", territory="commune:69123")
    assert "expiré depuis le 31/03/2026" in told["kind"].text


def test_a_label_asked_is_a_reason_with_its_validity_and_others_are_not(judged: House) -> None:
    asked = {"trade": "impression", "territory": "commune:69123"}
    assert reasons(judged, "Presse à Pédales", **asked, label="IMPRIM_VERT")["label"].text == (
        "Imprim'Vert : valide jusqu'au 30/06/2027"
    )
    assert "label" not in reasons(judged, "Presse à Pédales", **asked)


def test_distance_is_told_in_kilometres_or_as_inside(judged: House) -> None:
    asked = {"trade": "demenagement", "territory": "commune:44109"}
    assert reasons(judged, "Cartons et Camions", **asked)["distance"].text == "siège dans le territoire"
    assert reasons(judged, "Au Bon Transfert", **asked)["distance"].text.endswith("\u202fkm")
    assert "distance" not in reasons(judged, "Cartons et Camions", trade="demenagement")


@pytest.mark.parametrize(
    ("dated", "text"),
    [
        ({"valid_until": "2026-11-24"}, "valide jusqu'au 24/11/2026"),
        ({"valid_until": "2026-11-23"}, "expiré depuis le 23/11/2026"),
        ({"valid_from": "2026-11-25"}, "à partir du 25/11/2026"),
        ({"valid_from": "2026-11-24"}, "date de fin non publiée"),
        ({}, "date de fin non publiée"),
        ({"valid_until": "2030-01-01", "suspended": True}, "suspendu"),
    ],
)
def test_validity_is_told_at_the_day_bounds_included(dated: dict[str, object], text: str) -> None:
    assert validity(dated, DAY) == text


def test_a_structure_that_moved_is_covered_from_its_new_seat(judged: House) -> None:
    found = judged.ask(territory="commune:69123", per_page="100")
    at_home = next(one for one in found.results if one.coverage is not None and one.coverage.seat_in_territory)
    address = at_home.record["address"]
    moved = {**at_home.record, "address": {**address, "value": {"commune": "35238", "town": "Rennes"}}}
    for record, inside in ((at_home.record, True), (moved, False), (at_home.record, True)):
        offers = matching_offers(record, found.plan, judged.lexicon)
        told = coverage_of(record, offers, found.plan)
        assert told is not None and told.seat_in_territory is inside
