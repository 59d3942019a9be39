"""What the answers of structures teach: of the structure that gives one, and of others of its kind.

A probability counts as ``STRENGTH`` answers before any came (a beta-binomial update): twelve refusals of twelve divide it by three. Only
answers of structures that publish no trade teach of others, and a refusal for another reason than the trade teaches nothing of it.

Within a lot, an answer teaches of the same kinds at once (:func:`tallies`). From one lot to another, :class:`Lessons` gives what each build
learns, for the same kind, group of trades and département. There a person may have opened any number of rounds: whoever asked counts at
most ``FROM_ONE`` answers for one probability, which halves it at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Final

from vivier.belief.steps import bounded
from vivier.identity import digest_of
from vivier.trades.table import Trades

STRENGTH: Final = 6.0
"""Answers that a probability counts for before any came."""
MOST: Final = 24.0
"""The most answers that count, so that nobody can outweigh what sources say."""
PART: Final = 0.5
"""What « a part of it » teaches of the trade, beside a « yes »."""
FROM_ONE: Final = STRENGTH
"""The most answers that count, for one probability, of those that one person asked for: they halve it, or halve what it lacks, at most."""
OWN: Final = STRENGTH
"""Answers that the answer of a structure counts for, of its own trade."""
NEAR: Final = 0.5
"""What an answer about a trade teaches of another trade of its group: a judgement of ours."""
VOUCHED: Final = -1
"""Who asked, for what a structure or its network declares: the operator or a network vouches for it."""
UNLISTED: Final = 0.5
"""What the declaration of a structure teaches of a trade that it leaves out: lists are seldom complete. A judgement of ours."""


REPLIES: Final = 20.0
"""Structures asked that the usual share of those that answer counts for, and the most that one person's rounds count for."""
MOST_ASKED: Final = 80.0
"""The most structures asked that count."""


@dataclass(frozen=True)
class Tally:
    """Answers about a trade, from structures of a kind: how many do it, and how many do not."""

    yes: float = 0.0
    no: float = 0.0

    def plus(self, yes: float, no: float) -> Tally:
        """The tally with more answers."""
        return Tally(self.yes + yes, self.no + no)

    @property
    def count(self) -> float:
        """How many answers."""
        return self.yes + self.no

    def at_most(self, count: float) -> Tally:
        """The tally brought down to so many answers, in proportion."""
        keep = min(1.0, count / self.count) if self.count else 1.0
        return Tally(self.yes * keep, self.no * keep)

    def updated(self, probability: float, before: float = 0.0) -> float:
        """A probability once these answers are known. ``before``: answers that it counts already."""
        if not self.count:
            return probability
        now, strength = self.at_most(MOST), STRENGTH + before
        return bounded((probability * strength + now.yes) / (strength + now.count))


Replies = Mapping[str, Tally]
"""Of each kind, how many of those asked in rounds answered (``yes``), whatever they answered, and how many did not."""
NO_REPLIES: Final[Replies] = {}


def reply_rate(kinds: Iterable[str], replies: Replies, usual: float) -> float:
    """The share (0 to 1) of structures of these kinds that answer when they are asked: what rounds counted, drawn towards the ``usual`` share as
    if ``REPLIES`` had been asked. It says nothing of what they can do."""
    together = Tally()
    for kind in dict.fromkeys(kinds):
        tally = replies.get(kind, Tally())
        together = together.plus(tally.yes, tally.no)
    counted = together.at_most(MOST_ASKED)
    return (counted.yes + REPLIES * usual) / (counted.count + REPLIES)


def counted_replies(asked: Iterable[tuple[Iterable[str], int | None, bool]]) -> Replies:
    """The replies by kind, from the kinds, who asked and whether it answered, of each structure asked. Those that one person asked count at
    most ``REPLIES``."""
    by_person: dict[tuple[str, int | None], Tally] = {}
    for kinds, asked_by, answered in asked:
        for kind in dict.fromkeys(kinds):
            former = by_person.get((kind, asked_by), Tally())
            by_person[kind, asked_by] = former.plus(float(answered), float(not answered))
    found: dict[str, Tally] = {}
    for (kind, _), tally in by_person.items():
        bounded_tally = tally.at_most(REPLIES)
        found[kind] = found.get(kind, Tally()).plus(bounded_tally.yes, bounded_tally.no)
    return found


def tallies(answers: Iterable[tuple[Iterable[str], float, float]]) -> Mapping[str, Tally]:
    """The tally of each kind, from the kinds, the « yes » and the « no » of each answer."""
    found: dict[str, Tally] = {}
    for kinds, yes, no in answers:
        for kind in dict.fromkeys(kinds):
            found[kind] = found.get(kind, Tally()).plus(yes, no)
    return found


def updated(probability: float, kinds: Iterable[str], known: Mapping[str, Tally], before: float = 0.0) -> float:
    """A probability of a structure of these kinds once the answers of others are known: by those of all its kinds together, so that one more
    « yes » never lowers it. ``before``: answers that it counts already."""
    together = Tally()
    for kind in dict.fromkeys(kinds):
        tally = known.get(kind, Tally())
        together = together.plus(tally.yes, tally.no)
    return together.updated(probability, before)


