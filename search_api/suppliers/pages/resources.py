"""Prepares the page of resources, and the card of a resource, which other pages show too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from search_api.pages.choices import Adder, Values, adder, messages_by_field, place_options, trade_options
from search_api.pages.controls import Option, split
from search_api.pages.places import place_label
from vivier.errors import FieldError
from vivier.lexicon import Lexicon
from vivier.resources import CONSIDERATIONS, KINDS, STATUSES, Catalogue, FacetCount, Resource

PATH = "/ressources"
FIRST: Final = 5
"""Cards shown as the page opens; the others are folded."""


@dataclass(frozen=True)
class KindOfResource:
    """A kind as the page opens, before anything is asked: its name, its resources, the page that lists them."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class ResourceCard:
    """A resource in words. ``about``: the trades it names, ``where``: its places; empty for all. ``status``: ``None`` for an address to check,
    as the page says once of all."""

    title: str
    publisher: str
    gives: str
    url: str
    host: str
    kinds: tuple[str, ...]
    about: str
    where: str
    status: str | None


def kinds_of(found: Catalogue) -> tuple[KindOfResource, ...]:
    """The kinds that have resources, in the order of the table."""
    counts = found.facets["kind"].values
    return tuple(
        KindOfResource(name, counts[code], f"{PATH}?kind={code}") for code, name in KINDS.items() if counts.get(code)
    )


@dataclass(frozen=True)
class ResourceForm:
    """The filters, filled from a valid query or from values as typed."""

    q: str
    checks: tuple[tuple[str, str, Sequence[Option]], ...]
    adders: tuple[Adder, ...]
    errors: Mapping[str, tuple[str, ...]]
    anchors: frozenset[str]


def resource_card(resource: Resource, lexicon: Lexicon) -> ResourceCard:
    groups = [lexicon.trades.group_name(code) for code in resource.groups]
    trades = [lexicon.trades.get(code).name for code in resource.trades]
    places = [place_label(id_, lexicon.gazetteer) for id_ in resource.territories]
    return ResourceCard(
        title=resource.title,
        publisher=resource.publisher,
        gives=resource.gives,
        url=resource.url,
        host=urlsplit(resource.url).hostname or "",
        kinds=tuple(KINDS[code] for code in resource.kinds),
        about=" · ".join((*groups, *trades)),
        where=", ".join(places),
        status=None if resource.status == "to_check" else STATUSES[resource.status],
    )


def resource_form(
    values: Values, lexicon: Lexicon, found: Catalogue | None = None, errors: Sequence[FieldError] = ()
) -> ResourceForm:
    """The filters of the page, with counts when ``found`` is given."""
    wrong = messages_by_field(errors)
    groups = [("Groupes", [Option(group.code, group.name, False) for group in lexicon.trades.groups()])]
    facets = {} if found is None else found.facets
    checks = (
        ("kind", "Type de ressource", _checks("kind", KINDS, values, facets)),
        ("consideration", "Considération", _checks("consideration", CONSIDERATIONS, values, facets)),
    )
    adders = (
        adder("trade", "Métier", trade_options(lexicon), values, wrong, lexicon),
        adder("group", "Groupe de métiers", groups, values, wrong, lexicon),
        adder("territory", "Territoire", place_options(lexicon), values, wrong, lexicon),
    )
    anchors = frozenset(("q", *(name for name, *_ in checks), *(control.name for control in adders)))
    return ResourceForm(next(iter(values.get("q", ())), ""), checks, adders, wrong, anchors)


def _checks(name: str, names: Mapping[str, str], values: Values, facets: Mapping[str, FacetCount]) -> Sequence[Option]:
    given = split(values.get(name, ()))
    counts = facets[name].values if name in facets else None
    codes = (*names, *(code for code in given if code not in names))
    return [
        Option(code, names.get(code, code), code in given, None if counts is None else counts.get(code, 0))
        for code in codes
    ]
