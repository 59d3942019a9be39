"""Every sheet of the workbooks of a ledger, of a dossier and of a decision, cell by cell, on authored answers."""

from __future__ import annotations

from typing import Any

from tests.exports.test_books_of_bodies import DOSSIER, sheets
from vivier.desk.method.ledger import AXES, STATES, UNREAD
from vivier.exports.dossier_book import dossier_workbook
from vivier.exports.ledger_book import LINE_TITLES, ledger_csv, ledger_workbook
from vivier.exports.merge_files import HEADINGS, merge_csv

AXIS = {"inclusive": 10, "labelled": 20}
ROW = {
    "lines": 3,
    "suppliers": 2,
    "amount": 900,
    **{
        axis: {"amounts": {state: start + rank for rank, state in enumerate(STATES)}, "least": start / 100, "most": 0.9}
        for axis, start in AXIS.items()
    },
}
SHARES = [*range(10, 10 + len(STATES)), *range(20, 20 + len(STATES)), 0.1, 0.9, 0.2, 0.9]
CODE = {"name": "EI", "code": "ei", "amount": 5}
SEEN = {"producer": "DGEFP", "updated_at": "2026-11-01"}
LINE: dict[str, Any] = {
    "line": 2,
    "number": "900000001",
    "unread": next(iter(UNREAD)),
    "amount": 12.5,
    "family": "Tonte",
    **dict.fromkeys(AXES, next(iter(STATES))),
    "kinds": ["EI", "EA"],
    "labels": ["FSC"],
    "supplier": "s1",
    "name": "Atelier",
    "departement": "59",
    "zones": ["QPV"],
    "sources": [SEEN, {**SEEN, "updated_at": None}],
}
LEDGER: dict[str, Any] = {
    "summary": ["Un résumé."],
    "read": {"remarks": ["Une remarque."]},
    "limits": ["Une limite."],
    "lines": [LINE, {**LINE, "unread": None, "sources": [], "labels": []}],
    "families": [{**ROW, "name": "Tonte"}],
    "territories": [{**ROW, "name": "Nord"}],
    "kinds": [CODE],
    "labels": [{**CODE, "name": "FSC"}],
    "zones": {"known": [{**CODE, "name": "QPV"}], "none_known": 4, "unknown": 5},
    "whole": ROW,
    "alternatives": [],
}


def test_a_ledger_has_its_families_territories_codes_and_lines() -> None:
    found = sheets(ledger_workbook(LEDGER))
    assert list(found) == [
        "Lisez-moi",
        "Familles",
        "Territoires",
        "Types, labels, zones",
        "Autres structures",
        "Lignes",
    ]
    assert found["Lisez-moi"] == [["Un résumé."], ["Une remarque."], ["Une limite."]]
    assert found["Familles"] == [["Tous les achats", 3, 2, 900, *SHARES], ["Tonte", 3, 2, 900, *SHARES]]
    assert found["Territoires"] == [["Nord", 3, 2, 900, *SHARES]]
    assert found["Types, labels, zones"][:3] == [[name, "ei", 5] for name in ("EI", "FSC", "QPV")]
    unread, state = next(iter(UNREAD.values())), next(iter(STATES.values()))
    cells = [2, "900000001", unread, 12.5, "Tonte", *[state] * len(AXES), "EI, EA", "FSC", "s1", "Atelier", "59", "QPV"]
    first, second = found["Lignes"]
    assert [str(cell).replace("’", "'") for cell in first] == [
        *map(str, cells),
        "DGEFP, 01/11/2026 ; DGEFP".replace(" ;", "\u202f;"),
    ]
    assert second[2] is None and second[len(cells) - 5] is None
    titles, line, *_ = ledger_csv(LEDGER).decode("utf-8-sig").split("\r\n")
    assert titles == ";".join(f'"{title}"' for title in LINE_TITLES)
    assert line.startswith('2;"900000001";') and ";12,5;" in line and line.endswith('"DGEFP, 01/11/2026 ; DGEFP"')


