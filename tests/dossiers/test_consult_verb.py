"""``vivier consult``, as typed: its table, its dossier, what it understood."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from pathlib import Path

import orjson
import pytest

from tests.cli.typed import told as run
from tests.search_api.conftest import serve_corpus
from vivier.desk.dossier import verified
from vivier.desk.read.programme import read_programme
from vivier.given.shelf import shelf_of
from vivier.lexicon import Lexicon
from vivier.settings import Settings

pytestmark = pytest.mark.slow

PROGRAMME = (
    "Objet;Lieu;Montant HT;Durée\nentretien des espaces verts;Rennes;240 000 €;4 ans\n- nettoyage des locaux;Rennes;;\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    home = tmp_path_factory.mktemp("home")
    serve_corpus(Settings(home=home).generations, lexicon).close()
    (home / "programme.csv").write_text(PROGRAMME, encoding="utf8")
    return home


def test_a_programme_is_issued_under_a_number_that_its_file_tells(home: Path) -> None:
    file = home / "dossier.json"
    told = run(home, "consult", str(home / "programme.csv"), "--issue", "--dossier", str(file))
    found = re.search(r"/dossiers/([0-9a-f]{40})", told)
    assert found is not None
    written = orjson.loads(file.read_bytes())
    assert written["dossier_id"] == found[1] and verified(written)
    shelf = shelf_of(Settings(home=home))
    with closing(shelf.database):
        assert orjson.loads(shelf.read(found[1], date.fromisoformat(written["kept_until"]))) == written


def test_the_table_of_a_programme_says_what_the_social_condition_is_compared_with(home: Path) -> None:
    programme = home / "lots.csv"
    programme.write_text("Lot;Objet;Lieu;Montant HT\n1;nettoyage;Rennes;150000\n2;nettoyage;Rennes;190000\n", "utf8")
    words = run(home, "consult", str(programme)).replace("│", " ").split()
    assert words.count("numérotés") == 2 and "facultative." not in words
    asked = ("consult", str(programme), "--consultation-amount", "100 000 €")
    assert "moins que la somme des lots donnés" in run(home, *asked, code=2)


def test_a_dossier_that_was_not_issued_has_no_number(home: Path) -> None:
    file = home / "libre.json"
    told = run(home, "consult", str(home / "programme.csv"), "--dossier", str(file), "--as-of", "2026-11-24")
    made = orjson.loads(file.read_bytes())
    assert "/dossiers/" not in told and "dossier_id" not in made and verified(made)


@pytest.mark.parametrize(("name", "begins"), [("livre.xlsx", b"PK"), ("papier.html", b"<!doctype html>")])
def test_a_dossier_is_written_in_the_format_of_its_name(home: Path, name: str, begins: bytes) -> None:
    run(home, "consult", str(home / "programme.csv"), "--dossier", str(home / name))
    assert (home / name).read_bytes().lstrip().lower().startswith(begins.lower())


def test_what_was_understood_is_guarded_against_formulas_and_read_back_as_typed(home: Path) -> None:
    hostile = home / "hostile.csv"
    hostile.write_text(
        'objet;lieu;lot\n=HYPERLINK("http://x");Rennes;@1\n- nettoyage des locaux;Rennes;+2\n', encoding="utf8"
    )
    out = home / "compris.csv"
    run(home, "consult", str(hostile), "--understood", str(out))
    cells = re.findall(r'(?:^|;)"?([^;"]?)', out.read_text(encoding="utf-8-sig"), re.MULTILINE)
    assert not {"=", "+", "-", "@"}.intersection(cells)
    rows = read_programme(out.read_bytes()).rows
    assert [row.get("text") for row in rows] == ['=HYPERLINK("http://x")', "- nettoyage des locaux"]
    assert [row.get("lot") for row in rows] == ["@1", "+2"]
