"""What every route is given: the engine, the reference tables, today's date. Made once by ``create_app``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from vivier.dossiers.registry import Registry
from vivier.engine.port import Engine, Generation
from vivier.errors import EngineUnavailable, NotFound
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.operators import Collection
from vivier.search.query import parse_parameters

Q = TypeVar("Q", bound=Model)


class NothingIndexed(EngineUnavailable):
    """The engine answers but no generation was ever promoted."""


@dataclass(frozen=True)
class Context:
    """Handed down to every router; nothing in the room is global."""

    engine: Engine
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

    def generation(self, collection: Collection = "suppliers") -> Generation:
        """The live generation of a collection. Raises ``EngineUnavailable``, or ``NothingIndexed`` when there is none."""
        try:
            return self.engine.live(collection)
        except NotFound as error:
            raise NothingIndexed(str(error)) from error

    def living(self, *collections: Collection) -> tuple[Generation, ...]:
        """The live generations of those collections that have one. Raises as :meth:`generation` when none has."""
        found = []
        for collection in collections:
            with suppress(NotFound):
                found.append(self.engine.live(collection))
        return tuple(found) or (self.generation(collections[0]),)

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
