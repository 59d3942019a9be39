"""The whole answer on a lot: assessments of each article, lever, other ways to buy, and what would change it (docs/methods.md (d))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.facts.presence import Presence
from vivier.desk.method.clause import Carriers
from vivier.desk.method.lever import Ground, Lever, lever_of
from vivier.desk.method.prospects import Call
from vivier.desk.method.verdict import Assessment, Calibration, Lot, Verdict, rank

NARROW: Final = ("L2113-15", "L2113-13-1", "L3113-2-1")
"""Articles that are not for social inclusion in general: the ESS, and work in prison."""


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
class Feasibility:
    """The whole answer. ``recommended``: the article with the best verdict, ``None`` when no article can be used; ``to_confirm``: when
    none is, the article that could be used if the structures asked confirm.

    A group may answer a lot of several trades. For each article, ``assessments`` has the trade with the weakest verdict; each
    trade is compared with the whole amount, since its part is unknown. ``by_trade`` has all trades, in the order of the pools, and
    ``alone`` counts only structures that do every trade (empty for one trade). ``ground``: what the lever rests on; ``present``: inclusive sites of the place whatever
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
    ground: Ground
    alternatives: tuple[Alternative, ...]
    changes: tuple[Change, ...]
    present: Presence | None = None

    @property
    def reason(self) -> str:
        """The French sentence that says what decided the lever."""
        return lever_of(self.ground)[1]

    @property
    def first_calls(self) -> tuple[Call, ...]:
        """Whom to call first: those whose answer changes the advice most, or those to compare for a direct purchase."""
        found = self.best.prospects
        return found.to_compare(lending=self.lot.lending) if self.lever == "direct" else found.first_calls

    def of(self, article: str) -> Assessment:
        """The assessment of an article. Raises ``StopIteration`` for an article that was not considered."""
        return next(assessment for assessment in self.assessments if assessment.code == article)

    @property
    def best(self) -> Assessment:
        """The assessment that texts and changes describe: that of the recommended article, else of the one to confirm, else of the one
        that has the most structures, whatever their size."""
        advised = self.recommended or self.to_confirm
        return self.of(advised) if advised else widest(heard(self.assessments, self.lot))


def heard(assessments: Sequence[Assessment], lot: Lot) -> Sequence[Assessment]:
    """The assessment of the article that the object of the lot names; all of them when it names none."""
    named = [found for found in assessments if frozenset(found.article.families) == lot.reserved_for]
    return named or assessments


def widest(assessments: Sequence[Assessment]) -> Assessment:
    """The assessment of the article that has the most structures, before their size is looked at: known ones first, then those worth a
    call, then those of unknown trade or zone. Among equals, the narrowest article."""
    general = [assessment for assessment in assessments if assessment.code not in NARROW]
    return min(
        general or assessments,
        key=lambda assessment: (
            assessment.applies.state == "no",
            -assessment.supply.count,
            -assessment.prospects.expected,
            -assessment.supply.to_ask,
            rank(assessment)[2],
        ),
    )
