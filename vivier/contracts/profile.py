"""The profile of a supplier, to rank leads and buyers: its trades, its zone, the reservations open to it, its turnover, its labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np

from vivier.contracts.held_labels import HeldLabel, given_labels, held_labels, is_ordinary
from vivier.law.articles import ReservedFor
from vivier.law.kinds import FAMILY_OF_KIND, KINDS, default_zone_km
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model.place import Address
from vivier.model.views import SupplierView
from vivier.search.operators import All, AnyOf, Exists, Near, Not, Operator, Terms
from vivier.suppliers.believed import probable
from vivier.territory import Territory, load_gazetteer
from vivier.territory.communes import haversine_km
from vivier.territory.reach import reach_index
from vivier.text.folding import fold
from vivier.validity import holds_on

FRANCE: Final = "FR"
NATIONAL: Final = All((Terms("territory", (FRANCE,)), Not(Exists("departement")), Not(Exists("region"))))
"""A purchase made for the whole country: its territories are named, no single département or région of performance is."""
LEAST_SUPPOSED: Final = 0.35
"""The probability under which a trade is not supposed."""
LEAST_SHOWN: Final = 0.6
"""The probability under which a supposed trade is asked before it brings a lead [ours, from the blind reading of 2026-11-30: of sixty-three leads
of trades supposed .55, none was strictly right]."""
WHOLE_SERVICES: Final = ("restauration-collective",)
"""Trades bought as a whole service: supposed, they bring no lead [ours, from the blind reading of 2026-11-30: of fourteen, none was plausible]."""
LEAST_POSSIBLE: Final = 0.1
"""The probability under which a trade brings no lead although a social clause opens it [ours]."""
NEAR_SUPPOSED_KM: Final = 20.0
"""Kilometres within which a purchase without a social provision is shown to a supplier whose trade is not known [ours, from the same reading:
beyond, one in five was worth a call]."""
_ADMINISTRATION: Final = "8411"
"""Class of activities of communes and of their groupings."""
_PUBLIC: Final = re.compile(
    r"^(?:commune|mairie|ville) d|\bcommunaute (?:de com|d'? ?agglo|urbaine)|\bcent\w+ (?:inter)?communal\w* d|\bc[ci]as\b"
)
_PEOPLE: Final = ("places", "persons", "etp")
"""Units of the capacities that count people at work, the most telling first."""


@dataclass(frozen=True)
class Zone:
    """Where a supplier works: a circle around a point, territories (typed ids), or everywhere when both are empty. ``side``: then, the
    territories on the side of the sea of its seat, which « toute la France » does not cross; empty when no seat says it."""

    point: tuple[float, float] | None = None
    km: float | None = None
    territories: tuple[str, ...] = ()
    inferred: bool = False
    side: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        return self.km is None and not self.territories

    @property
    def local(self) -> bool:
        """Whether the zone is a part of the country."""
        return not self.everywhere and FRANCE not in self.territories

    def where(self) -> Operator:
        """The condition that a contract or a notice is in the zone. A record without a point matches by the territory around the
        point of the zone. A supplier that serves the whole country also gets the records whose place is unknown."""
        if not self.local:
            here = (Terms("territory", self.side), NATIONAL, Not(Exists("territory")))
            return AnyOf(here) if self.side else All()
        inside = Terms("territory", self.territories) if self.territories else None
        if self.point is None or self.km is None:
            return inside or All()
        around = Near("location", *self.point, self.km)
        return around if inside is None else AnyOf((around, All((inside, Not(Exists("location"))))))


@dataclass(frozen=True)
class Profile:
    """What leads and buyers are ranked for. ``trades`` are codes; ``supposed`` the trades supposed of a supplier that publishes none,
    with their probability, the surest first; ``possible`` those that a social clause may open to it; ``refused`` those that it says it does not do, the
    narrower ones too; ``turnover`` euros a year, ``None`` when unknown, and ``people`` the people at work that then let suppose it;
    ``labels`` those in force that a contract may ask for; ``ordinary``: it holds, or held, a label and has no kind, so that nothing reserved and no
    hours of insertion are for it; ``supplier`` the id it comes from, if any; ``public``: a public body, which answers no call of another;
    ``siren``: by which its own contracts are known; ``near_km``: how far a purchase of a supposed trade that asks nothing social may be."""

    trades: tuple[str, ...]
    zone: Zone
    kinds: tuple[str, ...] = ()
    turnover: float | None = None
    labels: tuple[HeldLabel, ...] = ()
    ordinary: bool = False
    supplier: str | None = None
    name: str | None = None
    supposed: tuple[tuple[str, float], ...] = ()
    possible: tuple[str, ...] = ()
    people: float | None = None
    refused: tuple[str, ...] = ()
    public: bool = False
    siren: str | None = None
    near_km: float = NEAR_SUPPOSED_KM

    @property
    def wanted(self) -> tuple[str, ...]:
        """The trades by which contracts are found: those known, else those supposed."""
        return self.trades or tuple(code for code, _ in self.supposed)

    @property
    def answered(self) -> tuple[str, ...]:
        """The trades, of those supposed, that the supplier says it does."""
        return tuple(code for code, probability in self.supposed if probability >= 1)

    @property
    def means(self) -> float | None:
        """The yearly turnover, known or supposed from the people at work, in euros; ``None`` for a profile told by hand without one."""
        if self.turnover is not None or self.supplier is None:
            return self.turnover
        people = self.people if self.people is not None else value("assumed_people")
        return people * value("person_turnover")

    @property
    def families(self) -> tuple[ReservedFor, ...]:
        """The families of reservation that the supplier belongs to."""
        return tuple(sorted({FAMILY_OF_KIND[kind] for kind in self.kinds if kind in FAMILY_OF_KIND}))

    @property
    def sure(self) -> Profile:
        """The profile without the trades that are supposed too weakly to bring a lead before the supplier is asked."""
        return replace(self, supposed=tuple(each for each in self.supposed if each[1] >= LEAST_SHOWN))

    @property
    def lends(self) -> bool:
        """Whether the supplier does no work of its own: it lends people, or hires them for others."""
        return bool(self.kinds) and all(kind in KINDS and KINDS[kind].lends for kind in self.kinds)

    @property
    def staffing(self) -> bool:
        """Whether the supplier lends people whatever the trade, or puts them in contact with clients: a clause of any trade concerns
        it. A GEIQ lends within its branch only."""
        return any(KINDS[kind].lends in ("any_trade", "contacts") for kind in self.kinds if kind in KINDS)


def profile_of_record(record: SupplierView, lexicon: Lexicon, as_of: date) -> Profile:
    """The profile of a supplier of the index. Its trades are those of the offers valid on ``as_of``. Its zone is the widest of
    its offers; without any, the circle assumed for its kinds, marked as inferred. Without trades,
    those that it probably does are supposed."""
    offers = [fact["value"] for fact in record.get("offers", ())]
    kinds = tuple(dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ())))
    valid = (offer for offer in offers if offer.get("trade") and holds_on(offer, as_of))
    trades = tuple(dict.fromkeys(offer["trade"] for offer in valid))
    believed = () if trades else _believed(record, lexicon, as_of)
    return Profile(
        trades=trades,
        zone=_zone(record, offers, kinds, lexicon),
        kinds=kinds,
        turnover=_turnover(record),
        labels=held_labels(record, as_of),
        ordinary=is_ordinary((fact["value"]["code"] for fact in record.get("labels", ())), kinds),
        supplier=str(record["id"]),
        name=record["name"]["value"],
        supposed=tuple(
            (code, probability)
            for code, probability in believed
            if probability >= LEAST_SUPPOSED and code not in WHOLE_SERVICES
        ),
        possible=tuple(code for code, _ in believed),
        people=_people(record),
        public=_is_public(record),
        siren=record["siret"]["value"][:9] if "siret" in record else None,
    )


def given_profile(
    trades: tuple[str, ...],
    territories: Iterable[Territory],
    kinds: tuple[str, ...],
    near: tuple[float, float] | None = None,
    radius_km: float | None = None,
    turnover: float | None = None,
    labels: tuple[str, ...] = (),
) -> Profile:
    """The profile that a query describes by hand."""
    ids = tuple(territory.id for territory in territories)
    return Profile(
        trades,
        Zone(near, radius_km, ids if near is None else ()),
        kinds,
        turnover,
        given_labels(map(HeldLabel, labels)),
        is_ordinary(labels, kinds),
    )


def with_narrower(trades: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The trades and their specialisations."""
    found = (narrower.code for code in trades for narrower in lexicon.trades.descendants(code))
    return tuple(dict.fromkeys(found))


