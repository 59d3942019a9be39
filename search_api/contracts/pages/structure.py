"""Prepares the desk of a structure: the leads of the day, what is due in the coming months, the buyers worth a call, how to follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from search_api.contracts.pages.buyer_map import BuyerMap, buyer_map
from search_api.contracts.pages.buyers import BuyerCard, buyer_card
from search_api.contracts.pages.contracts import buyer_party
from search_api.contracts.pages.leads import DUE_NAMES, LeadCard, ics_of, lead_card, page_of
from search_api.contracts.pages.timeline import MONTHS, Item, Timeline, timeline
from vivier.contracts.calls import calls_of
from vivier.contracts.feed import CALENDAR_SIZE, Entry, leads_feed
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery, ProfileQuery
from vivier.contracts.months import TENDER_MONTHS
from vivier.contracts.objects import object_title
from vivier.contracts.profile import Profile
from vivier.contracts.ranking import rank_buyers
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.status import day_of
from vivier.errors import NotFound
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.procurement import LeadKind
from vivier.search.relax import Relaxation
from vivier.search.snapshot import Snapshot

FEW: Final = 3
"""Leads shown: what one reads before the first coffee."""
CALLS: Final = 6
"""Buyers shown."""


@dataclass(frozen=True)
class Calls:
    """The buyers worth a call: how many, the first of them, and where they sit."""

    total: int
    cards: tuple[BuyerCard, ...]
    map: BuyerMap | None


@dataclass(frozen=True)
class Desk:
    """What the template shows. ``calls`` is ``None`` when no contract is indexed; ``cut``: whether the calendar has more items than
    shown; ``relaxed``: changes that would give leads when there is none."""

    leads: Leads
    cards: tuple[LeadCard, ...]
    sentence: str
    due: Timeline
    cut: bool
    calls: Calls | None
    relaxed: tuple[Relaxation, ...]


def desk(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Desk:
    """The desk of a profile. Raises what :func:`vivier.contracts.leads.find_leads` does."""
    as_of = query.as_of or today
    found = find_leads(query.model_copy(update={"per_page": FEW, "page": 1}), profile, snapshot, lexicon, today)
    entries = _coming(query, profile, snapshot, lexicon, today)
    items = (item for entry in entries if (item := _item(entry)) is not None)
    return Desk(
        leads=found,
        cards=tuple(lead_card(lead, rank, as_of) for rank, lead in enumerate(found.leads, 1)),
        sentence=_sentence(found),
        due=timeline(items, tuple(DUE_NAMES.values()), as_of),
        cut=len(entries) >= CALENDAR_SIZE,
        calls=_calls(query, profile, snapshot, lexicon, as_of),
        relaxed=relaxed_profile(query, found.total, snapshot, lexicon, today),
    )


def _coming(
    query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[Entry, ...]:
    """What is due: contracts whose buyer is to be called in the months of the timeline, and the other kinds of leads. A clause whose contract is among the
    former is not named twice."""

    def due(kinds: tuple[LeadKind, ...], **window: int) -> tuple[Entry, ...]:
        wanted = query.model_copy(update={"lead": kinds, "page": 1, "since": None, **window})
        return leads_feed(wanted, profile, snapshot, lexicon, today, "soonest").entries

    ends = due(("expiring_contract",), ends_after_months=0, ends_before_months=MONTHS + TENDER_MONTHS[0])
    named = {entry.id for entry in ends}
    others = due(("open_notice", "planned_project", "clause_holder"))
    return (*ends, *(entry for entry in others if entry.id not in named))


_COUNTED: Final = {
    "open_notice": ("avis ouvert", "avis ouverts"),
    "expiring_contract": ("marché à renouveler", "marchés à renouveler"),
    "planned_project": ("projet d’achat", "projets d’achat"),
    "clause_holder": ("titulaire d’une clause sociale à appeler", "titulaires d’une clause sociale à appeler"),
}


def _sentence(found: Leads) -> str:
    """« 3 avis ouverts, 12 marchés à renouveler et 1 projet d’achat à votre portée. »"""
    counted = [plural(count, *_COUNTED[kind]) for kind, count in found.totals.items() if count]
    if not counted:
        return "Aucun marché ouvert près de vous aujourd’hui."
    last = f" et {counted[-1]}" if len(counted) > 1 else counted[-1]
    return f"{', '.join(counted[:-1])}{last} à votre portée."


def _item(entry: Entry) -> Item | None:
    """An item of the calendar; ``None`` for one without a day."""
    if entry.kind is None or entry.due is None:
        return None
    day = day_of(entry.due.isoformat()) if isinstance(entry.due, datetime) else entry.due
    if day is None:
        return None
    page = page_of(entry.id, entry.collection == "contracts")
    buyer = buyer_party(entry.record["buyer"]).name
    return Item(day, DUE_NAMES[entry.kind], object_title(entry.record), page, buyer, ics_of(entry.collection, entry.id))


def _calls(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> Calls | None:
    """The buyers to call, ``None`` when no contract is indexed."""
    query_of_calls = BuyersQuery(**dict(_profile(query)), as_of=query.as_of, sort="call", per_page=CALLS)
    try:
        found = rank_buyers(query_of_calls, profile, snapshot, lexicon, as_of)
    except NotFound:
        return None
    known = calls_of(query_of_calls, found, snapshot, as_of)
    cards = tuple(buyer_card(buyer, lexicon, found.record, known.get(buyer.siren)) for buyer in found.buyers)
    return Calls(found.total, cards, buyer_map(found.buyers, _names(cards), profile.zone, lexicon.gazetteer))


def _profile(query: LeadsQuery) -> Iterator[tuple[str, object]]:
    return (
        (name, getattr(query, name)) for name in ProfileQuery.model_fields if name not in ("as_of", "page", "per_page")
    )


def _names(cards: Sequence[BuyerCard]) -> list[str]:
    return [card.name for card in cards]
