"""Sends requests drawn at random over every operation of the OpenAPI document, and counts what the document does not say: ``python -m
benchmarks fuzz --requests 5000``.

Values are half what the document admits, half what nobody should send: control characters, huge numbers, other types, unknown
names, broken JSON. An answer is wrong when it is a server error (but for 503, which is said), a status or media type that the operation
does not document, or a body that its schema refuses. The draw is that of ``--seed``.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
import typer
from fastapi.testclient import TestClient
from httpx2 import Response
from jsonschema import Draft202012Validator

from search_api.app import create_app
from search_api.openapi import document
from vivier.engine import open_engine
from vivier.given.rounds import rounds_of
from vivier.given.shelf import registry_of, studies_of
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

Json = dict[str, Any]
STRANGE: Final = (
    "", " ", "\x00", "\x1b[31mrouge\x1b[0m", "\r\nSet-Cookie: a=b", "é" * 300, "\u202eabc", "💥", "\ud7ff", "' OR 1=1 --", "<script>", "../../etc/passwd",
    "%00", "NaN", "inf", "-1", "1e999", "99999999999999999999", "0x10", "٣", "departement:35", "commune:35238", "FR", "-1.68,48.11", "2026-02-30", "true", "null",
)  # fmt: skip
STRANGE_JSON: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1.5, 10**30, 1e308, "", "x", "\x1b[2J", [], {}, [[]], [None], {"a": {"b": [1]}}, "2026-13-01", ["é" * 200],
)  # fmt: skip
BROKEN: Final = (
    *(b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"q": NaN}', b'{"a":1,"a":2}'),
    *(b"[" * 2_000, b'"text"', b"\x00" * 20),
)
ACCEPTED: Final = (
    *("*/*", "application/json", "text/html", "application/xml", "application/geo+json"),
    *("", "a;b;c", "*/*;q=0", "text/csv, */*;q=0.1"),
)
MEDIA: Final = (
    *("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"),
    *("application/json; charset=latin-1", ""),
)


def fuzz(requests: int = 5_000, seed: int = 1) -> Iterator[str]:
    """What was found; fails when an answer is not as the document says."""
    with tempfile.TemporaryDirectory(prefix="vivier-fuzz-") as folder:
        found = fuzzed(Path(folder), requests, seed)
    yield f"{requests} requests: {', '.join(f'{status} × {n}' for status, n in sorted(found.statuses.items()))}"
    for what, times in found.wrong.most_common():
        yield f"{times} × {what!r}\n      {found.examples[what]!r}"
    yield f"{found.wrong.total()} answers that the document does not say"
    if found.wrong:
        raise typer.Exit(1)


@dataclass(frozen=True)
class Operation:
    """One method at one path, as the document says it."""

    method: str
    path: str
    described: Json

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass
class Found:
    """What was counted."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def blame(self, what: str, request: str) -> None:
        """Counts an answer that the document does not say, with its first request."""
        self.wrong[what] += 1
        self.examples.setdefault(what, request)


