"""Moves into the database what former versions kept as files: issued dossiers and questions of studies, ``<two letters>/<id>.<day>.json``,
and ``<id>.gone`` for those deleted.

A file is copied, its row read back, its hash compared; only then is the file set aside. Killed at any moment, the next opening goes on: a
file whose row is there is not copied again. What cannot be moved stays where it is, and is counted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Engine, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from vivier.given.tables import SHELF
from vivier.privacy.keys import key_of
from vivier.settings import Settings

What = Literal["dossier", "study"]
MOVED: Final = "moved"
"""Folder, in that of the dossiers, of the files that are rows now. They are deleted on their day by ``vivier purge``."""
_FILE: Final = re.compile(r"(?P<id>[0-9a-f]{40})\.(?:(?P<day>\d{4}-\d{2}-\d{2})\.json|gone)")
_SHARD: Final = re.compile("[0-9a-f]{2}")
_LOG: Final = logging.getLogger(__name__)


def former_folders(settings: Settings) -> dict[What, Path]:
    """The folders where former versions kept files."""
    return {"dossier": settings.dossiers_folder, "study": settings.home / "studies"}


def left_in(folders: Mapping[What, Path]) -> Iterator[tuple[What, Path]]:
    """The files that are not moved yet. Folders may disappear meanwhile: another process moves them too."""
    for what, folder in folders.items():
        for root, names, files in os.walk(folder):
            names[:] = sorted(name for name in names if _SHARD.fullmatch(name))
            yield from ((what, Path(root) / name) for name in sorted(files) if _FILE.fullmatch(name))


def move_former(engine: Engine, folders: Mapping[What, Path]) -> None:
    """Moves every file. One that cannot be moved stops no other; its name, which is a key, is not written in the log."""
    stay = 0
    for what, path in left_in(folders):
        try:
            if _copied(engine, what, path):
                _set_aside(what, path)
            else:
                stay += 1
        except FileNotFoundError:
            continue  # another process moved it
        except OSError:
            stay += 1
    if stay:
        _LOG.warning("%d former files could not be moved into the database: see « vivier doctor »", stay)


def moved_past(settings: Settings, today: date) -> Iterator[Path]:
    """The files set aside whose last day is over, and those that say that one existed, which their row says now."""
    for path in sorted((settings.dossiers_folder / MOVED).glob("*/*")):
        found = _FILE.fullmatch(path.name)
        last = None if found is None else _day(found["day"])
        if found is not None and (last is None or last < today):
            yield path


def _copied(engine: Engine, what: What, path: Path) -> bool:
    """Copies a file in its row. Returns whether the row holds what the file says, read back."""
    found = _FILE.fullmatch(path.name)
    assert found is not None
    mine = and_(SHELF.c.what == what, SHELF.c.key == key_of(found["id"]))
    row: dict[str, Any] = {"what": what, "key": key_of(found["id"]), "content": None, "sha256": None}
    if found["day"] is None:
        _insert(engine, row | {"kept_until": date.fromtimestamp(path.stat().st_mtime)})
        with engine.begin() as connection:
            connection.execute(update(SHELF).where(mine).values(content=None, sha256=None))
        return True
    last, content = _day(found["day"]), path.read_bytes()
    if last is None:
        return False
    digest = hashlib.sha256(content).hexdigest()
    _insert(engine, row | {"kept_until": last, "content": content, "sha256": digest})
    with engine.connect() as connection:
        present = connection.scalar(select(SHELF.c.content).where(mine))
    if present is None:
        return True  # deleted since, before its file was set aside
    return hashlib.sha256(present).hexdigest() == digest


def _insert(engine: Engine, row: Mapping[str, Any]) -> None:
    """Adds a row, unless an opening that was killed, or that runs meanwhile, added it."""
    with suppress(IntegrityError), engine.begin() as connection:
        connection.execute(insert(SHELF).values(dict(row)))


def _set_aside(what: What, path: Path) -> None:
    """Leaves a copied dossier beside. A study is deleted: its author may delete it, and no copy may stay."""
    if what == "study":
        path.unlink()
    else:
        aside = path.parent.parent / MOVED / path.parent.name / path.name
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.replace(aside)
    with suppress(OSError):
        path.parent.rmdir()


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
