"""The list of a dossier: whom to consult, lot by lot, in its neutral order, each with its proofs (source and date)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.suppliers.find import neutral_key

_BATCH: Final = 500
Lot = dict[str, Any]


def listed(lots: Iterable[Lot], snapshot: Snapshot, lexicon: Lexicon) -> list[Lot]:
    """The lots with, for each structure to consult: rank, name of its commune, SIRETs it was merged from, proofs."""
    studied = list(lots)
    records = _records(studied, snapshot)
    return [_proved(lot, records, lexicon) if lot["studied"] else lot for lot in studied]


def structures(lots: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each line of the list with its lot, in order."""
    for lot in lots:
        for one in lot["contacts"]["structures"] if lot["studied"] else ():
            yield lot, one


def list_hash(lots: Iterable[Mapping[str, Any]]) -> str:
    """Hash of the list: the lines of the programme, their seeds, and the ids in order."""
    told = [
        [lot["understood"]["line"], lot["contacts"]["seed"], [one["id"] for one in lot["contacts"]["structures"]]]
        for lot in lots
        if lot["studied"]
    ]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def drawn(lots: Iterable[Lot], seeds: Mapping[int, str]) -> list[Lot]:
    """The lots with the list of each in the order of its seed, by line; a lot without one keeps its order."""
    return [_drawn(lot, seeds[lot["understood"]["line"]]) if _has(lot, seeds) else lot for lot in lots]


def seeds_of(lots: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The seed of each line studied."""
    return {lot["understood"]["line"]: lot["contacts"]["seed"] for lot in lots if lot["studied"]}


def _has(lot: Lot, seeds: Mapping[int, str]) -> bool:
    return bool(lot["studied"]) and lot["understood"]["line"] in seeds


def _drawn(lot: Lot, seed: str) -> Lot:
    order = sorted(lot["contacts"]["structures"], key=lambda one: neutral_key(seed, one["id"]))
    ranked = [{**one, "rank": rank} for rank, one in enumerate(order, 1)]
    return {**lot, "contacts": {**lot["contacts"], "seed": seed, "structures": ranked}}


def _records(lots: list[Lot], snapshot: Snapshot) -> dict[str, SupplierView]:
    ids = list(dict.fromkeys(one["id"] for _, one in structures(lots)))
    found: dict[str, SupplierView] = {}
    for start in range(0, len(ids), _BATCH):
        found |= snapshot.suppliers.get(ids[start : start + _BATCH])
    return found


def _proved(lot: Lot, records: Mapping[str, SupplierView], lexicon: Lexicon) -> Lot:
    trades = {one["code"] for one in lot["understood"]["trades"]}
    counted = {trade.code for code in trades for trade in (lexicon.trades.get(code), *lexicon.trades.descendants(code))}
    told = [
        {**one, "rank": rank, **_facts(one, records.get(one["id"]), counted, lexicon)}
        for rank, one in enumerate(lot["contacts"]["structures"], 1)
    ]
    return {**lot, "contacts": {**lot["contacts"], "structures": told}}


def _facts(
    one: Mapping[str, Any], record: SupplierView | None, trades: set[str], lexicon: Lexicon
) -> Mapping[str, object]:
    if record is None:
        return {"commune_name": _commune(one["commune"], lexicon), "sirets": [], "proofs": []}
    return {
        "commune_name": _commune(one["commune"], lexicon),
        "sirets": [one for one in record.get("identifiers", ()) if len(one) == 14],
        "proofs": [*_agreements(record, one["kinds"]), *_offers(record, trades), *_turnover(record, one)],
    }


def _commune(code: str | None, lexicon: Lexicon) -> str | None:
    names = lexicon.gazetteer.names
    return None if code is None else names["arrondissement"].get(code) or names["commune"].get(code)


def _agreements(record: SupplierView, kinds: Iterable[str]) -> Iterator[dict[str, Any]]:
    for fact in record.get("agreements", ()):
        if fact["value"]["kind"] in kinds:
            dates = {name: fact["value"].get(name) for name in ("valid_from", "valid_until")}
            yield {"of": "kind", "value": fact["value"]["kind"], **dates, **_source(fact)}


def _offers(record: SupplierView, trades: set[str]) -> Iterator[dict[str, Any]]:
    for fact in record.get("offers", ()):
        if fact["value"].get("trade") in trades:
            yield {
                "of": "trade",
                "value": fact["value"]["trade"],
                "evidence": fact["value"].get("evidence"),
                **_source(fact),
            }


def _turnover(record: SupplierView, one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for fact in record.get("capacities", ()):
        told = fact["value"]
        if told["unit"] == "eur_year" and (told["value"], told.get("year")) == (one["turnover"], one["turnover_year"]):
            yield {"of": "turnover", "value": told["value"], "year": told.get("year"), **_source(fact)}


def _source(fact: Mapping[str, Any]) -> dict[str, Any]:
    """Producer and licence stand once, with the data of the dossier, under the same id."""
    told = fact["provenance"]
    return {name: told.get(name) for name in ("source_id", "dataset", "basis", "url", "updated_at", "fetched_at")}
