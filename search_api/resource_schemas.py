"""The shapes of the answers on resources (see ``schemas``)."""

from __future__ import annotations

from vivier.bodies import Body


class ResourceOut(Body):
    """A resource. Empty ``groups`` and ``trades``: every trade; empty ``territories``: everywhere."""

    code: str
    title: str
    publisher: str
    gives: str
    url: str
    kinds: list[str]
    groups: list[str]
    trades: list[str]
    considerations: list[str]
    territories: list[str]
    status: str
    status_fr: str


class ResourceFacetValue(Body):
    """``count``: what the value gives alone."""

    value: str
    label_fr: str
    count: int
    selected: bool


class ResourceFacet(Body):
    """``general``: resources that name no value of it and answer any; they are in every count."""

    title: str
    values: list[ResourceFacetValue]
    general: int


class ResourceMeta(Body):
    """What is to be known of the answer."""

    notices: list[str]


class ResourcesAnswer(Body):
    """All the resources of a query: those that name what is asked first."""

    query: dict[str, object]
    total: int
    results: list[ResourceOut]
    facets: dict[str, ResourceFacet]
    links: dict[str, str]
    meta: ResourceMeta
