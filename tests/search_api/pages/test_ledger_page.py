"""« Mes fournisseurs »: paste or send a ledger, see what is known and unknown, take the files away; nothing is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.html import Page

ADDRESS = "/mes-fournisseurs"
HOSTILE = "Fournisseur;SIRET;Montant HT;Famille\n<script>x</script>;73282932000074;100;<b>Tonte</b>\n"


def sent(client: TestClient, **fields: str) -> Page:
    response = client.post(ADDRESS, data=fields, files={"file": ("", b"")})
    assert response.status_code == 200, response.text[:500]
    assert response.headers["cache-control"] == "no-store"
    return Page(ADDRESS, response.text)


def known_siret(client: TestClient) -> str:
    found: Any = client.get("/v1/suppliers", params={"kind": "ESAT", "per_page": 50}).json()["results"]
    return next(str(one["siret"]["value"]) for one in found if "siret" in one)


def test_a_pasted_table_gives_known_and_unknown_apart(pages_client: TestClient) -> None:
    table = f"SIRET;Montant;Famille\n{known_siret(pages_client)};300;Tonte\n73282932000074;100;Tonte\n"
    page = sent(pages_client, pasted=table, place="Rennes")
    assert "75 % connus" in page.one("main").text.replace("\u202f", " ").replace("\xa0", " ")
    assert "25 % inconnus" in page.one("main").text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.slow
def test_the_files_are_made_from_what_the_page_sends_back(pages_client: TestClient) -> None:
    raw = next(
        one.text for one in sent(pages_client, pasted=HOSTILE).all("textarea") if one.attributes["name"] == "raw"
    )
    for step, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        response = pages_client.post(ADDRESS, data={"raw": raw, "step": step}, files={"file": ("", b"")})
        assert response.content.startswith(start) and response.headers["cache-control"] == "no-store"
        assert f"mes-fournisseurs.{step}" in response.headers["content-disposition"]


def test_what_a_file_holds_is_escaped(pages_client: TestClient) -> None:
    page = sent(pages_client, pasted=HOSTILE)
    assert "<script>x" not in page.source and "<b>Tonte" not in page.source


def test_a_table_without_a_known_heading_asks_which_column_is_which(pages_client: TestClient) -> None:
    response = pages_client.post(ADDRESS, data={"pasted": "A;B\n73282932000074;1\n"}, files={"file": ("", b"")})
    assert response.status_code == 422
    page = Page(ADDRESS, response.text)
    assert {one.attributes["name"] for one in page.all("select")} == {"column-1", "column-2"}
    raw = next(one.text for one in page.all("textarea") if one.attributes["name"] == "raw")
    chosen = {"header-1": "A", "column-1": "siret", "header-2": "B", "column-2": "amount"}
    assert "Achats lus" in sent(pages_client, raw=raw, **chosen).one("main").text


def test_nothing_sent_or_a_wrong_place_is_told_beside_the_form(pages_client: TestClient) -> None:
    for fields, word in (({}, "Choisissez un fichier"), ({"pasted": HOSTILE, "place": "zzyzx"}, "zzyzx")):
        response = pages_client.post(ADDRESS, data=fields, files={"file": ("", b"")})
        assert response.status_code == 422 and word in response.text


def test_the_api_gives_the_same_and_no_cache_keeps_it(pages_client: TestClient, tmp_path: Path) -> None:
    table = f"SIRET;Montant;Famille\n{known_siret(pages_client)};300;Tonte\n73282932000074;100;Tonte\n"
    response = pages_client.post(
        "/v1/ledger", params={"place": "Rennes"}, content=table.encode(), headers={"content-type": "text/csv"}
    )
    body = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert body["whole"]["inclusive"]["least"] == 0.75 and body["whole"]["inclusive"]["most"] == 1.0
    assert body["whole"]["inclusive"]["amounts"]["unknown"] == 100
    assert [line["inclusive"] for line in body["lines"]] == ["yes", "unknown"]
    assert body["sources"] and body["meta"]["method_versions"] == {"ledger": "ledger-2"}
