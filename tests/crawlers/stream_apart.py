"""Counts the files of the stream apart from the product, then by the product.

The first reading is by plain json, csv and xml: no line of the product is used. Of each file: rows (of TED: notices), those that are
reserved, those with a social clause, with a day to answer by, with an amount. Rules of the first reading:

- reserved: a box that says so is ticked, or a sentence of a text has an article of the code that reserves (L2113-12 to L2113-15), or says
  that a contract, a lot or a procedure is reserved, or done by an ESAT or a structure of insertion;
- social clause: the particular conditions of a notice have words of social insertion, and reserve nothing; of contracts, the declared value;
- day to answer: the field of the source. A call without it takes the end of its diffusion, which is counted apart;
- amount: more than one euro, at most three billions, no figure of filling: 999 in planned purchases; one digit written five times or more,
  unless it has cents and may be a third or two of round thousands.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tempfile
import unicodedata
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from crawlers.registry import source_of
from crawlers.run import import_files
from vivier.model import Notice
from vivier.runs.records import MODELS, current_run, read_models
from vivier.settings import Settings

Counts = Mapping[str, int]
NAMES: Final = ("rows", "aside", "reserved", "clause", "deadline", "supposed", "amount")
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "boamp": ("boamp-2021-t1-ods/*.json.gz", "boamp-2024-02-ods/*.json.gz"),
    "decp": ("decp-2019-plateformes/*.json.gz", "decp-2022-ods-2026-08/*.json"),
    "decp_economie": ("decp-2022-ods-2026-08/*",),
    "decp_buyer_csv": ("titres-2024-2026/*.csv.gz",),
    "ted": ("ted-fr-2016-2022/*.zip",),
    "approch": ("approch-2022-api/*.json",),
}
"""Patterns of the files of the stream, by the source that reads them. ``clauses.csv`` is made of the first ones and is no source."""
_ARTICLE: Final = re.compile(
    r"\bl ?\.? ?2113 ?- ?1[2-5]\b|\barticles? 36 (?:de l'ordonnance|-?[i1])|\bart(?:icle|\.)? ?16 (?:de la )?loi"
)
_RESERVED: Final = re.compile(
    r"\b(?:marches?|lots?|consultations?|accords?-cadres?)(?: \S+){0,3}(?<! sous) reservee?s?\b(?! a la profession)"
    r"|\breservee?s? (?:uniquement )?(?:a|aux?)\b(?! un public)[^.;%]{0,80}?"
    r"\b(?:adaptees?|esat|siae|handicap\w*|structures? d'insertion)\b"
    r"|\brealisees? par une? (?:e\.s\.a\.t|esat|entreprise adaptee|structure d'insertion)"
)
_HOURS: Final = re.compile(r"\bheures? (?:\w+ ){0,4}reservees?")
_SOCIAL: Final = re.compile(
    r"\binsertion (?:sociale|professionnelle|socio|par l'activite|par l'emploi|par le travail|des )"
    r"|(?:heures?|clauses?|actions?|demarches?|objectifs?|parcours|publics?|personnes?|dispositifs?|engagements?|difficultes?)"
    r" (?:\w+ ){0,2}(?:d'|en )insertion\b"
    r"|\b(?:clauses?|criteres?|performances?|aspects?|volets?|dimensions?|qualite|engagements?|responsabilite|demarches?)"
    r" (?:\w+ et )?(?:\w+ )?socia(?:le|les|l|ux)\b"
    r"|\bcaractere social\b|\belements? a caractere social\b"
    r"|\bpersonnes? (?:eloignees? de l'emploi|en situation de handicap|handicapees?)|\bdemandeurs? d'emploi"
)


def plain(text: str) -> str:
    """A text in small letters, without accents or doubled spaces."""
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).encode("ascii", "ignore").decode()
    return " ".join(folded.lower().split())


def opened(path: Path) -> str:
    """The text of a file, packed or not."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")


def apart(source: str, path: Path) -> Counts:
    """The counts of a file by the first reading."""
    found: Counter[str] = Counter()
    for row in _READERS[source](path):
        found["rows"] += 1
        found.update(name for name, value in row.items() if value)
    return found


def _boamp(path: Path) -> Iterator[dict[str, bool]]:
    seen: set[str] = set()
    for record in json.loads(opened(path))["results"]:
        if record["idweb"] in seen:
            continue
        seen.add(record["idweb"])
        body = json.loads(record["donnees"] or "{}") or {}
        participation = body.get("CONDITION_PARTICIPATION") or {}
        conditions = [
            participation.get("CONDITION_PARTICULIERE_EXECUTION"),
            (body.get("CONDITION_RELATIVE_MARCHE") or {}).get("AUTRES_CONDITIONS_PART_OUI"),
        ]
        held = plain(" ; ".join(filter(None, conditions)))
        texts = [
            record["objet"],
            *conditions,
            participation.get("CRITERE_SELECTION"),
            *_texts(participation.get("MARCHE_RESERVE_OUI")),
        ]
        ticked = "MARCHE_RESERVE_OUI" in participation
        worded = any(map(_reserves, filter(None, texts)))
        first = record["etat"] == "INITIAL" and not record["annonce_lie"] and not record["titulaire"]
        call = (record["nature"] in ("APPEL_OFFRE",) and record["etat"] == "INITIAL") or (
            record["nature"] is None and first
        )
        stated = (
            bool(record["datelimitereponse"]) and record["datelimitereponse"] < "2100"
        )  # one call of 2024 ends in 2924
        yield {
            "reserved": ticked or worded,
            "clause": bool(_SOCIAL.search(held)) and not _reserves(held),
            "deadline": stated or (call and not record["datelimitereponse"]),
            "supposed": call and not record["datelimitereponse"],
        }


