"""What a zone reaches, as the codes an engine filters by. One call a zone at index time: about 100 µs for a circle."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vivier.model.place import Address, CountryZone, Zone
from vivier.territory.communes import Bools, Communes, Floats, Labels
from vivier.territory.covers import FULL, TOUCHES, WIDE, Cover, Covers, ZoneBasis
from vivier.territory.discs import Rows
from vivier.territory.gazetteer import Gazetteer, load_gazetteer
from vivier.territory.model import FRANCE, typed_id

Columns = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Reach:
    """Codes of what one zone covers. Shared between equal zones: never change ``shares``.

    ``all``: territories wholly covered, none implied by another one of the list: a commune is covered when it or one
    of its ancestors is there. ``bloc:metropole`` (land block of the seat) for a country zone.
    ``full``, ``wide``, ``partial``: EPCI, départements, régions, FR by class of population share (wholly covered ones
    included in ``full``), and communes covered by some of their arrondissements.
    ``touch``: nothing covered, but the circle holds more than 0.1 % of the contour. ``overseas``: the other land
    blocks, for a country zone. ``shares``: population shares strictly between 0 and 1, 4 decimals.
    """

    basis: ZoneBasis
    all: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    touch: tuple[str, ...] = ()
    overseas: tuple[str, ...] = ()
    shares: dict[str, float] = field(default_factory=dict)


class _Units:
    """Every territory above communes, numbered; number ``n`` stands for « none »; communes follow from ``n + 1``."""

    def __init__(self, communes: Communes, area: Floats) -> None:
        columns = [("epci", communes.ept), ("epci", communes.epci)]
        columns += [("departement", communes.departement), ("region", communes.region)]
        self.ids: list[str] = [f"{kind}:{code}" for kind, labels in columns for code in labels.codes] + [FRANCE]
        self.count = len(self.ids)
        self.columns = self._columns([labels for _, labels in columns], communes)
        own = ~communes.is_arrondissement
        self.people = self.sums(self.columns, communes.weight * own)
        self.people[self.count] = -1
        self.area = self.sums(self.columns, area * own)
        local = [typed_id("arrondissement" if a else "commune", c) for c, a in zip(communes.codes, ~own, strict=True)]
        self.names = np.array([*self.ids, "", *local], np.object_)

    def _columns(self, labels: list[Labels], communes: Communes) -> Columns:
        """Shape (5, communes), smallest unit first: EPT, EPCI, département, région, FR. Arrondissements have none."""
        offsets = np.cumsum([0, *(len(one.codes) for one in labels)])
        pairs = zip(labels, offsets, strict=False)
        found = [np.where(one.values < 0, self.count, one.values + first) for one, first in pairs]
        columns = np.stack([*found, np.full(len(communes), self.count - 1)])
        columns[:, communes.is_arrondissement] = self.count
        return columns.astype(np.intp)

    def sums(self, columns: Columns, values: Floats) -> Floats:
        """Sum by unit of one value a commune; the last one is of those in no unit."""
        return np.bincount(columns.ravel(), np.concatenate((values,) * len(columns)), self.count + 1)


class ReachIndex:
    """Answers :meth:`reach` from arrays computed once (1 s, about 40 MB)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.covers = Covers(gazetteer)
        self.communes = gazetteer.communes
        self._units = _Units(gazetteer.communes, self.covers.discs.area)
        self._blocks = [f"bloc:{code}" for code in self.communes.block.codes]
        self._of_codes = lru_cache(maxsize=4096)(self._code_zone)

    def reach(self, zone: Zone, seat: Address, default_km: float) -> Reach:
        """Codes reached by a zone from a seat. ``default_km``: radius in km read into an undeclared zone.

        Raises ``InvalidRequest`` (field « zone ») when the zone lists an unknown territory.
        """
        if isinstance(zone, CountryZone):
            return self._country(seat)
        cover = self.covers.cover(zone, seat, default_km)
        if cover.ids:
            return self._of_codes(cover.ids, cover.basis)
        return self._assemble(cover)

    def _code_zone(self, ids: tuple[str, ...], basis: ZoneBasis) -> Reach:
        return self._assemble(self.covers.codes(ids, basis))

    def _country(self, seat: Address) -> Reach:
        """The whole block of the seat; what lies overseas of it is to be confirmed (methods (b), example 17)."""
        block = self.covers.seats.read(seat).block
        others = tuple(bloc for place, bloc in enumerate(self._blocks) if place != block)
        return Reach("country", (self._blocks[block],), full=(FRANCE,), overseas=others)

    def _assemble(self, cover: Cover) -> Reach:
        units, rows = self._units, cover.rows
        inside = units.columns.take(rows, axis=1)
        people = units.sums(inside, self.communes.weight[rows])
        whole = people == units.people  # sums of whole numbers ≥ 1: equal only when every commune is there
        for row, share in cover.parts:
            people[units.columns[:, row]] += share * self.communes.weight[row]
        hit = people[:-1].nonzero()[0]
        ids, shares = [units.ids[unit] for unit in hit.tolist()], people[hit] / units.people[hit]
        ids += [str(units.names[units.count + 1 + row]) for row, _ in cover.parts]
        values = [*shares.tolist(), *(share for _, share in cover.parts)]
        pairs = list(zip(ids, values, strict=True))
        return Reach(
            cover.basis,
            self._whole(rows, inside, whole),
            tuple([id for id, share in pairs if share >= FULL]),
            tuple([id for id, share in pairs if WIDE <= share < FULL]),
            tuple([id for id, share in pairs if share < WIDE]),
            self._touched(cover, people),
            (),
            {id: _shown(share) for id, share in pairs if share < 1},
        )

    def _whole(self, rows: Rows, inside: Columns, whole: Bools) -> tuple[str, ...]:
        """Each covered commune stands in the list by its largest wholly covered territory, or by itself."""
        alone = self._not_implied(rows)
        if whole.any():
            top = np.where(whole[inside], inside, -1).max(axis=0)  # larger territories have larger numbers
            alone &= top < 0
            larger = [self._units.ids[unit] for unit in sorted({*top.tolist()} - {-1})]
            return (*larger, *self._units.names[rows[alone] + (self._units.count + 1)].tolist())
        return tuple(self._units.names[rows[alone] + (self._units.count + 1)].tolist())

    def _not_implied(self, rows: Rows) -> Bools:
        """False for the arrondissements of a covered commune."""
        implied = self.communes.is_arrondissement[rows]
        if implied.any():
            covered = {*rows.tolist()}
            implied[implied] = [parent in covered for parent in self.communes.parent[rows[implied]].tolist()]
        return ~implied

    def _touched(self, cover: Cover, people: Floats) -> tuple[str, ...]:
        """Territories without a covered commune of which the circle holds more than 0.1 %."""
        if cover.point is None or cover.km is None or not len(cover.ring):
            return ()
        units, ring = self._units, cover.ring
        areas = self.covers.discs.areas(*cover.point, cover.km, ring)
        small = ring[areas > TOUCHES * self.covers.discs.area[ring]]
        held = units.sums(units.columns.take(ring, axis=1), areas)
        large = ((held > TOUCHES * units.area) & (people == 0))[:-1].nonzero()[0]
        return (*units.names[small + (units.count + 1)].tolist(), *(units.ids[unit] for unit in large.tolist()))


def _shown(share: float) -> float:
    """Four decimals, but never 0 nor 1: a share strictly between the two is neither nothing nor everything."""
    shown = round(share, 4)
    return shown if 0 < shown < 1 else 0.9999 if shown else 0.0001


@lru_cache(maxsize=4)
def reach_index(gazetteer: Gazetteer) -> ReachIndex:
    """The index of a gazetteer, built once."""
    return ReachIndex(gazetteer)


def load_reach_index() -> ReachIndex:
    """The index of the committed tables, built once (1.5 s)."""
    return reach_index(load_gazetteer())


def reach(zone: Zone, seat: Address, default_km: float, gazetteer: Gazetteer) -> Reach:
    """:meth:`ReachIndex.reach` on the index of a gazetteer."""
    return reach_index(gazetteer).reach(zone, seat, default_km)
