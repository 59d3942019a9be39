"""From a query to a search: filters joined on the same offer, territories as codes, one condition per facet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.filters import Filter, unknown_of, valid_on
from vivier.identity import digits
from vivier.lexicon import Lexicon
from vivier.operators import (
    All,
    AnyOf,
    Exists,
    Facet,
    Near,
    Not,
    Operator,
    Phrase,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Tier,
    Within,
    conjunction,
)
from vivier.polygon import polygon_rings
from vivier.query import SupplierQuery, filters
from vivier.territory import Gazetteer, Territory

DEFAULT_FACETS = ("kind", "trade", "service_type", "label", "departement", "region")
TIER_POINTS = {"full": 12, "wide": 9, "partial": 6, "overseas_unconfirmed": 3, "seat_only": 2, "touch": 1}
TEXT_POINTS = {"text_name_exact": 5, "text_name": 4, "text_offers": 4, "text_more": 2}
_CLASSES: dict[str | None, tuple[str, ...]] = {
    None: ("full", "wide", "partial", "overseas_unconfirmed", "seat_only"),
    "full": ("full",),
    "wide": ("full", "wide"),
    "partial": ("full", "wide", "partial"),
    "any": ("full", "wide", "partial", "overseas_unconfirmed", "seat_only", "touch"),
}


@dataclass(frozen=True)
class Plan:
    """A search ready for an engine, and what is needed to explain its answer."""

    query: SupplierQuery
    search: Search
    as_of: date
    territories: tuple[Territory, ...] = ()
    notices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    conditions: tuple[tuple[str, Operator], ...] = ()
    """Each parameter's condition taken alone, then the offer conditions and the territory joined on one offer."""


@dataclass(frozen=True)
class _Conditions:
    """The conditions of a query by parameter: those of offers hold together on one offer."""

    supplier: dict[str, Operator]
    offer: dict[str, Operator]
    territories: tuple[Territory, ...]
    classes: tuple[str, ...]
    gazetteer: Gazetteer = field(repr=False)

    def where(self, without: str | None = None) -> Operator:
        """All conditions but those of one parameter."""
        offers = tuple(operator for name, operator in self.offer.items() if name != without)
        place = None if without == "territory" else self._territory(offers)
        if place is None and offers:
            place = Same("offers", offers)
        return conjunction(*(operator for name, operator in self.supplier.items() if name != without), place)

    def apart(self) -> tuple[tuple[str, Operator], ...]:
        """Each condition alone, then those of offers and territory together: where they part is where a supplier fails."""
        alone = [
            *self.supplier.items(),
            *((name, Same("offers", (operator,))) for name, operator in self.offer.items()),
        ]
        offers = tuple(self.offer.values())
        if self.territories:
            alone.append(("territory", AnyOf(tuple(self._in_class(name, ()) for name in self.classes))))
        joined = self._territory(offers) if self.territories else Same("offers", offers)
        together = len(self.offer) + bool(self.territories)
        return (*alone, *((("same_offer", joined),) if together > 1 and joined is not None else ()))

    def tiers(self) -> tuple[Tier, ...]:
        """Points by coverage class, on the offers that meet the other filters."""
        offers = tuple(self.offer.values())
        return tuple(Tier(self._in_class(name, offers), TIER_POINTS[name]) for name in self.classes if self.territories)

    def entry(self, without: str) -> Operator:
        """What an offer must meet to give its values to the facet of ``without``: the territory too, on that very offer."""
        offers = tuple(operator for name, operator in self.offer.items() if name != without)
        return All((*offers, self._served()) if self.territories else offers)

    def _territory(self, offers: tuple[Operator, ...]) -> Operator | None:
        return Same("offers", (*offers, self._served())) if self.territories else None

    def _in_class(self, name: str, offers: tuple[Operator, ...]) -> Operator:
        return Same("offers", (*offers, self._at(name)))

    def _served(self) -> Operator:
        """The offer serves one of the territories, in any of the classes wanted."""
        return AnyOf(tuple(self._at(name) for name in self.classes))

    def _at(self, name: str) -> Operator:
        if name == "seat_only":
            return Terms("seat", tuple(territory.id for territory in self.territories))
        return reach(name, self.territories, self.gazetteer)


