"""Writes made-up contracts in the layout of DECP 2022.

Buyers, holders and contracts are numbered, identifiers have right check digits, proportions of lots, amendments, subcontracts
and considerations are those measured on a week of a real platform. The same number gives the same contract.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from stdnum import luhn

from vivier.trades.cpv import load_cpv

BUYERS, HOLDERS = 20_000, 60_000
WON_BY_WINNERS = 30
TIMES = 10
"""Contracts that benches make for each supplier of their corpus: 200,000 by default."""
FIRST_DAY = date(2024, 1, 2)
WORKS = (
    *("Réfection", "Entretien", "Fourniture", "Location", "Maintenance", "Construction", "Nettoyage"),
    *("Étude", "Transport"),
)
THINGS = (
    *("des bâtiments communaux", "des espaces verts", "de mobilier scolaire", "du réseau d'eau potable"),
    *("de la voirie départementale", "des équipements sportifs"),
    *("de denrées alimentaires pour la restauration collective", "d'un groupe scolaire et de ses abords"),
)
PROCEDURES = ("Procédure adaptée", "Appel d'offres ouvert", "Procédure avec négociation")
CCAGS = ("Pas de CCAG", "Travaux", "Fournitures courantes et services", "Prestations intellectuelles")


def checked(digits: str) -> str:
    """Digits and the one that makes their Luhn sum right."""
    return digits + luhn.calc_check_digit(digits)


@cache
def siret(number: int) -> str:
    """An invented SIRET with valid check digits."""
    return checked(f"{checked(str(10_000_000 + number))}0001")


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
        "considerationsSociales": {"considerationSociale": _drawn(SOCIAL, draw)},
        "considerationsEnvironnementales": {"considerationEnvironnementale": _drawn(ENVIRONMENTAL, draw)},
        "modalitesExecution": {"modaliteExecution": ["Bons de commande" if draw.random() < 0.4 else "Sans objet"]},
        "techniques": {"technique": ["Accord-cadre" if draw.random() < 0.2 else "Sans objet"]},
        "typesPrix": {"typePrix": ["Définitif révisable"]},
    }
    if draw.random() < 0.1:
        record["modifications"] = [{"modification": _modification(draw, notified, amount)}]
    if record["sousTraitanceDeclaree"]:
        record["actesSousTraitance"] = [{"acteSousTraitance": _act(draw, notified, amount)}]
    return record


SOCIAL: Mapping[tuple[str, ...], int] = {
    ("Pas de considération sociale",): 89,
    ("Clause sociale",): 7,
    ("Clause sociale", "Critère social"): 3,
    ("Marché réservé",): 1,
}
ENVIRONMENTAL: Mapping[tuple[str, ...], int] = {
    ("Pas de considération environnementale",): 87,
    ("Clause environnementale",): 6,
    ("Critère environnemental",): 7,
}
"""Considerations of a hundred contracts."""


def _drawn(shares: Mapping[tuple[str, ...], int], draw: random.Random) -> list[str]:
    return list(draw.choices(list(shares), list(shares.values()))[0])


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
