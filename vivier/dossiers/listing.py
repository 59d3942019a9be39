"""The list of a dossier: the structures to consult, lot by lot, in a neutral order, each with its proofs (source and date)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import orjson

from vivier.bodies import Body
from vivier.lexicon import Lexicon
from vivier.model.views import FactView, SupplierView
from vivier.search.snapshot import Snapshot

_BATCH: Final = 500
Lot = dict[str, Any]


def listed(lots: Iterable[Mapping[str, Any]], snapshot: Snapshot, lexicon: Lexicon) -> list[Lot]:
    """The lots with, for each structure to consult: its rank, the name of its commune, the SIRETs merged into it, its proofs."""
    studied = [dict(lot) for lot in lots]
    records = _records(studied, snapshot)
    return [_proved(lot, records, lexicon) if lot["studied"] else lot for lot in studied]


def structures(lots: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each structure of the list with its lot, in order."""
    for lot in lots:
        for structure in lot["contacts"]["structures"] if lot["studied"] else ():
            yield lot, structure


def list_hash(lots: Iterable[Mapping[str, Any]]) -> str:
    """The hash of the list: the lines of the programme, their seeds, and the ids in order."""
    lines = [
        [
            lot["understood"]["line"],
            lot["contacts"]["seed"],
            [structure["id"] for structure in lot["contacts"]["structures"]],
        ]
        for lot in lots
        if lot["studied"]
    ]
    return hashlib.sha256(orjson.dumps(lines)).hexdigest()


def seeds_of(lots: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The seed of each studied line."""
    return {lot["understood"]["line"]: lot["contacts"]["seed"] for lot in lots if lot["studied"]}


def _records(lots: list[Lot], snapshot: Snapshot) -> dict[str, SupplierView]:
    ids = list(dict.fromkeys(structure["id"] for _, structure in structures(lots)))
    found: dict[str, SupplierView] = {}
    for start in range(0, len(ids), _BATCH):
        found |= snapshot.suppliers.get(ids[start : start + _BATCH])
    return found


def _proved(lot: Lot, records: Mapping[str, SupplierView], lexicon: Lexicon) -> Lot:
    trades = {trade["code"] for trade in lot["understood"]["trades"]}
    counted = {trade.code for code in trades for trade in (lexicon.trades.get(code), *lexicon.trades.descendants(code))}
    proved = [
        {**structure, "rank": rank, **_facts(structure, records.get(structure["id"]), counted, lexicon)}
        for rank, structure in enumerate(lot["contacts"]["structures"], 1)
    ]
    return {**lot, "contacts": {**lot["contacts"], "structures": proved}}


def _facts(
    structure: Mapping[str, Any], record: SupplierView | None, trades: set[str], lexicon: Lexicon
) -> Mapping[str, object]:
    if record is None:
        return {"commune_name": commune_name(structure["commune"], lexicon), "sirets": [], "proofs": []}
    return {
        "commune_name": commune_name(structure["commune"], lexicon),
        "sirets": [siret for siret in record.get("identifiers", ()) if len(siret) == 14],
        "proofs": [*_agreements(record, structure["kinds"]), *_offers(record, trades), *_turnover(record, structure)],
    }


def commune_name(code: str | None, lexicon: Lexicon) -> str | None:
    """The name of a commune or municipal *arrondissement*; ``None`` when its code is unknown."""
    names = lexicon.gazetteer.names
    return None if code is None else names["arrondissement"].get(code) or names["commune"].get(code)


class SourceBody(Body):
    """The source of a fact. Its producer and licence are given once, with the data of the dossier, under the same id."""

    source_id: str
    dataset: str
    basis: str | None
    url: str | None
    updated_at: str | None
    fetched_at: str | None


class KindProof(SourceBody):
    of: Literal["kind"]
    value: str
    valid_from: str | None
    valid_until: str | None


class TradeProof(SourceBody):
    of: Literal["trade"]
    value: str
    evidence: str | None


class TurnoverProof(SourceBody):
    of: Literal["turnover"]
    value: float
    year: int | None


def _agreements(record: SupplierView, kinds: Iterable[str]) -> Iterator[KindProof]:
    for fact in record.get("agreements", ()):
        if fact["value"]["kind"] in kinds:
            agreement = fact["value"]
            yield {
                "of": "kind",
                "value": agreement["kind"],
                "valid_from": agreement.get("valid_from"),
                "valid_until": agreement.get("valid_until"),
                **_source(fact),
            }


def _offers(record: SupplierView, trades: set[str]) -> Iterator[TradeProof]:
    for fact in record.get("offers", ()):
        if fact["value"].get("trade") in trades:
            yield {
                "of": "trade",
                "value": fact["value"]["trade"],
                "evidence": fact["value"].get("evidence"),
                **_source(fact),
            }


def _turnover(record: SupplierView, structure: Mapping[str, Any]) -> Iterator[TurnoverProof]:
    for fact in record.get("capacities", ()):
        capacity = fact["value"]
        if capacity["unit"] == "eur_year" and (capacity["value"], capacity.get("year")) == (
            structure["turnover"],
            structure["turnover_year"],
        ):
            yield {"of": "turnover", "value": capacity["value"], "year": capacity.get("year"), **_source(fact)}


def _source(fact: FactView[Any]) -> SourceBody:
    provenance = fact["provenance"]
    return {
        "source_id": provenance["source_id"],
        "dataset": provenance["dataset"],
        "basis": provenance.get("basis"),
        "url": provenance.get("url"),
        "updated_at": provenance.get("updated_at"),
        "fetched_at": provenance.get("fetched_at"),
    }
