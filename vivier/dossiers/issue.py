"""Issues dossiers: gives an id, a moment and a last day. An issued dossier never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from vivier.desk.dossier import canonical, opened
from vivier.dossiers.compose import ENVELOPE, HASHES, sealed
from vivier.dossiers.listing import seeds_of
from vivier.dossiers.port import Shelf
from vivier.privacy.keys import new_id

FIRST_DRAW: Final = "Ordre tiré au sort à la création du dossier."
Body = dict[str, object]


def issue(composed: Mapping[str, Any], shelf: Shelf, today: date) -> Body:
    """Issues a composed dossier. Returns it as stored.

    ``supersedes``, ``supersedes_sha256`` and ``contact_log`` are members of the format that dossiers of former versions fill.
    Raises :class:`~vivier.dossiers.port.ShelfFull`, :class:`~vivier.dossiers.port.DossierTooLarge`.
    """
    until, now = today + timedelta(days=shelf.days), datetime.now(UTC).isoformat(timespec="seconds")
    seeds = {str(line): seed for line, seed in seeds_of(composed["lots"]).items()}
    made = sealed(
        {
            **{name: value for name, value in composed.items() if name not in (*ENVELOPE, *HASHES)},
            "dossier_id": new_id(),
            "created_at": now,
            "kept_until": until.isoformat(),
            "supersedes": None,
            "supersedes_sha256": None,
            "draws": [{"at": now, "reason": FIRST_DRAW, "seeds": seeds}],
            "contact_log": [],
        }
    )
    shelf.keep(made["dossier_id"], until, stored(made))
    return made


def read(id_: str, shelf: Shelf, today: date) -> Body:
    """An issued dossier, as stored. Raises the errors of :meth:`~vivier.dossiers.port.Shelf.read`."""
    return opened(shelf.read(id_, today))


def stored(body: Mapping[str, Any]) -> bytes:
    """The bytes of a dossier: canonical JSON, with ``sha256`` as its last key."""
    hashed: str = body["sha256"]
    return canonical(body)[:-1] + f',"sha256":"{hashed}"}}'.encode()
