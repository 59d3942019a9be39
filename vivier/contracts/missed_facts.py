"""The one fact that would have opened a purchase: the candidates of each sort, each as the same question with it and a French text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from vivier.contracts.held_labels import label_words
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import FARTHEST_KM, KIND_OF, MOST_PARTNERS, Question
from vivier.contracts.objects import has_words, lot_of, object_title
from vivier.contracts.profile import with_narrower
from vivier.contracts.query import RESERVED_FOR
from vivier.french import kilometres, plural
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.search.codes import trades_meant_by_cpv
from vivier.search.port import Hit
from vivier.search.query import changed

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
