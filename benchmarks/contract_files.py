"""Writes made-up contracts in the real layouts: DECP 2022 JSON, consolidated table in CSV and Parquet.

Buyers, holders and contracts are numbered, identifiers have right check digits, proportions of lots, amendments, subcontracts
and considerations are those measured on a week of a real platform. The same number gives the same contract.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from vivier.trades.cpv import load_cpv

BUYERS, HOLDERS = 20_000, 60_000
WON_BY_WINNERS = 30
TIMES = 10
"""Contracts that benches make for each supplier of their corpus: 200,000 by default."""
FIRST_DAY = date(2024, 1, 2)
WORKS = (
    "Réfection",
    "Entretien",
    "Fourniture",
    "Location",
    "Maintenance",
    "Construction",
    "Nettoyage",
    "Étude",
    "Transport",
)
THINGS = (
    "des bâtiments communaux",
    "des espaces verts",
    "de mobilier scolaire",
    "du réseau d'eau potable",
    "de la voirie départementale",
    "des équipements sportifs",
    "de denrées alimentaires pour la restauration collective",
    "d'un groupe scolaire et de ses abords",
)
PROCEDURES = ("Procédure adaptée", "Appel d'offres ouvert", "Procédure avec négociation")
CCAGS = ("Pas de CCAG", "Travaux", "Fournitures courantes et services", "Prestations intellectuelles")


def luhn(digits: str) -> str:
    """The digit that makes the Luhn sum of ``digits`` right."""
    total = sum(sum(divmod(int(c) * (2 if at % 2 == 0 else 1), 10)) for at, c in enumerate(reversed(digits)))
    return str(-total % 10)


@cache
def siret(number: int) -> str:
    """An invented SIRET with valid check digits."""
    siren = f"{10_000_000 + number:08}"
    siren += luhn(siren)
    return siren + "0001" + luhn(siren + "0001")


@cache
def cpvs() -> tuple[str, ...]:
    """The CPV codes to draw from."""
    return tuple(entry.code for entry in load_cpv())[::9]


def contract(number: int, winners: Sequence[str] = ()) -> dict[str, Any]:
    """The contract of a number, in the 2022 layout. ``winners``: SIRETs that win one contract in thirty."""
    draw = random.Random(number)
    consultation = number // 3
    notified = FIRST_DAY + timedelta(days=consultation % 900)
    work, thing = draw.choice(WORKS), draw.choice(THINGS)
    holders = [
        siret(100_000 + draw.randrange(HOLDERS)) for _ in range(1 if draw.random() < 0.9 else draw.randint(2, 4))
    ]
    if winners and number % WON_BY_WINNERS == 0:
        holders[0] = winners[number // WON_BY_WINNERS * 7919 % len(winners)]
    amount = round(10 ** draw.uniform(4, 6.5), 2)
    record: dict[str, Any] = {
        "id": f"{notified.year}-{consultation:06}-{number % 3 + 1:02}",
        "acheteur": {"id": siret(consultation % BUYERS)},
        "nature": "Marché",
        "objet": f"{work} {thing} - commune n° {consultation % BUYERS} : Lot {number % 3 + 1} - secteur {draw.randint(1, 9)}",
        "codeCPV": draw.choice(cpvs()),
        "procedure": draw.choice(PROCEDURES),
        "lieuExecution": {"code": f"{draw.randint(1, 95):02}{draw.randint(0, 99):02}0", "typeCode": "Code postal"},
        "dureeMois": draw.choice((4, 6, 12, 24, 36, 48)),
        "dateNotification": notified.isoformat(),
        "datePublicationDonnees": (notified + timedelta(days=22)).isoformat(),
        "montant": amount,
        "formePrix": "Unitaire",
        "attributionAvance": False,
        "offresRecues": draw.randint(1, 9),
        "marcheInnovant": False,
        "ccag": draw.choice(CCAGS),
        "sousTraitanceDeclaree": draw.random() < 0.07,
        "typeGroupementOperateurs": "Pas de groupement" if len(holders) == 1 else "Solidaire",
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": holder}} for holder in holders],
        "considerationsSociales": {"considerationSociale": list(_social(draw))},
        "considerationsEnvironnementales": {"considerationEnvironnementale": list(_environmental(draw))},
        "modalitesExecution": {"modaliteExecution": ["Bons de commande" if draw.random() < 0.4 else "Sans objet"]},
        "techniques": {"technique": ["Accord-cadre" if draw.random() < 0.2 else "Sans objet"]},
        "typesPrix": {"typePrix": ["Définitif révisable"]},
    }
    if draw.random() < 0.1:
        record["modifications"] = [{"modification": _modification(draw, notified, amount)}]
    if record["sousTraitanceDeclaree"]:
        record["actesSousTraitance"] = [{"acteSousTraitance": _act(draw, notified, amount)}]
    return record


def _social(draw: random.Random) -> tuple[str, ...]:
    return draw.choices(
        (
            ("Pas de considération sociale",),
            ("Clause sociale",),
            ("Clause sociale", "Critère social"),
            ("Marché réservé",),
        ),
        (89, 7, 3, 1),
    )[0]


def _environmental(draw: random.Random) -> tuple[str, ...]:
    return draw.choices(
        (("Pas de considération environnementale",), ("Clause environnementale",), ("Critère environnemental",)),
        (87, 6, 7),
    )[0]


def _modification(draw: random.Random, notified: date, amount: float) -> dict[str, Any]:
    day = notified + timedelta(days=draw.randint(30, 300))
    return {
        "id": 1,
        "dateNotificationModification": day.isoformat(),
        "datePublicationDonneesModification": (day + timedelta(days=20)).isoformat(),
        "montant": round(amount * draw.uniform(0.9, 1.3), 2),
    }


def _act(draw: random.Random, notified: date, amount: float) -> dict[str, Any]:
    return {
        "id": 1,
        "sousTraitant": {"id": siret(100_000 + draw.randrange(HOLDERS)), "typeIdentifiant": "SIRET"},
        "dureeMois": 6,
        "dateNotification": (notified + timedelta(days=40)).isoformat(),
        "datePublicationDonnees": (notified + timedelta(days=60)).isoformat(),
        "montant": round(amount / 5, 2),
        "variationPrix": "Ferme",
    }


def write_json(path: Path, count: int, winners: Sequence[str] = ()) -> Path:
    """``count`` contracts in one document, as platforms publish them; some are won by ``winners`` (see :func:`contract`)."""
    with path.open("wb") as file:
        file.write(b'{"marches": {"marche": [')
        for number in range(count):
            file.write((b"," if number else b"") + orjson.dumps(contract(number, winners)))
        file.write(b'], "contrat-concession": []}}')
    return path


COLUMNS = tuple(
    str.split(
        """
