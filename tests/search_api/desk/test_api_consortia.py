"""``/v1/consortia``, and the groups shown with a lot, on the invented corpus."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

LOT = {"trade": ["entretien-espaces-verts", "nettoyage-locaux"], "territory": "departement:38", "amount": "200000"}
SEVERAL = {"trade": "entretien-espaces-verts|nettoyage-locaux|bionettoyage", "place": "departement:38", "lot": "2"}


def get(client: TestClient, **parameters: Any) -> dict[str, Any]:
    response = client.get("/v1/consortia", params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.slow
def test_groups_come_with_members_matrix_article_and_text(client: TestClient) -> None:
    body = get(client, **LOT)
    assert 1 <= len(body["groups"]) <= 5 and not body["blocks"]
    for group in body["groups"]:
        assert group["size"] == len(group["members"]) <= 4
        for place in range(2):
            assert any(one["trades"][place]["does"] for one in group["members"])
        assert group["article"]["code"] in group["text"] and "vérifier" in group["text"]
    assert body["parameters"][0]["code"] == "capacity_share" and "conseil juridique" in body["notice"]


def test_contracts_that_are_not_indexed_leave_the_past_unknown(client: TestClient) -> None:
    body = get(client, **LOT)
    assert body["past_known"] is False and body["contracts"] == []


def test_by_url_and_by_body_the_groups_are_the_same(client: TestClient) -> None:
    asked = {**LOT, "split_territory": True, "trade_amount": ["nettoyage-locaux:50000"], "members": 3}
    posted = client.post("/v1/consortia", json=asked)
    assert posted.status_code == 200, posted.text
    assert posted.json() == get(client, **{**asked, "split_territory": "true"})


def test_the_parts_of_a_place_may_be_shared(client: TestClient) -> None:
    body = get(client, trade="nettoyage-locaux", territory="region:53", split_territory="true")
    assert [one["territory"] for one in body["parts"]] == [f"departement:{code}" for code in (22, 29, 35, 56)]
    for group in body["groups"]:
        served = {part for one in group["members"] for part in one["trades"][0]["parts"]}
        assert len(served) == 4


def test_a_trade_nobody_has_names_itself_and_its_place(client: TestClient) -> None:
    body = get(client, trade=["nettoyage-locaux", "blanchisserie"], territory="departement:38")
    assert not body["groups"]
    assert [(one["reason"], one["trade"], one["territory"]) for one in body["blocks"]] == [
        ("uncovered", "blanchisserie", "departement:38")
    ]
    assert "Isère" in body["text"] and "même plus loin" in body["text"]


def test_the_nearest_structure_is_told_when_none_covers_the_place(client: TestClient) -> None:
    body = get(client, trade="nettoyage-locaux", territory="departement:33", article="L2113-12")
    blocks = [one for one in body["blocks"] if one["nearest"] is not None]
    assert body["groups"] or blocks
    for one in blocks:
        assert one["nearest"]["name"] in one["text"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"territory": "departement:38"}, None),
        ({"trade": "nettoyage-locaux"}, None),
        ({**LOT, "amount": "-1"}, "amount"),
        ({**LOT, "amount": "nan"}, "amount"),
        ({**LOT, "members": "7"}, "members"),
        ({**LOT, "members": "0"}, "members"),
        ({**LOT, "article": "L9999"}, "article"),
        ({**LOT, "article": "L3113-1"}, "article"),
        ({**LOT, "trade": "tonte"}, "trade"),
        ({**LOT, "trade_amount": "nettoyage-locaux"}, "trade_amount"),
        ({**LOT, "trade_amount": "nettoyage-locaux:inf"}, "trade_amount"),
        ({**LOT, "trade_amount": "bionettoyage:10"}, "trade_amount"),
        ({**LOT, "trade_amount": "nettoyage-locaux:900000"}, "trade_amount"),
        ({**LOT, "territory": "departement:999"}, "territory"),
        ({**LOT, "territory": "epci:200040715", "split_territory": "true"}, "territory"),
        ({**LOT, "cpv": "77310000"}, "cpv"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    client: TestClient, parameters: dict[str, Any], field: str | None
) -> None:
    response = client.get("/v1/consortia", params=parameters)
    assert response.status_code == 422, response.text
    if field is not None:
        assert field in {error["field"] for error in response.json()["errors"]}


def consult(client: TestClient, **lot: Any) -> dict[str, Any]:
    response = client.post("/v1/consultations", json={"lots": [lot]})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["lots"][0]
    return found


@pytest.mark.slow
def test_a_lot_of_several_trades_shows_groups(client: TestClient) -> None:
    found = consult(client, **SEVERAL)["consortium"]
    assert found["groups"] or found["blocks"]
    assert {one["trade"] for group in found["groups"] for one in group["members"][0]["trades"]} <= set(
        SEVERAL["trade"].split("|")
    )


@pytest.mark.slow
def test_a_lot_that_a_structure_is_known_to_bear_needs_no_group(client: TestClient) -> None:
    small = {"trade": "entretien-espaces-verts", "place": "departement:38", "amount": 1000}
    assert consult(client, **small)["consortium"] is None
    large = consult(client, **{**small, "amount": 1_000_000})["consortium"]
    assert large is not None and all(group["size"] > 1 for group in large["groups"])


def test_a_lot_in_several_places_wants_them_all_served(client: TestClient) -> None:
    found = consult(client, trade="nettoyage-locaux", place="departement:38, departement:35")["consortium"]
    assert [one["territory"] for one in found["parts"]] == ["departement:38", "departement:35"]
    for group in found["groups"]:
        assert len({part for one in group["members"] for part in one["trades"][0]["parts"]}) == 2


@pytest.mark.slow
def test_the_page_shows_groups_with_links_to_their_members(client: TestClient) -> None:
    programme = f"lot;metier;lieu\n2;{SEVERAL['trade']};departement:38\n"
    text = client.post("/consultation", data={"step": "study", "programme": programme}).text
    first = consult(client, **SEVERAL)["consortium"]["groups"][0]
    assert "Groupements possibles" in text and first["article"]["code"] in text
    assert all(f"/fournisseurs/{one['id']}" in text for one in first["members"])


def test_all_parts_without_a_structure_are_blocks_and_one_sentence(client: TestClient) -> None:
    body = get(client, trade="blanchisserie", territory="departement:38", split_territory="true")
    assert len(body["blocks"]) == len(body["parts"]) > 3
    assert body["text"].count("Aucune structure connue pour") == 1 and f"sur {len(body['parts'])}" in body["text"]
