"""The context of every route: the index, the reference tables, today's date. ``create_app`` makes it once. The snapshot of the
index is made once a request, when it is first needed."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import ceil
from typing import Any, Final, Generic, TypeVar

from fastapi import Depends, HTTPException, Request, Response
from fastapi.params import Depends as Check
from starlette.concurrency import run_in_threadpool

from search_api.answer_cache import AnswerCache
from search_api.bodies import same_site
from search_api.costs import lane_of
from search_api.doors import NO_DOORS, Added, Doors, NothingAdded
from search_api.metrics import FAILED_LOGINS
from search_api.pages.site import WHOLE, Plan
from search_api.parameters import NoParameters
from search_api.timed import TimedSnapshot
from search_api.troubles import Troubles
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.base import Model
from vivier.model.views import SupplierView
from vivier.needs.asked import parse_asked
from vivier.search.operators import Collection
from vivier.search.port import Generation, Store
from vivier.search.snapshot import Snapshot
from vivier.settings import NOBODY, Operator, Tiles

_LOG: Final = logging.getLogger("uvicorn.error")
_FREE: Final = 5
"""Wrong passwords that make nobody wait: a person mistypes."""
_LONGEST: Final = 900
"""Seconds that a client waits at most."""
_CLIENTS: Final = 4_096
"""Clients whose wrong passwords are remembered, the latest."""
_NAMED: Final = 8
"""Letters of the keyed hash of a client in the log: enough to see that it is the same, in one run of the service."""


class Logins:
    """The wrong passwords of each client, with those of its network, since the last right one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def seconds(self, client: str) -> int:
        """The seconds that a client still has to wait, 0 when it may try."""
        return max(0, ceil(self._failed.get(client, (0, 0.0))[1] - self._clock()))

    def failed(self, client: str) -> None:
        """A client gave a wrong password: it is counted and logged, without what it gave."""
        count = self._failed.pop(client, (0, 0.0))[0] + 1
        wait = 0 if count < _FREE else min(_LONGEST, 2 ** min(count - _FREE, 10))
        self._failed[client] = (count, self._clock() + wait)
        if len(self._failed) > _CLIENTS:
            self._failed.popitem(last=False)
        FAILED_LOGINS.inc()
        _LOG.warning("Mot de passe refusé pour /revue : essai %d de « %s ».", count, client[:_NAMED] or "cette machine")

    def passed(self, client: str) -> None:
        """A client gave the right password."""
        self._failed.pop(client, None)


Q = TypeVar("Q", bound=Model)
P = TypeVar("P")
_request: ContextVar[list[Snapshot] | None] = ContextVar("request", default=None)
"""The snapshot of the request being answered, once it is made."""
_client: ContextVar[str] = ContextVar("client", default="")
"""The keyed hash of who asks."""


def _of_seats(seats: Any) -> int:
    """Bytes of the seats of an answer, and of the condition that they meet."""
    return int(seats.rows.nbytes + seats.counts.nbytes) + 4_000


@contextmanager
def one_request(client: str = "") -> Iterator[None]:
    """The block in which a request is answered: every read uses one snapshot, in this thread and in those it awaits. ``client``: the keyed
    hash of who asks, whose share of what is kept is bounded.

    The files that the snapshot opens stay open until the end of the block, even if another generation is promoted meanwhile.
    """
    made: list[Snapshot] = []
    token, asking = _request.set(made), _client.set(client)
    try:
        yield
    finally:
        _request.reset(token)
        _client.reset(asking)
        made.clear()  # timers set in the block keep its context after it


