"""``/consultation`` and ``/consultation/verifier``: pages that work without JavaScript and store nothing but issued dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import same_site
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.consultations import XLSX, file_given, file_of, form_of
from search_api.desk.dossiers import EXTENSIONS, handed_over, link_to
from search_api.desk.pages import consultation as pages
from search_api.desk.pages.lot import faced
from search_api.desk.routes.dossiers import verdict
from search_api.desk.routes.study_pages import link_to as link_to_study
from search_api.envelope import all_sources
from search_api.pages.facts import shown_name
from search_api.pages.render import page
from search_api.parameters import LotQuery
from search_api.responses import GOING_BACK, JSON, PUBLIC
from vivier.desk.dossier import digest, opened
from vivier.desk.read.letter import lots_in, lots_of
from vivier.desk.read.line import STATES
from vivier.desk.read.lot_settings import SETTINGS
from vivier.desk.read.need_value import need_values
from vivier.desk.read.programme import Programme, Row, read_programme, read_sheets, unread_headings
from vivier.desk.read.repairs import all_within, pressed
from vivier.desk.read.sheet import Sheet, packed, sheets_of, unpacked
from vivier.desk.read.understanding import corrected, understand
from vivier.dossiers.compose import board, compose
from vivier.dossiers.port import MOST_BYTES
from vivier.dossiers.question import Question, question_for
from vivier.dossiers.registry import COMPARISONS
from vivier.dossiers.studies import Studies
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.programme_model import model_csv, model_workbook
from vivier.suppliers.chosen import chosen_ids, records_of

PATH: Final = "/consultation"
MODEL: Final = PATH + "/modele"
TITLE: Final = "Préparer une consultation"
_PARAMETER_OF: Final = {"share": "capacity_share", "rate": "response_rate"}
"""Parameters of the methods, by the setting of the form that gives them."""
ISSUE: Final = "issue"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The routes. They are pages, not part of the API: ``/v1/consultations`` answers the same as JSON."""

    @routes.get(PATH)
    def ask(request: Request) -> Response:
        given = context.parse(request, LotQuery)
        fields = given.model_dump(exclude={"choix"}, exclude_none=True)
        chosen = records_of(chosen_ids(given.choix), context.snapshot)
        return _page("ask", context, fields, extra={"chosen": [shown_name(record) for record in chosen.values()]})

    @routes.post(PATH, dependencies=context.no_parameter)
    async def step(request: Request) -> Response:
        form = await form_of(request)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        if fields.get("step") in ("study", "one") and kept.kept_studies.find(context) is not None:
            same_site(request)
        try:
            content = _several(fields, await file_given(form)) if fields.get("step") == "one" else b""
            return await run_in_threadpool(_step, fields, content, context)
        except InvalidRequest as error:
            return _page("ask", context, fields, error.errors)

    @routes.post(PATH + "/dossier", dependencies=context.no_parameter)
    async def dossier(request: Request) -> Response:
        form = await form_of(request)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        if fields.get("format") == ISSUE:
            same_site(request)
        return await run_in_threadpool(_dossier, fields, context)

    _add_models(routes, context)
    _add_verification(routes, context)


def _add_models(routes: APIRouter, context: Context) -> None:
    """The model of a programme, to download and fill in."""

    @routes.get(MODEL + ".xlsx", dependencies=context.no_parameter)
    def model_book(request: Request) -> Response:
        return _file(model_workbook(), XLSX, "modele-programme.xlsx")

    @routes.get(MODEL + ".csv", dependencies=context.no_parameter)
    def model_table(request: Request) -> Response:
        return _file(model_csv(), "text/csv", "modele-programme.csv")


def _add_verification(routes: APIRouter, context: Context) -> None:
    """The page that says whether a file is the dossier that was issued."""

    @routes.get(PATH + "/verifier", dependencies=context.no_parameter)
    def verify(request: Request) -> Response:
        return _verified(None, context)

    @routes.post(PATH + "/verifier", dependencies=context.no_parameter)
    async def verify_posted(request: Request) -> Response:
        form = await form_of(request, MOST_BYTES)
        pasted = form.get("json")
        try:
            content = (
                pasted.encode()
                if isinstance(pasted, str) and pasted.strip()
                else await file_of(form, "Choisissez le fichier JSON du dossier, ou collez son texte.")
            )
            return _verified(opened(content), context)
        except InvalidRequest as error:
            return _verified(None, context, tuple(field_error.message for field_error in error.errors))


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": PUBLIC}
    return Response(content, headers=headers, media_type=media)


