"""A reader chooses another trade than the one read and sends the correction by one click: counted, without anything typed, listed for the operator,
bounded and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.cli.typed import told as run
from tests.search_api.conftest import serve_corpus
from tests.search_api.corpus import TODAY
from tests.search_api.pages.html import Page
from vivier.given.queue import Queue, queue_of
from vivier.given.readings import DAYS, MOST_A_DAY, counted
from vivier.lexicon import Lexicon
from vivier.settings import Settings

pytestmark = pytest.mark.slow
NEED, CHOSEN = "tonte chez Mme Zorglub à Roubaix", "nettoyage-vitres"
HEADERS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def queue(home: Path) -> Iterator[Queue]:
    found = queue_of(Settings(home=home))
    yield found
    found.database.close()


@pytest.fixture
def client(home: Path, queue: Queue, lexicon: Lexicon) -> Iterator[TestClient]:
    store = serve_corpus(Settings(home=home).generations, lexicon)
    with TestClient(create_app(store, lexicon, today=lambda: TODAY, queue=queue), client=("203.0.113.7", 5)) as opened:
        yield opened
    store.close()


def form_of(page: Page) -> dict[str, str]:
    (form,) = (each for each in page.all("form") if each.attributes.get("action") == "/lectures")
    return {str(each.attributes["name"]): str(each.attributes["value"]) for each in form.all("input")}


def test_a_correction_is_counted_without_what_was_typed(client: TestClient, queue: Queue, home: Path) -> None:
    read = client.get("/fournisseurs", params={"need": NEED})
    assert "/lectures" not in read.text  # nothing is corrected yet
    page = client.get("/fournisseurs", params={"besoin": NEED, "trade": CHOSEN})
    fields = form_of(Page(str(page.url), page.text))
    for _ in range(2):
        sent = client.post("/lectures", data=fields, headers=HEADERS, follow_redirects=False)
        assert sent.status_code == 303 and sent.headers["location"].endswith("#correction-comptee")
    (found,) = counted(queue.database)
    assert (
        found.times == 2 and found.corrected.chosen == (CHOSEN,) and "entretien-espaces-verts" in found.corrected.read
    )
    assert found.corrected.words == ("tonte",)
    with queue.database.transaction() as connection:
        assert "ZORGLUB" not in "\n".join(connection.connection.iterdump()).upper()  # type: ignore[attr-defined]
    queue.database.close()
    cases = home / "cases.jsonl"
    assert "Vitrerie" in (told := run(home, "review", "readings", "--cases", str(cases))) or "itres" in told
    assert orjson.loads(cases.read_bytes())["trades"] == [CHOSEN]


def test_a_form_of_another_site_or_of_no_search_is_refused(client: TestClient, queue: Queue) -> None:
    fields = {"besoin": NEED, "trade": CHOSEN}
    assert client.post("/lectures", data=fields, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/lectures", data={"trade": CHOSEN}, headers=HEADERS).status_code == 422
    assert not counted(queue.database)


def test_a_search_longer_than_an_address_goes_back_to_the_list(client: TestClient, queue: Queue) -> None:
    fields = {"besoin": "tonte " * 2_000, "trade": CHOSEN}
    sent = client.post("/lectures", data=fields, headers=HEADERS, follow_redirects=False)
    assert sent.status_code == 303 and sent.headers["location"] == "/fournisseurs#correction-comptee"
    assert counted(queue.database)


def test_one_client_sends_so_many_a_day_and_they_are_forgotten(client: TestClient, queue: Queue) -> None:
    fields = {"besoin": NEED, "trade": CHOSEN}
    codes = {
        client.post("/lectures", data=fields, headers=HEADERS, follow_redirects=False).status_code
        for _ in range(MOST_A_DAY + 1)
    }
    assert codes == {303, 429}
    queue.purge(TODAY + timedelta(days=DAYS + 1))
    assert not counted(queue.database)
