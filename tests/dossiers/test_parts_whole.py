"""Parts of an authored dossier, each whole: what paper gathers, what its data are, what its list holds."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import shapely

from vivier.dossiers.data import data_of, territories_of, warnings_of
from vivier.dossiers.listing import _facts, list_hash
from vivier.dossiers.paper import PRINTED, Group, Numbered, paper
from vivier.lexicon import Lexicon
from vivier.search.port import Generation

DAY = date(2026, 11, 24)
READ = "2026-11-14T03:00:00Z"
ARTICLE, OTHER = {"code": "L2113-13", "rule": "Règle"}, {"code": "L2113-12", "rule": "Autre règle"}


def entry(id_: str, rank: int, **more: Any) -> dict[str, Any]:
    return {"id": id_, "rank": rank, "role_fr": "répond", "kinds": ["EI"], "name": id_.upper(), "siret": None} | more


def clause(kind: str, use: str, *paragraphs: tuple[str, str]) -> dict[str, Any]:
    return {"kind": kind, "use": use, "paragraphs": [{"title": title, "text": text} for title, text in paragraphs]}


def test_paper_prints_once_what_lots_share_and_leaves_the_end_of_a_list_to_the_files() -> None:
    proof = {"of": "kind", "value": "EI", "valid_until": "2027-01-01", "source_id": "s2"}
    long = [entry("a", PRINTED + 1), entry("b", PRINTED, proofs=[proof, proof]), {"opposed": True, "rank": 22}]
    proposed = [
        clause("social", "condition", ("Suivi", "Chaque mois."), ("Objet", "Du lot.")),
        clause("social", "criterion", ("Suivi", "Du critère.")),
        clause("environmental", "criterion", ("Pénalités", "Dix euros.")),
    ]
    dossier: dict[str, Any] = {
        "data": [{"sources": [{"id": f"s{number}"} for number in range(1, 28)]}, {"sources": [{"id": "s1"}]}],
        "lots": [
            {"understood": {"line": 7, "lot": ""}, "studied": False, "conclusion": {"decision": "À corriger"}},
            {
                "understood": {"line": 8, "lot": "2"},
                "studied": True,
                "conclusion": {"decision": "Clause"},
                "contacts": {"structures": long},
                "advice": {"lever": "clause", "article": ARTICLE},
                "clauses": {"notice": "À relire.", "proposed": proposed},
                "articles": [{"article": ARTICLE}, {"article": OTHER}],
            },
            {
                "understood": {"line": 9, "lot": None},
                "studied": True,
                "conclusion": {"decision": "Réserver"},
                "contacts": {"structures": [entry("c", PRINTED + 1, role_fr="peut"), entry("d", 1, role_fr="peut")]},
                "advice": {"lever": "reserve"},
                "clauses": {"notice": "Autre.", "proposed": [clause("social", "condition", ("Suivi", "Chaque jour."))]},
            },
        ],
    }
    found = paper(dossier)
    assert [(row.number, row.entry["id"], row.printed, row.lots) for row in found.structures] == [
        (1, "b", True, [("2", PRINTED)]),
        (2, "d", True, [("9", 1)]),
        (3, "a", False, [("2", PRINTED + 1)]),
        (4, "c", False, [("9", PRINTED + 1)]),
    ]
    assert list(found.structures[0].proofs) == ["EI jusqu'au 01/01/2027 (B)"] and found.left_out == 2
    assert found.withdrawn == 1 and (found.letters["s1"], found.letters["s26"], found.letters["s27"]) == (
        "A",
        "Z",
        "A26",
    )
    assert found.articles == (OTHER, ARTICLE) and found.clause_notice == "À relire."
    assert found.shared == (
        {"title": "Suivi (clause sociale)", "text": "Chaque mois."},
        {"title": "Pénalités (clauses environnementales)", "text": "Dix euros."},
    )
    assert [each["decision"] for each in found.conclusions.values()] == ["À corriger", "Clause", "Réserver"]
    assert found.groups == {8: (Group("répond", (1,), (3,)),), 9: (Group("peut", (2,), (4,)),)}
    assert paper({"data": [], "lots": []}).clause_notice == "" and not Numbered(1, {}).printed


def test_the_data_of_a_dossier_say_each_dataset_and_what_is_unknown_of_it() -> None:
    card = {"id": "esat", "producer": "P", "dataset": "D", "licence": "L", "homepage": "h", "cadence_days": 30}
    run = {"source": card, "run": "r1", "finished_at": READ, "updated_at": "2026-11-04", "kept": 3, "sha256": "f"}
    meta = {"sources": [run, {"source": {}}], "opposed": "v1"}
    found = data_of(Generation("suppliers-1", "suppliers", True, 4, datetime(2026, 11, 14, tzinfo=UTC), meta), DAY)
    whole = {
        **card,
        "run": "r1",
        "updated_at": "2026-11-04",
        "fetched_at": READ,
        "age_days": 20,
        "kept": 3,
        "sha256": "f",
    }
    assert found == {
        "collection": "suppliers",
        "generation": "suppliers-1",
        "opposition": "v1",
        "documents": 4,
        "sources": [whole, dict.fromkeys(whole)],
    }


def state(line: int, state: str, structures: list[int] | None = None) -> dict[str, Any]:
    studied = structures is not None
    understood = {"line": line, "lot": None, "state": state}
    return {"understood": understood, "studied": studied, "contacts": {"structures": structures}}


def test_a_dossier_warns_of_unknown_dates_of_doubts_and_of_empty_lists() -> None:
    source = {"dataset": "D", "updated_at": None, "age_days": None, "cadence_days": None, "sha256": None}
    lots = [state(1, "to_correct"), state(2, "to_confirm", [1]), state(3, "ready", []), state(4, "ready", [])]
    assert warnings_of([{"sources": [source]}], lots, contracts=False) == [
        "« D » : son producteur ne dit pas à quelle date ses données sont à jour.",
        "« D » : empreinte des données inconnue, lues avant qu'elle soit gardée.",
        "Lot 1 à corriger : rien n'y est compté.",
        "Lot 2 : compris avec un doute, à confirmer.",
        "Lots 3, 4 : aucune structure à consulter parmi celles que nous connaissons.",
        "Cette installation ne contient pas de marchés : ni comparaison, ni historique, ni expérience.",
    ]
    fresh = {**source, "updated_at": "2026-11-01", "age_days": 1, "cadence_days": 7, "sha256": "f"}
    assert warnings_of([{"sources": [fresh]}], [*lots[3:], state(5, "ready", [1])], contracts=True) == [
        "Lot 4 : aucune structure à consulter parmi celles que nous connaissons."
    ]


def test_each_territory_of_the_lots_is_there_once_with_the_hash_of_its_contour(lexicon: Lexicon) -> None:
    lots = [{"understood": {"territories": [{"code": "commune:35238"}, {"code": "departement:35"}]}}] * 2
    rennes, department = territories_of(lots, lexicon.gazetteer)
    contour = lexicon.gazetteer.contour("commune:35238")
    assert contour is not None
    seal = hashlib.sha256(shapely.to_wkb(contour)).hexdigest()
    assert rennes == {"id": "commune:35238", "name": "Rennes", "communes": 1, "geometry_sha256": seal}
    assert department["id"] == "departement:35" and department["communes"] > 300


def lot(studied: bool = True, recommended: str | None = "L2113-12", structures: Any = (), **excluded: Any) -> Any:
    body = {
        "understood": {"line": 1, "lot": "2", "text": "Tonte", "trades": [], "territories": [{"label_fr": "Rennes"}]},
        "studied": studied,
        "recommended": recommended,
        "advice": {"lever_fr": "réserver", "article": None},
        "articles": [
            {"article": {"code": code.replace("_", "-")}, "eligible": len(structures), "excluded": left}
            for code, left in excluded.items()
        ],
    }
    return body | ({"contacts": {"structures": list(structures)}} if studied else {})


def test_a_proof_says_its_source_and_its_days(lexicon: Lexicon) -> None:
    source = {
        "source_id": "s",
        "dataset": "D",
        "basis": "b",
        "url": "u",
        "updated_at": "2026-11-01",
        "fetched_at": READ,
    }
    agreement = {"kind": "EI", "valid_from": "2025-01-01", "valid_until": None}
    record: Any = {
        "identifiers": ["1" * 13, "2" * 14, "3" * 15],
        "agreements": [{"value": agreement, "provenance": source}],
        "offers": [{"value": {"trade": "traiteur", "evidence": "declared"}, "provenance": source}],
    }
    structure = {"commune": "75101", "kinds": ["EI"], "turnover": None, "turnover_year": None}
    found: Any = _facts(structure, record, {"traiteur"}, lexicon)
    assert found == {
        "commune_name": found["commune_name"],
        "sirets": ["2" * 14],
        "proofs": [
            {"of": "kind", "value": "EI", "valid_from": "2025-01-01", "valid_until": None, **source},
            {"of": "trade", "value": "traiteur", "evidence": "declared", **source},
        ],
    }
    assert found["commune_name"].startswith("Paris") and "1er" in found["commune_name"]
    assert _facts({"commune": None}, None, set(), lexicon)["commune_name"] is None
    assert _facts({"commune": "99999"}, None, set(), lexicon)["commune_name"] is None


def test_the_hash_of_a_list_is_that_of_its_lines_its_seeds_and_its_ids() -> None:
    studied = lot(structures=[entry("a", 1), entry("b", 2)])
    studied["contacts"]["seed"] = "s"
    assert list_hash([studied, lot(studied=False)]) == hashlib.sha256(b'[[1,"s",["a","b"]]]').hexdigest()
