"""The current version of a contract, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from benchmarks.contract_files import contract
from crawlers.contracts.desk import Desk
from crawlers.contracts.nested import raw_contract
from crawlers.kit import Intake
from crawlers.sources.decp import CARD
from indexer.contracts.assemble import Assembler
from indexer.contracts.current import current_of
from indexer.contracts.gather import contracts_of
from indexer.contracts.inclusive import InclusiveIndex
from tests.crawlers.samples import NOW
from vivier.lexicon import load_lexicon
from vivier.model import Contract, ContractRecord


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


def test_a_row_of_the_holder_that_an_amendment_replaced_is_no_disagreement() -> None:
    def raw(amount: int, holders: list[str], changes: list[dict[str, object]]) -> ContractRecord:
        titulaires = [{"titulaire": {"typeIdentifiant": "SIRET", "id": siret}} for siret in holders]
        told = contract(0) | {"montant": amount, "titulaires": titulaires, "modifications": changes}
        record = Desk(Intake(CARD, NOW)).record(raw_contract(told, f"made#{amount}", "marche"))
        assert isinstance(record, ContractRecord)
        return record

    former, new = "10000021500010", "10000022300014"
    titulaires = [{"titulaire": {"typeIdentifiant": "SIRET", "id": new}}]
    change = {"modification": {"id": 1, "montant": 120, "titulaires": titulaires}}
    current = current_of([raw(100, [former], [change]), raw(101, [former], [])])
    assert (current.amount, [one.siret for one in current.holders]) == (120.0, [new])
    assert "rows_disagree" not in current.quality
