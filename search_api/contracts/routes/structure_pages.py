"""``/espace/structure``: the home of the space of structures; once it knows for whom, their desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.contracts.pages.agenda import MONTHS, Item, Month, agenda
from search_api.contracts.pages.buyer_map import BuyerMap, buyer_map
from search_api.contracts.pages.buyers import BuyerCard, buyer_card
from search_api.contracts.pages.contracts import buyer_party
from search_api.contracts.pages.leads import DUE_NAMES, LeadCard, ics_of, lead_card, page_of
from search_api.contracts.pages.listing import carried, requested_profile, ways_out
from search_api.contracts.pages.lists import FEEDS, choices_of, feeds
from search_api.contracts.routes.lead_pages import LEADS, NOT_LOADED
from search_api.envelope import all_sources
from search_api.pages.render import answered, page, version
from search_api.pages.site import SPACES, STRUCTURES
from search_api.pages.state import RESULTS, Elsewhere, PageState, Refused, grouped, read
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.spaces import tasks
from vivier.contracts.calls import calls_of
from vivier.contracts.feed import CALENDAR_SIZE, Entry, leads_feed
from vivier.contracts.find import last_notice
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.months import TENDER_MONTHS
from vivier.contracts.objects import object_title
from vivier.contracts.outlook import act_first
from vivier.contracts.profile import Profile
from vivier.contracts.query import ContractQuery
from vivier.contracts.ranking import rank_buyers
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.status import day_of
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.names import readable_name
from vivier.procurement import LeadKind
from vivier.search.operators import Collection
from vivier.search.query_url import url_of
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
    due: tuple[Month, ...]
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
        cards=tuple(lead_card(lead, rank, as_of) for rank, lead in enumerate(act_first(found.leads, as_of), 1)),
        sentence=_sentence(found),
        due=agenda(items, as_of),
        cut=len(entries) >= CALENDAR_SIZE,
        calls=_calls(query, profile, snapshot, lexicon, as_of),
        relaxed=relaxed_profile(query, found.total, snapshot, lexicon, today),
    )


def _coming(
    query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[Entry, ...]:
    """What is due: contracts whose buyer is to be called in the months of the agenda, and the other kinds of leads. A clause whose contract is among the
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
    query_of_calls = BuyersQuery(**query.whom, sort="call", per_page=CALLS)
    try:
        found = rank_buyers(query_of_calls, profile, snapshot, lexicon, as_of)
    except NotFound:
        return None
    known = calls_of(query_of_calls, found, snapshot, as_of)
    cards = tuple(buyer_card(buyer, lexicon, found.record, as_of, known.get(buyer.siren)) for buyer in found.buyers)
    return Calls(
        found.total, cards, buyer_map(found.buyers, [card.name for card in cards], profile.zone, lexicon.gazetteer)
    )


FIELDS: Final = ("supplier", "metier", "lieu", "rayon")
"""The fields by which one says who one is."""
NOBODY: Final = "Dites pour qui : le nom ou le SIRET de votre structure, ou votre métier, ou votre lieu."
_READ: Final[tuple[Collection, ...]] = ("contracts", "notices", "suppliers")
"""The collections that a desk reads."""
_SPACE: Final = next(space for space in SPACES if space.path == STRUCTURES)


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(STRUCTURES)
    async def structure(request: Request) -> Response:
        return await context.run(_structure, request, context)


def _structure(request: Request, context: Context) -> Response:
    items = url_items(request)
    if not any(value.strip() for _, value in items):
        return _home(request, context)
    state = read(items, context.lexicon, LeadsQuery, STRUCTURES)
    if isinstance(state, Elsewhere):
        return RedirectResponse(state.url, 303)
    if isinstance(state, Refused):
        return _refused(state)
    try:
        return _desk(request, state, context)
    except InvalidRequest as error:
        choices = {wrong.field: tuple(choices_of(wrong, STRUCTURES, items)) for wrong in error.errors}
        return _refused(Refused(grouped(items), error.errors, choices))


