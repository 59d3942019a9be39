"""Finds what the contracts won prove of a supplier, by the SIRET of the holder: trades (evidence « contract ») and
references.

The records are read rather than a generation of contracts, so that suppliers need no contract to be indexed first.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from indexer.aside import ODD, where
from vivier.lexicon import Lexicon
from vivier.model import Fact, Organisation, Provenance, Reference, Supplier
from vivier.model.contract import ContractRecord
from vivier.runs.records import current_run, loaded_sources, read_lines, read_statistics
from vivier.search.codes import trades_of_cpv
from vivier.territory.bodies import listed_body

K = TypeVar("K")
_log = logging.getLogger(__name__)

RECENT: Final = timedelta(days=4 * 365 + 1)
"""A contract notified earlier than this, counted back from the reading of its source, proves nothing about today."""
MOST_REFERENCES: Final = 10
"""References drawn from contracts, the newest first; the list of contracts holds the others."""


@dataclass
class Proofs:
    """The freshest proof of each trade, and for each reference its provenance and the day of its contract."""

    trades: dict[str, Provenance] = field(default_factory=dict)
    references: dict[Reference, Provenance] = field(default_factory=dict)


Won = Mapping[str, Proofs]
"""Proofs by SIRET."""

NOTHING_WON: Final[Won] = {}


def contracts_won(records: Path, sirets: set[str], lexicon: Lexicon, counts: Counter[str] | None = None) -> Won:
    """What the contracts in force prove of these SIRETs.

    A holder known by its SIREN alone is not read: it may be a sister site. A contract that cannot be read proves
    nothing, and is added to ``counts`` (``contracts_unread``).
    """
    found: dict[str, Proofs] = {}
    unread = Counter[str]() if counts is None else counts
    for source in loaded_sources(records, "contracts"):
        run = current_run(records, source)
        since = (read_statistics(run).finished_at.date() - RECENT).isoformat()
        for line, raw in read_lines(run, lambda number, error: unread.update(contracts_unread=1)):
            try:
                holders = sirets.intersection(_holders(raw))
                if holders and (raw.get("notified") or "") >= since:
                    _add(ContractRecord.model_validate_json(line), holders, lexicon, found)
            except ODD as error:
                if not unread["contracts_unread"]:
                    _log.warning("Marché illisible : %s, %s", type(error).__name__, where(error))
                unread["contracts_unread"] += 1
    return found


def with_references(supplier: Supplier, won: Proofs) -> Supplier:
    """The supplier with the contracts it won added to its references: the client, what was bought, the year."""
    known = {fact.value for fact in supplier.references}
    newest = sorted(won.references.items(), key=lambda item: _order(item[1]), reverse=True)[:MOST_REFERENCES]
    added = tuple(
        Fact[Reference](value=reference, provenance=proof) for reference, proof in newest if reference not in known
    )
    return supplier.model_copy(update={"references": (*supplier.references, *added)}) if added else supplier


def _holders(raw: Mapping[str, Any]) -> Iterator[str]:
    """The SIRETs of the last holders named: an amendment may replace holders."""
    named = [raw.get("holders") or (), *(change.get("holders", ()) for change in raw.get("modifications") or ())]
    last = next((holders for holders in reversed(named) if holders), ())
    return (holder["siret"] for holder in last if holder.get("siret"))


def _add(contract: ContractRecord, holders: Iterable[str], lexicon: Lexicon, found: dict[str, Proofs]) -> None:
    assert contract.notified is not None
    proof = contract.provenance.model_copy(update={"updated_at": contract.notified})
    trades = trades_of_cpv(lexicon, contract.cpv) if contract.cpv is not None else ()
    client = _client(contract.buyer, lexicon)
    reference = Reference(client=client, title=contract.object, year=contract.notified.year)
    for siret in sorted(holders):
        own = found.setdefault(siret, Proofs())
        _keep(own.references, reference, proof)
        for trade in trades:
            _keep(own.trades, trade, proof)


def _client(buyer: Organisation, lexicon: Lexicon) -> str:
    """The name of the buyer; without one, the name its SIREN implies."""
    listed = None if buyer.siren is None else listed_body(buyer.siren, lexicon.gazetteer)
    return buyer.name or (listed[1] if listed is not None else None) or f"Acheteur {buyer.siren or 'non nommé'}"


def _keep(proofs: dict[K, Provenance], key: K, proof: Provenance) -> None:
    """Keep the freshest proof of a key."""
    if key not in proofs or _order(proof) > _order(proofs[key]):
        proofs[key] = proof


def _order(proof: Provenance) -> tuple[date, str, str]:
    return proof.updated_at or date.min, proof.source_id, proof.url or ""
