"""The real demonstration: its files, their making, and the service on them."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from scripts.build_real_demo import INPUTS, build, is_organisation
from search_api.app import create_app
from tests.built import built
from vivier.cli.building import publish
from vivier.cli.samples import REAL, load_real
from vivier.engine import open_engine
from vivier.errors import VivierError
from vivier.lexicon import Lexicon
from vivier.settings import Settings

SENTENCE = "Entretien des abords du centre, contactez Claire Dubois au 01 99 00 12 34"
"""What a publisher may write as the object."""
NOTICE = {
    "idweb": "21-1",
    "objet": SENTENCE,
    "nature": "APPEL_OFFRE",
    "etat": "INITIAL",
    "dateparution": "2021-03-02",
    "code_departement": ["35"],
    "descripteur_libelle": ["Espaces verts"],
    "nomacheteur": "Ville d'Exemple (fictif)",
    "donnees": orjson.dumps(
        {
            "IDENTITE": {"DENOMINATION": "Ville d'Exemple (fictif)", "CORRESPONDANT": "Claire Dubois", "CP": "35000"},
            "CONDITION_RELATIVE_MARCHE": {"AUTRES_CONDITIONS_PART_OUI": f"Marché réservé aux ESAT et EA. {SENTENCE}"},
        }
    ).decode(),
}
CONTRACT = {
    "id": "1",
    "objet": SENTENCE,
    "codeCPV": "77310000-6",
    "dateNotification": "2020-01-02",
    "acheteur": {"id": "21350001000019", "nom": "Ville d'Exemple (fictif)"},
    "titulaires": [{"id": "10000011600010", "typeIdentifiant": "SIRET", "denominationSociale": "DUBOIS CLAIRE"}],
}


def _given(folder: Path) -> Path:
    """Files as their producers give them, small and invented, for each source."""
    for input_ in INPUTS:
        path = folder / input_.files[0].replace("*", "1")
        path.parent.mkdir(parents=True, exist_ok=True)
        if input_.columns:
            with path.open("w", encoding="utf8", newline="") as file:
                rows = csv.DictWriter(file, (*input_.columns, "ET-Email"), delimiter=input_.delimiter)
                rows.writeheader()
                dates = {"Date de labellisation": "2020-01-01", "Date de fin de labellisation": "2025-01-01"}
                values = dict.fromkeys(input_.columns, "1") | {"ET-Email": "fictif@exemple.fr", **dates}
                rows.writerow({name: values[name] for name in rows.fieldnames if name in values})
                rows.writerow(dict.fromkeys(input_.columns, "NOM RETIRE"))
        else:
            key, rows_ = ("results", [NOTICE]) if input_.source == "boamp" else ("marches", [CONTRACT])
            path.write_bytes(gzip.compress(orjson.dumps({key: rows_})))
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _rows(folder: Path, name: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(gzip.decompress((folder / name).read_bytes()))[key]
    return rows


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    data = _given(tmp_path / "data")
    build(data, tmp_path / "one")
    build(data, tmp_path / "two")
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")


def test_an_object_is_told_by_its_code_and_no_sentence_contact_or_person_stays(tmp_path: Path) -> None:
    made = build(_given(tmp_path / "data"), tmp_path / "real")
    (notice,) = _rows(tmp_path / "real", "boamp.json.gz", "results")
    (contract,) = _rows(tmp_path / "real", "decp.json.gz", "marches")
    assert (notice["objet"], contract["objet"]) == ("Espaces verts", "Réalisation et entretien d'espaces verts")
    assert "Marché réservé aux entreprises adaptées et aux ESAT." in notice["donnees"]
    assert contract["titulaires"] == [{"id": "10000011600010", "typeIdentifiant": "SIRET"}]
    everything = b"".join(
        gzip.decompress(content) if name.endswith(".gz") else content
        for name, content in _contents(tmp_path / "real").items()
    )
    assert not re.search(rb"Dubois|DUBOIS|abords|01 99|exemple\.fr", everything)
    assert made["day"] == "2021-03-02"
    assert {file["source"]: file["left_out"] for file in made["files"]}["epv"] == {"nom de personne": 1}


@pytest.mark.parametrize(
    ("name", "whole"),
    [("SARL MARTIN", True), ("dubois menuiserie", True), ("CLAIRE DUBOIS", False), ("Pericolo Pierluigi", False)],
)
def test_a_holder_is_named_only_where_no_person_can_be_meant(name: str, whole: bool) -> None:
    assert is_organisation(name) is whole


def test_each_real_file_says_its_producer_licence_and_rows_and_all_is_small() -> None:
    described = orjson.loads((REAL / "manifest.json").read_bytes())
    files = {file["file"]: file for file in described["files"]}
    assert files.keys() == {path.name for path in REAL.iterdir()} - {"manifest.json"}
    assert all(file["producer"] and file["licence"] and file["rows"] for file in files.values())
    assert sum(path.stat().st_size for path in REAL.iterdir()) < 6_000_000
    assert all(each["why"] for each in described["not_used"])


def test_where_the_files_are_not_the_sentence_says_how_to_have_them(tmp_path: Path) -> None:
    with pytest.raises(VivierError, match="make demo-real"):
        load_real(Settings(home=tmp_path), tmp_path)


def _build(folder: Path) -> None:
    settings = Settings(home=folder)
    load_real(settings)
    publish(settings, sources=None, accept_drops=True)


@pytest.fixture(scope="module")
def client(lexicon: Lexicon) -> Iterator[TestClient]:
    home = built("demo-real", _build)
    day = date.fromisoformat(orjson.loads((REAL / "manifest.json").read_bytes())["day"])
    with closing(open_engine(Settings(home=home))) as engine:
        yield TestClient(create_app(engine, lexicon, today=partial(date.fromordinal, day.toordinal())))


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        *("/", "/fournisseurs?kind=ESAT", "/fournisseurs?label=EPV", "/avis", "/marches", "/qualite", "/licences"),
        *("/pistes?trade=nettoyage-locaux&territory=FR", "/acheteurs?trade=entretien-espaces-verts", "/filieres"),
    ],
)
def test_each_page_of_the_real_demonstration_says_that_it_is_real_and_of_which_day(
    client: TestClient, address: str
) -> None:
    page = client.get(address, headers={"Accept": "text/html"})
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", "", page.text).replace("\xa0", " ")
    assert "Données réelles du 26/03/2021, incomplètes : vérifiez." in text
    assert "Données fictives" not in text


@pytest.mark.slow
def test_suppliers_notices_contracts_leads_and_buyers_live_on_that_day(client: TestClient) -> None:
    totals = {
        path: client.get(f"/v1/{path}").json()["total"]
        for path in (
            "suppliers?kind=ESAT",
            "suppliers?label=EPV",
            "notices?status=open",
            "contracts?ending_months=12",
            "leads?trade=nettoyage-locaux&territory=FR",
            "buyers?trade=entretien-espaces-verts",
        )
    }
    assert all(total > 20 for total in totals.values()), totals
