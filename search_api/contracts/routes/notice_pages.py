"""``/avis`` and ``/avis/{id}``: notices and planned purchases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages.contracts import Party, Sign, buyer_party, cpv_text, signs
from search_api.contracts.pages.listing import Generations, about, common, serve, serve_sheet, ways_out
from search_api.contracts.pages.lists import GLANCED, ListPage, feeds, files
from search_api.envelope import credited
from search_api.pages.facts import Proof, facts, proof
from search_api.pages.state import PageState
from search_api.pages.words import answer_day, credit, in_brief, long_day, safe_url
from vivier import procurement as words
from vivier.contracts.acts import dated
from vivier.contracts.announced import recurrence_text
from vivier.contracts.find import find_list, totals_by_status
from vivier.contracts.objects import object_title
from vivier.contracts.plan import FACETS
from vivier.contracts.query import NoticeQuery
from vivier.contracts.reasons import notice_reasons
from vivier.contracts.relax import relaxed_list
from vivier.contracts.status import day_of
from vivier.french import capital, number
from vivier.model.views import NoticeView
from vivier.needs.asked import said_first
from vivier.procurement import NOTICE_NATURES
from vivier.search.find import Reason
from vivier.search.query import MAX_DEPTH

Record = NoticeView
NOTICE_STATES = {"open": "Ouverts", "planned": "Projets d'achat", "closed": "Clos", "awarded": "Attribués", "": "Tous"}


@dataclass(frozen=True)
class NoticeCard:
    """A notice in a list. ``published``: the day of its publication, past or planned."""

    id: str
    title: str
    nature: str
    buyer: Party
    published: str
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    brief: str
    who: str
    when: str
    where: str
    why: str | None
    amount: str | None = None

    @property
    def page(self) -> str:
        return f"/avis/{quote(self.id, safe='')}"


@dataclass(frozen=True)
class NoticeSheet:
    """The page of a notice. ``official``: the address of its publication."""

    card: NoticeCard
    official: str | None
    description: str | None
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str], ...]
    signs: tuple[Sign, ...]
    sources: tuple[Proof, ...]


def notice_card(record: Record, reasons: tuple[Reason, ...], as_of: date) -> NoticeCard:
    title, buyer = object_title(record), buyer_party(record["buyer"])
    why = next((reason.text for reason in reasons if reason.code not in _DATED), None)
    place = next((reason.text.rpartition(" : ")[2] for reason in reasons if reason.code == "place"), "")
    return NoticeCard(
        id=record["key"],
        title=title,
        nature=words.NOTICE_NATURES[record["nature"]],
        buyer=buyer,
        published=f"publié le {long_day(record['published'])}"
        if record.get("published")
        else "date de publication inconnue",
        reasons=reasons,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
        brief=title,
        who=buyer.name,
        when=_when(record, as_of),
        where=place,
        why=None if why is None else capital(in_brief(why).partition(" : ")[0]),
    )


_DATED: Final = ("place", "open", "planned", "distance", "ended", "closed", "amount")
"""Codes of the reasons that a card tells by its date and its place."""


def _when(record: Record, as_of: date) -> str:
    """The date that matters of a notice: the last day to answer, else that of its publication."""
    planned, deadline = day_of(record.get("planned")), day_of(record.get("deadline"))
    if planned is not None:
        return dated("planned", planned, as_of, record)
    if deadline is not None:
        return dated("answer", deadline, as_of, record)
    return f"Publié le {long_day(record['published'])}" if record.get("published") else "Date inconnue"


def notice_sheet(record: Record, reasons: tuple[Reason, ...], as_of: date) -> NoticeSheet:
    """The page of a notice as indexed."""
    return NoticeSheet(
        card=notice_card(record, reasons, as_of),
        official=safe_url(record["provenance"].get("url")),
        description=record.get("description"),
        facts=facts(_facts(record)),
        criteria=tuple(_criteria(record)),
        signs=tuple(signs(record)),
        sources=tuple(proof(source) for source in record.get("sources", ())),
    )


def _facts(record: Record) -> Iterator[tuple[str, str | None]]:
    months, category = record.get("months"), record.get("category")
    yield "Numéro", record.get("number")
    yield "Nature", words.NOTICE_NATURES[record["nature"]]
    yield "Codes CPV", " ; ".join(cpv_text(code) or code for code in record.get("cpv", ()))
    yield "Catégorie", None if category is None else words.CATEGORIES.get(category, str(category))
    yield "Publié le", long_day(record.get("published"))
    if record.get("planned"):
        yield "Publication prévue le", long_day(record["planned"])
    yield "Réponse attendue", answer_day(record)
    yield "Durée", None if months is None else f"{months} mois"
    recurrence = record.get("recurrence")
    if recurrence is not None:
        text = recurrence_text(recurrence)
        yield "Suite", f"{text[:1].upper()}{text[1:]}"
    procedure = record.get("procedure")
    yield "Procédure", None if procedure is None else words.PROCEDURES.get(procedure, str(procedure))


def _criteria(record: Record) -> Iterator[tuple[str, str]]:
    for criterion in record.get("criteria", ()):
        weight = criterion.get("weight")
        yield criterion["name"], "non publié" if weight is None else number(weight, 2)


NOTICES = ListPage(
    "/avis",
    NoticeQuery,
    "avis",
    facets=FACETS["notices"],
    words="Mots cherchés (objet, acheteur)",
    size=GLANCED,
    order="published",
)

COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("avis ouvert", "avis ouverts"),
    "planned": ("projet d'achat", "projets d'achat"),
    "closed": ("avis clos", "avis clos"),
    "awarded": ("avis attribué", "avis attribués"),
    "cancelled": ("avis annulé", "avis annulés"),
    "corrected": ("avis remplacé par un rectificatif", "avis remplacés par un rectificatif"),
}
"""The notices of each state, of one and of several."""
EVERY: Final = ("avis ou projet d'achat", "avis et projets d'achat")


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The list and the sheet. They are not part of the API."""
    serve(routes, NOTICES, ("notices",), _notices, context)
    serve_sheet(routes, NOTICES, "notices", _notice, context)


