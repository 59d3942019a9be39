"""From a register to the sheet: the mailbox and the number of an organisation are kept, those of a person are not; an operator may hide
them, and opposition removes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

HEADER = "GEIQ;ADRESSE;COMPLEMENT ADRESSE;VILLE;CODE POSTAL;EMAIL;SIRET;NAF;TEL\n"
ROWS = (
    "GEIQ FICTIF UN;1 RUE FICTIVE;;RENNES;35000;accueil@geiq-fictif.example;73282932000074;8413Z;01 99 00 12 34\n"
    "GEIQ FICTIF DEUX;2 RUE FICTIVE;;RENNES;35000;jeanne.exemple@geiq.example;55208131766522;8413Z;06 39 98 12 34\n"
)


@pytest.fixture
def home(tmp_path: Path, lexicon: Lexicon) -> Iterator[Path]:
    file = tmp_path / "geiq.csv"
    file.write_text(HEADER + ROWS, encoding="utf8")
    settings = Settings(home=tmp_path / "home")
    import_files("geiq", [file], settings)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, sources=["geiq"], skip_judged=True)
    yield tmp_path / "home"


def asked(settings: Settings, lexicon: Lexicon, path: str) -> str:
    with closing(open_engine(settings)) as engine, TestClient(create_app(engine, lexicon)) as client:
        first = client.get("/v1/suppliers", params={"q": "73282932000074"}).json()["results"]
        return client.get(path.format(id=first[0]["id"] if first else "v2aaaaaaaaaaa")).text


def test_the_organisation_is_kept_and_the_person_is_nowhere(home: Path, lexicon: Lexicon) -> None:
    kept = "".join(
        path.read_text(encoding="utf8", errors="ignore") for path in home.rglob("*.json*") if "raw" not in path.parts
    )
    assert "accueil@geiq-fictif.example" in kept and "0199001234" in kept
    assert "jeanne" not in kept and "98 12 34" not in kept and "0639981234" not in kept
    assert "contact_set_aside" in kept


@pytest.mark.slow
def test_the_sheet_and_the_export_say_who_publishes_it_and_when(home: Path, lexicon: Lexicon) -> None:
    settings = Settings(home=home)
    sheet = asked(settings, lexicon, "/fournisseurs/{id}")
    assert 'href="mailto:accueil@geiq-fictif.example"' in sheet and 'href="tel:0199001234"' in sheet
    export = asked(settings, lexicon, "/v1/suppliers.csv?fields=contacts")
    assert "accueil@geiq-fictif.example" in export and "Fédération française des GEIQ" in export


@pytest.mark.slow
def test_the_operator_hides_contacts_at_once(home: Path, lexicon: Lexicon) -> None:
    settings = Settings(home=home, contacts="hidden")
    for path in (
        "/fournisseurs/{id}",
        "/v1/suppliers/{id}",
        "/v1/suppliers",
        "/v1/suppliers.csv",
        "/v1/suppliers.jsonl",
    ):
        answer = asked(settings, lexicon, path)
        assert "geiq-fictif.example" not in answer and "0199001234" not in answer, path


def test_opposition_removes_them(home: Path, lexicon: Lexicon) -> None:
    settings = Settings(home=home, opposition_salt=SecretStr("sel-d-essai-assez-long"))
    Opposition(settings).add("73282932000074")
    assert "geiq-fictif.example" not in asked(settings, lexicon, "/v1/suppliers.csv")
