"""Communes, former communes, EPCI, départements, régions (vintage 2026 of the découpage administratif)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.tables.authored import COLLECTIVITIES, OLD_REGIONS
from scripts.tables.contours import Shapes
from scripts.tables.fetch import FORMER_COMMUNES, FORMER_EPCI, Packages
from scripts.tables.write import write_csv
from vivier.territory.bodies import of_place

VINTAGE = "2026"
COM_POINTS = Path(__file__).parent / "com_points.csv"
COMMUNE_COLUMNS = (
    *("code_insee", "nom", "type", "commune", "departement", "region", "epci", "ept", "siren", "codes_postaux"),
    *("population", "lon", "lat", "mairie_lon", "mairie_lat"),
)
Row = dict[str, object]


def write_geography(packages: Packages, shapes: Shapes, out: Path) -> dict[str, int]:
    """Write the tables of places; returns rows by file name."""
    items = packages.decoupage_json("communes")
    epci, ept = packages.decoupage_json("epci"), packages.decoupage_json("ept")
    return {
        "communes.csv.gz": write_csv(
            out / "communes.csv.gz", COMMUNE_COLUMNS, _communes(items, _members(epci), _members(ept), shapes)
        ),
        "former_communes.csv.gz": write_csv(
            out / "former_communes.csv.gz", ["code", "nom", "type", "code_actuel", "millesime"], _former(items)
        ),
        "epci.csv.gz": write_csv(
            out / "epci.csv.gz",
            ["siren", "nom", "type", "mode_financement", "population", "nb_communes", "membres"],
            map(_group, epci + ept),
        ),
        "departements.csv": write_csv(
            out / "departements.csv",
            ["code", "nom", "region", "chef_lieu", "zone"],
            (_division(item) | {"region": item["region"]} for item in packages.decoupage_json("departements")),
        ),
        "regions.csv": write_csv(
            out / "regions.csv",
            ["code", "nom", "chef_lieu", "zone"],
            map(_division, packages.decoupage_json("regions")),
        ),
        "collectivites.csv": write_csv(
            out / "collectivites.csv", ["siren", "category", "name", "seat", "source"], _collectivities(packages)
        ),
        "regions_2015.csv": write_csv(
            out / "regions_2015.csv", ["code", "nom", "region", "departements"], _old_regions()
        ),
    }


def _members(groups: list[dict[str, Any]]) -> dict[str, str]:
    return {member["code"]: group["code"] for group in groups for member in group["membres"]}


def _communes(items: list[dict[str, Any]], epci: dict[str, str], ept: dict[str, str], shapes: Shapes) -> Iterator[Row]:
    fallback = _com_points()
    for kind, label in (("commune-actuelle", "commune"), ("arrondissement-municipal", "arrondissement")):
        for item in sorted((item for item in items if item["type"] == kind), key=lambda item: str(item["code"])):
            code = item["code"]
            lon, lat = shapes.points.get(code) or fallback.get(code) or ("", "")
            hall_lon, hall_lat = shapes.town_halls.get(code, ("", ""))
            yield {
                "code_insee": code,
                "nom": item["nom"],
                "type": label,
                "commune": item.get("commune", ""),
                "departement": item.get("departement") or item["collectivite"],
                "region": item.get("region") or item["collectivite"],
                "epci": epci.get(code, ""),
                "ept": ept.get(code, ""),
                "siren": item.get("siren", ""),
                "codes_postaux": " ".join(item.get("codesPostaux", [])),
                "population": item.get("population", ""),
                "lon": lon,
                "lat": lat,
                "mairie_lon": hall_lon,
                "mairie_lat": hall_lat,
            }


def _com_points() -> dict[str, tuple[str, str]]:
    """The main settlement of each overseas collectivity, written by us: no open package has their contours."""
    with COM_POINTS.open(encoding="utf-8", newline="") as stream:
        return {row["code_insee"]: (row["lon"], row["lat"]) for row in csv.DictReader(stream)}


def _former(items: list[dict[str, Any]]) -> Iterator[Row]:
    """Delegated and associated communes, then codes that disappeared without such a commune (the package gives them no name)."""
    kinds = {"commune-deleguee": "deleguee", "commune-associee": "associee"}
    rows = [
        _alias(item["code"], item["nom"], kinds[item["type"]], item["chefLieu"])
        for item in items
        if item["type"] in kinds
    ]
    known = {row["code"] for row in rows}
    for item in items:
        for old in item.get("anciensCodes", []):
            if old not in known:
                rows.append(_alias(old, "", "ancien_code", item["code"]))
    yield from sorted(rows, key=lambda row: (str(row["code"]), str(row["code_actuel"])))


def _alias(code: str, name: str, kind: str, current: str) -> Row:
    return {"code": code, "nom": name, "type": kind, "code_actuel": current, "millesime": VINTAGE}


def _group(item: dict[str, Any]) -> Row:
    return {
        "siren": item["code"],
        "nom": item["nom"],
        "type": item["type"],
        "mode_financement": item["modeFinancement"],
        "population": item["populationMunicipale"],
        "nb_communes": len(item["membres"]),
        "membres": " ".join(member["code"] for member in item["membres"]),
    }


def _division(item: dict[str, Any]) -> Row:
    return {"code": item["code"], "nom": item["nom"], "chef_lieu": item["chefLieu"], "zone": item["zone"]}


OF = {
    "0": "de ",
    "1": "d'",
    "2": "du ",
    "3": "de la ",
    "4": "des ",
    "5": "de l'",
    "6": "des ",
    "7": "de las ",
    "8": "de los ",
}
"""What stands between « Département » and a name, by INSEE's code of link (TNCC)."""


