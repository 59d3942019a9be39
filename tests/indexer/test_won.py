"""Trades proved by the contracts a supplier won."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from indexer.won import contracts_won
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, provenance, write_run
from vivier.lexicon import load_lexicon
from vivier.model import Reference
from vivier.model.contract import ContractRecord, Modification, Organisation

RECENT = date(2025, 3, 1)


def contract(key: str, holder: str | None, cpv: str | None, notified: date | None) -> ContractRecord:
    """A contract of gardening, unless told otherwise."""
    holders = (Organisation(siret=holder),) if holder else (Organisation(siren=ACI_SIRET[:9]),)
    return ContractRecord(
        source_id=key,
        provenance=provenance("decp"),
        form="test",
        buyer=Organisation(siret=OTHER_SIRET),
        holders=holders,
        object="Entretien",
        cpv=cpv,
        notified=notified,
    )


def written(records: Path, *contracts: ContractRecord) -> Path:
    """A run of contracts in force."""
    write_run(records, "decp", contracts, "contracts")
    return records


def won(records: Path) -> dict[str, set[str]]:
    found = contracts_won(records, {ACI_SIRET}, load_lexicon())
    return {siret: set(proofs.trades) for siret, proofs in found.items()}


def test_the_cpv_of_a_contract_won_proves_a_trade_with_the_day_of_the_contract(tmp_path: Path) -> None:
    records = written(
        tmp_path,
        contract("1", ACI_SIRET, "77310000", RECENT),
        contract("2", ACI_SIRET, "77310000", date(2024, 1, 1)),
    )
    assert "entretien-espaces-verts" in won(records)[ACI_SIRET]
    proof = contracts_won(records, {ACI_SIRET}, load_lexicon())[ACI_SIRET].trades["entretien-espaces-verts"]
    assert proof.updated_at == RECENT


def test_an_old_contract_an_unknown_date_a_sister_site_and_a_stranger_prove_nothing(tmp_path: Path) -> None:
    records = written(
        tmp_path,
        contract("1", ACI_SIRET, "77310000", date(2020, 1, 1)),
        contract("2", ACI_SIRET, "77310000", None),
        contract("4", None, "77310000", RECENT),
        contract("5", OTHER_SIRET, "77310000", RECENT),
    )
    assert won(records) == {}


def test_a_contract_without_cpv_proves_no_trade_and_is_a_reference_all_the_same(tmp_path: Path) -> None:
    records = written(tmp_path, contract("3", ACI_SIRET, None, RECENT))
    proofs = contracts_won(records, {ACI_SIRET}, load_lexicon())[ACI_SIRET]
    assert proofs.trades == {}
    assert list(proofs.references) == [Reference(client="Acheteur non nommé", title="Entretien", year=2025)]


def test_a_contract_told_by_two_files_is_one_reference_with_the_name_its_siren_implies(tmp_path: Path) -> None:
    buyer = Organisation(siret="21440215800015", siren="214402158")
    contracts = [contract(key, ACI_SIRET, "77310000", RECENT).model_copy(update={"buyer": buyer}) for key in ("1", "2")]
    proofs = contracts_won(written(tmp_path, *contracts), {ACI_SIRET}, load_lexicon())[ACI_SIRET]
    assert list(proofs.references) == [Reference(client="Commune de Vertou", title="Entretien", year=2025)]


def test_a_holder_replaced_by_an_amendment_proves_nothing_any_more(tmp_path: Path) -> None:
    change = Modification(number=1, holders=(Organisation(siret=OTHER_SIRET),))
    amended = contract("1", ACI_SIRET, "77310000", RECENT).model_copy(update={"modifications": (change,)})
    found = contracts_won(written(tmp_path, amended), {ACI_SIRET, OTHER_SIRET}, load_lexicon())
    assert set(found) == {OTHER_SIRET}


def test_no_contract_source_proves_nothing(tmp_path: Path) -> None:
    assert won(tmp_path) == {}
