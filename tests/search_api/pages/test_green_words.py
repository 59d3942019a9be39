"""A page shows the labels that a word names together, each removable, and says what it does not apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import serve_corpus
from tests.search_api.corpus import TODAY
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow


@pytest.fixture
def client(tmp_path: Path, lexicon: Lexicon) -> Iterator[TestClient]:
    with TestClient(create_app(serve_corpus(tmp_path, lexicon), lexicon, today=lambda: TODAY)) as opened:
        yield opened


def test_a_family_of_labels_shows_each_label_and_a_label_without_list_says_so(client: TestClient) -> None:
    page = client.get("/fournisseurs", params={"need": "produits d'entretien éco-labellisés à Roubaix"}).text
    assert "Cygne nordique (Nordic Swan)" in page and "Ange bleu (Blauer Engel)" in page
    page = client.get("/fournisseurs", params={"need": "produits d'entretien Nordic Swan à Roubaix"}).text
    assert "aucune liste de ce label n’est connectée" in page
    page = client.get("/fournisseurs", params={"label": "NORDIC_SWAN"}).text
    assert "Avec le label « Cygne nordique (Nordic Swan) » : aucune liste de ce label n’est connectée" in page.replace(
        "\u00a0", " "
    )


def test_a_characteristic_is_told_not_applied_with_what_to_do(client: TestClient) -> None:
    page = client.get("/fournisseurs", params={"need": "papier recyclé à Roubaix"}).text
    assert "aucune liste ne donne la part recyclée" in page
