"""No indexed document of the real lists holds an e-mail address, a telephone number or what a person is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.run import import_files
from indexer.build import as_they_are, make_documents
from indexer.gather import Gathered
from indexer.merge import merge
from indexer.stock import Ready
from tests.shared_data import shared_data
from vivier.lexicon import load_lexicon
from vivier.privacy.people import scrub_people
from vivier.search.port import Document
from vivier.settings import Settings

pytestmark = pytest.mark.slow

LISTS = {
    "asp": ["siae_asp_2019_07.csv"],
    "ess_numerique": ["ess_numerique_2026_echantillon.csv"],
    "geiq": ["geiq_2019_11.csv"],
    "esat": ["esat_liste_officielle_brut.csv"],
    "siae": ["siae_marche_2020.csv"],
    "emplois": ["layouts/emplois_siaes_dept35_page1.json", "layouts/emplois_siaes_dept35_page2.json"],
    "finess": ["layouts/finess_plus_structures.json", "layouts/finess_plus_activites.json"],
}
#: Written apart from the detector's own patterns: a fault there must not hide itself here.
TELEPHONE = re.compile(r"(?<![\d,.])(?:(?:\+|00) ?33 ?(?:\(0\) ?)?|0) ?[1-9](?:[ .\-/]?\d\d){4}(?!\d)")
MARKERS = re.compile(r"TELEPHONE-FICTIF|COURRIEL-FICTIF|PERSONNE-FICTIVE")


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    settings, lexicon = Settings(home=tmp_path_factory.mktemp("real") / "home"), load_lexicon()
    for source, names in LISTS.items():
        import_files(source, [shared_data("suppliers", *Path(name).parts) for name in names], settings)
    suppliers = merge(Gathered(settings.records, lexicon.gazetteer)).suppliers
    return [document for chunk in make_documents(Ready(suppliers), lexicon, as_they_are) for document in chunk]


def texts(value: object) -> Iterator[str]:
    """Every text of a document, keys apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_no_document_holds_an_address_or_a_number(documents: list[Document]) -> None:
    assert len(documents) > 2_600
    every = [text for document in documents for text in texts(document)]
    assert len(every) > 50_000
    assert [text for text in every if "@" in text or TELEPHONE.search(text) or MARKERS.search(text)] == []


def test_no_presentation_names_a_person(documents: list[Document]) -> None:
    descriptions = [
        document["record"]["description"]["value"] for document in documents if "description" in document["record"]
    ]
    assert len(descriptions) > 20
    assert [text for text in descriptions if scrub_people(text)[1]] == []


def test_names_of_structures_and_streets_are_whole(documents: list[Document]) -> None:
    """Saints, streets and founders are not persons to hide."""
    shown = [text for document in documents for text in texts({**document["record"], "description": None})]
    assert [text for text in shown if "[…]" in text] == []
    names = {document["record"]["name"]["value"] for document in documents}
    assert {"YVES MORVAN SOLIDAIRE", "ASSOCIATION LEO LAGRANGE", "ASSOC LA ROSE DES VENTS"} <= names
