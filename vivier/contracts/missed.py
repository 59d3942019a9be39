"""« Pourquoi pas moi ? »: reserved and clause contracts within reach that a supplier did not win, each with the one fact that would have
opened it. Method ``missed-1``: docs/methods.md (i), « What was not won ».

Five conditions decide whether a purchase is open to a profile: its trade, its place, its kind, its size and its labels. A purchase that one
condition alone closes is opened by one fact; the fact is then verified by asking again with it. One that two conditions close is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from vivier.contracts.missed_facts import changes
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import SHOWN, Question
from vivier.contracts.opportunities import consultation_of
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import profile_of
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.search.operators import Collection, Search, Terms, conjunction

METHOD_VERSION: Final = "missed-1"
FACTS: Final[Mapping[Fact, str]] = {
    "nothing": "Rien ne manquait, d'après ce que l'index sait",
    "supposed": "Il suffisait de publier un métier, aujourd'hui supposé",
    "trade": "Un métier de plus",
    "farther": "Quelques kilomètres de plus",
    "partner": "Un ou plusieurs partenaires",
    "kind": "Un autre agrément",
    "label": "Un label",
}
COLLECTIONS: Final[tuple[Collection, ...]] = ("contracts", "notices")


@dataclass(frozen=True)
class Missed:
    """One purchase that was not won. ``fact`` and its French ``text``; ``query``: the same question with that fact, ``None`` when no fact was
    missing; ``distance_km`` from the supplier, when both places are known; ``lots``: other lots of its consultation, of the same fact."""

    id: str
    collection: Collection
    record: ContractView | NoticeView
    fact: Fact
    text: str
    query: MissedQuery | None
    distance_km: float | None
    score: int
    lots: int = 0


@dataclass(frozen=True)
class MissedFound:
    """The purchases of a query, the likeliest of each fact first. ``totals``: how many each fact opens by its condition alone; ``found``: those
    shown, each verified; ``unverified``: those read for the page of which no single fact was verified; ``several``: closed by two
    conditions or more; ``looked_at``: all of them; ``missing``: collections not indexed."""

    profile: Profile
    as_of: date
    looked_at: int
    totals: Mapping[Fact, int]
    found: tuple[Missed, ...]
    unverified: int
    several: int
    missing: tuple[Collection, ...]

    @property
    def total(self) -> int:
        """Purchases that one fact opens, or none was missing for."""
        return sum(self.totals.values())


def find_missed(query: MissedQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> MissedFound:
    """What the supplier of a query did not win. Raises the errors of :func:`~vivier.contracts.query_profile.profile_of`."""
    as_of = query.as_of or today
    profile = profile_of(query, snapshot, lexicon, today)
    record = snapshot.suppliers.get([profile.supplier]).get(profile.supplier) if profile.supplier else None
    question = Question(query, profile, record, lexicon, as_of)
    totals: dict[Fact, int] = dict.fromkeys(question.facts(), 0)
    found: list[Missed] = []
    missing: list[Collection] = []
    looked_at = unverified = 0
    for collection in COLLECTIONS:
        try:
            reader = snapshot.of(collection)
        except NotFound:
            missing.append(collection)
            continue
        counts = reader.search(question.counted(collection)).counts
        looked_at += counts["all"]
        for fact in totals:
            totals[fact] += counts[fact]
        for fact in query.fact or tuple(totals):
            if fact in totals and counts[fact]:
                made, left = _verified(question, fact, collection, snapshot, today)
                found += made
                unverified += left
    order = list(FACTS)
    found.sort(key=lambda missed: (order.index(missed.fact), -missed.score))  # equals stay in the order of the engine
    page = _page(found, query)
    several = looked_at - sum(totals.values())
    return MissedFound(profile, as_of, looked_at, totals, page, unverified, several, tuple(missing))


def _page(found: Sequence[Missed], query: MissedQuery) -> tuple[Missed, ...]:
    """The page of one fact, or the first purchases of each."""
    if query.fact:
        return tuple(found[(query.page - 1) * query.per_page : query.page * query.per_page])
    shown: dict[Fact, list[Missed]] = {}
    for missed in found:
        shown.setdefault(missed.fact, []).append(missed)
    return tuple(missed for several in shown.values() for missed in several[:SHOWN])


def _verified(
    question: Question, fact: Fact, collection: Collection, snapshot: Snapshot, today: date
) -> tuple[list[Missed], int]:
    """The purchases that a fact opens, one a consultation: its first lot, with the number of the others; and how many were read of which no
    fact is verified."""
    made: dict[str, Missed] = {}
    unverified = 0
    for hit in _hits(question, fact, collection, snapshot, made):
        name = consultation_of(hit.record) or hit.id
        if name in made:
            made[name] = replace(made[name], lots=made[name].lots + 1)
            continue
        missed = _opened(question, hit, fact, collection, snapshot, today)
        if missed is None:
            unverified += 1
        else:
            made[name] = missed
    return list(made.values()), unverified


def _hits(
    question: Question, fact: Fact, collection: Collection, snapshot: Snapshot, made: Mapping[str, Missed]
) -> Iterator[Hit[Any]]:
    """The purchases that a fact may open, the likeliest first, until those ``made`` of them fill the page: lots of one consultation are one, and some
    are not verified."""
    search = question.shown(fact, collection)
    while True:
        hits = snapshot.of(collection).search(search).hits
        yield from hits
        if len(hits) < search.limit or len(made) >= question.wanted:
            return
        search = replace(search, offset=search.offset + search.limit)


def _opened(
    question: Question, hit: Hit[Any], fact: Fact, collection: Collection, snapshot: Snapshot, today: date
) -> Missed | None:
    """A purchase with the fact that opens it, verified by asking again; ``None`` when no candidate of that sort is verified."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 1)
    if fact == "nothing":
        return Missed(hit.id, collection, hit.record, fact, FACTS[fact], None, distance, hit.score)
    for query, text in changes(question, hit, fact):
        profile = profile_of(query, snapshot, question.lexicon, today)
        again = Question(query, profile, question.record, question.lexicon, question.as_of)
        where = conjunction(Terms("id", (hit.id,)), *again.conditions(collection).values())
        if snapshot.of(collection).search(Search(where=where, sort=(), limit=0)).total:
            return Missed(hit.id, collection, hit.record, fact, text, query, distance, hit.score)
    return None


__all__ = ["FACTS", "METHOD_VERSION", "Missed", "MissedFound", "find_missed"]
