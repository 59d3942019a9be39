"""Reads the URL of a page: the query of the API, and the few fields that only pages have.

``need`` is a text to read, ``lieu`` (with ``rayon``) a place and ``metier`` a trade in plain French: all are turned into the parameters
of the API and the reader is sent to that URL, so that the URL holds the whole state. ``besoin`` is the need once read, ``choix`` the
suppliers chosen to be compared.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from search_api.links import pairs
from search_api.middleware import MAX_URL
from search_api.pages.ignored import IGNORED, without
from search_api.pages.places import is_typed, place_error, place_of
from search_api.pages.site import POUR
from search_api.pages.words import numeric_parameters
from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.needs import resolve_need
from vivier.needs.asked import LONGEST_WORDS, Pairs, pairs_besides
from vivier.search.query import TERRITORIES, parse_parameters
from vivier.search.query_url import quoted
from vivier.suppliers.chosen import chosen_ids
from vivier.suppliers.query import SupplierQuery
from vivier.territory.model import namesake
from vivier.territory.readers import EXACT

RESULTS = "/fournisseurs"
COMPARED = "/comparer"
CHOICE = "choix"
EVERY = "criteres"
"""The page-only parameter that shows the control of every criterion (``criteres=tous``): there are too many for every page."""
__all__ = [
    "CHOICE",
    "COMPARED",
    "RESULTS",
    "STATES",
    "Choice",
    "Elsewhere",
    "PageState",
    "Refused",
    "address",
    "grouped",
    "read",
    "sheet_query",
]
_PAGE_ONLY = ("need", "besoin", "lieu", "rayon", "metier", CHOICE, EVERY)
STATES = "etats"
"""The page-only parameter that lists notices of every state (``etats=tous``): without it, or a state, those that are open."""
_OF_A_LIST = ("lieu", "rayon", "metier", POUR)
_NOT_HERE = ("fields", "facets", "groups")
_FRENCH_NUMBER = re.compile(r"[\d\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+(,\d+)?")


@dataclass(frozen=True)
class PageState:
    """A valid search, the need it was read from, and the suppliers chosen to be compared, in the order of their choice. ``every``: whether
    the page shows the control of every criterion; of notices, those of every state."""

    query: Any
    besoin: str | None = None
    path: str = RESULTS
    chosen: tuple[str, ...] = ()
    every: bool = False
    pour: str | None = None
    """Whom the page is for (:mod:`search_api.contracts.pages.who`), which lists keep for the links of their space."""
    opened: Pairs = field(default_factory=list)
    """The size and the order that the page gives to a search that names none: its own address leaves them out, that of the API has them."""

    def url(self, path: str | None = None, **changes: Any) -> str | None:
        """The URL of this search with changes, on its first page unless one is named; ``None`` when it is too long."""
        query = self.query.model_copy(update={"page": 1, **changes})
        if path is not None:
            return address(path, [*pairs(query), *self.own(path)])
        return address(self.path, [*self._named(query), *self.own()])

    def named(self) -> Pairs:
        """The parameters that the reader gave, with those that only pages have."""
        return [*self._named(self.query), *self.own()]

    def _named(self, query: Any) -> Pairs:
        return [pair for pair in pairs(query) if pair not in self.opened]

    def own(self, path: str | None = None) -> Pairs:
        """The parameters of this state that only pages have: those of suppliers, or whom a list is for."""
        path = self.path if path is None else path
        need = [("besoin", self.besoin)] if self.besoin and not path.startswith("/v1/") else []
        if path not in (RESULTS, COMPARED):
            states = [(STATES, "tous")] if self.every and self.path not in (RESULTS, COMPARED) else []
            return [] if path.startswith("/v1/") else [*need, *states, *([(POUR, self.pour)] if self.pour else [])]
        every = [(EVERY, "tous")] if self.every else []
        return [*need, *every, *([(CHOICE, ",".join(self.chosen))] if self.chosen else [])]

    def urls_choosing(self) -> Callable[[Iterable[str]], str | None]:
        """A function that gives the URL of this page with other suppliers chosen. The common part is written once, for speed."""
        common = self.choosing().url(page=self.query.page)

        def url(chosen: Iterable[str]) -> str | None:
            added = ",".join(map(quoted, chosen))
            if common is None or not added:
                return common
            url = f"{common}{'&' if '?' in common else '?'}{CHOICE}={added}"
            return url if len(url) <= MAX_URL else None

        return url

    def choosing(self, *chosen: str) -> PageState:
        """The same search with other suppliers chosen."""
        return replace(self, chosen=chosen)

    def urls_by(self, name: str) -> Callable[[Iterable[str]], str | None]:
        """A function that gives the URL of this search with other values of one list. The common part is written once, for speed."""
        without: dict[str, Any] = {name: ()}
        common = self.url(**without)

        def url(values: Iterable[str]) -> str | None:
            if common is None:
                return None
            added = f"&{name}=".join(map(quoted, values))
            url = f"{common}{'&' if '?' in common else '?'}{name}={added}"
            return url if len(url) <= MAX_URL else None

        return url


@dataclass(frozen=True)
class Elsewhere:
    """The canonical URL of a search, to which the reader is redirected."""

    url: str


@dataclass(frozen=True)
class Choice:
    """One of the meanings of a doubtful value, with the link that chooses it."""

    label: str
    url: str


@dataclass(frozen=True)
class Refused:
    """An invalid search: the values as typed, every error, and the choices for doubtful values, by field."""

    values: Mapping[str, tuple[str, ...]]
    errors: tuple[FieldError, ...]
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)


def address(path: str, items: Iterable[tuple[str, str]]) -> str | None:
    """The URL of a path and its parameters; ``None`` when it is too long."""
    text = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in items)
    url = f"{path}?{text}" if text else path
    return url if len(url) <= MAX_URL else None


def sheet_query(state: PageState) -> str:
    """The query string of the links to the sheets: the day of the search, and the suppliers chosen."""
    day = [("as_of", state.query.as_of.isoformat())] if state.query.as_of else []
    return (address("", [*day, *((CHOICE, ",".join(state.chosen)) for _ in state.chosen[:1])])) or ""


def read(
    items: Pairs, lexicon: Lexicon, model: type[Model] = SupplierQuery, path: str = RESULTS, size: int | None = None
) -> PageState | Elsewhere | Refused:
    """The search of a URL. Empty fields of a form are left out; unknown parameters are errors, as in the API. ``size``: results of a page
    whose URL names no number, ``None`` for that of the API."""
    return _Reader(items, lexicon, model, path, size).read()


def grouped(items: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Values by name, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in items:
        found[name] = (*found.get(name, ()), value)
    return found


class _Reader:
    """Reads one URL. ``pairs``: parameters of the API; ``opened``: those of them that the page adds; ``errors`` and ``choices``: what prevents
    the search."""

    def __init__(self, items: Pairs, lexicon: Lexicon, model: type[Model], path: str, size: int | None) -> None:
        self.model, self.path = model, path
        reads = ("need", "besoin") if "need" in model.model_fields else ()
        states = (STATES,) if "status" in model.model_fields else ()
        self.own_names = _PAGE_ONLY if model is SupplierQuery else (*_OF_A_LIST, *reads, *states)
        self.items = items
        self.lexicon = lexicon
        self.given = [(name, value) for name, value in items if value.strip()]
        self.pairs: Pairs = []
        is_sized = size is None or any(name == "per_page" for name, _ in self.given)
        self.opened: Pairs = [] if is_sized else [("per_page", str(size))]
        self.errors: list[FieldError] = []
        self.choices: dict[str, tuple[Choice, ...]] = {}

    def read(self) -> PageState | Elsewhere | Refused:
        own = self._own()
        self._places()
        if "lieu" in own or "rayon" in own:
            self._around(own.get("lieu"), own.get("rayon"))
        need = own.get("need")
        if need is not None:
            self._need(need)
        if "metier" in own:
            self._trade(own["metier"])
        self.pairs += self.opened
        query = self._query("rayon" in own)
        unknown = {error.field for error in self.errors if error.code == "unknown_parameter"}
        if unknown and len(unknown) == len(self.errors):
            return Elsewhere(f"{address(self.path, without(self.given, unknown)) or self.path}#{IGNORED}")
        if self.errors or query is None:
            return Refused(grouped(self.given), tuple(self.errors), self.choices)
        chosen = chosen_ids(own.get(CHOICE))
        every = bool({EVERY, STATES} & own.keys())
        state = PageState(query, need or own.get("besoin"), self.path, chosen, every, own.get(POUR), self.opened)
        return self._answer(state)

    def _answer(self, state: PageState) -> PageState | Elsewhere:
        query = state.query
        if getattr(query, "sort", None) == "neutral" and query.seed is None:
            query = query.model_copy(update={"seed": secrets.token_hex(4)})
            self.pairs.append(("seed", str(query.seed)))
            state = replace(state, query=query)
        canonical = [*(pair for pair in self.pairs if pair not in self.opened), *state.own()]
        url = state.url(page=query.page)
        return state if sorted(canonical) == sorted(self.items) or url is None else Elsewhere(url)

    def _own(self) -> dict[str, str]:
        """The fields that only pages have. The others are added to ``pairs``, with numbers in the format of the API."""
        own: dict[str, str] = {}
        for name, value in self.given:
            if name in _NOT_HERE:
                self.errors.append(FieldError(name, "not_applicable", f"« {name} » n'a pas de sens sur une page."))
            elif name not in self.own_names:
                self.pairs.append((name, _number(value) if name in numeric_parameters(self.model) else value))
            elif name in own:
                self.errors.append(FieldError(name, "repeated", f"« {name} » ne peut être donné qu'une fois."))
            else:
                own[name] = value
        return own

    def _places(self) -> None:
        """Replaces the places in plain French among the territories by their ids."""
        pairs, self.pairs = self.pairs, []
        for name, value in pairs:
            typed = all(is_typed(part) for part in value.split(",") if part.strip())
            if name in TERRITORIES and not typed:
                self.pairs += [(name, id_) for id_ in self._ids(name, value)]
            else:
                self.pairs.append((name, value))

    def _ids(self, name: str, text: str) -> tuple[str, ...]:
        place = place_of(text, self.lexicon)
        meant = namesake([each.territory for each in place.choices if each.score == EXACT])
        if meant is not None:  # the criterion names it with its département, to be changed there
            return (meant.id,)
        if not place.ids:
            self.errors.append(place_error(name, text, place))
            settled = [
                (candidate.label_fr, self._settled(name, text, candidate.territory.id)) for candidate in place.choices
            ]
            self.choices[name] = tuple(Choice(label, url) for label, url in settled if url is not None)
        return place.ids

    def _settled(self, name: str, text: str, id_: str) -> str | None:
        return address(self.path, [(key, id_ if (key, value) == (name, text) else value) for key, value in self.given])

    def _around(self, text: str | None, radius: str | None) -> None:
        if text is None:
            message = "Écrivez le lieu autour duquel chercher, ou retirez la distance."
            self.errors.append(FieldError("lieu", "missing", message))
            return
        ids = self._ids("lieu", text)
        if radius is None:
            self.pairs += [("territory", id_) for id_ in ids if ("territory", id_) not in self.pairs]
        elif ids:
            self._circle(text, ids, radius)

    def _circle(self, text: str, ids: tuple[str, ...], radius: str) -> None:
        point = self._point(ids)
        if point is None:
            message = f"Aucun point ne représente « {text[:80]} » : une distance demande une commune ou un département."
            self.errors.append(FieldError("rayon", "impossible_combination", message))
            return
        self.pairs = [(name, value) for name, value in self.pairs if name not in ("near", "radius_km")]
        self.pairs += [("near", f"{point[0]:.5f},{point[1]:.5f}"), ("radius_km", _number(radius))]

    def _point(self, ids: tuple[str, ...]) -> tuple[float, float] | None:
        if len(ids) > 1:
            return None
        try:
            territory, _ = self.lexicon.gazetteer.parse(ids[0], "lieu")
        except InvalidRequest as refused:
            self.errors += refused.errors
            return None
        except VivierError as error:
            self.errors.append(FieldError("lieu", "unknown_territory", str(error)))
            return None
        return None if territory.kind == "country" else self.lexicon.gazetteer.reference_point(territory.id)

    def _need(self, text: str) -> None:
        """Adds the parameters read from a need, except those that the URL gives already."""
        try:
            self.pairs += pairs_besides(text, self.pairs, self.lexicon, self.model)
        except InvalidRequest as refused:
            self.errors += refused.errors

    def _trade(self, text: str) -> None:
        """Adds the trade that a text names, or offers those it may name."""
        code = next((code for code, name in self.lexicon.trade_names.items() if fold(name) == fold(text)), None)
        need = None if code is not None else resolve_need(text[:LONGEST_WORDS], self.lexicon)
        codes = [code] if code is not None else []
        if need is not None and need.status == "auto":
            codes = [match.id for match in need.sectors]
        self.pairs += [("trade", found) for found in codes if ("trade", found) not in self.pairs]
        if codes or need is None:
            return
        offered = {match.id: match.label for match in (*need.sectors, *need.alternatives)}
        shown = text[:80]
        message = f"« {shown} » peut désigner plusieurs métiers : choisissez."
        if not offered:
            message = f"Aucun métier reconnu dans « {shown} ». Écrivez-le autrement, par exemple « tonte » ou « blanchisserie »."
        self.errors.append(FieldError("metier", "unknown_trade", message, tuple(offered)))
        others = [(name, value) for name, value in self.given if name != "metier"]
        urls = [(label, address(self.path, [*others, ("trade", id_)])) for id_, label in offered.items()]
        self.choices["metier"] = tuple(Choice(label or "", url) for label, url in urls if url is not None)

    def _query(self, from_page: bool) -> Model | None:
        try:
            return parse_parameters(self.pairs, self.lexicon, self.model)
        except InvalidRequest as refused:
            renamed = {"radius_km": "rayon"} if from_page else {}
            self.errors += [replace(error, field=renamed.get(error.field, error.field)) for error in refused.errors]
            return None


def _number(text: str) -> str:
    """A number such as « 1 234,5 » or « 40 km » in the format of the API; any other text unchanged, for the error to show it."""
    text = text.strip().removesuffix("km").strip()
    if not _FRENCH_NUMBER.fullmatch(text):
        return text
    return "".join(text.split()).replace(",", ".")
