"""The page of one supplier: every fact in words, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from search_api.pages.facts import Credential, Proof, Record, agreements, default_km, labels, proof, town, value
from search_api.pages.labels import Label, Taken, names_around
from search_api.pages.outlines import KM_PER_DEGREE, Frame, abroad, bounds_of, framed, outlines, path
from search_api.pages.words import safe_url, zone_text
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.model.views import AddressView
from vivier.runs.issues import issue_text
from vivier.runs.quality import PRECISIONS, UNITS
from vivier.suppliers.offers import proof_words, title_of
from vivier.suppliers.reasons import term
from vivier.suppliers.rows import band_ends
from vivier.suppliers.sources import list_badge
from vivier.territory import Gazetteer
from vivier.vocabulary import SERVICE_TYPES, ZONES

_SIDE = 320.0
_IDENTIFIERS = {"siren": "SIREN", "siret": "SIRET", "finess": "FINESS"}

_OTHER_TITLES = {**_IDENTIFIERS, "address": "Adresse", "website": "Site", "naf": "Code NAF", "closed": "État"}
_OTHER_WORDS = {True: "fermée", False: "ouverte"}


@dataclass(frozen=True)
class Line:
    """A fact: what it is, what it says, where it comes from. ``url`` when what it says is a web address."""

    title: str
    text: str
    proof: Proof
    url: str | None = None


@dataclass(frozen=True)
class OfferLine:
    """One offer: what nobody published is said « inconnu ». ``term``: state of its certificate, ``None`` when it has none."""

    trade: str
    service_types: str
    zone: str
    evidence: str
    term: str | None
    title: str | None
    description: str | None
    proof: Proof


@dataclass(frozen=True)
class ZoneMap:
    """The seat and what the offers declare to cover."""

    frame: Frame
    paths: tuple[str, ...]
    zones: tuple[str, ...]
    circles: tuple[float, ...]
    seat: tuple[float, float] | None
    abroad: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class _Seat:
    """The mark of the seat, which no name may cover."""

    x: float
    y: float
    r: float = 7.0


@dataclass(frozen=True)
class Sheet:
    """The whole page."""

    id: str
    name: str
    brand: str | None
    acronym: str | None
    other_names: tuple[str, ...]
    town: str | None
    badge: str | None
    closed: Line | None
    description: Line | None
    kinds: list[Credential]
    labels: list[Credential]
    offers: tuple[OfferLine, ...]
    supposed_zone: str
    identity: tuple[Line, ...]
    capacities: tuple[Line, ...]
    networks: tuple[Line, ...]
    references: tuple[Line, ...]
    sources: tuple[Proof, ...]
    issues: tuple[str, ...]
    others: tuple[Line, ...]
    map: ZoneMap | None


def sheet(record: Record, as_of: date, lexicon: Lexicon, cards: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """The page of a record (JSON of a :class:`vivier.model.Supplier`), agreements, labels and certificates judged at ``as_of``."""
    return Sheet(
        id=record["id"],
        name=record["name"]["value"],
        brand=value(record, "brand"),
        acronym=value(record, "acronym"),
        other_names=tuple(record.get("other_names", ())),
        town=town(record),
        badge=list_badge(record, cards, as_of),
        closed=_closed(record),
        description=_line(record, "description", "Présentation"),
        kinds=agreements(record, as_of),
        labels=labels(record, as_of),
        offers=tuple(_offers(record, as_of, lexicon)),
        supposed_zone=zone_text(None, default_km(record), lexicon),
        identity=tuple(_identity(record)),
        capacities=tuple(_capacities(record)),
        networks=tuple(Line("Réseau", fact["value"], proof(fact["provenance"])) for fact in record.get("networks", ())),
        references=tuple(_references(record)),
        sources=tuple(proof(source) for source in record.get("sources", ())),
        issues=tuple(issue_text(code) for code in record.get("issues", ())),
        others=tuple(_others(record)),
        map=_map(record, lexicon.gazetteer),
    )


def _line(record: Record, name: str, title: str, url: str | None = None) -> Line | None:
    fact: Any = record.get(name)
    return None if fact is None else Line(title, str(fact["value"]), proof(fact["provenance"]), url)


def _closed(record: Record) -> Line | None:
    fact = record.get("closed")
    if fact is None or not fact["value"]:
        return None
    return Line("État", "fermée", proof(fact["provenance"]))


def _identity(record: Record) -> Iterator[Line]:
    """Address, numbers, website. Absent ones are left to the template, which says « inconnu »."""
    address = record.get("address")
    if address is not None:
        yield Line("Adresse", _address(address["value"]), proof(address["provenance"]))
    for name, title in _IDENTIFIERS.items():
        line = _line(record, name, title)
        if line is not None:
            yield line
    for fact in record.get("zones", ()):
        yield Line("Zone prioritaire du siège", ZONES.get(fact["value"], fact["value"]), proof(fact["provenance"]))
    line = _line(record, "naf", "Code NAF (activité principale déclarée, ne prouve pas un métier)")
    if line is not None:
        yield line
    website = value(record, "website")
    line = _line(record, "website", "Site", safe_url(website))
    if line is not None:
        yield line


def _others(record: Record) -> Iterator[Line]:
    """What other sources say of a fact, beside the value retained."""
    for other in record.get("others", ()):
        given = other["value"]
        if isinstance(given, bool):
            given = _OTHER_WORDS[given]
        text = given if isinstance(given, str) else _address(given)
        yield Line(_OTHER_TITLES[other["field"]], text, proof(other["provenance"]))


def _address(address: AddressView) -> str:
    place = " ".join(part for part in (address.get("post_code"), address.get("town")) if part)
    text = ", ".join(part for part in (address.get("line"), place) if part) or "adresse inconnue"
    if address.get("point") is None:
        return f"{text} (position inconnue)"
    precision = PRECISIONS.get(address.get("precision") or "unknown", "précision inconnue")
    score = f", géocodage BAN, score {number(address['score'], 2)}" if "score" in address else ""
    return f"{text} (position : {precision}{score})"


def _offers(record: Record, as_of: date, lexicon: Lexicon) -> Iterator[OfferLine]:
    for fact in record.get("offers", ()):
        offer = fact["value"]
        types = ", ".join(SERVICE_TYPES.get(code, code) for code in offer.get("service_types", ()))
        yield OfferLine(
            trade=title_of(offer, lexicon),
            service_types=types or "non publié",
            zone=zone_text(offer.get("zone"), default_km(record), lexicon),
            evidence=proof_words(offer, record),
            term=term(offer, as_of),
            title=offer.get("title"),
            description=offer.get("description"),
            proof=proof(fact["provenance"]),
        )


def _capacities(record: Record) -> Iterator[Line]:
    for fact in record.get("capacities", ()):
        size = fact["value"]
        details = [str(detail) for detail in (size.get("status"), size.get("year")) if detail is not None]
        about = f" ({', '.join(details)})" if details else ""
        figure = " à ".join(number(end) for end in band_ends(size))
        text = f"{figure} {UNITS.get(size['unit'], size['unit'])}{about}"
        yield Line("Taille", text, proof(fact["provenance"]))


def _references(record: Record) -> Iterator[Line]:
    for fact in record.get("references", ()):
        reference = fact["value"]
        details = [str(part) for part in (reference.get("title"), reference.get("year")) if part is not None]
        yield Line(reference["client"], ", ".join(details) or "objet inconnu", proof(fact["provenance"]))


def _map(record: Record, gazetteer: Gazetteer) -> ZoneMap | None:
    """The declared zones around the seat; ``None`` when neither can be drawn. Nothing supposed is drawn."""
    point = (value(record, "address") or {}).get("point")
    zones = [fact["value"]["zone"] for fact in record.get("offers", ()) if "zone" in fact["value"]]
    radii = sorted({zone["km"] for zone in zones if zone["type"] == "radius"}) if point is not None else []
    ids = dict.fromkeys(id_ for zone in zones if zone["type"] == "territories" for id_ in zone["territories"])
    shapes = [shape for shape in (_contour(id_, gazetteer) for id_ in ids) if shape is not None]
    seat = None if point is None else (point["lon"], point["lat"])
    boxes = [bounds_of(shape) for shape in shapes] + ([_around(seat, radii)] if seat is not None else [])
    if not boxes:
        return None
    west, south = (min(box[at] for box in boxes) for at in (0, 1))
    east, north = (max(box[at] for box in boxes) for at in (2, 3))
    if east - west > 20:  # a zone across an ocean says more in words
        return None
    frame = framed((west, south, east, north), _SIDE, _SIDE, least_km=90)
    at = None if seat is None else frame.place(*seat)
    taken = Taken.of([] if at is None else [_Seat(*at)])
    return ZoneMap(
        frame=frame,
        paths=outlines("departements", frame),
        zones=tuple(data for shape in shapes if (data := path(shape, frame))),
        circles=tuple(round(km / KM_PER_DEGREE * frame.scale, 1) for km in radii),
        seat=at,
        abroad=abroad(frame),
        labels=names_around(frame, gazetteer, taken),
    )


def _contour(id_: str, gazetteer: Gazetteer) -> shapely.Geometry | None:
    return None if id_ == "FR" else gazetteer.contour(id_)


def _around(seat: tuple[float, float], radii: list[float]) -> tuple[float, float, float, float]:
    reach = max(radii, default=0.0) / KM_PER_DEGREE
    return seat[0] - reach * 1.45, seat[1] - reach, seat[0] + reach * 1.45, seat[1] + reach
