"""Says how many structures could do a lot under an article, when those that no source settles are asked (docs/methods.md (d)).

Each structure has a probability to be able, ``P(trade) × P(place) × P(size) × P(agreement)``, and answers a tender with that times the
response rate. The answer of a structure replaces both: one that said « yes » counts 1, one that said « no » counts 0. Three groups are
kept apart: *known* structures, which the article counts; *likely* ones, whose trade is known and zone or
agreement is not; and those *to ask*. Pure functions of a supply: an added structure never lowers a probability.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Final, Literal

from vivier.belief.comes import comes
from vivier.belief.steps import IMPROBABLE
from vivier.desk.method.candidate import Can, Candidate
from vivier.desk.method.offers import Odds, odds
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply, legal_kinds
from vivier.law.kinds import lending as kinds_lending
from vivier.law.parameters import value
from vivier.trades.rungs import precision

Surety = Literal["known", "likely", "to_ask"]
SURETIES: Final[dict[Surety, str]] = {
    "known": "connue pour ce métier et ce territoire",
    "likely": "à confirmer : zone ou agrément",
    "to_ask": "à appeler : rien ne dit son métier",
}
"""From the surest to the least sure."""
_SUREST: Final = list(SURETIES).index
FIRST_CALLS: Final = 5
"""Structures named to be called first."""
WORTH_A_CALL: Final = IMPROBABLE
"""Least probability of being able for a structure to be called, and so to count in any sum: of twenty such calls, one is a « yes ». However many
they are, those under it are no supply."""


@dataclass(frozen=True)
class Prospect:
    """A structure that could do the lot. Probabilities are between 0 and 1; ``size`` is that of bearing a year of the lot."""

    site: Candidate
    surety: Surety
    trade: float
    place: float
    size: float
    agreement: float
    can: Can | None = None
    """What it answered; ``None`` when it gave no answer."""
    able: float = field(init=False)
    """The probability that it can do the lot."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "able", self.trade * self.place * self.size * self.agreement)

    @property
    def confirms(self) -> float:
        """The probability that it says « yes, we can » once asked: whoever does not answer confirms nothing."""
        return self.able if self.can is not None else self.able * self.site.reply_rate

    def offer(self, rate: float) -> float:
        """The probability that it answers the tender. One that said « yes » is counted as an offer."""
        return self.able if self.can == "yes" else self.able * rate


@dataclass(frozen=True)
class Call:
    """A structure to call, and what its answer would change. ``yes`` and ``no``: probability of two offers after either answer;
    ``change``: how much the probability of two offers is expected to move, whatever the answer."""

    prospect: Prospect
    yes: float
    no: float
    change: float

    @property
    def worth(self) -> float:
        """What a call is expected to change: whoever does not answer changes nothing."""
        return self.change * self.prospect.site.reply_rate


