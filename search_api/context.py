"""What every route is given: the index, the reference tables, today's date. Made once by ``create_app``; the snapshot of the
index is made once a request, by whoever asks for it first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from vivier.dossiers.registry import Registry
from vivier.engine.port import Generation, Store
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.operators import Collection
from vivier.search.query import parse_parameters

Q = TypeVar("Q", bound=Model)
_request: ContextVar[list[Snapshot] | None] = ContextVar("request", default=None)
"""The snapshot of the request being answered, once it is made."""


@contextmanager
def one_request() -> Iterator[None]:
    """The block in which a request is answered: all it reads comes from one snapshot, in this thread or in those it awaits.

    What the snapshot opened stays open until the end of the block, whatever is promoted or removed meanwhile.
    """
    made: list[Snapshot] = []
    token = _request.set(made)
    try:
        yield
    finally:
        _request.reset(token)
        made.clear()  # timers set in the block keep its context after it


@dataclass(frozen=True)
class Context:
    """Handed down to every router; nothing in the room is global."""

    engine: Store
    lexicon: Lexicon
    today: Callable[[], date]
    dossiers: Registry | None = None
    """Where dossiers are kept; ``None``: this service keeps none."""
    public_url: str | None = None
    """The address readers know the service by, without a last slash; ``None``: not set."""

    def address(self, request: Request) -> str:
        """Where the service is for who reads it elsewhere: its public address, else the one it listens on. Never what the
        request says of its host: anybody writes what they like there, and an answer may be kept for others."""
        if self.public_url is not None:
            return self.public_url
        host, port = request.scope["server"]
        return f"{request.scope['scheme']}://{f'[{host}]' if ':' in host else host}:{port}"

    def registry(self) -> Registry:
        """Where dossiers are kept. Raises 503 when this service keeps none."""
        if self.dossiers is None:
            raise HTTPException(503, "Ce service ne garde pas de dossiers.")
        return self.dossiers

    @property
    def snapshot(self) -> Snapshot:
        """What this request reads: the same at each call (see :func:`one_request`)."""
        made = _request.get()
        if made is None:
            return Snapshot(self.engine)
        if not made:
            made.append(Snapshot(self.engine))
        return made[0]

    def generation(self, collection: Collection = "suppliers") -> Generation:
        """The generation that this request reads of a collection. Raises ``EngineUnavailable``, or ``NothingIndexed`` when
        there is none."""
        return self.snapshot.of(collection).generation

    def living(self, *collections: Collection) -> tuple[Generation, ...]:
        """The generations read of those collections that have one. Raises as :meth:`generation` when none has."""
        return self.snapshot.live(*collections) or (self.generation(collections[0]),)

    def parse(self, request: Request, model: type[Q]) -> Q:
        """The parameters of the URL. Raises ``InvalidRequest`` with every error, 400 when the URL is not UTF-8."""
        return parse_parameters(url_items(request), self.lexicon, model)

    async def run(self, answer: Callable[..., Response], *arguments: object) -> Response:
        """Answer a page of a search where it costs least.

        The embedded engine computes under the interpreter lock: a thread would only wait for it. An engine across the network is awaited in the thread pool, so that a slow node holds up nobody else.
        """
        if self.engine.name == "embedded":
            return answer(*arguments)
        return await run_in_threadpool(answer, *arguments)


def url_items(request: Request) -> list[tuple[str, str]]:
    """The parameters of the URL as pairs. Raises 400 when it is not UTF-8."""
    items = request.query_params.multi_items()
    for name, value in items:
        if "\ufffd" in name or "\ufffd" in value:
            raise HTTPException(400, f"L'URL n'est pas encodée en UTF-8 (paramètre « {name[:80]} »).")
    return items
