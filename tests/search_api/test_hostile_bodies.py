"""No body, however odd, is an error of ours: it is read, or refused with a sentence."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from vivier.desk.dossier import digest

pytestmark = pytest.mark.slow

DEPTHS: Final = (10, 256, 600, 1_000, 5_000)
RAW: Final = (
    '[["a",false,[[1e308,["x"]]]]]',
    '[["a",false,[[1e999,["x"]]]]]',
    '[["a",false,[[-1,["x"]]]]]',
    '[["a",false,[[99999999999999999999,["x"]]]]]',
    '[["a",false,[[1,[["x"]]]]]]',
    '[["a",false,[[1,[null]]]]]',
    '[["a","no",[[1,["x"]]]]]',
    '[["\\ud800",false,[[1,["\\udfff"]]]]]',
    '[["a",false]]',
    "[" * 2_000,
    "null",
    "",
)
"""What a page never sends back as the table that it was given."""


def hostile() -> list[bytes]:
    deep = [b'{"lots":' + b"[" * depth + b"]" * depth + b"}" for depth in DEPTHS]
    dossiers = [
        b'{"format":"vivier-dossier-3","sha256":"a","lots":' + b"[" * depth + b"]" * depth + b"}" for depth in DEPTHS
    ]
    odd = (
        b"[]",
        b"null",
        b"1e308",
        b'{"lots":[{"amount":1e308,"months":1e308,"trade":"nettoyage-locaux","place":"departement:35"}]}',
        b'{"lots":[{"amount":"1e999","text":"\\ud800"}]}',
        b'{"lots":[{"line":99999999999999999999999}]}',
        b'{"text":"\\ud800\\u0000"}',
        b"{" * 1_000,
        b"\xff\xfe",
        b"",
    )
    return [*deep, *dossiers, *odd]


def test_no_json_posted_is_an_error_of_ours(service: TestClient) -> None:
    paths = service.get("/v1/openapi.json").json()["paths"]
    posts = [path.replace("{id}", "0" * 40) for path, methods in paths.items() if "post" in methods]
    assert len(posts) > 10
    found = [
        f"{path} {body[:60]!r} {len(body)}"
        for path in posts
        for body in hostile()
        if service.post(path, content=body, headers={"content-type": "application/json"}).status_code >= 500
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", ["/consultation", "/mes-fournisseurs"])
def test_no_table_sent_back_is_an_error_of_ours(path: str, service: TestClient) -> None:
    for raw in RAW:
        form = urlencode({"step": "columns", "raw": raw, "heading-0": "text"}, errors="surrogatepass")
        response = service.post(path, content=form, headers={"content-type": "application/x-www-form-urlencoded"})
        assert response.status_code < 500, raw
        files = {name: (None, value) for name, value in {"step": "columns", "raw": raw, "heading-0": "text"}.items()}
        assert service.post(path, files=files).status_code < 500, raw  # type: ignore[arg-type]


def test_a_dossier_of_several_million_bytes_is_verified(service: TestClient) -> None:
    body: dict[str, object] = {
        "format": "vivier-dossier-3",
        "lots": [{"text": "é" * 1_000, "rank": n} for n in range(3_000)],
    }
    body["sha256"] = digest(body)
    content = json.dumps(body, ensure_ascii=False).encode()
    assert len(content) > 5_000_000
    answer = service.post("/v1/dossiers/verify", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 200 and answer.json()["exact"] is True, answer.text
    page = service.post("/consultation/verifier", files={"file": ("dossier.json", content)})
    assert page.status_code == 200, page.text[:500]
