"""Words in French the reasons why a supplier is proposed, each with its proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Final, cast

import orjson
from pydantic import TypeAdapter

from vivier import vocabulary
from vivier.french import and_others, day, kilometres, percent
from vivier.law.kinds import KINDS, default_zone_km, kinds_answering
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model import Address, UndeclaredZone, Zone
from vivier.model.views import AddressView, AgreementView, LabelView, OfferView, SupplierView, ZoneView
from vivier.search.find import Reason
from vivier.suppliers.offers import lends, proof_words, trade_of
from vivier.suppliers.plan import SupplierPlan, asks_for_supposed
from vivier.suppliers.query import Group
from vivier.suppliers.wishes import wish_reasons
from vivier.territory import load_gazetteer
from vivier.territory.coverage import Coverage, SeatZones, best_coverage, read_zones
from vivier.territory.phrases import of_town
from vivier.trades.table import STAFFING, Trades
from vivier.validity import holds_on, state_on

_ZONE: TypeAdapter[Zone] = TypeAdapter(Zone)
_COVERAGES: Final[Room[tuple[bytes, float, tuple[str, ...]], Coverage]] = Room(lambda found: _OF_A_COVERAGE)
_ZONES: Final[Room[tuple[bytes, float], SeatZones]] = Room(lambda zones: _OF_ZONES)
_OF_A_COVERAGE = 1_000
"""Bytes of a coverage and its key, at most."""
_OF_ZONES = 3_000
"""Bytes of the zones of a supplier and their key, at most; rows of communes are shared, and counted with what remembers them."""
_WHOLE = 0.9995
"""A share (0–1) that reads « 100 % »."""
MOST_LENT: Final = 3
"""Trades named of those that a supplier lends people for."""
_AWAY = ("none", "touch")
"""Classes of a coverage that serves nobody of the place."""
_BASIS_WORDS = {
    "code": "déclaré",
    "country": "déclaré",
    "radius": "rayon déclaré",
}


def coverage_of(record: SupplierView, offers: list[OfferView], plan: SupplierPlan) -> Coverage | None:
    """The best coverage of a territory of the query by ``offers`` (:func:`serving_offers`); ``None`` when it has no territory."""
    if not plan.territories:
        return None
    zones: list[ZoneView | None] = []
    for offer in offers:
        if (zone := offer.get("zone")) not in zones:
            zones.append(zone)
    address = record["address"]["value"] if "address" in record else {}
    key = orjson.dumps((zones, address)), _default_km(record)

    def read() -> SeatZones:
        seat = Address.model_validate(address)
        return read_zones(map(_zone, zones), seat, load_gazetteer(), default_km=key[1])

    territories = tuple(territory.id for territory in plan.territories)
    return _COVERAGES.of((*key, territories), lambda: best_coverage(_ZONES.of(key, read), territories))


def forget_coverage() -> None:
    """Empties the cache of coverages, so that a benchmark measures their computation."""
    _COVERAGES.clear()
    _ZONES.clear()


def matching_offers(record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> list[OfferView]:
    """The offers of a record (as stored) that meet the filters on offers of the query on its date; all of them when it has no such
    filter. One empty offer when none remains."""
    return _meeting(record, plan, lexicon, plan.wanted, asks_for_supposed(plan.query)) or [{}]


def serving_offers(
    record: SupplierView, plan: SupplierPlan, lexicon: Lexicon, group: Group, matching: list[OfferView]
) -> list[OfferView]:
    """The offers whose zones tell how a supplier of ``group`` covers the place: those of a near trade in *near_trade*, else those that meet the
    query (``matching``), else all of them, as those of *to_ask*. One empty offer when the record has none."""
    if group == "near_trade":
        return _meeting(record, plan, lexicon, plan.near_wanted, supposing=False) or [{}]
    return (
        matching if group == "exact" or any(matching) else [fact["value"] for fact in record.get("offers", ())] or [{}]
    )


def _meeting(
    record: SupplierView, plan: SupplierPlan, lexicon: Lexicon, wanted: frozenset[str], supposing: bool
) -> list[OfferView]:
    """The offers of one of the trades ``wanted`` that meet the other filters on offers. ``supposing``: a supposed trade counts too."""
    query, enough, matching = plan.query, plan.enough, []
    is_filtered = bool(query.trade or query.cpv or query.service_type or query.evidence or enough)
    for fact in record.get("offers", ()):
        offer = fact["value"]
        if is_filtered and not holds_on(offer, plan.as_of):
            continue
        lent = STAFFING in wanted and lends(offer)
        if wanted and not lent and not wanted & _with_broader(trade_of(offer, supposing), lexicon):
            continue
        if query.service_type and not set(query.service_type) & set(offer.get("service_types", ())):
            continue
        if query.evidence and offer.get("evidence") not in query.evidence:
            continue
        if enough and offer.get("evidence") not in enough:
            continue
        matching.append(offer)
    return matching


def is_in_part(offers: list[OfferView], plan: SupplierPlan) -> bool:
    """Whether offers that meet the query are all of trades narrower than those requested: their supplier does a part of the trade."""
    codes = {trade_of(offer) for offer in offers} - {None}
    return plan.counts_parts and bool(codes) and codes.isdisjoint(plan.wanted)


def _with_broader(code: str | None, lexicon: Lexicon) -> frozenset[str]:
    return frozenset() if code is None else _above(code, lexicon.trades)


@lru_cache(maxsize=2_000)
def _above(code: str, trades: Trades) -> frozenset[str]:
    return frozenset((code, *(trade.code for trade in trades.ancestors(code))))


def _zone(zone: ZoneView | None) -> Zone:
    return UndeclaredZone() if zone is None else _ZONE.validate_python(zone)


def _default_km(record: SupplierView) -> float:
    kinds = (agreement["value"]["kind"] for agreement in record.get("agreements", ()))
    return default_zone_km(kinds)


def reasons_for(
    record: SupplierView,
    offers: list[OfferView],
    found: Coverage | None,
    distance_km: float | None,
    plan: SupplierPlan,
    lexicon: Lexicon,
) -> tuple[Reason, ...]:
    """The reasons of one result: place, trade, lending of staff, kind and agreement, labels and areas of the query, distance. ``offers``:
    those of the record that meet the query."""
    return tuple(
        chain(
            _place(found, record, plan),
            _trades(record, offers, plan, lexicon),
            _lent(record, offers, plan, lexicon),
            wish_reasons(record, plan.query, lexicon, plan.as_of),
            kind_reasons(record, plan.as_of, _kinds_asked(plan)),
            _labels(record, plan),
            _zones(record, plan),
            _distance(distance_km, plan),
        )
    )


def coverage_words(found: Coverage) -> str:
    """The French words for a coverage: those of its class, or the share when it is a little less than the whole territory."""
    if found.cls == "full":
        whole = found.share >= _WHOLE
        return "couvre tout le territoire" if whole else f"couvre {percent(found.share)} de la population du territoire"
    return vocabulary.coverage_words(found.cls, published=found.published)


def _place(found: Coverage | None, record: SupplierView, plan: SupplierPlan) -> Iterator[Reason]:
    if found is None:
        return
    names = " ou ".join(territory.name for territory in plan.territories)
    inferred = bool(found.basis and found.basis.startswith("inferred"))
    text = _supposed_zone(found, record) if inferred else _declared_zone(found)
    inferred = inferred or (found.cls == "seat_only" and not found.published)
    yield Reason(f"coverage_{found.cls}", f"{names} : {text}", inferred, fits=found.cls not in _AWAY)


def _declared_zone(found: Coverage) -> str:
    """« couvre tout le territoire (déclaré) », « couvre 76,9 % des habitants (rayon déclaré) »."""
    text = f"couvre {percent(found.share)} des habitants" if found.cls in ("wide", "partial") else coverage_words(found)
    basis = _BASIS_WORDS.get(found.basis or "")
    return f"{text} ({basis})" if basis else text


def _supposed_zone(found: Coverage, record: SupplierView) -> str:
    """« zone non publiée ; nous supposons 30 km autour d'Auray (5,9 % des habitants) »."""
    supposed = "son département"
    if found.basis == "inferred":
        town = _town(record)
        supposed = f"{kilometres(_default_km(record))} autour {of_town(town) if town else 'du siège'}"
    share = "tout le territoire" if found.share >= _WHOLE else f"{percent(found.share)} des habitants"
    return f"zone non publiée ; nous supposons {supposed} ({share})"


