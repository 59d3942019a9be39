"""What would change the odds of a lot: each variation of one input (docs/methods.md (d))."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from vivier.desk.method.assessing import Ground, Pool, weakest
from vivier.desk.method.offers import rates
from vivier.desk.method.outcome import Change, Feasibility
from vivier.desk.method.verdict import Assessment
from vivier.french import kilometres, percent
from vivier.law.parameters import value

SHARES_TRIED: Final = (0.20, 0.50)


def changes(made: Feasibility, pools: Sequence[Pool], ground: Ground) -> Iterator[Change]:
    """Each variation, with the odds that it would give."""
    best, lot = made.best, made.lot
    of_each = [next(assessment for assessment in some if assessment.code == best.code) for some in made.by_trade]

    def change(code: str, text: str, other: Assessment) -> Change:
        low, high = other.central.low.two, other.central.high.two
        return Change(code, text, other.code, other.counted, other.counted - best.counted, low, high, other.verdict)

    def again(changed: Ground) -> Assessment:
        return weakest(changed.again(assessment.supply, assessment.pool) for assessment in of_each)

    def with_others(others: Iterable[Pool]) -> Assessment:
        return weakest(ground.assess(pool, best.code, place) for place, pool in enumerate(others))

    if any(pool.around for pool in pools):
        text = f"Zones de {kilometres(value('wider_km'))} de plus"
        yield change("wider", text, with_others(pool.wider for pool in pools))
    if any(assessment.supply.to_ask for assessment in of_each):
        text = "Si toutes les structures de métier inconnu exercent ce métier"
        if any(site.might_cover for pool in pools for site in pool.candidates):
            text = f"{text}, et si celles de zone non publiée couvrent ce territoire"
        yield change("trade_told", text, with_others(pool.supposed for pool in pools))
    if lot.amount is not None:
        halved = replace(ground, lot=replace(lot, amount=lot.amount / 2))
        yield change("half_amount", "Montant divisé par deux", again(halved))
        yield from (
            change(f"half_amount_{other.code}", f"Montant divisé par deux, article {other.code}", other)
            for other in _of_other_articles(made, halved)
        )
    for other in made.assessments:
        if other.code != best.code and other.applies.state == "yes":
            yield change(f"article_{other.code}", f"Article {other.code}", other)
    for rate in rates():
        if rate != made.calibration.rate:
            yield change(f"rate_{rate:g}", f"Taux de réponse de {percent(rate)}", again(replace(ground, rate=rate)))
    if lot.amount is not None:
        for share in SHARES_TRIED:
            if share != made.share:
                text = f"Lot admis jusqu'à {percent(share)} du chiffre d'affaires"
                yield change(f"share_{share:g}", text, again(replace(ground, share=share)))


def _of_other_articles(made: Feasibility, changed: Ground) -> Iterator[Assessment]:
    """The assessments, once one input is changed, of the articles other than the best that may be used and have structures."""
    for of_each in zip(*made.by_trade, strict=True):
        first = of_each[0]
        if first.code != made.best.code and first.applies.state == "yes" and any(each.supply.count for each in of_each):
            yield weakest(changed.again(each.supply, each.pool) for each in of_each)
