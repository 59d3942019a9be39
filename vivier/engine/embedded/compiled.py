"""Searches evaluated by ``vivier_fast``, a compiled module that is optional (``fast/``): the same answers as numpy, sooner.

The module evaluates every operator but texts and polygons, which it asks of the evaluation by numpy; so are the kilometres that a page
shows or is sorted by, and the points that stand on a circle within a rounding.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Protocol

import numpy as np

from vivier.arrays import Positions
from vivier.engine.embedded.bits import Column, Rows
from vivier.engine.embedded.columns import Table, day_number
from vivier.engine.embedded.evaluate import Evaluation, Found, Place, Points
from vivier.search import operators
from vivier.search.operators import Operator, Search, Text
from vivier.search.port import FacetCounts
from vivier.territory.sphere import Numbers, great_circle_km

INTERFACE: Final = 1
"""The interface that this file speaks: a module of another one is left aside."""
_MODULE: Final = "vivier_fast"
_LOG: Final = logging.getLogger("vivier.engine")
Kilometres = Callable[[Positions, tuple[tuple[float, float], ...]], Numbers]
"""The kilometres of some rows to the nearest origin."""


class Kernel(Protocol):
    """The class of the module: the tables of one generation."""

    octets: int

    def search(self, search: Search, leaves: Leaves) -> tuple[int, Any, dict[str, Any], dict[str, int]]:
        """The total, the page (rows, points, points by part), the facets and the counts."""
        ...

    def forget(self) -> None:
        """Forgets what it remembers."""
        ...


def evaluator() -> str:
    """What answers searches, for an operator."""
    module = compiled()
    return "numpy" if module is None else f"{_MODULE} {module.VERSION}"


@cache
def compiled() -> ModuleType | None:
    """The module; ``None`` when it is not installed, or of another interface, which is logged once."""
    try:
        module = import_module(_MODULE)
    except ImportError:
        return None
    if (spoken := getattr(module, "INTERFACE", None)) != INTERFACE:
        _LOG.warning("« %s » parle l'interface %s, et non %s : la recherche s'en passe.", _MODULE, spoken, INTERFACE)
        return None
    return module


class Leaves:
    """What the module asks of numpy."""

    def __init__(self, evaluation: Evaluation, kilometres: Kilometres) -> None:
        self._evaluation, self._kilometres = evaluation, kilometres
        self.text_search: Callable[[Text], tuple[Rows, Points]] = evaluation.text_search
        self.day = day_number

    def mask(self, operator: Operator, path: str | None) -> Column:
        """Which rows meet an operator, one byte a row."""
        return self._evaluation.mask(operator, path).view(np.uint8)

    def within(self, path: str | None, field: str, lon: float, lat: float, km: float, rows: list[int]) -> list[bool]:
        """Which of some rows are within ``km``."""
        lons, lats = (axis[rows] for axis in self._evaluation.table(path).point(field))
        within: list[bool] = (great_circle_km(lon, lat, lons, lats) <= km).tolist()
        return within

    def kilometres(self, rows: bytes, origins: tuple[tuple[float, float], ...]) -> Numbers:
        """The kilometres of some rows to the nearest origin."""
        return self._kilometres(np.frombuffer(rows, np.uint32).astype(np.intp), origins)


class Compiled:
    """The searches of one generation, evaluated by the module."""

    def __init__(self, module: ModuleType, documents: Table, nested: Mapping[str, Table]) -> None:
        self._kernel: Kernel = module.Kernel(operators, documents, nested)

    @property
    def octets(self) -> int:
        """About how many bytes it remembers."""
        return self._kernel.octets

    def forget(self) -> None:
        """Forgets what it remembers."""
        self._kernel.forget()

    def found(self, search: Search, evaluation: Evaluation, kilometres: Kilometres) -> Found:
        """The answer to a search, without its records."""
        leaves = Leaves(evaluation, kilometres)
        total, (rows, points, parts), facets, counts = self._kernel.search(search, leaves)
        counted = {name: FacetCounts(*facet) for name, facet in facets.items()}
        distances = _known(kilometres(np.array(rows, np.intp), search.origins)) if search.origins and rows else ()
        places = list(map(Place, rows, points, distances or [None] * len(rows), parts))
        return Found(total, places, counted, counts)


def _known(distances: Numbers) -> list[float | None]:
    return [None if distance == np.inf else distance for distance in distances.tolist()]
