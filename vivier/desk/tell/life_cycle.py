"""Writes a comparison of life-cycle costs as plain JSON and in French sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from vivier.bodies import Body
from vivier.desk.method.life_cycle import METHOD_VERSION, PARTS, Comparison, Costed
from vivier.french import euros, number, percent, plural
from vivier.law.articles import ARTICLES, ArticleBody, article_body

FOUNDED: Final = ("R2152-9", "R2152-10")
FORMULA: Final = "coût = acquisition + (utilisation + maintenance + tonnes de CO₂ × prix de la tonne) × Σ 1 ÷ (1 + taux)^année + fin de vie ÷ (1 + taux)^durée"
LIMITS: Final = (
    "Aide à la décision, qui ne vaut pas conseil juridique. Dites la méthode, les données à fournir et les prix dans les documents de la consultation. Ils valent pour toutes les offres.",
    "Toutes les offres se comparent sur la même durée : un remplacement pendant cette durée s'ajoute à la maintenance.",
    "Un coût qui manque rend une offre incomplète : elle n'a ni total ni rang.",
)


class CostsOffersBody(Body):
    name: str
    costs: dict[str, float | None]
    missing: list[str]
    total: float | None
    rank: int | None
    above_lowest: float | None


class CostsMetaBody(Body):
    method_versions: dict[str, str]


class CostsBody(Body):
    years: int
    discount_rate: float
    carbon_price: float | None
    parts: list[str]
    offers: list[CostsOffersBody]
    summary: list[str]
    formula: str
    articles: list[ArticleBody | None]
    limits: list[str]
    meta: CostsMetaBody


def costs_body(found: Sequence[Costed], comparison: Comparison) -> CostsBody:
    """The comparison, amounts in euros HT to the cent; ``null`` is unknown."""
    return {
        "years": comparison.years,
        "discount_rate": float(comparison.rate),
        "carbon_price": None if comparison.carbon_price is None else float(comparison.carbon_price),
        "parts": list(comparison.parts),
        "offers": [
            {
                "name": offer.offer.name,
                "costs": {part: _euros(cost) for part, cost in offer.costs.items()},
                "missing": list(offer.missing),
                "total": _euros(offer.total),
                "rank": offer.rank,
                "above_lowest": _euros(offer.above),
            }
            for offer in found
        ],
        "summary": list(summary(found, comparison)),
        "formula": FORMULA,
        "articles": [article_body(ARTICLES[code]) for code in FOUNDED],
        "limits": list(LIMITS),
        "meta": {"method_versions": {"life_cycle": METHOD_VERSION}},
    }


def _euros(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def summary(found: Sequence[Costed], comparison: Comparison) -> Iterator[str]:
    """The conclusion first: the cheapest, what makes the difference with the next one, who cannot be ranked."""
    ranked = sorted((offer for offer in found if offer.total is not None), key=lambda offer: offer.total or Decimal(0))
    during = plural(comparison.years, "an")
    if not ranked:
        yield "Aucune offre n'a tous ses coûts : rien ne peut être comparé."
    elif len(ranked) == 1:
        yield f"{ranked[0].offer.name} : {euros(float(ranked[0].total or 0))} HT sur {during}. Une seule offre est complète : rien à comparer."
    elif ranked[1].above == 0:
        yield f"{ranked[0].offer.name} et {ranked[1].offer.name} coûtent autant : {euros(float(ranked[0].total or 0))} HT sur {during}."
    else:
        yield (
            f"{ranked[0].offer.name} coûte le moins sur {during} : {euros(float(ranked[0].total or 0))} HT, soit "
            f"{euros(float(ranked[1].above or 0))} de moins que {ranked[1].offer.name}."
        )
        yield _difference(ranked[0], ranked[1])
        dearest = min(
            found,
            key=lambda offer: offer.offer.acquisition if offer.offer.acquisition is not None else Decimal("Infinity"),
        )
        if dearest is not ranked[0] and dearest.total is not None and "acquisition" in comparison.parts:
            yield f"À l'achat seul, {dearest.offer.name} paraissait la moins chère : {euros(float(dearest.above or 0))} de plus sur {during}."
    for offer in found:
        if offer.missing:
            yield f"{offer.offer.name} est incomplète : {', '.join(PARTS[part] for part in offer.missing)} à demander. Elle n'est pas classée."
    if comparison.rate:
        yield f"Montants actualisés au taux de {percent(float(comparison.rate))} par an, payés en fin d'année."
    if comparison.carbon_price is None:
        yield "Externalités non comptées : sans prix de la tonne de CO₂."
    else:
        yield f"Externalités comptées à {number(float(comparison.carbon_price))} € la tonne de CO₂."


def _difference(first: Costed, second: Costed) -> str:
    """The part that most makes the first of two complete offers the cheaper one."""
    gaps = {part: (second.costs[part] or Decimal(0)) - (first.costs[part] or Decimal(0)) for part in first.costs}
    part = max(gaps, key=lambda each: gaps[each])
    return f"L'écart vient surtout du poste {PARTS[part]} : {euros(float(gaps[part]))} de moins."
