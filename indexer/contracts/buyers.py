"""Contracts of one buyer → the buyer, and its document (the only code that writes the names of ``mappings/buyers.json``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import orjson

from indexer.document import tie
from vivier.engine.port import Document
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.model.buyer import Buyer
from vivier.text import nfc


def buyers_of(
    contracts: Iterable[Contract], told: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Iterator[Buyer]:
    """The buyers that have a valid SIREN. Every contract of a buyer must be there. ``told``: names by SIREN found elsewhere
    (notices), after those of the contracts."""
    own: dict[str, list[Contract]] = {}
    for contract in contracts:
        if contract.buyer.siren is not None:
            own.setdefault(contract.buyer.siren, []).append(contract)
    for siren, signed in own.items():
        yield _buyer(siren, signed, told.get(siren, ()))


def _buyer(siren: str, contracts: Sequence[Contract], told: Sequence[str]) -> Buyer:
    """The most used name wins, then the longest; the others are kept."""
    names = Counter(one.buyer.name for one in contracts if one.buyer.name is not None)
    ordered = [*sorted(names, key=lambda name: (-names[name], -len(name), name)), *told]
    ordered = list({fold(name): name for name in reversed(ordered)}.values())[::-1]
    days = sorted(one.notified for one in contracts if one.notified is not None)
    newest = max(contracts, key=lambda one: (one.notified is not None, one.notified, one.key))
    return Buyer(
        siren=siren,
        name=ordered[0] if ordered else None,
        other_names=tuple(ordered[1:6]),
        sirets=tuple(sorted({one.buyer.siret for one in contracts if one.buyer.siret is not None})),
        category=newest.buyer_category or "autre",
        seat=next((one.buyer_seat for one in contracts if one.buyer_seat is not None), None),
        contracts=len(contracts),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        sources=tuple({one.source_id: one for contract in contracts for one in contract.sources}.values()),
    )


def buyer_document(buyer: Buyer, lexicon: Lexicon) -> Document:
    """The document of one buyer."""
    ids = () if buyer.seat is None else lexicon.gazetteer.ancestors(buyer.seat)
    point = None if buyer.seat is None else lexicon.gazetteer.reference_point(buyer.seat)
    names = [nfc(name) for name in (buyer.name, *buyer.other_names) if name is not None]
    document: Document = {
        "id": buyer.siren,
        "tie": tie(buyer.siren),
        "identifiers": [buyer.siren, *buyer.sirets],
        "name_sort": fold(buyer.name or buyer.siren),
        "text_name_exact": names,
        "text_name": names,
        "buyer_category": buyer.category,
        "territory": ids,
        "departement": next((one for one in ids if one.startswith("departement")), None),
        "region": next((one for one in ids if one.startswith("region")), None),
        "location": None if point is None else {"lon": point[0], "lat": point[1]},
        "contracts": buyer.contracts,
        "notified": None if buyer.last is None else buyer.last.isoformat(),
        "record": orjson.Fragment(buyer.model_dump_json(exclude_none=True)),
    }
    return {name: value for name, value in document.items() if value is not None}
