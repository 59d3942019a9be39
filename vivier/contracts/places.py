"""Reads the place of performance of a contract: a code whose declared type may be wrong
(docs/contracts.md, « Place of performance »)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vivier.model import DeclaredPlace
from vivier.territory import Gazetteer
from vivier.territory.names import place_names


@dataclass(frozen=True)
class Placed:
    """A typed territory id, ``None`` when unresolved or abroad, and the issues met: ``place_type_suspect``,
    ``place_unresolved``, ``place_abroad``, ``place_missing``."""

    id: str | None
    issues: tuple[str, ...] = ()


_MISSING: Final = Placed(None, ("place_missing",))
_UNRESOLVED: Final = Placed(None, ("place_unresolved",))


class PlaceReader:
    """Reads declared places, each distinct place once. ``seat``, the typed id of the buyer's seat, decides between the two
    readings of a code."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names = place_names(gazetteer)
        self._known = lru_cache(maxsize=65_536)(self._read)

    def read(self, place: DeclaredPlace | None, seat: str | None = None) -> Placed:
        """The territory a declared place names."""
        if place is None or place.code is None:
            return _MISSING
        return self._known(place.code, place.code_type, seat)

    def _read(self, written: str, code_type: str | None, seat: str | None) -> Placed:
        code = written.strip().upper().replace(" ", "")
        match code_type:
            case "post_code" | "commune":
                return self._municipal(code, seat, is_postal=code_type == "post_code")
            case "departement":
                return self._departement(code)
            case "region":
                return Placed(f"region:{code}") if code in self._gazetteer.names["region"] else _UNRESOLVED
            case "arrondissement" | "canton":
                return self._departement(code[:3] if code.startswith("97") else code[:2])
            case "country":
                return _country(code)
        return self._municipal(code, seat, is_postal=True) if len(code) == 5 else _UNRESOLVED

    def _departement(self, code: str) -> Placed:
        padded = code.lstrip("0") if len(code) == 3 and not code.startswith("97") else code
        padded = padded.rjust(2, "0")
        return Placed(f"departement:{padded}") if padded in self._gazetteer.names["departement"] else _UNRESOLVED

    def _municipal(self, code: str, seat: str | None, *, is_postal: bool) -> Placed:
        """A post code or an INSEE code: as declared when it exists so, else read the other way; so too when that reading alone is near the
        buyer (62220 declared as the INSEE code of Carency is the post code of Carvin, whose town hall buys).

        A post code that is in no list and is an INSEE code is one only when that commune is the buyer's or of its EPCI
        (44195, CC Estuaire et Sillon); else it is a CEDEX (33311, Arcachon), which gives the département only.
        """
        code = code.rjust(5, "0") if code.isdigit() else code
        by_code, by_post = self._by_insee(code), self._by_post_code(code)
        declared, other = (by_post, by_code) if is_postal else (by_code, by_post)
        if declared is not None and not (other is not None and self._only_near(other, declared, seat)):
            return Placed(declared)
        if other is not None and (not is_postal or self._near(other, seat)):
            return Placed(other, ("place_type_suspect",))
        departements = self._names.departements_of(code) if len(code) == 5 else frozenset[str]()
        if len(departements) != 1:
            return _UNRESOLVED
        return Placed(f"departement:{next(iter(departements))}", ("place_type_suspect",) if by_code is not None else ())

    def _only_near(self, left: str, right: str, seat: str | None) -> bool:
        """Whether the first of two readings lies near the seat of the buyer and the second does not."""
        return self._near(left, seat) and not self._near(right, seat)

    def _near(self, id_: str, seat: str | None) -> bool:
        """Whether a territory is in the commune or the EPCI of the buyer."""
        if seat is None:
            return False
        gazetteer = self._gazetteer
        own = {ancestor for ancestor in gazetteer.ancestors(seat) if ancestor.startswith(("commune", "epci"))}
        return not own.isdisjoint(gazetteer.ancestors(id_))

    def _by_insee(self, code: str) -> str | None:
        gazetteer = self._gazetteer
        if code in gazetteer.names["arrondissement"]:
            return f"arrondissement:{code}"
        known = code if code in gazetteer.names["commune"] else gazetteer.successors.get(code)
        return f"commune:{known}" if known in gazetteer.names["commune"] else None

    def _by_post_code(self, code: str) -> str | None:
        """The commune of a post code that serves a single commune, else the smallest territory that contains all its communes."""
        rows = self._names.by_post_code.get(code, ())
        communes = self._gazetteer.communes
        if len(rows) == 1:
            kind = "arrondissement" if communes.is_arrondissement[rows[0]] else "commune"
            return f"{kind}:{communes.codes[rows[0]]}"
        for level, column in (("epci", communes.epci), ("departement", communes.departement)):
            found = {column.at(row) for row in rows}
            if len(found) == 1 and None not in found:
                return f"{level}:{found.pop()}"
        return None


def _country(code: str) -> Placed:
    if code in ("FR", "FRA", "FRANCE", "99100", "100"):
        return Placed("FR")
    return Placed(None, ("place_abroad",))
