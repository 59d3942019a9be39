"""One line for every decision of the operator, in ``$VIVIER_HOME/audit.jsonl``: when, which verb, what it counted.

Nothing of it is personal: neither who typed the command, nor a SIRET. A reviewer that signed on is named as the operator wrote it. The file is only ever added to.
"""

from __future__ import annotations

import os
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from vivier.settings import Settings

_LINE: Final = orjson.OPT_APPEND_NEWLINE


def audit_file(settings: Settings) -> Path:
    """Where the lines are."""
    return settings.home / "audit.jsonl"


def note(settings: Settings, verb: str, **counted: str | int | bool) -> None:
    """Adds a line, on the disk when this returns; what is an empty text is left out. Lines of several processes never mix."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    given = {name: value for name, value in counted.items() if value != ""}
    line = orjson.dumps({"at": at, "verb": verb, **given}, option=_LINE)
    path = audit_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)


def last_notes(settings: Settings, count: int, verb: str | None = None) -> list[dict[str, Any]]:
    """The last lines, the oldest first; those of one verb when it is given. A line cut short by a full disk is left out."""
    path = audit_file(settings)
    if not path.exists():
        return []
    with path.open("rb") as lines:
        read = (found for line in lines if (found := _read(line)) is not None)
        return list(deque((line for line in read if verb in (None, line["verb"])), count))


def _read(line: bytes) -> dict[str, object] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and {"at", "verb"} <= found.keys() else None
