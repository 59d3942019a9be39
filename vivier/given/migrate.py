"""Brings the given database to the tables of this version: Alembic's migrations, in one transaction, one process at a time.

Several lines of migrations may leave from one: each family of tables has its own, and the database holds the last of each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from vivier.errors import VivierError

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCKS: Final = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(8634291057)",
}
"""The statement that makes other processes wait until the end of the transaction, by engine. In SQLite it also begins the transaction:
statements that make tables are otherwise kept one by one."""
ENGINES: Final = tuple(_LOCKS)
"""The engines that the database may be in."""


class NewerDatabase(VivierError):
    """The database was written by a later version."""


def bring_up_to_date(engine: Engine) -> None:
    """Runs the migrations that a database lacks: all, or none when the process is killed meanwhile. A database that lacks none is not
    locked. Raises :class:`NewerDatabase`."""
    scripts = scripts_of()
    with engine.connect() as connection:
        if set(heads_of(connection)) == set(scripts.get_heads()):
            return
    with engine.begin() as connection:
        connection.exec_driver_sql(_LOCKS[engine.dialect.name])
        context = MigrationContext.configure(connection)
        pending = _pending(scripts, context.get_current_heads())
        with Operations.context(context):
            for script in pending:
                script.module.upgrade()
        context.stamp(scripts, "heads")


def scripts_of() -> ScriptDirectory:
    """The migrations of this version."""
    return ScriptDirectory(str(_FOLDER), version_locations=[str(_FOLDER)])


def heads_of(connection: Connection) -> tuple[str, ...]:
    """The last migrations that a database had, one of each line."""
    return MigrationContext.configure(connection).get_current_heads()


def _pending(scripts: ScriptDirectory, heads: tuple[str, ...]) -> list[Script]:
    """The migrations that a database lacks, the first to run first."""
    try:
        found = scripts.iterate_revisions("heads", heads or "base", implicit_base=True)
        return list(found)[::-1]
    except (ResolutionError, CommandError):
        message = "La base de ce que les gens donnent vient d'une version plus récente de Vivier : mettez Vivier à jour, ou restaurez une sauvegarde."
        raise NewerDatabase(message) from None