class Fuzz:
    """Draws requests and judges answers."""

    def __init__(self, client: TestClient, api: Json, seed: int) -> None:
        self._client, self._api, self._draw = client, api, random.Random(seed)
        self._operations = [
            Operation(method, path, described)
            for path, methods in api["paths"].items()
            for method, described in methods.items()
        ]
        self._ids = _known_ids(client)
        self._validators: dict[str, Draft202012Validator] = {}
        self.found = Found()

    def run(self, count: int) -> None:
        """Sends ``count`` requests, each operation as often as the others."""
        for number in range(count):
            self._one(self._operations[number % len(self._operations)])

    def _one(self, operation: Operation) -> None:
        path = operation.path
        for parameter in operation.described.get("parameters", ()):
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(self._id(), safe=""))
        query = urlencode(list(self._query(operation)), doseq=True, errors="replace")
        headers = {"Accept": self._draw.choice(ACCEPTED)} if self._chance(0.08) else {}
        body = None
        if "requestBody" in operation.described or self._chance(0.05):
            body, headers["Content-Type"] = self._body(operation)
        url = f"{path}?{query}" if query else path
        answer = self._client.request(operation.method, url, content=body, headers=headers)
        self._judge(operation, answer, f"{operation.method} {url[:300]} {headers} {(body or b'')[:300]!r}")

    def _judge(self, operation: Operation, answer: Response, request: str) -> None:
        self.found.statuses[answer.status_code] += 1
        documented = operation.described["responses"].get(str(answer.status_code))
        if answer.status_code >= 500 and answer.status_code != 503:
            self.found.blame(f"{operation.name}: {answer.status_code}", request)
        elif documented is None:
            self.found.blame(f"{operation.name}: {answer.status_code} is not documented", request)
        elif answer.content and answer.status_code != 304:
            self._judge_body(operation, documented.get("content", {}), answer, request)

    def _judge_body(self, operation: Operation, contents: Json, answer: Response, request: str) -> None:
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media not in contents:
            self.found.blame(
                f"{operation.name}: {answer.status_code} as {media or 'nothing'} is not documented", request
            )
        elif media.endswith("json") and "ndjson" not in media and "schema" in contents[media]:
            try:
                error = next(self._validator(contents[media]["schema"]).iter_errors(answer.json()), None)
            except ValueError:
                self.found.blame(f"{operation.name}: {answer.status_code} is no JSON", request)
                return
            if error is not None:
                where = "/".join("*" if isinstance(part, int) else part for part in error.absolute_path)
                self.found.blame(f"{operation.name}: {answer.status_code} {where}: {error.message[:120]}", request)

    def _validator(self, schema: Json) -> Draft202012Validator:
        key = repr(schema)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "components": self._api["components"]})
        return self._validators[key]

    def _query(self, operation: Operation) -> Iterator[tuple[str, Any]]:
        parameters = [one for one in operation.described.get("parameters", ()) if one["in"] == "query"]
        needed = [one for one in parameters if one.get("required")]
        for parameter in [*needed, *self._draw.sample(parameters, min(len(parameters), self._draw.randrange(4)))]:
            hostile = self._chance(0.2)
            yield parameter["name"], self._draw.choice(STRANGE) if hostile else self._value(parameter["schema"])
        if self._chance(0.08):
            yield self._draw.choice(("inconnu", "q", "page", "\x1b", "kind[]")), self._draw.choice(STRANGE)
        if self._chance(0.01):
            yield "q", "x" * 9_000

    def _body(self, operation: Operation) -> tuple[bytes, str]:
        contents: Json = operation.described.get("requestBody", {}).get("content", {"application/json": {}})
        media = self._draw.choice(list(contents)) if self._chance(0.85) else self._draw.choice(MEDIA)
        if self._chance(0.12):
            return self._draw.choice(BROKEN), media
        value = self._value(contents.get(media, {}).get("schema", {"type": "object"}))
        if media == "application/x-www-form-urlencoded" and isinstance(value, dict):
            return urlencode(value, doseq=True, errors="replace").encode(), media
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str), media

    def _value(self, schema: Json, depth: int = 0) -> Any:
        """A value of a schema; one time in twelve, of another type."""
        if depth and self._chance(0.08):
            return self._draw.choice([value for value in STRANGE_JSON if value != 10**30])
        if "$ref" in schema:
            return self._value(self._resolved(schema["$ref"]), depth)
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._value(self._draw.choice(schema[union]), depth)
        if "enum" in schema:
            return self._draw.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        return self._of_type(schema, depth)

    def _of_type(self, schema: Json, depth: int) -> Any:
        least, most = schema.get("minimum", 0), schema.get("maximum", 1_000_000)
        match schema.get("type"):
            case "object":
                names = [*schema.get("required", ()), *(n for n in schema.get("properties", ()) if self._chance(0.25))]
                return {name: self._value(schema.get("properties", {}).get(name, {}), depth + 1) for name in names}
            case "array":
                count = self._draw.randrange(3) if depth < 4 else 0
                return [self._value(schema.get("items", {}), depth + 1) for _ in range(count)]
            case "integer":
                return self._draw.choice((int(least), int(most), self._draw.randint(int(least), int(most))))
            case "number":
                return self._draw.choice((least, most, self._draw.uniform(least, most)))
            case "boolean":
                return self._chance(0.5)
            case "null":
                return None
        return self._text(schema)

    def _text(self, schema: Json) -> str:
        examples = map(
            str, schema.get("examples") or [schema["example"]] if {"examples", "example"} & schema.keys() else []
        )
        words = ("nettoyage", "atelier", "espaces verts", "departement:35", "2026-11-27", "region:53", *examples)
        return self._draw.choice((*words, self._id(), self._draw.choice(STRANGE)))

    def _resolved(self, reference: str) -> Json:
        found: Any = self._api
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}

    def _id(self) -> str:
        return self._draw.choice(self._ids) if self._chance(0.7) else self._draw.choice(STRANGE) or "x"

    def _chance(self, share: float) -> bool:
        return self._draw.random() < share


def _known_ids(client: TestClient) -> list[str]:
    """Ids of what is there, and codes that some paths take."""
    found = ["departement:35", "commune:35238", "demo", "sirene"]
    for name in ("suppliers", "contracts", "notices"):
        found += [result["id"] for result in client.get(f"/v1/{name}?per_page=5").json()["results"]]
    lot = {"trade": "nettoyage-locaux", "territory": "departement:35", "title": "Nettoyage"}
    made = client.post("/v1/dossiers", json={"lots": [lot]})
    return [*found, *([made.json()["id"]] if made.status_code == 201 and "id" in made.json() else [])]


def fuzzed(home: Path, count: int, seed: int) -> Found:
    """What ``count`` requests to a service on a fictitious index found."""
    from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
    from vivier.cli.building import publish

    settings = Settings(home=home)
    write_demo(settings, 600)
    write_demo_contracts(settings, 400)
    write_demo_notices(settings)
    publish(settings, sources=["demo"], accept_drops=True)
    with closing(open_engine(settings)) as engine:
        app = create_app(
            engine,
            load_lexicon(),
            dossiers=registry_of(settings),
            rounds=rounds_of(settings),
            studies=studies_of(settings),
            public_url="https://vivier.example.org",
        )
        fuzz = Fuzz(TestClient(app, raise_server_exceptions=False, follow_redirects=False), document(app), seed)
        fuzz.run(count)
    return fuzz.found
