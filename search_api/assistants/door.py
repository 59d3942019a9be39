"""The MCP server, with the official SDK. A call is a request to the application itself, in this process: its limits on clients, its
lanes and its problem documents apply as they do over HTTP.

The tools that an assistant may call. A tool is one resource of the API, read with GET: same parameters, same refusals, same answer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

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

from search_api.bodies import MAX_BODY
from search_api.parameters import (
    AsOfQuery,
    NeedQuery,
    NoParameters,
    TerritoriesQuery,
    TradesQuery,
    body_items,
    openapi_parameters,
)
from search_api.problem_types import TYPES
from search_api.problems import error_member
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.desk.read.queries import FeasibilityQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.suppliers.query import SupplierQuery

Pairs = list[tuple[str, str]]
_ID: Final = re.compile(r"(?!\.+\Z)[\w.:-]{1,80}", re.ASCII)
_EXCLUDED: Final = 10
"""Structures set aside that the study of a lot names, article by article; the others are counted."""
_PAGE: Final = 5
"""Results of a page unless the call asks for another number: an assistant reads all that it is given."""


@dataclass(frozen=True)
class Tool:
    """A resource of the API as a tool."""

    name: str
    title: str
    about: str
    """What it answers and when to call it, in French."""
    path: str
    parameters: type[Model] = NoParameters
    key: str | None = None
    """Name of the identifier that ends the path; ``None`` when the path is whole."""
    key_about: str = ""
    shorten: Callable[[dict[str, object]], dict[str, object]] = dict
    """Cuts the lists of an answer that no assistant could read whole, and says how long they are."""

    def schema(self, lexicon: Lexicon) -> dict[str, object]:
        """The JSON Schema of its arguments: those of the resource as OpenAPI describes them."""
        described = openapi_parameters(self.parameters, lexicon)
        properties = {
            parameter["name"]: {**parameter["schema"], "description": parameter["description"]}
            for parameter in described
        }
        required = [parameter["name"] for parameter in described if parameter["required"]]
        if self.paged:
            properties["per_page"] = {**properties["per_page"], "default": _PAGE}
        if self.key is not None:
            properties = {self.key: {"type": "string", "description": self.key_about}, **properties}
            required = [self.key, *required]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    @property
    def paged(self) -> bool:
        return "per_page" in self.parameters.model_fields

    def request(self, arguments: Mapping[str, Any]) -> tuple[str, Pairs]:
        """The path and the parameters of the call. Raises ``InvalidRequest`` for an identifier that is missing or unreadable, and for
        an argument that no URL can write; the resource itself judges the rest."""
        given = dict(arguments)
        path = self.path if self.key is None else f"{self.path}/{quote(self._identifier(given.pop(self.key, None)))}"
        if self.paged and given.get("per_page") is None:
            given["per_page"] = _PAGE
        return path, [_written(name, value) for name, value in body_items(given)]

    def _identifier(self, given: object) -> str:
        if isinstance(given, str) and _ID.fullmatch(given):
            return given
        fault = "manque" if given is None else "est illisible"
        message = f"« {self.key} » {fault}. Donnez : {self.key_about}."
        raise InvalidRequest((FieldError(str(self.key), "invalid_value", message),))


def _written(name: str, value: str) -> tuple[str, str]:
    """A pair that a URL can write. Raises ``InvalidRequest`` for half a character (a lone surrogate), which JSON may hold."""
    try:
        f"{name}{value}".encode()
    except UnicodeEncodeError:
        shown = name.encode(errors="replace").decode()[:80]
        message = f"« {shown} » a un caractère incomplet. Écrivez-le en UTF-8."
        raise InvalidRequest((FieldError(shown, "invalid_value", message),)) from None
    return name, value


def _study(body: dict[str, Any]) -> dict[str, object]:
    """A study whose lists of excluded structures are cut: they were 113 kB of 127 for one lot of the real lists."""
    return {**body, "articles": [_article(article) for article in body["articles"]]}


def _article(article: dict[str, Any]) -> dict[str, object]:
    excluded = article["excluded"]
    return {**article, "excluded": excluded[:_EXCLUDED], "excluded_count": len(excluded)}


TOOLS: Final = (
    Tool(
        "understand_need",
        "Comprendre un besoin",
        "À appeler en premier quand le besoin est écrit en français. Rend les métiers, le lieu, le type de structure, le montant et la "
        "durée compris, et les paramètres à donner à « search_suppliers » (membre « query »).",
        "/v1/needs",
        NeedQuery,
    ),
    Tool(
        "find_territories",
        "Trouver un territoire",
        "Rend l'identifiant typé (commune:35238, departement:35) d'un lieu donné par son nom ou son code postal.",
        "/v1/territories",
        TerritoriesQuery,
    ),
    Tool(
        "find_trades",
        "Trouver un métier",
        "Rend les codes de métiers que « trade » accepte, d'après des mots ou un groupe.",
        "/v1/trades",
        TradesQuery,
    ),
    Tool(
        "search_suppliers",
        "Chercher des fournisseurs",
        "Fournisseurs inclusifs et éco-labellisés, par besoin écrit en français (« need »), métier, territoire, type de structure, label. Chaque résultat dit pourquoi "
        "il répond ; « groups » compte ceux dont le métier n'est pas connu et qu'il faut interroger.",
        "/v1/suppliers",
        SupplierQuery,
    ),
    Tool(
        "get_supplier",
        "La fiche d'un fournisseur",
        "Tout ce qui est su d'un fournisseur, chaque fait avec sa source.",
        "/v1/suppliers",
        key="id",
        key_about="identifiant du fournisseur, tel que « search_suppliers » le rend",
    ),
    Tool(
        "find_leads",
        "Opportunités pour un fournisseur",
        "Avis ouverts, marchés à renouveler, projets d'achat et clauses à placer, pour un fournisseur de l'index (« supplier ») ou pour "
        "des métiers, un lieu et un type de structure.",
        "/v1/leads",
        LeadsQuery,
    ),
    Tool(
        "rank_buyers",
        "Acheteurs à appeler",
        "Acheteurs publics classés pour un fournisseur ou un métier, chaque facteur du rang à côté, ou trouvés par leur nom.",
        "/v1/buyers",
        BuyersQuery,
    ),
    Tool(
        "get_buyer",
        "La fiche d'un acheteur",
        "Bilan d'un acheteur public : achats réservés, part sociale, pairs, titulaires, marchés qui finissent.",
        "/v1/buyers",
        AsOfQuery,
        key="siren",
        key_about="SIREN de l'acheteur (9 chiffres), tel que « rank_buyers » le rend",
    ),
    Tool(
        "study_lot",
        "Un lot peut-il être réservé ?",
        "Pour un lot (métier ou CPV, lieu, montant, durée) : article par article, qui peut répondre, chances d'avoir des offres, verdict, "
        f"et ce qui le changerait. « excluded » nomme {_EXCLUDED} structures écartées au plus, « excluded_count » les compte toutes.",
        "/v1/feasibility",
        FeasibilityQuery,
        shorten=_study,
    ),
    Tool(
        "list_sources",
        "Les sources des données",
        "Producteur, licence, date des données, lignes gardées et écartées de chaque source, et ce qui n'a jamais été chargé.",
        "/v1/sources",
    ),
)
"""Every tool, in the order in which an assistant reads them."""


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


def _problem(error: InvalidRequest) -> dict[str, object]:
    """The problem document of a call that is refused before any request."""
    kind = TYPES[422]
    members = [error_member(field_error) for field_error in error.errors]
    return {"title": kind.title, "status": 422, "detail": kind.detail, "errors": members}


def _waiting(body: dict[str, object], seconds: str | None) -> dict[str, object]:
    """A problem document with the seconds to wait, which HTTP says in a header."""
    return body if seconds is None else {**body, "retry_after_seconds": int(seconds)}


def _answered(body: dict[str, object]) -> types.CallToolResult:
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