def with_broader(trades: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The trades that are broader than the given ones, these left out."""
    own = set(trades)
    found = (broader.code for code in trades for broader in lexicon.trades.ancestors(code))
    return tuple(code for code in dict.fromkeys(found) if code not in own)


def _zone(record: SupplierView, offers: Iterable[Mapping[str, Any]], kinds: Iterable[str], lexicon: Lexicon) -> Zone:
    zones = [offer.get("zone", {"type": "undeclared"}) for offer in offers]
    address = record.get("address", {}).get("value", {})
    territories = tuple(dict.fromkeys(id_ for zone in zones for id_ in zone.get("territories", ())))
    if any(zone["type"] == "country" for zone in zones):
        side = reach_index(lexicon.gazetteer).covers.side(Address.model_validate(address))
        return Zone(side=(*side, *territories))
    if territories:
        return Zone(territories=territories)
    widest = max((zone for zone in zones if zone["type"] == "radius"), key=lambda zone: zone["km"], default=None)
    home = _departement(address, lexicon)
    seat = address.get("point")
    point = None if seat is None else (seat["lon"], seat["lat"])
    if widest is not None and "around" in widest:
        point = lexicon.gazetteer.reference_point(f"commune:{widest['around']}") or point
    if point is None:
        return Zone(territories=home, inferred=True)
    km = default_zone_km(kinds) if widest is None else widest["km"]
    return Zone(point, km, (*home, *_covered(point, km, home)), inferred=widest is None)


@lru_cache(maxsize=1024)
def _covered(point: tuple[float, float], km: float, but: tuple[str, ...]) -> tuple[str, ...]:
    """The départements of which a circle covers half of the people: what is bought for the whole of one is within reach, as for the desk."""
    communes = load_gazetteer().communes
    inside = haversine_km(*point, communes.lon, communes.lat) <= km
    people = np.where(communes.is_arrondissement, 0.0, np.maximum(communes.population, 0))
    of, known = communes.departement.values, communes.departement.values >= 0
    within, whole = (
        np.bincount(of[known], weights[known], len(communes.departement.codes)) for weights in (people * inside, people)
    )
    found = (f"departement:{communes.departement.codes[at]}" for at in np.flatnonzero(2 * within > whole))
    return tuple(id_ for id_ in found if id_ not in but)


def _departement(address: Mapping[str, Any], lexicon: Lexicon) -> tuple[str, ...]:
    commune = address.get("commune")
    if commune is None or commune not in lexicon.gazetteer.names["commune"]:
        return ()
    found = lexicon.gazetteer.get(f"commune:{commune}").departement
    return () if found is None else (f"departement:{found}",)


def _believed(record: SupplierView, lexicon: Lexicon, as_of: date) -> tuple[tuple[str, float], ...]:
    """The trades believed of a structure that publishes none. A broader one gives way to the narrower one that makes it probable."""
    return tuple((code, found.probability) for code, found in probable(record, lexicon, as_of, LEAST_POSSIBLE))


def _is_public(record: SupplierView) -> bool:
    """Whether a supplier is a commune, one of its services or a grouping of communes, by its activity code or its name."""
    activity = record["naf"]["value"] if "naf" in record else ""
    return activity.startswith(_ADMINISTRATION) or _PUBLIC.search(fold(record["name"]["value"]).lower()) is not None


def _people(record: SupplierView) -> float | None:
    """The people at work that a source counts: places, else persons, else full-time equivalents; ``None`` when none does."""
    sizes = {fact["value"]["unit"]: fact["value"]["value"] for fact in record.get("capacities", ())}
    return next((sizes[unit] for unit in _PEOPLE if sizes.get(unit)), None)


def _turnover(record: SupplierView) -> float | None:
    """The most recent known turnover, euros a year; ``None`` when there is none."""
    sizes = [fact["value"] for fact in record.get("capacities", ()) if fact["value"]["unit"] == "eur_year"]
    newest = max(sizes, key=lambda size: size.get("year") or 0, default=None)
    return None if newest is None or newest["value"] <= 0 else float(newest["value"])
