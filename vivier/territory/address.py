"""Finds the commune of a postal address when records are imported: what a published address means, and what is wrong
with it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import shapely

from vivier.model.place import Address, Point
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.names import PlaceNames, arrondissement_code, place_key, place_names, split_arrondissement

Step = Literal["code", "post_code_and_name", "name", "former_name", "usual_name", "post_code", "point", "unresolved"]
Issues = tuple[str, ...]

FAR_KM = 30.0  # measured, point against commune: median 1.5 km, p95 4.6 km; communes of Guyane go beyond
TOLERANCE_DEGREES = 0.02  # about 2 km: contours are simplified and shores are jagged
NULL_ISLAND_DEGREES = 0.01
SHORTEST_NAME = 4  # a shorter one (LE, BU) would begin too many others
# (west, south, east, north): metropolitan France with Corsica, then each overseas land.
BOXES = (
    (-5.6, 41.2, 9.8, 51.3),
    (-61.9, 15.7, -60.9, 16.6),  # Guadeloupe
    (-61.4, 14.3, -60.7, 15.0),  # Martinique
    (-54.8, 2.0, -51.4, 6.1),  # Guyane
    (55.1, -21.5, 55.9, -20.8),  # La Réunion
    (44.9, -13.1, 45.4, -12.5),  # Mayotte
    (-56.6, 46.6, -56.0, 47.2),  # Saint-Pierre-et-Miquelon
    (-63.3, 17.7, -62.7, 18.2),  # Saint-Martin, Saint-Barthélemy
    (-178.5, -14.6, -175.9, -13.0),  # Wallis et Futuna
    (-155.0, -28.0, -134.0, -7.5),  # Polynésie française
    (157.9, -23.0, 172.2, -17.9),  # Nouvelle-Calédonie
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address is: a row of ``gazetteer.communes`` (of the arrondissement when it is known) or None, and the
    step that found it."""

    row: int | None
    step: Step
    issues: Issues = ()


@dataclass(frozen=True, slots=True)
class _CleanAddress:
    """An address whose texts were normalised: ``key`` is the town without the ``number`` of its arrondissement."""

    code: str
    post_code: str
    key: str
    number: int | None
    departements: frozenset[str]
    point: Point | None
    issues: Issues


def resolve_address(address: Address, gazetteer: Gazetteer) -> tuple[Address, Issues]:
    """The address with its commune, arrondissement and point, and the issues met, in the order they were met.

    Order (docs/methods.md, « Commune of an address »): INSEE code given → (post code, name) → name in the département → delegated,
    associated, former or usual name → post code of a single commune → nearest commune of the point → unresolved, kept and flagged.
    An address once resolved comes back the same, with no issue.

    Issues about the commune: ``commune_code_zero_restored``, ``commune_code_replaced`` (old code, successor taken),
    ``commune_code_unknown`` (passed over), ``commune_code_postcode_conflict`` (code kept), ``post_code_zero_restored``,
    ``post_code_missing``, ``post_code_invalid`` (no French département), ``post_code_not_listed`` (CEDEX, special),
    ``post_code_mismatch`` (of other communes of the département: the name is kept), ``town_former_name``,
    ``town_usual_name``, ``arrondissement_postcode_conflict`` (post code kept), ``town_unknown``, ``town_missing``,
    ``town_ambiguous``, ``town_postcode_conflict`` (the town is in another département: the post code wins, the point
    is dropped), ``commune_from_post_code``, ``commune_from_point``, ``commune_unresolved``.
    Issues about the point: ``point_null_island``, ``point_swapped`` (repaired), ``point_out_of_territory``,
    ``point_far_from_commune``: dropped but for the swapped one. A point missing or dropped gives way to the reference
    point of the commune, precision ``commune``. A town that is not written is named after the commune found.
    """
    point, point_issues = check_point(address.point)
    found = locate(address, gazetteer, point)
    issues = found.issues + point_issues
    if "town_postcode_conflict" in issues:
        point = None
    elif found.row is not None and point is not None and _is_far(gazetteer, found.row, point):
        point, issues = None, (*issues, "point_far_from_commune")
    placed = _at(address, gazetteer, found.row, point)
    if found.row is not None and not address.town:
        placed["town"] = gazetteer.communes.names[found.row]
    if "post_code_zero_restored" in issues:
        placed["post_code"] = _five(address.post_code or "", "post_code")[0]
    return address.changed(**placed), issues


def departement_of(address: Address, gazetteer: Gazetteer) -> str | None:
    """Code of the département of an address, even when its commune is unknown (from its post code); None when unsure."""
    names = place_names(gazetteer)
    row = gazetteer.communes.index.get(address.commune or "")
    if row is not None:
        return names.departements[row]
    found = names.departements_of(_five(address.post_code or "", "post_code")[0])
    return next(iter(found)) if len(found) == 1 else None


