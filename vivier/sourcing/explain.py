"""Why one supplier answers a query, or does not: each condition by itself, then its place in the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vivier.engine.port import Engine, Hit
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.operators import Operator, Search, Terms, conjunction
from vivier.plan import Plan, plan_search
from vivier.query import SupplierQuery, filters
from vivier.sourcing.reasons import coverage_of, reasons_for

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
    plan = plan_search(query, lexicon, today)
    conditions = tuple(_condition(name, operator, id_, plan, engine) for name, operator in plan.conditions)
    matches = _holds(plan.search.where, id_, engine)
    return Explanation(
        record["name"]["value"], matches, plan.words, conditions, tuple(_ranking(id_, record, plan, engine, lexicon))
    )


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


def _ranking(id_: str, record: dict[str, object], plan: Plan, engine: Engine, lexicon: Lexicon) -> list[str]:
    only = Search(where=Terms("id", (id_,)), parts=plan.search.parts, origins=plan.search.origins, limit=1)
    hit = engine.search("suppliers", only).hits[0]
    lines = _points(hit, plan, engine) if plan.query.sort == "relevance" else [f"Ordre : {plan.query.sort}."]
    found_coverage = coverage_of(record, plan, lexicon)
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    reasons = reasons_for(record, found_coverage, distance, plan, lexicon)
    return lines + [f"Raison : {reason.text}." for reason in reasons]


def _points(hit: Hit, plan: Plan, engine: Engine) -> list[str]:
    """The two parts of the points, those of ``sort=relevance``."""
    lines = [f"Points de couverture : {hit.score}."] if plan.territories else []
    if plan.search.text is not None:
        where = conjunction(Terms("id", (hit.id,)), plan.search.text)
        found = engine.search("suppliers", Search(where=where, text=plan.search.text, limit=1)).hits
        lines.append(f"Points des mots : {found[0].score if found else 0}.")
    return lines