def _several(fields: Mapping[str, str], file: bytes) -> bytes:
    """The lots of the first page, given as a file or pasted; empty for a need typed alone. Raises ``InvalidRequest`` when two of them are
    filled: nothing typed is left aside in silence."""
    pasted = fields.get("pasted", "").strip()
    ways = {"un besoin": fields.get("text", "").strip(), "des lots collés": pasted, "un fichier": file}
    filled = [way for way, given in ways.items() if given]
    if len(filled) > 1:
        message = f"Vous avez donné {' et '.join(filled)} : gardez l'un ou l'autre."
        raise InvalidRequest((FieldError("text", "conflict", message),))
    return file or pasted.encode()


def _step(fields: dict[str, str], content: bytes, context: Context) -> Response:
    sheets = _sheets(fields, content)
    letter = _letter(fields, sheets, content, context)
    sheets = () if letter is not None else sheets
    try:
        programme = letter or programme_of(fields, sheets)
        if letter or sheets:
            programme = _with_the_rest(fields, programme)
    except InvalidRequest as error:
        headings = unread_headings(sheets)
        if not headings or error.errors[0].code != "missing_column":
            raise
        unread = Programme((), {}, tuple(headings), samples=headings)
        extra: dict[str, object] = {
            "columns": pages.read_columns(unread),
            "raw": packed(sheets),
            "kept": "",
            "remarks": (),
        }
        return _page("columns", context, fields, error.errors, extra=extra)
    fields = pressed(fields)
    rows = pages.with_corrections(programme.rows, fields)
    rows, remarks, errors = _located(rows, fields, context)
    if not content and _is_clear(fields, rows, context):
        fields = {**fields, "step": "study"}
    if fields.get("step") == "study":
        try:
            if kept.kept_studies.find(context) is not None:
                return RedirectResponse(link_to_study(_keep(fields, rows, context, kept.studies(context))), 303)
            made = _study(fields, rows, context)
        except InvalidRequest as error:
            errors = error.errors  # after a wrong setting, the page still shows the lines and their corrections
        else:
            return _page(
                "study",
                context,
                fields,
                extra={
                    "dossier": {**made, "lots": [faced(lot, context.snapshot) for lot in made["lots"]]},
                    "ranked": pages.ranked(made["lots"]),
                    "kept": pages.programme_text(rows),
                },
            )
    lines = tuple(understand(row, context.lexicon, fields.get("place_default", "")) for row in rows)
    extra = {
        **pages.values(lines),
        "kept": pages.programme_text(rows),
        "columns": pages.read_columns(programme) if sheets else (),
        "remarks": (*(programme.remarks if sheets or letter else ()), *remarks),
        "raw": packed(sheets) if sheets else "",
        "states": STATES,
    }
    return _page("understood", context, fields, errors, extra=extra)


def _located(
    rows: tuple[Row, ...], fields: dict[str, str], context: Context
) -> tuple[tuple[Row, ...], tuple[str, ...], tuple[FieldError, ...]]:
    """The lines once a place is said to hold them all (button « within »), what was done, and what is wrong with that place."""
    if fields.get("step") != "within":
        return rows, (), ()
    fields["step"] = "again"
    try:
        found = all_within(rows, fields.get("within", ""), context.lexicon, fields.get("place_default", ""))
    except InvalidRequest as error:
        return rows, (), error.errors
    return found.rows, found.remarks, ()


def _is_clear(fields: Mapping[str, str], rows: tuple[Row, ...], context: Context) -> bool:
    """Whether the lot typed in the form is understood without a doubt: its study comes at once, with nothing to confirm."""
    if fields.get("step") != "one" or len(rows) != 1:
        return False
    return understand(rows[0], context.lexicon, fields.get("place_default", "")).state == "ready"


def _sheets(fields: Mapping[str, str], content: bytes) -> tuple[Sheet, ...]:
    """The table of a first step: a file, a table pasted, or the one that the page sent back with the meanings of its columns."""
    if fields.get("step") == "columns":
        return unpacked(fields.get("raw", ""))
    return sheets_of(content) if content else ()


def _letter(fields: Mapping[str, str], sheets: tuple[Sheet, ...], content: bytes, context: Context) -> Programme | None:
    """The lots of a text pasted without headings, or of several lots typed as a single need."""
    if sheets:
        return lots_of(sheets, content, context.lexicon) if content else None
    typed_alone = fields.get("step") == "one" and not fields.get("trade")
    return lots_in(fields.get("text", ""), context.lexicon, least=2) if typed_alone else None


def _with_the_rest(fields: dict[str, str], programme: Programme) -> Programme:
    """The lots of a first step, with what the form says beside them: the amount is that of the consultation, the rest that of each lot that
    says none."""
    for name, other in (("place_default", "place"), ("consultation_amount", "amount")):
        fields[name] = fields.get(name, "").strip() or fields.get(other, "")
    typed = {name: fields[name] for name in pages.OF_EACH if fields.get(name, "").strip()}
    rows = tuple(
        corrected(row, {name: text for name, text in typed.items() if not pages.has(row, name)})
        for row in programme.rows
    )
    return replace(programme, rows=rows)


