"""Parts of an authored dossier, each whole: what paper gathers, what its data are, what differs from a former one, what its log takes."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely

from vivier.dossiers.contacts import Change, Contact, change_of, logged
from vivier.dossiers.data import data_of, territories_of, warnings_of
from vivier.dossiers.differences import ELSEWHERE, GONE, NEW, differences
from vivier.dossiers.listing import _facts, list_hash
from vivier.dossiers.paper import PRINTED, Group, Numbered, paper
from vivier.errors import InvalidRequest
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


def left(id_: str, reason: str) -> dict[str, str]:
    return {"id": id_, "reason": reason, "reason_fr": f"motif {reason}"}


def test_each_structure_added_or_removed_has_the_reason_that_says_most() -> None:
    kind = "kind_not_eligible"
    was = lot(
        structures=[entry("stays", 1), entry("out", 2), entry("gone", 3), entry("away", 4), entry("opposed", 5)],
        L9999=[left("back", "zone")],
    )
    now = lot(
        structures=[entry("back", 1), entry("stays", 2), entry("new", 3)],
        L9999=[left("out", "last")],
        L2113_14=[left("out", kind), left("kind", kind)],
        L2113_12=[left("out", kind), left("other", "zone")],
    )
    (found,) = differences([was], [now], {"opposed"}, lambda ids: {*ids} & {"away"})
    why = {each["id"]: each["why"] for each in (*found["added"], *found["removed"])}
    assert why == {
        "back": "était laissée de côté : motif zone",
        "new": NEW,
        "out": "motif last",
        "gone": GONE,
        "away": ELSEWHERE,
    }
    assert (found["line"], found["lot"], found["text"], found["opposed"], found["unchanged"]) == (1, "2", "Tonte", 1, 1)
    assert found["figures"] == [
        {
            "of": "eligible",
            "was": "5 (L9999)",
            "now": "3 (L9999), 3 (L2113-14), 3 (L2113-12)",
            "text": "structures éligibles : 5 (L9999) → 3 (L9999), 3 (L2113-14), 3 (L2113-12)",
        }
    ]


def test_the_reason_is_that_of_the_article_advised_then_of_the_widest() -> None:
    was = lot(structures=[entry("out", 1)])
    excluded: Any = {"L1": [left("out", "far")], "L3113_3": [left("out", "late")], "L2113_14": [left("out", "union")]}
    for advised, reason in (("L1", "far"), ("L2113-12", "union"), (None, "union")):
        (found,) = differences([was], [lot(recommended=advised, **excluded)], (), lambda ids: ())
        assert found["removed"][0]["why"].endswith(f"motif {reason}")
        assert found["removed"][0]["why"].startswith("la liste est") == (advised != "L2113-12")
    only: Any = {
        "L1": [left("out", "kind_not_eligible")],
        "L2": [left("out", "kind_not_eligible") | {"reason_fr": "après"}],
    }
    (found,) = differences([was], [lot(**only)], (), lambda ids: ())
    assert found["removed"][0]["why"] == "motif kind_not_eligible"


def test_a_lot_that_is_studied_on_one_side_only_says_so() -> None:
    whole, none = lot(structures=[entry("a", 1)]), lot(studied=False)
    ((lost,), (won,)) = (differences([one], [other], (), tuple) for one, other in ((whole, none), (none, whole)))
    assert [each["why"] for each in (*lost["removed"], *won["added"])] == [
        "le lot n'est plus compris",
        "le lot n'était pas compté",
    ]
    assert [each["of"] for each in lost["figures"]] == ["advice", "eligible"] and lost["opposed"] == 0


def test_what_changed_of_a_structure_is_listed_and_told() -> None:
    proofs = [
        {"of": "kind", "value": "EI", "valid_until": None},
        {"of": "kind", "value": "EA", "valid_until": "2027-12-31"},
        {"of": "trade", "value": "tonte", "valid_until": None},
    ]
    before = entry("a", 1, name="Avant", siret="1", distance_km=1.256, zone_published=True, proofs=proofs)
    after = entry("a", 9, name="Après", siret="1", distance_km=None, zone_published=False, proofs=[])
    (found,) = differences([lot(structures=[before])], [lot(structures=[after])], (), tuple)
    (changed,) = found["changed"]
    assert (changed["id"], changed["name"], changed["siret"], found["unchanged"]) == ("a", "Après", "1", 0)
    assert [change["text"] for change in changed["changes"]] == [
        "nom : Avant → Après",
        "zone publiée : oui → non, supposée",
        "distance (km) : 1,26 → inconnu",
        "agréments : EA jusqu'au 31/12/2027, EI sans fin publiée → inconnu",
    ]
    assert changed["changes"][0] == {
        "field": "name",
        "label_fr": "nom",
        "was": "Avant",
        "now": "Après",
        "text": "nom : Avant → Après",
    }
    (place,) = differences([lot()], [lot() | {"understood": {**lot()["understood"], "territories": []}}], (), tuple)[0][
        "figures"
    ]
    assert place["text"] == "lieu compris : Rennes → à préciser"


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


CALL: dict[str, Any] = {"date": "2026-11-24", "structure": "a", "channel": "phone"}
LISTED: dict[str, Any] = {"lots": [lot(structures=[entry("a", 1)])], "questionnaire": ["Quand ?"]}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"date": "2026-11-25"}, ["date"]),
        ({"structure": "z", "role": "06 12 34 56 78", "answer": "Mme Martin"}, ["structure", "role", "answer"]),
    ],
)
def test_a_contact_is_logged_or_every_field_to_correct_is_named(changes: dict[str, str], wrong: list[str]) -> None:
    contact = Contact.model_validate(CALL | changes)
    if not wrong:
        more = {"name": "A", "channel_fr": "téléphone", "questions": 1, "role": "", "answer": ""}
        assert logged(contact, LISTED, DAY) == CALL | more
        return
    with pytest.raises(InvalidRequest) as refused:
        logged(contact, LISTED, DAY)
    assert [error.field for error in refused.value.errors] == wrong


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"contacts": [CALL]}, None),
        ({"redraw": "liste transmise"}, None),
        ({"refresh": True}, None),
        ({"contacts": [CALL], "redraw": "liste transmise"}, None),
        ({"refresh": True, "redraw": "  "}, None),
        ({}, "missing"),
        ({"redraw": "  "}, "missing"),
        ({"refresh": True, "redraw": "x"}, "alone"),
        ({"refresh": True, "contacts": [CALL]}, "alone"),
        ([], "type"),
    ],
)
def test_a_change_changes_something_and_is_made_again_alone(body: object, fault: str | None) -> None:
    if fault is None:
        assert change_of(body) == Change.model_validate(body)
        return
    with pytest.raises(InvalidRequest) as refused:
        change_of(body)
    assert fault == "type" or [error.code for error in refused.value.errors] == [fault]
