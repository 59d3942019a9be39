"""Writes a sourcing dossier as a workbook: lots, structures, groups, exclusions, duties, log, and the data behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

from vivier.exports.book import tables_book
from vivier.exports.dossier_list import HEADERS, list_rows, lot_name
from vivier.names import readable_name

_NAMES: Final = ("Structure", "Membre")
"""Headings of names, written in readable capitals. The CSV and the JSON keep them as registered."""
_Row = list[Any]


def dossier_workbook(dossier: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook. Texts are written as texts, never as formulas; an unknown value is an empty cell."""
    return tables_book((name, _readable(rows)) for name, rows in _sheets(dossier))


def _readable(rows: Iterable[_Row]) -> Iterator[_Row]:
    """The rows of a sheet with readable names, each list as one text."""
    titles, *others = rows
    yield titles
    for row in others:
        yield [
            _cell(readable_name(cell) if title in _NAMES and isinstance(cell, str) else cell)
            for cell, title in zip_longest(row, titles[: len(row)])
        ]


def _cell(cell: Any) -> Any:
    text = "; ".join(map(str, cell)) if isinstance(cell, list) else cell
    return text[:32_000] if isinstance(text, str) else text


def _sheets(dossier: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[_Row]]]:
    yield "Lots", _lots(dossier["lots"])
    yield "Structures à consulter", _contacts(dossier)
    if any("sourcing" in lot for lot in dossier["lots"]):
        yield "Réponses", _answers(dossier["lots"])
    yield "Par article", _articles(dossier["lots"])
    yield "Groupements", _groups(dossier["lots"])
    yield "Exclusions", _excluded(dossier["lots"])
    yield "Obligations", _duties(dossier["lots"])
    yield "Journal", _log(dossier)
    yield "Lisez-moi", _readme(dossier)


