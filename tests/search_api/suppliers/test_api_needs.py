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


@pytest.mark.parametrize("parameters", [{}, {"text": " "}, {"text": "x" * 5001}, {"text": "tonte", "txet": "tonte"}])
def test_a_bad_question_is_refused_with_its_field(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/v1/needs", params=parameters)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in ("text", "txet")


# -- the need as a parameter of the search ------------------------------------------------------------------------------


def test_a_search_reads_a_need_and_says_how(client: TestClient) -> None:
    read = client.get("/v1/suppliers", params={"need": NEED}).json()
    given = client.get(
        "/v1/suppliers", params={"trade": "entretien-espaces-verts", "territory": "commune:59512"}
    ).json()
    assert (read["total"], read["results"], read["groups"]) == (given["total"], given["results"], given["groups"])
    assert read["query"]["need"] == NEED and read["query"]["territory"] == ["commune:59512"]
    assert any("Roubaix" in line for line in read["meta"]["understood"])
    assert "understood" not in given["meta"] or given["meta"]["understood"] is None
    # its links have what was read, so that one of them may be removed
    assert "need=" not in read["links"]["self"] and "territory=commune:59512" in read["links"]["self"]


def test_a_parameter_given_beside_a_need_is_stronger(client: TestClient) -> None:
    body = client.get("/v1/suppliers", params={"need": NEED, "near": "-1.68,48.11", "radius_km": "40"}).json()
    assert body["query"]["territory"] == [] and body["query"]["radius_km"] == 40
    assert body["query"]["trade"] == ["entretien-espaces-verts"]


@pytest.mark.slow
def test_a_need_is_read_in_a_body_and_for_a_file(client: TestClient) -> None:
    read = client.get("/v1/suppliers", params={"need": NEED}).json()
    posted = client.post("/v1/suppliers", json={"need": NEED}).json()
    assert posted["results"] == read["results"]
    by_need = client.get("/v1/suppliers.csv", params={"need": NEED})
    by_codes = client.get(
        "/v1/suppliers.csv", params={"trade": "entretien-espaces-verts", "territory": "commune:59512"}
    )
    assert by_need.status_code == 200 and by_need.content == by_codes.content


def test_words_without_a_trade_are_searched_as_they_are(client: TestClient) -> None:
    assert client.get("/v1/suppliers", params={"need": "xyzzy"}).json()["query"]["q"] == "xyzzy"
    assert client.get("/v1/suppliers", params={"need": "  "}).json()["query"]["need"] is None


@pytest.mark.parametrize("parameters", [[("need", "x" * 5001)], [("need", "tonte"), ("need", "tonte")]])
def test_a_bad_need_is_refused_with_its_field(client: TestClient, parameters: list[tuple[str, str]]) -> None:
    answer = client.get("/v1/suppliers", params=parameters)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"need"}


@pytest.mark.parametrize("path", ["/v1/suppliers", "/v1/suppliers?kind=ESAT"])
def test_a_need_of_which_nothing_was_read_is_told_before_anything_else(client: TestClient, path: str) -> None:
    said = client.get(path, params={"need": "de la", **({"kind": "ESAT"} if "kind" in path else {})}).json()["meta"]
    assert said["notices"][0].startswith("Rien n'a été compris de « de la »") and said["understood"] == []
    assert client.get("/v1/suppliers", params={"need": NEED}).json()["meta"]["notices"] == []