def reach(name: str, territories: Iterable[Territory], gazetteer: Gazetteer) -> Operator:
    """An offer covers one of the territories in the class ``name``, by the codes the indexer computed."""
    whole: list[str] = []
    own: list[str] = []
    blocks: list[str] = []
    for territory in territories:
        own.append(territory.id)
        if territory.kind in ("commune", "arrondissement"):
            whole += gazetteer.ancestors(territory.id)
        block = gazetteer.block(territory.id)
        if block is not None:
            blocks.append(f"bloc:{block}")
            whole.append(f"bloc:{block}")
    if name == "full":
        return AnyOf((Terms("reach_all", tuple(dict.fromkeys(whole))), Terms("reach_full", tuple(own))))
    if name == "overseas_unconfirmed":
        return Terms("reach_overseas", tuple(dict.fromkeys(blocks)))
    return Terms(f"reach_{name}", tuple(own))


def plan_search(query: SupplierQuery, lexicon: Lexicon, today: date) -> Plan:
    """Compile a query. ``InvalidRequest`` when a territory or a polygon cannot be read."""
    as_of = query.as_of or today
    errors: list[FieldError] = []
    territories, notices = _territories("territory", query.territory, lexicon, errors)
    seats, seat_notices = _territories("seat", query.seat, lexicon, errors)
    supplier, offer = _declared(query, lexicon, as_of)
    if seats:
        supplier["seat"] = Terms("seat", tuple(seat.id for seat in seats))
    text = words_of(query.q, lexicon) if query.q else None
    supplier |= _places(query, errors)
    if query.q is not None:
        supplier["q"] = _text_or_identifier(query.q, text)
    supplier["closed"] = Not(Terms("closed", ("yes",)))
    if errors:
        raise InvalidRequest(tuple(errors))
    conditions = _Conditions(supplier, offer, territories, _CLASSES[query.coverage], lexicon.gazetteer)
    search = Search(
        where=conditions.where(),
        text=text,
        tiers=conditions.tiers(),
        sort=_sort(query, territories),
        origins=_origins(query, territories, lexicon.gazetteer),
        facets=tuple(_facets(query, conditions, as_of)),
        counts=tuple(_unknown_counts(query, conditions)),
        offset=(query.page - 1) * query.per_page,
        limit=query.per_page,
    )
    if query.sort == "distance" and territories and query.near is None:
        inside = Terms("seat", tuple(territory.id for territory in territories))
        search = replace(search, text=None, tiers=(Tier(inside, 1),))
    words = tuple(lexicon.analysis.tokens("french", query.q)) if query.q else ()
    return Plan(query, search, as_of, territories, (*notices, *seat_notices), words, conditions.apart())


def _territories(
    name: str, texts: Iterable[str], lexicon: Lexicon, errors: list[FieldError]
) -> tuple[tuple[Territory, ...], list[str]]:
    found: dict[str, Territory] = {}
    notices: list[str] = []
    for text in texts:
        try:
            meant, notice = lexicon.gazetteer.expand(text, name)
        except InvalidRequest as error:
            errors += [FieldError(name, one.code, one.message, one.allowed, one.suggestion) for one in error.errors]
            continue
        except NotFound as error:
            errors.append(FieldError(name, "unknown_territory", str(error)))
            continue
        found |= {territory.id: territory for territory in meant}
        notices += [notice] if notice else []
    return tuple(found.values()), notices


def _declared(query: SupplierQuery, lexicon: Lexicon, as_of: date) -> tuple[dict[str, Operator], dict[str, Operator]]:
    supplier: dict[str, Operator] = {}
    offer: dict[str, Operator] = {}
    for name, filter_ in filters(type(query)).items():
        value = getattr(query, name)
        if value is None or value == () or name == "seat":
            continue
        if filter_.bound is not None:
            unknown = filter_.field in query.include_unknown
            supplier[name] = filter_.range(value, include_unknown=unknown)
        elif filter_.level == "offer":
            offer[name] = filter_.entry(value, lexicon)
        else:
            supplier[name] = filter_.operator(value, lexicon, as_of.isoformat())
    return supplier, offer


