"""``/v1/needs``: a need in plain French over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

NEED = "tonte des pelouses du lycée à Roubaix"


def test_a_need_gives_the_search_it_makes(client: TestClient) -> None:
    body = client.get("/v1/needs", params={"text": NEED}).json()
    assert body["status"] == "auto"
    assert body["query"] == {"trade": ["entretien-espaces-verts"], "territory": ["commune:59512"]}
    assert client.get(body["links"]["suppliers"]).status_code == 200


def test_a_distance_becomes_a_point_and_a_radius_and_what_is_left_out_has_its_reason(client: TestClient) -> None:
    body = client.get("/v1/needs", params={"text": "blanchisserie à 30 km de Roubaix, 300 couverts"}).json()
    assert body["query"]["radius_km"] == ["30"] and "territory" not in body["query"]
    assert [(one["what"], one["text"]) for one in body["not_applied"]] == [("quantity", "300 couverts")]
    assert body["not_applied"][0]["reason"]
    assert client.get(body["links"]["suppliers"]).status_code == 200


def test_homonyms_are_candidates_large_before_small(client: TestClient) -> None:
    body = client.get("/v1/needs", params={"text": "blanchisserie à Saint-Denis"}).json()
    (place,) = body["territory"]["places"]
    assert place["territory"] is None
    assert [one["id"] for one in place["candidates"]][:2] == ["commune:97411", "commune:93066"]


def test_each_piece_points_at_the_words_it_came_from(client: TestClient) -> None:
    body = client.get("/v1/needs", params={"text": NEED}).json()
    spans = [span for why in body["sectors"][0]["why"] for span in why["spans"]]
    assert {NEED[span["start"] : span["end"]] for span in spans} == {"tonte", "pelouses"}


def test_get_and_post_say_the_same(client: TestClient) -> None:
    assert client.post("/v1/needs", json={"text": NEED}).json() == client.get("/v1/needs", params={"text": NEED}).json()


def test_what_is_not_understood_stays_so_with_the_nearest_trades(client: TestClient) -> None:
    body = client.get("/v1/needs", params={"text": "xyzzy"}).json()
    assert (body["status"], body["sectors"], body["query"]) == ("unresolved", [], {})
    assert body["links"]["suppliers"] is None


@pytest.mark.parametrize("parameters", [{}, {"text": " "}, {"text": "x" * 2001}, {"text": "tonte", "txet": "tonte"}])
def test_a_bad_question_is_refused_with_its_field(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/v1/needs", params=parameters)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in ("text", "txet")
