"""Completing what is typed: suppliers, trades and places that begin like it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from search_api.reference_schemas import SuggestAnswer
from tests.search_api.conforms import conforms
from vivier.model import Supplier


def suggestions(client: TestClient, q: str, **more: Any) -> list[dict[str, Any]]:
    response = client.get("/v1/suggest", params={"q": q, **more})
    assert response.status_code == 200, response.text
    body = conforms(SuggestAnswer, response.json())
    return list(body["results"])


def open_one(corpus: list[Supplier]) -> Supplier:
    return next(one for one in corpus if one.closed is None or not one.closed.value)


def test_a_supplier_is_completed_from_the_beginning_of_each_of_its_words(
    client: TestClient, corpus: list[Supplier]
) -> None:
    supplier = open_one(corpus)
    for word in supplier.name.value.split():
        if len(word) > 2:
            found = suggestions(client, word[:-1], types="supplier", limit=20)
            assert all(one["type"] == "supplier" for one in found)
    found = suggestions(client, supplier.name.value[:-1], types="supplier", limit=20)
    assert supplier.id in {one["id"] for one in found}
    link = next(one["link"] for one in found if one["id"] == supplier.id)
    assert client.get(link).json()["supplier"]["id"] == supplier.id


@pytest.mark.slow
def test_a_closed_supplier_is_never_suggested(client: TestClient, corpus: list[Supplier]) -> None:
    closed = [one for one in corpus if one.closed is not None and one.closed.value]
    assert closed
    for supplier in closed:
        found = suggestions(client, supplier.name.value[:120], types="supplier", limit=20)
        assert supplier.id not in {one["id"] for one in found}


@pytest.mark.slow
def test_a_trade_is_completed_by_its_name_and_by_other_words_of_its_own(client: TestClient) -> None:
    by_name = suggestions(client, "entretien des esp", types="trade")[0]
    assert (by_name["id"], by_name["detail_fr"]) == ("entretien-espaces-verts", "")
    by_word = suggestions(client, "tont", types="trade")[0]
    assert (by_word["id"], by_word["detail_fr"]) == ("entretien-espaces-verts", "tonte")


def test_a_place_is_completed_without_accents_and_its_link_is_a_search(client: TestClient) -> None:
    first = suggestions(client, "besanc", types="place")[0]
    assert (first["id"], first["label_fr"]) == ("commune:25056", "Besançon (25, Doubs)")
    assert client.get(first["link"]).json()["query"]["territory"] == ["commune:25056"]


def test_a_typing_error_is_not_completed(client: TestClient) -> None:
    assert suggestions(client, "bezancno") == []


def test_types_come_in_one_order_and_each_has_its_own_limit(client: TestClient) -> None:
    types = [one["type"] for one in suggestions(client, "re", types="place,trade,supplier", limit=2)]
    assert types == sorted(types, key=["trade", "place", "supplier"].index)
    assert all(types.count(type_) <= 2 for type_ in types)


@pytest.mark.parametrize("params", [{"q": "a"}, {"q": "ab", "types": "ville"}, {"q": "ab", "limit": 21}, {}])
def test_what_cannot_be_asked_is_refused_by_name(client: TestClient, params: dict[str, Any]) -> None:
    response = client.get("/v1/suggest", params=params)
    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} <= {"q", "types", "limit"}


@pytest.mark.slow
@given(text=st.text(min_size=2, max_size=120).filter(lambda text: "\ufffd" not in text))
@settings(max_examples=40, deadline=None)
def test_any_text_is_answered(client: TestClient, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert client.get("/v1/suggest", params={"q": text}).status_code in (200, 422)


def test_a_name_is_found_with_other_little_words_when_none_has_them(client: TestClient, corpus: list[Supplier]) -> None:
    supplier = open_one(corpus)
    first, *rest = supplier.name.value.split()
    found = suggestions(client, " ".join((first, "du", *rest)), types="supplier", limit=20)
    assert supplier.id in {one["id"] for one in found}
