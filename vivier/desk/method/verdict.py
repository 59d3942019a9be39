"""Assesses one article for one lot: the structures that could bear it, the odds of two offers, a verdict (docs/methods.md (d)).
Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

from vivier.desk.facts.experience import Observed
from vivier.desk.method.excluded import Excluded
from vivier.desk.method.offers import Competition, annual, competition, largest_lot, odds, rates
from vivier.desk.method.prospects import Prospects, prospects
from vivier.desk.method.reservable import Applicability, applicability
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Split, Supply
from vivier.errors import FieldError, refuse_any
from vivier.french import percent, plural, typed, whole
from vivier.law.articles import RESERVING, LawArticle, ReservedFor, article_on, reserving
from vivier.law.parameters import chosen, value
from vivier.law.rules import UNKNOWN_VALUE, BuyerClass, Category, Consultation, Kind, NeedValue

Verdict = Literal["reservable", "reservable_avec_reserves", "risque_infructueux", "non_reservable", "not_applicable"]
VERDICTS: Final[dict[Verdict, str]] = {
    "reservable": "réservable",
    "reservable_avec_reserves": "réservable avec réserves",
    "risque_infructueux": "à confirmer : deux offres ne sont pas assurées",
    "non_reservable": "pas à ce jour : moins de deux structures connues peuvent faire ce lot",
    "not_applicable": "article sans objet pour ce lot",
}
"""From best to worst."""
RESERVABLE: Final[tuple[Verdict, ...]] = ("reservable", "reservable_avec_reserves")
_WORSE: Final = {verdict: place for place, verdict in enumerate(VERDICTS)}
MOST_SOUGHT: Final = 1_000


@dataclass(frozen=True)
class Lot:
    """A lot. ``amount``: euros HT over the whole duration; ``months``: duration, renewals included; ``labour_share``: share of
    labour in the price, in ]0, 1]; ``open_posts``: some of its posts need no qualification; ``trained_posts``: some are learnt in a work-study contract; ``launched``: the day of its consultation;
    ``need``: the value of its whole need, the lot alone when it is not given; ``settled``: a social condition is planned, or left out by a
    motive; ``most_hours``: the most insertion hours that a clause could give; ``lending``: it buys people; ``social_services``: it buys social or specific
    services only; ``reserved_for``: the families for whom its object reserves it.
    ``None`` is unknown."""

    amount: float | None = None
    months: int | None = None
    cpv: tuple[str, ...] = ()
    kind: Kind = "marche"
    category: Category = "services"
    buyer: BuyerClass = "other"
    labour_share: float | None = None
    open_posts: bool = True
    trained_posts: bool = False
    launched: date | None = None
    need: NeedValue = UNKNOWN_VALUE
    settled: bool = False
    most_hours: float | None = None
    lending: bool = False
    social_services: bool = False
    reserved_for: frozenset[ReservedFor] = frozenset()

    def law_day(self, as_of: date) -> date:
        """The day whose law holds: that of the launch, else that of the study."""
        return self.launched or as_of

    def plan(self, as_of: date) -> Consultation:
        """The lot as the rules of the law look at it."""
        need = NeedValue(self.amount, None) if self.need == UNKNOWN_VALUE else self.need
        known = self.law_day(as_of), self.kind, self.category, need, self.buyer, self.settled or None
        return Consultation(
            *known, social_services=self.social_services, cpv=self.cpv, amount=self.amount, months=self.months
        )

    @property
    def annual(self) -> float | None:
        """Euros a year. The amount of a lot shorter than a year is not scaled up."""
        return None if self.amount is None else annual(self.amount, self.months)


@dataclass(frozen=True)
class Options:
    """The values that the user changed; ``None`` keeps that of the table. ``prison``: also considers prison work."""

    share: float | None = None
    rate: float | None = None
    prison: bool = False


@dataclass(frozen=True)
class Assessment:
    """The assessment of one article. ``verdict`` comes from ``central``; ``bearing`` and ``unsure``: probability to serve the place of the
    structures that can bear the lot, and of those that might, save those that confirmed.
    ``annual``: euros a year of the lot;
    ``share`` and ``rate``: the largest share of a turnover that it may be, and the response rate. ``indeterminate``: more than half
    of the counted structures have an unpublished trade or zone, or there are more structures to ask than counted, unless enough of them
    confirmed. ``excluded``
    includes the structures too small for the lot. ``pool``: rank of the assessed trade, in a lot of several."""

    article: LawArticle
    applies: Applicability
    supply: Supply
    split: Split
    bearing: tuple[float, ...]
    unsure: tuple[float, ...]
    central: Competition
    verdict: Verdict
    indeterminate: bool
    annual: float | None
    share: float
    rate: float
    pool: int = 0

    @cached_property
    def low(self) -> Competition:
        """The odds at the low response rate."""
        return competition(self.bearing, self.unsure, rates()[0], self.confirmed)

    @cached_property
    def high(self) -> Competition:
        """The odds at the high response rate."""
        return competition(self.bearing, self.unsure, rates()[2], self.confirmed)

    @cached_property
    def prospects(self) -> Prospects:
        """Every structure that could do the lot, those to ask among them, with its probability. Variations of an assessment do not need
        it, and it is a fifth of the time of a lot."""
        return prospects(self.supply, self.annual, self.share, self.rate)

    @cached_property
    def largest(self) -> dict[int, float | None]:
        """The largest yearly lot, in euros, that 1, 2, 3 and 5 known structures can each bear; ``None`` when fewer are known."""
        caps = (structure.cap(self.annual, self.share) for structure in self.supply.eligible)
        known = sorted((cap for cap in caps if cap is not None), reverse=True)
        return {k: largest_lot(known, k) for k in (1, 2, 3, 5)}

    @property
    def code(self) -> str:
        return self.article.code

    @property
    def counted(self) -> int:
        """Number of structures that can bear the lot, or might."""
        return len(self.split.able) + len(self.split.unknown)

    @property
    def confirmed(self) -> int:
        """Number of structures that answered that they can do the lot, and bear it."""
        return sum(structure.can == "yes" for structure in self.split.able)

    @property
    def known(self) -> int:
        """Number of structures whose turnover is known."""
        return sum(structure.turnover is not None for structure in self.supply.eligible)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """Every excluded candidate, with one reason each. With ``counted`` they make up the candidates."""
        return (*self.supply.excluded, *self.split.too_small())


@dataclass(frozen=True)
class Calibration:
    """The response rate used, its origin (``assumed``, ``given``, ``observed``) and the French sentence that gives the origin.
    ``usual``: the one that holds when the user gives none; ``None``: it is this one."""

    rate: float
    basis: Literal["assumed", "given", "observed"]
    text: str
    usual: Calibration | None = None


def articles_of(lot: Lot, options: Options) -> tuple[str, ...]:
    """The articles considered, narrower first."""
    return reserving(lot.kind, prison=options.prison or "PRISON" in lot.reserved_for)


def check(lot: Lot) -> None:
    """Checks a lot. Raises ``InvalidRequest`` with every value to correct."""
    errors = []
    if lot.amount is not None and not (math.isfinite(lot.amount) and lot.amount >= 0):
        message = f"« amount » doit être un montant HT positif ou nul (reçu : {typed(lot.amount)})."
        errors.append(FieldError("amount", "out_of_range", message))
    if lot.months is not None and not 1 <= lot.months <= 180:
        message = f"« months » doit être compris entre 1 et 180 mois (reçu : {lot.months})."
        errors.append(FieldError("months", "out_of_range", message))
    if lot.labour_share is not None and not 0 < lot.labour_share <= 1:
        message = f"« labour_share » doit être une part entre 0 et 1 (reçu : {typed(lot.labour_share)})."
        errors.append(FieldError("labour_share", "out_of_range", message))
    refuse_any(errors)


Response = tuple[Observed | None, Observed | None]
"""What the reserved contracts of the trades of a lot received, then those of all trades; ``None``: no contract is indexed."""
UNSEEN: Final[Response] = (None, None)


def calibrated(options: Options, response: Response = UNSEEN) -> Calibration:
    """The response rate: the user's, else the usual one."""
    usual = _usual(response)
    if options.rate is None:
        return usual
    return Calibration(chosen("response_central", options.rate, "rate"), "given", "taux de réponse donné", usual)


