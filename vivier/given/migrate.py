"""Brings the given database to the tables of this version: Alembic's migrations, in one transaction, one process at a time.

Several lines of migrations may leave from one: each family of tables has its own, and the database holds the last of each.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, ProgrammingError

from vivier.errors import GivenUnavailable
from vivier.given.mail_tables import METADATA  # with those of vivier.given.tables
from vivier.given.tables import GIVEN_FORMAT

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCKS: Final = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(8634291057)",
}
"""The statement that makes other processes wait until the end of the transaction, by engine. In SQLite it also begins the transaction:
statements that make tables are otherwise kept one by one."""
_NEWER: Final = "La base de ce que les gens donnent vient d'une version plus récente de Vivier. Mettez Vivier à jour, ou restaurez une sauvegarde."
_UNKNOWN: Final = (
    "La base de ce que les gens donnent a une forme que Vivier ne sait pas reprendre ({heads}). "
    "Rien n'y a été changé. Restaurez une sauvegarde, ou prévenez qui maintient Vivier."
)
ENGINES: Final = tuple(_LOCKS)
"""The engines that the database may be in."""


FORMAT: Final = 5
"""The format of the tables that this version writes. Raise it with each migration. A database that says none has the first, 1."""
LEAST: Final = 5
"""The oldest format whose code still reads and writes these tables rightly. A migration that only adds leaves it as it is: the former code
goes on beside the new one, and no dossier that it issued is lost to it."""


class OtherVersion(GivenUnavailable):
    """Another version wrote the database, and this one can neither read nor complete it."""


class NewerDatabase(OtherVersion):
    """The database was written by a later version, in tables that this one would not write rightly."""


class UnknownDatabase(OtherVersion):
    """The database has tables of ours, and no migration leads from them to this version."""


def bring_up_to_date(engine: Engine, *, undo: bool = False) -> None:
    """Makes the tables of a new database, or runs the migrations that one lacks: all, or none when the process is killed meanwhile. A database that
    lacks none is not locked. One of a later version is left as it is. ``undo``: takes all back at the end, for who wants to know whether it would work.
    Raises :class:`NewerDatabase` when a later version does not let this one write, :class:`UnknownDatabase`."""
    scripts = scripts_of()
    with engine.connect() as connection:
        if _is_later(connection) or not is_pending(connection):
            return
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(_LOCKS[engine.dialect.name])
        context = MigrationContext.configure(connection)
        pending = _pending(scripts, context.get_current_heads(), connection)
        with Operations.context(context):
            for script in pending:
                _run(script, connection)
        METADATA.create_all(connection)
        context.stamp(scripts, "heads")
        connection.execute(sa.delete(GIVEN_FORMAT))
        connection.execute(sa.insert(GIVEN_FORMAT).values(number=FORMAT, least=LEAST))
        if undo:
            transaction.rollback()


def later_format(connection: Connection) -> int | None:
    """The format of a database that a later version of Vivier brought up; ``None`` for one of this version or before."""
    found = _format(connection)
    return None if found is None or found[0] <= FORMAT else found[0]


def is_pending(connection: Connection) -> bool:
    """Whether a database lacks something of this version, which its next opening adds."""
    return later_format(connection) is None and (
        set(heads_of(connection)) != set(scripts_of().get_heads()) or _format(connection) != (FORMAT, LEAST)
    )


def _format(connection: Connection) -> tuple[int, int] | None:
    """The format of a database, and the oldest one whose code may write in it; ``None`` before formats had a number."""
    if not sa.inspect(connection).has_table(GIVEN_FORMAT.name):
        return None
    number, least = connection.execute(sa.select(GIVEN_FORMAT.c.number, GIVEN_FORMAT.c.least)).one()
    return number, least


def _is_later(connection: Connection) -> bool:
    """Whether a later version brought the database up and lets this one write. Raises :class:`NewerDatabase` when it does not."""
    found = _format(connection)
    if found is None or found[0] <= FORMAT:
        return False
    if found[1] > FORMAT:
        raise NewerDatabase(_NEWER)
    return True


def scripts_of() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER), version_locations=[str(_FOLDER)])


def heads_of(connection: Connection) -> tuple[str, ...]:
    """The last migrations that a database had, one of each line."""
    return MigrationContext.configure(connection).get_current_heads()


def lets_former_write(connection: Connection) -> bool:
    """Whether the version that wrote a database goes on beside this one. Those before formats had a number refuse what they do not know."""
    found = _format(connection)
    return found is not None and found[0] >= LEAST


def _run(script: Script, connection: Connection) -> None:
    """Runs a migration. Raises :class:`UnknownDatabase` when the tables are not those that it changes; what a server or a disk refuses is left as
    it is."""
    heads = heads_of(connection)
    try:
        script.module.upgrade()
    except DatabaseError as error:
        if isinstance(error, ProgrammingError) or getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:
            raise UnknownDatabase(_UNKNOWN.format(heads=", ".join(sorted(heads)))) from error
        raise


def _pending(scripts: ScriptDirectory, heads: tuple[str, ...], connection: Connection) -> list[Script]:
    """The migrations that a database lacks, the first to run first; none of a new one. Raises :class:`UnknownDatabase`."""
    if not heads:
        if present := sorted(METADATA.tables.keys() & sa.inspect(connection).get_table_names()):
            raise UnknownDatabase(_UNKNOWN.format(heads=present[0]))
        return []
    try:
        return list(scripts.iterate_revisions("heads", heads))[::-1]
    except (ResolutionError, CommandError):
        raise UnknownDatabase(_UNKNOWN.format(heads=", ".join(sorted(heads)))) from None
