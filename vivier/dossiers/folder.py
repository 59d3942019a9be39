"""Stores issued dossiers as files: ``<folder>/<two first letters>/<id>.<day>.json``, whole or absent, readable by the owner only.

The day is the last day of the dossier. It is in the name so that a purge reads no file. A purged dossier leaves an empty
``<id>.gone``, so that its address can say that it existed. No other file is written, in particular no list of ids.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from vivier.dossiers.port import MOST_BYTES, DossierPurged, DossierTooLarge, ShelfFull
from vivier.durable import write_whole
from vivier.errors import NotFound
from vivier.settings import Settings

_BITS: Final = 160
_ID: Final = re.compile(r"[0-9a-f]{40}")
_FILE: Final = re.compile(r"([0-9a-f]{40})\.(\d{4}-\d{2}-\d{2})\.json")
_SHARD: Final = "[0-9a-f][0-9a-f]"
GONE: Final = "Ce dossier a été supprimé : le délai pour lequel il était gardé est passé."
UNKNOWN: Final = "Aucun dossier à cette adresse."


def new_id() -> str:
    """160 random bits, in hexadecimal: the address is the only key of a dossier."""
    return secrets.token_hex(_BITS // 8)


class FolderShelf:
    """A shelf in one folder, which is made with the first dossier."""

    def __init__(self, folder: Path, days: int, most: int) -> None:
        self.folder, self.days, self._most = folder, days, most

    def keep(self, id_: str, until: date, content: bytes) -> None:
        if len(content) > MOST_BYTES:
            raise DossierTooLarge(f"Le dossier dépasse {MOST_BYTES // 1_000_000} Mo : découpez le programme.")
        if self.count() >= self._most:
            raise ShelfFull("Le registre des dossiers est plein : rien n'a été gardé. Réessayez après la purge.")
        path = self._shard(id_) / f"{id_}.{until.isoformat()}.json"
        if self._find(id_) is not None:
            raise FileExistsError(path)  # a dossier is never overwritten: an id is drawn once
        write_whole(path, content, mode=0o600)
        _settle(path.parent)

    def read(self, id_: str, today: date) -> bytes:
        found = self._find(id_) if _ID.fullmatch(id_) else None
        if found is not None and _until(found) >= today:
            return found.read_bytes()
        if found is not None or (_ID.fullmatch(id_) and self._gone(id_).exists()):
            raise DossierPurged(GONE)
        raise NotFound(UNKNOWN)

    def count(self) -> int:
        """Number of dossiers on the shelf, including those past their last day that are not purged yet."""
        return sum(1 for _ in self._files())

    def past(self, today: date) -> Iterator[Path]:
        """Files past their last day, and temporary files that a killed process left more than a day ago."""
        for path in self._files():
            if _until(path) < today:
                yield path
        midnight = (today - timedelta(days=1)).toordinal()
        for path in sorted(self.folder.glob(f"{_SHARD}/*.tmp")):
            if date.fromtimestamp(path.stat().st_mtime).toordinal() < midnight:
                yield path

    def remove(self, path: Path) -> None:
        """Deletes one of the files of :meth:`past`. For a dossier, ``<id>.gone`` is written first."""
        if path.suffix == ".json":
            write_whole(self._gone(path.name[:40]), b"", mode=0o600)
        path.unlink(missing_ok=True)

    def forget(self, id_: str) -> None:
        """Deletes what is kept under an id before its last day. Nothing is done for an unknown id."""
        found = self._find(id_) if _ID.fullmatch(id_) else None
        if found is not None:
            self.remove(found)

    def _files(self) -> Iterator[Path]:
        return (path for path in sorted(self.folder.glob(f"{_SHARD}/*.json")) if _FILE.fullmatch(path.name))

    def _find(self, id_: str) -> Path | None:
        return next((path for path in self._shard(id_).glob(f"{id_}.*.json") if _FILE.fullmatch(path.name)), None)

    def _shard(self, id_: str) -> Path:
        return self.folder / id_[:2]

    def _gone(self, id_: str) -> Path:
        return self._shard(id_) / f"{id_}.gone"


def shelf_of(settings: Settings) -> FolderShelf:
    """The shelf that the settings name."""
    return FolderShelf(settings.dossiers_folder, settings.dossier_days, settings.dossier_most)


def _until(path: Path) -> date:
    return date.fromisoformat(path.name[41:51])


def _settle(folder: Path) -> None:
    """Makes the list of files of a folder durable, so that a power cut loses no dossier whose address was given."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