def _usual(response: Response) -> Calibration:
    """The rate observed on reserved contracts of the trade, shrunk towards the one of all trades,
    itself shrunk towards the assumption: ``calibration_contracts`` contracts weigh as much as what they are shrunk
    towards. It is clamped between the low and high assumptions, because contracts without any offer are not published."""
    low, central, high = rates()
    observed, everywhere = response
    shrunk = _shrunk(observed, _shrunk(everywhere, central))
    used = min(max(shrunk, low), high)
    if used == central and not (_seen(observed) or _seen(everywhere)):
        return Calibration(central, "assumed", "taux de réponse supposé, faute de marchés réservés aux offres connues")
    months = int(value("experience_months"))
    of_trade, of_all = (_rate_text(found) for found in (observed, everywhere))
    text = (
        f"taux tiré de {months} mois de marchés réservés passés. Pour ce métier : {of_trade}. Tous métiers : {of_all}. "
        f"Moins il y a de marchés, plus le taux reste près de {percent(central)} ; il est tenu entre {percent(low)} et {percent(high)}"
    )
    return Calibration(used, "observed", text)


def _shrunk(found: Observed | None, towards: float) -> float:
    """The observed rate, drawn ``towards`` another the more the contracts are few."""
    if found is None or found.rate is None or found.contracts == 0:
        return towards
    weight = found.contracts / (found.contracts + value("calibration_contracts"))
    return weight * found.rate + (1 - weight) * towards


