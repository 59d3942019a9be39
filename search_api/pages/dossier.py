"""A sourcing dossier as pages: the document to read and print (served, or whole in one file), the page of an issued one, and
what its replay finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from search_api.pages.render import assets, environment, page
from vivier.desk.dossier import verified
from vivier.dossiers.contacts import CHANNELS
from vivier.dossiers.listing import structures
from vivier.errors import FieldError
from vivier.exports.dossier_list import proofs_told

PRIVATE: Final = "private, no-cache"


def standalone(dossier: Mapping[str, Any]) -> str:
    """The dossier as one HTML file that needs nothing else."""
    return _document(dossier, assets()["dossier.css"].content.decode())


def served(dossier: Mapping[str, Any]) -> str:
    """The dossier as a page of the service: its style sheet is apart, as the content policy wants."""
    return _document(dossier, "")


def _document(dossier: Mapping[str, Any], style: str) -> str:
    told = {"dossier": dossier, "style": style, "proofs_told": proofs_told}
    return environment().get_template("dossier.html").render(told)


def issued_page(
    dossier: Mapping[str, Any], fields: Mapping[str, str] | None = None, errors: tuple[FieldError, ...] = ()
) -> Response:
    """The page of an issued dossier. ``fields`` and ``errors``: what was typed in one of its forms and is to be corrected."""
    said: dict[str, list[str]] = {}
    for one in errors:
        said.setdefault(one.field.rpartition(".")[2], []).append(one.message)
    listed = {one["id"]: one["name"] for _, one in structures(dossier["lots"]) if "id" in one}
    told = {
        "dossier": dossier,
        "exact": verified(dossier),
        "choices": sorted(listed.items(), key=lambda item: item[1].casefold()),
        "lines": sum(1 for _ in structures(dossier["lots"])),
        "channels": CHANNELS,
        "fields": dict(fields or {}),
        "errors": said,
    }
    return _private("issued.html", told, 422 if errors else 200)


def replayed_page(dossier: Mapping[str, Any], found: Mapping[str, Any]) -> Response:
    """What the question of a dossier gives today."""
    return _private("replay.html", {"dossier": dossier, "found": found})


def _private(template: str, told: Mapping[str, Any], status: int = 200) -> Response:
    made = page(template, {**told, "need": "", "sources": ()}, status=status)
    made.headers.update({"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex, nofollow"})
    return made
