"""Which fields of a contract or a notice are known: counted while it is built, told by ``/qualite``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from vivier.model import Contract, PublishedNotice


def known_of_contracts(contracts: Sequence[Contract]) -> Counter[str]:
    """How many contracts have each field known."""
    said: dict[str, list[object]] = {
        "buyer_number": [one.buyer.siren for one in contracts],
        "buyer_name": [one.buyer.name for one in contracts],
        "buyer_seat": [one.buyer_seat for one in contracts],
        "holder": [one.holders or None for one in contracts],
        "holder_name": [_holder_name(one) for one in contracts],
        "place": [one.place for one in contracts],
        "object": [one.object or None for one in contracts],
        "cpv": [one.cpv for one in contracts],
        "notified": [one.notified for one in contracts],
        "published": [one.published for one in contracts],
        "ends": [one.ends for one in contracts],
        "amount": [one.amount for one in contracts],
        "offers": [one.offers for one in contracts],
    }
    return +Counter({name: len(contracts) - values.count(None) for name, values in said.items()})


def _holder_name(contract: Contract) -> str | None:
    names = (*[one.name for one in contract.holders], *[one.name for one in contract.inclusive])
    return next(filter(None, names), None)


def known_of_notice(notice: PublishedNotice) -> Iterator[str]:
    """The fields of a notice or of a planned purchase that are known, as keys of a tally."""
    said = {
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
    return (f"known:{name}" for name, value in said.items() if value is not None)
