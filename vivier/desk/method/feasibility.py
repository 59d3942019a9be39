"""Assesses whether a lot can be reserved: for each article, the structures that could bear it, the odds of two offers, a verdict,
and the changes that would alter it (docs/methods.md (d)). Pure functions of candidates and a lot: the same input gives the same
answer and the same sentences.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.desk.facts.presence import Presence
from vivier.desk.method.clause import Carriers, carriers
from vivier.desk.method.lever import LEVERS, Ground, Lever, carrying, labour_intensive, lever_of
from vivier.desk.method.offers import rates
from vivier.desk.method.supply import Candidate, Supply, gate, gates
from vivier.desk.method.verdict import (
    RESERVABLE,
    UNSEEN,
    Assessment,
    Calibration,
    Lot,
    Options,
    Response,
    Verdict,
    articles_of,
    assess,
    calibrated,
    check,
    rank,
)
from vivier.french import euros_ht, kilometres, percent
from vivier.law.articles import article_on
from vivier.law.parameters import chosen, value

METHOD_VERSION: Final = "feasibility-6"
PARAMETERS: Final = (
    "capacity_share",
    "response_low",
    "response_central",
    "response_high",
    "wanted_offers",
    "calibration_contracts",
    "direct_supplies",
    "direct_works",
    "ess_months",
    "labour_intensive",
    "verdict_sure",
    "verdict_likely",
    "verdict_confirmed",
    "carry_likely",
    "zone_assumed",
    "zone_here",
    "zone_near_km",
    "zone_half_km",
    "agreement_old",
    "trade_unmeasured",
    "trade_likely",
    "trade_least",
    "turnover_median",
    "turnover_spread",
    "wider_km",
    "zone_default_km",
    "coverage_wide",
    "coverage_full",
    "experience_months",
)
DEFAULTS: Final = Options()
SHARES_TRIED: Final = (0.20, 0.50)
_NARROW: Final = ("L2113-15", "L2113-13-1", "L3113-2-1")
"""Articles that are not for social inclusion in general: the ESS, and work in prison."""
_UNIONS: Final = ("L2113-14", "L3113-3")
"""Articles that join the two families of structures."""

MOST_LOTS: Final = 50
"""The most lots into which cutting a lot is worth telling."""


@dataclass(frozen=True)
class Change:
    """The odds of the recommended article after one change. ``more``: number of structures counted more, negative for fewer."""

    code: str
    text: str
    article: str
    counted: int
    more: int
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class Alternative:
    """Another way to buy. ``article``: its legal basis; ``amount``: euros, for a lot or a threshold."""

    code: str
    text: str
    article: str | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Pool:
    """Candidates of one trade of a lot. ``around``: sites that would cover the place with zones 20 km larger."""

    candidates: Sequence[Candidate]
    around: Sequence[Candidate] = ()


@dataclass(frozen=True)
class Feasibility:
    """The whole answer. ``recommended``: the article with the best verdict, ``None`` when no article can be used; ``to_confirm``: when
    none is, the article that could be used if the structures asked confirm.

    A group may answer a lot of several trades. For each article, ``assessments`` has the trade with the weakest verdict; each
    trade is compared with the whole amount, since its part is unknown. ``by_trade`` has all trades, in the order of the pools, and
    ``alone`` counts only structures that do every trade (empty for one trade). ``present``: inclusive sites of the place whatever
    their trade, ``None`` when they were not counted."""

    lot: Lot
    as_of: date
    share: float
    calibration: Calibration
    assessments: tuple[Assessment, ...]
    by_trade: tuple[tuple[Assessment, ...], ...]
    alone: tuple[Assessment, ...]
    hours: Carriers
    recommended: str | None
    to_confirm: str | None
    lever: Lever
    reason: str
    alternatives: tuple[Alternative, ...]
    changes: tuple[Change, ...]
    present: Presence | None = None

    def of(self, article: str) -> Assessment:
        """The assessment of an article. Raises ``StopIteration`` for an article that was not considered."""
        return next(assessment for assessment in self.assessments if assessment.code == article)

    @property
    def best(self) -> Assessment:
        """The assessment that texts and changes describe: that of the recommended article, else of the one to confirm, else of the one
        that has the most structures, whatever their size."""
        advised = self.recommended or self.to_confirm
        return self.of(advised) if advised else _widest(self.assessments)


def feasibility(
    lot: Lot,
    candidates: Sequence[Candidate],
    as_of: date,
    options: Options = DEFAULTS,
    *,
    around: Sequence[Candidate] = (),
    response: Response = UNSEEN,
    opposed: Collection[str] = (),
    present: Presence | None = None,
) -> Feasibility:
    """Assesses a lot of one trade against candidates (:func:`vivier.desk.facts.candidates.candidates`). ``response``: offers of
    reserved contracts of the trade and of all trades, to calibrate the response rate. Raises ``InvalidRequest`` with every value to
    correct, by field.
    """
    pool = Pool(candidates, around)
    return of_trades(lot, (pool,), as_of, options, response=response, opposed=opposed, present=present)


def of_trades(
    lot: Lot,
    pools: Sequence[Pool],
    as_of: date,
    options: Options = DEFAULTS,
    *,
    response: Response = UNSEEN,
    opposed: Collection[str] = (),
    present: Presence | None = None,
) -> Feasibility:
    """Assesses a lot of one or several trades, one pool each. Raises the errors of :func:`feasibility`."""
    made = judged(lot, pools, as_of, options, response=response, opposed=opposed, present=present)
    ground = _Ground(as_of, opposed, lot, made.share, made.calibration.rate)
    return replace(made, alternatives=tuple(_alternatives(made)), changes=tuple(_changes(made, pools, ground)))


def judged(
    lot: Lot,
    pools: Sequence[Pool],
    as_of: date,
    options: Options = DEFAULTS,
    *,
    response: Response = UNSEEN,
    opposed: Collection[str] = (),
    present: Presence | None = None,
) -> Feasibility:
    """The same without alternatives and changes, which take most of the time: articles, carriers of hours, lever."""
    check(lot)
    share = chosen("capacity_share", options.share, "share")
    rate = calibrated(options, response)
    codes = articles_of(lot, options)
    ground = _Ground(as_of, opposed, lot, share, rate.rate)
    by_trade = tuple(ground.assess_each(pool.candidates, codes, place) for place, pool in enumerate(pools))
    alone = ground.assess_each(_doing_all(pools), codes) if len(pools) > 1 else ()
    assessments = tuple(_weakest(of_each) for of_each in zip(*by_trade, strict=True))
    recommended = _recommended(assessments)
    everyone = (site for pool in pools for site in pool.candidates)
    surest_last = sorted(everyone, key=lambda site: (site.in_trade, not site.refused))
    hours = carriers(_distinct(surest_last), opposed, open_posts=lot.open_posts)
    group = bool(alone) and _recommended(alone) is None
    to_confirm = None if recommended else _to_confirm(assessments, by_trade)
    by_code = {assessment.code: assessment for assessment in assessments}
    lever, reason = lever_of(
        Ground(
            lot,
            None if recommended is None else by_code[recommended],
            None if to_confirm is None else by_code[to_confirm],
            group,
            _widest(assessments),
            hours,
            present,
        )
    )
    return Feasibility(
        *(lot, as_of, share, rate, assessments, by_trade, alone, hours),
        *(recommended, to_confirm, lever, reason, (), (), present),
    )


@dataclass(frozen=True)
class _Ground:
    """The inputs of an assessment. A variation replaces one of them."""

    as_of: date
    opposed: Collection[str]
    lot: Lot
    share: float
    rate: float

    def assess(self, candidates: Iterable[Candidate], code: str, pool: int = 0) -> Assessment:
        return self.again(gate(candidates, code, self.as_of, self.opposed), pool)

    def assess_each(
        self, candidates: Iterable[Candidate], codes: Iterable[str], pool: int = 0
    ) -> tuple[Assessment, ...]:
        supplies = gates(candidates, codes, self.as_of, self.opposed)
        return tuple(self.again(supply, pool) for supply in supplies)

    def again(self, supply: Supply, pool: int = 0) -> Assessment:
        return assess(self.lot, supply, self.share, self.rate, pool)


def _weakest(of_each: Iterable[Assessment]) -> Assessment:
    """The assessment of the trade that limits a group: the worst verdict, then the fewest structures."""
    return max(
        of_each,
        key=lambda assessment: (
            *rank(assessment)[:2],
            -assessment.central.low.two,
            -assessment.counted,
            -assessment.pool,
        ),
    )


def _doing_all(pools: Sequence[Pool]) -> tuple[Candidate, ...]:
    """Candidates of any of the trades, marked ``in_trade`` only if they do all of them, ``refused`` if they declare not to do one."""
    able = set.intersection(*({site.id for site in pool.candidates if site.in_trade} for pool in pools))
    every = _distinct(site for pool in pools for site in pool.candidates)
    refused = {site.id for pool in pools for site in pool.candidates if site.refused}
    return tuple(site.but(in_trade=site.id in able, refused=site.id in refused) for site in every)


def _recommended(assessments: Iterable[Assessment]) -> str | None:
    sure = [
        assessment
        for assessment in assessments
        if assessment.verdict in RESERVABLE and assessment.applies.state == "yes"
    ]
    return min(sure, key=rank).code if sure else None


def _to_confirm(assessments: Sequence[Assessment], by_trade: Sequence[Sequence[Assessment]]) -> str | None:
    """The article under which two structures able to do each trade of the lot are probable, once asked: the one that has the most of
    them, the union of the two families only when neither is enough."""
    wanted = value("verdict_confirmed")
    sure = [
        assessment
        for assessment, of_each in zip(assessments, zip(*by_trade, strict=True), strict=True)
        if assessment.applies.state == "yes"
        and assessment.code not in _NARROW
        and all(each.prospects.able.two >= wanted for each in of_each)
    ]
    single = [assessment for assessment in sure if assessment.code not in _UNIONS] or sure
    return max(single, key=lambda found: found.prospects.expected).code if single else None


def _widest(assessments: Sequence[Assessment]) -> Assessment:
    """The assessment of the article that has the most structures, before their size is looked at: known ones first, then those to ask.
    Among equals, the narrowest article."""
    general = [assessment for assessment in assessments if assessment.code not in _NARROW]
    return min(
        general,
        key=lambda assessment: (
            assessment.applies.state == "no",
            -assessment.supply.count,
            -assessment.prospects.expected,
            rank(assessment)[2],
        ),
    )


def _alternatives(made: Feasibility) -> Iterator[Alternative]:
    best, lot = made.best, made.lot
    for k in (2, 3):
        cap = best.largest[k]
        if cap is not None and lot.annual is not None and lot.annual / MOST_LOTS <= cap < lot.annual:
            lots = math.ceil(lot.annual / cap)
            text = f"Lots d'au plus {euros_ht(cap)} par an ({lots} au lieu d'un), que {k} structures connues peuvent chacune porter"
            yield Alternative(
                f"smaller_lot_{k}", text + _bound(best), "L2113-10" if lot.kind == "marche" else None, cap
            )
    if made.lever != "reserve" or lot.annual is None:
        text = "Groupement de structures pour porter ensemble le lot."
        yield Alternative("consortium", text, best.code)
    condition = "L3114-2" if lot.kind == "concession" else "L2112-2"
    yield Alternative("clause", f"Clause d'insertion : {carrying(made.hours)}.", condition)
    criterion = "L3124-5" if lot.kind == "concession" else "R2152-7"
    yield Alternative("criterion", "Critère social, lié à l'objet du marché.", criterion)
    if labour_intensive(lot) is False:
        text = "Critère environnemental et labels liés à l'objet : la main-d'œuvre pèse peu dans ce lot."
        yield Alternative("environmental", text, "L3124-5" if lot.kind == "concession" else "L2152-7")
    day = lot.law_day(made.as_of)
    limit = value("direct_works" if lot.category == "travaux" else "direct_supplies", day)
    if (
        lot.kind == "marche"
        and lot.amount is not None
        and lot.amount < limit
        and article_on("R2122-8", day).holds_on(day)
    ):
        text = f"Achat direct possible : le lot est sous {euros_ht(limit)}, tous lots comparables pris ensemble."
        yield Alternative("direct_purchase", text, "R2122-8", limit)


def _bound(best: Assessment) -> str:
    """The end of the sentence: when some turnovers are unknown, it says that the advice is a lower bound."""
    total = best.supply.count
    return "." if best.known == total else f" ; au moins : {best.known} chiffres d'affaires connus sur {total}."


def _changes(made: Feasibility, pools: Sequence[Pool], ground: _Ground) -> Iterator[Change]:
    best, lot = made.best, made.lot
    of_each = [next(assessment for assessment in some if assessment.code == best.code) for some in made.by_trade]

    def change(code: str, text: str, other: Assessment) -> Change:
        low, high = other.central.low.two, other.central.high.two
        return Change(code, text, other.code, other.counted, other.counted - best.counted, low, high, other.verdict)

    def again(changed: _Ground) -> Assessment:
        return _weakest(changed.again(assessment.supply, assessment.pool) for assessment in of_each)

    def with_others(others: Iterable[Iterable[Candidate]]) -> Assessment:
        return _weakest(ground.assess(_distinct(some), best.code, place) for place, some in enumerate(others))

    if any(pool.around for pool in pools):
        wider = ((*pool.candidates, *pool.around) for pool in pools)
        yield change("wider", f"Zones de {kilometres(value('wider_km'))} de plus", with_others(wider))
    if any(assessment.supply.to_ask for assessment in of_each):
        text = "Si toutes les structures de métier inconnu exercent ce métier"
        if any(site.might_cover for pool in pools for site in pool.candidates):
            text = f"{text}, et si celles de zone non publiée couvrent ce territoire"
        yield change("trade_told", text, with_others(_supposed(pool.candidates) for pool in pools))
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


def _of_other_articles(made: Feasibility, changed: _Ground) -> Iterator[Assessment]:
    """The assessments, once one input is changed, of the articles other than the best that may be used and have structures."""
    for of_each in zip(*made.by_trade, strict=True):
        first = of_each[0]
        if first.code != made.best.code and first.applies.state == "yes" and any(each.supply.count for each in of_each):
            yield _weakest(changed.again(each.supply, each.pool) for each in of_each)


def _supposed(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """The candidates, supposing that those of unknown trade do the trade of the lot, and that those of unknown zone cover the
    place."""
    for site in candidates:
        silent, unplaced = not (site.in_trade or site.trade_known), site.might_cover
        zone = "wide" if unplaced else site.zone
        yield site.but(in_trade=site.in_trade or silent, zone=zone) if silent or unplaced else site


def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """One candidate an id. The last candidate of an id replaces the ones before."""
    return tuple({site.id: site for site in candidates}.values())


__all__ = [
    "DEFAULTS",
    "LEVERS",
    "METHOD_VERSION",
    "Assessment",
    "Feasibility",
    "Lot",
    "Options",
    "Pool",
    "assess",
    "feasibility",
    "of_trades",
]
