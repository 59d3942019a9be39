"""Routes as the house writes them: an endpoint takes the request and the texts that its path names, and gives a ``Response``."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Route, request_response

__all__ = ["HTTPException", "Request", "Response", "Routes"]


class Routes(APIRouter):
    """The routes of a file."""

    def __init__(self, **shared: Any) -> None:
        super().__init__(route_class=_Described, **shared)


class _Described(APIRoute):
    """A route served as it is: no parameter to read, no answer to convert. What FastAPI makes of it, a quarter of a millisecond, is for the
    OpenAPI document: it is made when that asks."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        Route.__init__(
            self, path, endpoint, **{name: described[name] for name in ("methods", "name", "include_in_schema")}
        )
        self.methods = {*(described["methods"] or ("GET",))}  # without HEAD: the edge of the service makes a GET of it
        self._described: dict[str, Any] | None = described
        if self.param_convertors:
            self.app = request_response(_with_texts_of_path(endpoint))

    def __getattr__(self, name: str) -> Any:
        described = self.__dict__.get("_described")
        if described is None:
            raise AttributeError(name)
        app = self.app
        super().__init__(self.path, self.endpoint, **described)
        self.app, self._described = app, None
        return getattr(self, name)


def _with_texts_of_path(endpoint: Callable[..., Any]) -> Callable[[Request], Any]:
    if iscoroutinefunction(endpoint):

        async def awaited(request: Request) -> Response:
            made: Response = await endpoint(request, **request.path_params)
            return made

        return awaited
    return lambda request: endpoint(request, **request.path_params)
