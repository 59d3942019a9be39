"""Makes the document of a published notice: the only code that writes the field names of ``mappings/notices.json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from indexer.contracts.marks import Marks, Where
from indexer.contracts.notices.places import FRANCE, everywhere
from indexer.document import tie
from vivier.lexicon import Lexicon
from vivier.model import PublishedNotice
from vivier.search.port import Document
from vivier.text import nfc
from vivier.trades.descriptors import is_study, trades_of

PARIS: Final = ZoneInfo("Europe/Paris")
DOUBTED: Final = frozenset(("amount_suspect", "amount_symbolic"))


class NoticeDocuments:
    def __init__(self, lexicon: Lexicon) -> None:
        self._marks = Marks(lexicon)
        self._everywhere = everywhere(lexicon.gazetteer)

    def make(self, notice: PublishedNotice) -> Document:
        """The document of one notice; absent values are left out: unknown is not zero."""
        seat = self._marks.where(notice.buyer_seat)
        names = [nfc(name) for name in _names(notice)]
        document: Document = {
            "id": notice.key,
            "tie": tie(notice.key),
            "identifiers": list(dict.fromkeys(_identifiers(notice))),
            "text_title": nfc(notice.title),
            "text_more": [nfc(text) for text in _more(notice)],
            "text_parties_exact": names,
            "text_parties": names,
            "source": notice.source,
            "nature": notice.nature,
            "status": notice.status,
            "buyer": notice.buyer.number,
            "buyer_contact": None if notice.buyer_contact is None else "yes",
            "buyer_category": notice.buyer_category,
            "buyer_territory": seat.ids,
            "category": notice.category,
            "provisions": list(dict.fromkeys(item.provision for item in notice.evidence)),
            "reserved_for": list(_reserved_for(notice)),
            "months": notice.months,
            "consultation": None if notice.lot is None else f"{notice.source}-{notice.number}",
            "folder": notice.folder,
            "twin": "yes" if notice.twin is not None else "no",
            "record": orjson.Fragment(notice.model_dump_json(exclude_none=True, exclude_defaults=True)),
            **self._where(notice, seat),
            **self._subject(notice.cpv),
            **_days(notice),
        }
        self._marks.add_meant(document, trades_of(notice.descriptors))
        if notice.wanted_inclusive is not None:
            document["wanted_inclusive"] = "yes" if notice.wanted_inclusive else "no"
        if DOUBTED.isdisjoint(notice.issues):
            document |= {"amount_min": notice.amount_min, "amount_max": notice.amount_max}
        return {name: value for name, value in document.items() if value is not None}

    def add_named_trades(self, document: Document, words: Sequence[str], notice: PublishedNotice) -> None:
        """Adds the trades that the title names to those of its CPV or of its keywords."""
        self._marks.add_named_trades(document, words, study=is_study(notice.descriptors))

    def _where(self, notice: PublishedNotice, seat: Where) -> dict[str, object]:
        """Territories of performance; those of the buyer when none is given. A national purchase is everywhere, hence
        on no map. The seat of the buyer stands in for the point of the only place known, when it lies there: of several, or elsewhere, it says nothing."""
        if notice.national:
            return {"territory": list(self._everywhere)}
        places = [self._marks.where(place) for place in notice.places if place != FRANCE]
        shown = places or [seat]
        everywhere = [FRANCE] if notice.places and not places else []
        precise = places[0].point if len(places) == 1 and places[0].precise else None
        near = not notice.places or (len(places) == 1 and places[0].holds(seat))
        point = precise or (seat.point if near else None)
        return {
            "territory": list(dict.fromkeys((*everywhere, *(id_ for where in shown for id_ in where.ids)))),
            "departement": list(dict.fromkeys(where.departement for where in shown if where.departement)),
            "region": list(dict.fromkeys(where.region for where in shown if where.region)),
            "location": point,
            "location_of": None if point is None else "place" if precise else "buyer",
        }

    def _subject(self, cpvs: Iterable[str]) -> dict[str, object]:
        found: dict[str, dict[str, None]] = {"cpv": {}, "division": {}, "trades": {}, "meant_trades": {}}
        for cpv in cpvs:
            read = self._marks.cpv(cpv)
            for name, known in found.items():
                values = read[name]
                known.update(dict.fromkeys([values] if isinstance(values, str) else values))
        return {name: list(known) for name, known in found.items()}


def _days(notice: PublishedNotice) -> dict[str, str | None]:
    """Days counted in Paris time: a deadline at midnight UTC falls there on the next day."""
    deadline = None if notice.deadline is None else notice.deadline.astimezone(PARIS).date()
    days = {
        "published": notice.published
        or notice.seen,  # a notice that its source does not date is known from the day it was read
        "planned": notice.planned,
        "settled": notice.settled,
        "deadline": deadline,
        "next_call": None if notice.recurrence is None else notice.recurrence.first,
    }
    return {name: None if day is None else day.isoformat() for name, day in days.items()}


def _identifiers(notice: PublishedNotice) -> Iterable[str]:
    yield notice.key
    yield notice.number.lower()
    if notice.folder is not None:
        yield notice.folder.lower()
    for organisation in (notice.buyer, *notice.winners):
        yield from (number for number in (organisation.siren, organisation.siret) if number is not None)


def _names(notice: PublishedNotice) -> Iterable[str]:
    yield from dict.fromkeys(party.name for party in (notice.buyer, *notice.winners) if party.name is not None)


def _more(notice: PublishedNotice) -> Iterable[str]:
    yield from (text for text in (notice.description, notice.conditions) if text)
    yield from (criterion.name for criterion in notice.criteria if criterion.name)


def _reserved_for(notice: PublishedNotice) -> Iterable[str]:
    """Families named; « unknown » for a reserved notice that names none."""
    if any(item.provision == "reserved" for item in notice.evidence):
        yield from notice.reserved_for or ("unknown",)
