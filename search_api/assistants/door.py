"""The MCP server, with the official SDK. A call is a request to the application itself, in this process: its limits on clients, its
lanes and its problem documents apply as they do over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
import orjson
from fastapi import FastAPI, Request
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette

from search_api.assistants.tools import TOOLS, Tool
from search_api.bodies import MAX_BODY
from search_api.problem_types import TYPES
from search_api.problems import error_member
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon

PATH: Final = "/mcp"
"""Where the server answers over HTTP."""
INSTRUCTIONS: Final = (
    "Vivier cherche des fournisseurs inclusifs et éco-labellisés pour l'achat public en France. Service non officiel, en lecture. "
    "Un besoin écrit en français passe d'abord par « understand_need ». Inconnu ne veut dire ni oui ni non : ne concluez pas d'un fait "
    "absent que la structure ne fait pas, ou n'a pas. Citez la source de ce que vous reprenez : producteur, licence et date sont dans "
    "« sources ». Un refus nomme le champ à corriger. Les adresses citées « /v1/trades » et « /v1/territories » sont ici "
    "« find_trades » et « find_territories »."
)
_BY_NAME: Final[Mapping[str, Tool]] = {tool.name: tool for tool in TOOLS}
_STANDARD_INPUT: Final = ("stdio", 0)
"""Who asks over the standard input: nobody over a network."""
_BASE: Final = "http://vivier:80"


def server(app: FastAPI, lexicon: Lexicon) -> Server[Any]:
    """The MCP server of an application."""
    made: Server[Any] = Server(
        "vivier",
        title="Vivier",
        version=app.version,
        instructions=INSTRUCTIONS,
        on_list_tools=partial(_list, [_described(tool, lexicon) for tool in TOOLS]),
        on_call_tool=partial(_call, app),
    )
    made.middleware.clear()  # its only member is the telemetry of the SDK: the service tells nobody what is asked
    for library in ("mcp", "httpx2"):  # the lines that they log below errors say what is asked
        logging.getLogger(library).setLevel(logging.ERROR)
    return made


async def over_stdio(app: FastAPI, lexicon: Lexicon) -> None:
    """Serves on the standard input and output, until the input closes. The errors of the library go to the error stream."""
    made = server(app, lexicon)
    async with stdio_server() as (read, write):
        await made.run(read, write, made.create_initialization_options())


def over_http(app: FastAPI, lexicon: Lexicon, host: str, public_url: str | None) -> Starlette:
    """The ASGI application of streamable HTTP, without sessions, so that any process may answer. A request is refused when its
    ``Host`` is none of ours or its ``Origin`` is another site: a page open in a browser cannot call it."""
    ours = [f"{name}:*" for name in ("127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host)]
    public = [] if public_url is None else [urlsplit(public_url).netloc]
    origins = [f"http://{name}" for name in ours] + [
        f"{scheme}://{name}" for name in public for scheme in ("http", "https")
    ]
    return server(app, lexicon).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        max_request_body_size=MAX_BODY,
        transport_security=TransportSecuritySettings(allowed_hosts=[*ours, *public], allowed_origins=origins),
    )


def _described(tool: Tool, lexicon: Lexicon) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.about,
        input_schema=tool.schema(lexicon),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


async def _list(
    tools: list[types.Tool], context: ServerRequestContext[Any], requested: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    return types.ListToolsResult(tools=tools)


async def _call(
    app: FastAPI, context: ServerRequestContext[Any], requested: types.CallToolRequestParams
) -> types.CallToolResult:
    tool = _BY_NAME.get(requested.name)
    if tool is None:
        raise MCPError(types.INVALID_PARAMS, f"Outil inconnu. Outils : {', '.join(_BY_NAME)}.")
    try:
        path, pairs = tool.request(requested.arguments or {})
    except InvalidRequest as error:
        return _refused(_problem(error))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=_client(context.request))
    async with httpx2.AsyncClient(transport=transport, base_url=_BASE, follow_redirects=True) as client:
        answer = await client.get(f"{path}?{urlencode(pairs)}", headers={"Accept-Encoding": "identity"})
    body = orjson.loads(answer.content)
    return (
        _answered(tool.shorten(body))
        if answer.is_success
        else _refused(_waiting(body, answer.headers.get("retry-after")))
    )


def _client(request: object) -> tuple[str, int]:
    """Who asks, for the limits on clients: the address of the connection over HTTP, nobody over the standard input."""
    known = request.client if isinstance(request, Request) else None
    return _STANDARD_INPUT if known is None else (known.host, known.port)


def _problem(error: InvalidRequest) -> dict[str, Any]:
    """The problem document of a call that is refused before any request."""
    kind = TYPES[422]
    members = [error_member(field_error) for field_error in error.errors]
    return {"title": kind.title, "status": 422, "detail": kind.detail, "errors": members}


def _waiting(body: dict[str, Any], seconds: str | None) -> dict[str, Any]:
    """A problem document with the seconds to wait, which HTTP says in a header."""
    return body if seconds is None else {**body, "retry_after_seconds": int(seconds)}


def _answered(body: dict[str, Any]) -> types.CallToolResult:
    """The answer twice, as the protocol asks: structured, and as text for clients that read no other."""
    text = types.TextContent(type="text", text=orjson.dumps(body).decode())
    return types.CallToolResult(content=[text], structured_content=body)


def _refused(body: dict[str, Any]) -> types.CallToolResult:
    """A refusal that the assistant reads and corrects: what is wrong, field by field, then the problem document."""
    lines = [body["detail"], *(f"{fault['field']} : {fault['message']}" for fault in body.get("errors", ()))]
    if wait := body.get("retry_after_seconds"):
        lines.append(f"Recommencez dans {wait} s.")
    text = types.TextContent(type="text", text="\n".join(lines))
    return types.CallToolResult(content=[text], structured_content=body, is_error=True)
