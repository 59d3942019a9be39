"""Questions that do not depend on one another go to the node in one request.

Each piece of work runs in a greenlet until it asks something; once all of them wait, what they asked is sent together, and each goes on with its
answers. Works may themselves hold works: what the innermost ones ask goes up to the outermost. Everything stays in one thread, in a fixed order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import Final, Generic, TypeVar, cast

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from vivier.engine.opensearch.dsl import Json
from vivier.errors import VivierError

T = TypeVar("T")
Question = tuple[str, Json]
"""An index and the body of a search."""
Replied = Json | VivierError
"""The answer to a question, or why it has none: a question that fails leaves those beside it their answers."""
Send = Callable[[Sequence[Question]], Sequence[Replied]]

_UP: Final[ContextVar[greenlet | None]] = ContextVar("up", default=None)
"""Who gathers what the works of :func:`together` ask, within one of them."""


class _Strand(Generic[T]):
    """A piece of work, which stops when it asks something."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._greenlet = greenlet(self._whole)
        self._greenlet.gr_context = copy_context()
        self._given: list[T] = []
        self._error: VivierError | None = None

    def goes_on(self, replied: Sequence[Replied]) -> Sequence[Question]:
        """What it asks next, once told what it asked before; nothing when it is done."""
        return () if self._greenlet.dead else cast(Sequence[Question], self._greenlet.switch(replied) or ())

    def result(self) -> T:
        """What the work gave. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._given[0]

    def _whole(self, _: Sequence[Replied]) -> None:
        _UP.set(getcurrent().parent)
        try:
            self._given.append(self._work())
        except VivierError as error:
            self._error = (
                error  # raised by ``result``; another error is a fault of the house, and ends all of them at once
            )


def together(works: Sequence[Callable[[], T]], send: Send) -> list[T]:
    """What each work gives, in order. When some raise, all are ended first, then the first error is raised."""
    strands = [_Strand(work) for work in works]
    replies: list[Sequence[Replied]] = [()] * len(strands)
    while True:
        steps = [strand.goes_on(replied) for strand, replied in zip(strands, replies, strict=True)]
        answers = iter(_replied([question for step in steps for question in step], send))
        replies = [[next(answers) for _ in step] for step in steps]
        if not any(replies):
            return [strand.result() for strand in strands]


def ask(questions: Sequence[Question], send: Send) -> list[Json]:
    """The answers, in order. Within :func:`together` they are sent with those of the other works. Raises the first error of them."""
    found: list[Json] = []
    for answer in _replied(questions, send):
        if isinstance(answer, VivierError):
            raise answer
        found.append(answer)
    return found


def _replied(questions: Sequence[Question], send: Send) -> Sequence[Replied]:
    """What is said to the questions: by the node, or by the work that this one is a part of, once all of its parts wait."""
    if not questions:
        return ()
    up = _UP.get()
    if up is not None:
        return cast(Sequence[Replied], up.switch(questions))
    try:
        return send(questions)
    except VivierError as error:
        return [error] * len(questions)
