"""What an answer says is in the sheets of its workbook, cell by cell: nothing slips into the next column, what is unknown is empty."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

import openpyxl
import pytest

from vivier.exports.book import tables_book
from vivier.exports.dossier_book import dossier_workbook
from vivier.exports.ledger_book import ledger_workbook
from vivier.exports.map_lists import located

Sheets = dict[str, list[list[Any]]]
DAY = "2026-11-24"


def sheets(content: bytes) -> Sheets:
    """The rows of each sheet below its titles, without the empty cells at the end."""
    found: Sheets = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
        for row in rows:
            while row and row[-1] is None:
                row.pop()
        found[sheet.title] = rows
    return found


def test_a_list_in_a_cell_is_one_text_and_a_title_alone_is_bold() -> None:
    content = tables_book([("Essai", [["Nom", "Types"], ["a", ("EI", "EA")]])], frozen=1)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Essai"]
    assert sheet["B2"].value == "EI, EA" and sheet.freeze_panes == "B2"
    assert [cell.font.b for cell in (sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"])] == [True, True, False, False]
    assert sheet["A1"].alignment.wrap_text and sheet["A1"].alignment.vertical == "top"


STRUCTURE = {
    "name": "Serre",
    "town": "Lille",
    "kinds": ["EI", "EA"],
    "group_fr": "sûre",
    "distance_km": 3.5,
    "already": True,
    "producer": "DGEFP",
    "updated_at": "2026-11-01",
}


def test_other_structures_of_a_ledger_are_listed_by_family_or_their_absence_is_said() -> None:
    counted = {"amounts": defaultdict(int), "least": 0, "most": 1}
    body = {
        "summary": [],
        "read": {"remarks": []},
        "limits": [],
        "lines": [],
        "families": [],
        "territories": [],
        "kinds": [],
        "labels": [],
        "zones": {"known": [], "none_known": 4, "unknown": 5},
        "whole": {"lines": 1, "suppliers": 1, "amount": 9, "inclusive": counted, "labelled": counted},
        "alternatives": [
            {"family": "Tonte", "said": "", "structures": [STRUCTURE, STRUCTURE | {"already": False}]},
            {"family": "Divers", "said": "Aucun métier lu.", "structures": []},
        ],
    }
    content = ledger_workbook(body)
    found = sheets(content)
    assert {sheet.freeze_panes for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets} == {"B2"}
    told = ["Tonte", "Serre", "Lille", "EI, EA", "sûre", 3.5]
    assert found["Autres structures"] == [
        [*told, "oui", "DGEFP", "2026-11-01"],
        [*told, "non", "DGEFP", "2026-11-01"],
        ["Divers", "Aucun métier lu."],
    ]
    assert found["Types, labels, zones"] == [
        ["Siège situé, aucune zone prioritaire connue", None, 4],
        ["Siège inconnu", None, 5],
    ]


UNDERSTOOD = {
    "lot": "7",
    "line": 3,
    "text": "Tonte",
    "trades": [{"label_fr": "Espaces verts"}],
    "amount": 1000,
    "territories": [{"label_fr": "Nord"}],
    "months": 12,
    "state_fr": "lu",
    "errors": [{"message": "À revoir."}],
}
ADVICE = {
    "lever_fr": "clause",
    "article": {"code": "L2112-2"},
    "reason": "parce que",
    "facts": ["f"],
    "confidence_fr": "bonne",
    "would_change": "un fait",
}
ANSWER = {
    "name": "SERRE DU LAC",
    "siret": "1",
    "said_fr": "intéressée",
    "volume": 5,
    "start": None,
    "by_fr": "elle",
    "given_on": DAY,
    "text": "Une de plus.",
}
MEMBER = {
    "name": "ATELIER",
    "siren": "2",
    "kinds": ["EA"],
    "role_fr": "mandataire",
    "capacity": 10,
    "trades": [{"label_fr": "Tonte", "does": True}, {"label_fr": "Taille", "does": False}],
}
GROUP = {
    "together": [{"contracts": ["c1"]}],
    "article": None,
    "members": [MEMBER],
    "capacity": {"state_fr": "assez"},
    "gaps": ["le prix"],
}
BARE = {"articles": [], "duties": [], "studied": False, "notes": [], "contacts": {"structures": [], "seed": 1}}
DOSSIER: dict[str, Any] = {
    "title": None,
    "as_of": DAY,
    "sha256": "s",
    "analysis_sha256": "a",
    "list_sha256": "l",
    "dossier_id": "d",
    "created_at": DAY,
    "kept_until": "2031-11-24",
    "supersedes": None,
    "methods": {"consultation": "1"},
    "parameters": [],
    "data": [],
    "territories": [],
    **{name: [] for name in ("warnings", "questionnaire", "limits")},
    "lots": [
        BARE
        | {
            "understood": UNDERSTOOD,
            "advice": ADVICE,
            "hours": {"low": None, "central": {"insertion_hours": 70}},
            "notes": ["Sans date."],
            "sourcing": {"steps": [ANSWER, {"opposed": True, "word": "[retirée]"}]},
            "consortium": {"groups": [GROUP], "text": None},
        },
        BARE
        | {
            "understood": UNDERSTOOD | {"lot": None, "errors": []},
            "consortium": {"groups": [], "text": "La loi l'interdit."},
        },
        BARE | {"understood": UNDERSTOOD | {"errors": []}},
    ],
    "contact_log": [
        {"opposed": True, "word": "[retirée]"},
        {"date": DAY, "name": "A", "channel_fr": "appel", "role": "accueil", "questions": ["q"], "answer": None},
        {"date": DAY, "name": "A", "channel_fr": "appel", "role": "accueil", "questions": [], "answer": "Oui."},
    ],
    "draws": [{"at": "2026-11-23T09:05:00", "reason": "à la création"}],
}


def test_a_dossier_has_its_lots_answers_groups_and_log() -> None:
    found = sheets(dossier_workbook(DOSSIER))
    read = ["Tonte", "Espaces verts", "Nord", 1000, 12, "lu"]
    advised = ["clause", "L2112-2", "parce que", "f", "bonne", "un fait"]
    assert found["Lots"] == [
        ["7", *read, *advised, None, 70, None, "À revoir.; Sans date."],
        ["ligne 3", *read],
        ["7", *read],
    ]
    assert found["Réponses"] == [
        ["7", "Serre du Lac", "1", "intéressée", 5, None, "elle", DAY, "Une de plus."],
        ["7", "[retirée]"],
    ]
    assert found["Groupements"] == [
        ["7", 1, "Atelier", "2", "EA", "Tonte", 10, None, "assez", "c1", "le prix"],
        ["ligne 3", "aucun", *[None] * 8, "La loi l’interdit."],
    ]
    assert found["Journal"] == [
        [None, "[retirée]"],
        [DAY, "A", "appel", "accueil", "q", "pas encore de réponse"],
        [DAY, "A", "appel", "accueil", None, "Oui."],
        ["2026-11-23", "ordre neutre tiré", None, None, None, "à la création"],
    ]
    rows = {row[0]: row[1:] for row in found["Lisez-moi"] if row}
    assert rows["Dossier"] == ["d", "créé le", DAY, "gardé jusqu’au", "2031-11-24"]
    assert rows["Remplace"] == ["aucun autre dossier"]


def test_a_dossier_without_answers_has_no_sheet_of_them_and_tells_what_was_taken_out() -> None:
    blanked = {"structures": 2, "issued_sha256": "i"}
    kept = {name: value for name, value in DOSSIER.items() if name != "dossier_id"}
    found = sheets(dossier_workbook(kept | {"lots": DOSSIER["lots"][1:], "blanked": blanked, "title": "Parcs"}))
    assert "Réponses" not in found
    rows = {row[0]: row[1:] for row in found["Lisez-moi"]}
    assert rows["Structures retirées depuis à leur demande"] == [2, "empreinte à la création", "i"]
    assert "Remplace" not in rows


def test_a_text_longer_than_a_cell_may_be_is_cut() -> None:
    found = sheets(dossier_workbook(DOSSIER | {"lots": [], "warnings": ["a" * 32_001]}))
    assert ["À savoir", "a" * 32_000] in found["Lisez-moi"]


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"place": "departement:59"}, ("departement:59", "place")),
        ({"places": ["commune:59350"]}, ("commune:59350", "place")),
        ({"places": ["departement:59", "departement:62"], "buyer_seat": "commune:59350"}, ("commune:59350", "buyer")),
        ({"places": ["departement:59", "departement:62"]}, None),
        ({"seat": "commune:35238"}, ("commune:35238", "buyer")),
        ({"national": True, "place": "departement:59"}, None),
        ({"place": "FR", "seat": "commune:35238"}, None),
        ({}, None),
    ],
)
def test_a_purchase_is_on_the_map_at_its_only_place_else_at_its_buyer(
    record: dict[str, Any], place: tuple[str, str] | None
) -> None:
    assert located(record) == place
