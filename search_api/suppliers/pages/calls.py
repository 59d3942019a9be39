"""The call of the API that gives what a page shows, to copy in curl, Python and R."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from search_api.pages.places import is_typed
from search_api.pages.state import address

APIS: Final[Mapping[str, str]] = {
    "/fournisseurs": "/v1/suppliers",
    "/marches": "/v1/contracts",
    "/avis": "/v1/notices",
    "/acheteurs": "/v1/buyers",
    "/pistes": "/v1/leads",
    "/pourquoi-pas-moi": "/v1/missed",
    "/espace/structure": "/v1/leads",
    "/indicateurs": "/v1/indicators",
    "/ressources": "/v1/resources",
    "/filieres": "/v1/depth",
    "/clausier": "/v1/clauses",
    "/territoire": "/v1/support",
    "/titulaires-a-appeler": "/v1/holders-to-call",
}
"""The resource of the API behind each page that has one."""
_OF_PAGES: Final = frozenset(("need", "besoin", "lieu", "rayon", "metier", "pour", "etats"))
"""Parameters that pages turn into others before they answer: a final address has none but ``besoin`` and ``pour``."""
EXAMPLE: Final = "/fournisseurs?territory=departement:35&trade=entretien-espaces-verts"


@dataclass(frozen=True)
class Call:
    """One way to ask: its name and its text."""

    name: str
    text: str


def api_address(page: str) -> str | None:
    """The address in the API of what a page of the site shows; ``None`` when the page has none, or is no page of this site."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    items = [(name, value) for name, value in parse_qsl(parts.query) if name not in _OF_PAGES]
    if any(name == "within" and not is_typed(value) for name, value in items):
        return None  # the page reads « Bretagne », the API takes region:53
    if parts.path == "/avis" and not {"status", "etats"} & dict(parse_qsl(parts.query)).keys():
        items.append(("status", "open"))  # what the page lists by itself
    found = next((own for own in APIS if parts.path == own or _sheet(parts.path, own)), None)
    return None if found is None else address(APIS[found] + parts.path.removeprefix(found), items)


def _sheet(path: str, own: str) -> bool:
    """Whether a path is the sheet of one record: one name under the list, and nothing that a browser would read otherwise."""
    name = path.removeprefix(own + "/")
    return path.startswith(own + "/") and "/" not in name and unquote(name) not in ("", ".", "..")


def calls(url: str) -> tuple[Call, ...]:
    """The same call for three tools; each text is quoted by the rules of its language."""
    quoted = json.dumps(url)
    return (
        Call("curl", f"curl --silent --show-error {shlex.quote(url)}"),
        Call("Python", f"import json\nfrom urllib.request import urlopen\n\nanswer = json.load(urlopen({quoted}))"),
        Call("R", f"library(jsonlite)\n\nanswer <- fromJSON({quoted})"),
    )
