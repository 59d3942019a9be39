"""The pages on a real embedded engine: the invented corpus of the API and the suppliers written for the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import copied_engine, publish, today
from tests.search_api.corpus import suppliers
from tests.search_api.pages.corpus import pages_suppliers
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def pages_engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    def fill(engine: EmbeddedStore) -> None:
        publish(engine, [*suppliers(lexicon), *pages_suppliers(lexicon)], lexicon)

    with closing(copied_engine("pages", fill, tmp_path_factory.mktemp("pages"))) as engine:
        yield engine


@pytest.fixture(scope="session")
def pages_client(pages_engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[TestClient]:
    with TestClient(create_app(pages_engine, lexicon, today=today), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def open_page(pages_client: TestClient) -> Open:
    """Ask a page as a browser does, redirections followed."""

    def ask(url: str, status: int = 200) -> Page:
        response = pages_client.get(url, headers={"Accept": "text/html"})
        assert response.status_code == status, response.text[:2000]
        return Page(str(response.url), response.text)

    return ask
