"""What the desk keeps: issued dossiers, studies at an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import HTTPException

from search_api.context import Context, Part
from vivier.dossiers.registry import Registry
from vivier.dossiers.studies import Studies

dossiers: Final = Part("dossiers", Registry, "Ce service ne garde pas de dossiers.")
"""The registry of issued dossiers; without it dossiers are made and handed over."""
kept_studies: Final = Part("studies", Studies)
"""The studies kept at an address; without them a study is the answer to its form."""
KEEPS: Final[Mapping[str, type]] = {part.name: part.kind for part in (dossiers, kept_studies)}
"""What ``create_app`` is given of them, by name."""


def registry(context: Context) -> Registry:
    """The registry of issued dossiers, for who asks. Raises 503 when this service issues none."""
    return dossiers(context).by(context.client)


def studies(context: Context) -> Studies:
    """The studies kept at an address, for who asks. Raises 404 when this service keeps none."""
    found = kept_studies.find(context)
    if found is None:
        raise HTTPException(404)
    return found.by(context.client)


def days(context: Context) -> int | None:
    """For how many days an issued dossier is kept; ``None`` when this service issues none."""
    found = dossiers.find(context)
    return None if found is None else found.shelf.days


def opens_rounds(context: Context) -> bool:
    return context.doors.rounds is not None and context.doors.rounds.opens(context)
