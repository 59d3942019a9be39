"""Copies in one archive what cannot be made again, and puts it back: the given database, the opposition list, the ids and the decisions. Each file has its SHA-256; nothing is put back before all are verified."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

import orjson
from sqlalchemy import Connection, LargeBinary, MetaData, Table, delete, insert, select, text
from sqlalchemy.engine import make_url

from vivier.durable import unfinished, write_whole
from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.given.database import Database, database_of
from vivier.runs.audit import audit_file
from vivier.settings import Settings

_FORM: Final = "vivier-backup-1"
_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "given.sqlite"
_OPPOSED: Final = "opposed.txt"
_AUDIT: Final = "audit.jsonl"
_SINGLES: Final = (_OPPOSED, "identity/ids.jsonl", "identity/decisions.csv", _AUDIT)
_LEFT: Final = "verdicts/register.jsonl"
"""A file of former archives that nothing reads any more: it is verified, and left."""
_OF_THE_SERVICE: Final = frozenset({"alembic_version", "given_format", "jobs"})
"""Tables that hold nothing given: each database has its own."""
_BATCH: Final = 500
_LARGE_BATCH: Final = 2
"""Rows read at a time; fewer of a table whose rows hold a whole dossier."""
_LARGEST: Final = 50_000_000
"""Largest manifest, in bytes: some two hundred thousand files."""


class ArchiveDamaged(VivierError):
    """The archive is no copy of ours, or one of its files is not as it was."""


@dataclass(frozen=True)
class Archive:
    """What an archive holds. ``files``: SHA-256 by path."""

    made_on: date
    files: Mapping[str, str]


def write_archive(settings: Settings, path: Path, today: date) -> Archive:
    """Writes the archive, whole or not at all, readable by its owner only. The service may run meanwhile. Raises ``InvalidRequest`` when the
    file exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished(path.parent, ".vivier-backup-") as folder:
        if path.exists():
            raise _refused(f"« {path.name} » existe déjà : donnez un autre nom.")
        beside, copy = folder / "archive", folder / _DATABASE
        sources = dict(_present(settings))
        if database_of(settings).begun:
            _copy_database(settings, copy)
            sources[_DATABASE] = copy
        files = _pack(beside, sources, today)
        beside.replace(path)
    return Archive(today, files)


