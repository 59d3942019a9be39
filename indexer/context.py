"""Applies what registers say around suppliers: to records before they are merged, to suppliers after.

Before: a closed SIRET with an open successor is replaced by the successor's (chains are followed, a circle is not), and
stays an identifier. An address without a point takes the geocoder's, with its score. After: see
:mod:`indexer.stock`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import shapely
from shapely.geometry import shape

from indexer.aside import SetAside, unreadable_context, without_odd
from vivier.model import Address, Provenance, Record
from vivier.model.base import Model
from vivier.model.context import Area, Establishment, Located
from vivier.runs.context import CARDS, address_key, context_statistics, read_facts
from vivier.runs.records import RunStatistics
from vivier.territory import Gazetteer
from vivier.territory.address import resolve_address


class Areas:
    """Communes by area code, and the contours of the QPV."""

    def __init__(self, areas: Iterable[Area], gazetteer: Gazetteer) -> None:
        listed = list(areas)
        self._communes = {area.zone: _of_today(area, gazetteer) for area in listed if area.communes}
        contours = [shape(area.contour) for area in listed if area.contour is not None]
        self._tree = shapely.STRtree(contours) if contours else None

    @property
    def known(self) -> bool:
        """Whether any area was read."""
        return bool(self._communes) or self._tree is not None

    def of(self, address: Address) -> tuple[str, ...]:
        """Codes of the areas the seat is in, sorted. A point that is not that of the address proves nothing about a QPV."""
        found = {zone for zone, communes in self._communes.items() if address.commune in communes}
        if self._tree is not None and address.point is not None and address.precision == "address":
            point = shapely.Point(address.point.lon, address.point.lat)
            found |= {"qpv"} if len(self._tree.query(point, predicate="intersects")) else set()
        return tuple(sorted(found))


def _of_today(area: Area, gazetteer: Gazetteer) -> frozenset[str]:
    """Communes of today that are wholly in the area. A commune born of communes in and out of the list is only partly
    in the area, hence left out."""
    inside, outside = (
        {gazetteer.successors.get(code, code) for code in codes} for codes in (area.communes, area.outside)
    )
    return frozenset(inside - outside)


Issues = tuple[str, ...]
F = TypeVar("F", bound=Model)


class Context:
    """The contexts in force, read once; empty when there is none. ``statistics`` gives their reports, by name. Lines that cannot be read
    are added to ``left_out``, and so are areas whose contour cannot be drawn."""

    def __init__(self, folder: Path | None, gazetteer: Gazetteer, left_out: SetAside | None = None) -> None:
        self.gazetteer = gazetteer
        self.statistics: dict[str, RunStatistics] = {} if folder is None else context_statistics(folder)
        self.establishments: dict[str, Establishment] = {}
        self._located: dict[str, Located] = {}
        self.areas = Areas((), gazetteer)
        self._left = SetAside() if left_out is None else left_out
        if folder is not None:
            self.establishments = {fact.siret: fact for fact in self._facts(folder, "sirene", Establishment)}
            self._located = {fact.key: fact for fact in self._facts(folder, "ban", Located)}
            self.areas, odd = without_odd(
                self._facts(folder, "zones", Area),
                lambda some: Areas(some, gazetteer),
                lambda area: f"contexte zones, {area.zone} {area.code or area.name or ''}".strip(),
            )
            self._left.add(odd, self._count("zones"), "contexte zones")

    def _facts(self, folder: Path, name: str, kind: type[F]) -> Iterator[F]:
        return read_facts(folder, name, kind, unreadable_context(name, self._left, self._count(name)))

    def _count(self, name: str) -> int:
        """How many facts a context announces."""
        return self.statistics[name].kept if name in self.statistics else 0

    def provenance(self, name: str, url: str | None = None) -> Provenance:
        """The provenance of a fact of a context in force."""
        card, report = CARDS[name], self.statistics[name]
        return Provenance(
            source_id=name,
            producer=card.producer,
            dataset=card.dataset,
            licence=card.licence,
            url=url,
            fetched_at=report.started_at,
        )

    def succeeded(self, record: Record) -> tuple[Record, Issues]:
        """The record under the SIRET of its open successor, when its own SIRET is closed."""
        successor = self._successor(record.siret)
        if successor is None or record.siret is None:
            return record, ()
        former = (*record.former_sirets, record.siret)
        changed = {"siret": successor, "siren": successor[:9], "former_sirets": former}
        return record.model_copy(update=changed), ("siret_replaced",)

    def _successor(self, siret: str | None) -> str | None:
        passed: set[str] = set()
        while siret is not None and siret not in passed:
            fact = self.establishments.get(siret)
            if fact is None or not fact.closed:
                return siret if passed and fact is not None and fact.closed is False else None
            passed.add(siret)
            siret = fact.successor
        return None

    def placed(self, address: Address) -> tuple[Address, Issues]:
        """The address with its commune, and with the geocoder's point when its source gives none."""
        own = resolve_address(address, self.gazetteer)
        if address.point is not None and own[0].precision != "commune":
            return own
        key = address_key(address) if self._located else None
        found = self._located.get(key) if key is not None else None
        if found is None or (own[0].commune is not None and found.commune not in (None, own[0].commune)):
            return own
        point = {"point": found.point, "precision": found.precision}
        placed, issues = resolve_address(address.model_copy(update=point), self.gazetteer)
        if placed.point != found.point:
            return own
        doubts = tuple(issue for issue in own[1] if issue not in issues)
        return placed.model_copy(update={"score": found.score}), (*issues, *doubts, "point_from_ban")