uid id nature acheteur_id acheteur_nom titulaire_id titulaire_typeIdentifiant titulaire_nom objet montant type codeCPV procedure
techniques dureeMois dureeRestanteMois offresRecues dateNotification datePublicationDonnees formePrix typesPrix attributionAvance
tauxAvance marcheInnovant modalitesExecution considerationsSociales considerationsEnvironnementales ccag sousTraitanceDeclaree
typeGroupementOperateurs origineUE origineFrance lieuExecution_code lieuExecution_typeCode idAccordCadre titulaire_distance
acheteur_categorie acheteur_commune_code acheteur_commune_nom acheteur_departement_code acheteur_departement_nom
acheteur_region_code acheteur_region_nom acheteur_latitude acheteur_longitude acheteur_population titulaire_categorie
titulaire_activite_code titulaire_activite_libelle titulaire_commune_code titulaire_commune_nom titulaire_departement_code
titulaire_departement_nom titulaire_region_code titulaire_region_nom titulaire_latitude titulaire_longitude modification_id
donneesActuelles montant_rationalise montant_anomalie montant_anomalie_raisons sourceDataset sourceFile
"""
    )
)


def rows(count: int) -> Iterator[dict[str, Any]]:
    """The same contracts in the consolidated table: one row per version and holder."""
    for number in range(count):
        raw = contract(number)
        buyer = int(raw["objet"].partition("n° ")[2].partition(" ")[0])
        common = _common(raw, buyer)
        amendments = [m["modification"] for m in raw.get("modifications", [])]
        for version in range(len(amendments) + 1):
            amendment = amendments[version - 1] if version else {}
            for holder in raw["titulaires"]:
                yield common | {
                    "titulaire_id": holder["titulaire"]["id"],
                    "titulaire_nom": f"SARL {holder['titulaire']['id'][4:9]}",
                    "montant": amendment.get("montant", raw["montant"]),
                    "montant_rationalise": amendment.get("montant", raw["montant"]),
                    "dateNotification": amendment.get("dateNotificationModification", raw["dateNotification"]),
                    "modification_id": version,
                    "donneesActuelles": version == len(amendments),
                }


def _common(raw: dict[str, Any], buyer: int) -> dict[str, Any]:
    copied = {name: raw[name] for name in COLUMNS if name in raw}
    joined = {
        name: ", ".join(next(iter(raw[name].values()))).replace(f"Pas de considération {kind}", "Sans objet")
        for name, kind in (
            ("considerationsSociales", "sociale"),
            ("considerationsEnvironnementales", "environnementale"),
            ("techniques", ""),
            ("modalitesExecution", ""),
            ("typesPrix", ""),
        )
    }
    return copied | joined | {
        "uid": f"{raw['acheteur']['id']}{raw['id']}_{raw['codeCPV']}",
        "acheteur_id": raw["acheteur"]["id"],
        "acheteur_nom": f"COMMUNE {buyer}",
        "titulaire_typeIdentifiant": "SIRET",
        "type": "Services",
        "lieuExecution_code": raw["lieuExecution"]["code"],
        "lieuExecution_typeCode": raw["lieuExecution"]["typeCode"],
        "acheteur_categorie": "Commune",
        "acheteur_commune_code": f"{buyer % 95 + 1:02}001",
        "acheteur_commune_nom": f"Commune {buyer}",
        "acheteur_departement_code": f"{buyer % 95 + 1:02}",
        "acheteur_departement_nom": "Département",
        "acheteur_latitude": round(43 + buyer % 700 / 100, 6),
        "acheteur_longitude": round(buyer % 500 / 100, 6),
        "titulaire_categorie": "PME",
        "sourceDataset": "generated",
    }  # fmt: skip


def write_csv(path: Path, count: int) -> Path:
    """The consolidated table as CSV."""
    with path.open("w", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for row in rows(count):
            writer.writerow({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()})
    return path


def write_parquet(path: Path, count: int) -> Path:
    """The consolidated table as Parquet, in row groups of 100,000 rows."""
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    days = ("dateNotification", "datePublicationDonnees")
    kinds = {
        **dict.fromkeys(COLUMNS, pyarrow.string()),
        **dict.fromkeys(days, pyarrow.date32()),
        **dict.fromkeys(
            ("montant", "montant_rationalise", "acheteur_latitude", "acheteur_longitude"), pyarrow.float64()
        ),
        **dict.fromkeys(("dureeMois", "offresRecues", "modification_id"), pyarrow.int16()),
        **dict.fromkeys(
            ("attributionAvance", "marcheInnovant", "sousTraitanceDeclaree", "donneesActuelles"), pyarrow.bool_()
        ),
    }
    schema = pyarrow.schema(list(kinds.items()))
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        batch: list[dict[str, Any]] = []
        for row in rows(count):
            batch.append(row | {name: date.fromisoformat(row[name]) for name in days})
            if len(batch) == 100_000:
                writer.write_table(pyarrow.Table.from_pylist(batch, schema))
                batch = []
        writer.write_table(pyarrow.Table.from_pylist(batch, schema))
    return path