def _reserves(text: str) -> bool:
    folded = plain(text)
    return bool(_ARTICLE.search(folded) or (_RESERVED.search(folded) and not _HOURS.search(folded)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _decp(path: Path) -> Iterator[dict[str, bool]]:
    document = json.loads(opened(path))
    if "results" in document:
        yield from map(_flat, document["results"])
        return
    held = document["marches"]
    for row in held if isinstance(held, list) else held["marche"]:
        buyer = row.get("acheteur") or row.get("autoriteConcedante") or {}
        named = bool(buyer.get("id") or buyer.get("nom"))
        yield {"aside": not named, "amount": named and _worth(row.get("montant", row.get("valeurGlobale")))}


def _economie(path: Path) -> Iterator[dict[str, bool]]:
    if path.suffix == ".csv":
        yield from map(
            _flat,
            csv.DictReader(io.StringIO(opened(path)), delimiter=";" if ";" in opened(path).split("\n", 1)[0] else ","),
        )
    else:
        yield from map(_flat, json.loads(opened(path))["results"])


def _flat(row: Mapping[str, Any]) -> dict[str, bool]:
    social = str(row["considerationssociales"])
    return {"amount": _worth(row["montant"]), "clause": "Clause" in social, "reserved": "éserv" in social}


def _titles(path: Path) -> Iterator[dict[str, bool]]:
    for row in csv.DictReader(io.StringIO(opened(path))):
        yield {"amount": _worth(row["montant_marche"])}


def _ted(path: Path) -> Iterator[dict[str, bool]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            root = ElementTree.fromstring(archive.read(name))
            tags = {element.tag.rpartition("}")[2] for element in root.iter()}
            profile = any(element.get("FORM") == "F08" for element in root.iter())
            yield {
                "aside": profile,
                "ticked": bool(tags & {"RESTRICTED_SHELTERED_WORKSHOP", "RESTRICTED_SHELTERED_PROGRAM"}),
            }


def _approch(path: Path) -> Iterator[dict[str, bool]]:
    for row in json.loads(opened(path)):
        yield {
            "reserved": bool(row["reservedPublicMarkets"]),
            "deadline": bool(row["dlro"]),
            "amount": _worth(row["marketEstimatedAmount"]) and row["marketEstimatedAmount"] != 999,
        }


def _worth(value: Any) -> bool:
    try:
        amount = float(str(value).replace(",", "."))
    except ValueError:
        return False
    whole, _, cents = f"{amount:.2f}".partition(".")
    filled = len(whole) >= 5 and len(set(whole)) == 1 and not (whole[0] in "36" and cents != "00")
    return 1 < amount < 3e9 and not filled


_READERS: Final[Mapping[str, Callable[[Path], Iterator[dict[str, bool]]]]] = {
    "boamp": _boamp,
    "decp": _decp,
    "decp_economie": _economie,
    "decp_buyer_csv": _titles,
    "ted": _ted,
    "approch": _approch,
}


def by_the_product(source: str, path: Path) -> Counts:
    """The counts of a file by the product, which imports it alone."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        report = import_files(source, [path], settings)
        model: Any = MODELS[source_of(source).card.content]
        records = list(read_models(current_run(settings.records, source), model))
    found: Counter[str] = Counter()
    aside = sum(report.set_aside.values()) + report.skipped.get("buyer_profile", 0)
    if source == "ted":
        numbers = {record.number: record for record in records if isinstance(record, Notice)}
        ticked = {
            record.number
            for record in records
            if isinstance(record, Notice) and any("SHELTERED" in (piece.value or "") for piece in record.evidence)
        }
        return {"rows": len(numbers) + aside, "aside": aside, "ticked": len(ticked)}
    found.update(name for record in records for name, value in _facts(record).items() if value)
    return found | {"rows": report.kept + aside, "aside": aside}


def _facts(record: Any) -> dict[str, bool]:
    if isinstance(record, Notice):
        provisions = {piece.provision for piece in record.evidence}
        return {
            "reserved": "reserved" in provisions,
            "clause": "clause" in provisions,
            "deadline": record.deadline is not None,
            "supposed": "deadline_supposed" in record.issues,
            "amount": record.amount_max is not None and not {"amount_suspect", "amount_symbolic"} & set(record.issues),
        }
    social = set(record.social.values)
    return {
        "amount": record.amount is not None and not {"amount_suspect", "amount_symbolic"} & set(record.issues),
        "clause": "clause" in social,
        "reserved": "reserved" in social,
    }


def differences(first: Counts, second: Counts) -> list[str]:
    """The figures that differ, each with both values."""
    names: Iterable[str] = dict.fromkeys((*NAMES, *first, *second))
    return [
        f"{name}: {first.get(name, 0)} / {second.get(name, 0)}"
        for name in names
        if first.get(name, 0) != second.get(name, 0)
    ]
