"""Worked cases on the real files: how records become contracts (docs/contracts.md, « A contract »)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.conftest import TODAY, Contracts
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.profile import profile_of_record
from vivier.contracts.query_profile import profile_of
from vivier.search.operators import Exists, Not, Search, Terms, conjunction
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


def test_789_records_make_650_contracts(real: Contracts) -> None:
    tally = real.tally
    assert (tally["contracts"], tally["kind:marche"], tally["kind:concession"]) == (650, 649, 1)


def test_states_are_those_counted_by_hand(real: Contracts) -> None:
    tally = real.tally
    assert (tally["social:yes"], tally["social:no"], tally.get("social:unknown", 0)) == (71, 579, 0)
    assert (tally["environmental:yes"], tally["environmental:no"]) == (84, 566)


def test_flags_are_those_counted_by_hand(real: Contracts) -> None:
    tally = real.tally
    expected = {
        "multi_award": 46,
        "framework_self_reference": 8,
        "modif_amount_suspect": 10,
        "modif_duration_suspect": 3,
        "modif_before_notification": 1,
        "buyer_is_holder": 2,
    }
    assert {name: tally[f"quality:{name}"] for name in expected} == expected


@pytest.mark.slow
def test_24_contracts_end_within_a_year_two_of_them_social(real: Contracts) -> None:
    assert real.ask(ending_months=12).total == 24
    assert real.ask(ending_months=12, social="yes").total == 2


@pytest.mark.slow
def test_two_lots_under_one_number_are_two_contracts(real: Contracts) -> None:
    found = real.ask(buyer="28130003800029", q="2024-FCS01-00")
    assert found.total == 2
    reserved = next(one.record for one in found.results if one.record["lot"] == 2)
    assert reserved["amount"] == 9000.0 and reserved["ends"] == "2027-04-19"
    assert reserved["social"]["values"] == ["reserved"] and "parent" not in reserved


@pytest.mark.slow
def test_94_training_records_are_47_contracts_without_provision(real: Contracts) -> None:
    found = real.ask(buyer="13002793100018", q="2024-OCC010-00", social="no")
    assert found.total == 47


@pytest.mark.slow
def test_a_contract_in_three_files_is_told_once_with_its_amendment(real: Contracts) -> None:
    contract = real.one(buyer="21440215800015", q="2023-23001008-00")
    assert (contract["initial_amount"], contract["amount"]) == (15373.0, 19061.0)
    assert (contract["notified"], contract["ends"], contract["months"]) == ("2023-06-22", "2024-06-22", 12)
    assert contract["buyer"]["name"] == "Commune de Vertou"  # type: ignore[index]


@pytest.mark.slow
def test_four_reserved_lots_under_two_sirets_are_one_consultation(real: Contracts) -> None:
    found = real.ask(buyer="200074086", provision="reserved")
    assert found.total == 4
    assert len({one.record["consultation"] for one in found.results}) == 1
    families = [one.record["reserved_for"] for one in found.results if "reserved_for" in one.record]
    assert families == [["SIAE"]]  # the holder of lot 3 is an ACI of the list; the others are not known


@pytest.mark.slow
def test_an_article_in_the_object_names_the_family(real: Contracts) -> None:
    contract = real.one(buyer="20007273400011", q="2024-0000013-3")
    assert contract["reserved_for"] == ["SIAE"] and contract["ends"] == "2028-07-16"
    assert contract["place"] == "commune:44195" and "place_type_suspect" in contract["quality"]  # type: ignore[operator]
    articles = [one for one in contract["evidence"] if one["signal"] == "article"]  # type: ignore[attr-defined]
    assert [(one["value"], one["confidence"]) for one in articles] == [("L2113-13", 0.95)]


@pytest.mark.slow
def test_a_number_that_ends_like_another_is_another_contract(real: Contracts) -> None:
    assert real.ask(buyer="51901317100011").total == 30


@pytest.mark.slow
def test_a_subsequent_contract_is_recognised_by_its_object(real: Contracts) -> None:
    found = real.ask(buyer="21330009800018", q="24-23030-04")
    assert found.results[0].record["subsequent"] and "parent" not in found.results[0].record
    assert found.results[0].record["place"] == "departement:33"  # 33311 is a CEDEX, not the commune of that code


@pytest.mark.slow
def test_amounts_that_look_like_differences_are_not_followed(real: Contracts) -> None:
    contract = real.one(buyer="80537661300016", q="2019-006-02")
    assert (contract["amount"], contract["months"], contract["ends"]) == (13552295.0, 42, "2023-11-15")
    assert contract["multi_award"] and "consortium" not in contract


@pytest.mark.slow
def test_a_joint_group_is_a_consortium(real: Contracts) -> None:
    contract = real.one(buyer="55655032500030", q="24-992581")
    assert contract["consortium"] and len(contract["holders"]) == 4  # type: ignore[arg-type]
    assert (contract["amount"], contract["ends"]) == (13021648.0, "2022-12-26")
    assert "modif_before_notification" in contract["quality"]  # type: ignore[operator]


@pytest.mark.slow
def test_a_region_that_is_none_stays_unresolved(real: Contracts) -> None:
    found = real.ask(buyer="31196302900013", q="24-1034213")
    assert "place" not in found.results[0].record
    assert "place_unresolved" in found.results[0].record["quality"]


@pytest.mark.slow
def test_a_holder_known_as_inclusive_is_told_though_nothing_is_declared(real: Contracts) -> None:
    contract = real.one(buyer="20005433600017", q="2024-017-FCS-03")
    assert contract["social_state"] == "no"
    assert [(one["match"], one["kinds"]) for one in contract["inclusive"]] == [("siret", ["AI"])]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_concession_starts_when_it_says(real: Contracts) -> None:
    contract = real.one(kind="concession")
    assert (contract["starts"], contract["ends"]) == ("2023-03-28", "2024-07-28")


@pytest.mark.slow
def test_a_reserved_contract_of_an_unknown_holder_accuses_nobody(real: Contracts) -> None:
    found = real.ask(buyer="90273830100016", reserved_for="unknown")
    assert found.results[0].reasons[0].text.startswith("réservé — type non précisé")


@pytest.mark.slow
def test_a_cpv_filter_takes_the_whole_subtree_and_nothing_else(real: Contracts) -> None:
    found = real.ask(cpv="45000000", per_page=100)
    assert found.total == real.ask(division="45").total > 100
    assert all(one.record["cpv"].startswith("45") for one in found.results)


@pytest.mark.slow
def test_the_hospital_that_declares_itself_as_holder_is_proposed_with_a_doubt(real: Contracts) -> None:
    """CPV 15000000, two lots: three offers were received, so the holder is rather an error of the source."""
    query = parse_parameters(
        [("territory", "departement:75"), ("as_of", "2024-11-24"), ("per_page", "100")], real.lexicon, LeadsQuery
    )
    profile = profile_of(query, Snapshot(real.engine), real.lexicon, TODAY)
    found = find_leads(query, profile, Snapshot(real.engine), real.lexicon, TODAY)
    own = [lead for lead in found.leads if "buyer_is_holder" in lead.record.get("quality", ())]
    (lead,) = own  # one consultation
    assert lead.kind == "expiring_contract" and len(lead.lots) == 1
    assert all("own_holder" in {reason.code for reason in lead.reasons} for lead in own)


@pytest.mark.parametrize("seat", ["45234", "97608"])
def test_the_leads_of_a_supplier_of_the_whole_country_stop_at_the_sea(real: Contracts, seat: str) -> None:
    offer = {"trade": "nettoyage-locaux", "zone": {"type": "country"}}
    record: Any = {
        "id": "v",
        "name": {"value": "Net"},
        "address": {"value": {"commune": seat}},
        "offers": [{"value": offer}],
    }
    zone = profile_of_record(record, real.lexicon, TODAY).zone
    contracts = real.engine.open("contracts")
    overseas = Terms("territory", tuple(f"region:0{number}" for number in range(1, 7)))
    found = {
        there: contracts.search(Search(where=conjunction(zone.where(), where), sort=(), limit=0)).total
        for there, where in (("overseas", overseas), ("mainland", conjunction(Exists("territory"), Not(overseas))))
    }
    assert contracts.search(Search(where=overseas, sort=(), limit=0)).total > 0
    assert (found["mainland"] > 0, found["overseas"]) == (seat == "45234", 0)