def _seen(found: Observed | None) -> bool:
    return found is not None and found.rate is not None and found.contracts > 0


def _rate_text(found: Observed | None) -> str:
    if found is None or found.rate is None or not found.contracts:
        return "aucun marché aux offres connues"
    share = (
        f"{percent(found.rate)} des structures connues"
        if found.rate <= 1
        else "plus que nous ne connaissons de structures"
    )
    return f"{plural(found.contracts, 'marché')}, {plural(whole(found.offers), 'offre')}, soit {share}"


def assess(lot: Lot, supply: Supply, share: float, rate: float, pool: int = 0) -> Assessment:
    """Assesses one article: three lists, odds, verdict. Without an amount, every structure may answer."""
    split, day = supply.split(lot.annual, share), lot.law_day(supply.as_of)
    applies = applicability(supply.article, lot.cpv, lot.months, lot.buyer, day)
    confirmed = sum(structure.can == "yes" for structure in split.able)
    able, unknown = split.able, split.unknown
    if lot.amount is None:
        able, unknown = (*able, *unknown), ()
    bearing, unsure = (tuple(each.place for each in some if each.can != "yes") for some in (able, unknown))
    central = competition(bearing, unsure, rate, confirmed)
    proven = odds(structure.place * value("declared_able") for structure in split.able if _proven(structure)).two
    return Assessment(
        article_on(supply.article, day),
        applies,
        supply,
        split,
        bearing,
        unsure,
        central,
        verdict="not_applicable" if applies.state == "no" else verdict_of(central, len(able) + len(unknown), proven),
        indeterminate=confirmed < value("wanted_offers") and supply.once(_indeterminate),
        annual=lot.annual,
        share=share,
        rate=rate,
        pool=pool,
    )


def _indeterminate(supply: Supply) -> bool:
    """Whether no conclusion is possible: more trades or zones are assumed than published, or more structures are to be asked than
    counted."""
    assumed = sum(not (structure.zone_declared and structure.trade_declared) for structure in supply.eligible)
    return 2 * assumed > supply.count or supply.to_ask > supply.count


def _proven(structure: Structure) -> bool:
    """Whether a structure publishes its trade, its zone and what it can take."""
    return structure.trade_declared and structure.zone_declared and structure.volume is not None


def verdict_of(odds: Competition, counted: int, proven: float = 0.0) -> Verdict:
    """The verdict at one response rate; ``proven``: probability that two structures that publish their trade, their zone and their volume can
    do the lot, which suffices without asking them. It never worsens when a structure is added or a share is raised."""
    sure = value("verdict_sure")
    if odds.low.two >= sure or proven >= sure:
        return "reservable"
    if odds.high.two >= sure or odds.low.two >= value("verdict_likely"):
        return "reservable_avec_reserves"
    return "risque_infructueux" if counted >= value("wanted_offers") else "non_reservable"


def least(rate: float, bound: float) -> int:
    """Fewest structures, all able, for which the probability of two offers is at least ``bound`` (``rate`` and ``bound`` in
    ]0, 1[)."""
    n, odds = 2, competition([1.0] * 2, (), rate).low
    while odds.two < bound and n < MOST_SOUGHT:
        n += 1
        odds = competition([1.0] * n, (), rate).low
    return n


def rank(assessment: Assessment) -> tuple[int, int, int]:
    """Sort key of an assessment: best verdict, then surest ground, then narrowest article."""
    return _WORSE[assessment.verdict], assessment.applies.state != "yes", RESERVING.index(assessment.code)
