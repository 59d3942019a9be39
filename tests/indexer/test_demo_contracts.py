"""The fictitious contracts: deterministic, marked, consistent with the fictitious suppliers, of use to every question."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from indexer.demo import TODAY, demo_contracts, demo_records, write_demo, write_demo_contracts
from vivier.contracts.buyers import CATEGORIES, read_siren
from vivier.contracts.months import add_months
from vivier.errors import NotFound
from vivier.identity import is_siren, is_siret
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.model import ContractRecord, Record
from vivier.runs.records import current_run, read_models, read_statistics
from vivier.settings import Settings
from vivier.territory import load_gazetteer

COUNT, SUPPLIERS = 1500, 1200


@lru_cache(maxsize=1)
def suppliers() -> tuple[Record, ...]:
    return tuple(demo_records(SUPPLIERS))


@lru_cache(maxsize=1)
def contracts() -> tuple[ContractRecord, ...]:
    return tuple(demo_contracts(suppliers(), COUNT, 2026, TODAY))


@lru_cache(maxsize=1)
def by_siret() -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in suppliers():
        if record.siret is not None:
            found.setdefault(record.siret, []).append(record)
    return found


def won() -> list[ContractRecord]:
    return [one for one in contracts() if any(holder.siret in by_siret() for holder in one.holders)]


@pytest.mark.slow
def test_the_same_arguments_make_the_same_contracts() -> None:
    assert tuple(demo_contracts(suppliers(), COUNT, 2026, TODAY)) == contracts()
    assert tuple(demo_contracts(suppliers(), 50, 7, TODAY)) != contracts()[:50]


@pytest.mark.slow
def test_the_count_is_the_one_asked_and_no_key_comes_twice() -> None:
    assert len({one.source_id for one in contracts()}) == len(contracts()) == COUNT
    with pytest.raises(ValueError, match="count"):
        list(demo_contracts(suppliers(), 0, 2026, TODAY))


@pytest.mark.slow
def test_every_buyer_and_holder_is_marked_fictitious_and_of_valid_form() -> None:
    for one in contracts():
        for organisation in (one.buyer, *one.holders, *(act.subcontractor for act in one.subcontracts)):
            assert organisation.name is not None and organisation.name.casefold().endswith("(fictif)")
            assert organisation.siret is not None and is_siret(organisation.siret)
            assert organisation.siren is not None and is_siren(organisation.siren)
            assert organisation.siret.startswith(organisation.siren)
        assert (one.provenance.licence, one.provenance.producer) == ("fictif", "Vivier (fictif)")


@pytest.mark.slow
def test_the_number_of_a_buyer_has_the_nine_no_real_one_has_and_tells_its_category() -> None:
    gazetteer = load_gazetteer()
    sirens = {one.buyer.siren for one in contracts() if one.buyer.siren is not None}
    assert {siren[4] for siren in sirens} == {"9"}
    categories = {read_siren(siren, gazetteer).category for siren in sirens}
    assert {"commune", "departement", "epci", "hopital", "enseignement"} <= categories <= set(CATEGORIES)


def test_no_buyer_shares_its_number_with_another() -> None:
    assert len({one.buyer.siren for one in contracts()}) == len({one.buyer for one in contracts()})


def test_a_share_is_won_by_suppliers_of_the_demo_in_a_trade_of_theirs() -> None:
    assert 0.2 < len(won()) / COUNT < 0.5
    assert all(not record.closed for one in won() for h in one.holders for record in by_siret().get(h.siret or "", ()))


def test_what_they_won_is_declared_reserved_social_none_or_not_recorded() -> None:
    states = Counter("reserved" if "reserved" in one.social.values else one.social.state for one in won())
    assert set(states) == {"reserved", "yes", "no", "unknown"}
    assert min(states.values()) > 20


def test_a_reserved_contract_is_held_by_a_structure_of_a_family() -> None:
    for one in contracts():
        if "reserved" in one.social.values:
            kinds = {a.kind for h in one.holders for record in by_siret()[h.siret or ""] for a in record.agreements}
            assert kinds & set(FAMILY_OF_KIND)


def test_groups_join_several_suppliers_of_the_demo() -> None:
    grouped = [one for one in contracts() if one.grouping in ("conjoint", "solidaire")]
    several = [one for one in grouped if sum(h.siret in by_siret() for h in one.holders) > 1]
    assert len(several) > 5
    assert all(len(one.holders) > 1 for one in grouped)


def test_many_end_in_three_to_eighteen_months_and_none_is_notified_tomorrow() -> None:
    ends = [add_months(one.notified, one.months or 0) for one in contracts() if one.notified is not None]
    assert sum(add_months(TODAY, 3) <= end <= add_months(TODAY, 18) for end in ends) > COUNT / 4
    assert all(one.notified is not None and one.notified <= TODAY for one in contracts())


@pytest.mark.slow
def test_another_day_of_reference_moves_the_dates() -> None:
    day = date(2024, 2, 29)
    moved = list(demo_contracts(suppliers(), 200, 2026, day))
    assert max(one.notified for one in moved if one.notified is not None) <= day


def test_lots_frameworks_amendments_and_subcontracts_are_there() -> None:
    told = Counter[str]()
    for one in contracts():
        told["lot"] += " - Lot " in (one.object or "")
        told["child"] += one.framework is not None
        told["amended"] += bool(one.modifications)
        told["subcontract"] += bool(one.subcontracts)
        told["framework"] += "accord_cadre" in one.techniques
        told["no amount"] += one.amount is None
    assert all(told[name] > 10 for name in told), told


@pytest.mark.slow
def test_the_run_is_of_contracts_and_is_read_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(NotFound):
        write_demo_contracts(settings, 50)
    write_demo(settings, 200)
    written = write_demo_contracts(settings, 50)
    run = current_run(settings.records, "demo_marches")
    assert read_statistics(run) == written
    assert (written.source.content, written.source.licence, written.kept) == ("contracts", "fictif", 50)
    assert len(list(read_models(run, ContractRecord))) == 50
