"""Declares a filter by one line on a query model, from which the parameter, its validation, its OpenAPI text, its facet, its
control on the page and the operators of both engines are derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from vivier.errors import FieldError, InvalidRequest
from vivier.search.operators import All, AnyOf, Exists, Not, Operator, Range, Same, Terms

if TYPE_CHECKING:
    from vivier.lexicon import Lexicon

Level = Literal["supplier", "offer"]


@dataclass(frozen=True)
class Filter:
    """A filter on an index field.

    ``field`` is a field of the mapping, inside the nested ``path`` if given; a single offer must meet all the filters of
    ``path="offers"``. ``allowed`` is the closed list of codes with their French names, or a function that reads it in the
    lexicon (``None``: any text); ``expand`` turns a code into values of the index; ``parse`` raises ``InvalidRequest`` on a code
    of the wrong form. ``dated``: entries count only when they are valid on ``as_of``. ``proof``: the field of the last day that the
    last proof of an entry proves; an entry whose proof is older is found, and left out of the counts by value. ``bound``: the
    filter is a bound on a number or a date; ``unknown``: the French name of what it bounds, with its article
    (« l'effectif »), which lets ``include_unknown`` also retain suppliers without a value; ``negative``: the filter excludes; ``wish``: it excludes nobody, and
    orders first those who meet it (:mod:`vivier.suppliers.wishes`).
    """

    title: str
    field: str
    path: str | None = None
    allowed: Mapping[str, str] | Callable[[Lexicon], Mapping[str, str]] | None = None
    expand: Callable[[Lexicon, str], tuple[str, ...]] | None = None
    parse: Callable[[str], object] | None = None
    negative: bool = False
    dated: bool = False
    proof: str | None = None
    facet: bool = False
    bound: Literal["gte", "lte"] | None = None
    unknown: str | None = None
    wish: bool = False

    @property
    def figure(self) -> str:
        """The figure that the filter bounds: ``staff`` and ``staff_to`` are the two ends of the figure ``staff``."""
        return self.field.removesuffix("_to")

    @property
    def level(self) -> Level:
        """Whether the filter is a condition on one offer, joined with the others of that level, or on the whole supplier."""
        return "offer" if self.path == "offers" and not self.negative else "supplier"

    def names(self, lexicon: Lexicon) -> Mapping[str, str]:
        """French names of the codes; empty when they are free."""
        return self.allowed(lexicon) if callable(self.allowed) else self.allowed or {}

    def check(self, name: str, values: tuple[str, ...], lexicon: Lexicon) -> list[FieldError]:
        """The errors of the codes given for the parameter ``name``, in French; empty when they are all accepted."""
        if self.parse is not None:
            return [error for value in values for error in _refusals(self.parse, value, name)]
        if self.allowed is None:
            return []
        allowed = self.names(lexicon)
        return [unknown_code(name, value, allowed, lexicon) for value in values if value not in allowed]

    def entry(self, values: tuple[str, ...], lexicon: Lexicon) -> Operator:
        """The operator on the field itself (inside the nested path, if any), without dates."""
        index_values = values
        if self.expand is not None:
            index_values = tuple(dict.fromkeys(v for value in values for v in self.expand(lexicon, value)))
        return Terms(self.field, index_values)

    def operator(self, values: tuple[str, ...], lexicon: Lexicon, as_of: str) -> Operator:
        """The operator on the whole supplier; ``as_of``: the ISO day on which dated entries must be valid."""
        found: Operator = self.entry(values, lexicon)
        if self.path is not None:
            found = Same(self.path, (found, *(valid_on(as_of) if self.dated else ())))
        return Not(found) if self.negative else found

    def counted(self, day: str) -> tuple[Operator, ...]:
        """What an entry meets to be counted by value on ``day`` (ISO): it is valid and, when it has a proof, still proved."""
        proved = () if self.proof is None else (Range(self.proof, gte=day, missing=True),)
        return (*(valid_on(day) if self.dated else ()), *proved)

    def range(self, value: float | date, *, include_unknown: bool) -> Operator:
        """The operator of a bound. Engines read numbers, and dates as ISO texts."""
        limit = value.isoformat() if isinstance(value, date) else value
        if self.bound == "gte":
            return Range(self.field, gte=limit, missing=include_unknown)
        return Range(self.field, lte=limit, missing=include_unknown)


@lru_cache(maxsize=64)
def valid_on(day: str) -> tuple[Operator, ...]:
    """The operators that a dated entry meets when it is valid on ``day`` (ISO): its start is unknown or not after that day, its end is
    unknown or not before it."""
    return (Range("valid_from", lte=day, missing=True), Range("valid_until", gte=day, missing=True))


def holding(day: str, *operators: Operator) -> Operator:
    """The condition that an entry meets ``operators`` and is valid on ``day`` (ISO), as one operator, which an engine evaluates once
    a request."""
    return All((*operators, *valid_on(day)))


def unknown_of(filter_: Filter, day: str) -> Operator:
    """The condition that the field of a filter has no known value on ``day`` (ISO)."""
    if filter_.path is None:
        return Not(Exists(filter_.field))
    known = Exists(filter_.field)
    return Not(Same(filter_.path, (holding(day, known) if filter_.dated else known,)))


def nothing() -> Operator:
    """An operator that no document meets."""
    return AnyOf(())


def _refusals(parse: Callable[[str], object], value: str, name: str) -> tuple[FieldError, ...]:
    try:
        parse(value)
    except InvalidRequest as refused:
        return tuple(replace(error, field=name) for error in refused.errors)
    return ()


def unknown_code(name: str, value: str, allowed: Mapping[str, Any], lexicon: Lexicon) -> FieldError:
    """The error of a parameter whose value is none of the codes allowed: it names the nearest."""
    suggestion = lexicon.nearest(value, allowed)
    hint = f" Vouliez-vous dire « {suggestion} » ?" if suggestion else ""
    shown = tuple(allowed) if len(allowed) <= 40 else ()
    listed = f" Valeurs admises : {', '.join(shown)}." if shown else ""
    return FieldError(
        name, "unknown_code", f"Code inconnu « {value[:80]} » pour « {name} ».{hint}{listed}", shown, suggestion
    )
