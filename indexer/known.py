"""Which fields of a contract or a notice are known: counted while it is built, told by ``/qualite``."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.model import Contract, PublishedNotice


def known_of_contract(contract: Contract) -> Iterator[str]:
    """The fields known, as keys of a tally."""
    names = (*(one.name for one in contract.holders), *(one.name for one in contract.inclusive))
    said = {
        "buyer_number": contract.buyer.siren,
        "buyer_name": contract.buyer.name,
        "buyer_seat": contract.buyer_seat,
        "holder": contract.holders or None,
        "holder_name": next(filter(None, names), None),
        "place": contract.place,
        "object": contract.object or None,
        "cpv": contract.cpv,
        "notified": contract.notified,
        "published": contract.published,
        "ends": contract.ends,
        "amount": contract.amount,
        "offers": contract.offers,
    }
    return (f"known:{name}" for name, value in said.items() if value is not None)


def known_of_notice(notice: PublishedNotice) -> Iterator[str]:
    """The same for a notice or a planned purchase."""
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
