"""Whether a buyer can ask for a label (docs/methods.md (p)): the labels that bear on what is bought, who holds one near the lot, and the
probability of three offers that hold it.

Holders are known, from a list; others of the trade near the lot are *likely* holders, each at the share of holders among those like it
(:mod:`vivier.belief.holds`), and never counted as holders.

A label is *required* when three offers are likely, from known holders, even when few answer. Otherwise it *scores*: whoever holds none
may still win. A label on the management of a site is a *condition* of performance. Where re-used goods are on the market, they come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vivier.belief.comes import INSIDE
from vivier.belief.does import ONE_SIDE
from vivier.belief.holds import Share
from vivier.clausier.table import TradeClauses
from vivier.law.labels import LabelType
from vivier.law.products import ProductDuty

METHOD_VERSION: Final = "green-2"
WANTED: Final = 3
"""Offers under which a label restricts the competition."""
SURE: Final = 0.8
"""The probability of :data:`WANTED` offers from which a label may be required, at the central rate of answers."""
LEAST: Final = 0.5
"""The same, at the low rate."""
Advice = Literal["reuse", "require", "score", "condition", "nothing"]
ADVICE: Final[Mapping[Advice, str]] = {
    "reuse": "d'abord le réemploi",
    "require": "label exigible, ou équivalent",
    "score": "label en critère, ou équivalent",
    "condition": "condition d'exécution",
    "nothing": "aucun label à demander",
}


@dataclass(frozen=True)
class Known:
    """What the index knows of one choice of labels. ``holders``: known near the lot; ``doers``: others of the trade near it; ``likely``: those of
    them that may hold one, as numbers of suppliers that are alike with the share that does, ``None`` when no source of these labels is connected.
    Nobody is where the list of these labels is official and whole: who is not in it holds none."""

    holders: int
    doers: int
    likely: tuple[tuple[int, Share], ...] | None

    @property
    def expected(self) -> tuple[float, float]:
        """How many of the others hold a label, between two bounds, nine cases in ten."""
        likely = self.likely or ()
        about = sum(count * share.p for count, share in likely)
        spread = sum(count * share.p * (1 - share.p) for count, share in likely)
        wide = ONE_SIDE * math.sqrt(spread)
        low, high = (sum(count * getattr(share, bound) for count, share in likely) for bound in ("low", "high"))
        return max(0.0, min(low, about - wide)), min(float(self.doers), max(high, about + wide))


@dataclass(frozen=True)
class Choice:
    """Labels that a lot may ask for as equivalents, and the probability of three offers: ``low``, ``central``, ``high``; ``None`` when no source
    of these labels is connected."""

    labels: tuple[LabelType, ...]
    known: Known
    odds: tuple[float, float, float] | None

    @property
    def is_likely(self) -> bool:
        """Whether three offers are likely, even when few answer."""
        return self.odds is not None and self.odds[0] >= LEAST and self.odds[1] >= SURE


@dataclass(frozen=True)
class Holder:
    """A supplier that holds a label near a lot. ``inclusive``: it has a kind, and carries the hours of the lot itself."""

    id: str
    name: str
    siret: str | None
    inclusive: bool = False


@dataclass(frozen=True)
class Green:
    """The environmental lever of a lot. ``choices``: the most open first; ``inclusive``: holders of the first that are inclusive structures
    too; ``holders``: some of them by name, the best answers first; ``clauses``: the measurable requirements of the trade, ``None`` when it has no template."""

    advice: Advice
    choices: tuple[Choice, ...]
    duties: tuple[ProductDuty, ...]
    clauses: TradeClauses | None = None
    inclusive: int = 0
    holders: tuple[Holder, ...] = ()


def at_least(wanted: int, chances: Iterable[float]) -> float:
    """The probability that ``wanted`` or more of independent events happen."""
    fewer = [1.0, *([0.0] * (wanted - 1))]
    for p in chances:
        fewer = [fewer[0] * (1 - p), *(fewer[k] * (1 - p) + fewer[k - 1] * p for k in range(1, wanted))]
    return max(0.0, 1.0 - sum(fewer))


def chances_of_three(known: Known, rates: Sequence[float]) -> tuple[float, float, float] | None:
    """The probability of three offers that hold a label: low from known holders alone, central and high with those of the trade that may hold it.
    ``rates``: the low, central and high share of those that answer."""
    if known.likely is None:
        return None
    low, central, high = (rate * INSIDE for rate in rates)
    holding = [1.0] * known.holders
    about = [share.p for count, share in known.likely for _ in range(count)]
    most = [share.high for count, share in known.likely for _ in range(count)]
    return (
        at_least(WANTED, (low * p for p in holding)),
        at_least(WANTED, (central * p for p in (*holding, *about))),
        at_least(WANTED, (high * p for p in (*holding, *most))),
    )


def choices_of(labels: Iterable[LabelType]) -> tuple[tuple[LabelType, ...], ...]:
    """Labels that are each other's equivalents together, the others alone, in the order of the table."""
    groups: dict[str, list[LabelType]] = {}
    for label in labels:
        groups.setdefault(label.families[0] if label.families else label.code, []).append(label)
    return tuple(map(tuple, groups.values()))


def green(choices: Iterable[Choice], duties: tuple[ProductDuty, ...], clauses: TradeClauses | None = None) -> Green:
    """The lever of a lot: what its labels and its duties on products allow."""
    ordered = tuple(sorted(choices, key=lambda choice: -(choice.odds or (0.0, -1.0))[1]))
    return Green(_advice(ordered, duties), ordered, duties, clauses)


def _advice(choices: Sequence[Choice], duties: Sequence[ProductDuty]) -> Advice:
    if any(duty.reuse_first for duty in duties):
        return "reuse"
    products = [choice for choice in choices if choice.labels[0].asks != "management"]
    if any(choice.is_likely for choice in products):
        return "require"
    if products:
        return "score"
    return "condition" if choices or duties else "nothing"