def _collectivities(packages: Packages) -> Iterator[Row]:
    """The départements and régions as legal persons, then the EPCI and communes that were. Paris and the Métropole de Lyon are in the
    tables of communes and EPCI."""
    links = {item["code"]: OF[str(item["typeLiaison"])] for item in packages.decoupage_json("departements")}
    rows: list[Row] = [
        *(_collectivity(row, links[row["Insee"]]) for row in packages.sirens("departements") if row["CATEG"] == "DEPT"),
        *(_collectivity(row, "de ") for row in packages.sirens("regions")),
    ]
    rows += [
        {"siren": siren, "category": category, "name": name, "seat": seat, "source": "authored"}
        for siren, category, name, seat in COLLECTIVITIES
    ]
    rows += [*_former_groups(packages), *_former_legal_communes(packages)]
    yield from sorted(rows, key=lambda row: str(row["siren"]))


def _collectivity(row: dict[str, str], of: str) -> Row:
    department = row["CATEG"] == "DEPT"
    name = f"Département {of}{row['Nom']}" if department else f"Région {row['Nom']}"
    if row["CATEG"] == "CTU":
        name = f"Collectivité {'' if row['Nom'] == 'Corse' else 'territoriale '}{of}{row['Nom']}"
    return {
        "siren": row["Siren"],
        "category": "departement" if department else "region",
        "name": name,
        "seat": f"{'departement' if department else 'region'}:{row['Insee']}",
        "source": "francedata",
    }


def _former_groups(packages: Packages) -> Iterator[Row]:
    """EPCI whose number is no longer in use: merged, or changed into another."""
    departements = {item["code"]: item.get("departement") for item in packages.decoupage_json("communes")}
    current = {item["code"] for item in packages.decoupage_json("epci")}
    for item in packages.former_json("epci"):
        if item["code"] not in current:
            place = next(filter(None, (departements.get(member["code"]) for member in item["membres"])))
            yield _was(item["code"], "epci", item["nom"], f"departement:{place}", FORMER_EPCI)


def _former_legal_communes(packages: Packages) -> Iterator[Row]:
    """Communes whose number is no longer in use, seated in the commune that took their place."""
    items = packages.decoupage_json("communes")
    current = {item["siren"] for item in items if item.get("siren")}
    place = {str(row["code"]): str(row["code_actuel"]) for row in _former(items)}
    place |= {item["code"]: item["code"] for item in items if item["type"] == "commune-actuelle"}
    for item in packages.former_json("communes"):
        if item.get("siren") and item["siren"] not in current:
            name = f"Commune {of_place(item['nom'])}"
            yield _was(item["siren"], "commune", name, f"commune:{place[item['code']]}", FORMER_COMMUNES)


def _was(siren: str, category: str, name: str, seat: str, version: str) -> Row:
    return {"siren": siren, "category": category, "name": name, "seat": seat, "source": f"decoupage {version}"}


def _old_regions() -> Iterator[Row]:
    for code, name, region, departements in OLD_REGIONS:
        yield {"code": code, "nom": name, "region": region, "departements": departements}
