"""A service that has suppliers alone, or suppliers and notices: each page says what is not loaded, and none is a breakdown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from search_api.app import create_app
from search_api.pages.site import ABOUTS, HOME, SPACES
from tests.built import built
from tests.cli.test_demo_real import NOTICE
from tests.crawlers.samples import samples
from vivier.cli.building import publish
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.settings import Settings

MENU = [spot.path for space in SPACES for spot in (space, *space.pages)] + [spot.path for spot in (HOME, *ABOUTS)]
SENTENCES = {
    "/marches": "Ce service n'a encore aucun marché.",
    "/acheteurs": "Ce service n'a encore aucun marché.",
    "/indicateurs": "Ce service n'a encore aucun marché.",
    "/avis": "Ce service n'a encore aucun avis.",
    "/pistes?trade=blanchisserie&territory=FR": "Ce service n'a encore ni marché ni avis.",
}


def _suppliers(folder: Path) -> None:
    settings = Settings(home=folder)
    import_files("esat", samples("esat"), settings)
    publish(settings, sources=None, accept_drops=True)


def _and_notices(folder: Path) -> None:
    settings = Settings(home=folder)
    (folder / "boamp.json").write_bytes(orjson.dumps({"total_count": 1, "results": [NOTICE]}))
    import_files("boamp", [folder / "boamp.json"], settings)
    _suppliers(folder)


@pytest.fixture(scope="module", params=["suppliers", "notices"])
def service(request: pytest.FixtureRequest, lexicon: Lexicon) -> Iterator[tuple[str, TestClient]]:
    home = built(f"only-{request.param}", {"suppliers": _suppliers, "notices": _and_notices}[request.param])
    with closing(open_engine(Settings(home=home))) as engine:
        yield request.param, TestClient(create_app(engine, lexicon), headers={"accept": "text/html"})


def test_every_page_of_the_menu_answers(service: tuple[str, TestClient]) -> None:
    _, client = service
    answers = {path: client.get(path).status_code for path in MENU}
    assert {path: status for path, status in answers.items() if status >= 400} == {}


def test_what_is_not_loaded_is_named(service: tuple[str, TestClient]) -> None:
    loaded, client = service
    for path, sentence in SENTENCES.items():
        if loaded == "suppliers" or "marché." in sentence:
            answer = client.get(path)
            assert answer.status_code == 200 and sentence.replace("'", "’") in answer.text, path
            assert answer.headers["cache-control"] == "no-store"


def test_the_api_says_that_they_are_not_loaded_yet(service: tuple[str, TestClient]) -> None:
    answer = service[1].get("/v1/contracts", headers={"accept": "application/json"})
    assert answer.status_code == 503 and "pas encore chargées" in answer.json()["detail"]