@dataclass(frozen=True)
class Prospects:
    """Every structure that could do the lot under one article and is worth a call, or answered; the most probable first, and the response ``rate``
    to a tender."""

    every: tuple[Prospect, ...]
    rate: float

    def count(self, surety: Surety) -> int:
        """Number of structures of a group."""
        return self._counts[surety]

    @cached_property
    def _counts(self) -> Counter[Surety]:
        return Counter(prospect.surety for prospect in self.every)

    @cached_property
    def expected(self) -> float:
        """Number of structures expected to be able."""
        return sum(prospect.able for prospect in self.every)

    @cached_property
    def able(self) -> Odds:
        """Odds that no structure, exactly one, or two and more are able: what asking them all, until each answers, would tell."""
        return odds(prospect.able for prospect in self.every)

    @cached_property
    def confirming(self) -> Odds:
        """The same when only a part of those asked answer (``asked_answers``, or what rounds tell of their kind)."""
        return odds(prospect.confirms for prospect in self.every)

    @cached_property
    def enough(self) -> int | None:
        """Fewest structures, the most probable first, among which two able are as likely as ``verdict_confirmed`` wants; ``None`` when all
        together are not enough."""
        wanted = value("verdict_confirmed")
        running = _running(prospect.able for prospect in self.every)
        return next((n for n, (none, single) in enumerate(running) if 1 - none - single >= wanted), None)

    @cached_property
    def offers(self) -> Odds:
        """Odds of no offer, exactly one, or two and more, when nobody is asked before the tender."""
        return odds(prospect.offer(self.rate) for prospect in self.every)

    @property
    def first_calls(self) -> tuple[Call, ...]:
        """Those whose answer would most change the verdict, the most telling first."""
        return self.calls[:FIRST_CALLS]

    def sellers(self, *, lending: bool) -> tuple[Prospect, ...]:
        """Those from which a purchase without competition may be made: their agreement is not over, and a structure that only lends people sells
        nothing but people. ``lending``: the lot buys people."""
        return tuple(each for each in self.every if each.able > 0 and _sells(each.site, lending))

    def to_compare(self, *, lending: bool) -> tuple[Call, ...]:
        """Those to call for a purchase without competition: the most probable, then the nearest."""
        sellers = {each.site.id for each in self.sellers(lending=lending)}
        able = [call for call in self._calls() if call.prospect.site.id in sellers]
        return tuple(
            sorted(able, key=lambda call: (-round(call.prospect.able, 2), _near(call), call.prospect.site.id))
        )[:FIRST_CALLS]

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Everybody who did not answer and could, whose answer would most change the verdict first. Nobody when two structures said
        « yes » already."""
        if sum(prospect.can == "yes" and prospect.able == 1 for prospect in self.every) >= value("wanted_offers"):
            return ()
        calls = (call for call in self._calls() if call.prospect.can is None and call.prospect.able > 0)
        return tuple(
            sorted(calls, key=lambda call: (-call.worth, -call.prospect.able, _near(call), call.prospect.site.id))
        )

    def _calls(self) -> Iterator[Call]:
        """What each answer would change. The odds of the others come from those before and those after, so that all cost one pass."""
        chances = [prospect.offer(self.rate) for prospect in self.every]
        before = tuple(_running(chances))
        after = tuple(_running(reversed(chances)))[::-1]
        now = self.offers.two
        for prospect, (none_before, one_before), (none_after, one_after) in zip(
            self.every, before[:-1], after[1:], strict=True
        ):
            none = none_before * none_after
            single = none_before * one_after + one_before * none_after
            no, yes = max(1 - none - single, 0.0), max(1 - none, 0.0)
            yield Call(prospect, yes, no, prospect.able * abs(yes - now) + (1 - prospect.able) * abs(now - no))


def _sells(site: Candidate, lending: bool) -> bool:
    """Whether a site may sell the lot itself. What it answered comes first."""
    if site.can is not None:
        return True
    current = (*site.kinds, *site.to_check, *site.coming)
    return bool(current or not site.expired) and (
        lending or not current or any(kind not in kinds_lending("any_trade") for kind in current)
    )


def _near(call: Call) -> float:
    """The distance of a structure in km, far when it is unknown."""
    distance = call.prospect.site.distance_km
    return math.inf if distance is None else distance


def _running(chances: Iterable[float]) -> Iterator[tuple[float, float]]:
    """The odds of no offer and of exactly one among none of the chances, the first one, the first two…"""
    none, single = 1.0, 0.0
    yield none, single
    for p in chances:
        none, single = none * (1 - p), single * (1 - p) + none * p
        yield none, single


def prospects(supply: Supply, annual: float | None, share: float, rate: float) -> Prospects:
    """The structures worth a call for a lot of ``annual`` euros a year, at most ``share`` of a turnover. Each legal unit counts once."""
    found: dict[str, Prospect] = {}
    for prospect in (*_known(supply, annual, share), *_others(supply, annual, share)):
        former = found.get(prospect.site.unit)
        if former is None:
            found[prospect.site.unit] = prospect
        elif former.surety != "known":
            best = max(former, prospect, key=lambda each: each.able)
            found[prospect.site.unit] = replace(best, surety=min(former.surety, prospect.surety, key=_SUREST))
    called = (each for each in found.values() if each.can is not None or each.able >= WORTH_A_CALL)
    return Prospects(tuple(sorted(called, key=lambda prospect: (-prospect.able, prospect.site.id))), rate)


def _known(supply: Supply, annual: float | None, share: float) -> Iterator[Prospect]:
    for structure, site, trade, place in supply.once(_nearest):
        yield Prospect(site, "known", trade, place, _size(structure, annual, share), 1.0, site.can)


def _others(supply: Supply, annual: float | None, share: float) -> Iterator[Prospect]:
    for site, surety, trade, place, agreement in supply.once(_to_ask):
        if not trade:
            continue
        size = size_of(annual, site.turnover, share, site.volume)
        yield Prospect(site, surety, trade, place, size, agreement, site.can)


def _nearest(supply: Supply) -> tuple[tuple[Structure, Candidate, float, float], ...]:
    """Each structure that counts, with its nearest site (the first of equals: the one that represents it), P(trade) and P(place)."""
    nearest = ((each, max(each.sites, key=lambda site: site.far)) for each in supply.eligible)
    return tuple((structure, site, trade_of(site), place_of(site)) for structure, site in nearest)


def _to_ask(supply: Supply) -> tuple[tuple[Candidate, Surety, float, float, float], ...]:
    """Each site that could count, how sure that is, P(trade), P(place) and P(agreement)."""
    legal = frozenset(legal_kinds(supply.article))
    return tuple(
        (
            site,
            "likely" if site.in_trade else "to_ask",
            trade_of(site),
            place_of(site),
            1.0 if not legal.isdisjoint(site.kinds) else value("agreement_old"),
        )
        for site in (left.candidate for left in supply.could)
    )


def _size(structure: Structure, annual: float | None, share: float) -> float:
    """The probability that a known structure bears the lot: certain once it answered."""
    if structure.can is None:
        return size_of(annual, structure.turnover, share, structure.volume)
    return 1.0 if structure.bears(annual, share) == "able" else 0.0


def trade_of(site: Candidate) -> float:
    """Probability that a site does the trade: 1 when it said so, else the precision of its evidence, else what is believed of it
    (:mod:`vivier.belief`); none of a trade never observed of it, which is no supply."""
    if site.takes:
        return 1.0
    if site.in_trade:
        return precision(site.proof, value("trade_unmeasured"))
    return site.believed or 0.0


def place_of(site: Candidate) -> float:
    """Probability that a site serves the place: 1 when it said so or by a published zone that names it, less from afar and by an assumed
    zone."""
    if site.takes:
        return 1.0
    if site.covers:
        return site.far if site.declared else _assumed(site)
    return value("zone_here") if site.might_cover else 0.0


def _assumed(site: Candidate) -> float:
    """Probability that a site comes where its assumed zone covers half of the people, by the distance from its seat and its kind
    (:mod:`vivier.belief.comes`): no less than where it covers a part."""
    found = comes(site.possible_kinds, site.distance_km)
    return value("zone_assumed") if found is None else max(found, value("zone_here"))


def size_of(annual: float | None, turnover: float | None, share: float, volume: float | None = None) -> float:
    """Probability that a structure bears ``annual`` euros a year: certain by the ``volume`` that it declares, as by an answer. An unknown turnover follows the assumed distribution (log-normal,
    ``turnover_median`` and ``turnover_spread``). Without an amount, no structure is too small."""
    if annual is None or annual <= 0:
        return 1.0
    if volume is not None:
        return 1.0 if annual <= volume else 0.0
    if turnover is not None and math.isfinite(turnover) and turnover > 0:
        return 1.0 if annual <= share * turnover else 0.0
    return _at_least(annual / share)


@lru_cache(maxsize=1024)
def _at_least(turnover: float) -> float:
    deviations = (math.log(turnover) - math.log(value("turnover_median"))) / value("turnover_spread")
    return 0.5 * math.erfc(deviations / math.sqrt(2))