@dataclass(frozen=True)
class Context:
    """What routers are given: nothing of this package is a global variable."""

    engine: Store
    lexicon: Lexicon
    today: Callable[[], date]
    operator: Operator = NOBODY
    """Who runs the service."""
    public_url: str | None = None
    """The public address of the service, without a last slash; ``None`` when it is not set."""
    tiles: Tiles | None = None
    """The server of images that the living map is drawn over; ``None``: over our contours alone, without any other site."""

    doors: Doors = NO_DOORS
    """What products hand to those below them."""
    parts: Mapping[str, object] = field(default_factory=dict)
    """What products keep for their routes."""
    paths: set[str] = field(default_factory=set)
    """The addresses of the routes, without those that name a record; complete once the application is made."""
    troubles: Troubles = field(default_factory=Troubles)
    """What the operator must know of this process."""
    logins: Logins = field(default_factory=Logins)
    """The wrong passwords of each client."""
    answers: AnswerCache = field(default_factory=AnswerCache)
    """The pages and JSON answers made lately."""
    counted: Room[Hashable, Any] = field(default_factory=lambda: Room(_of_seats))
    """Where the suppliers of the searches asked lately sit (:mod:`search_api.suppliers.pages.seats`)."""
    known: Room[Hashable, Any] = field(default_factory=Room)
    """The parts of the cards of the suppliers shown lately that no search changes (:mod:`search_api.suppliers.pages.cards`)."""

    def address(self, request: Request) -> str:
        """The address of the service, for links that are read elsewhere: its public address, else the one it listens on. The host
        named by the request is never used: anybody can write anything there, and a cache may serve the answer to others."""
        if self.public_url is not None:
            return self.public_url
        host, port = request.scope["server"]
        return f"{request.scope['scheme']}://{f'[{host}]' if ':' in host else host}:{port}"

    def part(self, name: str, kind: type[P]) -> P | None:
        """What a product keeps for its routes (``Product.keeps``); ``None`` when this service keeps nothing of it."""
        found = self.parts.get(name)
        assert found is None or isinstance(found, kind)
        return found

    @property
    def client(self) -> str:
        """The keyed hash of who asks; empty when nobody is counted."""
        return _client.get()

    def serves(self, path: str) -> bool:
        """Whether a route of this service has this address, so that a page may link to it."""
        return path in self.paths

    @property
    def takes(self) -> bool:
        """Whether something may be asked about a structure here."""
        return self.doors.people is not None and self.doors.people.takes(self)

    @cached_property
    def plan(self) -> Plan:
        """The plan of the site, without the pages that this service does not have."""
        return WHOLE.only(self.serves)

    @property
    def shows_contacts(self) -> bool:
        """Whether the mailbox and the number of organisations are shown here (``VIVIER_CONTACTS``)."""
        return self.snapshot.suppliers.generation.meta.get("contacts") != "hidden"

    def added_to(self, record: SupplierView) -> Added:
        """What people added to a stored record; nothing where nobody takes it."""
        return NothingAdded() if self.doors.people is None else self.doors.people.added_to(record, self)

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot of the index for this request: the same at each call (see :func:`one_request`)."""
        made = _request.get()
        if made is None:
            return TimedSnapshot(self.engine)
        if not made:
            made.append(TimedSnapshot(self.engine))
        return made[0]

    def generation(self, collection: Collection = "suppliers") -> Generation:
        """The generation that this request reads of a collection. Raises ``EngineUnavailable``, or ``NothingIndexed`` when
        there is none."""
        return self.snapshot.of(collection).generation

    def living(self, *collections: Collection) -> tuple[Generation, ...]:
        """The generations of those collections that have one. Raises as :meth:`generation` when none has."""
        return self.snapshot.live(*collections) or (self.generation(collections[0]),)

    def parse(self, request: Request, model: type[Q]) -> Q:
        """The parameters of the URL. Raises ``InvalidRequest`` with every error, 400 when the URL is not UTF-8."""
        return parse_asked(url_items(request), self.lexicon, model)

    @cached_property
    def no_parameter(self) -> tuple[Check, ...]:
        """For ``dependencies=`` of a route that takes no parameter."""

        async def refuse(request: Request) -> None:
            self.parse(request, NoParameters)

        return (Depends(refuse),)

    @cached_property
    def own_form(self) -> tuple[Check, ...]:
        """For ``dependencies=`` of a route where only a form of our own pages is posted. It takes no parameter."""

        async def refuse(request: Request) -> None:
            same_site(request)

        return (*self.no_parameter, Depends(refuse))

    async def run(self, answer: Callable[..., Response], request: Request, *arguments: object) -> Response:
        """Answers in this thread or in the pool, by the engine and the cost of the request.

        The embedded engine computes under the interpreter lock: for a search of some milliseconds a thread would only wait for it. A
        study takes longer: a thread lets other requests pass meanwhile. An engine across the network is called in the thread pool, so
        that a slow node delays no other request.
        """
        if self.engine.name == "embedded" and lane_of(request.url.path) == "search":
            return answer(request, *arguments)
        return await run_in_threadpool(answer, request, *arguments)


@dataclass(frozen=True)
class Part(Generic[P]):
    """What a product keeps for its routes under a name (``Product.keeps``). ``absent``: what a route that needs it answers, with 503, where
    there is none."""

    name: str
    kind: type[P]
    absent: str = ""

    def find(self, context: Context) -> P | None:
        """What is kept; ``None`` when this service keeps nothing of it."""
        return context.part(self.name, self.kind)

    def __call__(self, context: Context) -> P:
        """What is kept. Raises 503 when this service keeps nothing of it."""
        found = self.find(context)
        if found is None:
            raise HTTPException(503, self.absent)
        return found


def url_items(request: Request) -> list[tuple[str, str]]:
    """The parameters of the URL as pairs. Raises 400 when it is not UTF-8."""
    items = request.query_params.multi_items()
    for name, value in items:
        if "\ufffd" in name or "\ufffd" in value:
            raise HTTPException(400, f"L'URL n'est pas encodée en UTF-8 (paramètre « {name[:80]} »).")
    return items