def _notices(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    requested, state = state, _open_first(state)
    found = find_list(state.query, context.snapshot, context.lexicon, context.today())
    natures = state.query.nature or tuple(
        NOTICE_NATURES
    )  # when the query names no nature, the API leaves projects out of the list of notices
    every = PageState(state.query.model_copy(update={"nature": natures}), path=state.path)
    totals = totals_by_status(found, context.snapshot)
    listed = common(NOTICES, requested, found.total, MAX_DEPTH, context, found.answer.facets)
    values = {
        **listed,
        "chips": [chip for chip in listed["chips"] if chip.name != "status"],  # the states have their own
        "counted_as": COUNTED[state.query.status[0]] if len(state.query.status) == 1 else EVERY,
        "about": about(PageState(state.query.model_copy(update={"status": ()}), path=state.path), context),
        "cards": [notice_card(notice.record, notice.reasons, found.plan.as_of) for notice in found.results],
        "states": [
            (name, totals[code], _of(code, state).url(), state.query.status == ((code,) if code else ()))
            for code, name in NOTICE_STATES.items()
        ],
        "empty": f"Aucun avis ouvert aujourd'hui, à ces conditions.{_elsewhere(totals)}"
        if state.query.status == ("open",)
        else "Aucun avis ne répond à toutes ces conditions.",
        "hint": "BOAMP, TED et projets d'achat (APProch).",
        "notices": (*said_first(state.besoin, context.lexicon, type(state.query)), *found.plan.notices),
        "relaxed": ways_out(relaxed_list(found, context.snapshot, context.lexicon), NOTICES, every=True),
        "exports": files(every, "/v1/notices"),
        "feeds": feeds(every, "notices"),
        "sources": credited((notice.record for notice in found.results), generations),
    }
    return "list.html", values


def _elsewhere(totals: Mapping[str, int]) -> str:
    """Where else there are notices to these criteria, when none is open: the states, which stand over the list, that hold some."""
    states = [
        f"{name.lower()} ({number(totals[code])})"
        for code, name in NOTICE_STATES.items()
        if code not in ("", "open") and totals[code]
    ]
    return f" Au-dessus : {', '.join(states)}." if states else ""


def _open_first(state: PageState) -> PageState:
    """The search, of the calls that are open unless it says which state: what can no longer be answered stands behind its own choice."""
    return state if state.query.status or state.every else _of("open", state)


def _of(code: str, state: PageState) -> PageState:
    """The search of the notices of one state, or of every state when it has no name."""
    return replace(state, query=state.query.model_copy(update={"status": (code,) if code else ()}), every=not code)


def _notice(record: NoticeView, as_of: date, context: Context) -> tuple[str, dict[str, object]]:
    return "notice.html", {"sheet": notice_sheet(record, notice_reasons(record, None, as_of, context.lexicon), as_of)}