def test_a_dossier_has_its_articles_exclusions_duties_and_what_it_rests_on() -> None:
    article = {
        "article": {"code": "L2113-12"},
        "applies_fr": "oui",
        "weakest_trade_fr": "tonte",
        "eligible": 3,
        "trade_unknown": 1,
        "prospects": {"likely": 2, "to_ask": 1},
        "capacity": {"able": 4, "unable": 5, "unknown": 6, "largest_lot": {"2": 70, "3": 80}},
        "competition": [{"at_least_two": {"low": 0.9, "high": 0.9}}, {"at_least_two": {"low": 0.1, "high": 0.2}}],
        "verdict_fr": "réservable",
        "excluded": [
            {"id": "s1", "name": "ATELIER", "siren": "1", "reason_fr": "loin", "note_fr": "à voir"},
            {"word": "[retirée]", "reason_fr": "loin"},
        ],
    }
    nobody = {**article, "eligible": 0, "excluded": []}
    duty = {"article": {"code": "L1"}, "text": "obligation", "state_fr": "due", "draft": "projet"}
    lot = {**DOSSIER["lots"][0], "studied": True, "articles": [article, nobody], "duties": [duty]}
    source = {"dataset": "D", "producer": "P", "licence": "L", "updated_at": "u", "fetched_at": "f", "sha256": "s"}
    more = {
        "title": "Parcs",
        "supersedes": "d0",
        "parameters": [{"title": "Effort", "value": 0.05, "unit": "part", "status": "vu", "source": "guide"}],
        "data": [{"collection": "suppliers", "generation": "g1", "documents": 9, "sources": [source]}],
        "territories": [{"id": "commune:1", "name": "Lens", "communes": 1, "geometry_sha256": "h"}],
        "warnings": ["w"],
        "questionnaire": ["Quand"],
        "limits": ["l"],
    }
    found = sheets(dossier_workbook({**DOSSIER, **more, "lots": [lot, DOSSIER["lots"][2]]}))
    assert found["Par article"] == [
        ["7", "L2113-12", "oui", "tonte", 3, 1, 2, 4, 5, 6, 70, 80, 0.1, 0.2, "réservable"],
        ["7", "L2113-12", "oui", "tonte", 0, 1, 2, 4, 5, 6, 70, 80, None, None, "réservable"],
    ]
    assert found["Exclusions"] == [
        ["7", "L2113-12", "s1", "Atelier", "1", "loin", "à voir"],
        ["7", "L2113-12", None, "[retirée]", None, "loin"],
    ]
    assert found["Obligations"] == [["7", "L1", "obligation", "due", "projet"]]
    rows = [
        ["" if cell is None else str(cell).replace("\u00a0", " ").replace("’", "'") for cell in row]
        for row in found["Lisez-moi"]
    ]
    assert rows == [
        ["Date d'analyse", "2026-11-24"],
        ["Empreinte SHA-256 du dossier JSON", "s"],
        ["Empreinte de l'analyse", "a"],
        ["Empreinte de la liste", "l"],
        ["Dossier", "d", "créé le", "2026-11-24", "gardé jusqu'au", "2031-11-24"],
        ["Remplace", "d0"],
        ["Méthode consultation", "1"],
        ["Effort", "0.05", "part", "vu", "guide"],
        ["Données : suppliers", "g1", "9"],
        ["D", "P", "L", "u", "f", "s"],
        ["Territoire", "commune:1", "Lens", "1", "h"],
        ["À savoir", "w"],
        ["Question posée à toutes", "Quand"],
        ["Limite", "l"],
    ]


def test_a_message_to_merge_is_a_table_too() -> None:
    content = merge_csv([["Éclat", None, "=1", 'a\n=b "c"']]).decode("utf-8-sig")
    assert content == ";".join(HEADINGS) + "\r\n" + 'Éclat;;\'=1;"a\n=b ""c"""\r\n'
