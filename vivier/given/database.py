"""Opens the database of what people give: a URL of SQLAlchemy, a file of SQLite by default. Its tables are made, or brought to this
version, when it is first opened."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import URL, Connection, Delete, Engine, Update, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DisconnectionError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from vivier.breakdowns import DATABASE_AWAY, DISK_FULL, READ_ONLY
from vivier.errors import FieldError, GivenUnavailable, InvalidRequest
from vivier.given.migrate import ENGINES, OtherVersion, bring_up_to_date
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.given.patient_server import Patient

OPTIONS: Final = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""Options of libpq: seconds, but ``tcp_user_timeout`` in milliseconds."""


T = TypeVar("T")
_WAIT: Final = 10
"""Seconds that a writer waits for another."""
_POOL: Final = 2
"""Seconds that a request waits for a connection when all are used."""
_SLOW: Final = 0.5
"""Seconds of a failure from which the database is left alone: it hangs, where one that refuses says so at once."""
_REST: Final = 5.0
"""Seconds during which it is then not asked again."""
_MASK: Final = 0xFF
"""Bits of an extended error of SQLite that give its kind."""
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_SILENT: Final = f"{DATABASE_AWAY.cause} Réessayez dans un instant."
_READ_ONLY: Final = READ_ONLY.cause
_NO_ROOM: Final = "53100"
"""The state of SQL by which PostgreSQL says that its disk is full."""
_SWEEP_WAIT: Final = 200
"""Milliseconds that an erasure waits for readers before it leaves the write-ahead log to the next one."""
_NO_ANSWER: Final = (OperationalError, DatabaseError)
"""Errors of a server that does not answer, or whose answer is not of its protocol. Those of other classes are faults of ours."""
_ERASED: Final = "vivier-erased"
_OTHERS: Final = ("mail_outbox", "quotas")
"""Tables whose updates erase nothing that a reader of the file could read: their rows are sealed, or counts."""


class Database:
    """The database of an installation, opened when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._asked_again = 0.0
        self._unswept = False

    @property
    def begun(self) -> bool:
        """Whether anything may have been given: a file of SQLite that does not exist holds nothing."""
        parsed = _parsed(self._url)
        return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").exists()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, committed at the end of the block. What it erases is then in no file (:meth:`sweep`). Raises
        ``GivenUnavailable`` when the database does not answer."""
        with self._answering(), self._opened().begin() as connection:
            yield connection
            erased = connection.info.pop(_ERASED, False)
        if erased or self._unswept:
            self._unswept = not self.sweep()

    def sweep(self, wait: int = _SWEEP_WAIT) -> bool:
        """Moves the write-ahead log of SQLite into the file, where what is deleted is overwritten, and truncates it: the log holds the pages
        as they were. ``wait``: milliseconds. Returns ``False`` when a reader holds the log: the next transaction tries again, and « vivier
        purge »."""
        engine = self._opened()
        if engine.dialect.name != "sqlite":
            return True
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait}")
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {_WAIT * 1_000}")
        except OperationalError:
            return False
        return not busy

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Statements that no transaction may hold. Raises ``GivenUnavailable``."""
        options = {"isolation_level": "AUTOCOMMIT"}
        with self._answering(), self._opened().connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Names what the database refuses. A server that did not answer is left alone for a while: a request must not wait for it again."""
        began = time.monotonic()
        if began < self._asked_again:
            raise GivenUnavailable(_SILENT)
        try:
            yield
        except OtherVersion:
            raise
        except (PoolTimeout, DatabaseError, GivenUnavailable) as error:
            if isinstance(error, DatabaseError) and type(error) not in _NO_ANSWER:
                raise
            if isinstance(error, OperationalError) and (refused := _refused_by_disk(error)) is not None:
                raise GivenUnavailable(refused) from error
            if time.monotonic() - began > _SLOW:
                self._asked_again = time.monotonic() + _REST
            if isinstance(error, GivenUnavailable):
                raise
            raise GivenUnavailable(_SILENT) from error

    def look(self, read: Callable[[Connection], T]) -> T:
        """What ``read`` finds in the database as it is: no migration is run. Raises ``GivenUnavailable``."""
        engine = self._engine or _engine(self._url)
        with self._answering(), engine.connect() as connection:
            return read(connection)

    def rehearse(self) -> None:
        """Runs the migrations that the database lacks and takes them back: on a copy of a file of SQLite, on a server in a transaction. Raises
        ``GivenUnavailable``, of which :class:`OtherVersion`."""
        engine = self._engine or _engine(self._url)
        with self._answering(), TemporaryDirectory(prefix="vivier-upgrade-") as folder:
            if engine.dialect.name == "sqlite":
                copy = Path(folder) / "given.sqlite"
                with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM INTO :path"), {"path": str(copy)})
                engine = _engine(f"sqlite:///{copy}")
            bring_up_to_date(engine, undo=True)
            engine.dispose()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        if self._engine is None:
            engine = _engine(self._url)
            event.listen(engine, "after_execute", _note_erasure)
            bring_up_to_date(engine)
            self._engine = engine
        return self._engine


