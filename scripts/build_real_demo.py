"""Writes the real files of ``vivier demo --real``: ``python -m scripts.build_real_demo DATA samples/real``.

DATA is a folder of files that somebody obtained from their producers, laid out as :data:`INPUTS` says. Only files under an open licence
are read; :data:`NOT_USED` names the others, and why. What is written keeps the layout of each source, so that its own importer reads it, and
holds facts alone: names of organisations, numbers, places, dates, codes, amounts. An object is the label of its CPV code or the descriptors
of BOAMP, never the publisher's sentence; a reservation or a clause is told in our words. Contacts, addresses of buyers, texts and sole traders are left out. The clock of the demonstration is
the day of its newest notice: what is later is left out, and a label must be in force that day. ``manifest.json`` tells producer, licence, day,
rows and what was left out. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson

from crawlers.contracts.notices.evidence import evidence_of
from crawlers.kit import Intake
from crawlers.sources import boamp
from vivier.identity import fold, words_of
from vivier.model import Provenance
from vivier.privacy import personal
from vivier.privacy.first_names import FIRST_NAMES
from vivier.trades.cpv import load_cpv

Row = dict[str, Any]
Facts = Callable[[Row, str], Row | str]
"""The facts of a row as of a day, or why it is left out, in French."""

MASKED: Final = "NOM RETIRE"
"""What stands in the given files for the name of a person."""
LEGAL_FORMS: Final = frozenset(
    words_of(
        "sa sas sasu sarl eurl scop scic snc sci scp sccv selarl gie spl sem saeml epic association assoc ste societe groupe groupement"
    )
)
"""A body whose name has one of these words is no person, whoever it is named after."""
COMPANY_WORDS: Final = frozenset(
    words_of(
        "ets cabinet entreprise entreprises compagnie cie agence bureau atelier ateliers centre france industrie industries ingenierie "
        "tp btp bet paysage paysages architecture architectes international sud nord est ouest"
    )
)
"""Words that a company has in its name and a person has not, beside those of the CPV nomenclature."""


@dataclass(frozen=True)
class Input:
    """Files of one source: where they are below DATA, whom they come from, and the rule that keeps their facts. ``day``: that of the data, where
    the producer gives one."""

    source: str
    files: tuple[str, ...]
    producer: str
    licence: str
    origin: str
    day: str | None
    facts: Facts
    columns: tuple[str, ...] = ()
    delimiter: str = ","


def _taken(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: row[name] for name in names if row.get(name) not in (None, "", [], {})}


@cache
def _words_of_trades() -> frozenset[str]:
    words = chain.from_iterable(fold(entry.label_fr).lower().split() for entry in load_cpv())
    return COMPANY_WORDS | {word.strip(",.;()'") for word in words if len(word) > 3}


def is_organisation(name: str) -> bool:
    """Whether nothing in a name lets one take it for that of a person: a legal form; else no first name, and a word of a trade or one word
    alone. A name that lost its accents on the way is not readable."""
    if name == MASKED or "\N{REPLACEMENT CHARACTER}" in name or personal(name):
        return False
    words = fold(name.replace("'", " ").replace("-", " ")).lower().split()
    if LEGAL_FORMS.intersection(words):
        return True
    if "eirl" in words:
        return False
    named = any(word.upper() in FIRST_NAMES for word in words)
    return not named and (len(words) == 1 or not _words_of_trades().isdisjoint(words))


def _every(row: Row, day: str) -> Row | str:
    """Each row of a list of bodies, by the columns that hold facts alone."""
    return row


def _labelled(row: Row, day: str) -> Row | str:
    """An EPV whose label is in force on the day."""
    if row["Raison sociale"] == MASKED:
        return "nom de personne"
    if not row["Date de labellisation"] <= day <= row["Date de fin de labellisation"]:
        return "label qui n'est pas en vigueur ce jour-là"
    return row


def _unit(row: Row, day: str) -> Row | str:
    """A legal unit of the social economy; a sole trader has a legal category that begins with 1."""
    return "entrepreneur individuel" if row["categorie_juridique"].startswith("1") else row


def _contract(row: Row, day: str) -> Row | str:
    """A contract of the DECP, its object told by its CPV, its holders by a number and, where no person can be meant, by a name."""
    if str(row.get("dateNotification") or row.get("datePublicationDonnees") or "")[:4] < "2000":
        return "marché sans date"
    if str(row.get("dateNotification") or "") > day:
        return "marché notifié après ce jour"
    label = _label(str(row.get("codeCPV") or ""))
    if label is None:
        return "marché sans code CPV connu"
    holders = [_party(holder, "denominationSociale") for holder in row.get("titulaires") or ()]
    if holders and not any(holders):
        return "marché dont le titulaire peut être une personne"
    kept = _taken(
        row,
        words_of(
            "id uuid uid source _type nature procedure codeCPV dureeMois montant formePrix dateNotification datePublicationDonnees"
        ),
    )
    amended = [
        _taken(change, ("dateNotificationModification", "datePublicationDonneesModification", "dureeMois", "montant"))
        for change in row.get("modifications") or ()
    ]
    place = _taken(row.get("lieuExecution") or {}, ("code", "typeCode"))
    buyer = _taken(row.get("acheteur") or {}, ("id", "nom"))
    if "\N{REPLACEMENT CHARACTER}" in buyer.get("nom", ""):
        del buyer["nom"]  # the platform lost its accents; its number tells who it is
    return {
        **kept,
        **{name: value for name, value in (("acheteur", buyer), ("lieuExecution", place)) if value},
        "objet": label,
        "titulaires": list(filter(None, holders)),
        "modifications": list(filter(None, amended)),
    }


def _label(code: str) -> str | None:
    table = load_cpv()
    nearest = table.nearest(code[:8]) if code[:8].isdigit() and len(code) >= 8 else None
    return None if nearest is None else table.label(nearest)


def _party(holder: Row, name: str) -> Row | None:
    """The number of a holder, with its name when no person can be meant; ``None`` for a masked one, whose number would name it."""
    written = str(holder.get(name) or "").strip()
    if written == MASKED:
        return None
    kept = _taken(holder, ("id", "typeIdentifiant"))
    return {**kept, name: written} if is_organisation(written) else kept


_FLAT: Final = words_of(
    "idweb id famille code_departement dateparution datefindiffusion datelimitereponse nature sousnature etat criteres annonce_lie "
    "descripteur_code descripteur_libelle type_marche source_schema url_avis"
)
MOST_DESCRIPTORS: Final = 4
"""Descriptors that stand for the object of a notice: a works contract may have thirty, of which the first say the trade."""


def _notice(row: Row, day: str) -> Row | str:
    """A notice of BOAMP: its numbers, dates and codes, its buyer, what its boxes say, and what its texts provide, in words of ours."""
    described = row.get("descripteur_libelle") or []
    buyer = str(row.get("nomacheteur") or "")
    if not described or not buyer:
        return "avis sans descripteur ou sans acheteur"
    if personal(buyer) or MASKED in buyer:
        return "avis dont l'acheteur peut être une personne"
    data = orjson.loads(row.get("donnees") or b"{}")
    identity = _taken(data.get("IDENTITE", {}), ("DENOMINATION", "CP", "VILLE", "CODE_IDENT_NATIONAL"))
    told = _provisions(row)
    boxes = data.get("CONDITION_PARTICIPATION", {})
    boxes = {name: _boxes(value) for name, value in boxes.items() if name.startswith("MARCHE_RESERVE_")}
    procedure = dict.fromkeys(data.get("PROCEDURE", {}).get("TYPE_PROCEDURE", {}), "")
    body = {"IDENTITE": identity}
    body |= {"PROCEDURE": {"TYPE_PROCEDURE": procedure}} if procedure else {}
    body |= {"CONDITION_PARTICIPATION": boxes} if boxes else {}
    body |= {"CONDITION_RELATIVE_MARCHE": {"AUTRES_CONDITIONS_PART_OUI": told}} if told else {}
    return {
        **_taken(row, _FLAT),
        "nature": row.get("nature"),
        "objet": ", ".join(described[:MOST_DESCRIPTORS]),
        "nomacheteur": buyer,
        "donnees": orjson.dumps(body).decode(),
    }


PROVISIONS: Final[Mapping[tuple[str, tuple[str, ...]], str]] = {
    ("reserved", ("EA_ESAT",)): "Marché réservé aux entreprises adaptées et aux ESAT.",
    ("reserved", ("SIAE",)): "Marché réservé aux structures d'insertion.",
    ("reserved", ()): "Marché réservé.",
    ("clause", ()): "Clause d'insertion par l'activité économique.",
    ("criterion", ()): "Critère : insertion professionnelle.",
}
"""Our words for what the importer of BOAMP reads in the texts of a notice, which it reads back as the same provision."""


def _provisions(row: Row) -> str:
    """What the texts of a notice provide, in our words."""
    raw = boamp.flat(row, Intake(boamp.CARD, datetime(2000, 1, 1, tzinfo=UTC)))
    read = evidence_of(raw.whole, raw.whole, raw.lots, _NOBODY)
    worded = ((each.provision, each.reserved_for) for each in read if each.signal in ("words", "article", "other_code"))
    return " ".join(dict.fromkeys(PROVISIONS[key] for key in worded if key in PROVISIONS))


_NOBODY: Final = Provenance(
    source_id="boamp", producer="-", dataset="-", licence="-", fetched_at=datetime(2000, 1, 1, tzinfo=UTC)
)


def _boxes(value: object) -> object:
    """The boxes ticked under one, without the text that may stand beside."""
    return {name: "" for name in value if name.isupper()} if isinstance(value, dict) else ""


_LICENCE: Final = "Licence Ouverte 2.0"
INPUTS: Final = (
    Input(
        "esat",
        ("suppliers/esat_liste_officielle_brut.csv",),
        "DREES et agences régionales de santé, d'après FINESS",
        f"{_LICENCE} (FINESS)",
        "gip-inclusion/pilotage-airflow @4f69095f",
        None,
        _every,
        (
            *("ET-N°FINESS", "ET-Raison sociale", "ET-Adresse", "ET-Code Postal", "ET-SIRET", "ET-Commune Code"),
            *("ET-Commune Libellé", "Capacité autorisée agrégée"),
        ),
    ),
    Input(
        "epv",
        ("suppliers/registers/labels-epv-2026/entreprises-du-patrimoine-vivant-epv.csv",),
        "État (direction générale des entreprises)",
        _LICENCE,
        "data.economie.gouv.fr, par Paguy-Stream/train-tourisme @bac008a2",
        None,
        _labelled,
        (
            *("Raison sociale", "SIRET", "Code NAF", "Date de labellisation", "Date de fin de labellisation"),
            "geolocetablissement",
        ),
        ";",
    ),
    Input(
        "ess_numerique",
        ("suppliers/ess_numerique_2026_echantillon.csv",),
        "ess-numerique-database, d'après ESS France, la liste ESUS et SIRENE",
        "MIT",
        "augustindeche-bit/ess-numerique-database @94bbd8cf",
        None,
        _unit,
        ("siren", "siret_siege", "denomination", "naf", "categorie_juridique", "sources", "est_active"),
    ),
    Input(
        "decp",
        ("contracts/stream/decp-2019-plateformes/*.json.gz",),
        "acheteurs publics et leurs profils d'acheteur, consolidés par le ministère de l'Économie",
        _LICENCE,
        "ColinMaudry/decp-json @264ecb16",
        None,
        _contract,
    ),
    Input(
        "boamp",
        ("contracts/stream/boamp-2021-t1-ods/*.json.gz",),
        "Direction de l'information légale et administrative (DILA)",
        _LICENCE,
        "Semaine52/AuFilDuBoamp_Lab @4952e1e1",
        None,
        _notice,
    ),
)
"""The files that are read, lists of structures first."""
NOT_USED: Final = (
    ("structures d'insertion (ASP, 2019)", "producteur sans licence ouverte ; dépôt sous AGPL-3"),
    ("structures d'insertion et GEIQ (Marché de l'inclusion, 2020)", "aucune licence"),
    ("GEIQ (2019)", "producteur sans licence ouverte ; dépôt sous AGPL-3"),
    ("entreprises adaptées, RGE, agriculture biologique", "aucun fichier réel n'a été donné"),
    ("avis TED", "leurs objets sont des phrases, sans code qui les dise tous"),
    ("projets d'achat (APProch)", "postérieurs au jour de la démonstration"),
    ("marchés de 2022 et après, avis de 2024 et après", "postérieurs au jour de la démonstration"),
    ("cantines (ma-cantine, 2023)", "aucune source ne les lit"),
)
"""What DATA may hold and is not read, and why."""


def build(data: Path, folder: Path, inputs: Sequence[Input] = INPUTS) -> Row:
    """Writes the files of each input that DATA has, and the manifest, which is returned. Raises ``FileNotFoundError`` without notices: they
    give the day."""
    folder.mkdir(parents=True, exist_ok=True)
    day = newest(data, inputs)
    written = [_write(data, folder, input_, day) for input_ in inputs if list(_paths(data, input_))]
    manifest = {"day": day, "files": written, "not_used": [{"what": what, "why": why} for what, why in NOT_USED]}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    return manifest


def newest(data: Path, inputs: Sequence[Input]) -> str:
    """The day of the newest notice (ISO)."""
    days = [
        str(row["dateparution"]) for input_ in inputs if input_.source == "boamp" for row in _documents(data, input_)
    ]
    if not days:
        raise FileNotFoundError(f"{data}: no notice, so no day")
    return date.fromisoformat(max(days)).isoformat()


def _write(data: Path, folder: Path, input_: Input, day: str) -> Row:
    out = Counter[str]()
    rows = list[Row]()
    for row in _lines(data, input_) if input_.columns else _documents(data, input_):
        facts = input_.facts(row, day)
        if isinstance(facts, str):
            out[facts] += 1
        else:
            rows.append(facts)
    name = f"{input_.source}.csv" if input_.columns else f"{input_.source}.json.gz"
    (folder / name).write_bytes(_csv(rows, input_) if input_.columns else _json(rows, input_))
    described = {"producer": input_.producer, "licence": input_.licence, "origin": input_.origin, "day": input_.day}
    return {
        "file": name,
        "source": input_.source,
        **described,
        "rows": len(rows),
        "left_out": dict(sorted(out.items())),
    }


def _paths(data: Path, input_: Input) -> Iterator[Path]:
    return (path for pattern in input_.files for path in sorted(data.glob(pattern)))


def _lines(data: Path, input_: Input) -> Iterator[Row]:
    for path in _paths(data, input_):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file, delimiter=input_.delimiter)


def _documents(data: Path, input_: Input) -> Iterator[Row]:
    for path in _paths(data, input_):
        content = orjson.loads(gzip.decompress(path.read_bytes()))
        yield from content.get("results") or content.get("marches") or ()


def _csv(rows: Iterable[Row], input_: Input) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, input_.columns, extrasaction="ignore", delimiter=input_.delimiter, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(rows: Sequence[Row], input_: Input) -> bytes:
    whole: Row = {"total_count": len(rows), "results": rows} if input_.source == "boamp" else {"marches": rows}
    return gzip.compress(orjson.dumps(whole), compresslevel=9, mtime=0)


if __name__ == "__main__":
    made = build(Path(sys.argv[1]), Path(sys.argv[2]))
    for file in made["files"]:
        print(f"{file['file']}: {file['rows']} rows, left out {file['left_out']}")
    print(f"day: {made['day']}")
