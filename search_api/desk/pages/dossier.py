"""Pages of a sourcing dossier: the document to read and print (served, or as a standalone file), the page of an issued dossier,
and the result of its replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from search_api.pages.render import assets, environment, page
from search_api.pages.tables import labelled
from vivier.desk.dossier import verified
from vivier.dossiers.contacts import CHANNELS
from vivier.dossiers.listing import structures
from vivier.dossiers.paper import COMMON, PRINTED, paper
from vivier.errors import FieldError
from vivier.names import readable_name

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


def _named(structure: Mapping[str, Any]) -> str:
    """A structure with its town: two sites of one company have one name."""
    town = structure.get("commune_name")
    return readable_name(structure["name"]) + (f" ({town})" if town else "")


def issued_page(
    dossier: Mapping[str, Any], fields: Mapping[str, str] | None = None, errors: tuple[FieldError, ...] = ()
) -> Response:
    """The page of an issued dossier. ``fields`` and ``errors``: the values typed in one of its forms, and what to correct."""
    messages: dict[str, list[str]] = {}
    for error in errors:
        messages.setdefault(error.field.rpartition(".")[2], []).append(error.message)
    listed = {structure["id"]: _named(structure) for _, structure in structures(dossier["lots"]) if "id" in structure}
    values = {
        "dossier": dossier,
        "exact": verified(dossier),
        "choices": sorted(listed.items(), key=lambda item: item[1].casefold()),
        "lines": sum(1 for _ in structures(dossier["lots"])),
        "channels": CHANNELS,
        "fields": dict(fields or {}),
        "errors": messages,
    }
    return _private("issued.html", values, 422 if errors else 200)


def replayed_page(dossier: Mapping[str, Any], found: Mapping[str, Any]) -> Response:
    """The page with the result of the replay of a dossier."""
    return _private("replay.html", {"dossier": dossier, "found": found})


def _private(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    made = page(template, values, status=status)
    made.headers.update({"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex, nofollow"})
    return made
