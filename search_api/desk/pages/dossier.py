"""Pages of a sourcing dossier: the document to read and print (served, or as a standalone file), the page of an issued dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from search_api.pages.render import assets, environment, page
from search_api.pages.tables import labelled
from vivier.desk.dossier import verified
from vivier.dossiers.listing import structures
from vivier.dossiers.paper import COMMON, PRINTED, paper

PRIVATE: Final = "private, no-cache"


def standalone(dossier: Mapping[str, Any]) -> str:
    """The dossier as a standalone HTML file."""
    return _document(dossier, assets()["dossier.css"].content.decode())


def served(dossier: Mapping[str, Any]) -> str:
    """The dossier as a page of the service. Its style sheet is a separate file, as the content security policy requires."""
    return _document(dossier, "")


def _document(dossier: Mapping[str, Any], style: str) -> str:
    values = {"dossier": dossier, "style": style, "paper": paper(dossier), "most": PRINTED, "common": COMMON}
    return labelled(environment().get_template("dossier.html").render(values))


def issued_page(dossier: Mapping[str, Any]) -> Response:
    """The page of an issued dossier, for a private cache only, never indexed by search engines."""
    lines = sum(1 for _ in structures(dossier["lots"]))
    made = page("issued.html", {"dossier": dossier, "exact": verified(dossier), "lines": lines})
    made.headers.update({"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex, nofollow"})
    return made
