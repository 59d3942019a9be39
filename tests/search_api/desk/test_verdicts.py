"""The register of verdicts as a page and in the API: scores, head, the lines of a day, checked by whoever reads them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import serve_corpus, today
from tests.search_api.pages.demo import verdict_lines
from tests.search_api.pages.html import plain
from vivier.desk.sealed.register import GENESIS, Register
from vivier.lexicon import Lexicon


@pytest.fixture
def register(tmp_path: Path) -> Register:
    made = Register(tmp_path / "register.jsonl")
    made.append(line for n in range(40) for line in verdict_lines(n))
    return made


@pytest.fixture
def client(register: Register, tmp_path: Path, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = serve_corpus(tmp_path / "generations", lexicon)
    with TestClient(create_app(engine, lexicon, today=today, verdicts=register)) as client:
        yield client
    engine.close()


def page_of(client: TestClient) -> str:
    return plain(client.get("/verdicts", headers={"Accept": "text/html"}).text).replace("\xa0", " ")


@pytest.mark.slow
def test_the_page_and_the_api_give_the_same_scores_and_the_same_head(client: TestClient, register: Register) -> None:
    body, page = client.get("/v1/verdicts").json(), page_of(client)
    assert body["head"] == register.check().head and body["head"] in page
    assert (body["lines"], body["score"]["sealed"], body["score"]["offers"]["n"]) == (80, 40, 40)
    assert body["score"]["offers"]["brier"] == 0.01 and body["results"] == []
    assert "score de Brier 0,01 sur 40 lots, mieux qu'une même chance pour tous (0,25)" in page
    assert "40 verdicts scellés" in page and "Titulaire présent dans l'annuaire : 20 sur 40 connus" in page


@pytest.mark.slow
def test_whoever_reads_the_lines_of_a_day_computes_their_hashes_again(client: TestClient) -> None:
    lines = client.get("/v1/verdicts?day=2026-11-02").json()["results"]
    assert len(lines) == 40 and {line["kind"] for line in lines} == {"outcome"}
    for line in lines:
        rest = {name: value for name, value in line.items() if name != "sha256"}
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == line["sha256"]


def test_a_line_added_changes_the_page(client: TestClient, register: Register) -> None:
    before = client.get("/verdicts", headers={"Accept": "text/html"})
    register.append(verdict_lines(41))
    after = client.get("/verdicts", headers={"Accept": "text/html", "If-None-Match": before.headers["etag"]})
    assert after.status_code == 200 and register.check().head in after.text
    assert client.get("/v1/verdicts").json()["lines"] == 82


@pytest.mark.slow
def test_few_results_are_no_score(client: TestClient, register: Register) -> None:
    register.path.unlink()
    assert "Aucun verdict n'est scellé ici." in page_of(client)
    assert client.get("/v1/verdicts").json()["head"] == GENESIS
    register.append(verdict_lines(1))
    assert "n'est pas noté : 1 lot réservé dit ses offres, il en faut 30" in page_of(client)


@pytest.mark.slow
def test_a_service_without_a_register_says_so(tmp_path: Path, lexicon: Lexicon) -> None:
    engine = serve_corpus(tmp_path / "generations", lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        assert "Aucun verdict n'est scellé ici." in page_of(client)
    engine.close()


@pytest.mark.slow
def test_a_day_that_is_none_is_refused_with_its_name(client: TestClient) -> None:
    answer = client.get("/v1/verdicts?day=hier")
    assert answer.status_code == 422 and "day" in answer.text
