"""Renders the parameters of a search as chips, each with a link that removes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from search_api.links import pairs
from search_api.pages.state import PageState
from search_api.pages.words import title_of, value_label
from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.search.query import changed
from vivier.territory import Gazetteer, Territory
from vivier.territory.phrases import of_place

NOT_CHIPS = frozenset(("radius_km", "sort", "seed", "page", "per_page", "fields", "facets", "groups"))


@dataclass(frozen=True)
class Chip:
    """One value of one parameter. ``url`` is the search without it."""

    name: str
    value: str
    title: str
    label: str
    url: str | None


def chips(state: PageState, lexicon: Lexicon) -> list[Chip]:
    """A chip for every value of the search, in the order of the model."""
    return list(_chips(state, lexicon))


def _chips(state: PageState, lexicon: Lexicon) -> Iterator[Chip]:
    for name, value in pairs(state.query):
        if name not in NOT_CHIPS:
            label = _label(name, value, state.query, lexicon)
            title = title_of(name, type(state.query)).partition(" (")[0]
            yield Chip(name, value, title, label, removed(state, name, value))


def _label(name: str, value: str, query: Any, lexicon: Lexicon) -> str:
    if name == "near" and query.near is not None and query.radius_km is not None:
        return f"à moins de {kilometres(query.radius_km)} {of_place(near_name(query.near, lexicon))}"
    if name == "without":
        return "une opportunité"
    return "dans la zone dessinée" if name == "polygon" else value_label(name, value, lexicon, type(query))


def near_name(point: tuple[float, float], lexicon: Lexicon) -> str:
    """The name of the commune that contains a point; the coordinates for a point at sea."""
    commune = commune_at(point, lexicon.gazetteer)
    return commune.name if commune is not None else f"{point[0]:.3f}, {point[1]:.3f}"


@lru_cache(maxsize=1_024)
def commune_at(point: tuple[float, float], gazetteer: Gazetteer) -> Territory | None:
    """The commune at a point, which a page names in several places."""
    return gazetteer.commune_at(*point)


def removed(state: PageState, name: str, value: str) -> str | None:
    """The URL of the search without one value; parameters that make sense only with it are removed too."""
    values = getattr(state.query, name)
    left: Any = (
        tuple(item for item in values if item != value) if isinstance(values, tuple) and name != "near" else None
    )
    return replace(state, query=changed(state.query, **{name: left})).url()