def locate(address: Address, gazetteer: Gazetteer, point: Point | None) -> Found:
    """The row that an address leads to, and the step that found it. ``point`` is the address's own, already checked."""
    names = place_names(gazetteer)
    cleaned = _cleaned(address, names, point)
    found = _by_code(cleaned, gazetteer, names) or _by_place(cleaned, names) or _by_rest(cleaned, gazetteer, names)
    return Found(found.row, found.step, cleaned.issues + found.issues)


# -- the point ---------------------------------------------------------------------------------------------------------


def check_point(point: Point | None) -> tuple[Point | None, Issues]:
    """A point in French territory, repaired when longitude and latitude were swapped, None otherwise, and the issue."""
    if point is None:
        return None, ()
    if abs(point.lon) < NULL_ISLAND_DEGREES and abs(point.lat) < NULL_ISLAND_DEGREES:
        return None, ("point_null_island",)
    if in_france(point.lon, point.lat):
        return point, ()
    if in_france(point.lat, point.lon):
        return Point(lon=point.lat, lat=point.lon), ("point_swapped",)
    return None, ("point_out_of_territory",)


def in_france(lon: float, lat: float) -> bool:
    """Whether a WGS84 pair falls in the box of a French territory. (0, 0) does not; longitude 0 with a latitude does."""
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in BOXES)


def _is_far(gazetteer: Gazetteer, row: int, point: Point) -> bool:
    """Whether the point is beyond 30 km of the commune's reference point and outside its département (the communes of
    Guyane are huge)."""
    lon, lat = float(gazetteer.communes.lon[row]), float(gazetteer.communes.lat[row])
    if math.isnan(lon) or _km(point, lon, lat) <= FAR_KM:
        return False
    contour = gazetteer.contour(f"departement:{gazetteer.communes.departement.at(row)}")
    return contour is None or bool(shapely.distance(contour, shapely.Point(point.lon, point.lat)) > TOLERANCE_DEGREES)


def _km(point: Point, lon: float, lat: float) -> float:
    """Equirectangular distance in km: within 0.1 % of the great circle at 30 km, and four times quicker."""
    east = math.radians(point.lon - lon) * math.cos(math.radians((point.lat + lat) / 2))
    return 6371.0088 * math.hypot(east, math.radians(point.lat - lat))


def _at(address: Address, gazetteer: Gazetteer, row: int | None, point: Point | None) -> dict[str, object]:
    communes = gazetteer.communes
    if row is None:
        return _placed(address, None, None, point)
    parent = int(communes.parent[row]) if communes.is_arrondissement[row] else row
    arrondissement = communes.codes[row] if parent != row else None
    if point is not None:
        return _placed(address, communes.codes[parent], arrondissement, point)
    placed = _placed(address, communes.codes[parent], arrondissement, None)
    if communes.has_point[row]:
        placed["point"] = Point(lon=float(communes.lon[row]), lat=float(communes.lat[row]))
        placed["precision"] = "commune"
    return placed


def _placed(
    address: Address, commune: str | None, arrondissement: str | None, point: Point | None
) -> dict[str, object]:
    precision = address.precision if point is not None else "unknown"
    return {"commune": commune, "arrondissement": arrondissement, "point": point, "precision": precision}


# -- the commune -------------------------------------------------------------------------------------------------------


def _cleaned(address: Address, names: PlaceNames, point: Point | None) -> _CleanAddress:
    code, code_issues = _five(address.arrondissement or address.commune or "", "commune_code")
    post_code, post_code_issues = _five(address.post_code or "", "post_code")
    departements = names.departements_of(post_code) if post_code else frozenset[str]()
    if not code and not departements:
        post_code_issues += ("post_code_invalid" if post_code else "post_code_missing",)
    key, number, _ = split_arrondissement(place_key(address.town or ""))
    return _CleanAddress(code, post_code, key, number, departements, point, code_issues + post_code_issues)


@lru_cache(maxsize=1 << 16)
def _five(code: str, what: str) -> tuple[str, Issues]:
    """A code of five characters: spaces are removed, and the zero that a spreadsheet removed is put back."""
    code = re.sub(r"^(?:FR?)?[ -]*(?=\d)|[ -]", "", code.upper())
    return ("0" + code, (f"{what}_zero_restored",)) if re.fullmatch(r"[1-9]\d{3}", code) else (code, ())


def _by_code(cleaned: _CleanAddress, gazetteer: Gazetteer, names: PlaceNames) -> Found | None:
    if not cleaned.code:
        return None
    code = gazetteer.successors.get(cleaned.code, cleaned.code)
    row = gazetteer.communes.index.get(code)
    if row is None:
        rest = _by_place(cleaned, names) or _by_rest(cleaned, gazetteer, names)
        return Found(rest.row, rest.step, ("commune_code_unknown", *rest.issues))
    issues: Issues = ("commune_code_replaced",) if code != cleaned.code else ()
    if cleaned.departements and names.departements[row] not in cleaned.departements:
        issues += ("commune_code_postcode_conflict",)
    return Found(_divided(cleaned, gazetteer, names, row), "code", issues)


