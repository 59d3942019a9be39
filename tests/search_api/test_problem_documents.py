"""What each error becomes: its status, its sentence, its headers; and the small parts of an answer, at their bounds."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from search_api.bodies import FORM, MAX_BODY, json_body, posted_items, same_site
from search_api.caching import etag_of_query
from search_api.context import Context
from search_api.headers import CSP, SECURITY, common_headers, security
from search_api.links import link, page_links
from search_api.logs import JsonLines, write_json_lines
from search_api.middleware import MAX_URL
from search_api.problems import (
    client_left,
    given_unavailable,
    http_error,
    invalid_request,
    not_found,
    quota_reached,
    refused,
    server_error,
    unavailable,
    wants_page,
)
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import EngineAway, FieldError, IndexUnreadable, InvalidRequest, NotFound, NothingIndexed
from vivier.lexicon import Lexicon
from vivier.search.port import Generation
from vivier.settings import NOBODY, Tiles
from vivier.suppliers.query import SupplierQuery


def request(path: str = "/v1/x", method: str = "GET", query: str = "", body: bytes = b"", **headers: str) -> Request:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": given}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"server": ("x", 80), "scheme": "http", **scope}, receive)


def told(answer: Response) -> tuple[int, str, str | None]:
    """The status, the sentence, and after how long to ask again."""
    return answer.status_code, json.loads(bytes(answer.body))["detail"], answer.headers.get("retry-after")


WRONG = FieldError("kind", "unknown_value", "Mal dit.", ("EI", "ACI"), "EI", (("EI", "Entreprise"),))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda at: not_found(at, NotFound("Rien ici.")), (404, "Rien ici.", None)),
        (lambda at: refused(409)(at, NotFound("Déjà là.")), (409, "Déjà là.", None)),
        (lambda at: given_unavailable(at, NotFound("Elle ne répond pas.")), (503, "Elle ne répond pas.", "30")),
        (lambda at: quota_reached(at, NotFound("Assez.")), (429, "Assez.", "86400")),
        (lambda at: unavailable(at, NothingIndexed()), (503, "Ces données ne sont pas encore chargées ici.", "30")),
        (
            lambda at: unavailable(at, IndexUnreadable("/chemin")),
            (
                503,
                "Ce service ne peut pas lire son index. Attendre n'y changera rien : prévenez son exploitant.",
                "30",
            ),
        ),
    ],
)
def test_an_error_has_its_status_its_sentence_and_its_delay(
    answer: Callable[[Request], Response], expected: tuple[int, str, str | None]
) -> None:
    assert told(answer(request())) == expected


def test_what_the_engine_says_is_shown_to_nobody() -> None:
    status, detail, delay = told(unavailable(request(), EngineAway("http://interne:9200")))
    assert (status, delay, "interne" in detail) == (503, "30", False)
    answer = server_error(request(), ValueError("secret"))
    assert answer.status_code == 500 and b"secret" not in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client_left(request(), ValueError()).status_code == 400


def test_errors_of_parameters_are_counted_and_given_whole() -> None:
    bare = FieldError("page", "too_small", "Au moins 1.")
    one, two = (
        json.loads(bytes(invalid_request(request(), InvalidRequest(errors)).body))
        for errors in ((bare,), (bare, WRONG))
    )
    assert (one["status"], one["detail"], two["detail"]) == (422, "1 paramètre à corriger.", "2 paramètres à corriger.")
    assert one["errors"] == [{"field": "page", "code": "too_small", "message": "Au moins 1."}]
    assert two["errors"][1] == {
        "field": "kind",
        "code": "unknown_value",
        "message": "Mal dit. Entreprise : EI",
        "allowed": ["EI", "ACI"],
        "suggestion": "EI",
        "choices": [{"value": "EI", "label_fr": "Entreprise"}],
    }


def test_a_page_leaves_out_what_it_does_not_know_and_the_api_refuses_it() -> None:
    error = InvalidRequest((FieldError("zzz", "unknown_parameter", "Inconnu."),))
    left = invalid_request(request("/fournisseurs", query="zzz=1&kind=EI"), error)
    assert (left.status_code, left.headers["location"]) == (303, "/fournisseurs?kind=EI#adresse-ignoree")
    assert (
        invalid_request(request("/fournisseurs", query="zzz=1"), error).headers["location"].startswith("/fournisseurs#")
    )
    assert invalid_request(request("/v1/suppliers", query="zzz=1"), error).status_code == 422


@pytest.mark.parametrize(
    ("path", "accept", "page"),
    [
        ("/", "", True),
        ("/fournisseurs/x", "", True),
        ("/glossaire", "text/html", True),
        ("/glossaire", "*/*", False),
        ("/v1/x", "text/html", False),
        ("/health", "text/html", False),
    ],
)
def test_a_reader_of_pages_is_answered_by_a_page(path: str, accept: str, page: bool) -> None:
    assert wants_page(request(path, accept=accept)) is page


def test_the_address_of_a_form_that_is_kept_leads_above_it_and_a_method_says_those_it_has() -> None:
    routes = SimpleNamespace(routes=[], openapi_schema=None)

    def at(path: str, method: str, status: int, detail: str | None = None, **headers: str) -> Response:
        asked = request(path, method)
        asked.scope["app"] = routes
        return http_error(asked, HTTPException(status, detail, headers or None))

    kept = at("/fournisseurs/x/signaler", "GET", 405)
    assert (kept.status_code, kept.headers["location"]) == (303, "/fournisseurs/x")
    assert at("/fournisseurs/", "GET", 405).headers["location"] == "/"
    assert told(at("/v1/x", "GET", 404, "Rien ici."))[:2] == (404, "Rien ici.")
    assert told(at("/v1/x", "GET", 418))[0] == 400
    assert told(at("/v1/x", "GET", 404)) == told(http_error(request(), StarletteHTTPException(404, "autre")))
    assert at("/v1/x", "GET", 429, **{"Retry-After": "7"}).headers["retry-after"] == "7"


def test_headers_open_reads_to_any_site_and_images_to_one_server_of_tiles() -> None:
    assert security(None) is SECURITY
    tiles = Tiles("https://tuiles.example/{z}/{x}/{y}.png", "© X")
    assert f"img-src 'self' {tiles.origin};" in security(tiles)[CSP] and security(tiles)[CSP] != SECURITY[CSP]
    for method, opened in (("GET", True), ("HEAD", True), ("POST", False)):
        given = common_headers({"method": method})
        assert ("Access-Control-Allow-Origin" in given) is opened and given["X-Request-Id"] == ""


def test_pages_of_a_list_lead_to_their_neighbours_and_never_beyond() -> None:
    def pages(page: int, total: int, deepest: int = 1_000) -> list[str | None]:
        links = page_links("/x", SupplierQuery(page=page, per_page=10), total, deepest)
        return [
            None if links[name] is None else str(links[name]).partition("?")[2] for name in ("self", "prev", "next")
        ]

    own = "per_page=10"
    assert pages(1, 10) == [own, None, None] and pages(1, 11) == [own, None, f"page=2&{own}"]
    assert pages(2, 11) == [f"page=2&{own}", own, None]
    assert pages(9, 11) == [f"page=9&{own}", f"page=2&{own}", None] and pages(2, 0)[1:] == [None, None]
    assert pages(1, 99, 20)[2] == f"page=2&{own}" and pages(1, 99, 19)[2] is None
    query = SupplierQuery(per_page=10)
    longest = "/x" + "x" * (MAX_URL - len(str(link("/x", query))))
    assert link(longest, query) is not None and link(f"{longest}x", query) is None


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"host": "x"}, True),
        ({"host": "x", "origin": "https://x"}, True),
        ({"host": "x", "origin": "https://y"}, False),
        ({"host": "x", "origin": "https://y", "sec_fetch_site": "same-origin"}, True),
        ({"host": "x", "origin": "https://y", "sec_fetch_site": "same-site"}, True),
        ({"host": "x", "origin": "https://y", "sec_fetch_site": "none"}, True),
        ({"host": "x", "origin": "https://x", "sec_fetch_site": "cross-site"}, False),
        ({"host": "x", "sec_fetch_site": "cross-site"}, False),
    ],
)
def test_a_form_comes_from_our_site(headers: dict[str, str], passes: bool) -> None:
    if passes:
        same_site(request(**headers))
        return
    with pytest.raises(HTTPException) as found:
        same_site(request(**headers))
    assert found.value.status_code == 403


@pytest.mark.parametrize(
    ("media", "body", "expected"),
    [
        ("application/json; charset=utf-8", b'{"q": "a"}', [("q", "a")]),
        (FORM, b"q=a+b&kind=&kind=EI", [("q", "a b"), ("kind", "EI")]),
        (FORM, b"q=%ff", 400),
        (FORM, "q=é".encode(), 400),
        ("text/plain", b"q=a", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[" * 300 + b"]" * 300, 400),
        ("application/json", b'{"q": "%s"}' % (b"a" * (MAX_BODY - 9)), MAX_BODY),
        ("application/json", b'{"q": "%s"}' % (b"a" * (MAX_BODY - 8)), 413),
        (FORM, b"&".join(b"a=1" for _ in range(2_000)), 2_000),
        (FORM, b"&".join(b"a=1" for _ in range(2_001)), 400),
    ],
)
def test_a_body_is_read_as_its_media_type_says_within_its_bounds(media: str, body: bytes, expected: Any) -> None:
    sent = request(method="POST", body=body, content_type=media)
    if isinstance(expected, list):
        assert asyncio.run(posted_items(sent)) == expected
    elif expected in (2_000, MAX_BODY):
        read = asyncio.run(json_body(sent) if expected == MAX_BODY else posted_items(sent))
        assert len(read) == (1 if expected == MAX_BODY else 2_000)
    else:
        with pytest.raises(HTTPException) as found:
            asyncio.run(posted_items(sent))
        assert found.value.status_code == expected


def test_a_query_has_one_tag_unless_its_address_gives_two_answers(
    empty_engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    context = Context(empty_engine, lexicon, lambda: date(2026, 11, 24), NOBODY, None, None)
    generation = Generation("suppliers-1", "suppliers", True, 1, datetime(2026, 11, 24, tzinfo=UTC))

    def tag(method: str = "GET", media: str = "json", **query: Any) -> str | None:
        return etag_of_query(request(method=method), SupplierQuery(**query), context, generation, media)

    first = tag()
    others = {tag(q="ab"), tag(media="csv"), tag(sort="neutral", seed="s"), tag(as_of=date(2026, 11, 23))}
    assert first is not None and first == tag()
    assert len(others) == 4 and not others & {first, None}
    assert tag(method="POST") is None and tag(sort="neutral") is None


def test_lines_of_json_are_written_for_every_warning_and_each_request(capsys: pytest.CaptureFixture[str]) -> None:
    root, ours = (
        logging.getLogger(),
        [logging.getLogger(name) for name in ("vivier.requests", "uvicorn", "uvicorn.error")],
    )
    before = root.handlers[:], root.level, [(log.level, log.handlers[:], log.propagate) for log in ours]
    for handler in before[0]:
        root.removeHandler(handler)  # it would be closed
    try:
        write_json_lines()
        logging.getLogger("uvicorn.error").warning("Un %s.", "ennui")
        logging.getLogger("vivier.requests").info("request")
        logging.getLogger("vivier.other").info("rien")
        (handler,) = root.handlers
        assert isinstance(handler.formatter, JsonLines) and handler.stream is sys.stderr  # type: ignore[attr-defined]
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        for log, (level, handlers, propagate) in zip(ours, before[2], strict=True):
            log.handlers, log.propagate = handlers, propagate
            log.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["logger"], line["message"]) for line in lines] == [
        ("warning", "uvicorn.error", "Un ennui."),
        ("info", "vivier.requests", "request"),
    ]
