"""Where the fictitious suppliers sit: real communes of the gazetteer, invented streets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.demo.dice import Deck, Dice, Weighted
from vivier.identity import fold
from vivier.model import Address
from vivier.model.place import Point, Precision
from vivier.territory import Gazetteer

COLLECTIVITIES = ("975", "977", "978", "986", "987", "988")
SMALL = "small overseas collectivities"
DECK = 500
RURAL_SHARE = 0.25
"""Share of suppliers spread evenly over départements: inclusive structures are everywhere, whatever the population."""
MERIDIAN = 240
"""One supplier in this many has its seat at longitude exactly 0, in a commune that the Greenwich meridian crosses."""
MERIDIAN_DEGREES = 0.008

PRECISIONS: Weighted[Precision] = Weighted({"address": 55, "street": 14, "commune": 19, "unknown": 12})
HALL_DEGREES = 0.15
JITTER_DEGREES = {"address": 0.008, "street": 0.006}

WAYS = ("rue", "rue", "rue", "avenue", "chemin", "route", "impasse", "allée", "place", "boulevard")
STREETS = (
    "des Tilleuls", "des Acacias", "du Moulin", "de la Fontaine", "des Artisans", "du Lavoir", "des Cerisiers",
    "de la Gare", "des Peupliers", "du Vieux Puits", "de l'Industrie", "des Primevères", "du Champ Rond", "des Ateliers",
    "de la Scierie", "des Genêts", "du Four à Chaux", "des Trois Ormes", "de la Tuilerie", "des Bleuets", "du Pré Long",
    "des Alouettes", "de la Corderie", "des Vanniers", "du Pont Neuf", "des Coquelicots", "de la Briqueterie",
    "des Forgerons", "du Petit Bois", "des Mésanges", "de la Filature", "des Châtaigniers", "du Belvédère",
    "des Tanneurs", "de la Source", "des Églantiers", "du Canal", "des Tisserands", "de la Prairie", "des Saules",
)  # fmt: skip
ZONES = ("ZA", "ZI", "Parc d'activités")


@dataclass(frozen=True)
class Seat:
    """A drawn seat: ``row`` of the gazetteer's communes (an arrondissement's where there are), address as published."""

    row: int
    departement: str
    town: str
    address: Address


class Places:
    """Draws seats: départements by population and rural presence, communes by population."""

    def __init__(self, gazetteer: Gazetteer, dice: Dice) -> None:
        self._communes = gazetteer.communes
        self._dice = dice
        self._deck = Deck(dice, self._departement_cards())
        self._rows: dict[str, Weighted[int]] = {}
        self._parts = self._arrondissements()
        self._meridian = self._on_the_meridian()

    def draw(self, number: int) -> Seat:
        """The seat of supplier ``number`` (from 0)."""
        if number % MERIDIAN == MERIDIAN // 2:
            row = self._dice.pick(self._meridian)
            return self._seat(row, Point(lon=0.0, lat=round(float(self._communes.lat[row]), 5)), "address")
        departement = self._deck.deal()
        return self.draw_in(self._dice.pick(COLLECTIVITIES) if departement == SMALL else departement)

    def draw_in(self, departement: str) -> Seat:
        """A seat in a département, its commune drawn by population."""
        row = self._dice.weighted(self._weights(departement))
        row = self._dice.weighted(self._parts[row]) if row in self._parts else row
        precision = self._dice.weighted(PRECISIONS)
        return self._seat(row, self._point(row, precision), precision)

    def _seat(self, row: int, point: Point | None, precision: Precision) -> Seat:
        communes = self._communes
        parent = int(communes.parent[row]) if communes.is_arrondissement[row] else row
        town = communes.names[parent]
        departement = communes.departement.codes[communes.departement.values[row]]
        if point is None and self._dice.chance(0.08):
            return Seat(row, departement, town, Address())
        return Seat(row, departement, town, self._address(row, parent, point, precision))

    def _address(self, row: int, parent: int, point: Point | None, precision: Precision) -> Address:
        communes, dice = self._communes, self._dice
        coded = dice.chance(0.85)  # without a code, the indexer finds the commune by post code and town
        return Address(
            line=self._line(precision),
            post_code=dice.pick(communes.postcodes[row].split() or ("",)) or None,
            town=_capitals(communes.names[parent]) if dice.chance(0.25) else communes.names[parent],
            commune=communes.codes[parent] if coded else None,
            arrondissement=communes.codes[row] if coded and row != parent else None,
            point=point,
            precision=precision if point is not None else "unknown",
        )

    def _line(self, precision: Precision) -> str | None:
        dice = self._dice
        if precision in ("commune", "unknown") and dice.chance(0.3):
            return None
        if dice.chance(0.08):
            return f"{dice.pick(ZONES)} {dice.pick(STREETS)}"
        number = "" if precision == "street" else f"{dice.between(1, 98)} "
        return f"{number}{dice.pick(WAYS)} {dice.pick(STREETS)}"

    def _point(self, row: int, precision: Precision) -> Point | None:
        """Near the town hall for an address or a street, the reference point itself for a commune."""
        communes = self._communes
        if precision == "unknown" or not communes.has_point[row]:
            return None
        lon, lat = float(communes.lon[row]), float(communes.lat[row])
        if precision == "commune":
            return Point(lon=lon, lat=lat)
        hall_lon, hall_lat = float(communes.hall_lon[row]), float(communes.hall_lat[row])
        # Some town halls of the table lost the sign of their longitude (Carnac) or are elsewhere (Gex); NaN is not near.
        if abs(hall_lon - lon) < HALL_DEGREES and abs(hall_lat - lat) < HALL_DEGREES:
            lon, lat = hall_lon, hall_lat
        reach = JITTER_DEGREES[precision]
        return Point(lon=round(lon + reach * self._dice.spread(), 5), lat=round(lat + reach * self._dice.spread(), 5))

    # -- tables ----------------------------------------------------------------------------------------------------

    def _departement_cards(self) -> dict[str, int]:
        communes = self._communes
        known = [
            code for code in communes.departement.codes if not code.startswith("98") and code not in COLLECTIVITIES
        ]
        people = {code: float(communes.weight[self._seats(code)].sum()) for code in known}
        whole = sum(people.values())
        share = {code: (1 - RURAL_SHARE) * people[code] / whole + RURAL_SHARE / len(known) for code in known}
        return {code: max(1, round(DECK * part)) for code, part in share.items()} | {SMALL: 2}

    def _seats(self, departement: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        rows = self._communes.departement.rows(departement)
        return rows[~self._communes.is_arrondissement[rows]]

    def _weights(self, departement: str) -> Weighted[int]:
        if departement not in self._rows:
            rows = self._seats(departement)
            self._rows[departement] = Weighted(
                dict(zip(rows.tolist(), self._communes.weight[rows].tolist(), strict=True))
            )
        return self._rows[departement]

    def _arrondissements(self) -> dict[int, Weighted[int]]:
        communes = self._communes
        found: dict[int, dict[int, float]] = {}
        for row in np.flatnonzero(communes.is_arrondissement).tolist():
            found.setdefault(int(communes.parent[row]), {})[row] = float(communes.weight[row])
        return {parent: Weighted(weights) for parent, weights in found.items()}

    def _on_the_meridian(self) -> list[int]:
        near = (np.abs(self._communes.lon) < MERIDIAN_DEGREES) & ~self._communes.is_arrondissement
        return [int(row) for row in np.flatnonzero(near)]


@lru_cache(maxsize=8192)
def _capitals(town: str) -> str:
    """A name as postal files write it: « SAINT ETIENNE »."""
    return fold(town)
