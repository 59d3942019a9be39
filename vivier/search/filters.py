"""How a filter is declared: one line on a query model. Parameter, validation, OpenAPI text, facet, page control and both
engines follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from vivier.errors import FieldError, InvalidRequest
from vivier.search.operators import All, AnyOf, Exists, Not, Operator, Range, Same, Terms

if TYPE_CHECKING:
    from vivier.lexicon import Lexicon

Level = Literal["supplier", "offer"]


@dataclass(frozen=True)
class Filter:
    """A filter on an index field.

    ``field`` is a field of the mapping, in the nested ``path`` if given; filters with ``path="offers"`` hold together on the
    same offer. ``allowed`` is the closed list of codes with their French names, or reads it in the lexicon (``None``: free);
    ``expand`` turns a code into index values; ``parse`` raises ``InvalidRequest`` on a code that has not the right form.
    ``dated`` entries count only when valid on ``as_of``. ``bound`` makes it a bound on a number or a date; ``unknown`` is the
    French name of what it bounds, with its article (« l'effectif »), and lets ``include_unknown`` keep also those without a
    value; ``negative`` excludes.
    """

    title: str
    field: str
    path: str | None = None
    allowed: Mapping[str, str] | Callable[[Lexicon], Mapping[str, str]] | None = None
    expand: Callable[[Lexicon, str], tuple[str, ...]] | None = None
    parse: Callable[[str], object] | None = None
    negative: bool = False
    dated: bool = False
    facet: bool = False
    bound: Literal["gte", "lte"] | None = None
    unknown: str | None = None

    @property
    def figure(self) -> str:
        """The figure a bound is on: ``staff`` and ``staff_to`` are the two ends of one."""
        return self.field.removesuffix("_to")

    @property
    def level(self) -> Level:
        """Filters of offers are joined on the same offer; the others hold on the supplier."""
        return "offer" if self.path == "offers" and not self.negative else "supplier"

    def names(self, lexicon: Lexicon) -> Mapping[str, str]:
        """French names of the codes; empty when they are free."""
        return self.allowed(lexicon) if callable(self.allowed) else self.allowed or {}

    def check(self, name: str, values: tuple[str, ...], lexicon: Lexicon) -> list[FieldError]:
        """What is wrong with the codes given."""
        if self.parse is not None:
            return [error for value in values for error in _refusals(self.parse, value, name)]
        if self.allowed is None:
            return []
        allowed = self.names(lexicon)
        return [_unknown_code(name, value, allowed, lexicon) for value in values if value not in allowed]

    def entry(self, values: tuple[str, ...], lexicon: Lexicon) -> Operator:
        """The operator on the field itself (inside the nested path, if any), without dates."""
        index_values = values
        if self.expand is not None:
            index_values = tuple(dict.fromkeys(v for value in values for v in self.expand(lexicon, value)))
        return Terms(self.field, index_values)

    def operator(self, values: tuple[str, ...], lexicon: Lexicon, as_of: str) -> Operator:
        """The operator on the supplier."""
        found: Operator = self.entry(values, lexicon)
        if self.path is not None:
            found = Same(self.path, (found, *(valid_on(as_of) if self.dated else ())))
        return Not(found) if self.negative else found

    def range(self, value: float | date, *, include_unknown: bool) -> Operator:
        """The bound as an operator. Engines take numbers, and dates as ISO texts."""
        limit = value.isoformat() if isinstance(value, date) else value
        if self.bound == "gte":
            return Range(self.field, gte=limit, missing=include_unknown)
        return Range(self.field, lte=limit, missing=include_unknown)


def valid_on(day: str) -> tuple[Operator, ...]:
    """A dated entry holds on ``day`` (ISO): started or start unknown, not ended or end unknown, both bounds inclusive."""
    return (Range("valid_from", lte=day, missing=True), Range("valid_until", gte=day, missing=True))


def holding(day: str, *operators: Operator) -> Operator:
    """What an entry meets while it holds on ``day`` (ISO). One operator, which an engine evaluates once a request."""
    return All((*operators, *valid_on(day)))


def unknown_of(filter_: Filter, day: str) -> Operator:
    """Suppliers for which nothing is known, on ``day`` (ISO), of what the filter asks."""
    if filter_.path is None:
        return Not(Exists(filter_.field))
    known = Exists(filter_.field)
    return Not(Same(filter_.path, (holding(day, known) if filter_.dated else known,)))


def nothing() -> Operator:
    """An operator no document meets."""
    return AnyOf(())


def _refusals(parse: Callable[[str], object], value: str, name: str) -> tuple[FieldError, ...]:
    try:
        parse(value)
    except InvalidRequest as refused:
        return tuple(replace(error, field=name) for error in refused.errors)
    return ()


def _unknown_code(name: str, value: str, allowed: Mapping[str, Any], lexicon: Lexicon) -> FieldError:
    suggestion = lexicon.nearest(value, allowed)
    hint = f" Vouliez-vous dire « {suggestion} » ?" if suggestion else ""
    shown = tuple(allowed) if len(allowed) <= 40 else ()
    listed = f" Valeurs admises : {', '.join(shown)}." if shown else ""
    return FieldError(
        name, "unknown_code", f"Code inconnu « {value[:80]} » pour « {name} ».{hint}{listed}", shown, suggestion
    )