def _pack(beside: Path, sources: Mapping[str, Path], today: date) -> dict[str, str]:
    """Packs the files, then what they are: a file is read once, so that its checksum is that of what was packed."""
    files: dict[str, str] = {}
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
            for name, source in sources.items():
                try:
                    content = source.read_bytes()
                except FileNotFoundError:
                    continue  # deleted since
                files[name] = hashlib.sha256(content).hexdigest()
                _add(archive, name, content)
            manifest = {"form": _FORM, "made_on": today.isoformat(), "files": files}
            _add(archive, _MANIFEST, orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
        raw.flush()
        os.fsync(raw.fileno())
    return files


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _present(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files of an installation that an archive holds, but the database, by their path in it."""
    for name, path in _single(settings).items():
        if path.is_file():
            yield name, path


def _single(settings: Settings) -> dict[str, Path]:
    paths = (settings.home / _OPPOSED, settings.ids, settings.decisions, audit_file(settings))
    return dict(zip(_SINGLES, paths, strict=True))


def restore_archive(settings: Settings, path: Path, *, replace: bool = False) -> Archive:
    """Puts back an archive, once verified whole. Structures that opposed since stay opposed, and what was noted since
    stays noted: those files are joined. Raises
    :class:`ArchiveDamaged`, ``InvalidRequest`` when something is already there and ``replace`` is false."""
    if not path.is_file():
        raise _refused(f"« {path.name} » : aucun fichier à cet endroit.")
    settings.home.mkdir(parents=True, exist_ok=True)
    with unfinished(settings.home, ".restore-") as folder:
        archive = _unpack(path, folder)
        taken = [name for name in archive.files if _is_taken(settings, name)]
        if taken and not replace:
            raise _refused(f"« {taken[0]} » est déjà là ({len(taken)} en tout) : « --replace » remplace ce qui y est.")
        if _DATABASE in archive.files:  # first: it may be refused, for a later version or a database that is away
            _restore_database(settings, folder / _DATABASE)
        for name in archive.files:
            if name not in (_DATABASE, _LEFT):
                _put_back(settings, name, folder / name)
    return archive


def _unpack(path: Path, folder: Path) -> Archive:
    """Writes the files of an archive in a folder, and verifies each. A path out of the known ones is refused before it is written."""
    found: dict[str, str] = {}
    manifest = b""
    with _reading(path) as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isreg() else None
            if file is None or entry.name in found:
                raise ArchiveDamaged(
                    f"« {path.name} » n'est pas une archive de « vivier backup » : « {entry.name[:80]} »."
                )
            if entry.name == _MANIFEST:
                manifest = file.read(_LARGEST)
            else:
                name = _known(entry.name, path)
                found[name] = _write_hashed(file, folder / name)
    return _verified(manifest, found, path)


@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveDamaged(f"« {path.name} » est abîmé ou n'est pas une archive : rien n'a été remis.") from error


def _known(name: str, path: Path) -> str:
    if name not in (_DATABASE, _LEFT, *_SINGLES):
        raise ArchiveDamaged(f"« {path.name} » contient « {name[:80]} », qui n'y a pas sa place : rien n'a été remis.")
    return name


def _write_hashed(file: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as written:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def _verified(manifest: bytes, found: Mapping[str, str], path: Path) -> Archive:
    try:
        read: dict[str, Any] = orjson.loads(manifest)
        form, made_on, files = read["form"], date.fromisoformat(read["made_on"]), dict(read["files"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise ArchiveDamaged(f"« {path.name} » n'a pas sa liste de fichiers : rien n'a été remis.") from None
    if form != _FORM:
        raise ArchiveDamaged(f"« {path.name} » vient d'une autre version ({str(form)[:40]}) : rien n'a été remis.")
    wrong = sorted(name for name in {*files, *found} if files.get(name) != found.get(name))
    if wrong:
        raise ArchiveDamaged(
            f"« {path.name} » est abîmé : « {wrong[0][:80]} » n'est plus ce qui a été copié. Rien n'a été remis."
        )
    return Archive(made_on, files)


def _is_taken(settings: Settings, name: str) -> bool:
    if name in (_OPPOSED, _AUDIT, _LEFT):
        return False  # joined or left: nothing of them is replaced
    return _holds_rows(settings) if name == _DATABASE else _single(settings)[name].exists()


def _put_back(settings: Settings, name: str, source: Path) -> None:
    target, content = _single(settings)[name], source.read_bytes()
    if name == _OPPOSED and target.exists():
        content = _joined_opposition(target.read_bytes(), content)
    elif name == _AUDIT and target.exists():
        present = target.read_bytes()
        known = set(present.splitlines())
        content = b"".join(line + b"\n" for line in content.splitlines() if line not in known) + present
    write_whole(target, content, mode=0o600)


def _joined_opposition(present: bytes, archived: bytes) -> bytes:
    """Both lists: who opposed since the copy is not shown again. Raises ``InvalidRequest`` when they were kept with two salts."""
    first, *others = present.split()
    witness, *more = archived.split()
    if first != witness:
        raise _refused(
            "la liste d'opposition d'ici et celle de l'archive n'ont pas le même sel : rétablissez VIVIER_OPPOSITION_SALT."
        )
    return b"".join(line + b"\n" for line in (first, *sorted({*others, *more})))


def _copy_database(settings: Settings, path: Path) -> None:
    """A file of SQLite with all that the given database holds at one moment, whatever its engine."""
    database = database_of(settings)
    with closing(database):
        if make_url(settings.given_address).get_backend_name() == "sqlite":
            with database.transaction():
                pass  # brought to this version first
            with database.autocommit() as connection:
                connection.execute(text("VACUUM INTO :path"), {"path": str(path)})
        else:
            copy = Database(f"sqlite:///{path}")
            with closing(copy):
                _copy_rows(database, copy)


def _restore_database(settings: Settings, source: Path) -> None:
    """Replaces all that the given database holds, in one transaction, by the rows of a file of SQLite, brought to this version first."""
    copy, database = Database(f"sqlite:///{source}"), database_of(settings)
    with closing(copy), closing(database):
        _copy_rows(copy, database)


def _copy_rows(source: Database, target: Database) -> None:
    """Replaces every row of a database by those of another. The tables are those that the databases have, once at this version."""
    with source.transaction() as read, target.transaction() as write:
        there, here = _tables(read), _tables(write)
        for table in reversed(here.values()):
            write.execute(delete(table))
        for name, table in here.items():
            has_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
            every = select(there[name]).execution_options(yield_per=_LARGE_BATCH if has_large else _BATCH)
            for rows in read.execute(every).mappings().partitions():
                write.execute(insert(table), [dict(row) for row in rows])
        if write.dialect.name == "postgresql":
            _restart_numbers(write, here.values())


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables of a database by name, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name not in _OF_THE_SERVICE}


def _holds_rows(settings: Settings) -> bool:
    database = database_of(settings)
    if not database.begun:
        return False
    with closing(database), database.transaction() as connection:
        return any(connection.execute(select(table).limit(1)).first() for table in _tables(connection).values())


def _restart_numbers(connection: Connection, tables: Iterable[Table]) -> None:
    """Numbers that PostgreSQL draws go on after those put back."""
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            least = f"COALESCE((SELECT MAX({column.name}) FROM {table.name}), 0) + 1"
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            connection.execute(text(f"SELECT setval({sequence}, {least}, false)"))


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("FILE", "invalid_value", message),))
