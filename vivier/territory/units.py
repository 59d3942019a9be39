"""From covered communes to the territories above them: shares of population, codes, touched contours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from vivier.territory.communes import Bools, Communes, Floats, Labels
from vivier.territory.covers import FULL, TOUCHES, WIDE, Cover, ZoneBasis
from vivier.territory.discs import Discs, Rows
from vivier.territory.model import FRANCE, typed_id

Columns = npt.NDArray[np.intp]
T = TypeVar("T")


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


class Units:
    """Every territory above communes, numbered from the smallest kind to the largest; communes follow.

    Works on many covers at once: a table of one line a cover and one column a unit, the last column standing for
    « in no unit ».
    """

    def __init__(self, communes: Communes, discs: Discs) -> None:
        labels = [communes.ept, communes.epci, communes.departement, communes.region]
        kinds = ("epci", "epci", "departement", "region")
        ids = [f"{kind}:{code}" for kind, column in zip(kinds, labels, strict=True) for code in column.codes] + [FRANCE]
        self._communes, self._discs = communes, discs
        self._count = len(ids)
        self._width = self._count + 1
        self._columns = self._numbered(labels)
        own = np.where(communes.is_arrondissement, 0.0, 1.0)
        every = np.arange(len(communes))
        self._people = self._table(every, np.zeros(len(communes), np.intp), communes.weight * own, 1)[0]
        self._area = self._table(every, np.zeros(len(communes), np.intp), discs.area * own, 1)[0]
        self._people[-1] = self._area[-1] = np.inf
        kinds_below = np.where(communes.is_arrondissement, "arrondissement", "commune")
        below = [f"{kind}:{code}" for kind, code in zip(kinds_below, communes.codes, strict=True)]
        self._names = np.array([*ids, "", *below], np.object_)

    def reaches(self, covers: Sequence[Cover]) -> list[Reach]:
        """What each cover reaches, in order."""
        rows, owner = _joined([cover.rows for cover in covers])
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
            _cut(owner[between], shown[between].tolist(), len(covers)),
            strict=True,
        )
        return [
            Reach(cover.claim.basis, *map(tuple, lists), (), dict(zip(*pairs, strict=True)))
            for cover, lists, pairs in zip(covers, zip(*columns, strict=True), shares, strict=True)
        ]

    def _table(self, rows: Rows, owner: Rows, values: Floats, count: int) -> Floats:
        """Sums of one value a commune, by cover and unit."""
        cells = self._columns.take(rows, axis=1) + owner * self._width
        sums = np.bincount(cells.ravel(), np.concatenate((values,) * len(cells)), count * self._width)
        return sums.reshape(count, self._width)

    def _wholly(self, rows: Rows, owner: Rows, whole: Bools) -> tuple[Rows, Rows]:
        """Each covered commune stands for itself or is implied by its largest wholly covered territory."""
        cells = self._columns.take(rows, axis=1)
        top = np.where(whole.take(cells + owner * self._width), cells, -1).max(axis=0)
        above = np.unique((owner * self._width + top)[top >= 0])
        alone = (top < 0) & ~self._implied(rows, owner)
        owners = np.concatenate([above // self._width, owner[alone]])
        return owners, np.concatenate([above % self._width, rows[alone] + self._width])

    def _implied(self, rows: Rows, owner: Rows) -> Bools:
        """True for the arrondissements of a covered commune."""
        implied = self._communes.is_arrondissement.take(rows)
        if implied.any():
            parents = owner[implied] * len(self._communes) + self._communes.parent[rows[implied]]
            implied[implied] = np.isin(parents, owner * len(self._communes) + rows)
        return implied

    def _shared(self, covers: Sequence[Cover], people: Floats) -> tuple[Rows, Rows, Floats]:
        """Share of people of every unit with some, and of the communes covered by some of their arrondissements."""
        parts = [(place, *part) for place, cover in enumerate(covers) for part in cover.parts]
        for place, row, share in parts:
            people[place, self._columns[:, row]] += share * self._communes.weight[row]
        owner, unit = people[:, :-1].nonzero()
        found = people[owner, unit] / self._people[unit]
        if not parts:
            return owner, unit, found
        places, below, shares = (np.array(column) for column in zip(*parts, strict=True))
        numbers = np.concatenate([unit, below + self._width])
        return np.concatenate([owner, places]), numbers, np.concatenate([found, shares])

    def _touched(self, covers: Sequence[Cover], people: Floats) -> tuple[Rows, Rows]:
        """Territories without a covered commune of which the circle holds more than 0.1 %.

        All communes of such a unit that the circle meets are in the ring, so the sum over the ring is exact.
        """
        circles = [(place, cover.claim.circle, cover.ring) for place, cover in enumerate(covers) if cover.claim.circle is not None]
        if not circles:
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        places, discs, rings = zip(*circles, strict=True)
        areas = self._discs.areas(discs, rings)
        ring, owner = _joined(rings)
        owner = np.array(places)[owner]
        small = areas > TOUCHES * self._discs.area[ring]
        held = self._table(ring, owner, areas, len(covers))
        unit_owner, unit = ((held > TOUCHES * self._area) & (people == 0)).nonzero()
        return np.concatenate([owner[small], unit_owner]), np.concatenate([ring[small] + self._width, unit])

    def _split(self, owner: Rows, number: Rows, count: int) -> list[list[str]]:
        """Ids by cover."""
        order = np.argsort(owner, kind="stable")
        return _cut(owner[order], self._names[number[order]].tolist(), count)

    def _numbered(self, labels: list[Labels]) -> Columns:
        """Unit numbers of every commune, shape (5, communes): EPT, EPCI, département, région, FR."""
        offsets = np.cumsum([0, *(len(column.codes) for column in labels)])[:-1]
        pairs = zip(labels, offsets, strict=True)
        found = [np.where(column.values < 0, self._count, column.values + first) for column, first in pairs]
        columns = np.stack([*found, np.full(len(self._communes), self._count - 1)]).astype(np.intp)
        columns[:, self._communes.is_arrondissement] = self._count
        return columns


def _joined(lists: Sequence[Rows]) -> tuple[Rows, Rows]:
    """Rows end to end, and which list each comes from."""
    return np.concatenate(lists), np.repeat(np.arange(len(lists)), [len(rows) for rows in lists])


def _cut(owner: Rows, values: list[T], count: int) -> list[list[T]]:
    """Values, sorted by owner, as one list an owner."""
    cuts = owner.searchsorted(np.arange(count + 1)).tolist()
    return [values[start:end] for start, end in pairwise(cuts)]
