"""The quality page: figures with what they count, sources with what fails and what changed, counted once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import publish, today
from tests.search_api.corpus import statistics
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.corpus import SCRIPT, pages_suppliers
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedReader, EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.runs.drift import Drift
from vivier.runs.failures import Failure
from vivier.search.operators import Collection

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def ask(engine: EmbeddedStore, lexicon: Lexicon) -> tuple[Page, dict[str, Any]]:
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        response = client.get("/qualite")
        assert response.status_code == 200, response.text
        return Page("/qualite", response.text), client.get("/v1/sources").json()


def rows(page: Page, region: str) -> dict[str, list[str]]:
    """The cells of a table, by the text of their row's header."""
    table = page.one(role="region", aria_label=region)
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")}


@pytest.mark.slow
def test_sources_show_rows_age_licence_and_state(open_page: Open) -> None:
    found = rows(open_page("/qualite"), "Tableau des sources")
    dated, undated = found.values()
    assert dated[:5] == [
        "données du 01/11/2026 (23 jours), attendues tous les 7 jours : en retard",
        "303",
        "300",
        "2",
        "1",
    ]
    assert undated[0].startswith("lues le 20/11/2026, date des données inconnue")
    assert all("licence" in header for header in found)


def test_figures_have_their_share_and_unknown_its_line(open_page: Open) -> None:
    page = open_page("/qualite")
    trades = rows(page, "Tableau : Métiers, par niveau de preuve")
    known, unknown = trades["Métier connu"], trades["Métier inconnu"]
    assert int(known[0]) + int(unknown[0]) == 303
    assert known[1].endswith(" %")
    assert "Sans coordonnées" in rows(page, "Tableau : Coordonnées, par précision")
    assert rows(page, "Tableau : Identité")["Paires douteuses, à examiner"] == ["2", ""]


def test_departements_are_named_and_add_up(open_page: Open) -> None:
    found = rows(open_page("/qualite"), "Tableau par département et par type")
    assert sum(int(cells[0]) for cells in found.values()) == 303
    assert any(name.startswith("Nord (59)") for name in found)


@pytest.mark.slow
def test_what_fails_and_what_changed_is_told_and_hostile_texts_stay_texts(tmp_path: Path, lexicon: Lexicon) -> None:
    runs = statistics()
    runs[0]["drift"] = [Drift(change="renamed", column=SCRIPT, was="nom", since=SINCE).model_dump(mode="json")]
    runs[0]["words"] = {"set_aside": {"nom_absent": "nom absent"}}
    card = runs[0]["source"]
    failing = [
        Failure(source=source, since=SINCE, last=SINCE, attempts=1, reason=f"réponse 404 {SCRIPT}").model_dump(
            mode="json"
        )
        for source in (card, {**card, "id": "autre", "title": "Autre source"})
    ]
    engine = EmbeddedStore(tmp_path)
    publish(engine, pages_suppliers(lexicon), lexicon, sources=runs, failures=failing)
    page, body = ask(engine, lexicon)
    engine.close()
    assert SCRIPT not in page.source
    notices = [one.text for one in page.all(class_="notice")]
    assert "2 sources en échec" in notices[0] and "en échec depuis le 20 novembre 2026 : réponse 404" in notices[0]
    assert "Autre source" in notices[0]
    assert "serait « nom » renommée (depuis le 20 novembre 2026)" in notices[1]
    assert "Mises de côté : nom absent (2)." in page.text
    assert body["results"][0]["failing"]["attempts"] == 1
    assert body["results"][0]["drift"][0]["change"] == "renamed"
    assert [one["id"] for one in body["never_loaded"]] == ["autre"]


@pytest.mark.slow
def test_an_index_without_figures_says_so(tmp_path: Path, lexicon: Lexicon) -> None:
    engine = EmbeddedStore(tmp_path)
    publish(engine, pages_suppliers(lexicon), lexicon, sources=[], quality=None)
    page, body = ask(engine, lexicon)
    engine.close()
    assert "n'ont pas été comptés pour cet index" in page.text
    assert body["quality"] is None


def test_a_parameter_is_left_out_and_said(open_page: Open) -> None:
    page = open_page("/qualite?tri=1")
    assert page.url.endswith("/qualite#adresse-ignoree") and page.one("p", id="adresse-ignoree")


class Queried(EmbeddedReader):
    """A reader of the embedded engine that notes what is asked of its documents."""

    verbs: ClassVar[list[str]] = []

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "generation":
            Queried.verbs.append(name)
        return super().__getattribute__(name)


class QueriedStore(EmbeddedStore):
    def open(self, collection: Collection, generation: str | None = None) -> EmbeddedReader:
        reader = super().open(collection, generation)
        return Queried(reader.generation, reader._opened)


@pytest.mark.slow
@pytest.mark.parametrize("url", ["/qualite", "/v1/sources"])
def test_figures_are_read_from_the_generation_and_no_document_is_counted_again(
    url: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    """So that the page takes the same few milliseconds for a million suppliers."""
    engine = QueriedStore(tmp_path)
    publish(engine, pages_suppliers(lexicon), lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        Queried.verbs.clear()
        client.get("/v1/suppliers")
        assert "search" in Queried.verbs
        Queried.verbs.clear()
        assert client.get(url).status_code == 200
        assert Queried.verbs == []
    engine.close()
