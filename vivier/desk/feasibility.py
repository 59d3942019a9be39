"""Can this lot be reserved: per article, who could bear it, the odds of two offers, a verdict, and what would change it
(methods (d)). Pure functions of candidates and a lot: same input, same answer, same sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from vivier.desk.assessment import (
    Assessment,
    Calibration,
    Lot,
    Options,
    Verdict,
    articles_of,
    assess,
    calibrated,
    check,
    rank,
)
from vivier.desk.experience import Observed
from vivier.desk.figures import euros, percent
from vivier.desk.offers import rates
from vivier.desk.supply import Candidate, Supply, gate
from vivier.law import chosen, law, value

METHOD_VERSION: Final = "feasibility-1"
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
)
DEFAULTS: Final = Options()
SHARES_TRIED: Final = (0.20, 0.50)
Lever = Literal["reserve", "clause", "criterion", "none"]
LEVERS: Final[dict[Lever, str]] = {
    "reserve": "réserver",
    "clause": "clause d'insertion",
    "criterion": "critère social",
    "none": "pas de levier social étayé par l'offre connue",
}


@dataclass(frozen=True)
class Change:
    """What becomes of the recommended article's odds when one thing changes; ``more``: structures counted more or less."""

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
    """Another way; ``article``: what it rests on. ``amount``: euros a year, when it is one."""

    code: str
    text: str
    article: str | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Feasibility:
    """The whole answer. ``recommended``: the article of the best verdict, ``None`` when none can be reserved."""

    lot: Lot
    as_of: date
    share: float
    calibration: Calibration
    assessments: tuple[Assessment, ...]
    recommended: str | None
    lever: Lever
    reason: str
    alternatives: tuple[Alternative, ...]
    changes: tuple[Change, ...]

    def of(self, article: str) -> Assessment:
        """The assessment of an article. Raises ``StopIteration`` for one that was not looked at."""
        return next(one for one in self.assessments if one.code == article)

    @property
    def best(self) -> Assessment:
        """The recommended article, else the one nearest to being so: what texts and changes speak of."""
        return self.of(self.recommended) if self.recommended else min(self.assessments, key=rank)


def feasibility(
    lot: Lot,
    candidates: Sequence[Candidate],
    as_of: date,
    options: Options = DEFAULTS,
    *,
    around: Sequence[Candidate] = (),
    observed: Observed | None = None,
    opposed: Collection[str] = (),
) -> Feasibility:
    """Assess a lot against candidates (:func:`vivier.desk.candidates.candidates`). ``around``: who would cover the place
    with zones 20 km larger; ``observed``: offers of reserved contracts, to calibrate the response rate.

    Raises ``InvalidRequest`` with every value to correct, by field.
    """
    check(lot)
    share = chosen("capacity_share", options.share, "share")
    supplies = {code: gate(candidates, code, as_of, opposed) for code in articles_of(lot, options)}
    rate = calibrated(options, observed)
    assessments = tuple(assess(lot, one, share, rate.rate) for one in supplies.values())
    able = [one for one in assessments if one.verdict in ("reservable", "reservable_avec_reserves")]
    sure = [one for one in able if one.applies.state == "yes"]
    recommended = min(sure, key=rank).code if sure else None
    lever, reason = _lever(recommended, assessments)
    made = Feasibility(lot, as_of, share, rate, assessments, recommended, lever, reason, (), ())
    return replace(
        made,
        alternatives=tuple(_alternatives(made)),
        changes=tuple(_changes(made, [*candidates, *around] if around else None, opposed)),
    )


