"""A sourcing dossier as a page to read and print: served with its style sheet, or whole in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_api.pages.render import assets, environment


def standalone(dossier: Mapping[str, Any]) -> str:
    """The dossier as one HTML file that needs nothing else."""
    style = assets()["dossier.css"].content.decode()
    return environment().get_template("dossier.html").render({"dossier": dossier, "style": style})


def served(dossier: Mapping[str, Any]) -> str:
    """The dossier as a page of the service: its style sheet is apart, as the content policy wants."""
    return environment().get_template("dossier.html").render({"dossier": dossier, "style": ""})
