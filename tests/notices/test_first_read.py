"""A planned purchase has no day of publication: in feeds it is new the day it was first read, once for all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from search_api.app import create_app
from tests.notices.conftest import real_files
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

pytestmark = pytest.mark.slow

FIRST, SECOND = datetime(2026, 9, 1, 7, tzinfo=UTC), datetime(2026, 11, 10, 7, tzinfo=UTC)
OTHER = 70_001


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The real project read in September, read again in November with another one."""
    settings = Settings(home=tmp_path_factory.mktemp("first-read"))
    lexicon, engine = load_lexicon(), open_engine(settings)
    (real,) = real_files()["approch"]
    import_files("approch", [real], settings, now=FIRST)
    publish_notices(engine, settings, lexicon)
    import_files("approch", [real, _another(real, settings.home)], settings, now=SECOND)
    publish_notices(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=lambda: date(2026, 11, 24))) as client:
        yield client
    engine.close()


def _another(real: Path, folder: Path) -> Path:
    told = json.loads(real.read_text(encoding="utf8"))
    (record,) = told["results"] if isinstance(told, dict) and "results" in told else [told]
    path = folder / "autre.json"
    path.write_text(json.dumps({**record, "code": OTHER, "libelle": "Autre projet"}), encoding="utf8")
    return path


def new(client: TestClient, since: str) -> dict[str, str]:
    """What a feed of leads tells as new, with the day of its change."""
    items = client.get(f"/v1/feeds/leads.json?kind=EI&lead=planned_project&since={since}").json()["items"]
    return {item["id"].rpartition("/")[2]: item["date_modified"][:10] for item in items}


def test_a_project_is_new_the_day_it_was_first_read_and_never_again(client: TestClient) -> None:
    assert new(client, "2026-01-01") == {"approch-64516": "2026-09-01", f"approch-{OTHER}": "2026-11-10"}
    assert set(new(client, "2026-10-01")) == {f"approch-{OTHER}"}
    assert new(client, "2026-11-11") == {}


def test_no_feed_is_dated_after_the_day_it_is_read(client: TestClient) -> None:
    response = client.get("/v1/feeds/notices.atom?nature=project")
    assert "<updated>2026-11-10T00:00:00Z</updated>" in response.text and "<updated>2027" not in response.text
    assert response.headers["Last-Modified"].startswith("Tue, 10 Nov 2026")
