"""« Pourquoi pas moi ? »: reserved and clause contracts within reach that a supplier did not win (for an ordinary labelled company, those with an
environmental provision), each with the one fact that would have opened it. Method ``missed-3``: docs/methods.md (i), « What was not won ».

Five conditions decide whether a purchase is open to a profile: its trade, its place, its kind and its size, as for a lead
(:mod:`vivier.contracts.eligible`), and its labels. A purchase that one condition alone closes is opened by one fact; the fact is then
verified by asking again with it. One that two conditions close is counted. Only purchases of the trades of the profile, or of like
trades, are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

from vivier.contracts.held_labels import named_labels
from vivier.contracts.missed_facts import changes
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import Question
from vivier.contracts.opportunities import first_lots, lots_beside, other_lots
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import own_profile
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.search.operators import Collection, Terms, conjunction
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot

METHOD_VERSION: Final = "missed-3"
FACTS: Final[Mapping[Fact, str]] = {
    "nothing": "Rien ne manquait, d'après ce que l'index sait",
    "supposed": "Il suffisait de publier un métier, aujourd'hui supposé",
    "trade": "Un métier de plus",
    "farther": "Quelques kilomètres de plus",
    "partner": "Un ou plusieurs partenaires",
    "kind": "Un autre agrément",
    "label": "Un label",
}
OF_EACH: Final = 5
"""Purchases of each fact that a page for people shows, when its query names none."""
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
    """The purchases of a query, the likeliest of each fact first. ``totals``: the purchases that each fact opens; ``several``: those that no
    fact alone opens; ``looked_at``: all of them, the sum of the former; ``found``: those of the page; ``missing``: collections not
    indexed. Everywhere, the lots of one consultation that one fact opens are one purchase."""

    profile: Profile
    as_of: date
    totals: Mapping[Fact, int]
    total: int
    found: tuple[Missed, ...]
    several: int
    missing: tuple[Collection, ...]

    @property
    def looked_at(self) -> int:
        """The purchases looked at."""
        return sum(self.totals.values()) + self.several


@dataclass(frozen=True)
class _Counts:
    """The purchases of one collection, by fact, and those that no fact alone opens."""

    totals: Mapping[Fact, int]
    several: int


def find_missed(
    query: MissedQuery, snapshot: Snapshot, lexicon: Lexicon, today: date, of_each: int | None = None
) -> MissedFound:
    """What the supplier of a query did not win: a page of the list of the facts wanted, or with ``of_each`` the first purchases of each of
    them. Raises the errors of :func:`~vivier.contracts.query_profile.profile_of`."""
    as_of = query.as_of or today
    own, record = own_profile(query, snapshot, lexicon, today)
    indexed = [collection for collection in COLLECTIONS if snapshot.live(collection)]
    named = {collection: named_labels(snapshot, collection, lexicon) for collection in indexed}
    question = Question(query, own, record, lexicon, as_of, named)
    counts = snapshot.together(*(partial(_count, question, collection, snapshot) for collection in indexed))
    totals = {fact: sum(count.totals[fact] for count in counts) for fact in question.facts()}
    wanted = [fact for fact in FACTS if fact in totals and (not query.fact or fact in query.fact)]
    stretches = _stretches({fact: totals[fact] for fact in wanted}, query, of_each)
    found = snapshot.together(*(partial(_read, question, fact, indexed, snapshot, *span) for fact, span in stretches))
    return MissedFound(
        profile=question.profile,
        as_of=as_of,
        totals=totals,
        total=sum(totals[fact] for fact in wanted),
        found=tuple(missed for several in found for missed in several),
        several=sum(count.several for count in counts),
        missing=tuple(collection for collection in COLLECTIONS if collection not in indexed),
    )


def _count(question: Question, collection: Collection, snapshot: Snapshot) -> _Counts:
    reader, facts = snapshot.of(collection), question.facts()
    wheres = [*(question.where(fact, collection) for fact in facts), question.several(collection)]
    answer, (*beside, beside_several) = snapshot.together(
        lambda: reader.search(question.counted(collection)),
        lambda: snapshot.together(*(partial(other_lots, reader, where) for where in wheres)),
    )
    lots = answer.counts
    several = lots["all"] - sum(lots[fact] for fact in facts) - beside_several
    return _Counts({fact: lots[fact] - others for fact, others in zip(facts, beside, strict=True)}, several)


def _stretches(
    totals: Mapping[Fact, int], query: MissedQuery, of_each: int | None
) -> Iterator[tuple[Fact, tuple[int, int]]]:
    """The purchases of each fact that are shown, by their first place and the one after the last."""
    first, last = (query.page - 1) * query.per_page, query.page * query.per_page
    before = 0
    for fact, total in totals.items():
        span = (0, min(of_each, total)) if of_each is not None else (max(first - before, 0), min(last - before, total))
        if span[0] < span[1]:
            yield fact, span
        before += total


def _read(
    question: Question, fact: Fact, collections: Sequence[Collection], snapshot: Snapshot, first: int, last: int
) -> list[Missed]:
    """The purchases of a fact from the place ``first`` to ``last``, the likeliest first, each verified by asking again."""
    ranked = snapshot.together(
        *(partial(first_lots, snapshot.of(name), question.shown(fact, name), last) for name in collections)
    )
    each = [(name, hit) for name, (hits, _) in zip(collections, ranked, strict=True) for hit in hits]
    each.sort(key=lambda named: -named[1].score)  # equals stay in the order of the engine
    shown = each[first:last]
    hits_of = {name: [hit for found_in, hit in shown if found_in == name] for name in collections}
    read = snapshot.together(*(partial(_purchases, question, hits_of[name], fact, name, snapshot) for name in hits_of))
    by_name = dict(zip(hits_of, read, strict=True))
    return [by_name[name][hit.id] for name, hit in shown]


def _purchases(
    question: Question, hits: Sequence[Hit[Any]], fact: Fact, collection: Collection, snapshot: Snapshot
) -> dict[str, Missed]:
    """The purchases that a fact opens, by id, each with the number of its other lots."""
    if not hits:
        return {}
    where = question.where(fact, collection)
    opened, beside = snapshot.together(
        lambda: _opened(question, hits, fact, collection, snapshot),
        lambda: lots_beside(snapshot.of(collection), where, hits),
    )
    return {id_: replace(missed, lots=beside.get(id_, 0)) for id_, missed in opened.items()}


def _opened(
    question: Question, hits: Sequence[Hit[Any]], fact: Fact, collection: Collection, snapshot: Snapshot
) -> dict[str, Missed]:
    """The purchases that a fact opens, by id, each verified by asking again with its first candidate that does. One that no candidate
    opens says so: the conditions of :meth:`Question.where` leave none, as far as the tests see."""
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
    unverified = f"{FACTS[fact]} (non vérifié)"
    return opened | {hit.id: _missed(hit, collection, fact, unverified, None) for hit in hits if hit.id not in opened}


def _missed(hit: Hit[Any], collection: Collection, fact: Fact, text: str, query: MissedQuery | None) -> Missed:
    distance = None if hit.distance_km is None else round(hit.distance_km, 1)
    return Missed(hit.id, collection, hit.record, fact, text, query, distance, hit.score)


__all__ = ["FACTS", "METHOD_VERSION", "OF_EACH", "Missed", "MissedFound", "find_missed"]
