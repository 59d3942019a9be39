"""``/revue/entrer``, ``/revue/retour``, ``/revue/sortir``: reviewers sign on by OpenID Connect, when the operator set a provider."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context
from search_api.given import kept
from search_api.given.mail import private
from search_api.given.reviewers import ENTER, REVIEW, SESSION
from search_api.given.rounds import PRIVATE
from search_api.given.sign_on import ENTRY_SECONDS, SESSION_SECONDS, Door, SignOnRefused

_BACK: Final = REVIEW + "/retour"
_ENTRY: Final = "vivier-entree"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(ENTER, dependencies=context.no_parameter)
    def entered(request: Request) -> Response:
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

    @routes.post(REVIEW + "/sortir", dependencies=context.own_form)
    async def left(request: Request) -> Response:
        await run_in_threadpool(_door, context)
        made = private("sign_on.html", {"why": "Vous êtes déconnecté.", "sub": None, "enter": ENTER})
        made.delete_cookie(SESSION, path="/")
        return made


def _door(context: Context) -> Door:
    """The sign-on of the service. Raises 404 when none is set."""
    found = kept.door.find(context)
    if found is None:
        raise HTTPException(404)
    return found


def _keep(made: Response, name: str, value: str, seconds: int, request: Request, context: Context) -> None:
    """Puts a cookie that no script reads and that no other site sends with a form."""
    secure = context.address(request).startswith("https://")
    path = REVIEW if name == _ENTRY else "/"
    made.set_cookie(name, value, seconds, path=path, secure=secure, httponly=True, samesite="lax")
