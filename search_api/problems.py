"""Renders errors as ``application/problem+json`` (RFC 9457): French text and stable codes, without internal details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from fastapi import HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse

from search_api.headers import REQUEST_ID, common_headers
from search_api.openapi import methods_of
from search_api.pages.corrections import plain_errors
from search_api.pages.here import here
from search_api.pages.ignored import IGNORED, without
from search_api.pages.render import page
from search_api.problem_types import MEDIA_TYPE, TYPES
from vivier.errors import (
    EngineUnavailable,
    FieldError,
    GivenUnavailable,
    IndexUnreadable,
    InvalidRequest,
    NotFound,
    NothingIndexed,
    StudyTooLong,
)
from vivier.identity import words_of

RETRY_SECONDS = 30
_ONE_DAY = 86_400
_SHOWN_URL = 1_000
_PAGES = words_of(
    """
    /fournisseurs /consultation /dossiers /enquetes /r/ /i/ /suivi/ /revue /marches /acheteurs /pistes
    /titulaires-a-appeler /veille /espace /courriel /ecrire
    """
)
_API = ("/v1/", "/health", "/ready", "/docs")


NOTHING_INDEXED = "Ces données ne sont pas encore chargées ici."
_LACKS = {
    "contracts": "Ce service n'a encore aucun marché.",
    "notices": "Ce service n'a encore aucun avis.",
    "buyers": "Ce service n'a encore aucun acheteur.",
    "leads": "Ce service n'a encore ni marché ni avis.",
}
"""What a service that has suppliers may lack: a page says it, and is no breakdown."""
UNREADABLE = "Ce service ne peut pas lire son index. Attendre n'y changera rien : prévenez son exploitant."


def problem(
    request: Request,
    status: int,
    detail: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem document, or a page with the same text for a reader of pages. ``members``: extensions (``errors``, ``reasons``)."""
    kind = TYPES[status]
    body = {
        "type": f"/docs#{kind.slug}",
        "title": kind.title,
        "status": status,
        "detail": detail or kind.detail,
        "instance": _instance(request),
        "request_id": request.scope.get(REQUEST_ID),
        **members,
    }
    if wants_page(request):
        shown = page("error.html", _shown(body, request), status=status)
        shown.headers.update(headers or {})
        return shown
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store", **(headers or {})}, media_type=MEDIA_TYPE)


def _shown(body: Mapping[str, Any], request: Request) -> dict[str, object]:
    """What the page of an error shows. An unknown address speaks of pages there, and of the API in a problem document."""
    sent = request.method == "POST"
    at = here() if body["status"] < 500 else here().without_data()
    if "errors" in body and at.context is not None:
        errors = (FieldError(error["field"], error["code"], error["message"]) for error in body["errors"])
        body = {
            **body,
            "errors": plain_errors(errors, at.context.lexicon),
            "detail": "Quelque chose est à corriger dans " + ("votre envoi." if sent else "l'adresse."),
        }
    elif sent and body["status"] == 415:
        body = {**body, "detail": "Ce formulaire est arrivé sans contenu lisible : renvoyez-le depuis sa page."}
    before = _page_before(request) if sent else at.path
    return {
        "here": at,
        "problem": body,
        "nothing_here": TYPES[404].detail,
        "sent_from": before,
    }


def _page_before(request: Request) -> str:
    """Where a form was sent from, when its page is ours; else the page above its address."""
    before = urlsplit(request.headers.get("referer", ""))
    if before.path and before.netloc == request.headers.get("host"):
        return f"{before.path}?{before.query}" if before.query else before.path
    return _above(request)


def _above(request: Request) -> str:
    return request.url.path.rstrip("/").rpartition("/")[0] or "/"


def wants_page(request: Request) -> bool:
    """Whether to answer with a page: for a path of the pages, or an unknown path that a browser requests. The API always answers
    with problem documents."""
    path = request.url.path
    if path == "/" or path.startswith(_PAGES):
        return True
    return not path.startswith(_API) and "text/html" in request.headers.get("accept", "")


def _instance(request: Request) -> str:
    query = request.scope.get("query_string", b"").decode("latin-1")
    return (request.url.path + (f"?{query}" if query else ""))[:_SHOWN_URL]


