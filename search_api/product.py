"""What a product gives to the HTTP service. Each declares itself once, in its ``product.py``; ``products.py`` lists the four."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from search_api.context import Context
from search_api.doors import NO_DOORS, Doors
from search_api.routing import Request, Response, Routes
from vivier.search.operators import Collection
from vivier.settings.home import InHome

Handler = Callable[[Request, Exception], Response]


@dataclass(frozen=True)
class Product:
    """A product: it knows those before it in the list, and none after it. A page shows in menus when one of its routes answers."""

    name: str
    routers: tuple[Callable[[Context], Routes], ...]
    """The makers of its routes; of two routes that answer one address, the first does."""
    collections: tuple[Collection, ...] = ()
    """The collections of the index that it brings."""
    settings: tuple[type[InHome], ...] = ()
    """The classes of settings that it brings: the generated page lists them by product."""
    errors: Mapping[type[Exception], Handler] = field(default_factory=dict)
    """The answer to each error that its routes raise."""
    bodies: Mapping[str, int] = field(default_factory=dict)
    """The largest body of the routes that read more than others, in bytes."""
    keeps: Mapping[str, type] = field(default_factory=dict)
    """What ``create_app`` may be given for its routes, by name (:meth:`search_api.context.Context.part`)."""
    doors: Doors = NO_DOORS
    """What it hands to the products before it."""
    running: Callable[[Context], AbstractContextManager[object] | None] = lambda _: None
    """What runs while the application does; ``None`` when nothing does."""
