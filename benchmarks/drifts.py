"""Two hundred drifts of live sources, generated: ``python -m benchmarks drifts [--seed 7] [--count 200] [--list]``.

A source is read once as it is, then drifted: a column renamed, left out or emptied (in all rows, or in six in ten), a figure in another
unit, a day in another form, a word of a closed list replaced, a file cut. The second reading is live. Outcomes:

- refused: the run is not put in force, and the message says why;
- repaired: the records are the same;
- told: the run is in force, and its statistics name the column or the field that fell;
- silent: the run is in force with other records, and nothing says so. None may be.

Documents are made up, so that no shared data are needed. Drifts are drawn with a seed among all those of the tables below.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import typer

from benchmarks.options import Listed
from indexer.demo.identifiers import siren, siret
from tests.crawlers.samples import NOW
from tests.crawlers.test_eighty_drifts import (
    american,
    decp,
    emptied,
    epoch,
    gone,
    live,
    outcome,
    renamed,
    rge,
    rows,
    valued,
)
from vivier.settings import Settings

Row = dict[str, Any]
Bytes = Callable[[bytes], bytes]
Drift = tuple[str, str, Bytes]
_DAYS: Final = {
    "epoch": epoch,
    "American": american,
    "in words": lambda day: f"le {date.fromisoformat(day[:10]):%d %B %Y}",
    "two digits": lambda day: f"{date.fromisoformat(day[:10]):%d/%m/%y}",
}
_UNITS: Final[dict[str, Callable[[Any], Any]]] = {
    "thousands": lambda amount: round(float(amount) / 1000, 2),
    "cents": lambda amount: round(float(amount) * 100),
    "millions": lambda amount: round(float(amount) / 1e6, 4),
    "zero": lambda amount: 0,
    "words": lambda amount: f"environ {amount} euros",
}


def main(seed: int = 7, count: int = 200, listed: Listed = False) -> Iterator[str]:
    """The outcomes, and the drifts that are told with ``--list``; fails when a drift is silent, or when fewer than 98 in 100 are refused or
    repaired."""
    with tempfile.TemporaryDirectory() as folder:
        found = run(drawn(seed, count), Path(folder))
    counts = Counter({verdict: len(names) for verdict, names in found.items()})
    right = (counts["refused"] + counts["repaired"]) / counts.total()
    yield f"{counts.total()} drifts of {len(list(drifts()))}: {dict(counts)}; refused or repaired: {right:.1%}"
    for verdict in ("silent", *(("told",) if listed else ())):
        yield from (f"  {verdict}: {name}" for name in sorted(found.get(verdict, ())))
    if found.get("silent") or right < 0.98:
        raise typer.Exit(1)


def boamp() -> bytes:
    """Sixty calls, as the API gives them."""
    return json.dumps({"total_count": 60, "results": list(map(_call, range(60)))}, ensure_ascii=False).encode()


def _call(number: int) -> Row:
    day = date(2026, 10, 1) + timedelta(days=number % 20)
    organisation = {
        "DENOMINATION": f"Ville {number}",
        "CODE_IDENT_NATIONAL": siret(80_000 + number, 1),
        "CP": "59100",
        "VILLE": "Roubaix",
    }
    purpose = {
        "TITRE_MARCHE": f"Entretien des espaces verts du secteur {number}",
        "CPV": {"PRINCIPAL": "77310000"},
        "DUREE_MOIS": 12 + number % 36,
        "CARACTERISTIQUES": {"VALEUR": 20_000 + 1_000 * number},
    }
    return {
        "idweb": f"26-{number}",
        "objet": f"Entretien des espaces verts du secteur {number}",
        "nature": "APPEL_OFFRE",
        "etat": "INITIAL",
        "famille": "FNS",
        "dateparution": day.isoformat(),
        "datefindiffusion": (day + timedelta(days=40)).isoformat(),
        "datelimitereponse": f"{day + timedelta(days=40)}T11:00:00+00:00",
        "nomacheteur": f"Ville {number}",
        "code_departement": ["59"],
        "type_marche": ["SERVICES"],
        "criteres": ["sociaux"],
        "descripteur_libelle": ["Espaces verts"],
        "procedure_libelle": "Procédure adaptée",
        "type_procedure": "PROCEDURE_ADAPTE",
        "annonce_lie": [f"25-{number}"],
        "donnees": json.dumps({"IDENTITE": organisation, "OBJET": purpose}),
    }


def approch() -> bytes:
    """Sixty planned purchases."""
    return json.dumps({"total_count": 60, "results": list(map(_project, range(60)))}, ensure_ascii=False).encode()


def _project(number: int) -> Row:
    return {
        "code": 1_000 + number,
        "libelle": f"Nettoyage du site {number}",
        "description": f"Nettoyage courant et vitrerie du site {number}",
        "statut": "Ouvert",
        "siren_de_l_entite_acheteuse": int(siren(90_000 + number)),
        "categorie_d_achat": "Services",
        "code_s_cpv": ["90910000"],
        "date_previsionnelle_de_publication": (date(2027, 1, 4) + timedelta(days=number)).isoformat(),
        "date_cible_de_remise_des_offres": (date(2027, 3, 1) + timedelta(days=number)).isoformat(),
        "montant_estime_du_marche": "90k€ - 221k€",
        "duree_previsionnelle_du_marche": 24,
        "departement_s_d_execution_du_marche": "59|62",
        "marche_reserve": "Oui",
        "considerations_sociales": "Oui",
        "considerations_environnementales": "Oui",
        "a_publier_sur_le_site_du_marche_de_l_inclusion": "Oui",
    }


_PATHS: Final = {"decp": ("marches", "marche"), "rge": ("results",), "boamp": ("results",), "approch": ("results",)}
_MADE: Final[dict[str, Callable[[], bytes]]] = {"decp": decp, "rge": rge, "boamp": boamp, "approch": approch}
_UNREAD: Final = {
    "boamp": ("famille", "procedure_libelle", "etat", "datefindiffusion"),
    "approch": (),
    "decp": ("formePrix",),
    "rge": (),
}
"""Columns that nothing is read from, or only when another one is absent."""


def drifts() -> Iterator[Drift]:
    """Every drift of every table: source, name, what it does to the file."""
    for source, path in _PATHS.items():
        document = json.loads(_MADE[source]())
        for name in path:
            document = document[name]
        for name, value in document[0].items():
            if name not in _UNREAD[source]:
                yield from _of_column(source, path, name, value)
        yield from _of_file(source)
    yield from _of_values()


def _of_column(source: str, path: tuple[str, ...], name: str, value: Any) -> Iterator[Drift]:
    for change in (renamed, gone, emptied):
        yield source, f"{name} {change.__name__}", rows(change(name), path)
    yield source, f"{name} emptied in six rows in ten", rows(_in_part(emptied(name), value), path)


def _in_part(change: Callable[[Row], Row], value: Any) -> Callable[[Row], Row]:
    """The change in six rows in ten, by the digest of the row."""
    turn = iter(range(10**9))
    return lambda row: change(row) if next(turn) % 10 < 6 else row


def _of_file(source: str) -> Iterator[Drift]:
    for share in (50, 80, 90, 99):
        yield source, f"cut at {share} %", lambda content, share=share: content[: len(content) * share // 100]  # type: ignore[misc]
    yield source, "nothing", lambda content: b""
    yield source, "page of a login", lambda content: b"<!DOCTYPE html><form action='/login'></form>"
    yield source, "byte order mark", lambda content: b"\xef\xbb\xbf" + content
    yield (
        source,
        "an error of the API",
        lambda content: b'{"error_code": "RateLimited", "message": "Too many requests"}',
    )


def _of_values() -> Iterator[Drift]:
    for name, unit in _UNITS.items():
        yield "decp", f"montant in {name}", rows(valued("montant", unit), _PATHS["decp"])
    for name, form in _DAYS.items():
        for column in ("dateNotification", "datePublicationDonnees"):
            yield "decp", f"{column} {name}", rows(valued(column, form), _PATHS["decp"])
        yield "boamp", f"dateparution {name}", rows(valued("dateparution", form), _PATHS["boamp"])
        for column in ("date_previsionnelle_de_publication", "date_cible_de_remise_des_offres"):
            yield "approch", f"{column} {name}", rows(valued(column, form), _PATHS["approch"])
        yield "rge", f"lien_date_fin {name}", rows(valued("lien_date_fin", form), _PATHS["rge"])
    for source, column, word in (
        ("boamp", "nature", "AVIS-01"),
        ("boamp", "type_marche", ["S"]),
        ("boamp", "criteres", ["SOC"]),
        ("boamp", "descripteur_libelle", [{"code": 116}]),
        ("approch", "marche_reserve", "R1"),
        ("approch", "considerations_sociales", "C2"),
        ("approch", "categorie_d_achat", "S"),
        ("approch", "statut", "O"),
        ("approch", "montant_estime_du_marche", "tranche 3"),
        ("approch", "departement_s_d_execution_du_marche", "Hauts-de-France"),
        ("decp", "nature", "N1"),
        ("decp", "procedure", "P4"),
        ("decp", "considerationsSociales", {"considerationSociale": ["CS-12"]}),
        ("decp", "considerationsEnvironnementales", {"considerationEnvironnementale": ["CE-4"]}),
        ("decp", "codeCPV", "espaces verts"),
        ("decp", "dureeMois", "deux ans"),
        ("rge", "domaine", "D-17"),
    ):
        yield source, f"{column} in other words", rows(valued(column, lambda _, word=word: word), _PATHS[source])  # type: ignore[misc]


def run(chosen: list[Drift], folder: Path) -> dict[str, list[str]]:
    """The drifts by outcome."""
    contents = {source: made() for source, made in _MADE.items()}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for at, (source, name, change) in enumerate(chosen):
        settings = Settings(home=folder / str(at))
        live(source, contents[source], settings, folder, NOW)
        found[outcome(source, change, contents[source], settings, folder)].append(f"{source}: {name}")
    return found


def drawn(seed: int, count: int) -> list[Drift]:
    """Drifts drawn among all of them, without the same one twice."""
    every = list(drifts())
    return every if count >= len(every) else random.Random(seed).sample(every, count)
