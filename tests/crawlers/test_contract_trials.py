"""An object that is plainly a trial's is flagged; one that only speaks of tests is not."""

from __future__ import annotations

import pytest

from crawlers.contracts.desk import is_trial
from crawlers.contracts.json_records import JsonRecords
from crawlers.contracts.pieces import Piece
from tests.crawlers.contract_files import Reader, marche, text
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    "told",
    [
        "envoi pour Json test",
        "envoi pour Json test 1",
        "Objet de la consultation",
        "Objet de la consultation 2",
        "TEST",
        "test n° 3",
        "Marché de test.",
        "TEST - ne pas répondre",
        "[TEST] Merci de ne pas répondre",
        "Ceci est un test : ne pas en tenir compte !",
    ],
)
def test_a_trial_is_known_by_its_whole_object(told: str) -> None:
    assert is_trial(told)


@pytest.mark.parametrize(
    "told",
    [
        "Tests",
        "Essais",
        "Tests antigéniques",
        "Test antigénique",
        "Tests de sols",
        "Essais et tests de sols",
        "Test de perméabilité - lot 2",
        "Test de perméabilité : ne pas répondre au lot 2 seul",
        "Prestations de test et de recette d'applications",
        "Objet de la consultation : entretien des espaces verts",
        "2nde consultation - maintenance des installations électriques",
        "Fourniture de tests, ne pas prendre en compte les frais de port",
        "PAVC 2024",
        "Facades",
        "",
    ],
)
def test_an_object_that_only_speaks_of_tests_is_none(told: str) -> None:
    assert not is_trial(told)


def test_the_flag_is_an_issue_of_the_record_and_its_object_is_kept(read: Reader) -> None:
    report, records = read(text(marche(objet="envoi pour Json test 1"), marche(id="2025-002")))
    assert [record.issues for record in records] == [("object_trial",), ()]
    assert records[0].object == "envoi pour Json test 1"
    assert report.issues["object_trial"] == 1


@pytest.mark.slow
def test_of_the_real_files_only_the_official_examples_hold_trials() -> None:
    trials: dict[str, set[str]] = {}
    for path in sorted(shared_data("contracts").glob("decp-*/*.json")):
        if "schema" in path.name:
            continue
        for piece in JsonRecords(iter([path.read_text(encoding="utf8")])):
            rows = [piece.value] if isinstance(piece, Piece) else getattr(piece, "values", ())
            found = {str(row["objet"]) for row in rows if is_trial(str(row.get("objet", "")))}
            if found:
                trials.setdefault(path.parent.name, set()).update(found)
    assert trials == {
        "decp-official-examples": {
            "envoi pour Json test 1",
            "envoi pour Json test 2",
            "Objet de la consultation 1",
            "Objet de la consultation 2",
        }
    }
