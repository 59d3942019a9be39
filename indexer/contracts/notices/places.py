"""Finds where a notice is: the départements of its NUTS codes or those its journal names, and the seat of its buyer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vivier.contracts.buyers import BuyerSeat, read_siren
from vivier.identity import fold
from vivier.model import Address, BuyerPlace, Notice, Organisation
from vivier.territory import Gazetteer
from vivier.territory.address import resolve_address
from vivier.territory.nuts import nuts_departements
from vivier.territory.titles import commune_in_title, commune_named

FRANCE: Final = "FR"
_LOCAL: Final = re.compile(
    r"^(?:(?:LA )?(?:COMMUNE|VILLE|MAIRIE)|COMMUNAUTE|COM COM|C[ACU]|(?:CONSEIL )?DEPARTEMENT(?:AL)? D(?:E|U|ES)?|CONSEIL GENERAL|CCAS)\b"
    r"|\b(?:AGGLOMERATION|METROPOLE)\b"
)
"""The name of a town, of a group of towns or of a county: it buys at home, and announces in the next départements for publicity. Of 3,284
notices of BOAMP that name several, 900 are theirs."""


class NoticePlaces:
    """Reads places, each distinct one once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._seat = lru_cache(maxsize=65_536)(self._read_seat)

    def of(self, notice: Notice) -> tuple[str, ...]:
        """Typed territories of performance: départements, or « FR » when nothing is more precise; none when unknown."""
        if notice.national:
            return (FRANCE,)
        codes = [code for code in notice.nuts if code != FRANCE]
        known = self._gazetteer.names["departement"]
        found = dict.fromkeys(
            departement for code in codes for departement in nuts_departements().get(code, ()) if departement in known
        )
        found = found or dict.fromkeys(
            departement for departement in map(_padded, notice.departements) if departement in known
        )
        if len(found) > 1 and not codes and notice.source == "boamp" and _LOCAL.search(fold(notice.buyer.name or "")):
            own = _of_post_code(None if notice.buyer_place is None else notice.buyer_place.post_code)
            found = {own if own in found else next(iter(found)): None}
        if found:
            return self._widest(tuple(found))
        return (FRANCE,) if FRANCE in notice.nuts else ()

    def in_title(self, notice: Notice, places: tuple[str, ...], seat: BuyerSeat) -> str | None:
        """The commune that the title names, for a notice whose field says the whole country, or départements of which it is one. A place is then
        known better than by the seat of a buyer: that of a council may be an hour away."""
        if places == (FRANCE,):
            return commune_in_title(notice.title, self._gazetteer)
        departements = {id_.removeprefix("departement:") for id_ in places if id_.startswith("departement:")}
        found = commune_named(notice.title, departements, self._gazetteer) if departements else None
        return None if found == seat.seat else found

    def _widest(self, departements: tuple[str, ...]) -> tuple[str, ...]:
        """The région when every one of its départements is named, else the départements."""
        ids = [f"departement:{code}" for code in departements]
        regions = {
            ancestor for id_ in ids for ancestor in self._gazetteer.ancestors(id_) if ancestor.startswith("region")
        }
        if len(regions) == 1 and len(ids) > 1:
            region = next(iter(regions))
            all_ = {
                f"departement:{code}"
                for code in self._gazetteer.names["departement"]
                if region in self._gazetteer.ancestors(f"departement:{code}")
            }
            if all_ <= set(ids):
                return (region,)
        return tuple(ids)

    def seat(self, buyer: Organisation, place: BuyerPlace | None) -> BuyerSeat:
        """Category, seat and implied name of the buyer. Its address gives the seat more precisely than its SIREN."""
        address = (place.post_code, place.town) if place is not None else (None, None)
        return self._seat(buyer.siren, *address)

    def _read_seat(self, siren: str | None, post_code: str | None, town: str | None) -> BuyerSeat:
        implied = read_siren(siren, self._gazetteer) if siren is not None else BuyerSeat("autre", None, None)
        if implied.seat is not None and not implied.seat.startswith("departement"):
            return implied
        resolved, _ = resolve_address(Address(post_code=post_code, town=town), self._gazetteer)
        if resolved.commune is not None:
            return BuyerSeat(implied.category, f"commune:{resolved.commune}", implied.name)
        code = _of_post_code(post_code)
        if implied.seat is None and code in self._gazetteer.names["departement"]:
            return BuyerSeat(implied.category, f"departement:{code}", implied.name)
        return implied


def _of_post_code(post_code: str | None) -> str:
    digits = "".join((post_code or "").split())
    if len(digits) != 5 or not digits.isdigit():
        return ""
    if digits.startswith("20"):
        return "2A" if digits < "20200" else "2B"
    return digits[:3] if digits.startswith("97") else digits[:2]


def _padded(code: str) -> str:
    """The code of a département as BOAMP writes it, completed: « 6 » is 06 and « 20A » is 2A."""
    code = code.strip().upper().rjust(2, "0")
    return code.replace("20", "2", 1) if code in ("20A", "20B") else code


def everywhere(gazetteer: Gazetteer) -> tuple[str, ...]:
    """Every département and région: a national purchase is found by each of them."""
    levels = (f"{level}:{code}" for level in ("departement", "region") for code in gazetteer.names[level])
    return (FRANCE, *levels)
