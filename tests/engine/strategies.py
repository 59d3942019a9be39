"""Random searches and random queries over a corpus: values are taken from its documents, so that they find something."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from mappings import load_json
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Facet,
    Measure,
    Near,
    Not,
    Operator,
    Part,
    Phrase,
    Range,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Tier,
    Within,
)
from vivier.search.port import Document
from vivier.text import load_analysis

_DAYS = [
    f"20{year}-{month:02}-{day:02}" for year in (18, 24, 25, 26, 27) for month in (1, 6, 12) for day in (1, 28, 31)
]
_DAYS = [day for day in _DAYS if not day.endswith("06-31")]
_ANYWHERE = st.tuples(st.floats(-5, 9.5), st.floats(41, 51.5))

Strategy = st.SearchStrategy


def _fields(properties: dict[str, Any], *types: str) -> list[str]:
    return [name for name, spec in properties.items() if spec["type"] in types]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _values(entries: Iterable[dict[str, Any]], field: str, most: int = 60) -> list[Any]:
    """Distinct values of a field, spread over the corpus."""
    found: dict[Any, None] = {}
    for entry in entries:
        found.update(dict.fromkeys(_listed(entry.get(field))))
    return list(found)[:: max(1, len(found) // most)]


class SearchMaker:
    """Strategies of searches over the documents of a corpus."""

    def __init__(self, corpus: list[Document], collection: Collection = "suppliers") -> None:
        self.corpus = corpus
        self.properties = load_json(collection)["properties"]
        self.numbers = _fields(self.properties, "double")
        self.paths = {
            path: [entry for document in corpus for entry in document.get(path, ())]
            for path in _fields(self.properties, "nested")
        }
        self.points = [document["location"] for document in corpus if document.get("location")][::7]
        self.sentences = [
            (field, tokens)
            for document in corpus[::5]
            for field in _fields(self.properties, "text")
            for text in _listed(document.get(field))
            if (tokens := load_analysis().tokens(self.properties[field]["analyzer"], text))
        ]
        self.leaf = st.one_of(*self._leaf_kinds())
        self.operator: Strategy[Operator] = st.recursive(self.leaf, _combined, max_leaves=6)

    def _leaf_kinds(self) -> list[Strategy[Operator]]:
        kinds = [self._leaves(self.properties, self.corpus), self._places(), self.texts()]
        return [*kinds, self._same()] if self.paths else kinds

    def groups(self) -> Strategy[tuple[str, tuple[Measure, ...]]]:
        """A keyword field to group by, and up to five measures."""
        numbers = st.sampled_from(_fields(self.properties, "double", "date"))
        where = st.just(All()) | self.operator
        counted = st.builds(lambda where: ("count", None, where), where)
        measured = st.tuples(st.sampled_from(["sum", "min", "max"]), numbers, where)
        told = st.lists(counted | measured, max_size=5).map(
            lambda some: tuple(Measure(f"m{n}", *one) for n, one in enumerate(some))
        )
        return st.tuples(st.sampled_from(_fields(self.properties, "keyword")), told)

    def held(self) -> Strategy[tuple[str, tuple[str, ...]]]:
        """A keyword field, and values to look for in it."""

        @cache
        def of(field: str) -> Strategy[tuple[str, tuple[str, ...]]]:
            values = st.lists(st.sampled_from([*_values(self.corpus, field), "nowhere"]), max_size=6, unique=True)
            return st.tuples(st.just(field), values.map(tuple))

        return st.sampled_from(_fields(self.properties, "keyword")).flatmap(of)

    def searches(self) -> Strategy[Search]:
        wide = st.one_of(st.just(All()), self.operator, st.builds(Not, self.operator))
        counts = st.lists(st.tuples(st.sampled_from(["a", "b"]), self.operator), max_size=2, unique_by=lambda c: c[0])
        return st.builds(
            _search,
            wide,
            st.none() | self.texts(),
            st.sampled_from([AnyOf, All]),
            self._parts(wide),
            st.lists(self._sort(), max_size=3).map(tuple),
            st.lists(st.one_of(self._point(), _ANYWHERE), max_size=2).map(tuple),
            st.lists(self._facet(wide), max_size=2, unique_by=_name_of).map(tuple),
            counts.map(tuple),
            st.sampled_from([0, 0, 0, 0, 0, 0, 3, 3, 20, 100, len(self.corpus) + 5]),
            st.sampled_from([20, 20, 50, 50, 300, 5, 0]),
        )

    def _parts(self, where: Strategy[Operator]) -> Strategy[tuple[Part, ...]]:
        tiers = st.lists(st.builds(Tier, where, st.sampled_from([3, 0, 3, 7])), max_size=3).map(tuple)
        parts = st.lists(st.builds(Part, st.sampled_from(["place", "proof"]), tiers), max_size=2, unique_by=_name_of)
        return parts.map(tuple)

    def texts(self) -> Strategy[Text]:
        group = st.lists(self._phrase(), min_size=1, max_size=3).map(tuple)
        return st.builds(Text, st.lists(group, min_size=1, max_size=3).map(tuple), st.none() | st.integers(1, 3))

    def _phrase(self) -> Strategy[Phrase]:
        """Words that follow one another somewhere, looked for in the same field or in another."""

        def phrase(sentence: tuple[str, list[str]], start: int, length: int, field: str | None, points: int) -> Phrase:
            begin, name = start % len(sentence[1]), field or sentence[0]
            if self.properties[name]["analyzer"] == "prefix":  # beginnings are asked one by one
                length = 1
            return Phrase(name, tuple(sentence[1][begin : begin + length]), points)

        other = st.none() | st.sampled_from(_fields(self.properties, "text"))
        return st.builds(
            phrase,
            st.sampled_from(self.sentences),
            st.integers(0, 30),
            st.sampled_from([1, 1, 1, 2, 3]),
            other,
            st.integers(1, 9),
        )

    def _leaves(self, properties: dict[str, Any], entries: list[dict[str, Any]]) -> Strategy[Operator]:
        keywords, numbers = _fields(properties, "keyword"), _fields(properties, "double")
        leaves = [self._terms(field, entries) for field in keywords]
        leaves += [self._range(field, [*_values(entries, field), 0, 1e7]) for field in numbers]
        leaves += [self._range(field, [*_values(entries, field), *_DAYS]) for field in _fields(properties, "date")]
        present = _fields(properties, "keyword", "double", "date", "geo_point")
        return st.one_of(*leaves, st.builds(Exists, st.sampled_from(present)))

    def _terms(self, field: str, entries: list[dict[str, Any]]) -> Strategy[Operator]:
        values = st.sampled_from([*_values(entries, field), "nowhere"])
        return st.builds(Terms, st.just(field), st.lists(values, max_size=4).map(tuple))

    def _range(self, field: str, values: list[Any]) -> Strategy[Operator]:
        bound = st.none() | st.sampled_from(values)
        return st.builds(Range, st.just(field), bound, bound, st.booleans())

    def _same(self) -> Strategy[Operator]:
        @cache
        def entries(path: str) -> Strategy[Operator]:
            inside = st.recursive(
                self._leaves(self.properties[path]["properties"], self.paths[path]), _combined, max_leaves=3
            )
            return st.builds(Same, st.just(path), st.lists(inside, max_size=3).map(tuple))

        return st.sampled_from(list(self.paths)).flatmap(entries)

    def _point(self) -> Strategy[tuple[float, float]]:
        return st.sampled_from(self.points).map(lambda point: (point["lon"], point["lat"]))

    def _places(self) -> Strategy[Operator]:
        def near(centre: tuple[float, float], km: float) -> Operator:
            return Near("location", *centre, km)

        def within(centre: tuple[float, float], half: float, hole: float) -> Operator:
            outside, inside = _diamond(*centre, half), _diamond(centre[0] + 0.01, centre[1], half * hole)
            return Within("location", (outside, inside) if hole > 0.1 else (outside,))

        centre = st.one_of(self._point(), _ANYWHERE)
        nears = st.builds(near, centre, st.floats(0.1, 300))
        return st.one_of(nears, st.builds(within, centre, st.floats(0.1, 2), st.floats(0, 0.8)))

    def _sort(self) -> Strategy[Sort]:
        fields = ["score", "distance", *_fields(self.properties, "keyword", "double", "date", "long")]
        return st.builds(Sort, st.sampled_from(fields), st.booleans())

    def _facet(self, where: Strategy[Operator]) -> Strategy[Facet]:
        @cache
        def facet(path: str | None) -> Strategy[Facet]:
            properties = self.properties if path is None else self.properties[path]["properties"]
            entries = self.corpus if path is None else self.paths[path]
            condition = st.just(All()) if path is None else st.just(All()) | self._leaves(properties, entries)

            @cache
            def of_field(field: str) -> Strategy[Facet]:
                chosen = st.lists(st.sampled_from([*_values(entries, field), "nowhere"]), max_size=3, unique=True)
                return st.builds(
                    Facet,
                    st.just(f"{path}.{field}"),
                    st.just(field),
                    where,
                    st.just(path),
                    condition,
                    chosen.map(tuple),
                    st.sampled_from([0, 1, 5, 50]),
                )

            names = [name for name in _fields(properties, "keyword") if not name.startswith("reach")]
            return st.sampled_from(names).flatmap(of_field)

        return st.sampled_from([None, *self.paths]).flatmap(facet)


def _name_of(named: Part | Facet) -> str:
    return named.name


def _combined(inner: Strategy[Operator]) -> Strategy[Operator]:
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(st.builds(All, some), st.builds(AnyOf, some), st.builds(Not, inner))


def _search(where: Operator, text: Text | None, joined: type[All | AnyOf], *rest: Any) -> Search:
    """The text filters with the rest, or is one way in among others (as beside an identifier)."""
    if text is not None:
        where = text if where == All() else joined((text, where))
    return Search(where, text, *rest)


def _diamond(lon: float, lat: float, half: float) -> tuple[tuple[float, float], ...]:
    return (lon, lat - half), (lon + half, lat), (lon, lat + half), (lon - half, lat), (lon, lat - half)
