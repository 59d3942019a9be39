"""Controls of a form whose values come from closed lists: options by group, values already given, places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_api.pages.controls import Option, split
from search_api.pages.corrections import beside
from search_api.pages.places import place_label
from vivier.errors import FieldError
from vivier.lexicon import Lexicon

Grouped = Sequence[tuple[str, Sequence[Option]]]
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Adder:
    """A control for a parameter of several values: checkboxes for the values given, and a list to add another."""

    name: str
    title: str
    given: Sequence[Option]
    groups: Grouped
    errors: Sequence[str] = ()


def trade_options(lexicon: Lexicon) -> Grouped:
    """All trades, by group."""
    return [
        (group.name, [Option(trade.code, trade.name, False) for trade in group.trades])
        for group in lexicon.trades.groups()
    ]


def place_options(lexicon: Lexicon) -> Grouped:
    """Options of places: régions, then départements."""
    return [
        ("Régions", [Option(id_, name, False) for id_, name in sorted(lexicon.regions.items(), key=lambda r: r[1])]),
        ("Départements", [Option(id_, f"{name} ({id_[12:]})", False) for id_, name in lexicon.departements.items()]),
    ]


def adder(
    name: str, title: str, groups: Grouped, values: Values, errors: Mapping[str, Sequence[str]], lexicon: Lexicon
) -> Adder:
    """The control of a parameter, filled with its values, even those that are on no list."""
    names = {option.value: option.label for _, options in groups for option in options}
    given = split(values.get(name, ()))
    label = (
        (lambda id_: place_label(id_, lexicon.gazetteer))
        if name == "territory"
        else (lambda code: names.get(code, code))
    )
    left = [(group, [option for option in options if option.value not in given]) for group, options in groups]
    return Adder(name, title, [Option(value, label(value), True) for value in given], left, errors.get(name, ()))


def messages_by_field(errors: Iterable[FieldError]) -> dict[str, tuple[str, ...]]:
    """French messages by field, in the words of a page."""
    found: dict[str, tuple[str, ...]] = {}
    for error in errors:
        found[error.field] = (*found.get(error.field, ()), beside(error))
    return found


def filled(items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields of a form that are filled in: a browser sends the empty fields too."""
    return [(name, value.strip()) for name, value in items if value.strip()]
