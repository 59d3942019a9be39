"""The trades of the contracts a supplier won, by the SIRET of the holder: evidence « contract »."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from vivier.codes import trades_of_cpv
from vivier.lexicon import Lexicon
from vivier.model.contract import ContractRecord
from vivier.model.provenance import Provenance
from vivier.runs import current_run, loaded_sources, read_models, read_statistics

RECENT: Final = timedelta(days=4 * 365 + 1)
"""A contract notified before this, counted from the reading of its source, proves nothing of today."""

Won = Mapping[str, dict[str, Provenance]]
"""SIRET → trade → the freshest proof."""


NOTHING_WON: Final[Won] = {}


def contracts_won(records: Path, sirets: Collection[str], lexicon: Lexicon) -> Won:
    """What the contracts in force prove of these SIRETs. A holder known by its SIREN alone may be a sister site: not read."""
    found: dict[str, dict[str, Provenance]] = {}
    for source in loaded_sources(records, "contracts"):
        run = current_run(records, source)
        since = read_statistics(run).finished_at.date() - RECENT
        for contract in read_models(run, ContractRecord):
            if _is_recent(contract, since):
                _add(contract, sirets, lexicon, found)
    return found


def _is_recent(contract: ContractRecord, since: date) -> bool:
    return contract.cpv is not None and contract.notified is not None and contract.notified >= since


def _add(
    contract: ContractRecord, sirets: Collection[str], lexicon: Lexicon, found: dict[str, dict[str, Provenance]]
) -> None:
    holders = {holder.siret for holder in contract.holders if holder.siret in sirets}
    for siret in sorted(holder for holder in holders if holder is not None):
        proofs = found.setdefault(siret, {})
        proof = contract.provenance.model_copy(update={"updated_at": contract.notified})
        for trade in trades_of_cpv(lexicon, contract.cpv or ""):
            known = proofs.get(trade)
            if known is None or _order(proof) > _order(known):
                proofs[trade] = proof


def _order(proof: Provenance) -> tuple[date, str, str]:
    return proof.updated_at or date.min, proof.source_id, proof.url or ""
