"""Why one supplier answers a query, or does not: each condition by itself, then its place in the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from vivier.engine.port import Engine
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.operators import Operator, Search, Terms, conjunction
from vivier.plan import Plan, plan_search
from vivier.query import SupplierQuery, filters
from vivier.sourcing.find import result_of
from vivier.sourcing.reasons import french_number
from vivier.sourcing.scoring import POINTS
from vivier.text.vocabulary import NO_VOCABULARY
from vivier.vocabulary import COMPONENTS

_TITLES = {
    "q": "mots cherchés",
    "seat": "siège dans le territoire",
    "near": "siège dans le rayon",
    "polygon": "siège dans le polygone",
    "closed": "structure ouverte",
    "territory": "territoire servi",
    "same_offer": "métier, prestation et territoire sur la même offre",
}


@dataclass(frozen=True)
class Condition:
    """One condition of the query and whether the supplier holds it."""

    name: str
    holds: bool
    text: str


@dataclass(frozen=True)
class Explanation:
    """``matches`` is the engine's answer; ``ranking`` says in French what the order is made of."""

    name: str
    matches: bool
    words: tuple[str, ...]
    conditions: tuple[Condition, ...]
    ranking: tuple[str, ...]


def explain(id_: str, query: SupplierQuery, engine: Engine, lexicon: Lexicon, today: date) -> Explanation:
    """Explain one supplier against a query. Raises ``NotFound`` when there is no such supplier."""
    record = engine.get("suppliers", [id_]).get(id_)
    if record is None:
        raise NotFound(f"Fournisseur inconnu : « {id_} ».")
    words = engine.vocabulary("suppliers") if query.q is not None else NO_VOCABULARY
    plan = plan_search(query, lexicon, today, words)
    conditions = tuple(_condition(name, operator, id_, plan, engine) for name, operator in plan.conditions)
    matches = _holds(plan.search.where, id_, engine)
    ranking = (*plan.notices, *_ranking(id_, plan, engine, lexicon))
    return Explanation(record["name"]["value"], matches, plan.words, conditions, ranking)


def _holds(operator: Operator, id_: str, engine: Engine) -> bool:
    return engine.search("suppliers", Search(where=conjunction(Terms("id", (id_,)), operator), limit=0)).total == 1


def _condition(name: str, operator: Operator, id_: str, plan: Plan, engine: Engine) -> Condition:
    declared = filters(type(plan.query))
    title = declared[name].title if name in declared else _TITLES[name]
    return Condition(title, _holds(operator, id_, engine), _asked(name, plan.query))


def _asked(name: str, query: SupplierQuery) -> str:
    """The value given for a condition, as it was given."""
    if query.near is not None and name == "near":
        return f"{query.near[0]},{query.near[1]} à {query.radius_km:g} km"
    given = getattr(query, name, None)
    if given is None:
        return ""
    return ", ".join(map(str, given)) if isinstance(given, tuple) else str(given)


def _ranking(id_: str, plan: Plan, engine: Engine, lexicon: Lexicon) -> Iterator[str]:
    """The score by its parts, as if the supplier answered the query, then the reasons."""
    only = replace(plan.search, where=Terms("id", (id_,)), facets=(), counts=(), offset=0, limit=1)
    result = result_of(engine.search("suppliers", only).hits[0], plan, lexicon)
    if plan.query.sort != "relevance":
        yield f"Ordre demandé : {plan.query.sort}."
    if result.components:
        yield f"Points : {result.score} sur {POINTS}."
    for part in result.components:
        share = f"{french_number(part.value * 100)} % d'un poids de {french_number(part.weight * 100)} %"
        yield f"Points pour « {COMPONENTS[part.name]} » : {part.points} ({share})."
    for reason in result.reasons:
        yield f"Raison : {reason.text}."