def _divided(cleaned: _CleanAddress, gazetteer: Gazetteer, names: PlaceNames, row: int) -> int:
    """In Paris, Lyon and Marseille, the arrondissement given by the number of the town or by the post code."""
    inside = [cleaned.post_code] if cleaned.post_code in gazetteer.communes.postcodes[row].split() else []
    for other in [found for code in inside for found in names.by_post_code[code]]:
        if gazetteer.communes.parent[other] == row and gazetteer.communes.is_arrondissement[other]:
            return other
    return _numbered(cleaned, names, row)


def _numbered(cleaned: _CleanAddress, names: PlaceNames, row: int) -> int:
    if cleaned.number is None or names.keys[row] not in ("PARIS", "LYON", "MARSEILLE"):
        return row
    return names.gazetteer.communes.index[arrondissement_code(names.keys[row], cleaned.number)]


def _by_place(cleaned: _CleanAddress, names: PlaceNames) -> Found | None:
    """The commune that a post code and a town name give together, the surest way first."""
    if not cleaned.key or not cleaned.departements:
        return None
    row = names.by_post_code_and_name.get((cleaned.post_code, cleaned.key))
    if row is not None:
        return Found(row, "post_code_and_name", _numbers_differ(cleaned, names, row))
    served = names.by_post_code.get(cleaned.post_code, ())
    issues = ("post_code_mismatch",) if served else ("post_code_not_listed",)
    former = _scoped(names.former_by_departement, cleaned)
    both = former.intersection(served)
    if len(both) == 1:
        return _former(cleaned, names, both.pop(), ())
    current = _scoped(names.by_departement, cleaned)
    if len(current) == 1:
        return Found(_numbered(cleaned, names, current.pop()), "name", issues)
    if len(former) == 1:
        return _former(cleaned, names, former.pop(), issues)
    return _by_usual_name(cleaned, names, served)


def _numbers_differ(cleaned: _CleanAddress, names: PlaceNames, row: int) -> Issues:
    """An issue when the number contradicts the post code: « 75011 Paris 12e ». The post code is kept."""
    number = split_arrondissement(names.keys[row])[1]
    return ("arrondissement_postcode_conflict",) if cleaned.number is not None and cleaned.number != number else ()


def _scoped(index: dict[tuple[str, str], tuple[int, ...]], cleaned: _CleanAddress) -> set[int]:
    return {row for departement in cleaned.departements for row in index.get((departement, cleaned.key), ())}


def _former(cleaned: _CleanAddress, names: PlaceNames, row: int, issues: Issues) -> Found:
    usual = (cleaned.key, row) in names.usual
    return Found(row, "usual_name" if usual else "former_name", (f"town_{_word(usual)}_name", *issues))


def _word(usual: bool) -> str:
    return "usual" if usual else "former"


def _by_usual_name(cleaned: _CleanAddress, names: PlaceNames, served: tuple[int, ...]) -> Found | None:
    """The only commune of the post code whose name begins the other name, or is begun by it, in whole words: BERCK SUR
    MER, OISSEL."""
    rows = [row for row in served if _begins(cleaned.key, names.keys[row])]
    return Found(rows[0], "usual_name", ("town_usual_name",)) if len(rows) == 1 else None


def _begins(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return len(short) >= SHORTEST_NAME and short not in ("SAINT", "SAINTE") and long.startswith(f"{short} ")


def _by_rest(cleaned: _CleanAddress, gazetteer: Gazetteer, names: PlaceNames) -> Found:
    """The commune when post code and name agree on none: each is tried alone, then the point."""
    elsewhere = {*names.by_name.get(cleaned.key, ()), *names.former_by_name.get(cleaned.key, ())}
    if not cleaned.departements and len(elsewhere) == 1:
        return Found(_numbered(cleaned, names, elsewhere.pop()), "name")
    issues = (_town_issue(cleaned, elsewhere),)
    served = names.by_post_code.get(cleaned.post_code, ())
    if len(served) == 1:
        return Found(served[0], "post_code", (*issues, "commune_from_post_code"))
    row = None if issues[0] == "town_postcode_conflict" else _by_point(cleaned, gazetteer, elsewhere)
    if row is not None:
        return Found(row, "point", (*issues, "commune_from_point"))
    return Found(None, "unresolved", (*issues, "commune_unresolved"))


def _town_issue(cleaned: _CleanAddress, elsewhere: set[int]) -> str:
    if not cleaned.key:
        return "town_missing"
    if not elsewhere:
        return "town_unknown"
    return "town_postcode_conflict" if cleaned.departements else "town_ambiguous"


def _by_point(cleaned: _CleanAddress, gazetteer: Gazetteer, elsewhere: set[int]) -> int | None:
    """The commune that holds the point, or the nearest within 3 km; never another département than the post code's.

    Without a usable post code, the town's homonyms are the only ones accepted.
    """
    if cleaned.point is None:
        return None
    commune = gazetteer.commune_at(cleaned.point.lon, cleaned.point.lat)
    if commune is None:
        return None
    row = gazetteer.communes.index[commune.code]
    allowed = row in elsewhere if elsewhere and not cleaned.departements else True
    return row if allowed and (not cleaned.departements or commune.departement in cleaned.departements) else None
