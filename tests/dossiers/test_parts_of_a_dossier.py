"""Parts of a dossier: its list as a CSV, its groups without who opposed, its proofs told."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from vivier.dossiers.blank import _complete
from vivier.dossiers.compose import _figures
from vivier.dossiers.paper import _proofs
from vivier.exports.dossier_list import HEADERS, list_csv, lot_name, proofs_told
from vivier.text.guard import safe_cell

STRUCTURE: dict[str, Any] = {
    "rank": 1,
    "id": "s1",
    "name": "=Éclat",
    "role_fr": "à consulter",
    "kinds": ["EI", "ACI"],
    "siren": "999100100",
    "siret": "99910010000018",
    "commune_name": "Rennes",
    "commune": "35238",
    "coverage": "full",
    "zone_published": False,
    "trade_evidence": "declared",
    "distance_km": 12.5,
    "capacity_fr": "8 ETP",
    "turnover": None,
    "turnover_year": None,
    "proofs": [],
}


def dossier(*found: dict[str, Any]) -> dict[str, Any]:
    lot = {
        "understood": {"lot": "", "line": 4},
        "contacts": {"seed": "abc", "structures": list(found)},
        "studied": True,
    }
    return {
        "dossier_id": "d1",
        "as_of": "2026-11-24",
        "methods": {"consultation": "7"},
        "lots": [lot, {"studied": False}],
    }


def test_the_list_of_a_dossier_has_a_row_for_each_structure_named_or_not() -> None:
    gone = {"rank": 2, "opposed": True, "word": "retirée"}
    content = list_csv(dossier(STRUCTURE, gone))
    head, one, other = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert content[:3] == b"\xef\xbb\xbf" and tuple(head) == HEADERS and {len(one), len(other)} == {len(HEADERS)}
    assert one[:6] == ["ligne 4", "1", "s1", "'=Éclat", "à consulter", "EI | ACI"] and "non, supposée" in one
    assert other[:4] == ["ligne 4", "2", "", "retirée"] and set(other[4:18]) == {""}
    assert one[-4:] == other[-4:] == ["abc", "d1", "2026-11-24", "7"]
    assert lot_name({"understood": {"lot": "2", "line": 4}}) == "2"


def test_a_group_that_lost_a_member_is_withdrawn_and_counted() -> None:
    whole, cut = {"members": [{"name": "a"}]}, {"members": [{"name": "b"}, {"opposed": True}]}
    blocks = [{"nearest": {"opposed": True}}, {"nearest": {"name": "c"}}, {"nearest": None}]
    made = _complete({"consortium": {"groups": [whole, cut], "blocks": blocks}})["consortium"]
    assert made["groups"] == [whole] and made["withdrawn"] == 1
    assert [block["nearest"] for block in made["blocks"]] == [None, {"name": "c"}, None]
    assert _complete({"consortium": None}) == {"consortium": None}


def test_a_kind_that_nothing_proves_is_said_so() -> None:
    proofs = [
        {"of": "kind", "value": "EI", "valid_until": "2027-12-31", "source_id": "s", "dataset": "Liste"},
        {"of": "trade", "value": "ACI", "source_id": None, "dataset": "Autre"},
    ]
    told = list(_proofs({"kinds": ["EI", "ACI"], "proofs": proofs}, {"s": "A"}))
    assert told[0] == "ACI (sans preuve datée)" and told[1].endswith("31/12/2027 (A)") and told[2].endswith("(Autre)")
    assert len(told) == 3
    dated = [{**proof, "updated_at": "2026-11-01", "fetched_at": None} for proof in proofs]
    undated = [{**proof, "updated_at": None, "fetched_at": None} for proof in proofs[:1]]
    assert proofs_told([*dated, *dated, *undated]) == [
        "agrément EI jusqu'au 31/12/2027 : Liste, 01/11/2026",
        "métier : Autre, 01/11/2026",
        "agrément EI jusqu'au 31/12/2027 : Liste, date inconnue",
    ]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ((), None),
        (("a", "b"), "a | b"),
        (2.0, 2),
        (2.5, 2.5),
        ("a=1", "a=1"),
        ("=1", "'=1"),
        (" =1", "' =1"),
        (None, None),
        ("é\x00", "é"),
    ],
)
def test_a_cell_becomes_no_formula(cell: Any, safe: object) -> None:
    assert safe_cell(cell) == safe


@pytest.mark.parametrize(("recommended", "to_confirm"), [("L2113-12", None), (None, "L2113-13"), (None, None)])
def test_a_clause_is_written_for_the_article_advised_or_to_confirm(
    recommended: str | None, to_confirm: str | None
) -> None:
    lot: dict[str, Any] = {
        "understood": {"text": "ménage", "months": 12, "kind": "concession"},
        "hours": {"central": {"insertion_hours": 30.0}, "per_100k": 2.0, "hourly_cost": 31.0},
        "settings": {"launched": "2027-03-01"},
        "recommended": recommended,
        "to_confirm": to_confirm,
    }
    made = _figures(lot)
    assert (made.reserving, made.hours, made.per_100k, made.hourly_cost) == (recommended or to_confirm, 30.0, 2.0, 31.0)
    assert (made.start, made.concession, made.months) == (date(2027, 3, 1), True, 12)
    bare = _figures({**lot, "hours": None, "settings": {}, "understood": {**lot["understood"], "kind": "marche"}})
    assert (bare.hours, bare.start, bare.concession) == (None, None, False)