def _town(record: SupplierView) -> str | None:
    """The commune of the seat as INSEE writes it, else as its source does."""
    address: AddressView = record["address"]["value"] if "address" in record else {}
    return load_gazetteer().names["commune"].get(address.get("commune", "")) or address.get("town")


def _trades(record: SupplierView, offers: list[OfferView], plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    if not (plan.query.trade or plan.query.cpv):
        return
    seen: set[str] = set()
    for offer in offers:
        code = trade_of(offer, supposed=True)
        if code is None or code in seen or (code not in plan.wanted and STAFFING in plan.wanted and lends(offer)):
            continue
        seen.add(code)
        proof = proof_words(offer, record)
        until = term(offer, plan.as_of)
        text = f"{lexicon.trades.get(code).name} : {proof}" + (f", {until}" if until else "")
        yield Reason("trade", text, offer.get("evidence") in ("text", "name", vocabulary.SUPPOSED))


def _lent(record: SupplierView, offers: list[OfferView], plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    """The reason that the supplier lends staff, when the query requests staffing, as a service or as a trade: the trades that it lends for, else
    the statute of its kind."""
    if "staffing" not in plan.query.service_type and STAFFING not in plan.wanted:
        return
    title = vocabulary.SERVICE_TYPES["staffing"]
    if STAFFING in plan.wanted:
        lent = (trade_of(offer) for offer in offers if lends(offer))
        names = [lexicon.trades.get(code).name for code in dict.fromkeys(lent) if code not in (None, STAFFING)]
        if names:
            yield Reason("service_type", f"{title} : {', '.join(names[:MOST_LENT])}{and_others(len(names), MOST_LENT)}")
            return
    lending = sorted(filter(lends, offers), key=lambda offer: offer.get("evidence") != "statute")
    if lending and (STAFFING in plan.wanted or lending[0].get("evidence") == "statute"):
        yield Reason("service_type", f"{title} : {proof_words(lending[0], record)}")


def _kinds_asked(plan: SupplierPlan) -> frozenset[str]:
    """The kinds that a query asks for, by name or by an article."""
    by_article = (kind for article in plan.query.article for kind in kinds_answering(article))
    return frozenset((*plan.query.kind, *by_article))


def kind_reasons(record: SupplierView, as_of: date, requested: frozenset[str] = frozenset()) -> Iterator[Reason]:
    """The reasons that every search gives: the kinds of the structure, each with its validity on ``as_of`` and its source. Those ``requested``
    answer the search while they last."""
    for fact in record.get("agreements", ()):
        agreement, provenance = fact["value"], fact["provenance"]
        kind = KINDS.get(agreement["kind"])
        name = f"{agreement['kind']}, {kind.name}" if kind else agreement["kind"]
        name += whole_unit(agreement)
        text = f"{name} : {validity(agreement, as_of)} (source : {provenance['dataset']})"
        yield Reason("kind", text, fits=agreement["kind"] in requested and _lasts(agreement, as_of))


def _labels(record: SupplierView, plan: SupplierPlan) -> Iterator[Reason]:
    for fact in record.get("labels", ()):
        label = fact["value"]
        if label["code"] in plan.query.label:
            name = LABELS[label["code"]].name
            domain = f" ({label['domain']})" if label.get("domain") else ""
            text = f"{name}{domain}{whole_unit(label)} : {validity(label, plan.as_of)}"
            yield Reason("label", text, fits=_lasts(label, plan.as_of))


def _zones(record: SupplierView, plan: SupplierPlan) -> Iterator[Reason]:
    for fact in record.get("zones", ()):
        if fact["value"] in plan.query.zone:
            name = vocabulary.ZONES[fact["value"]]
            yield Reason("zone", f"siège en zone prioritaire : {name} (source : {fact['provenance']['dataset']})")


def _distance(distance_km: float | None, plan: SupplierPlan) -> Iterator[Reason]:
    if distance_km is None:
        return
    if plan.query.near is not None or plan.territories:
        text = "siège dans le territoire" if distance_km == 0 else f"siège à {kilometres(distance_km)}"
        radius = plan.query.radius_km
        yield Reason("distance", text, fits=distance_km == 0 or (radius is not None and distance_km <= radius))


def _lasts(dated: AgreementView | LabelView, as_of: date) -> bool:
    """Whether an agreement or a label is known to be valid on a day."""
    return state_on(dated, as_of) == "valid"


def whole_unit(recognition: AgreementView | LabelView) -> str:
    """French words to add to an agreement or a label that covers the whole legal unit; empty for another."""
    return " (pour l'entreprise entière)" if recognition.get("scope") == "legal_unit" else ""


def term(offer: OfferView, as_of: date) -> str | None:
    """The validity of an offer on ``as_of``, in French; ``None`` when the offer has no date."""
    return validity(offer, as_of) if "valid_from" in offer or "valid_until" in offer else None


def validity(dated: AgreementView | LabelView | OfferView, as_of: date) -> str:
    """« valide jusqu'au … », « expiré depuis le … », « à partir du … », « suspendu » or « date de fin non publiée », on ``as_of``."""
    match state_on(dated, as_of):
        case "suspended":
            return "suspendu"
        case "expired":
            return f"expiré depuis le {day(dated['valid_until'])}"
        case "future":
            return f"à partir du {day(dated['valid_from'])}"
        case "valid":
            return f"valide jusqu'au {day(dated['valid_until'])}"
        case "to_check":
            return f"à vérifier : durée légale passée depuis le {day(cast(AgreementView, dated)['proved_until'])}"
        case "unknown":
            return "date de fin non publiée"