def _places(query: SupplierQuery, errors: list[FieldError]) -> dict[str, Operator]:
    places: dict[str, Operator] = {}
    if query.near is not None and query.radius_km is not None:
        places["near"] = Near("location", *query.near, query.radius_km)
    if query.polygon is not None:
        try:
            places["polygon"] = AnyOf(tuple(Within("location", rings) for rings in polygon_rings(query.polygon)))
        except InvalidRequest as error:
            errors += error.errors
    return places


def words_of(q: str, lexicon: Lexicon) -> Text | None:
    """The words of a query as groups that must all match; ``None`` when it holds no word at all.

    A query made of stop words only (« Les Uns et les Autres ») is looked for in the exact names.
    """
    groups = [
        tuple(
            Phrase(field, tokens, points)
            for tokens in group
            for field, points in TEXT_POINTS.items()
            if field != "text_name_exact"
        )
        for group in lexicon.analysis.query_groups(q)
    ]
    if not groups:
        exact = lexicon.analysis.tokens("name", q)
        groups = [(Phrase("text_name_exact", (token,), TEXT_POINTS["text_name_exact"]),) for token in exact]
    return Text(tuple(groups)) if groups else None


def _text_or_identifier(q: str, text: Text | None) -> Operator:
    plain = "".join(q.split()).lower()
    numbers = digits(q)
    identifiers = Terms("identifiers", tuple(dict.fromkeys((plain, numbers) if len(numbers) in (9, 14) else (plain,))))
    return identifiers if text is None else AnyOf((text, identifiers))


def _sort(query: SupplierQuery, territories: tuple[Territory, ...]) -> tuple[Sort, ...]:
    by_distance = (Sort("distance"),) if territories or query.near is not None else ()
    match query.sort:
        case "distance":
            return (*((Sort("score"),) if query.near is None else ()), *by_distance)
        case "name":
            return (Sort("name_sort"),)
        case "updated":
            return (Sort("updated", descending=True),)
        case _:
            return (Sort("score"), *by_distance)


def _origins(
    query: SupplierQuery, territories: tuple[Territory, ...], gazetteer: Gazetteer
) -> tuple[tuple[float, float], ...]:
    if query.near is not None:
        return (query.near,)
    points = (gazetteer.reference_point(territory.id) for territory in territories)
    return tuple(point for point in points if point is not None)


def _facets(query: SupplierQuery, conditions: _Conditions, as_of: date) -> Iterable[Facet]:
    declared = filters(type(query))
    for name in DEFAULT_FACETS if query.facets is None else query.facets:
        filter_ = declared[name]
        entry: Operator = All()
        if filter_.path == "offers":
            entry = conditions.entry(name)
        elif filter_.path is not None and filter_.dated:
            entry = All(valid_on(as_of.isoformat()))
        yield Facet(name, filter_.field, conditions.where(name), filter_.path, entry, getattr(query, name))


def _unknown_counts(query: SupplierQuery, conditions: _Conditions) -> Iterable[tuple[str, Operator]]:
    """Suppliers left out only because what the filter asks is not known of them."""
    by_field: dict[str, tuple[str, Filter]] = {}
    for name, filter_ in filters(type(query)).items():
        if filter_.negative or getattr(query, name) in (None, ()):
            continue
        if filter_.bound is not None or (filter_.path == "offers" and filter_.field in ("trade", "service_type")):
            by_field.setdefault(filter_.field, (name, filter_))
    for field_name, (name, filter_) in by_field.items():
        if field_name not in query.include_unknown:
            yield field_name, conjunction(conditions.where(name), unknown_of(filter_))
    if conditions.territories:
        without = conditions.where("territory")
        yield "location", conjunction(without, Not(Exists("seat")), Not(Same("offers", (Exists("reach_all"),))))


__all__ = ["DEFAULT_FACETS", "Plan", "plan_search", "reach", "words_of"]
