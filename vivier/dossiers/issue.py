"""Issues dossiers: gives an id, a moment and a last day. An issued dossier never changes: a change is a new dossier that names the
former one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from vivier.desk.dossier import canonical, opened
from vivier.dossiers.compose import ENVELOPE, HASHES, sealed
from vivier.dossiers.contacts import MOST_CONTACTS, Change, logged
from vivier.dossiers.listing import drawn, seeds_of
from vivier.dossiers.port import Shelf
from vivier.errors import FieldError, InvalidRequest
from vivier.privacy.keys import new_id

FIRST_DRAW = "Ordre tiré au sort à la création du dossier."
REFRESHED = "Analyse refaite : les lots qu'il y avait gardent leur ordre."
Body = dict[str, object]


def issue(composed: Mapping[str, Any], shelf: Shelf, today: date, former: Mapping[str, Any] | None = None) -> Body:
    """Issues a composed dossier, as a first version or as the version after ``former``. Returns the dossier as stored.

    Raises :class:`~vivier.dossiers.port.ShelfFull`, :class:`~vivier.dossiers.port.DossierTooLarge`.
    """
    if former is None:
        return _issued(composed, shelf, today, None, [], [_draw(composed, FIRST_DRAW)])
    same = {**composed, "lots": drawn(composed["lots"], seeds_of(former["lots"]))}
    return _issued(same, shelf, today, former, former["contact_log"], [*former["draws"], _draw(same, REFRESHED)])


def changed(former: Mapping[str, Any], change: Change, shelf: Shelf, today: date) -> Body:
    """Issues a new version of a dossier, with contacts added and, when a reason is given, its lists in a new random order.

    Raises ``InvalidRequest`` for a contact that is refused.
    """
    log = [*former["contact_log"], *(logged(contact, former, today) for contact in change.contacts)]
    if len(log) > MOST_CONTACTS:
        message = f"Le journal garde {MOST_CONTACTS} échanges au plus."
        raise InvalidRequest((FieldError("contacts", "too_many", message),))
    if not change.redraw.strip():
        return _issued(former, shelf, today, former, log, former["draws"])
    seed = secrets.token_hex(8)
    again = {
        **former,
        "question": {**former["question"], "seed": seed},
        "lots": drawn(former["lots"], dict.fromkeys(seeds_of(former["lots"]), seed)),
    }
    draws = [*former["draws"], _draw(again, " ".join(change.redraw.split()))]
    return _issued(again, shelf, today, former, log, draws)


def read(id_: str, shelf: Shelf, today: date) -> Body:
    """An issued dossier, as stored. Raises the errors of :meth:`~vivier.dossiers.port.Shelf.read`."""
    return opened(shelf.read(id_, today))


def _draw(body: Mapping[str, Any], reason: str) -> dict[str, object]:
    seeds = {str(line): seed for line, seed in seeds_of(body["lots"]).items()}
    return {"at": _now(), "reason": reason, "seeds": seeds}


def _issued(
    body: Mapping[str, Any],
    shelf: Shelf,
    today: date,
    former: Mapping[str, Any] | None,
    log: Iterable[Mapping[str, Any]],
    draws: Iterable[Mapping[str, Any]],
) -> Body:
    until = today + timedelta(days=shelf.days)
    made = sealed(
        {
            **{name: value for name, value in body.items() if name not in (*ENVELOPE, *HASHES)},
            "dossier_id": new_id(),
            "created_at": _now(),
            "kept_until": until.isoformat(),
            "supersedes": None if former is None else former["dossier_id"],
            "supersedes_sha256": None if former is None else former["sha256"],
            "draws": list(draws),
            "contact_log": list(log),
        }
    )
    shelf.keep(made["dossier_id"], until, stored(made))
    return made


def stored(body: Mapping[str, Any]) -> bytes:
    """The bytes of a dossier: canonical JSON, with ``sha256`` as its last key."""
    hashed: str = body["sha256"]
    return canonical(body)[:-1] + f',"sha256":"{hashed}"}}'.encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
