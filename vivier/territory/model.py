"""A territory is a kind and a code, never a bare code (84 is Vaucluse and Auvergne-Rhône-Alpes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["commune", "arrondissement", "epci", "departement", "region", "country"]

KINDS: tuple[Kind, ...] = ("commune", "arrondissement", "epci", "departement", "region", "country")
KIND_LABELS: dict[Kind, str] = {
    "commune": "commune",
    "arrondissement": "arrondissement municipal",
    "epci": "intercommunalité",
    "departement": "département",
    "region": "région",
    "country": "pays",
}
PREFIXES: dict[str, Kind] = {
    "com": "commune",
    "arr": "arrondissement",
    "dep": "departement",
    "reg": "region",
    **{kind: kind for kind in KINDS},
}
FRANCE = "FR"
FAR_LARGER = 8
"""How many times more inhabitants than any other place that the same words may mean makes one of them the one meant."""


@dataclass(frozen=True)
class Territory:
    """One territory of the vintage 2026.

    ``id``: long typed id (``commune:69123``, ``FR``). ``population``: inhabitants, None when unknown.
    ``lon``, ``lat``: reference point in degrees (communes and arrondissements), None elsewhere or when unknown.
    ``departement``: code, None when the territory lies in several. ``parents``: ids that contain it, nearest first.
    """

    id: str
    kind: Kind
    code: str
    name: str
    population: int | None
    lon: float | None
    lat: float | None
    departement: str | None
    parents: tuple[str, ...]

    @property
    def people(self) -> int:
        """Its inhabitants; 0 when nobody counted them."""
        return self.population or 0


def outweighs(people: int, others: Iterable[int]) -> bool:
    """Whether a place of so many inhabitants is the one that a name means, among others that it may mean."""
    return people >= FAR_LARGER * max((*others, 1))


def namesake(towns: Sequence[Territory]) -> Territory | None:
    """Of several communes that a name means as well, the one that outweighs the others; ``None`` when none does."""
    if len(towns) < 2 or any(town.kind != "commune" for town in towns):
        return None
    first, *others = sorted(towns, key=lambda town: -town.people)
    return first if outweighs(first.people, (town.people for town in others)) else None


@dataclass(frozen=True)
class OldRegion:
    """A région before 1 January 2016: its name, the région of today that took it in, its départements."""

    code: str
    name: str
    region: str
    departements: tuple[str, ...]


@dataclass(frozen=True)
class Collectivity:
    """A département or a région as a legal person, or a commune or an EPCI that was one: category of buyer, full name, typed
    territory of its seat."""

    category: str
    name: str
    seat: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Collectivity:
        """The collectivity of a row of ``collectivites.csv``."""
        return cls(row["category"], row["name"], row["seat"])


def typed_id(kind: Kind, code: str) -> str:
    return FRANCE if kind == "country" else f"{kind}:{code}"