@dataclass(frozen=True)
class Lesson:
    """What one structure answered about some trades. ``unit``: its SIREN, else the id of its sheet; ``departement``: of its seat, ``None``
    when unknown; ``trades``: codes; ``yes`` and ``no``: what the answer counts for, of each; ``asked_by``: who asked, as far as one can be
    told from another, ``None`` when nothing says it, :data:`VOUCHED` for what it declares; ``silent``: no source gave its trade, so that
    it teaches of others."""

    unit: str
    kinds: tuple[str, ...]
    departement: str | None
    trades: tuple[str, ...]
    yes: float
    no: float
    asked_by: int | None
    silent: bool


class Lessons:
    """What answers teach, from one lot to another. They come the oldest first: of the answers that one person asked a structure for, about
    one trade, the last counts. Nobody's answer takes anything from what another person was answered."""

    def __init__(self, lessons: Iterable[Lesson], trades: Trades) -> None:
        self._trades = trades
        self._own: dict[str, dict[str, dict[int | None, Tally]]] = defaultdict(lambda: defaultdict(dict))
        self._of_kind: dict[tuple[str, str, str], dict[tuple[int | None, str], Tally]] = defaultdict(dict)
        self._groups: set[str] = set()
        self._alike: dict[tuple[tuple[str, ...], str | None], dict[str, Tally]] = {}
        for lesson in lessons:
            for trade in self._about(lesson):
                self._add(lesson, trade)

    def _about(self, lesson: Lesson) -> dict[str, None]:
        """The trades of an answer that the table has: whoever does one does the broader one, whoever does not does no narrower one."""
        known = [code for code in lesson.trades if code in self._trades]
        wider = self._trades.ancestors if lesson.yes else self._trades.descendants
        return dict.fromkeys(code for trade in known for code in (trade, *(each.code for each in wider(trade))))

    def _add(self, lesson: Lesson, trade: str) -> None:
        tally = Tally(lesson.yes, lesson.no)
        self._groups.add(self._trades.get(trade).group)
        if lesson.asked_by != VOUCHED:
            self._own[lesson.unit][trade][lesson.asked_by] = tally
        if lesson.silent and lesson.departement is not None:
            for kind in dict.fromkeys(lesson.kinds):
                self._of_kind[kind, lesson.departement, trade][lesson.asked_by, lesson.unit] = tally

    def __bool__(self) -> bool:
        return bool(self._groups)

    def of(self, unit: str, kinds: Iterable[str], departement: str | None) -> dict[str, Tally]:
        """What is learnt of each trade that some answer tells something of, for a structure of these kinds; for one without kinds, of its
        own answers alone."""
        alike = tuple(sorted(set(kinds))), departement
        if unit in self._own:
            return self._found(unit, *alike)
        if alike not in self._alike:
            self._alike[alike] = self._found("", *alike)
        return self._alike[alike]

    def _found(self, unit: str, kinds: tuple[str, ...], departement: str | None) -> dict[str, Tally]:
        codes = (trade.code for trade in self._trades if trade.group in self._groups)
        found = {code: self._of_trade(unit, kinds, departement, code) for code in codes}
        return {code: tally for code, tally in found.items() if tally.count}

    def _of_trade(self, unit: str, kinds: tuple[str, ...], departement: str | None, trade: str) -> Tally:
        by_person: dict[int | None, Tally] = {}
        for (asked_by, _), tally in self._others(unit, kinds, departement, trade).items():
            by_person[asked_by] = by_person.get(asked_by, Tally()).plus(tally.yes, tally.no)
        for asked_by, tally in self._own[unit][trade].items() if unit in self._own else ():
            by_person[asked_by] = Tally(tally.yes * OWN, tally.no * OWN)  # it says more of itself than others do
        total = Tally()
        for asked_by, tally in by_person.items():
            counted = tally.at_most(MOST if asked_by == VOUCHED else FROM_ONE)
            total = total.plus(counted.yes, counted.no)
        return total.at_most(MOST)

    def _others(
        self, unit: str, kinds: tuple[str, ...], departement: str | None, trade: str
    ) -> dict[tuple[int | None, str], Tally]:
        """The answers of other structures, by who asked and who answered: about the trade, else about another trade of its group."""
        found: dict[tuple[int | None, str], Tally] = {}
        if departement is not None:
            for near, share in self._near(trade):
                for kind in kinds:
                    for who, tally in self._of_kind.get((kind, departement, near), {}).items():
                        if who[1] != unit:
                            found[who] = Tally(tally.yes * share, tally.no * share)
        return found

    def _near(self, trade: str) -> list[tuple[str, float]]:
        """The trades of its group and what an answer about each is worth, the trade itself last."""
        group = self._trades.get(trade).group
        others = (other.code for other in self._trades if other.group == group and other.code != trade)
        return [*((code, NEAR) for code in others), (trade, 1.0)]


@dataclass(frozen=True)
class Received:
    """All that a build learns from: answers, the oldest first, and how many of those asked answered."""

    lessons: tuple[Lesson, ...] = ()
    replies: Replies = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What tells these answers from others: a hash, which names no structure."""
        replies = sorted((kind, tally.yes, tally.no) for kind, tally in self.replies.items())
        written = repr(([astuple(lesson) for lesson in self.lessons], replies))
        return digest_of(written.encode())


NOTHING_RECEIVED: Final = Received()
