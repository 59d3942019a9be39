"""The current version of a contract, and what is written of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations

import pytest

from benchmarks.contract_files import contract
from crawlers.contracts.desk import Desk
from crawlers.contracts.nested import raw_contract
from crawlers.kit import Intake
from crawlers.sources.decp import CARD
from indexer.contracts.apart import apart
from indexer.contracts.assemble import Assembler
from indexer.contracts.current import current_of
from indexer.contracts.gather import contracts_of
from indexer.contracts.inclusive import InclusiveIndex
from tests.crawlers.samples import NOW
from vivier.contracts.months import latest_end
from vivier.lexicon import load_lexicon
from vivier.model import Contract, ContractRecord

FORMER, NEW = "10000021500010", "10000022300014"


@dataclass(frozen=True)
class Made:
    records: list[ContractRecord]
    contracts: list[Contract]


@pytest.fixture(scope="module")
def made() -> Made:
    desk = Desk(Intake(CARD, NOW))
    read = [desk.record(raw_contract(contract(n), f"made#{n}", "marche")) for n in range(600)]
    records = [one for one in read if isinstance(one, ContractRecord)]
    return Made(records, contracts_of(records, Assembler(load_lexicon().gazetteer, InclusiveIndex(()))))


@pytest.mark.slow
def test_one_record_or_the_same_one_twice_tell_the_same_version(made: Made) -> None:
    for record in made.records:
        assert current_of([record])[2:] == current_of([record, record])[2:]


@pytest.mark.slow
def test_a_contract_is_written_as_the_library_would_and_read_back_equal(made: Made) -> None:
    for one in made.contracts:
        assert Contract.model_validate_json(one.json_line()) == one
        assert Contract.model_validate_json(one.model_dump_json()) == one


def test_what_a_contract_does_not_have_is_not_written(made: Made) -> None:
    plain = next(one for one in made.contracts if not one.evidence and not one.modifications)
    assert not {"evidence", "modifications", "consortium", "renewed_by", "reserved_for"} & plain.__pydantic_fields_set__
    assert b'"evidence"' not in plain.json_line()


def _told(number: int, amount: int, holders: list[str], changes: Sequence[dict[str, object]] = ()) -> ContractRecord:
    titulaires = [{"titulaire": {"typeIdentifiant": "SIRET", "id": siret}} for siret in holders]
    told = contract(0) | {"montant": amount, "titulaires": titulaires, "modifications": list(changes)}
    record = Desk(Intake(CARD, NOW)).record(raw_contract(told, f"made#{number}", "marche"))
    assert isinstance(record, ContractRecord)
    return record


def test_a_row_of_the_holder_that_an_amendment_replaced_is_no_disagreement() -> None:
    titulaires = [{"titulaire": {"typeIdentifiant": "SIRET", "id": NEW}}]
    change = {"modification": {"id": 1, "montant": 120, "titulaires": titulaires}}
    current = current_of([_told(1, 100, [FORMER], [change]), _told(2, 100, [FORMER])])
    assert (current.amount, [one.siret for one in current.holders]) == (120.0, [NEW])
    assert current.quality == ()


def test_without_a_sign_of_amendment_every_value_is_that_of_the_last_record() -> None:
    current = current_of([_told(1, 100, [FORMER]), _told(2, 130, [FORMER])])
    assert (current.amount, current.initial_amount, current.modifications) == (130.0, 130.0, ())
    assert current.quality == ("rows_disagree",)


def test_records_that_name_other_holders_are_other_contracts_in_any_order() -> None:
    one, other, again = _told(1, 100, [FORMER]), _told(2, 130, [NEW]), _told(3, 100, [FORMER])
    for records in permutations([one, other, again]):
        parts = apart(records)
        assert parts == {"": [one, again], NEW[:9]: [other]}


def test_a_record_amended_to_new_holders_is_one_contract_with_both() -> None:
    titulaires = [{"titulaire": {"typeIdentifiant": "SIRET", "id": NEW}}]
    change = {"modification": {"id": 1, "titulaires": titulaires}}
    amended, before, after = _told(1, 100, [FORMER], [change]), _told(2, 100, [FORMER]), _told(3, 100, [NEW])
    assert list(apart([amended, before, after])) == [""]


def test_a_later_version_alone_tells_neither_the_first_day_nor_the_first_values() -> None:
    later = _told(1, 100, [FORMER]).model_copy(update={"version": 2, "current": True})
    current = current_of([later])
    assert (current.amount, current.initial_amount, current.initial_months, current.notified) == (
        100.0,
        None,
        None,
        None,
    )
    assert current.amended.last == later.notified and current.quality == ("first_version_missing",)


def test_another_source_may_tell_the_first_day_of_a_later_version() -> None:
    later = _told(1, 100, [FORMER]).model_copy(update={"version": 2, "current": True})
    assert current_of([later, _told(2, 100, [FORMER])]).notified == later.notified


@pytest.mark.parametrize("months", [0, -1, 1201])
def test_a_duration_of_no_month_or_of_a_century_gives_no_end(months: int) -> None:
    assert latest_end(date(2026, 1, 31), months) is None


def test_a_duration_of_one_month_gives_the_end_of_the_next() -> None:
    assert latest_end(date(2026, 1, 31), 1) == date(2026, 2, 28)
