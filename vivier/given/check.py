"""What « vivier doctor » says of the given database: does it answer, is it of this version, is each dossier whole, is there room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

from vivier.breakdowns import DISK_LOW
from vivier.check import Check
from vivier.errors import VivierError
from vivier.french import number, plural
from vivier.given.database import database_of
from vivier.given.migrate import FORMAT, OtherVersion, later_format
from vivier.given.shelf import shelf_of, study_shelf_of
from vivier.settings import Settings

LEAST_FREE: Final = 1_000_000_000
"""Bytes of free disk under which the operator is warned: a build of a large index takes as much."""


def given_checks(settings: Settings) -> Iterator[Check]:
    """The checks, in order. A database that was never begun is well."""
    if not database_of(settings).begun:
        yield Check("base", True, "rien n'a encore été donné")
    else:
        yield from [*format_check(settings)] or [Check("base", True, f"répond, à jour (format {FORMAT})")]
        with suppress(VivierError):  # said already
            yield _dossiers(settings)
    yield disk_check(settings)


def format_check(settings: Settings) -> Iterator[Check]:
    """What is wrong with the given database: it does not answer, or another version wrote it; nothing when all is well."""
    database = database_of(settings)
    if not database.begun:
        return
    try:
        with closing(database), database.transaction() as connection:
            later = later_format(connection)
    except OtherVersion as error:
        yield Check("base", False, str(error))
        return
    except VivierError as error:
        yield Check("base", False, str(error))
        return
    if later is not None:
        text = f"écrite par une version plus récente de Vivier (format {later}) : celle-ci la sert, mettez-la à jour"
        yield Check("base", False, text)


def _dossiers(settings: Settings) -> Check:
    shelf = shelf_of(settings)
    with closing(shelf.database):
        count, damaged = shelf.count(), sum(1 for _ in shelf.damaged())
    studies = study_shelf_of(settings)
    with closing(studies.database):
        text = f"{plural(count, 'dossier')}, {plural(studies.count(), 'étude')}"
    if damaged:
        text += f", dont {plural(damaged, 'dossier abîmé', 'dossiers abîmés')} : « vivier restore » depuis la dernière sauvegarde"
    return Check("dossiers", not damaged, text)


def disk_check(settings: Settings) -> Check:
    """Whether the disk of the home has room."""
    nearest = next(parent for parent in (settings.home, *settings.home.absolute().parents) if parent.exists())
    free = shutil.disk_usage(nearest).free
    count = number(round(free / 1e9, 1))
    fits = free >= LEAST_FREE
    return Check("disque", fits, f"{count} Go libres" if fits else f"{count} {DISK_LOW.cause}")
