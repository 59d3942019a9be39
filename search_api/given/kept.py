"""What people give, as this service keeps it: rounds, requests about structures, mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Final

from fastapi import HTTPException
from pydantic import SecretStr

from search_api.context import Context, Part
from vivier.given.hours import KeptHours
from vivier.given.queue import Queue
from vivier.given.rounds import Rounds
from vivier.mail.office import Office
from vivier.mail.sender import Sender
from vivier.operation.watch import Watch

rounds: Final = Part("rounds", Rounds, "Ce service ne garde pas d'enquêtes.")
queue: Final = Part("queue", Queue, "Ce service ne prend pas de demande sur les fiches.")
"""What people ask about structures."""
mail: Final = Part("mail", Office)
"""The mail that the service sends, when the operator set it."""
review_token: Final = Part("review_token", SecretStr)
"""The password of the page where the operator decides; without it there is no such page."""
sender: Final = Part("sender", Sender)
watch: Final = Part("watch", Watch)
"""Who looks at this service while it runs."""
KEEPS: Final[Mapping[str, type]] = {part.name: part.kind for part in (rounds, queue, review_token, mail, sender, watch)}
"""What ``create_app`` is given of them, by name."""


def hours(context: Context) -> KeptHours:
    """The insertion hours that former versions kept, where rounds are. Raises 503 when this service keeps none."""
    found = rounds.find(context)
    if found is None:
        raise HTTPException(503, "Ce service ne garde pas de suivi d'heures.")
    return KeptHours(found.database)


def wake(context: Context) -> None:
    """Says that letters were written down to the sender of this process; without it, « vivier notify » sends them."""
    found = sender.find(context)
    if found is not None:
        found.wake()


@contextmanager
def running(context: Context) -> Iterator[None]:
    """What runs while the application does: the sender of letters, and who looks at the service."""
    sending, watching = sender.find(context), watch.find(context)
    if sending is not None:
        sending.listener = context.troubles
    with sending or nullcontext(), nullcontext() if watching is None else watching.running(context.troubles):
        yield
