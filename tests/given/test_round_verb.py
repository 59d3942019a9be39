"""``vivier round``, as typed: opened from a programme, answered, sealed, deleted; and the purge."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from tests.cli.typed import told as run
from tests.search_api.conftest import serve_corpus
from vivier.lexicon import Lexicon
from vivier.settings import Settings

PROGRAMME = "Objet;Lieu;Montant HT;Durée\nentretien des espaces verts;Rennes;240 000 €;4 ans\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    home = tmp_path_factory.mktemp("home")
    serve_corpus(Settings(home=home).generations, lexicon).close()
    (home / "programme.csv").write_text(PROGRAMME, encoding="utf8")
    return home


def opened(home: Path, *more: str) -> str:
    found = re.search(r"^[0-9a-f]{40}$", run(home, "round", "open", str(home / "programme.csv"), *more), re.M)
    assert found is not None
    return found[0]


@pytest.mark.slow
def test_a_round_is_opened_answered_sealed_and_deleted(home: Path) -> None:
    id_ = opened(home, "--organisation", "Ville de Rennes")
    body = orjson.loads(run(home, "round", "show", id_, "--json"))
    first, second = (call["id"] for call in body["calls"][:2])
    run(home, "round", "answer", id_, first, "can=yes", "volume=80000")
    shown = run(home, "round", "answer", id_, second, "can=yes")
    assert "2 structures ont confirmé" in shown
    assert "Dossier créé" in run(home, "round", "dossier", id_)
    assert "Réponse retirée" in run(home, "round", "withdraw", id_, second)
    assert "Aucune réponse" in run(home, "round", "withdraw", id_, second)
    assert "supprimée" in run(home, "round", "delete", id_)
    assert "a été supprimée" in run(home, "round", "show", id_, code=1)


def test_the_mail_merge_file_needs_the_address_of_the_service(home: Path) -> None:
    id_, file = opened(home), home / "liens.csv"
    assert "VIVIER_PUBLIC_URL" in run(home, "round", "links", id_, str(file), code=2)
    run(home, "round", "links", id_, str(file), VIVIER_PUBLIC_URL="https://vivier.example.org")
    assert "https://vivier.example.org/r/" in file.read_text(encoding="utf-8-sig")


@pytest.mark.slow
def test_what_is_wrong_is_said_and_keeps_nothing(home: Path) -> None:
    id_ = opened(home)
    structure = orjson.loads(run(home, "round", "show", id_, "--json"))["invited"][0]["id"]
    assert "en partie" in run(home, "round", "answer", id_, structure, "can=yes", "volume=10", code=2)
    assert "n'est pas sur la liste" in run(home, "round", "answer", id_, "inconnue", "can=yes", code=2)
    assert "Aucune enquête" in run(home, "round", "show", "0" * 40, code=1)
    assert orjson.loads(run(home, "round", "show", id_, "--json"))["counts"]["answered"] == 0


def test_a_purge_without_any_round_makes_no_database(tmp_path: Path) -> None:
    run(tmp_path, "purge")
    assert not (tmp_path / "given.sqlite").exists()


def test_a_database_that_cannot_be_opened_is_said(home: Path) -> None:
    said = run(home, "round", "show", "0" * 40, code=2, VIVIER_GIVEN_URL="nulle part")
    assert "VIVIER_GIVEN_URL" in said and "Traceback" not in said
