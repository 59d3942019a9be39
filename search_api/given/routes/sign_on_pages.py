"""``/revue/entrer``, ``/revue/retour``, ``/revue/sortir``: reviewers sign on by OpenID Connect, when the operator set a provider."""

from __future__ import annotations

from typing import Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.context import Context
from search_api.desk.dossiers import same_site
from search_api.given import kept
from search_api.given.mail import private
from search_api.given.reviewers import ENTER, REVIEW, SESSION
from search_api.given.rounds import PRIVATE
from search_api.given.sign_on import ENTRY_SECONDS, SESSION_SECONDS, Door, SignOnRefused
from search_api.parameters import NoParameters
from search_api.routing import HTTPException, Request, Response, Routes

_BACK: Final = REVIEW + "/retour"
_ENTRY: Final = "vivier-entree"


def router(context: Context) -> Routes:
    """The routes. They are pages, not part of the API."""
    routes = Routes(include_in_schema=False)

    @routes.get(ENTER)
    def entered(request: Request) -> Response:
        context.parse(request, NoParameters)
        entry = _door(context).begin(context.address(request) + _BACK)
        made = RedirectResponse(entry.address, 303, PRIVATE)
        _keep(made, _ENTRY, entry.sealed, ENTRY_SECONDS, request, context)
        return made

    @routes.get(_BACK)
    def back(request: Request) -> Response:
        door, sealed = _door(context), request.cookies.get(_ENTRY, "")
        try:
            session = door.end(context.address(request) + _BACK, sealed, dict(request.query_params))
        except SignOnRefused as error:
            made = private("sign_on.html", {"why": str(error), "sub": error.sub, "enter": ENTER}, 403)
        else:
            made = RedirectResponse(REVIEW, 303, PRIVATE)
            _keep(made, SESSION, session, SESSION_SECONDS, request, context)
        made.delete_cookie(_ENTRY, path=REVIEW)
        return made

    @routes.post(REVIEW + "/sortir")
    async def left(request: Request) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        await run_in_threadpool(_door, context)
        made = private("sign_on.html", {"why": "Vous êtes déconnecté.", "sub": None, "enter": ENTER})
        made.delete_cookie(SESSION, path="/")
        return made

    return routes


def _door(context: Context) -> Door:
    """The sign-on of the service. Raises 404 when none is set."""
    found = kept.door_in(context)
    if found is None:
        raise HTTPException(404)
    return found


def _keep(made: Response, name: str, value: str, seconds: int, request: Request, context: Context) -> None:
    """Puts a cookie that no script reads and that no other site sends with a form."""
    secure = context.address(request).startswith("https://")
    path = REVIEW if name == _ENTRY else "/"
    made.set_cookie(name, value, seconds, path=path, secure=secure, httponly=True, samesite="lax")
