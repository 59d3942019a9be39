"""``/v1/ledger`` and ``/mes-fournisseurs``: the inclusive and labelled share of a ledger of purchases. Nothing is kept, nor stored by
caches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from search_api.asked import of_api
from search_api.context import Context
from search_api.desk.consultations import XLSX, file_of, form_of, table_body, uploaded
from search_api.desk.pages.consultation import chosen_in, read_columns
from search_api.envelope import all_sources
from search_api.openapi import problems, typed
from search_api.pages.choices import messages_by_field
from search_api.pages.render import page
from search_api.parameters import NoParameters, openapi_parameters
from search_api.responses import JSON, NEVER, negotiate
from vivier.desk.method.ledger import STATES
from vivier.desk.read.asked import LedgerQuery
from vivier.desk.read.ledger import MOST_ROWS, TITLES, Ledger, read_ledger
from vivier.desk.read.line_places import place_of
from vivier.desk.read.programme import Programme, chosen_columns, unread_headings
from vivier.desk.read.sheet import MAX_BYTES, Sheet, packed, sheets_of, unpacked
from vivier.desk.tell.ledger import ledger_body, study_ledger
from vivier.desk.tell.ledger_shapes import LedgerBody
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.ledger_book import ledger_csv, ledger_workbook
from vivier.search.query import parse_parameters
from vivier.suppliers.sources import SourceOut

API: Final = "/v1/ledger"
PATH: Final = "/mes-fournisseurs"
_MEDIA: Final = {"csv": "text/csv; charset=utf-8; header=present", "xlsx": XLSX}


class LedgerAnswer(LedgerBody):
    """A ledger read against the index."""

    sources: list[SourceOut]


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    @routes.post(
        API,
        summary="Part inclusive et labellisée d'un fichier d'achats (CSV ou XLSX, 5 Mo, 20 000 lignes), l'inconnu dit à part",
        responses={
            200: {
                "model": typed(LedgerAnswer),
                "description": "Les parts, par famille, territoire, zone ; d'autres structures ; chaque ligne",
            },
            **problems(406, 413, 415, 422, 503),
        },
        openapi_extra={"parameters": openapi_parameters(LedgerQuery, context.lexicon), **table_body()},
    )
    async def posted(request: Request) -> Response:
        negotiate(request, JSON)
        query = context.parse(request, LedgerQuery)
        return await run_in_threadpool(_answer, query, await uploaded(request), context)

    @routes.get(PATH, include_in_schema=False)
    def ask(request: Request) -> Response:
        context.parse(request, NoParameters)
        return _page(context, {})

    @routes.post(PATH, include_in_schema=False)
    async def step(request: Request) -> Response:
        context.parse(request, NoParameters)
        form = await form_of(request)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        try:
            typed = fields.get("raw", "") or fields.get("pasted", "").strip()
            content = b"" if typed else await file_of(form)
            return await run_in_threadpool(_step, fields, content, context)
        except InvalidRequest as error:
            return _page(context, fields, error.errors)


def _answer(query: LedgerQuery, content: bytes, context: Context) -> Response:
    ledger = read_ledger(sheets_of(content, MOST_ROWS), context.lexicon, chosen_columns(query.column))
    return Response(orjson.dumps(_body(ledger, query, context)), headers={"Cache-Control": NEVER}, media_type=JSON)


def _body(ledger: Ledger, query: LedgerQuery, context: Context) -> LedgerAnswer:
    generation = context.generation()
    places = place_of(query.place, context.lexicon) if query.place else ()
    codes = tuple(choice.code for choice in places)
    body = ledger_body(
        study_ledger(ledger, codes, context.snapshot, context.lexicon, query.as_of or context.today()), context.lexicon
    )
    body["meta"]["index_generation"] = generation.version
    return {**body, "sources": all_sources(generation)}


def _step(fields: dict[str, str], content: bytes, context: Context) -> Response:
    """The answer to the form: the page, or the file that a button asks for."""
    sheets = _sheets(fields, content)
    given = [(name, fields[name]) for name in ("place", "as_of") if fields.get(name, "").strip()]
    query = parse_parameters(given, context.lexicon, LedgerQuery)
    try:
        ledger = read_ledger(sheets, context.lexicon, chosen_in(fields))
    except InvalidRequest as error:
        headings = unread_headings(sheets)
        if not headings or error.errors[0].code != "missing_column":
            raise
        unread = Programme((), {}, tuple(headings), samples=headings)
        return _page(context, fields, error.errors, _columns(unread, sheets))
    body = _body(ledger, query, context)
    step = fields.get("step", "")
    if step in _MEDIA:
        written = ledger_csv(body) if step == "csv" else ledger_workbook(body)
        headers = {"Content-Disposition": f'attachment; filename="mes-fournisseurs.{step}"', "Cache-Control": NEVER}
        return Response(written, headers=headers, media_type=_MEDIA[step])
    return _page(context, fields, extra={"found": body, **_columns(ledger.table, sheets)})


def _sheets(fields: Mapping[str, str], content: bytes) -> tuple[Sheet, ...]:
    """The table of a first step, or the one that the page sent back."""
    if fields.get("raw"):
        return unpacked(fields["raw"])
    return sheets_of(content or fields["pasted"].strip().encode(), MOST_ROWS)


def _columns(table: Programme, sheets: tuple[Sheet, ...]) -> dict[str, object]:
    raw = packed(sheets)
    return {"columns": read_columns(table), "raw": raw if len(raw.encode()) < MAX_BYTES else ""}


def _page(
    context: Context,
    fields: Mapping[str, str],
    errors: tuple[FieldError, ...] = (),
    extra: Mapping[str, Any] | None = None,
) -> Response:
    values = {
        "fields": {name: fields.get(name, "") for name in ("place", "as_of", "pasted")},
        "found": None,
        "columns": (),
        "raw": "",
        "meanings": TITLES.items(),
        "states": STATES,
        "errors": messages_by_field(errors),
        "sources": all_sources(context.generation()),
        **(extra or {}),
    }
    return page("ledger.html", values, status=422 if errors else 200)
