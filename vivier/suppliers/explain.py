"""Explains why one supplier matches a query or does not: the forms searched for each word, each condition alone, the points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

from vivier.errors import NotFound
from vivier.french import kilometres, percent, typed
from vivier.lexicon import Lexicon
from vivier.model import members
from vivier.model.views import OfferView
from vivier.search.columns import Cell
from vivier.search.operators import All, Operator, Phrase, Search, Sort, Terms, Text, conjunction
from vivier.search.query import filters
from vivier.search.scoring import BEGINNING_KEEPS, CORRECTION_KEEPS, FIELD_VALUES, POINTS, SYNONYM_KEEPS
from vivier.search.snapshot import Snapshot
from vivier.suppliers import rows
from vivier.suppliers.fewer_words import BEGINNINGS
from vivier.suppliers.offers import trade_of
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of
from vivier.suppliers.reasons import coverage_words, term
from vivier.suppliers.refused import refused_trades
from vivier.suppliers.result import SupplierResult, result_of
from vivier.suppliers.rows import Line, Shared
from vivier.vocabulary import COMPONENTS, EVIDENCES

UNKNOWN: Final = "non publié"


def known(name: str, result: SupplierResult, plan: SupplierPlan, lexicon: Lexicon) -> str:
    """What is known of the result on the subject of the condition ``name``, in French, or ``non publié``; empty when the condition has no
    reader: the words are shown in a table of their own."""
    read = reader_of(name)
    if read is None:
        return ""
    cell = read(Line(result, 0, Shared(plan.as_of, lexicon, wanted=plan.wanted)))
    return " ; ".join(_texts(cell)) or UNKNOWN


def reader_of(name: str) -> Callable[[Line], Cell] | None:
    """The function that reads what a parameter is about: the one declared here, else the value of the member that it filters; ``None``
    when there is neither."""
    declared = filters(SupplierQuery).get(name)
    if name in _READERS or declared is None or declared.field not in members():
        return _READERS.get(name)
    return partial(_fact, declared.field)


def _fact(member: str, line: Line) -> Cell:
    found: Any = line.record.get(member)
    if isinstance(found, list):
        return tuple(str(typed(fact["value"])) for fact in found)
    return None if found is None else typed(found["value"])


def _trades(line: Line) -> Cell:
    """Each trade with the strength of its proof and the end of its validity, then those of the query that it declares not to do."""
    declared = (fact["value"].get("trade") for fact in line.record.get("not_offered", ()))
    refused = refused_trades(declared, line.shared.lexicon.trades) & line.shared.wanted
    names = (f"déclare ne pas faire : {line.shared.lexicon.trade_names[code]}" for code in sorted(refused))
    offers = (fact["value"] for fact in line.offers)
    read = ((trade_of(offer, supposed=True), offer) for offer in offers)
    return (*dict.fromkeys(_trade(code, offer, line.shared) for code, offer in read if code is not None), *names)


def _trade(code: str, offer: OfferView, shared: Shared) -> str:
    name = shared.lexicon.trade_names.get(code, code)
    until = term(offer, shared.on)
    proof = EVIDENCES.get(offer.get("evidence", ""), "preuve non précisée")
    return f"{name} ({', '.join(filter(None, (proof, until)))})"


def _served(line: Line) -> Cell:
    """The zones, the town of the seat, and how the best zone covers the territory of the query."""
    zones = _texts(rows.zones(line)) or ("zone non publiée",)
    covered = line.result.coverage
    town = line.address.get("town")
    seat = "lieu non publié" if town is None else f"siège à {town}"
    return (*zones, seat, *([coverage_words(covered)] if covered is not None else []))


def _seat(line: Line) -> Cell:
    departement = rows.departement(line)
    named = f"{line.address.get('town', 'lieu non publié')}, département {departement or 'inconnu'}"
    distance = line.result.distance_km
    return named if distance is None else f"{named}, à {kilometres(distance)}"


def _size(unit: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        figure = line.figures.get(unit)
        return None if figure is None else f"{typed(figure['value'])} {rows.UNITS[unit]}"

    return read


_READERS: Final[Mapping[str, Callable[[Line], Cell]]] = {
    **dict.fromkeys(("kind", "article", "not_kind"), rows.agreements),
    **dict.fromkeys(("label", "not_label"), rows.labels),
    **dict.fromkeys(("trade", "cpv", "not_trade", "evidence", "min_evidence"), _trades),
    "service_type": rows.service_types,
    "territory": _served,
    "same_offer": lambda line: (*_texts(_trades(line)), *_texts(_served(line))),
    **dict.fromkeys(("seat", "departement", "region", "near", "polygon"), _seat),
    **dict.fromkeys(("turnover_min", "turnover_max"), _size("eur_year")),
    "volume_min": _size("volume_eur_year"),
    **dict.fromkeys(("staff_min", "staff_max"), _size("persons")),
    "zone": rows.zones_of_seat,
    "closed": rows.status,
}
"""The function that reads what is known, by the name of the condition."""


def _texts(cell: Cell) -> tuple[str, ...]:
    """The texts of a cell; empty when the value is unknown."""
    return cell if isinstance(cell, tuple) else () if cell is None else (str(cell),)


_TITLES = {
    "q": "mots cherchés",
    "seat": "siège dans le territoire",
    "near": "siège dans le rayon",
    "polygon": "siège dans le polygone",
    "closed": "structure ouverte",
    "territory": "territoire servi",
    "same_offer": "métier, prestation et territoire sur la même offre",
}
ORIGINS: Final = {
    1.0: "tel quel",
    SYNONYM_KEEPS: "synonyme",
    CORRECTION_KEEPS: "correction",
    BEGINNING_KEEPS: "début d'un mot du nom",
}
"""The French origin of an alternative of a word, by its value."""
PLACES: Final = {
    "text_name_exact": "nom, tel qu'écrit",
    "text_name": "nom",
    "text_offers": "offres et métiers",
    "text_more": "présentation, ville, labels, références",
    BEGINNINGS: "nom, par le début d'un mot",
}
"""The French name of what each text field contains."""


@dataclass(frozen=True)
class Alternative:
    """One form searched for a word: its index ``tokens``, its ``origin`` in French, how many ``suppliers`` use it, and the fields of the
    explained supplier that have it (``found_in``, in French)."""

    tokens: tuple[str, ...]
    origin: str
    suppliers: int
    found_in: tuple[str, ...]


@dataclass(frozen=True)
class WordRead:
    """A word or phrase as ``typed``, with the forms searched for it."""

    typed: str
    alternatives: tuple[Alternative, ...]

    @property
    def found(self) -> bool:
        """Whether the supplier uses the word in any form."""
        return any(alternative.found_in for alternative in self.alternatives)


@dataclass(frozen=True)
class Condition:
    """One condition of the query: whether the supplier meets it (``holds``), the value requested (``text``), what is known of the
    supplier, and how many ``suppliers`` meet this condition alone."""

    name: str
    holds: bool
    text: str
    known: str
    suppliers: int


@dataclass(frozen=True)
class Explanation:
    """Why one supplier matches a query or does not. ``matches``: whether the engine returns it; ``candidates``: how many suppliers match,
    of the ``indexed`` ones; ``ranking``: French sentences on what decides the rank, given even when the supplier does not match."""

    name: str
    matches: bool
    indexed: int
    candidates: int
    words: tuple[WordRead, ...]
    conditions: tuple[Condition, ...]
    ranking: tuple[str, ...]


def explain(id_: str, query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Explanation:
    """Explains one supplier of the snapshot against a query. Raises ``NotFound`` when no supplier has this id."""
    record = snapshot.suppliers.get([id_]).get(id_)
    if record is None:
        raise NotFound(f"Fournisseur inconnu : « {id_} ».")
    plan = plan_of(query, snapshot, lexicon, today)
    result = _result(id_, plan, snapshot, lexicon)
    counts = _counts(id_, plan, snapshot)
    return Explanation(
        name=record["name"]["value"],
        matches=counts["own"] == 1,
        indexed=counts["indexed"],
        candidates=counts["all"],
        words=tuple(_words(plan, counts)),
        conditions=tuple(
            Condition(
                name=_title(name, plan),
                holds=counts[f"condition.{name}.own"] == 1,
                text=_requested(name, plan.query, lexicon),
                known=known(name, result, plan, lexicon),
                suppliers=counts[f"condition.{name}"],
            )
            for name in plan.conditions.apart()
        ),
        ranking=(*plan.notices, *_ranking(result, plan)),
    )


def _counts(id_: str, plan: SupplierPlan, snapshot: Snapshot) -> dict[str, int]:
    """The counts that an explanation needs, all made by one search. Keys that end with ``own`` count this supplier only: 0 or 1."""
    own = Terms("id", (id_,))
    questions: list[tuple[str, Operator]] = [("indexed", All()), ("all", plan.search.where)]
    questions.append(("own", conjunction(own, plan.search.where)))
    for name, operator in plan.conditions.apart().items():
        questions += [(f"condition.{name}", operator), (f"condition.{name}.own", conjunction(own, operator))]
    for form in chain.from_iterable(_forms(plan)):
        anywhere = Text((tuple(Phrase(field, form.tokens) for field in form.fields),))
        questions.append((form.key(), anywhere))
        questions += [
            (form.key(field), conjunction(own, Text(((Phrase(field, form.tokens),),)))) for field in form.fields
        ]
    search = Search(where=own, sort=(Sort("name_sort"),), counts=tuple(dict(questions).items()), limit=0)
    return snapshot.suppliers.search(search).counts


class _Form(NamedTuple):
    """One form searched for a word: its ``tokens``, the ``value`` (0–1) of a record that has it, the ``fields`` searched."""

    tokens: tuple[str, ...]
    value: float
    fields: tuple[str, ...]

    def key(self, field: str = "") -> str:
        """The name of the count of suppliers that have the form in a field; of all those that have it, when no field is given."""
        return f"word.{'+'.join(self.tokens)}.{self.value}.{field}"


def _forms(plan: SupplierPlan) -> Iterator[tuple[_Form, ...]]:
    """The forms searched for each word, with the fields that they are searched in."""
    if plan.words is not None:
        for group, phrases in zip(plan.words.groups, plan.words.text.groups, strict=True):
            exact = any(phrase.field == "text_name_exact" for phrase in phrases)
            fields = ("text_name_exact",) if exact else tuple(FIELD_VALUES)
            yield tuple(
                _Form(tokens, value, (BEGINNINGS,) if value == BEGINNING_KEEPS else fields)
                for tokens, value in group.alternatives
            )


def _words(plan: SupplierPlan, counts: dict[str, int]) -> Iterator[WordRead]:
    for group, forms in zip(plan.words.groups if plan.words is not None else (), _forms(plan), strict=True):
        alternatives = tuple(
            Alternative(
                tokens=form.tokens,
                origin=ORIGINS[form.value],
                suppliers=counts[form.key()],
                found_in=tuple(PLACES[field] for field in form.fields if counts[form.key(field)]),
            )
            for form in forms
        )
        yield WordRead(group.typed, alternatives)


def _title(name: str, plan: SupplierPlan) -> str:
    declared = filters(type(plan.query))
    return declared[name].title if name in declared else _TITLES[name]


def _requested(name: str, query: SupplierQuery, lexicon: Lexicon) -> str:
    """The value requested for a condition, as it was given, with the codes of the index when the filter expands it."""
    if query.near is not None and query.radius_km is not None and name == "near":
        return f"{query.near[0]},{query.near[1]} à {kilometres(query.radius_km)}"
    given = getattr(query, name, None)
    if given is None:
        return ""
    declared = filters(type(query)).get(name)
    if isinstance(given, tuple) and declared is not None and declared.expand is not None:
        return "; ".join(f"{code} : {', '.join(declared.expand(lexicon, code)) or 'aucun'}" for code in given)
    return ", ".join(map(str, given)) if isinstance(given, tuple) else str(given)


def _result(id_: str, plan: SupplierPlan, snapshot: Snapshot, lexicon: Lexicon) -> SupplierResult:
    """The result of the supplier, computed as if it matched the query."""
    only = replace(plan.search, where=Terms("id", (id_,)), facets=(), counts=(), offset=0, limit=1)
    return result_of(snapshot.suppliers.search(only).hits[0], plan, lexicon)


def _ranking(result: SupplierResult, plan: SupplierPlan) -> Iterator[str]:
    """French sentences on the score, on each of its parts, then on the reasons."""
    if plan.query.sort != "relevance":
        yield f"Ordre demandé : {plan.query.sort}."
    if result.components:
        yield f"Points : {result.score} sur {POINTS}."
    for part in result.components:
        share = f"{percent(part.value)} d'un poids de {percent(part.weight)}"
        yield f"Points pour « {COMPONENTS[part.name]} » : {part.points} ({share})."
    for reason in result.reasons:
        yield f"Raison : {reason.text}."