def error_member(error: FieldError) -> dict[str, object]:
    """An entry of ``errors``; empty members are left out."""
    member: dict[str, object] = {"field": error.field, "code": error.code, "message": error.described}
    if error.allowed:
        member["allowed"] = error.allowed
    if error.suggestion is not None:
        member["suggestion"] = error.suggestion
    if error.choices:
        member["choices"] = [{"value": value, "label_fr": label} for value, label in error.choices]
    return member


def invalid_request(request: Request, error: Exception) -> Response:
    """422, with every error to correct. A page leaves out the parameters that it does not know, and says so."""
    assert isinstance(error, InvalidRequest)
    unknown = {wrong.field for wrong in error.errors if wrong.code == "unknown_parameter"}
    if request.method == "GET" and len(unknown) == len(error.errors) and wants_page(request):
        left = without(request.query_params.multi_items(), unknown)
        return RedirectResponse(f"{request.url.path}{f'?{urlencode(left)}' if left else ''}#{IGNORED}", 303)
    count = len(error.errors)
    detail = "1 paramètre à corriger." if count == 1 else f"{count} paramètres à corriger."
    return problem(request, 422, detail, errors=[error_member(field_error) for field_error in error.errors])


def not_found(request: Request, error: Exception) -> Response:
    """404, with the sentence of the error."""
    return problem(request, 404, str(error))


def unavailable(request: Request, error: Exception) -> Response:
    """503, with a constant sentence: the message of the engine is not shown. A page of contracts where only suppliers are loaded is a page that
    says so (200)."""
    if isinstance(error, NothingIndexed) and error.collection in _LACKS and wants_page(request):
        shown = {"detail": _LACKS[error.collection], "status": 200, "request_id": None}
        return page("error.html", {"here": here().without_data(), "problem": shown, "nothing_here": ""})
    kinds = ((NothingIndexed, NOTHING_INDEXED), (IndexUnreadable, UNREADABLE))
    detail = next((sentence for kind, sentence in kinds if isinstance(error, kind)), None)
    return problem(request, 503, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def given_unavailable(request: Request, error: Exception) -> Response:
    """503, with the sentence of the error."""
    return problem(request, 503, str(error), headers={"Retry-After": str(RETRY_SECONDS)})


def refused(status: int) -> Callable[[Request, Exception], Response]:
    """A handler that answers ``status`` with the sentence of the error."""
    return lambda request, error: problem(request, status, str(error))


def http_error(request: Request, error: Exception) -> Response:
    """404 for an unknown path, 405 with ``Allow``, and the statuses that routes raise."""
    assert isinstance(error, StarletteHTTPException)
    status = error.status_code if error.status_code in TYPES else 400
    ours = error.detail if isinstance(error, HTTPException) and error.detail != _phrase(status) else None
    headers = dict(error.headers or {})
    if status == 405:
        if request.method in ("GET", "HEAD") and wants_page(request):
            return RedirectResponse(_above(request), 303)  # the address of a form, kept or reloaded: the page above it
        # The framework gives the methods of the first route of the path only. Pages are not in the OpenAPI document.
        documented = ", ".join(methods_of(request.app, request.url.path))
        headers["Allow"] = documented or headers.get("Allow", "GET").replace("GET", "GET, HEAD")
    return problem(request, status, ours, headers=headers)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def server_error(request: Request, error: Exception) -> Response:
    """500, with a constant body. It is sent outside our middleware, so the common headers are added here."""
    return problem(request, 500, headers=common_headers(request.scope))


def client_left(request: Request, error: Exception) -> Response:
    """The answer to a client that left in the middle of its body. Nobody reads it, and the server has logged it in one line."""
    return Response(status_code=400)


def quota_reached(request: Request, error: Exception) -> Response:
    """429: this client, or this buyer, had done what one may have done in a day."""
    return problem(request, 429, str(error), headers={"Retry-After": str(_ONE_DAY)})


HANDLERS = {
    InvalidRequest: invalid_request,
    NotFound: not_found,
    StudyTooLong: refused(422),
    NothingIndexed: unavailable,
    EngineUnavailable: unavailable,
    GivenUnavailable: given_unavailable,
    StarletteHTTPException: http_error,
    ClientDisconnect: client_left,
    Exception: server_error,
}
