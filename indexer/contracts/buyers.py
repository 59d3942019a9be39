"""Makes buyers from their contracts, and the document of each: the only code that writes the names of
``mappings/buyers.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import orjson

from indexer.contracts.names import without_site
from indexer.document import tie
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.model.buyer import Buyer
from vivier.search.port import Document
from vivier.text import nfc


def buyers_of(
    contracts: Iterable[Contract], elsewhere: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Iterator[Buyer]:
    """The buyers that have a valid SIREN. ``contracts`` must hold every contract of a buyer.

    ``elsewhere``: names by SIREN found in other sources (notices); they come after those of the contracts.
    """
    own: dict[str, list[Contract]] = {}
    for contract in contracts:
        if contract.buyer.siren is not None:
            own.setdefault(contract.buyer.siren, []).append(contract)
    for siren, signed in own.items():
        yield _buyer(siren, signed, elsewhere.get(siren, ()))


def _buyer(siren: str, contracts: Sequence[Contract], elsewhere: Sequence[str]) -> Buyer:
    """The buyer. Its name is the most used one, without its site, then the longest; the others are kept."""
    names = Counter(without_site(contract.buyer.name) for contract in contracts if contract.buyer.name is not None)
    written = sorted({contract.buyer.name for contract in contracts if contract.buyer.name is not None})
    ordered = [*sorted(names, key=lambda name: (-names[name], -len(name), name)), *written, *elsewhere]
    ordered = list({fold(name): name for name in reversed(ordered)}.values())[::-1]
    named_by = {contract.buyer.name_source for contract in contracts if contract.buyer.name is not None}
    days = sorted(contract.notified for contract in contracts if contract.notified is not None)
    newest = max(contracts, key=lambda contract: (contract.notified is not None, contract.notified, contract.key))
    return Buyer(
        siren=siren,
        name=ordered[0] if ordered else None,
        name_source=None if None in named_by else min(filter(None, named_by), default=None),
        other_names=tuple(ordered[1:6]),
        sirets=tuple(sorted({contract.buyer.siret for contract in contracts if contract.buyer.siret is not None})),
        category=newest.buyer_category or "autre",
        seat=next((contract.buyer_seat for contract in contracts if contract.buyer_seat is not None), None),
        contracts=len(contracts),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        sources=tuple({source.source_id: source for contract in contracts for source in contract.sources}.values()),
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
        "departement": next((id_ for id_ in ids if id_.startswith("departement")), None),
        "region": next((id_ for id_ in ids if id_.startswith("region")), None),
        "location": None if point is None else {"lon": point[0], "lat": point[1]},
        "contracts": buyer.contracts,
        "notified": None if buyer.last is None else buyer.last.isoformat(),
        "record": orjson.Fragment(buyer.model_dump_json(exclude_none=True)),
    }
    return {name: value for name, value in document.items() if value is not None}
