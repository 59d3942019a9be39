"""Assesses whether a lot can be reserved: for each article, the structures that could bear it, the odds of two offers, a verdict,
and the changes that would alter it (docs/methods.md (d)). Pure functions of candidates and a lot: the same input gives the same
answer and the same sentences.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from vivier.desk.facts.presence import Presence
from vivier.desk.method.assessing import Ground, Pool, carriers_of, doing_all, weakest
from vivier.desk.method.lever import LEVERS, carrying, labour_intensive, lever_of, uncontested, useful
from vivier.desk.method.lever import Ground as LeverGround
from vivier.desk.method.offers import rates
from vivier.desk.method.outcome import NARROW, Alternative, Change, Feasibility, heard, widest
from vivier.desk.method.verdict import (
    RESERVABLE,
    UNSEEN,
    Assessment,
    Lot,
    Options,
    Response,
    articles_of,
    assess,
    calibrated,
    check,
    rank,
)
from vivier.french import euros_ht, kilometres, percent
from vivier.identity import words_of
from vivier.law.parameters import chosen, value
from vivier.law.rules import Answer, Consultation, Rule, shown

SHARES_TRIED: Final = (0.20, 0.50)


def changes(made: Feasibility, pools: Sequence[Pool], ground: Ground) -> Iterator[Change]:
    """Each variation that changes the number of structures, the odds or the verdict, with what it would give."""
    best = made.best
    now = best.counted, best.central.low.two, best.central.high.two, best.verdict
    for change in _variations(made, pools, ground):
        if (change.counted, change.low, change.high, change.verdict) != now:
            yield change


def _variations(made: Feasibility, pools: Sequence[Pool], ground: Ground) -> Iterator[Change]:
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
    if any(assessment.supply.could for assessment in of_each):
        text = "Si toutes les structures à appeler confirment qu'elles peuvent faire ce lot"
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


MOST_LOTS: Final = 50
"""The most lots into which cutting a lot is worth telling."""


def alternatives(made: Feasibility) -> Iterator[Alternative]:
    """Each other way, with its legal basis."""
    best, lot = made.best, made.lot
    for k in (2, 3):
        cap = best.largest[k]
        if cap is not None and lot.annual is not None and lot.annual / MOST_LOTS <= cap < lot.annual:
            lots = math.ceil(lot.annual / cap)
            text = f"Lots d'au plus {euros_ht(cap)} par an ({lots} au lieu d'un), que {k} structures connues peuvent chacune porter"
            yield Alternative(
                f"smaller_lot_{k}", text + _bound(best), "L2113-10" if lot.kind == "marche" else None, cap
            )
    if _grouping(made):
        yield Alternative("consortium", "Groupement de structures pour porter ensemble le lot.", best.code)
    if useful(lot):
        condition = "L3114-2" if lot.kind == "concession" else "L2112-2"
        yield Alternative("clause", f"Clause d'insertion : {carrying(made.hours)}.", condition)
    criterion = "L3124-5" if lot.kind == "concession" else "R2152-7"
    if made.lever not in ("direct", "none") or not uncontested(lot.plan(made.as_of)):
        yield Alternative("criterion", "Critère social, lié à l'objet du marché.", criterion)
    if labour_intensive(lot) is False:
        text = "Critère environnemental et labels liés à l'objet : la main-d'œuvre pèse peu dans ce lot."
        yield Alternative("environmental", text, "L3124-5" if lot.kind == "concession" else "L2152-7")
    for rule, answer in shown(lot.plan(made.as_of)):
        if _relevant(rule.code, answer, made):
            yield Alternative(rule.code, rule.text + _proof(rule, answer, lot.plan(made.as_of)), rule.article)


def _proof(rule: Rule, answer: Answer, plan: Consultation) -> str:
    """What is left to verify of a rule, or the figures that settle it: those of the small lots, when every lot has an amount."""
    small = rule.small_lots(plan)
    if small is not None:
        together, most = map(euros_ht, small)
        least = f" Ils font {together} ensemble, pour {most} au plus"
        return f"{least}." if answer == "yes" else f"{least} : choisissez lesquels."
    return f" À vérifier : {rule.doubt or 'le besoin entier décide'}." if answer == "to_verify" else ""


def _relevant(code: str, answer: Answer, made: Feasibility) -> bool:
    """Whether a rule that holds, or may, is worth a line for this lot."""
    several, whole = len(made.by_trade) > 1, made.lot.need.most is not None
    supported = any(found.supply.count and "EA_ESAT" in found.article.families for found in made.assessments)
    worth = {
        "lots": several,
        "no_lots": several,
        "disability_credit": supported,
        "direct_purchase": made.lever != "direct",
        "direct_lot": whole and made.lever != "direct",
        "small_lot": whole,
        "social_services": answer == "yes",
        "need_value": False,
    }
    return worth.get(code, True)


def _grouping(made: Feasibility) -> bool:
    """Whether a group makes sense: several trades, or structures that exist and are too small alone; never for a direct purchase."""
    best = made.best
    small = len(best.split.able) < value("wanted_offers") <= len(best.split.able) + len(best.split.unable)
    return made.lever not in ("direct", "reserve") and (small or len(made.by_trade) > 1)


def _bound(best: Assessment) -> str:
    """The end of the sentence: when some turnovers are unknown, it says that the advice is a lower bound."""
    total = best.supply.count
    return "." if best.known == total else f" ; au moins : {best.known} chiffres d'affaires connus sur {total}."


METHOD_VERSION: Final = "feasibility-11"
PARAMETERS: Final = words_of(
    """
    capacity_share response_low response_central response_high wanted_offers calibration_contracts direct_supplies
    direct_works ess_months labour_intensive verdict_sure verdict_likely verdict_confirmed asked_answers asked_most
    carry_likely declared_able zone_assumed zone_here zone_near_km zone_half_km agreement_old trade_unmeasured
    turnover_median turnover_spread wider_km zone_default_km coverage_wide coverage_full experience_months
    """
)
DEFAULTS: Final = Options()
_UNION: Final = "L2113-14"
"""The article that joins the two families of structures; a concession has none."""


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
    """Assesses a lot of one or several trades, one pool of candidates each (:func:`vivier.desk.facts.candidates.candidates`). ``response``:
    offers of reserved contracts of the trade and of all trades, to calibrate the response rate. Raises ``InvalidRequest`` with every value to
    correct, by field."""
    made = judged(lot, pools, as_of, options, response=response, opposed=opposed, present=present)
    ground = Ground(as_of, opposed, lot, made.share, made.calibration.rate)
    return replace(made, alternatives=tuple(alternatives(made)), changes=tuple(changes(made, pools, ground)))


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
    ground = Ground(as_of, opposed, lot, share, rate.rate)
    by_trade = tuple(ground.assess_each(pool, codes, place) for place, pool in enumerate(pools))
    alone = ground.assess_each(doing_all(pools), codes) if len(pools) > 1 else ()
    assessments = tuple(weakest(of_each) for of_each in zip(*by_trade, strict=True))
    recommended = _recommended(heard(assessments, lot))
    hours = carriers_of(pools, lot.open_posts, opposed)
    group = bool(alone) and _recommended(heard(alone, lot)) is None
    to_confirm = None if recommended else _to_confirm(assessments, by_trade, lot)
    by_code = {assessment.code: assessment for assessment in assessments}
    lever_ground = LeverGround(
        lot,
        None if recommended is None else by_code[recommended],
        None if to_confirm is None else by_code[to_confirm],
        group,
        widest(heard(assessments, lot)),
        hours,
        present,
        by_trade=by_trade,
    )
    return Feasibility(
        *(lot, as_of, share, rate, assessments, by_trade, alone, hours),
        *(recommended, to_confirm, lever_of(lever_ground)[0], lever_ground, (), (), present),
    )


def _recommended(assessments: Iterable[Assessment]) -> str | None:
    sure = [
        assessment
        for assessment in assessments
        if assessment.verdict in RESERVABLE and assessment.applies.state == "yes"
    ]
    return min(sure, key=rank).code if sure else None


def _to_confirm(assessments: Sequence[Assessment], by_trade: Sequence[Sequence[Assessment]], lot: Lot) -> str | None:
    """The article under which two structures able to do each trade of the lot are probable among those that one can ask: the one that has
    the most of them, the union of the two families only when neither is enough."""
    most, among = value("asked_most"), [found.code for found in heard(assessments, lot)]
    sure = [
        assessment
        for assessment, of_each in zip(assessments, zip(*by_trade, strict=True), strict=True)
        if assessment.code in among
        and assessment.applies.state == "yes"
        and assessment.code not in NARROW
        and all((each.prospects.enough or most + 1) <= most for each in of_each)
    ]
    single = [assessment for assessment in sure if assessment.code != _UNION] or sure
    return max(single, key=lambda found: found.prospects.expected).code if single else None


__all__ = [
    "DEFAULTS",
    "LEVERS",
    "METHOD_VERSION",
    "Assessment",
    "Change",
    "Feasibility",
    "Lot",
    "Options",
    "Pool",
    "assess",
    "judged",
    "of_trades",
]
