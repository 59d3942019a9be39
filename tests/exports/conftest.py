"""The corpus of the API's tests, and one of hostile texts, behind the service."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import orjson
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import client, corpus, engine, publish, today
from tests.search_api.corpus import REGISTER, SOURCE
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Fact, Supplier

__all__ = ["client", "corpus", "engine"]

Rows = list[dict[str, Any]]
Export = Callable[..., Rows]

#: Texts a spreadsheet, a terminal or a parser might act on.
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+33 1 23 45 67 89",
    "-2+3+cmd",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "   =HYPERLINK(1)",
    "\u00a0\u2003=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹦1",
    "⁻1",
    "−1",
    "\u202e=1",
    'Nom ; avec « ; » et "guillemets"',
    'Fin"',
    "Deux\r\nlignes",
    "Nul\x00 et\x07 cloche\x1b[31m",
    "Séparateur | de valeurs",
    "Œuvre 𝒜 日本語 العربية ✅",
    "e\u0301te\u0301",
    "<script>alert(1)</script>",
    "'",
    "x" * 300,
    "\ufffe\uffffjardin",
)


def fact(value: Any) -> Fact[Any]:
    return Fact[Any](value=value, provenance=SOURCE)


def hostile_suppliers() -> list[Supplier]:
    """One supplier a text, the text everywhere a source can put one."""
    return [
        Supplier(
            id=f"hostile-{number:02d}",
            name=fact(text),
            brand=fact(text),
            networks=(fact(text),),
            website=fact(f"javascript:{text}" if number % 2 else "https://example.org/a?b=1"),
            description=fact(f"{text} " * 150),
            sources=(SOURCE, REGISTER),
        )
        for number, text in enumerate(HOSTILE)
    ]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = EmbeddedStore(tmp_path_factory.mktemp("hostile"))
    publish(engine, hostile_suppliers(), lexicon)
    with TestClient(create_app(engine, lexicon, today=today), raise_server_exceptions=False) as client:
        yield client
    engine.close()


def read_csv(content: bytes) -> Rows:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def read_jsonl(content: bytes) -> Rows:
    return [orjson.loads(line) for line in content.splitlines()]


def read_xlsx(content: bytes) -> Rows:
    book = openpyxl.load_workbook(io.BytesIO(content))
    headers, *rows = book["Fournisseurs"].iter_rows(values_only=True)
    return [dict(zip(headers, row, strict=True)) for row in rows]


def download(client: TestClient, extension: str, query: str = "") -> bytes:
    response = client.get(f"/v1/suppliers.{extension}?{query}")
    assert response.status_code == 200, response.text
    return response.content
