"""« Pourquoi pas moi ? »: reserved and clause contracts within reach that a supplier did not win (for an ordinary labelled company, those with an
environmental provision), each with the one fact that would have opened it. Method ``missed-3``: docs/methods.md (i), « What was not won ».

Five conditions decide whether a purchase is open to a profile: its trade, its place, its kind and its size, as for a lead
(:mod:`vivier.contracts.eligible`), and its labels. A purchase that one condition alone closes is opened by one fact; the fact is then
verified by asking again with it. One that two conditions close is counted. Only purchases of the trades of the profile, or of like
trades, are looked at.

The one fact that would have opened a purchase: the candidates of each sort, each as the same question with it and a French text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

from vivier.contracts.held_labels import label_words, named_labels
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import FARTHEST_KM, KIND_OF, MOST_PARTNERS, Question
from vivier.contracts.objects import has_words, lot_of, object_title
from vivier.contracts.opportunities import first_lots, lots_beside, other_lots
from vivier.contracts.profile import Profile, with_narrower
from vivier.contracts.query import RESERVED_FOR
from vivier.contracts.query_profile import own_profile
from vivier.french import kilometres, plural
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.needs import resolve_need
from vivier.search.codes import trades_meant_by_cpv
from vivier.search.operators import Collection, Terms, conjunction
from vivier.search.port import Hit
from vivier.search.query import changed
from vivier.search.snapshot import Snapshot

Change = tuple[MissedQuery, str]
_ANY_TRADE: Final = "publier vos métiers ; celui de ce lot n'est pas précisé"
STEP_KM: Final = 5
"""Kilometres are told in steps of five."""


def changes(question: Question, hit: Hit[Any], fact: Fact) -> Iterator[Change]:
    """The candidates of a fact: the question with it, and its French text."""
    match fact:
        case "supposed":
            yield from _supposed(question, hit)
        case "trade":
            yield from _trades(question, hit)
        case "farther":
            yield from _farther(question, hit)
        case "partner":
            yield from _partners(question, hit)
        case "kind":
            yield from _kinds(question, hit)
        case _:
            yield from _labels_asked(question, hit)


def _supposed(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    """Publishing a trade: one that is supposed of the supplier first. Only a lot whose trade is not known wants any: none is named."""
    supposed = [code for code, _ in question.profile.supposed]
    mine = set(with_narrower(supposed, question.lexicon))
    refused, meant = question.refused(), _meant(question, hit)
    wanted = [code for code in meant if code not in refused] if meant else supposed[:1]
    for code in sorted(wanted, key=lambda code: code not in mine):
        name = question.lexicon.trades.get(code).name
        let = (
            "publier ce métier, que votre type ou votre nom laisse supposer" if code in mine else "un métier non publié"
        )
        yield changed(question.query, trade=(code,)), f"{let} : {name}" if meant else _ANY_TRADE


def _trades(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    """One more trade, like those of the profile, that the lot means; any of them when its trade is not known."""
    meant = _meant(question, hit)
    for code in (code for code in question.near() if not meant or code in meant):
        name = question.lexicon.trades.get(code).name
        text = f"un métier non publié : {name}" if meant else _ANY_TRADE
        yield changed(question.query, trade=(*question.profile.trades, code)), text


def _meant(question: Question, hit: Hit[Any]) -> list[str]:
    """The trades that a lot means by its CPV, then those that its object names, with the broader ones. The CPV of a numbered lot may be that of
    the whole consultation: it counts only when the object surely names no trade."""
    trades, title = question.lexicon.trades, object_title(hit.record)
    need = resolve_need(title, question.lexicon)
    named = [sector.id for sector in need.sectors if sector.id in trades]
    is_sure = bool(named) and need.status == "auto" and lot_of(title) is not None
    by_code = () if is_sure else _trades_of(hit.record, question.lexicon)
    meant = dict.fromkeys([*by_code, *named])
    return list(dict.fromkeys([*meant, *(above.code for code in meant for above in trades.ancestors(code))]))


def _farther(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    zone = question.profile.zone
    if zone.point is not None and zone.km is not None and hit.distance_km is not None:
        km = max(1, math.ceil(hit.distance_km / STEP_KM)) * STEP_KM
        if km <= FARTHEST_KM:
            more = kilometres(round(km - zone.km, 1))
            text = f"{more} de plus : un rayon de {kilometres(km)} au lieu de {kilometres(zone.km)}"
            yield changed(question.query, near=zone.point, radius_km=float(km), territory=()), text
    elif zone.territories:
        for id_ in _departements_of(hit.record, question.lexicon):
            name = question.lexicon.gazetteer.get(id_).name
            yield changed(question.query, territory=(*zone.territories, id_)), f"servir aussi un département : {name}"


def _partners(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    means = question.profile.means
    for members in range(2, MOST_PARTNERS + 1):
        if means is not None:
            partners = plural(members - 1, "partenaire de votre taille", "partenaires de votre taille")
            yield (
                changed(question.query, turnover=means * members),
                f"répondre à {members} : {partners}, en cotraitance",
            )


def _kinds(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    for family in hit.record.get("reserved_for", ()):
        kind = KIND_OF.get(family)
        if kind is not None and kind in FAMILY_OF_KIND:
            own = ", ".join(question.profile.kinds)
            text = f"réservé à d'autres : {RESERVED_FOR[family]} (vous êtes {own})"
            yield changed(question.query, kind=(*question.profile.kinds, kind)), text


def _labels_asked(question: Question, hit: Hit[Any]) -> Iterator[Change]:
    title = object_title(hit.record)
    for code, words in label_words().items():
        if code not in question.own_labels() and has_words(words, title, question.lexicon):
            yield (
                changed(question.query, label=(*question.query.label, code)),
                f"un label nommé dans l'objet : {LABELS[code].name}",
            )


def _trades_of(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The trades that the CPV of a record means."""
    cpv = record.get("cpv") or ()
    for code in (cpv,) if isinstance(cpv, str) else cpv:
        yield from trades_meant_by_cpv(lexicon, code)


def _departements_of(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The départements of the places of a record, else of the seat of its buyer."""
    places = record.get("places") or [record[name] for name in ("place", "buyer_seat") if name in record][:1]
    for place in places:
        yield from (id_ for id_ in lexicon.gazetteer.ancestors(place) if id_.startswith("departement:"))


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