def _note_erasure(connection: Connection, clause: Any, _many: Any, _params: Any, _options: Any, _result: Any) -> None:
    """Notes that a transaction deletes or overwrites something."""
    if isinstance(clause, Delete | Update) and getattr(clause.table, "name", "") not in _OTHERS:
        connection.info[_ERASED] = True


def _parsed(url: str) -> URL:
    """A URL to an engine that the tables are made for. Raises ``InvalidRequest``."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() in ENGINES:
            parsed.get_dialect()
            return parsed
    except (ArgumentError, NoSuchModuleError):
        pass
    raise _refused()


def _refused() -> InvalidRequest:
    message = "VIVIER_GIVEN_URL : une adresse de SQLAlchemy vers SQLite ou PostgreSQL est attendue, dont le pilote est installé, par exemple sqlite:////srv/vivier/given.sqlite."
    return InvalidRequest((FieldError("VIVIER_GIVEN_URL", "invalid_value", message),))


def _engine(url: str) -> Engine:
    """The engine of a URL. Statements are never logged: they hold what people give. Raises ``GivenUnavailable`` for a file that cannot be
    made."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return _server(parsed)
    if parsed.database and parsed.database != ":memory:":
        _make(Path(parsed.database))
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": _WAIT})
    event.listen(engine, "connect", _strict)
    return engine


def _server(url: URL) -> Engine:
    """The engine of a server of PostgreSQL, which nobody waits long for."""
    try:
        from vivier.given.patient_server import Patient, Silent

        engine = create_engine(url, hide_parameters=True, pool_timeout=_POOL, connect_args=OPTIONS)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise _refused() from None

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: list[str], options: dict[str, object]) -> Patient:
        return Patient.opened(*arguments, **options)

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, _record: object, _proxy: object) -> None:
        """A connection that ended is replaced by another; a server that is silent now would be silent again."""
        try:
            engine.dialect.do_ping(connection)
        except Silent as error:
            raise GivenUnavailable(_SILENT) from error
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return engine


def _make(path: Path) -> None:
    """The file of SQLite, readable by its owner only. Raises ``GivenUnavailable``."""
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise GivenUnavailable(_READ_ONLY) from error


def _refused_by_disk(error: OperationalError) -> str | None:
    """Why the disk refused what was to be kept; ``None`` when it did not."""
    kind = getattr(error.orig, "sqlite_errorcode", 0) & _MASK
    if kind == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", None) == _NO_ROOM:
        return DISK_FULL.cause
    return _READ_ONLY if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) else None


def _strict(connection: sqlite3.Connection, _record: Any) -> None:
    """Foreign keys hold, readers do not wait for a writer, and what is deleted is overwritten in the file."""
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "secure_delete = ON"):
        _patiently(connection, f"PRAGMA {pragma}")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Runs a statement; asks again for ``_WAIT`` seconds while another process opens the same new file, for which SQLite itself does not
    wait when the journal changes."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if time.monotonic() > until or error.sqlite_errorcode & _MASK not in _BUSY:
                raise
            time.sleep(0.02)


def database_of(settings: Settings) -> Database:
    return Database(settings.given_address)
