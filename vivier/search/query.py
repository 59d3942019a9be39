"""What the queries of every search share: types of parameters, rules on combinations, the filters that a model declares, reading
a URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeVar, get_args

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process

from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.filters import Filter
from vivier.search.messages import french
from vivier.search.operators import Collection
from vivier.search.polygon import polygon_rings

MAX_VALUES = 50
MAX_DEPTH = 10_000
MAX_RADIUS_KM: Final = 200.0
"""The widest circle of a search, in km."""
DEEPER = "précisez la recherche (l'export complet n'a pas cette limite)"
UNPAGED: Final = ("page", "per_page", "facets", "groups")
"""Parameters that an export refuses, as it gives all the matches at once."""
TERRITORIES: Final = ("territory", "seat", "buyer_territory")
"""Parameters whose values are territories."""
_NEEDS: Final = {"radius_km": "near", "coverage": "territory", "lot_months": "lot_amount"}
"""Parameters that only make sense together with another, by name: the other."""

Codes = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=120)], ...], Field(max_length=MAX_VALUES)]
WORDS: Final = BeforeValidator(lambda written: None if isinstance(written, str) and not written.strip() else written)
"""For the words sought: a blank field of a form is no words, and narrows nothing."""
Names = tuple[str, ...]
"""Names from a closed list, which is derived from the declared filters."""
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
"""A day given by a parameter. It is bounded, so that months may be added to it or subtracted without an overflow."""


class SearchQuery(Model):
    """The parameters that every search has. Each query model declares them itself, because their order in the model is their order in
    its URLs, in its form and in its documentation."""

    collection: ClassVar[Collection]

    if TYPE_CHECKING:
        q: str | None
        territory: tuple[str, ...]
        near: tuple[float, float] | None
        radius_km: float | None
        as_of: date | None
        sort: str
        page: int
        per_page: int
        facets: tuple[str, ...] | None


def check_depth(page: int, per_page: int, deepest: int = MAX_DEPTH, instead: str = DEEPER) -> None:
    """Refuses a page that ends after ``deepest`` results; ``instead`` is the French advice of the error."""
    if page * per_page > deepest:
        raise PydanticCustomError("too_deep", f"page × per_page ne peut dépasser {number(deepest)} : {instead}.")


def check_nearest(sort: str, near: object, territory: object) -> None:
    """Refuses a sort by distance when the query gives no place."""
    if sort == "distance" and near is None and not territory:
        raise PydanticCustomError(
            "impossible_combination", "sort=distance demande un point (near) ou un territoire (territory)."
        )


def check_ranges(query: Model) -> None:
    """Refuses two bounds on one figure when the lower exceeds the upper: nothing would match."""
    bounds: dict[str, dict[str, str]] = {}
    declared = filters(type(query))
    for name, filter_ in declared.items():
        if filter_.bound is not None and getattr(query, name) is not None:
            bounds.setdefault(filter_.figure, {})[filter_.bound] = name
    for pair in bounds.values():
        low, high = pair.get("gte"), pair.get("lte")
        if low is not None and high is not None and getattr(query, low) > getattr(query, high):
            titles = " dépasse ".join(f"« {declared[name].title} » ({name})" for name in (low, high))
            raise PydanticCustomError("impossible_combination", f"{titles} : inversez-les.")


def list_unknowns(schema: dict[str, Any], model: type[Model]) -> None:
    """Adds to the JSON schema of a query the figures that ``include_unknown`` may name."""
    if "include_unknown" in model.model_fields:
        schema["properties"]["include_unknown"]["items"]["enum"] = list(unknowns(model))


@cache
def filters(model: type[Model]) -> Mapping[str, Filter]:
    """The filters declared on a query model, by parameter name. The result is cached and shared: callers must not change it."""
    found = {}
    for name, info in model.model_fields.items():
        declared = [meta for meta in info.metadata if isinstance(meta, Filter)]
        if declared:
            found[name] = declared[0]
    return found


@cache
def unknowns(model: type[Model]) -> Mapping[str, str]:
    """The figures that ``include_unknown`` may name, each with its French name: « l'effectif »."""
    found: dict[str, str] = {}
    for filter_ in filters(model).values():
        if filter_.unknown is not None:
            found.setdefault(filter_.figure, filter_.unknown)
    return found


@cache
def days(model: type[Model]) -> frozenset[str]:
    """The parameters whose value is a day."""
    return frozenset(name for name, info in model.model_fields.items() if _is_day(info.annotation))


def _is_day(annotation: Any) -> bool:
    return annotation is date or any(map(_is_day, get_args(annotation)))


def refuse_paging(query: Model) -> None:
    """Raises ``InvalidRequest`` for the parameters of paging that the query sets: an export gives all the rows at once."""
    refused = [name for name in UNPAGED if name in query.model_fields_set]
    if refused:
        message = "« {} » n'a pas de sens dans un export : tous les résultats sont rendus."
        raise InvalidRequest(tuple(FieldError(name, "not_applicable", message.format(name)) for name in refused))


