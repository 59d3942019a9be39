"""``/suivi-heures/{id}``: a follow-up of insertion hours that is kept; its lots, the links of its companies, its files. A company tells its hours at its link
(``/r/{token}``, as a structure answers a round). Everything works without script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import Field
from starlette.datastructures import FormData

from search_api.asked import of_pages
from search_api.context import Context
from search_api.desk.consultations import XLSX, file_of, form_of
from search_api.given import kept
from search_api.given.pages.rounds import private_page
from search_api.given.rounds import PRIVATE
from search_api.pages.choices import filled, messages_by_field
from search_api.parameters import NoParameters
from search_api.rates import client_key
from vivier.desk.read.line_places import place_of
from vivier.desk.tell.follow_up import MOST_COMPANIES, FollowedAsked
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.hours_told_book import hours_told_csv, hours_told_workbook
from vivier.french import enumerated, plural, typed
from vivier.given.follow_up import Company, FollowedLot, FollowUp, FollowUpFull, NewLot
from vivier.given.follow_up_read import ReadBook, number_typed, read_follow_ups
from vivier.given.follow_ups import MOST_LOTS
from vivier.given.hours_told import FollowUpKeptBody, company_months, kept_body
from vivier.given.round import AnswerTaken
from vivier.given.tell import LINKS
from vivier.model.base import Model
from vivier.search.query import parse_parameters

LOT_FIELDS: Final = ("object", "reference", "buyer", "place", "hours", "months", "start")


def follow_up_page(
    body: FollowUpKeptBody,
    id_: str,
    base: str,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
    done: str | None = None,
) -> Response:
    """The page of a follow-up. ``base``: address of the service; ``fields`` and ``errors``: of the form that was sent; ``done``: what an import did."""
    messages = messages_by_field(errors)
    values: dict[str, object] = {
        "followed": body,
        "address": f"/suivi-heures/{id_}",
        "base": base,
        "fields": dict(fields or {}),
        "errors": messages,
        "done": done,
        "most": MOST_COMPANIES,
    }
    return private_page("follow_up_kept.html", values, 422 if messages else 200)


def telling_page(
    read: FollowUp,
    lot: FollowedLot,
    company: Company,
    today: date,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
) -> Response:
    """The page where a company tells the hours of its months."""
    messages = messages_by_field(errors)
    months = [
        {**month, "typed": "" if month["hours"] is None else typed(month["hours"])}
        for month in company_months(company, lot, today)
        if month["begun"]
    ]
    values = {
        "follow": read,
        "lot": lot,
        "company": company,
        "months": months,
        "fields": dict(fields or {}),
        "errors": messages,
    }
    return private_page("telling.html", values, 422 if messages else 200)


PATH: Final = "/suivi-heures"
PAGE: Final = PATH + "/{id}"
_FILES: Final[Mapping[str, tuple[Callable[[Mapping[str, object]], bytes], str]]] = {
    "csv": (hours_told_csv, "text/csv; charset=utf-8; header=present"),
    "xlsx": (hours_told_workbook, XLSX),
}


class Imported(Model):
    """What an import did: how many lots were added, and replaced."""

    added: Annotated[int, Field(ge=0, le=MOST_LOTS, description="lots ajoutés par l'import")] = 0
    replaced: Annotated[int, Field(ge=0, le=MOST_LOTS, description="lots remplacés par l'import")] = 0


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.post(PATH, dependencies=context.own_form)
    async def opened(request: Request) -> Response:
        form = await form_of(request)
        return await run_in_threadpool(_open, request, _texts(form), context, client_key(request))

    @routes.get(PAGE)
    def shown(request: Request, id: str) -> Response:
        return _page(request, id, context, imported=context.parse(request, Imported))

    for extension in _FILES:
        routes.get(PAGE + f"/heures.{extension}")(_exporting(extension, context))

    @routes.post(PAGE, dependencies=context.own_form)
    async def changed(request: Request, id: str) -> Response:
        form = await form_of(request)
        fields = _texts(form)
        try:
            content = await file_of(form, "Choisissez le classeur de suivi.") if ("action", "import") in fields else b""
        except InvalidRequest as error:
            return _page(request, id, context, dict(fields), error.errors)
        return await run_in_threadpool(_act, request, id, fields, content, context)


def _exporting(extension: str, context: Context) -> Callable[[Request, str], Response]:
    def exported(request: Request, id: str) -> Response:
        context.parse(request, NoParameters)
        made, media = _FILES[extension]
        today = context.today()
        body = kept_body(kept.follow_ups(context).read(id, today), id, context.lexicon, today)
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="suivi-heures.{extension}"'}
        return Response(made(body), headers=headers, media_type=media)

    return exported


def _texts(form: FormData) -> list[tuple[str, str]]:
    return filled((name, value) for name, value in form.multi_items() if isinstance(value, str))


def _open(request: Request, fields: list[tuple[str, str]], context: Context, client: str) -> Response:
    """Opens a follow-up, with its first lot when the form says one. What is to correct is said on its page."""
    id_ = kept.follow_ups(context).open(context.today(), client)
    try:
        if fields:
            kept.follow_ups(context).add(id_, _lot(fields, context), context.today())
    except InvalidRequest as error:
        return _page(request, id_, context, dict(fields), error.errors)
    return RedirectResponse(f"{PATH}/{id_}", 303, PRIVATE)


def _page(
    request: Request,
    id_: str,
    context: Context,
    fields: Mapping[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    imported: Imported | None = None,
) -> Response:
    today = context.today()
    body = kept_body(kept.follow_ups(context).read(id_, today), id_, context.lexicon, today)
    return follow_up_page(body, id_, context.address(request), fields, errors, _reported(imported))


def _reported(imported: Imported | None) -> str | None:
    """What an import did, in French; ``None`` when none was made."""
    if imported is None or not imported.added + imported.replaced:
        return None
    found = ((imported.added, "ajouté"), (imported.replaced, "remplacé"))
    done = enumerated([f"{plural(count, 'lot')} {word}{'s' * (count > 1)}" for count, word in found if count])
    return f"Fichier lu : {done}. Un lot de même objet, référence et acheteur est remplacé."


def _act(request: Request, id_: str, fields: list[tuple[str, str]], content: bytes, context: Context) -> Response:
    """Does what the button pressed asks: add a lot, import one, note hours, withdraw a lot, delete everything."""
    form, store, today = dict(fields), kept.follow_ups(context), context.today()
    action = form.get("action", "")
    if action == "delete":
        store.delete(id_, today)
        return RedirectResponse(PATH, 303, PRIVATE)
    read = store.read(id_, today)
    try:
        if action == "withdraw" and form.get("lot", "").isdecimal():
            store.withdraw(read, int(form["lot"]))
        elif action == "import":
            added, replaced = store.add_all(id_, list(_imported(content, fields, context)), today)
            return RedirectResponse(f"{PATH}/{id_}?added={added}&replaced={replaced}", 303, PRIVATE)
        elif action == "note":
            _note(id_, form, context)
        else:
            store.add(id_, _lot(fields, context), today)
    except InvalidRequest as error:
        return _page(request, id_, context, form, error.errors)
    except (AnswerTaken, FollowUpFull) as error:
        return _page(request, id_, context, form, (FieldError("hours", "taken", str(error)),))
    return RedirectResponse(f"{PATH}/{id_}", 303, PRIVATE)


def _read_lot(items: list[tuple[str, str]], context: Context) -> tuple[FollowedAsked, str]:
    """A lot as a form gives it, and its basin. Raises ``InvalidRequest`` with what to correct."""
    lot = parse_parameters(items, context.lexicon, FollowedAsked)
    if not lot.place:
        return lot, ""
    places = place_of(lot.place, context.lexicon)
    if len(places) > 1:
        message = "« place » : donnez un seul bassin, un département par exemple."
        raise InvalidRequest((FieldError("place", "invalid_value", message),))
    return lot, places[0].code


def _lot(fields: list[tuple[str, str]], context: Context) -> NewLot:
    items = [item for item in fields if item[0] in (*LOT_FIELDS, "company")]
    lot, basin = _read_lot(items, context)
    return NewLot(
        *(lot.object, lot.reference, lot.buyer, basin, lot.hours, lot.start.replace(day=1), lot.months),
        companies=lot.company or ("Titulaire",),
    )


def _imported(content: bytes, fields: list[tuple[str, str]], context: Context) -> Iterator[NewLot]:
    """The lots of a file, each checked as one that is typed."""
    form = dict(fields)
    start = form.get("start", "")
    try:
        first = date.fromisoformat(start) if start else None
    except ValueError:
        message = "« start » : une date est attendue, par exemple 2027-03-01."
        raise InvalidRequest((FieldError("start", "invalid_value", message),)) from None
    for book in read_follow_ups(content, first):
        yield _lot_of(book, form, context)


def _lot_of(book: ReadBook, form: Mapping[str, str], context: Context) -> NewLot:
    """A lot as a file gives it; the buyer and the basin of the form come first."""
    items = [
        ("object", book.object),
        ("reference", book.reference),
        ("buyer", form.get("buyer", "") or book.buyer),
        ("place", form.get("place", "") or book.place),
        ("months", str(book.months)),
        ("start", book.start.isoformat()),
        *(("company", name) for name in book.companies),
        *(() if book.hours is None else (("hours", str(book.hours)),)),
    ]
    lot, basin = _read_lot(filled(items), context)
    return NewLot(
        *(lot.object, lot.reference, lot.buyer, basin, book.hours, book.start, book.months),
        companies=lot.company,
        reported=book.reported,
        shares=book.shares,
    )


def _note(id_: str, form: Mapping[str, str], context: Context) -> None:
    """Notes, for a company, the hours of a month that came by telephone or late."""
    store, today = kept.follow_ups(context), context.today()
    read = store.read(id_, today)
    numbers = form.get("who", "").split("/")
    lot = read.lot(int(numbers[0])) if len(numbers) == 2 and all(part.isdecimal() for part in numbers) else None
    company = None if lot is None else next((each for each in lot.companies if str(each.rank) == numbers[1]), None)
    if lot is None or company is None:
        raise InvalidRequest((FieldError("who", "missing", "« who » : choisissez l'entreprise."),))
    store.tell(
        read, lot, company, {_month(form.get("month", "")): number_typed(form.get("hours", ""))}, "facilitator", today
    )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        message = "« month » : un mois est attendu, par exemple 2027-03."
        raise InvalidRequest((FieldError("month", "invalid_value", message),)) from None


def telling(token: str, context: Context) -> Response | None:
    """The page of a company at its link; ``None`` when the link is that of no company."""
    today = context.today()
    found = kept.follow_ups(context).by_link(token, today)
    return None if found is None else telling_page(*found, today)


def answered_hours(token: str, fields: Mapping[str, str], context: Context) -> Response | None:
    """Keeps what a company tells at its link: an empty month is unknown. ``None`` when the link is that of no company."""
    today, store = context.today(), kept.follow_ups(context)
    found = store.by_link(token, today)
    if found is None:
        return None
    read, lot, company = found
    try:
        months = lot.elapsed(today)
        names = {month: f"mois-{month.isoformat()[:7]}" for month in months}
        typed = {month: number_typed(fields.get(name, ""), name) for month, name in names.items()}
        kept_so_far = {month: each.hours for month, each in company.reported.items()}
        changed = {month: hours for month, hours in typed.items() if hours != kept_so_far.get(month)}
        store.tell(read, lot, company, changed, "structure", today)
    except InvalidRequest as error:
        return telling_page(read, lot, company, today, fields, error.errors)
    return RedirectResponse(f"{LINKS}/{token}", 303, PRIVATE)
