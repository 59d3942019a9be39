"""Prepares a notice or a planned purchase for the pages: its card in a list, and its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from search_api.contracts.pages.contracts import Party, Sign, buyer_party, cpv_text, signs
from search_api.pages.clipped import Clipped, clipped
from search_api.pages.facts import Proof, proof
from search_api.pages.words import UNKNOWN, credit, long_day, moment, safe_url
from vivier import procurement as words
from vivier.contracts.announced import recurrence_text
from vivier.contracts.objects import object_title
from vivier.french import number
from vivier.model.views import NoticeView
from vivier.search.find import Reason

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
    brief: Clipped
    who: Clipped
    when: str
    where: str
    why: Clipped | None
    amount: str | None = None


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


def notice_card(record: Record, reasons: tuple[Reason, ...]) -> NoticeCard:
    """The card of a notice as indexed."""
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
        brief=clipped(title, 8),
        who=clipped(buyer.name, 6),
        when=_when(record),
        where=clipped(place, 4).shown if place else "",
        why=None if why is None else clipped(why[:1].upper() + why[1:], 6),
    )


_DATED: Final = ("place", "open", "planned", "distance", "ended", "closed", "amount")
"""Codes of the reasons that a card tells by its date and its place."""


def _when(record: Record) -> str:
    """The date that matters of a notice: the last day to answer, else that of its publication."""
    if record.get("planned"):
        return f"Publication prévue le {long_day(record['planned'])}"
    if record.get("deadline"):
        return f"Répondre avant le {long_day(record['deadline'])}"
    return f"Publié le {long_day(record['published'])}" if record.get("published") else "Date inconnue"


def notice_sheet(record: Record, reasons: tuple[Reason, ...]) -> NoticeSheet:
    """The page of a notice as indexed."""
    return NoticeSheet(
        card=notice_card(record, reasons),
        official=safe_url(record["provenance"].get("url")),
        description=record.get("description"),
        facts=tuple(_facts(record)),
        criteria=tuple(_criteria(record)),
        signs=tuple(signs(record)),
        sources=tuple(proof(source) for source in record.get("sources", ())),
    )


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    months, category = record.get("months"), record.get("category")
    yield "Numéro", record.get("number") or UNKNOWN
    yield "Nature", words.NOTICE_NATURES[record["nature"]]
    yield "Codes CPV", " ; ".join(cpv_text(code) or code for code in record.get("cpv", ())) or UNKNOWN
    yield "Catégorie", UNKNOWN if category is None else words.CATEGORIES.get(category, str(category))
    yield "Publié le", long_day(record.get("published"))
    if record.get("planned"):
        yield "Publication prévue le", long_day(record["planned"])
    yield "Réponse avant le", moment(record.get("deadline"))
    yield "Durée", UNKNOWN if months is None else f"{months} mois"
    recurrence = record.get("recurrence")
    if recurrence is not None:
        text = recurrence_text(recurrence)
        yield "Suite", f"{text[:1].upper()}{text[1:]}"
    procedure = record.get("procedure")
    yield "Procédure", UNKNOWN if procedure is None else words.PROCEDURES.get(procedure, str(procedure))


def _criteria(record: Record) -> Iterator[tuple[str, str]]:
    for criterion in record.get("criteria", ()):
        weight = criterion.get("weight")
        yield criterion["name"], "non publié" if weight is None else number(weight, 2)
