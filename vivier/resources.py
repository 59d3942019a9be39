"""The catalogue of resources: organisations and documents that help with such purchases, by trade, consideration and place.

We wrote it ourselves (``mappings/tables/resources.csv``). An entry without a trade concerns every trade, one without a territory
the whole country: both match any filter, and come after the entries that name the requested value. We did not open the addresses:
``status`` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field

from mappings import read_table, table_path
from vivier.identity import digest_of
from vivier.law.rows import phrases
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.territory import Gazetteer

KINDS: Final[Mapping[str, str]] = {
    "clauses": "Clausier, exemples de clauses",
    "guide": "Guide",
    "label": "Label",
    "facilitators": "Réseau de facilitateurs",
    "buyers": "Réseau d'acheteurs",
    "federation": "Fédération, réseau de structures",
    "data": "Données, annuaire",
    "training": "Formation",
}
CONSIDERATIONS: Final[Mapping[str, str]] = {
    "social": "Sociale",
    "environmental": "Environnementale",
    "reserved": "Marché réservé",
}
STATUSES: Final[Mapping[str, str]] = {"to_check": "adresse à vérifier", "checked": "adresse vérifiée"}
NOTICE: Final = (
    "Catalogue écrit par Vivier, sans lien avec les organismes cités. Les adresses n'ont pas été ouvertes au moment de "
    "l'écrire : chacune est à vérifier."
)
FACETS: Final = ("kind", "consideration", "group", "territory")

_Codes = tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]


class ResourceQuery(Model):
    """Choose among the resources. Values of one parameter are alternatives, different parameters all hold."""

    q: Annotated[str | None, Field(min_length=2, max_length=200, description="mots du titre, de l'organisme ou du texte")] = None  # fmt: skip
    trade: Annotated[
        _Codes,
        Field(max_length=50, description="métiers, voir /v1/trades ; une ressource sans métier vaut pour tous"),
        Filter("Métier", "trade", allowed=codes.trades),
    ] = ()
    group: Annotated[
        _Codes,
        Field(max_length=50, description="groupes de métiers, voir /v1/trades"),
        Filter("Groupe de métiers", "group", allowed=codes.groups),
    ] = ()
    consideration: Annotated[
        _Codes,
        Field(max_length=50, description="considération servie"),
        Filter("Considération", "consideration", allowed=CONSIDERATIONS),
    ] = ()
    kind: Annotated[
        _Codes,
        Field(max_length=50, description="type de ressource"),
        Filter("Type de ressource", "kind", allowed=KINDS),
    ] = ()
    territory: Annotated[
        _Codes,
        Field(max_length=50, description="territoires servis : commune:35238, departement:35, region:53, FR ; une ressource sans territoire vaut partout"),
    ] = ()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resource:
    """One entry. ``gives``: a sentence that we wrote. Empty ``groups`` and ``trades``: every trade; no territory: everywhere."""

    code: str
    title: str
    publisher: str
    gives: str
    url: str
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    trades: tuple[str, ...]
    considerations: tuple[str, ...]
    territories: tuple[str, ...]
    status: str

    @property
    def any_trade(self) -> bool:
        """Whether it names no trade, and so concerns all of them."""
        return not self.groups and not self.trades

    def about_trade(self, code: str, lexicon: Lexicon) -> bool:
        """Whether it names that trade, a broader one, or the group of either."""
        line = (lexicon.trades.get(code), *lexicon.trades.ancestors(code))
        return any(trade.code in self.trades or trade.group in self.groups for trade in line)

    def about_group(self, code: str, lexicon: Lexicon) -> bool:
        """Whether it names that group, or one of its trades."""
        return code in self.groups or any(lexicon.trades.get(trade).group == code for trade in self.trades)

    def serves(self, territory: str, gazetteer: Gazetteer) -> bool:
        """Whether it names a territory that shares a commune with that one (a long typed id)."""
        return any(_overlap(own, territory, gazetteer) for own in self.territories)


_Test = Callable[[Resource], bool]


@dataclass(frozen=True)
class FacetCount:
    """Number of resources for each value of a facet, ignoring the filter of the facet itself.

    ``general``: number of resources that name no value of the facet, and so match any.
    """

    values: Mapping[str, int]
    general: int


@dataclass(frozen=True)
class Catalogue:
    """An answer: resources, those that name the requested values first, with the facets and notices on replaced territories."""

    results: tuple[Resource, ...]
    facets: Mapping[str, FacetCount]
    territories: tuple[str, ...]
    notices: tuple[str, ...]


@lru_cache(maxsize=1)
def load_resources() -> tuple[Resource, ...]:
    """The catalogue in the order of its table. Raises ``ValueError`` naming the entry and the column that is wrong."""
    return tuple(map(parse_resource, read_table("resources")))


@lru_cache(maxsize=1)
def table_digest() -> str:
    """A short hash of the catalogue. Pages that are cached for another hash are not used."""
    return digest_of(table_path("resources").read_bytes())


def parse_resource(row: Mapping[str, str]) -> Resource:
    """Reads a row of the table. Tests check its trades and territories against their tables."""
    if not row["code"] or not all(row[name].strip() for name in ("title", "publisher", "gives")):
        raise ValueError(f"resources.csv, {row['code']!r}: an entry has a code, a title, a publisher and a sentence")
    if urlsplit(row["url"]).scheme != "https" or not urlsplit(row["url"]).hostname:
        raise ValueError(f"resources.csv, {row['code']}, url: {row['url']!r} is not https")
    return Resource(
        code=row["code"],
        title=row["title"],
        publisher=row["publisher"],
        gives=row["gives"],
        url=row["url"],
        kinds=_among(row, "kinds", KINDS),
        groups=phrases(row["groups"]),
        trades=phrases(row["trades"]),
        considerations=_among(row, "considerations", CONSIDERATIONS),
        territories=phrases(row["territories"]),
        status=_among(row, "status", STATUSES)[0],
    )


def find_resources(query: ResourceQuery, lexicon: Lexicon) -> Catalogue:
    """The resources of a query. Territories may be aliases or old codes. Raises ``InvalidRequest`` for an unknown one."""
    read = [lexicon.gazetteer.expand(text) for text in query.territory]
    places = tuple(dict.fromkeys(territory.id for found, _ in read for territory in found))
    tests = dict(_tests(query, places, lexicon))
    matching = [resource for resource in load_resources() if all(test(resource) for test in tests.values())]
    return Catalogue(
        results=tuple(
            sorted(matching, key=lambda resource: -_fit(resource, query.trade, query.group, places, lexicon))
        ),
        facets={name: _facet(name, tests, lexicon) for name in FACETS},
        territories=places,
        notices=tuple(notice for _, notice in read if notice is not None),
    )


def resources_for(
    lexicon: Lexicon,
    trades: Iterable[str] = (),
    considerations: Iterable[str] = (),
    territory: str | None = None,
    *,
    limit: int = 6,
) -> tuple[Resource, ...]:
    """A few resources to show beside another content: those that name the trade or the place first, with each kind in turn.

    ``trades``: codes of the table; ``territory``: a typed id. Raises ``NotFound`` or ``InvalidRequest`` for an unknown one.
    """
    query = ResourceQuery(
        trade=tuple(trades),
        consideration=tuple(considerations),
        territory=() if territory is None else (territory,),
    )
    return _varied(find_resources(query, lexicon).results, limit)


def _varied(found: Iterable[Resource], limit: int) -> tuple[Resource, ...]:
    """Chooses one resource of each kind before a second of any kind."""
    met: Counter[str] = Counter()
    turns = []
    for place, resource in enumerate(found):
        turns.append((met[resource.kinds[0]], place, resource))
        met[resource.kinds[0]] += 1
    chosen = sorted(turns, key=lambda turn: turn[:2])[:limit]
    return tuple(resource for *_, resource in sorted(chosen, key=lambda turn: turn[1]))


def _tests(query: ResourceQuery, places: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[str, _Test]]:
    if query.q is not None:
        groups = lexicon.analysis.query_groups(query.q)
        words = _words(lexicon)
        yield (
            "q",
            lambda resource: (
                bool(groups) and all(any(words[resource.code] >= set(p) for p in group) for group in groups)
            ),
        )
    requested = {name: getattr(query, name) for name in _ANSWERS} | {"territory": places}
    for name, values in requested.items():
        if values:
            yield name, _any_of(_ANSWERS[name], values, lexicon)


def _any_of(answers: Callable[[Resource, str, Lexicon], bool], values: tuple[str, ...], lexicon: Lexicon) -> _Test:
    return lambda resource: any(answers(resource, value, lexicon) for value in values)


_ANSWERS: Final[Mapping[str, Callable[[Resource, str, Lexicon], bool]]] = {
    "kind": lambda resource, value, _: value in resource.kinds,
    "consideration": lambda resource, value, _: value in resource.considerations,
    "trade": lambda resource, value, lexicon: resource.any_trade or resource.about_trade(value, lexicon),
    "group": lambda resource, value, lexicon: resource.any_trade or resource.about_group(value, lexicon),
    "territory": lambda resource, value, lexicon: not resource.territories or resource.serves(value, lexicon.gazetteer),
}
"""For each parameter, whether a resource matches one value."""


def _fit(
    resource: Resource, trades: Iterable[str], groups: Iterable[str], places: Iterable[str], lexicon: Lexicon
) -> int:
    """How many requested values the resource names itself: 2 for the trade or group, 1 for the place."""
    trade = any(resource.about_trade(code, lexicon) for code in trades) or any(
        resource.about_group(c, lexicon) for c in groups
    )
    return 2 * trade + any(resource.serves(id_, lexicon.gazetteer) for id_ in places)


_NAMED: Final[Mapping[str, Callable[[Resource, Lexicon], tuple[str, ...]]]] = {
    "kind": lambda resource, _: resource.kinds,
    "consideration": lambda resource, _: resource.considerations,
    "group": lambda resource, lexicon: (
        *resource.groups,
        *(lexicon.trades.get(code).group for code in resource.trades),
    ),
    "territory": lambda resource, _: resource.territories,
}


def _facet(name: str, tests: Mapping[str, _Test], lexicon: Lexicon) -> FacetCount:
    others = [test for other, test in tests.items() if other != name]
    matching = [resource for resource in load_resources() if all(test(resource) for test in others)]
    values = {value for resource in matching for value in _NAMED[name](resource, lexicon)}
    counts = {value: sum(_ANSWERS[name](resource, value, lexicon) for resource in matching) for value in values}
    general = sum(not _NAMED[name](resource, lexicon) for resource in matching)
    return FacetCount(dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))), general)


@cache
def _words(lexicon: Lexicon) -> Mapping[str, frozenset[str]]:
    def tokens(resource: Resource) -> frozenset[str]:
        names = [KINDS[kind] for kind in resource.kinds] + [
            lexicon.trades.group_name(group) for group in resource.groups
        ]
        names += [lexicon.trades.get(trade).name for trade in resource.trades]
        text = " ".join((resource.title, resource.publisher, resource.gives, *names))
        return frozenset(lexicon.analysis.tokens("french", text))

    return {resource.code: tokens(resource) for resource in load_resources()}


@lru_cache(maxsize=4096)
def _overlap(territory: str, other: str, gazetteer: Gazetteer) -> bool:
    if territory in gazetteer.ancestors(other) or other in gazetteer.ancestors(territory):
        return True
    return not set(gazetteer.leaves(territory).tolist()).isdisjoint(gazetteer.leaves(other).tolist())


def _among(row: Mapping[str, str], column: str, allowed: Mapping[str, str]) -> tuple[str, ...]:
    values = phrases(row[column])
    if not values or not set(values) <= allowed.keys():
        raise ValueError(f"resources.csv, {row['code']}, {column}: {values} not among {tuple(allowed)}")
    return values
