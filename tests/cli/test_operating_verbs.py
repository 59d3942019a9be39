"""Verbs of who operates a service, typed on a demonstration: what the index knows, what is due, what is asked, what is kept."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.cli.test_reading_verbs import Told
from tests.cli.typed import inside, told
from tests.demo_home import demo_of_today
from tests.search_api.pages.html import plain
from vivier.cli.building import _note_promotion, _say_left_out, brought_up
from vivier.cli.given.reviewing import _is_network
from vivier.mail.sealing import new_key
from vivier.runs.audit import last_notes
from vivier.search.port import Generation
from vivier.settings import Settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_of_today(tmp_path_factory.mktemp("operating"))


@pytest.fixture(scope="module")
def vivier(home: Path) -> Told:
    return partial(told, home)


def test_what_is_due_is_told_and_nothing_is_read(vivier: Told) -> None:
    steps = json.loads(vivier("update", "esat", "--dry-run", "--json"))["steps"]
    assert [step["source"] for step in steps] == ["esat"]
    assert f"esat : {steps[0]['why']}" in vivier("update", "esat", "--dry-run")
    assert "inconnue" in vivier("update", "personne", "--dry-run", code=1)


def test_addresses_to_place_are_written_to_be_asked(vivier: Told, tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    count = int(vivier("context", "ban", "--ask", str(file)).split()[0])
    with file.open(encoding="utf8", newline="") as rows:
        assert len(list(csv.reader(rows))) == count + 1
    assert "Contexte inconnu « mars »" in vivier("context", "mars", str(file), code=1)
    assert "Fichier introuvable : /nulle-part/zones.csv." in vivier("context", "zones", "/nulle-part/zones.csv", code=1)
    assert "Aucun fichier donné" in vivier("context", "zones", code=1)


def test_a_list_is_imported_and_what_was_accepted_is_kept(vivier: Told, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_text("nom;siret;types;métiers;code postal;commune\nAtelier;99910010000018;ESAT;;35000;Rennes\n", "utf8")
    printed = vivier("import", "list", str(file), "--as-of", "2026-11-01", "--accept-drops")
    assert "1 ligne lue" in printed.replace("\xa0", " ")
    assert "accept-drops" in vivier("sources") or "list" in vivier("sources")
    assert inside(file.parent, "import", "list", str(file), "--as-of", "hier").returncode == 2


@pytest.mark.parametrize(("name", "code"), [("p.csv", 0), ("p.xlsx", 0), ("p.pdf", 2)])
def test_the_model_of_a_programme_is_written_once(home: Path, tmp_path: Path, name: str, code: int) -> None:
    file = tmp_path / name
    assert told(home, "consult", str(file), "--model", code=code) and file.exists() is (code == 0)
    assert told(home, "consult", str(file), "--model", code=2)


def test_the_last_copy_is_tried_and_an_archive_is_asked_for(home: Path) -> None:
    key = {"VIVIER_BACKUP_KEY": new_key()}
    assert "vivier backup" in told(home, "restore", "--try", code=1, **key)
    assert "donnez l'archive" in told(home, "restore", code=2).replace("’", "'")
    assert told(home, "backup", **key) and "se restaure" in told(home, "restore", "--try", **key)


def test_an_index_of_this_version_is_said_to_be(vivier: Told) -> None:
    for words in (("upgrade", "--check"), ("upgrade",)):
        printed = vivier(*words)
        assert printed.count("celui de cette version") > 2, printed


def test_a_network_has_a_short_name_that_is_no_person_s() -> None:
    names = {
        "Réseau " + "a" * 113: True,
        "Réseau " + "a" * 114: False,
        "Réseau des ESAT": True,
        "a@exemple.example": False,
    }
    assert {name: _is_network(name) for name in names} == names


def test_decisions_on_pairs_are_noted_when_they_change(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    made = Generation("suppliers-1", "suppliers", True, 3, datetime(2026, 11, 24, tzinfo=UTC))
    _note_promotion(settings, made, accept_drops=True)
    _note_promotion(settings, made, accept_drops=False)
    assert [line.get("accept_drops") for line in last_notes(settings, 9, "promotion")] == [True, None]
    assert last_notes(settings, 9, "decisions") == []
    settings.decisions.parent.mkdir(exist_ok=True)
    settings.decisions.write_text(
        "gauche,droite,decision,motif,date\nx:1,x:2,fusionner,m,2026-11-01\nx:3,x:4,séparer,m,2026-11-01\nx:5,x:6,séparer,m,2026-11-01\n",
        "utf8",
    )
    _note_promotion(settings, replace(made, collection="contracts"), accept_drops=False)
    assert last_notes(settings, 9, "decisions") == []
    for _ in range(2):
        _note_promotion(settings, made, accept_drops=False)
    (noted,) = last_notes(settings, 9, "decisions")
    assert (noted["merged"], noted["kept_apart"]) == (1, 2)
    settings.decisions.write_text("gauche,droite,decision,motif,date\nx:1,x:2,fusionner,m,2026-11-01\n", "utf8")
    for _ in range(2):
        _note_promotion(settings, made, accept_drops=False)
    assert [(line["merged"], line["kept_apart"]) for line in last_notes(settings, 9, "decisions")] == [(1, 2), (1, 0)]


@pytest.mark.parametrize(
    ("count", "line"), [(4, "Écartés de l'index : 3 × sans nom ; 1 × sans lieu (dont a, b, c)."), (0, "")]
)
def test_what_a_build_leaves_out_is_told_by_reason_with_its_first_three(
    count: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = {"sans nom": 3, "sans lieu": 1} if count else {}
    left = {
        "count": count,
        "reasons": reasons,
        "examples": [{"id": id_, "reason": "sans nom"} for id_ in "abcd"[:count]],
    }
    made = Generation("suppliers-1", "suppliers", True, 3, datetime(2026, 11, 24, tzinfo=UTC))
    _say_left_out(made)
    assert capsys.readouterr().out == ""
    _say_left_out(replace(made, meta={"set_aside": left}))
    assert plain(capsys.readouterr().out).strip() == line


def test_an_index_is_brought_up_when_its_records_changed_and_is_else_left_as_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    nothing = brought_up(settings, accept_drops=False, changed=True)
    assert (nothing.state, nothing.generation) == ("failed", None) and "Aucun fournisseur" in str(nothing.reason)
    file = tmp_path / "liste.csv"
    file.write_text("nom;siret;types;code postal;commune\nAtelier;99910010000018;ESAT;35000;Rennes\n", "utf8")
    told(tmp_path, "import", "list", str(file))
    made, again = (brought_up(settings, accept_drops=False, changed=False) for _ in range(2))
    assert (made.state, made.documents, again.state, again.documents) == ("done", 1, "unchanged", 1)
    assert made.generation == again.generation
    assert [line["documents"] for line in last_notes(settings, 9, "promotion")] == [1]