def _home(request: Request, context: Context) -> Response:
    """The tasks of the space, under the form that says for whom."""
    names = "|".join(generation.version for generation in context.living("suppliers", "contracts", "notices", "buyers"))
    etag = etag_of(STRUCTURES, version(), names, context.today().isoformat())
    return unchanged(request, etag) or page(
        "structure.html", _values({}) | {"tasks": tasks(_SPACE, context)}, etag=etag
    )


def _desk(request: Request, state: PageState, context: Context) -> Response:
    query: LeadsQuery = state.query
    day = (query.as_of or context.today()).isoformat()
    address = context.address(request)
    names = (generation.version for generation in context.snapshot.live(*_READ))
    etag = etag_of(STRUCTURES, version(), address, day, *names, query.model_dump_json())
    return answered(request, etag, context.answers, lambda: _desk_made(state, etag, address, context))


def _desk_made(state: PageState, etag: str, address: str, context: Context) -> Response:
    query: LeadsQuery = state.query
    generations = context.snapshot.live(*_READ)
    profile = requested_profile(query, context)
    if query.supplier not in (
        None,
        profile.supplier,
    ):  # a name is looked for once: its address then says the structure itself
        return RedirectResponse(state.url(supplier=profile.supplier) or STRUCTURES, 303)
    found = desk(query, profile, context.snapshot, context.lexicon, context.today())
    followed = dict(feeds(state, "leads"))
    values = _values({}) | {
        "desk": found,
        "profile": profile,
        "name": readable_name(profile.name or ""),
        "sheet": _sheet(profile.supplier, context),
        "missing": [NOT_LOADED[collection] for collection in found.leads.missing],
        "follow": _follow(followed, address),
        "feeds": list(followed.items()),
        "relaxed": ways_out(found.relaxed, LEADS),
        "missed": None if profile.supplier is None else url_of("/marches", ContractQuery(missed=profile.supplier)),
        "as_of": found.leads.as_of,
        "newest": None if found.cards else last_notice(context.snapshot, found.leads.as_of),
        "carried": carried(query.as_of),
        "sources": [source for generation in generations for source in all_sources(generation)],
    }
    return page("structure.html", values, etag=etag)


def _sheet(supplier: str | None, context: Context) -> str | None:
    """The form by which the structure completes its sheet; ``None`` when nobody is said, or when nothing is taken here."""
    return f"{RESULTS}/{quote(supplier, safe='')}/completer" if supplier and context.takes else None


def _follow(feeds_of: Mapping[str, str | None], address: str) -> dict[str, str]:
    """The addresses that a calendar and a feed reader follow: whole, as they are read elsewhere."""
    calendar, atom = feeds_of[FEEDS["ics"]], feeds_of[FEEDS["atom"]]
    return {
        "webcal": f"webcal{address[address.index(':') :]}{calendar}",
        "calendar": f"{address}{calendar}",
        "atom": f"{address}{atom}",
    }


def _values(given: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {
        "space": _SPACE,
        "desk": None,
        "tasks": (),
        "given": {name: next(iter(given.get(name, ())), "") for name in FIELDS},
        "kept_fields": [(name, value) for name, values in given.items() if name not in FIELDS for value in values],
        "errors": {},
        "choices": {},
        "faults": (),
    }


def _refused(refused: Refused) -> Response:
    """The form with its errors, the other inputs as typed."""
    errors: dict[str, list[str]] = {}
    named = [error for error in refused.errors if error.field != "query"]
    shown = named or [FieldError("supplier", "missing", NOBODY)]
    for error in shown:
        errors.setdefault(_field(error), []).append(error.message)
    choices = {(name if name in FIELDS else "supplier"): some for name, some in refused.choices.items()}
    values = _values(refused.values) | {
        "errors": errors,
        "choices": choices,
        "faults": [(_field(error), error.message) for error in shown],
    }
    return page("structure.html", values, status=422)


def _field(error: FieldError) -> str:
    """The field beside which an error stands."""
    if error.field in ("territory", "near", "radius_km"):
        return "lieu"
    return {"trade": "metier", **{name: name for name in FIELDS}}.get(error.field, "supplier")
