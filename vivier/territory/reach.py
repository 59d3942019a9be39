"""What a zone reaches, as the codes an engine filters by. One call a zone at index time: about 100 µs for a circle."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vivier.model.place import Address, TerritoriesZone, Zone
from vivier.territory.communes import Communes, Floats, Labels
from vivier.territory.covers import FULL, TOUCHES, WIDE, Cover, Covers, ZoneBasis
from vivier.territory.discs import Rows
from vivier.territory.gazetteer import Gazetteer, load_gazetteer
from vivier.territory.model import FRANCE, typed_id


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
        flat = self.columns.ravel()
        self.communes = np.bincount(flat, minlength=self.count + 1)
        self.communes[self.count] = -1
        self.people = np.bincount(flat, np.repeat(communes.weight * own, 5), self.count + 1)
        self.area = np.bincount(flat, np.repeat(area * own, 5), self.count + 1)
        local = [typed_id("arrondissement" if a else "commune", c) for c, a in zip(communes.codes, ~own, strict=True)]
        self.names = np.array([*self.ids, "", *local], np.object_)

    def _columns(self, labels: list[Labels], communes: Communes) -> npt.NDArray[np.intp]:
        """One line a commune, smallest unit first: EPT, EPCI, département, région, FR. Arrondissements have none."""
        offsets = np.cumsum([0, *(len(one.codes) for one in labels)])
        found = [np.where(one.values < 0, self.count, one.values + first) for one, first in zip(labels, offsets, strict=False)]
        columns = np.stack([*found, np.full(len(communes), self.count - 1)], axis=1)
        columns[communes.is_arrondissement] = self.count
        return columns.astype(np.intp)


class ReachIndex:
    """Answers :meth:`reach` from arrays computed once (1 s, about 40 MB)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.covers = Covers(gazetteer)
        self.communes = gazetteer.communes
        self._units = _Units(gazetteer.communes, self.covers.discs.area)
        self._blocks = [f"bloc:{code}" for code in self.communes.block.codes]
        self._by_codes = lru_cache(maxsize=4096)(self._assemble_codes)

    def reach(self, zone: Zone, seat: Address, default_km: float) -> Reach:
        """Codes reached by a zone from a seat. ``default_km``: radius in km read into an undeclared zone.

        Raises ``InvalidRequest`` (field « zone ») when the zone lists an unknown territory.
        """
        if isinstance(zone, TerritoriesZone):
            return self._by_codes(zone.territories, "code")
        cover = self.covers.cover(zone, seat, default_km)
        if cover.basis == "country":
            return self._country(cover)
        if cover.basis == "inferred_departement" and cover.label is not None:
            return self._by_codes(tuple(cover.label.split(",")), cover.basis)
        return self._assemble(cover.basis, cover.rows, cover.parts, self._touched(cover))

    def _country(self, cover: Cover) -> Reach:
        """The whole block of the seat; what lies overseas of it is to be confirmed (methods (b), example 17)."""
        others = tuple(bloc for place, bloc in enumerate(self._blocks) if place != cover.seat.block)
        return Reach("country", (self._blocks[cover.seat.block],), full=(FRANCE,), overseas=others)

    def _assemble_codes(self, ids: tuple[str, ...], basis: ZoneBasis) -> Reach:
        rows, parts = self.covers.codes(ids)
        return self._assemble(basis, rows, parts, ())

    def _assemble(
        self, basis: ZoneBasis, rows: Rows, parts: tuple[tuple[int, float], ...], touched: tuple[str, ...]
    ) -> Reach:
        units = self._units
        inside = units.columns[rows]
        people = np.bincount(inside.ravel(), np.repeat(self.communes.weight[rows], 5), units.count + 1)
        whole = np.bincount(inside.ravel(), minlength=units.count + 1) == units.communes
        classes: dict[str, list[str]] = {"full": [], "wide": [], "partial": []}
        shares: dict[str, float] = {}
        for row, share in parts:
            people[units.columns[row]] += share * self.communes.weight[row]
            _sort_in(str(units.names[units.count + 1 + row]), share, classes, shares)
        hit = np.flatnonzero(people[: units.count])
        for unit, share, complete in zip(
            hit.tolist(), (people[hit] / units.people[hit]).tolist(), whole[hit].tolist(), strict=True
        ):
            _sort_in(units.ids[unit], 1.0 if complete else share, classes, shares)
        return Reach(
            basis,
            self._whole(rows, inside, whole),
            tuple(classes["full"]),
            tuple(classes["wide"]),
            tuple(classes["partial"]),
            touched,
            (),
            shares,
        )

    def _whole(self, rows: Rows, inside: npt.NDArray[np.intp], whole: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        """Each covered commune stands in the list by its largest wholly covered territory, or by itself."""
        rows, inside = self._without_implied(rows, inside)
        top = rows + (self._units.count + 1)
        if whole.any():
            for column in inside.T:
                top = np.where(whole[column], column, top)
            top = np.unique(top)
        return tuple(self._units.names[top].tolist())

    def _without_implied(
        self, rows: Rows, inside: npt.NDArray[np.intp]
    ) -> tuple[Rows, npt.NDArray[np.intp]]:
        """Without the arrondissements of a covered commune."""
        arrondissements = self.communes.is_arrondissement[rows]
        if not arrondissements.any():
            return rows, inside
        kept = ~(arrondissements & np.isin(self.communes.parent[rows], rows))
        return rows[kept], inside[kept]

    def _touched(self, cover: Cover) -> tuple[str, ...]:
        """Territories without a covered commune of which the circle holds more than 0.1 %."""
        if cover.point is None or cover.km is None or not len(cover.ring):
            return ()
        units, ring = self._units, cover.ring
        areas = self.covers.discs.areas(*cover.point, cover.km, ring)
        small = ring[areas > TOUCHES * np.maximum(self.covers.discs.area[ring], 1e-9)]
        columns = units.columns[ring]
        covered = np.zeros(units.count + 1, np.bool_)
        covered[units.columns[cover.rows]] = True
        held = np.bincount(columns.ravel(), np.repeat(areas, 5), units.count + 1)[: units.count]
        large = np.flatnonzero((held > TOUCHES * units.area[: units.count]) & ~covered[: units.count])
        return (*units.names[small + (units.count + 1)].tolist(), *(units.ids[unit] for unit in large.tolist()))


def _sort_in(id: str, share: float, classes: dict[str, list[str]], shares: dict[str, float]) -> None:
    name = "full" if share >= FULL else "wide" if share >= WIDE else "partial"
    classes[name].append(id)
    if share < 1:
        shares[id] = min(max(round(share, 4), 0.0001), 0.9999)  # a rounded share is neither nothing nor everything


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