def _answers(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    """What structures answered, and what each answer changed. One that opposed since has a row without a name."""
    yield [
        "Lot",
        "Structure",
        "SIRET",
        "Réponse",
        "Volume HT par an",
        "À partir du",
        "Par qui",
        "Le",
        "Ce que cela change",
    ]
    for lot in lots:
        for step in lot.get("sourcing", {}).get("steps", ()):
            if "opposed" in step:
                yield [lot_name(lot), step["word"]]
                continue
            names = ("name", "siret", "said_fr", "volume", "start", "by_fr", "given_on", "text")
            yield [lot_name(lot), *(step.get(name) for name in names)]


def _labels(choices: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(choice["label_fr"] for choice in choices)


def _lots(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    yield [
        "Lot",
        "Objet",
        "Métier",
        "Lieu",
        "Montant HT",
        "Durée (mois)",
        "État",
        "Levier",
        "Article",
        "Raison",
        "Sur quoi repose l'avis",
        "Confiance",
        "Ce qui changerait l'avis",
        "Heures basses",
        "Heures centrales",
        "Heures hautes",
        "À corriger ou à confirmer",
    ]
    for lot in lots:
        understood, advice, hours = lot["understood"], lot.get("advice"), lot.get("hours") or {}
        left = [error["message"] for error in understood["errors"]] + lot["notes"]
        advised = (
            [None] * 6
            if advice is None
            else [
                advice["lever_fr"],
                (advice["article"] or {}).get("code"),
                advice["reason"],
                advice["facts"],
                advice["confidence_fr"],
                advice["would_change"],
            ]
        )
        yield [
            lot_name(lot),
            understood["text"],
            _labels(understood["trades"]),
            _labels(understood["territories"]),
            understood["amount"],
            understood["months"],
            understood["state_fr"],
            *advised,
            *((hours.get(level) or {}).get("insertion_hours") for level in ("low", "central", "high")),
            left,
        ]


def _contacts(dossier: Mapping[str, Any]) -> Iterator[_Row]:
    yield [*HEADERS]
    yield from list_rows(dossier)


def _articles(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    yield ["Lot", "Article", "Applicable", "Métier le plus faible", "Structures éligibles", "De métier non publié, non comptées", "De zone ou d'agrément à confirmer, non comptées", "Assez grandes pour le lot", "Trop petites", "Capacité inconnue", "Plus grand lot annuel pour garder 2 candidats", "Plus grand lot annuel pour garder 3 candidats", "Chances d'avoir deux offres : au moins", "Chances d'avoir deux offres : au plus", "Verdict"]  # fmt: skip
    for lot in lots:
        for article in lot["articles"] if lot["studied"] else ():
            capacity, odds = article["capacity"], article["competition"][1]["at_least_two"]
            made = article.get("prospects", {"to_ask": article["trade_unknown"]})
            if not article["eligible"] and any(made.get(group) for group in ("likely", "to_ask")):
                odds = {"low": None, "high": None}  # nobody counts, some are to be asked: no conclusion
            yield [lot_name(lot), article["article"]["code"], article["applies_fr"], article["weakest_trade_fr"], article["eligible"], made["to_ask"], made.get("likely"), capacity["able"], capacity["unable"], capacity["unknown"], capacity["largest_lot"]["2"], capacity["largest_lot"]["3"], odds["low"], odds["high"], article["verdict_fr"]]  # fmt: skip


def _groups(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    """One row a member. A lot without a group has one row with the reason."""
    yield ["Lot", "Groupement", "Structure", "SIREN", "Types", "Métiers", "Capacité annuelle", "Article", "Capacité du groupement", "Marchés cités", "À vérifier"]  # fmt: skip
    for lot in lots:
        found = lot.get("consortium") or {"groups": [], "text": None}
        if found["text"] and not found["groups"]:
            yield [lot_name(lot), "aucun", *[None] * 8, found["text"]]
        for rank, group in enumerate(found["groups"], 1):
            cited = [id_ for pair in group["together"] for id_ in pair["contracts"]]
            article = (group["article"] or {}).get("code")
            for member in group["members"]:
                trades = [each["label_fr"] for each in member["trades"] if each["does"]]
                yield [lot_name(lot), rank, member["name"], member["siren"], member["kinds"], trades, member["capacity"], article, group["capacity"]["state_fr"], cited, group["gaps"]]  # fmt: skip


def _excluded(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    yield ["Lot", "Article", "Identifiant", "Structure", "SIREN", "Raison", "Remarque"]
    for lot in lots:
        for article in lot["articles"] if lot["studied"] else ():
            for left in article["excluded"]:
                yield [
                    lot_name(lot),
                    article["article"]["code"],
                    left.get("id"),
                    left.get("name", left.get("word")),
                    left.get("siren"),
                    left["reason_fr"],
                    left.get("note_fr"),
                ]


def _duties(lots: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    yield ["Lot", "Article", "Obligation", "État", "Projet de texte"]
    for lot in lots:
        for duty in lot["duties"] if lot["studied"] else ():
            yield [lot_name(lot), duty["article"]["code"], duty["text"], duty["state_fr"], duty["draft"]]


def _log(dossier: Mapping[str, Any]) -> Iterator[_Row]:
    """The contacts, then the draws of the order, which an auditor asks for first."""
    yield ["Jour", "Structure", "Moyen", "Fonction", "Questions posées", "Réponse ou raison"]
    for contact in dossier.get("contact_log", ()):
        if contact.get("opposed"):
            yield [None, contact["word"]]
        else:
            answer = contact["answer"] or "pas encore de réponse"
            yield [
                contact["date"],
                contact["name"],
                contact["channel_fr"],
                contact["role"],
                contact["questions"],
                answer,
            ]
    for draw in dossier.get("draws", ()):
        yield [draw["at"][:10], "ordre neutre tiré", None, None, None, draw["reason"]]


def _readme(dossier: Mapping[str, Any]) -> Iterator[_Row]:
    yield [dossier["title"] or "Dossier de sourcing", ""]
    yield ["Date d'analyse", dossier["as_of"]]
    yield ["Empreinte SHA-256 du dossier JSON", dossier["sha256"]]
    yield ["Empreinte de l'analyse", dossier["analysis_sha256"]]
    yield ["Empreinte de la liste", dossier["list_sha256"]]
    if "dossier_id" in dossier:
        yield [
            "Dossier",
            dossier["dossier_id"],
            "créé le",
            dossier["created_at"],
            "gardé jusqu'au",
            dossier["kept_until"],
        ]
        yield ["Remplace", dossier["supersedes"] or "aucun autre dossier"]
    if "blanked" in dossier:
        blanked = dossier["blanked"]
        yield [
            "Structures retirées depuis à leur demande",
            blanked["structures"],
            "empreinte à la création",
            blanked["issued_sha256"],
        ]
    for name, version in dossier["methods"].items():
        yield [f"Méthode {name}", version]
    for parameter in dossier["parameters"]:
        yield [parameter["title"], parameter["value"], parameter["unit"], parameter["status"], parameter["source"]]
    for data in dossier["data"]:
        yield [f"Données : {data['collection']}", data["generation"], data["documents"]]
        for source in data["sources"]:
            names = ("dataset", "producer", "licence", "updated_at", "fetched_at", "sha256")
            yield [source[name] for name in names]
    for place in dossier["territories"]:
        yield ["Territoire", place["id"], place["name"], place["communes"], place["geometry_sha256"]]
    for warning in dossier["warnings"]:
        yield ["À savoir", warning]
    for question in dossier["questionnaire"]:
        yield ["Question posée à toutes", question]
    for limit in dossier["limits"]:
        yield ["Limite", limit]
