"""Counts which fields of a contract or a notice are known, while it is built; ``/qualite`` shows the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from vivier.model import Contract, PublishedNotice


def known_of_contracts(contracts: Sequence[Contract]) -> Counter[str]:
    """The number of contracts in which each field is known."""
    columns: dict[str, list[object]] = {
        "buyer_number": [contract.buyer.siren for contract in contracts],
        "buyer_name": [contract.buyer.name for contract in contracts],
        "buyer_seat": [contract.buyer_seat for contract in contracts],
        "holder": [contract.holders or None for contract in contracts],
        "holder_name": [_holder_name(contract) for contract in contracts],
        "place": [contract.place for contract in contracts],
        "object": [contract.object or None for contract in contracts],
        "cpv": [contract.cpv for contract in contracts],
        "notified": [contract.notified for contract in contracts],
        "published": [contract.published for contract in contracts],
        "ends": [contract.ends for contract in contracts],
        "amount": [contract.amount for contract in contracts],
        "offers": [contract.offers for contract in contracts],
    }
    return +Counter({name: len(contracts) - values.count(None) for name, values in columns.items()})


def _holder_name(contract: Contract) -> str | None:
    names = (*[holder.name for holder in contract.holders], *[holder.name for holder in contract.inclusive])
    return next(filter(None, names), None)


def known_of_notice(notice: PublishedNotice) -> Iterator[str]:
    """The fields of a notice or of a planned purchase that are known, as keys of a tally."""
    fields = {
        "buyer_number": notice.buyer.siren,
        "buyer_name": notice.buyer.name,
        "buyer_seat": notice.buyer_seat,
        "place": notice.places or None,
        "object": notice.title or None,
        "cpv": notice.cpv or None,
        "published": notice.published,
        "deadline": notice.deadline,
        "amount": notice.amount_max,
    }
    return (f"known:{name}" for name, value in fields.items() if value is not None)
