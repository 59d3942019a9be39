"""Climbs from covered communes to the territories above them: shares of population, codes, touched contours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from vivier.arrays import distinct
from vivier.territory.communes import Bools, Communes, Floats, Labels
from vivier.territory.covers import FULL, TOUCHES, WIDE, Cover, ZoneBasis
from vivier.territory.discs import Discs, Rows, joined
from vivier.territory.model import FRANCE


@dataclass(frozen=True)
class Reach:
    """Codes of what one zone covers. Shared between equal zones: never change ``shares``.

    ``all``: territories wholly covered, none implied by another one of the list: a commune is covered when it or one
    of its ancestors is there. ``bloc:metropole`` (land block of the seat) for a country zone.
    ``full``, ``wide``, ``partial``: EPCI, départements, régions, FR by class of population share (wholly covered ones
    included in ``full``), and communes covered by some of their arrondissements.
    ``touch``: nothing covered, but the circle holds more than 0.1 % of the contour. ``shares``: population shares strictly between 0 and 1,
    4 decimals.
    """

    basis: ZoneBasis
    all: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    touch: tuple[str, ...] = ()
    shares: dict[str, float] = field(default_factory=dict)


class Units:
    """Every territory above communes, numbered from the smallest kind to the largest; communes follow.

    Works on many covers at once: a table of one line a cover and one column a unit, the last column standing for
    « in no unit ». Only two units are counted commune by commune, the EPT (else the EPCI) and the département: the
    métropole of the EPT, the régions and FR are sums of these.
    """

    def __init__(self, communes: Communes, discs: Discs) -> None:
        labels = [communes.ept, communes.epci, communes.departement, communes.region]
        kinds = ("epci", "epci", "departement", "region")
        ids = [f"{kind}:{code}" for kind, column in zip(kinds, labels, strict=True) for code in column.codes] + [FRANCE]
        self._communes, self._discs = communes, discs
        self._divided = np.bincount(communes.parent[communes.is_arrondissement], minlength=len(communes)) > 0
        self._count = len(ids)
        self._width = self._count + 1
        ept, epci, departement, region = self._numbered(labels)
        self._columns = np.stack([np.where(ept < self._count, ept, epci), departement])
        self._parents = self._above(((ept, epci), (departement, region)))
        self._small, self._large, self._sums = self._memberships()
        own = np.where(communes.is_arrondissement, 0.0, 1.0)
        every = np.arange(len(communes))
        self._people = self._table(every, np.zeros(len(communes), np.intp), communes.weight * own, 1)[0]
        self._people[-1] = np.inf
        kinds_below = np.where(communes.is_arrondissement, "arrondissement", "commune")
        below = [f"{kind}:{code}" for kind, code in zip(kinds_below, communes.codes, strict=True)]
        self._names = np.array([*ids, "", *below], np.object_)

    def reaches(self, covers: Sequence[Cover]) -> list[Reach]:
        """The reach of each cover, in order."""
        rows, owner = joined([cover.rows for cover in covers])
        people = self._table(rows, owner, self._communes.weight.take(rows), len(covers))
        everything = self._wholly(rows, owner, people == self._people)  # weights are whole numbers: sums are exact
        owner, number, share = self._shared(covers, people)
        wide, full = share >= WIDE, share >= FULL
        between = share < 1
        shown = np.clip(share.round(4), 0.0001, 0.9999)  # a rounded share is neither nothing nor everything
        columns = [
            self._split(*everything, len(covers)),
            *(self._split(owner[some], number[some], len(covers)) for some in (full, wide & ~full, ~wide)),
            self._split(*self._touched(covers, people), len(covers)),
        ]
        shares = zip(
            self._split(owner[between], number[between], len(covers)),
            _by_owner(owner[between], shown[between], len(covers)),
            strict=True,
        )
        found = zip(covers, *columns, shares, strict=True)
        return [
            Reach(
                cover.claim.basis,
                tuple(whole),
                tuple(full),
                tuple(wide),
                tuple(part),
                tuple(touch),
                dict(zip(*pairs, strict=True)),
            )
            for cover, whole, full, wide, part, touch, pairs in found
        ]

    def _table(self, rows: Rows, owner: Rows, values: Floats, count: int) -> Floats:
        """Sums of one value for each commune, by cover and unit."""
        cells = self._columns.take(rows, axis=1) + owner * self._width
        sums = np.bincount(cells.ravel(), np.concatenate((values, values)), count * self._width)
        table = sums.reshape(count, self._width).astype(np.float64, copy=False)
        table[:, self._large] += table[:, self._small] @ self._sums
        table[:, -1] = 0
        return table

    def _wholly(self, rows: Rows, owner: Rows, whole: Bools) -> tuple[Rows, Rows]:
        """Each covered commune, or the largest wholly covered territory that contains it in its place."""
        cells = self._columns.take(rows, axis=1) + owner * self._width
        small, large = whole.take(cells)
        alone = ~(small | large | self._implied(rows, owner))
        marks = np.zeros(whole.shape, np.bool_)
        marks.ravel()[np.where(large, cells[1], cells[0])[small | large]] = True
        owners, units = self._climbed(marks, whole)
        return np.concatenate([owners, owner[alone]]), np.concatenate([units, rows[alone] + self._width])

    def _climbed(self, marks: Bools, whole: Bools) -> tuple[Rows, Rows]:
        """Marked units, each replaced by the unit above it when that one is wholly covered too: département, région, FR."""
        owner, unit = self._places(marks)
        for _ in range(2):
            above = self._parents[unit]
            unit = np.where(whole[owner, above], above, unit)
        owners, units = np.divmod(distinct(owner * self._width + unit), self._width)
        return owners, units

    def _places(self, table: Bools) -> tuple[Rows, Rows]:
        """Positions (cover, unit) of the true cells of a table."""
        owner, unit = np.divmod(np.flatnonzero(table), self._width)
        return owner, unit

    def _implied(self, rows: Rows, owner: Rows) -> Bools:
        """True for the arrondissements of a covered commune."""
        implied = self._communes.is_arrondissement.take(rows)
        if implied.any():
            towns = self._divided.take(rows)
            covered = {*zip(owner[towns].tolist(), rows[towns].tolist(), strict=True)}
            parents = self._communes.parent[rows[implied]].tolist()
            implied[implied] = [pair in covered for pair in zip(owner[implied].tolist(), parents, strict=True)]
        return implied

    def _shared(self, covers: Sequence[Cover], people: Floats) -> tuple[Rows, Rows, Floats]:
        """Share of the people covered, for every unit with some, and for the communes covered by some of their
        arrondissements."""
        parts = [(place, *part) for place, cover in enumerate(covers) for part in cover.parts]
        for place, row, share in parts:
            self._add(people[place], row, share * self._communes.weight[row])
        owner, unit = self._places(people > 0)
        found = people[owner, unit] / self._people[unit]
        if not parts:
            return owner, unit, found
        places, below, shares = (np.array(column) for column in zip(*parts, strict=True))
        numbers = np.concatenate([unit, below + self._width])
        return np.concatenate([owner, places]), numbers, np.concatenate([found, shares])

    def _touched(self, covers: Sequence[Cover], people: Floats) -> tuple[Rows, Rows]:
        """Communes of which the circle holds more than 0.1 %, and the territories without a covered commune that contain one.

        A circle that touches a place touches all that contains it, however large. The converse holds by itself: more than 0.1 % of
        the whole is more than 0.1 % of a part.
        """
        circles = [
            (place, cover.claim.circle, cover.ring)
            for place, cover in enumerate(covers)
            if cover.claim.circle is not None
        ]
        if not circles:
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        places, discs, rings = zip(*circles, strict=True)
        areas = self._discs.areas(discs, rings)
        ring, owner = joined(rings)
        owner = np.array(places)[owner]
        small = areas > TOUCHES * self._discs.area[ring]
        communes_of = self._table(ring[small], owner[small], np.ones(int(small.sum())), len(covers))
        unit_owner, unit = self._places((communes_of > 0) & (people == 0))
        return np.concatenate([owner[small], unit_owner]), np.concatenate([ring[small] + self._width, unit])

    def _split(self, owner: Rows, number: Rows, count: int) -> list[list[str]]:
        """Ids by cover."""
        return _by_owner(owner, self._names[number], count)

    def _add(self, line: Floats, row: int, people: float) -> None:
        units = {int(unit) for unit in self._columns[:, row]} - {self._count}
        while units:
            line[list(units)] += people
            units = {int(self._parents[unit]) for unit in units} - {self._count}

    def _numbered(self, labels: list[Labels]) -> list[Rows]:
        """Unit number of every commune in each column of codes; arrondissements have none."""
        offsets = np.cumsum([0, *(len(column.codes) for column in labels)])[:-1]
        none = self._communes.is_arrondissement
        pairs = zip(labels, offsets, strict=True)
        return [
            np.where((column.values < 0) | none, self._count, column.values + first).astype(np.intp)
            for column, first in pairs
        ]

    def _above(self, pairs: Sequence[tuple[Rows, Rows]]) -> Rows:
        """The unit above each unit (EPT, département, région), « none » for the others."""
        parents = np.full(self._width, self._count)
        for small, large in pairs:
            parents[small] = large
        parents[distinct(pairs[-1][1])] = self._count - 1
        parents[self._count :] = self._count
        return parents

    def _memberships(self) -> tuple[Rows, Rows, Floats]:
        """Counted units that are inside larger ones, these larger ones, and 1 where a larger one contains a smaller one."""
        above = self._parents[self._parents]
        small = np.flatnonzero((self._parents < self._count - 1) & (np.arange(self._width) < self._count))
        large = distinct(np.concatenate([self._parents[small], above[small]]))
        large = large[large < self._count]
        contains = (self._parents[small][:, None] == large) | (above[small][:, None] == large)
        return small, large, contains.astype(np.float64)


def _by_owner(owner: Rows, values: npt.NDArray[Any], count: int) -> list[list[Any]]:
    """Values as one list for each owner, in the order they come. Owners may come in any order."""
    order = np.argsort(owner, kind="stable")
    cuts = owner[order].searchsorted(np.arange(count + 1)).tolist()
    ordered = values[order].tolist()
    return [ordered[start:end] for start, end in pairwise(cuts)]