def _lever(recommended: str | None, assessments: Iterable[Assessment]) -> tuple[Lever, str]:
    """Depends on the supply alone below a reservation: a larger lot never raises it, a structure more never lowers it."""
    if recommended is not None:
        return "reserve", f"L'offre permet de réserver sur le fondement de l'article {recommended}."
    local = max(one.supply.count for one in assessments if one.code not in ("L2113-15", "L2113-13-1", "L3113-2-1"))
    if local >= 2:
        return (
            "clause",
            f"Réserver expose à trop peu d'offres ; {local} structures peuvent porter des heures d'insertion.",
        )
    if local == 1:
        return "criterion", "Une seule structure connue : un critère laisse à chaque candidat le choix de ses moyens."
    return "none", "Aucune structure connue sur ce territoire pour ce métier : élargir, ou consulter un facilitateur."


def _alternatives(made: Feasibility) -> Iterator[Alternative]:
    best, lot = made.best, made.lot
    for k in (2, 3):
        cap = best.largest[k]
        if cap is not None and lot.annual is not None and cap < lot.annual:
            text = f"Lot d'au plus {euros(cap)} HT par an, que {k} structures connues peuvent chacune porter"
            yield Alternative(
                f"smaller_lot_{k}", text + _bound(best), "L2113-10" if lot.kind == "marche" else None, cap
            )
    if made.lever != "reserve" or lot.annual is None:
        text = "Groupement de structures pour porter ensemble le lot."
        yield Alternative("consortium", text, best.code)
    condition = "L3114-2" if lot.kind == "concession" else "L2112-2"
    yield Alternative("clause", "Clause d'insertion : des heures confiées aux structures locales.", condition)
    criterion = "L3124-5" if lot.kind == "concession" else "R2152-7"
    yield Alternative("criterion", "Critère social, lié à l'objet du marché.", criterion)
    limit = value("direct_works" if lot.category == "travaux" else "direct_supplies")
    if lot.kind == "marche" and lot.amount is not None and lot.amount < limit and law()["R2122-8"].holds_on(made.as_of):
        text = f"Achat direct possible : le lot est sous {euros(limit)} HT, tous lots comparables pris ensemble."
        yield Alternative("direct_purchase", text, "R2122-8", limit)


def _bound(best: Assessment) -> str:
    """Said when some turnovers are not known: the advice is a lower bound."""
    total = best.supply.count
    return "." if best.known == total else f" ; au moins : {best.known} chiffres d'affaires connus sur {total}."


def _changes(made: Feasibility, wider: Sequence[Candidate] | None, opposed: Collection[str]) -> Iterator[Change]:
    best, lot = made.best, made.lot

    def change(code: str, text: str, other: Assessment) -> Change:
        low, high = other.central.low.two, other.central.high.two
        return Change(code, text, other.code, other.counted, other.counted - best.counted, low, high, other.verdict)

    def again(supply: Supply = best.supply, lot: Lot = lot, share: float = made.share, rate: float = 0.0) -> Assessment:
        return assess(lot, supply, share, rate or made.calibration.rate)

    if wider is not None:
        yield change("wider", "Zones de 20 km de plus", again(gate(_distinct(wider), best.code, made.as_of, opposed)))
    if lot.amount is not None:
        yield change("half_amount", "Montant divisé par deux", again(lot=replace(lot, amount=lot.amount / 2)))
    for other in made.assessments:
        if other.code != best.code and other.applies.state == "yes":
            yield change(f"article_{other.code}", f"Article {other.code}", other)
    for rate in rates():
        if rate != made.calibration.rate:
            yield change(f"rate_{rate:g}", f"Taux de réponse de {percent(rate)}", again(rate=rate))
    if lot.amount is not None:
        for share in SHARES_TRIED:
            if share != made.share:
                yield change(
                    f"share_{share:g}", f"Lot admis jusqu'à {percent(share)} du chiffre d'affaires", again(share=share)
                )


def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """One candidate an id: who covers the place anew replaces what it was."""
    return tuple({one.id: one for one in candidates}.values())


__all__ = [
    "DEFAULTS",
    "LEVERS",
    "METHOD_VERSION",
    "Assessment",
    "Feasibility",
    "Lot",
    "Options",
    "assess",
    "feasibility",
]
