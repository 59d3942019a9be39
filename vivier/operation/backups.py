"""Copies of the night: the archive of « vivier backup », sealed by a key that the machine does not need to serve, and tried once a week.

A copy is sealed whole (Fernet of « cryptography »: AES-128-CBC and HMAC-SHA-256). Those of more than :data:`KEPT_DAYS` are deleted: what people
asked to erase must leave them too.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from vivier.durable import unfinished, write_whole
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.given.archive import Archive, ArchiveDamaged, restore_archive, write_archive
from vivier.settings import Settings

KEPT_DAYS: Final = 30
"""Days that a copy is kept."""
_NAME: Final = "vivier-{:%Y-%m-%d}.sealed"
_EVERY: Final = "vivier-????-??-??.sealed"


def copies(settings: Settings) -> list[Path]:
    """The sealed copies, the oldest first."""
    return sorted(settings.backups.glob(_EVERY))


def day_of(copy: Path) -> date:
    return date.fromisoformat(copy.stem.removeprefix("vivier-"))


def make_copy(settings: Settings, today: date) -> tuple[Path, Archive]:
    """Writes the sealed copy of a day, whole or not at all, in place of an earlier one of the same day; deletes those that are too old. Raises
    ``InvalidRequest`` without key."""
    key = _key(settings)
    settings.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.backups / _NAME.format(today)
    with unfinished(settings.backups, ".copy-") as folder:
        made = write_archive(settings, folder / "archive", today)
        write_whole(path, key.encrypt((folder / "archive").read_bytes()), mode=0o600)
    for former in copies(settings):
        if day_of(former) < today - timedelta(days=KEPT_DAYS):
            former.unlink()
    return path, made


def opened(settings: Settings, copy: Path, folder: Path) -> Path:
    """The archive of a sealed copy, written in a folder. Raises ``ArchiveDamaged`` for a copy that the key does not open."""
    path = folder / "archive.tar.gz"
    try:
        content = _key(settings).decrypt(copy.read_bytes())
    except InvalidToken:
        message = f"« {copy.name} » est abîmé, ou n'a pas été chiffré avec VIVIER_BACKUP_KEY."
        raise ArchiveDamaged(message) from None
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
    return path


def rehearse(settings: Settings) -> tuple[Path, Archive]:
    """Restores the last copy in a folder of its own, which is then deleted: what the service keeps is untouched. Raises ``NotFound`` without a
    copy, ``ArchiveDamaged`` for one that cannot be restored."""
    every = copies(settings)
    if not every:
        raise NotFound(f"Aucune sauvegarde dans {settings.backups} : lancez « vivier backup ».")
    with TemporaryDirectory(prefix="vivier-rehearsal-") as folder:
        scratch = settings.model_copy(update={"home": Path(folder) / "home", "given_url": None})
        return every[-1], restore_archive(scratch, opened(settings, every[-1], Path(folder)))


def restore_copy(settings: Settings, file: Path, *, replace: bool) -> Archive:
    """Puts back an archive, sealed or not (:func:`vivier.given.archive.restore_archive`)."""
    if file.suffix != ".sealed" or not file.is_file():
        return restore_archive(settings, file, replace=replace)
    with TemporaryDirectory(prefix="vivier-restore-") as folder:
        return restore_archive(settings, opened(settings, file, Path(folder)), replace=replace)


def _key(settings: Settings) -> MultiFernet:
    if settings.backup_key is None:
        message = "VIVIER_BACKUP_KEY : donnez la clé qui chiffre les sauvegardes (« vivier mail key » en tire une)."
        raise InvalidRequest((FieldError("VIVIER_BACKUP_KEY", "missing", message),))
    return MultiFernet([Fernet(key) for key in settings.backup_key.get_secret_value().split(",")])
