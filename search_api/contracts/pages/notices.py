"""Prepares a notice or a planned purchase for the pages: its card in a list, and its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search_api.contracts.pages.contracts import Party, Sign, buyer_party, cpv_text, signs
from search_api.pages.facts import Proof, proof
from search_api.pages.words import UNKNOWN, credit, long_day, moment, safe_url
from vivier import procurement as words
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
    return NoticeCard(
        id=record["key"],
        title=object_title(record),
        nature=words.NOTICE_NATURES[record["nature"]],
        buyer=buyer_party(record["buyer"]),
        published=f"publié le {long_day(record['published'])}"
        if record.get("published")
        else "date de publication inconnue",
        reasons=reasons,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
    )


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
    procedure = record.get("procedure")
    yield "Procédure", UNKNOWN if procedure is None else words.PROCEDURES.get(procedure, str(procedure))


def _criteria(record: Record) -> Iterator[tuple[str, str]]:
    for criterion in record.get("criteria", ()):
        weight = criterion.get("weight")
        yield criterion["name"], "non publié" if weight is None else number(weight, 2)