def _study(fields: Mapping[str, str], rows: tuple[Row, ...], context: Context) -> dict[str, Any]:
    context.generation()
    return compose(question_for(pages.settings_in(fields), rows, context.today()), context.snapshot, context.lexicon)


def _keep(fields: Mapping[str, str], rows: tuple[Row, ...], context: Context, studies: Studies) -> str:
    """The id of a study that is kept. Raises ``InvalidRequest`` for settings that it could not be made with."""
    question = question_for(pages.settings_in(fields), rows, context.today())
    lines = [understand(row, context.lexicon, question.settings.place) for row in rows]
    need_values(lines, question.settings.consultation_amount)
    counted = tuple(line.row for line in lines if line.counted)[:1]
    board(Question(question.settings, counted), context.snapshot, context.lexicon)  # refuses a setting out of its range
    typed = {name: value for name, value in fields.items() if name in (*pages.SENT, "place_default") and value.strip()}
    return studies.keep(typed, rows, context.today())


def programme_of(fields: Mapping[str, str], sheets: tuple[Sheet, ...]) -> Programme:
    """The lots of a form: a table, the text that a page sent back, or the one typed. Raises ``InvalidRequest`` when there is none."""
    if sheets:
        return read_sheets(sheets, given=pages.chosen_in(fields) if fields.get("step") == "columns" else None)
    if fields.get("programme", "").strip():
        return read_programme(fields["programme"].encode())
    row: Row = pages.one_row(fields)
    if not row.get("text") and not row.get("cpv") and not row.get("trade"):
        raise InvalidRequest(
            (FieldError("text", "blank", "Décrivez le besoin en quelques mots, collez vos lots ou donnez un fichier."),)
        )
    return Programme((row,))


def _dossier(fields: dict[str, str], context: Context) -> Response:
    """The dossier of the study on the screen, made again from its question and so with the same hash. It is sent as a file, or issued
    and shown at its address."""
    issued = fields.get("format") == ISSUE
    registry = kept.registry(context) if issued else None
    rows = programme_of(fields, ()).rows
    try:
        made = _study(fields, rows, context)
    except InvalidRequest as error:
        if any(wrong.field not in pages.FIRST_PAGE for wrong in error.errors):
            raise
        extra = {"kept": pages.programme_text(rows), "format": fields.get("format", "")}
        return _page("identity", context, fields, tuple(map(pages.worded, error.errors)), extra=extra)
    if registry is None:
        return handed_over(made, EXTENSIONS.get(fields.get("format", ""), JSON))
    return RedirectResponse(link_to(registry.keep(made, context.today())), 303)


def _page(
    step: str,
    context: Context,
    fields: Mapping[str, str],
    errors: tuple[FieldError, ...] = (),
    extra: Mapping[str, Any] | None = None,
) -> Response:
    messages: dict[str, list[str]] = {}
    for error in errors:
        messages.setdefault(_PARAMETER_OF.get(error.field, error.field), []).append(error.message)
    sent = (*pages.SENT, "place_default", *(pages.BESIDE if step == "columns" else ()))
    shown = {name: value for name, value in fields.items() if name in sent}
    typed = fields if step == "ask" else shown
    body = {
        "step": step,
        "title": TITLE,
        "fields": dict(typed),
        "errors": messages,
        "settings": SETTINGS,
        "asked_again": pages.FIRST_PAGE,
        "meanings": pages.MEANINGS,
        "trades": sorted(context.lexicon.trade_names.values()) if step in ("ask", "understood") else (),
        "chosen": (),
        "rounds": kept.opens_rounds(context),
        "keeps": kept.days(context),
        "sources": all_sources(context.generation()),
        **(extra or {}),
    }
    response = page("consultation.html", body, status=422 if errors else 200)
    response.headers["Cache-Control"] = GOING_BACK
    return response


def _verified(dossier: dict[str, object] | None, context: Context, errors: tuple[str, ...] = ()) -> Response:
    outcome: dict[str, Any] = (
        {"verified": False, "exact": False, "kept": None} if dossier is None else verdict(dossier, context)
    )
    body = {
        "dossier": dossier,
        **outcome,
        "kept_fr": "" if outcome["kept"] is None else COMPARISONS[outcome["kept"]],
        "found": "" if dossier is None else digest(dossier),
        "errors": {"dossier": errors} if errors else {},
    }
    return page("verify.html", body, status=422 if errors else 200)
