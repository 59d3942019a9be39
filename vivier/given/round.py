"""What a round is: a question about one lot, a neutral list of structures, what they answered; and the errors of this room."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.desk.method.answers import Answer
from vivier.dossiers.question import Question
from vivier.errors import VivierError

_PURPOSE: Final = b"vivier-round-link-1\0"
_SIBLING: Final = b"vivier-round-together-1\0"
_CALLED: Final = b"vivier-round-called-1\0"


class RoundGone(VivierError):
    """The round was opened here, and is over its last day or was deleted: no part of it is given any more."""


class RoundClosed(VivierError):
    """The round no longer takes answers."""


class RoundsFull(VivierError):
    """No round can be opened before a purge."""


class AnswerTaken(VivierError):
    """The structure answered by itself: only itself corrects its answer."""


@dataclass(frozen=True)
class Invited:
    """A structure of the list, as it was when the round was opened. ``rank``: in the neutral order, from 1; ``sirets``: its own first;
    ``departement``: of its seat; ``silent``: no source gave its trade, ``None`` in a round opened before this was noted."""

    rank: int
    structure: str
    name: str
    kinds: tuple[str, ...]
    commune: str | None
    website: str | None
    sirets: tuple[str, ...]
    departement: str | None = None
    silent: bool | None = None

    @property
    def siret(self) -> str | None:
        """Its own, when a source gives it: the number of another register may stand first."""
        return next((number for number in self.sirets if number.isdigit()), None)


@dataclass(frozen=True)
class Inquiry:
    """What a round asks: the line, the structures of its neutral list with its seed, the trades of which its answers teach."""

    line: int
    invited: tuple[Invited, ...]
    seed: str
    trades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """A round. ``key``: hash of its id; ``question``: every line of the consultation, of which ``line`` is asked about; ``withdrawn``: structures that asked since to be left out, counted and no longer known;
    ``together``: a hash shared by the rounds opened together."""

    key: str
    opened_on: date
    closes_on: date
    kept_until: date
    question: Question
    line: int
    organisation: str
    tells_amount: bool
    seed: str
    invited: tuple[Invited, ...]
    answers: tuple[Answer, ...]
    withdrawn: int = 0
    together: str | None = None

    def is_open(self, today: date) -> bool:
        """Whether it takes answers on a day: until its closing day included."""
        return today <= self.closes_on

    @property
    def answered(self) -> Question:
        return replace(self.question, answers={self.line: self.answers} if self.answers else {})

    def answer_of(self, structure: str) -> Answer | None:
        """The answer of a structure; ``None`` when it gave none."""
        return next((answer for answer in self.answers if answer.structure == structure), None)

    def names(self) -> Mapping[str, str]:
        """The name of each structure of the list, by id."""
        return {invited.structure: invited.name for invited in self.invited}


def token_of(id_: str, structure: str) -> str:
    """The token of the link of a structure: 160 bits drawn from the id of the round, which whoever opened it can draw again and nobody
    else can. The database keeps its hash alone."""
    return hmac.new(id_.encode(), _PURPOSE + structure.encode(), hashlib.sha256).hexdigest()[:40]


def sibling_of(id_: str, line: int) -> str:
    """The id of the round about another line that was opened together with the round ``id_``: whoever opened them can draw it again."""
    return hmac.new(id_.encode(), _SIBLING + str(line).encode(), hashlib.sha256).hexdigest()[:40]


def called_from(study: str, line: int, rank: int = 0) -> str:
    """The id of the round in which the calls about a lot of a study are noted: who has the address of the study can draw it, nobody else can.
    ``rank``: how many of them were deleted before."""
    return hmac.new(study.encode(), _CALLED + f"{line}/{rank}".encode(), hashlib.sha256).hexdigest()[:40]
