"""What people give, as this service keeps it: rounds, requests about structures, mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Final

from fastapi import HTTPException
from pydantic import SecretStr

from search_api.context import Context
from search_api.given.sign_on import Door
from vivier.given.follow_ups import FollowUps
from vivier.given.queue import Queue
from vivier.given.rounds import Rounds
from vivier.mail.office import Office
from vivier.mail.sender import Sender
from vivier.operation.watch import Watch

KEEPS: Final[Mapping[str, type]] = {
    "rounds": Rounds,
    "queue": Queue,
    "review_token": SecretStr,
    "sign_on": Door,
    "mail": Office,
    "sender": Sender,
    "watch": Watch,
}
"""The names under which ``create_app`` is given them."""


def rounds_in(context: Context) -> Rounds | None:
    """The sourcing rounds; ``None`` when this service keeps none: no round can be opened."""
    return context.part("rounds", Rounds)


def queue_in(context: Context) -> Queue | None:
    """What people ask about structures; ``None`` when this service takes nothing."""
    return context.part("queue", Queue)


def mail_in(context: Context) -> Office | None:
    """The mail that the service sends; ``None`` when the operator did not set it."""
    return context.part("mail", Office)


def review_token(context: Context) -> SecretStr | None:
    """The password of the page where the operator decides; ``None``: there is no such page."""
    return context.part("review_token", SecretStr)


def door_in(context: Context) -> Door | None:
    """The sign-on of reviewers; ``None``: by password, or there is no such page."""
    return context.part("sign_on", Door)


def rounds(context: Context) -> Rounds:
    """The sourcing rounds. Raises 503 when this service keeps none."""
    found = rounds_in(context)
    if found is None:
        raise HTTPException(503, "Ce service ne garde pas d'enquêtes.")
    return found


def follow_ups(context: Context) -> FollowUps:
    """The follow-ups of insertion hours, kept where rounds are. Raises 503 when this service keeps none."""
    found = rounds_in(context)
    if found is None:
        raise HTTPException(503, "Ce service ne garde pas de suivi d'heures.")
    return FollowUps(found.database)


def queue(context: Context) -> Queue:
    """The queue of requests about structures. Raises 503 when this service takes none."""
    found = queue_in(context)
    if found is None:
        raise HTTPException(503, "Ce service ne prend pas de demande sur les fiches.")
    return found


def wake(context: Context) -> None:
    """Says that letters were written down to the sender of this process; without it, « vivier notify » sends them."""
    sender = context.part("sender", Sender)
    if sender is not None:
        sender.wake()


def watch_in(context: Context) -> Watch | None:
    """Who looks at this service while it runs; ``None``: nobody."""
    return context.part("watch", Watch)


@contextmanager
def running(context: Context) -> Iterator[None]:
    """What runs while the application does: the sender of letters, and who looks at the service."""
    sender, watch = context.part("sender", Sender), watch_in(context)
    if sender is not None:
        sender.listener = context.troubles
    with sender or nullcontext(), nullcontext() if watch is None else watch.running(context.troubles):
        yield
