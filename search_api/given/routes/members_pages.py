"""``/reseau`` and ``/v1/members-lists``: a network sends the list of its members, by the link that the operator gave it or by the operator's own
password. The operator then decides on it as on any request (``/revue``)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import Field

from search_api.asked import of_api
from search_api.bodies import same_site
from search_api.context import Context
from search_api.desk.consultations import file_of, form_of, table_body, uploaded
from search_api.given import kept
from search_api.given.declaring import TRAP, check_form
from search_api.given.pages.given import members_page, refusals_csv
from search_api.given.reviewers import REVIEW, TOKEN, check_form_of_operator, check_operator, form_token
from search_api.given.rounds import PRIVATE
from search_api.given.routes.given_pages import FOLLOWED
from search_api.given.routes.review_pages import number_of
from search_api.openapi import problems
from search_api.parameters import NoParameters, openapi_parameters
from search_api.responses import JSON
from vivier.errors import FieldError, InvalidRequest
from vivier.given.members import MembersList, read_members
from vivier.given.requests import By
from vivier.model.base import Model
from vivier.privacy import personal

PATH: Final = "/reseau"
API: Final = "/v1/members-lists"
_LONGEST: Final = 120


class MembersQuery(Model):
    """Parameters of a list sent by the API."""

    network: Annotated[
        str, Field(max_length=_LONGEST, description="réseau dont c'est la liste, quand l'exploitant l'envoie pour lui")
    ] = ""


@dataclass(frozen=True)
class _Sender:
    """Who sends a list: its network, and whether the operator sends it for it."""

    network: str
    by: By


@of_api("fournisseurs")
def router(routes: APIRouter, context: Context) -> None:

    @routes.post(
        API,
        status_code=201,
        summary="La liste des membres d'un réseau (CSV, 5 Mo, 5 000 lignes) : chaque ligne gardée, ou mise de côté avec son motif",
        responses={
            201: {"description": "Ce qui est gardé, ce qui est mis de côté ; l'exploitant décide ensuite"},
            **problems(400, 401, 404, 410, 413, 415, 422, 503),
        },
        openapi_extra={"parameters": openapi_parameters(MembersQuery, context.lexicon), **table_body()},
    )
    async def posted(request: Request) -> Response:
        query = context.parse(request, MembersQuery)
        sender = await run_in_threadpool(_bearer, request, query.network, context)
        content = await uploaded(request)
        made, id_ = await run_in_threadpool(_send, sender, content, context)
        body = _body(made, id_)
        return Response(orjson.dumps(body), 201, headers=PRIVATE, media_type=JSON)

    @routes.get(PATH, include_in_schema=False)
    def by_operator(request: Request) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        kept.queue(context)
        return members_page(PATH, None, token=form_token(request, context))

    @routes.get(PATH + "/{token}", include_in_schema=False, dependencies=context.no_parameter)
    def by_network(request: Request, token: str) -> Response:
        invitation = kept.queue(context).invited_network(token, context.today())
        return members_page(f"{PATH}/{token}", invitation.network)

    @routes.post(PATH, include_in_schema=False)
    async def sent_by_operator(request: Request) -> Response:
        check_operator(request, context)
        return await sent(request, PATH, None)

    @routes.post(PATH + "/{token}", include_in_schema=False)
    async def sent_by_network(request: Request, token: str) -> Response:
        invitation = await run_in_threadpool(kept.queue(context).invited_network, token, context.today())
        return await sent(request, f"{PATH}/{token}", invitation.network)

    async def sent(request: Request, action: str, network: str | None) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        form = await form_of(request)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        token = None
        if network is None:
            check_form_of_operator(request, fields.get(TOKEN, ""), context)
            token = form_token(request, context)
        try:
            check_form([(name, value) for name, value in fields.items() if name in (TRAP, "network")])
            sender = _Sender(network, "network") if network else _Sender(_named(fields.get("network", "")), "operator")
            content = await file_of(form, "« file » : choisissez le fichier de la liste, CSV ou XLSX.")
            _, id_ = await run_in_threadpool(_send, sender, content, context)
        except InvalidRequest as error:
            return members_page(action, network, fields, error.errors, token)
        return RedirectResponse(FOLLOWED.replace("{id}", id_), 303, PRIVATE)

    _refusals(routes, context)


def _body(made: MembersList, id_: str) -> dict[str, object]:
    follow = FOLLOWED.replace("{id}", id_)
    return {
        "kept": len(made.retained),
        "set_aside": [vars(left) for left in made.left],
        "unread_columns": list(made.unread),
        "links": {"follow": follow, "refusals": f"{follow}/refus.csv"},
    }


def _bearer(request: Request, network: str, context: Context) -> _Sender:
    """Who sends by the API: the token of a network's link, or the operator's password, after « Bearer ». Raises 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and token:
        expected = kept.review_token.find(context)
        if expected is not None and hmac.compare_digest(token.encode(), expected.get_secret_value().encode()):
            return _Sender(_named(network), "operator")
        return _Sender(kept.queue(context).invited_network(token, context.today()).network, "network")
    raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="Vivier, listes de membres"', **PRIVATE})


def _named(network: str) -> str:
    name = " ".join(network.split())
    if not name or len(name) > _LONGEST or personal(name):
        message = f"« network » : le nom du réseau est attendu, {_LONGEST} caractères au plus, jamais une personne."
        raise InvalidRequest((FieldError("network", "invalid_value", message),))
    return name


def _send(sender: _Sender, content: bytes, context: Context) -> tuple[MembersList, str]:
    queue = kept.queue(context)
    made = read_members(content, context.snapshot, context.lexicon)
    return made, queue.send_members(sender.network, made, sender.by, context.today())


def _refusals(routes: APIRouter, context: Context) -> None:
    """The rows set aside, as a file, for who sent the list and for the operator."""

    @routes.get(FOLLOWED + "/refus.csv", include_in_schema=False, dependencies=context.no_parameter)
    def followed(request: Request, id: str) -> Response:
        return refusals_csv(kept.queue(context).by_link(id))

    @routes.get(REVIEW + "/{number}/refus.csv", include_in_schema=False)
    def reviewed(request: Request, number: str) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        return refusals_csv(kept.queue(context).read(number_of(number)))
