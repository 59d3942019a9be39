"""The form of the results page: one control for each declared filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from search_api.pages.state import Choice
from search_api.pages.words import allowed_values, numeric_parameters, title_of, value_label, value_names
from vivier.errors import FieldError
from vivier.french import typed
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.filters import Filter
from vivier.search.port import FacetCounts
from vivier.search.query import TERRITORIES, days, filters
from vivier.suppliers.query import SupplierQuery

FACETS = tuple(name for name, filter_ in filters(SupplierQuery).items() if filter_.facet)
FIRST_FACETS = ("trade", "kind", "label")
"""The facets of every page of results; the others are counted when the reader asks for every criterion."""
LISTED = 12
"""Most codes of a closed list that are shown as checkboxes; a longer list is a drop-down."""
SHOWN = 8
"""Values of a facet shown at once; the others unfold."""
UNFOLDED = 24
"""Most values that unfold; the rarest are counted, and listed when the reader asks for every criterion."""
_CLOSED_AT_FIRST = frozenset(("evidence", "network", "region", "departement", "service_type"))
_OF_THE_PLACE = ("territory", "coverage", "near", "radius_km", "lieu", "rayon")
_BY_HAND = (*_OF_THE_PLACE, "q", "as_of", "include_unknown", "sort", "page", "need", "besoin", "seed")
"""Parameters that the template places itself, and ``page`` and ``seed``, which are dropped at every change."""
_HIDDEN = ("polygon", "per_page", "fields", "facets", "groups", "pour", "etats")
"""Parameters without a control: a hidden field keeps them."""
_ANSWERS = ("also_trade", "not_trade")
"""Answers to the question of leads, likewise: a chip takes them off."""

Values = Mapping[str, tuple[str, ...]]
Shape = Literal["checks", "text", "words", "add", "one", "flag"]


@dataclass(frozen=True)
class Option:
    """One value of a control. ``count``: results with it, ``None`` when it is not counted; ``elsewhere``: structures with it in the groups
    after the first."""

    value: str
    label: str
    checked: bool
    count: int | None = None
    full: str = ""
    """The whole name of a value that buyers know by its letters: ESAT."""


@dataclass(frozen=True)
class Control:
    """A control, by its shape. ``one``: a value of a list; ``flag``: a checkbox; ``checks``: checkboxes (``options``, then
    ``more``); ``text``: a text field; ``words``: a text field that the server reads in plain French; ``add``: checkboxes for the values given, and a list (``options``) or a text field to add
    another."""

    name: str
    title: str
    shape: Shape
    options: Sequence[Option] = ()
    more: Sequence[Option] = ()
    given: Sequence[Option] = ()
    value: str = ""
    missing: int = 0
    other: int = 0
    unfolded: bool = False
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    type: Literal["text", "date"] = "text"
    """The type of its text field: a day is chosen in a calendar."""
    numeric: bool = False
    """Whether its text field takes a number: a telephone then shows digits alone."""

    @property
    def offers_something(self) -> bool:
        """Whether there is anything to tick, to read or to correct: an empty list has nothing to tick."""
        return self.shape != "checks" or bool(
            self.options or self.more or self.missing or self.other or self.errors or self.choices
        )


@dataclass(frozen=True)
class Form:
    """The whole form, from the values of a valid search or from values as typed."""

    facets: tuple[Control, ...]
    others: tuple[Control, ...]
    values: Values
    territories: tuple[Option, ...]
    coverages: tuple[Option, ...]
    unknowns: tuple[Option, ...]
    sorts: tuple[Option, ...]
    hidden: tuple[tuple[str, str], ...]
    whole: bool = True
    """Whether it has the control of every criterion."""
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @property
    def anchors(self) -> set[str]:
        """The parameters that have a field with an id of their own (``champ-…``)."""
        trade = {"metier"} & set(self.errors)
        always = {"q", "need", "lieu", "rayon", "as_of", *(("include_unknown",) if self.unknowns else ())}
        near = {"near", "radius_km", "coverage"} & (set(self.values) | set(self.errors))
        return {control.name for control in (*self.facets, *self.others)} | always | near | trade | {"territory"}

    def control(self, name: str) -> Control:
        return next(control for control in (*self.facets, *self.others) if control.name == name)

    @property
    def others_unfolded(self) -> bool:
        """Whether a criterion outside the facets is in use or to correct. The states of notices stand over their list."""
        names = (*(control.name for control in self.others if control.name != "status"), "as_of", "include_unknown")
        return any(self.values.get(name) or self.errors.get(name) for name in names)

    def single(self, name: str) -> str:
        """The value of a single field, empty when it has none."""
        return next(iter(self.values.get(name, ())), "")


def form(
    values: Values,
    lexicon: Lexicon,
    counts: Mapping[str, FacetCounts] | None = None,
    errors: Sequence[FieldError] = (),
    choices: Mapping[str, tuple[Choice, ...]] | None = None,
    model: type[Model] = SupplierQuery,
    facets: Sequence[str] = FACETS,
    others: Mapping[str, Mapping[str, int]] | None = None,
    whole: bool = True,
) -> Form:
    """The form. ``counts`` are those of the facets, when there is an answer; ``others`` those of the groups after the first. Without
    ``whole``, only the facets have controls: hidden fields keep the other parameters."""
    messages = {error.field: tuple(other.message for other in errors if other.field == error.field) for error in errors}
    controls = _controls(values, lexicon, counts or {}, messages, choices or {}, model, facets, whole)
    shown = tuple(_with_others(control, (others or {}).get(control.name, {})) for control in controls)
    return Form(
        facets=tuple(control for control in shown if control.name in facets),
        others=tuple(control for control in shown if control.name not in facets),
        values=values,
        territories=_given("territory", values, lexicon, model),
        coverages=_choice("coverage", values, lexicon, model),
        unknowns=_choice("include_unknown", values, lexicon, model) if "include_unknown" in model.model_fields else (),
        sorts=_choice("sort", values, lexicon, model),
        hidden=tuple((name, value) for name in _hidden(values, facets, whole, model) for value in values.get(name, ())),
        whole=whole,
        errors=messages,
        choices=choices or {},
    )


def _hidden(values: Values, facets: Sequence[str], whole: bool, model: type[Model]) -> tuple[str, ...]:
    """The parameters that a hidden field keeps."""
    if whole:
        return _uncontrolled(model)
    placed = (*facets, *_OF_THE_PLACE, "q", "sort", "page", "need", "besoin", "seed", "choix")
    return tuple(name for name in values if name not in placed)


def _uncontrolled(model: type[Model]) -> tuple[str, ...]:
    return (*_HIDDEN, *(_ANSWERS if "also_trade" in model.model_fields else ()))


def _controls(
    values: Values,
    lexicon: Lexicon,
    counts: Mapping[str, FacetCounts],
    errors: Mapping[str, tuple[str, ...]],
    choices: Mapping[str, tuple[Choice, ...]],
    model: type[Model],
    facets: Sequence[str],
    whole: bool,
) -> Iterator[Control]:
    declared = {
        name: replace(filter_, facet=name in facets)
        for name, filter_ in filters(model).items()
        if name not in (*_BY_HAND, *_uncontrolled(model)) and (whole or name in facets)
    }
    for name, filter_ in sorted(declared.items(), key=lambda item: _place(*item)):
        control = _control(name, filter_, values, lexicon, counts.get(name), model, UNFOLDED if not whole else None)
        in_words = ("metier",) if control.shape == "words" else ()
        wrong = tuple(message for field in (name, *in_words) for message in errors.get(field, ()))
        opened = bool(wrong or values.get(name)) or (filter_.facet and name not in _CLOSED_AT_FIRST)
        yield replace(control, errors=wrong, unfolded=opened, choices=_choices_of((name, *in_words), choices))
    for name in model.model_fields if whole else ():
        if name not in declared and name not in (*_BY_HAND, *_uncontrolled(model)):
            value = next(iter(values.get(name, ())), "")
            control = _own_control(name, value, values, lexicon, model)
            yield replace(control, errors=errors.get(name, ()), choices=choices.get(name, ()))


def _choices_of(names: Sequence[str], choices: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
    """The meanings offered for the values of some fields."""
    return tuple(choice for name in names for choice in choices.get(name, ()))


def _with_others(control: Control, counts: Mapping[str, int]) -> Control:
    """A facet that also counts the groups after the first: a page tells one number."""
    if not counts:
        return control
    options, more = (
        tuple(_counted(option, counts.get(option.value, 0)) for option in some)
        for some in (control.options, control.more)
    )
    return replace(control, options=options, more=more)


def _counted(option: Option, others: int) -> Option:
    """An option with the counts of other groups: a page has a hundred of them, and ``replace`` takes three times as long."""
    if not others:
        return option
    return Option(option.value, option.label, option.checked, (option.count or 0) + others, option.full)


def _own_control(name: str, value: str, values: Values, lexicon: Lexicon, model: type[Model]) -> Control:
    """The control of a parameter that is no filter."""
    title, default = title_of(name, model), model.model_fields[name].default
    if isinstance(default, bool):
        return Control(name, title, "flag", value="true" if value.lower() == "true" else "")
    if allowed_values(name, model) or value_names(name, lexicon, model):
        options = _choice(name, values, lexicon, model)
        if isinstance(default, str):
            chosen = value or default
            options = tuple(replace(option, checked=option.value == chosen) for option in options)
        return Control(name, title, "one" if isinstance(default, str) else "checks", options)
    numeric = name in numeric_parameters(model)  # a SIRET is not, and is never rounded
    shown = typed(value) if numeric else value
    return Control(name, title, "text", value=shown, type=_field_type(name, model), numeric=numeric)


def _field_type(name: str, model: type[Model]) -> Literal["text", "date"]:
    return "date" if name in days(model) else "text"


def _place(name: str, filter_: Filter) -> int:
    """Facets first, those that are rarely used after; then closed lists, numbers, exclusions."""
    if filter_.facet:
        return 1 if name in _CLOSED_AT_FIRST else 0
    return 5 if filter_.negative else 4 if filter_.bound is not None else 2 if filter_.allowed is not None else 3


def _control(
    name: str,
    filter_: Filter,
    values: Values,
    lexicon: Lexicon,
    counts: FacetCounts | None,
    model: type[Model],
    most: int | None = None,
) -> Control:
    if filter_.bound is not None:
        value = typed(next(iter(values.get(name, ())), ""))
        type_ = _field_type(name, model)
        return Control(name, filter_.title, "text", value=value, type=type_, numeric=type_ != "date")
    names = value_names(name, lexicon, model)
    if filter_.facet:
        return replace(_facet(name, values, names, counts, most), title=filter_.title)
    if names and not filter_.negative and (model is SupplierQuery or len(names) <= LISTED):
        return Control(name, filter_.title, "checks", options=_choice(name, values, lexicon, model))
    if name == "trade":  # two hundred: a list of them is read by nobody
        words = next(iter(values.get("metier", ())), "")
        return Control(name, filter_.title, "words", given=_given(name, values, lexicon, model), value=words)
    given = values.get(name, ())
    addable = tuple(Option(code, label, False) for code, label in names.items() if code not in given)
    return Control(name, filter_.title, "add", options=addable, given=_given(name, values, lexicon, model))


def _facet(
    name: str, values: Values, names: Mapping[str, str], counts: FacetCounts | None, most: int | None
) -> Control:
    """The control of a facet: the values that the engine counts and the selected ones; without an answer, the selected values and
    the closed list. ``most``: how many values unfold at most."""
    selected = split(values.get(name, ()))
    found = (
        dict.fromkeys(selected, 0) | dict(counts.values) if counts is not None else dict.fromkeys((*selected, *names))
    )
    ordered = sorted(found.items(), key=lambda item: (item[0] not in selected, -(item[1] or 0)))
    first = max(SHOWN, len(selected))
    last = None if most is None else first + most
    options = [_option(name, code, names.get(code, code), code in selected, count) for code, count in ordered[:last]]
    missing, other = (counts.missing, counts.other) if counts is not None else (0, 0)
    other += len(ordered) - len(options)
    return Control(name, name, "checks", options[:first], options[first:], missing=missing, other=other)


def _option(name: str, code: str, label: str, checked: bool, count: int | None) -> Option:
    """A value of a facet. A kind of structure is known by its letters."""
    if name == "kind":
        return Option(code, code, checked, count, full=label)
    return Option(code, label, checked, count)


def _choice(name: str, values: Values, lexicon: Lexicon, model: type[Model]) -> tuple[Option, ...]:
    """The closed list of a parameter, in the order of the model."""
    names = value_names(name, lexicon, model)
    codes = tuple(names) if name in filters(model) else allowed_values(name, model) or tuple(names)
    given = split(values.get(name, ()))
    return tuple(Option(code, names.get(code, code), code in given) for code in codes)


def _given(name: str, values: Values, lexicon: Lexicon, model: type[Model]) -> tuple[Option, ...]:
    """Values given, as checkboxes to keep or leave. A place in plain French stays in its text field."""
    codes = [value for value in split(values.get(name, ())) if name not in TERRITORIES or ":" in value or value == "FR"]
    return tuple(Option(code, value_label(name, code, lexicon, model), True) for code in codes)


def split(values: Sequence[str]) -> tuple[str, ...]:
    """The distinct values of a parameter, which may be separated by commas."""
    return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))
