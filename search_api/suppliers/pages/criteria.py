"""The criteria of a search, each shown as a chip that is changed in place: the place, the trade, the kind, the labels, the amount; then
the others, which can only be taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from search_api.links import pairs
from search_api.pages.chips import NOT_CHIPS, chips, commune_at, near_name
from search_api.pages.controls import Form, Option
from search_api.pages.places import place_label, place_of
from search_api.pages.state import PageState
from search_api.pages.words import label_name
from vivier.french import euros_ht, kilometres, number, plural, typed
from vivier.law.kinds import KINDS
from vivier.lexicon import Lexicon
from vivier.search.query import changed
from vivier.suppliers.query import SupplierQuery
from vivier.territory.phrases import of_place

_PLACE = ("territory", "near", "radius_km")
_AMOUNT = ("lot_amount", "lot_months")
_OF_CONTROLS = (*_PLACE, "coverage", "trade", "kind", "label", *_AMOUNT)
"""The parameters that have a control among the chips."""
_NAMED = 2
"""Values named on a chip; the others are counted."""


@dataclass(frozen=True)
class Criterion:
    """A criterion. ``text``: its value in words, ``None`` when the search has none; ``url``: the search without it."""

    name: str
    title: str
    text: str | None
    url: str | None


@dataclass(frozen=True)
class PlaceControl:
    """The control of the place. ``near``: a point that no town name gives back, kept as it is; ``given``: places to keep or leave;
    ``coverages``: what must be covered, when the place is a territory to serve."""

    text: str
    radius: str
    near: str
    given: Sequence[Option]
    coverages: Sequence[Option]


@dataclass(frozen=True)
class Criteria:
    """All that the line of chips shows. ``hidden``: the parameters that its form sends back as they are."""

    shown: dict[str, Criterion]
    others: tuple[Criterion, ...]
    place: PlaceControl
    trade: str
    trades: tuple[Option, ...]
    amount: str
    months: str
    kinds: Sequence[Option]
    labels: Sequence[Option]
    hidden: tuple[tuple[str, str], ...]
    is_empty: bool = field(default=False)

    @property
    def texts(self) -> list[str]:
        """The criteria in words, for paper."""
        return [
            f"{criterion.title} : {criterion.text}"
            for criterion in (*self.shown.values(), *self.others)
            if criterion.text
        ]


def criteria(state: PageState, form: Form, lexicon: Lexicon) -> Criteria:
    """The criteria of a search. ``form`` gives the counts of kinds and labels."""
    query: SupplierQuery = state.query
    sent = [(name, value) for name, value in pairs(query) if name not in (*_OF_CONTROLS, "page", "seed")]
    shown = {criterion.name: criterion for criterion in _shown(state, lexicon)}
    others = tuple(_others(state, lexicon))
    return Criteria(
        shown=shown,
        others=others,
        place=_place_control(query, form, lexicon),
        trade=lexicon.trade_names.get(query.trade[0], "") if len(query.trade) == 1 else "",
        trades=tuple(Option(code, lexicon.trade_names.get(code, code), True) for code in query.trade)
        if len(query.trade) > 1
        else (),
        amount="" if query.lot_amount is None else typed(query.lot_amount),
        months="" if query.lot_months is None else str(query.lot_months),
        kinds=_kinds(form),
        labels=_options(form, "label"),
        hidden=(*sent, *state.own()),
        is_empty=not others and all(criterion.text is None for criterion in shown.values()),
    )


def _kinds(form: Form) -> list[Option]:
    """Every kind of structure, those of the results first."""
    found = _options(form, "kind")
    seen = {option.value for option in found}
    others = [Option(code, code, False, 0, full=kind.name) for code, kind in KINDS.items() if code not in seen]
    return [*found, *others]


def _options(form: Form, name: str) -> list[Option]:
    """The values of a facet that the search has, or that some result has."""
    control = form.control(name)
    options = (*control.options, *control.more)
    return [option for option in options if option.checked or option.count]


def _shown(state: PageState, lexicon: Lexicon) -> Iterator[Criterion]:
    query: SupplierQuery = state.query
    trades = [lexicon.trade_names.get(code, code) for code in query.trade]
    yield _criterion("trade", "Métier", _named(trades, "métier"), state, "trade")
    yield _criterion("place", "Lieu", _place(query, lexicon), state, *_PLACE)
    yield _criterion("kind", "Type", _named(query.kind, "type", most=4), state, "kind")
    yield _criterion("label", "Label", _named([label_name(code) for code in query.label], "label"), state, "label")
    yield _criterion("amount", "Montant du lot", _amount(query), state, *_AMOUNT)


def _criterion(name: str, title: str, text: str | None, state: PageState, *parameters: str) -> Criterion:
    if text is None:
        return Criterion(name, title, None, None)
    emptied = {parameter: type(state.query).model_fields[parameter].default for parameter in parameters}
    return Criterion(name, title, text, replace(state, query=changed(state.query, **emptied)).url())


def _named(words: Sequence[str], unit: str, most: int = _NAMED) -> str | None:
    """« ESAT ou EA »; « 5 métiers » when there are too many."""
    if not words:
        return None
    return " ou ".join(words) if len(words) <= most else plural(len(words), unit)


def _place(query: SupplierQuery, lexicon: Lexicon) -> str | None:
    parts = []
    if query.near is not None and query.radius_km is not None:
        parts.append(f"À moins de {kilometres(query.radius_km)} {of_place(near_name(query.near, lexicon))}")
    if query.territory:
        names = [place_label(id_, lexicon.gazetteer) for id_ in query.territory]
        parts.append(f"Intervient dans {_named(names, 'territoire')}")
    return " ; ".join(parts) or None


def _amount(query: SupplierQuery) -> str | None:
    if query.lot_amount is None:
        return None
    months = f" sur {number(query.lot_months)} mois" if query.lot_months is not None else ""
    return euros_ht(query.lot_amount) + months


def _others(state: PageState, lexicon: Lexicon) -> Iterator[Criterion]:
    for chip in chips(state, lexicon):
        if chip.name not in (*_OF_CONTROLS, *NOT_CHIPS):
            yield Criterion(chip.name, chip.title, chip.label, chip.url)
        elif chip.name == "coverage":
            yield Criterion(chip.name, "Doit couvrir", chip.label, chip.url)


def _place_control(query: SupplierQuery, form: Form, lexicon: Lexicon) -> PlaceControl:
    radius = "" if query.radius_km is None else typed(query.radius_km)
    if query.near is not None:
        town = _town_at(query.near, lexicon)
        near = ",".join(map(repr, query.near)) if town is None else ""
        return PlaceControl(town or "", radius, near, form.territories, form.coverages if query.territory else ())
    if len(query.territory) == 1:
        text = place_label(query.territory[0], lexicon.gazetteer)
        if _reads_back(text, query.territory[0], lexicon):
            return PlaceControl(text, radius, "", (), form.coverages)
    return PlaceControl("", radius, "", form.territories, form.coverages if query.territory else ())


@lru_cache(maxsize=2_000)
def _reads_back(text: str, id_: str, lexicon: Lexicon) -> bool:
    """Whether a label, typed as it is, gives the territory back."""
    return place_of(text, lexicon).ids == (id_,)


def _town_at(point: tuple[float, float], lexicon: Lexicon) -> str | None:
    """The label of the commune whose reference point this is; ``None`` for any other point."""
    commune = commune_at(point, lexicon.gazetteer)
    if commune is None:
        return None
    reference = lexicon.gazetteer.reference_point(commune.id)
    if reference is None or any(abs(a - b) > 1e-5 for a, b in zip(reference, point, strict=True)):
        return None
    text = place_label(commune.id, lexicon.gazetteer)
    return text if _reads_back(text, commune.id, lexicon) else None
