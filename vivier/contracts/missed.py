"""« Pourquoi pas moi ? »: reserved and clause contracts within reach that a supplier did not win, each with the one fact that would have
opened it. Method ``missed-1``: docs/methods.md (i), « What was not won ».

Five conditions decide whether a purchase is open to a profile: its trade, its place, its kind, its size and its labels. A purchase that one
condition alone closes is opened by one fact; the fact is then verified by asking again with it. One that two conditions close is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

from vivier.contracts.missed_facts import changes
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import SHOWN, Question
from vivier.contracts.opportunities import consultation_of
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import own_profile
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.search.operators import Collection, Terms, conjunction

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
    own, record = own_profile(query, snapshot, lexicon, today)
    question = Question(query, own, record, lexicon, as_of)
    totals: dict[Fact, int] = dict.fromkeys(question.facts(), 0)
    found: list[Missed] = []
    looked_at = unverified = 0
    indexed = [collection for collection in COLLECTIONS if snapshot.live(collection)]
    for counts, made, left in snapshot.together(*(partial(_read, question, name, snapshot) for name in indexed)):
        looked_at += counts["all"]
        for fact in totals:
            totals[fact] += counts[fact]
        found += made
        unverified += left
    order = list(FACTS)
    found.sort(key=lambda missed: (order.index(missed.fact), -missed.score))  # equals stay in the order of the engine
    page = _page(found, query)
    several = looked_at - sum(totals.values())
    missing = tuple(collection for collection in COLLECTIONS if collection not in indexed)
    return MissedFound(question.profile, as_of, looked_at, totals, page, unverified, several, missing)


def _read(
    question: Question, collection: Collection, snapshot: Snapshot
) -> tuple[Mapping[str, int], list[Missed], int]:
    """The counts of a collection, the purchases that each fact opens there, and how many were read of which none is verified."""
    facts = [fact for fact in question.query.fact or question.facts() if fact in question.facts()]
    reader = snapshot.of(collection)
    searches = [question.counted(collection), *(question.shown(fact, collection) for fact in facts)]
    counted, *firsts = snapshot.together(*(partial(reader.search, search) for search in searches))
    verified = snapshot.together(
        *(
            partial(_verified, question, fact, collection, snapshot, first.hits)
            for fact, first in zip(facts, firsts, strict=True)
        )
    )
    made = [missed for opened, _ in verified for missed in opened]
    return counted.counts, made, sum(left for _, left in verified)


def _page(found: Sequence[Missed], query: MissedQuery) -> tuple[Missed, ...]:
    """The page of one fact, or the first purchases of each."""
    if query.fact:
        return tuple(found[(query.page - 1) * query.per_page : query.page * query.per_page])
    shown: dict[Fact, list[Missed]] = {}
    for missed in found:
        shown.setdefault(missed.fact, []).append(missed)
    return tuple(missed for several in shown.values() for missed in several[:SHOWN])


def _verified(
    question: Question, fact: Fact, collection: Collection, snapshot: Snapshot, hits: Sequence[Hit[Any]]
) -> tuple[list[Missed], int]:
    """The purchases that a fact opens, one a consultation: its first lot, with the number of the others; and how many were read of which no
    fact is verified. ``hits``: the first that it may open, the likeliest first; others are read until those verified fill the page."""
    made: dict[str, Missed] = {}
    unverified, search = 0, question.shown(fact, collection)
    while True:
        named = [(consultation_of(hit.record) or hit.id, hit) for hit in hits]
        opened = _opened(question, [hit for name, hit in named if name not in made], fact, collection, snapshot)
        for name, hit in named:
            if name in made:
                made[name] = replace(made[name], lots=made[name].lots + 1)
            elif hit.id in opened:
                made[name] = opened[hit.id]
            else:
                unverified += 1
        if len(hits) < search.limit or len(made) >= question.wanted:
            return list(made.values()), unverified
        search = replace(search, offset=search.offset + search.limit)
        hits = snapshot.of(collection).search(search).hits


def _opened(
    question: Question, hits: Sequence[Hit[Any]], fact: Fact, collection: Collection, snapshot: Snapshot
) -> dict[str, Missed]:
    """The purchases that a fact opens, by id, each verified by asking again with its first candidate that does."""
    if fact == "nothing":
        return {hit.id: _missed(hit, collection, fact, FACTS[fact], None) for hit in hits}
    candidates = [(hit, query, text) for hit in hits for query, text in changes(question, hit, fact)]
    ids_by_query: dict[MissedQuery, list[str]] = {}
    for hit, query, _ in candidates:
        ids_by_query.setdefault(query, []).append(hit.id)

    def meeting(query: MissedQuery) -> set[str]:
        where = conjunction(
            Terms("id", tuple(ids_by_query[query])), *question.again(query).conditions(collection).values()
        )
        return {met.id for met in snapshot.of(collection).scan(where, records=False)}

    met = dict(zip(ids_by_query, snapshot.together(*(partial(meeting, query) for query in ids_by_query)), strict=True))
    opened: dict[str, Missed] = {}
    for hit, query, text in candidates:
        if hit.id in met[query] and hit.id not in opened:
            opened[hit.id] = _missed(hit, collection, fact, text, query)
    return opened


def _missed(hit: Hit[Any], collection: Collection, fact: Fact, text: str, query: MissedQuery | None) -> Missed:
    distance = None if hit.distance_km is None else round(hit.distance_km, 1)
    return Missed(hit.id, collection, hit.record, fact, text, query, distance, hit.score)


__all__ = ["FACTS", "METHOD_VERSION", "Missed", "MissedFound", "find_missed"]