Q = TypeVar("Q", bound=Model)


def changed(query: Q, **changes: Any) -> Q:
    """Copies a query with some changes, on its first page, and keeps it valid: parameters that only make sense together with a removed
    one are removed too, and a sort by distance without a place becomes a sort by relevance."""
    model = type(query).model_fields
    gone = {name: None for name, other in _NEEDS.items() if name in model and other in changes and not changes[other]}
    found = query.model_copy(update={"page": 1, **changes, **gone})
    if getattr(found, "sort", None) == "distance" and found.near is None and not found.territory:  # type: ignore[attr-defined]
        found = found.model_copy(update={"sort": "relevance"})
    return found


def without(query: Q, *names: str) -> Q:
    """Copies a query without some of its parameters, on its first page. Keeps it valid as :func:`changed` does."""
    return changed(query, **{name: type(query).model_fields[name].default for name in names})


def parse_parameters(items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[Q]) -> Q:
    """Reads the (name, value) pairs of a URL as a query of ``model``: each resource has its model, empty when it accepts no parameter.

    Raises ``InvalidRequest`` with every error at once, in French.
    """
    values, errors = _gather(items, model)
    query: Q | None = None
    try:
        query = model.model_validate(values)
    except ValidationError as error:
        errors += [french(detail, values) for detail in error.errors()]
    errors += _code_errors(values, lexicon, model)
    errors += _place_errors(values, lexicon)
    refuse_any(errors)
    assert query is not None
    return query


def _place_errors(values: Mapping[str, Any], lexicon: Lexicon) -> list[FieldError]:
    """The errors of the territories and of the polygon that cannot be read."""
    errors: list[FieldError] = []
    for name in TERRITORIES:
        for text in values.get(name, ()):
            errors += _refusals(lambda text=text, name=name: lexicon.gazetteer.expand(text, name))  # type: ignore[misc]
    if "polygon" in values:
        errors += _refusals(lambda: polygon_rings(values["polygon"]))
    return errors


def _refusals(read: Callable[[], object]) -> tuple[FieldError, ...]:
    try:
        read()
    except InvalidRequest as refused:
        return refused.errors
    return ()


def _gather(items: Iterable[tuple[str, str]], model: type[Model]) -> tuple[dict[str, object], list[FieldError]]:
    """Groups the values of repeated parameters, splits codes at commas, and lists as errors unknown names and single values given
    twice."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    several = _lists(model)
    for name, text in items:
        if name not in model.model_fields:
            errors.append(_unknown_parameter(name, model))
        elif name in several:
            values[name] = values.get(name, ()) + tuple(part.strip() for part in text.split(",") if part.strip())
        elif name in values:
            errors.append(FieldError(name, "repeated", f"« {name} » ne peut être donné qu'une fois."))
        else:
            values[name] = text
    for name in several & values.keys():
        values[name] = tuple(dict.fromkeys(values[name]))
    return values, errors


@cache
def _lists(model: type[Model]) -> frozenset[str]:
    """The parameters that may be repeated."""
    return frozenset(name for name, info in model.model_fields.items() if _is_list(info.annotation))


def _is_list(annotation: object) -> bool:
    return "tuple[" in str(annotation) and "..." in str(annotation)


def _unknown_parameter(name: str, model: type[Model]) -> FieldError:
    found = process.extractOne(name, list(model.model_fields), scorer=fuzz.ratio, score_cutoff=60)
    suggestion = found[0] if found else None
    hint = f" Vouliez-vous dire « {suggestion} » ?" if suggestion else " Paramètres admis : voir /docs."
    shown = name[:80]
    return FieldError(shown, "unknown_parameter", f"Paramètre inconnu « {shown} ».{hint}", suggestion=suggestion)


def _code_errors(values: Mapping[str, Any], lexicon: Lexicon, model: type[Model]) -> list[FieldError]:
    errors: list[FieldError] = []
    declared = filters(model)
    for name, given in values.items():
        if name in declared and isinstance(given, tuple):
            errors += declared[name].check(name, given, lexicon)
    errors += _choice_errors("fields", values.get("fields", ()), getattr(model, "PARTS", {}))
    errors += _choice_errors("include_unknown", values.get("include_unknown", ()), unknowns(model))
    facets = {name: filter_.title for name, filter_ in declared.items() if filter_.facet}
    errors += _choice_errors("facets", values.get("facets", ()), facets)
    return errors


def _choice_errors(name: str, given: Iterable[str], allowed: Mapping[str, str]) -> list[FieldError]:
    return [
        FieldError(
            name,
            "unknown_value",
            f"« {value[:80]} » n'est pas admis pour « {name} » : {', '.join(allowed)}.",
            tuple(allowed),
        )
        for value in given
        if value not in allowed
    ]
