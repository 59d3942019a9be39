"""Migrations of the given database: the tables that the house declares, whole or not at all."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from tests.given.conftest import House
from tests.given.postgresql import server
from vivier.errors import InvalidRequest
from vivier.given.database import Database, GivenUnavailable
from vivier.given.mail_tables import METADATA  # with those of vivier.given.tables
from vivier.given.migrate import FORMAT, LEAST, NewerDatabase, bring_up_to_date, is_pending, later_format, scripts_of

_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from vivier.given.database import Database
left = int(sys.argv[2])
@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
with Database(f"sqlite:///{sys.argv[1]}").transaction():
    pass
"""


def shape(path: Path) -> dict[str, str]:
    """The statements that made the tables and indexes of a file, by name, the table of versions left out."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def migrated(path: Path) -> Path:
    database = Database(f"sqlite:///{path}")
    with database.transaction():
        pass
    database.close()
    return path


def declared(path: Path) -> Path:
    """A file with the declared tables, without a version."""
    engine = create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    engine.dispose()
    return path


def test_a_new_database_has_the_tables_that_the_house_declares(tmp_path: Path) -> None:
    assert shape(migrated(tmp_path / "new.sqlite")) == shape(declared(tmp_path / "declared.sqlite"))


def test_a_database_up_to_date_is_opened_while_another_writes(tmp_path: Path) -> None:
    path = migrated(tmp_path / "given.sqlite")
    with sqlite3.connect(path) as writer:
        writer.execute("BEGIN IMMEDIATE")
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
        bring_up_to_date(engine)
        engine.dispose()


def later(path: Path, number: int, least: int) -> None:
    """Makes a database what a later version would have made of it."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'r9999' WHERE version_num LIKE 'r%'")
        connection.execute("UPDATE given_format SET number = ?, least = ?", (number, least))


def test_a_database_of_a_later_version_that_this_one_would_write_wrongly_is_refused_in_one_sentence(
    tmp_path: Path,
) -> None:
    path = migrated(tmp_path / "given.sqlite")
    later(path, FORMAT + 2, FORMAT + 1)
    with pytest.raises(NewerDatabase, match="plus récente"):
        migrated(path)


def test_a_later_version_that_only_added_is_served_and_left_as_it_is(tmp_path: Path) -> None:
    path = migrated(tmp_path / "given.sqlite")
    later(path, FORMAT + 1, FORMAT)
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with database.transaction() as connection:
        assert later_format(connection) == FORMAT + 1 and not is_pending(connection)
    database.close()
    assert path.read_bytes() == before


def test_a_database_of_the_version_before_is_brought_up_and_a_dossier_issued_stays(tmp_path: Path) -> None:
    path = migrated(tmp_path / "given.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE given_format")
        connection.execute("DROP TABLE jobs")
        connection.execute("INSERT INTO shelf (what, key, kept_until) VALUES ('dossier', 'k', '2030-01-01')")
    assert shape(migrated(path)) == shape(declared(tmp_path / "declared.sqlite"))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM shelf").fetchone() == (1,)
        assert connection.execute("SELECT number, least FROM given_format").fetchall() == [(FORMAT, LEAST)]


@pytest.mark.slow
def test_eight_threads_open_one_new_database(tmp_path: Path) -> None:
    path = tmp_path / "given.sqlite"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: migrated(path), range(8)))
    assert shape(path) == shape(declared(tmp_path / "declared.sqlite"))


@pytest.mark.slow
def test_postgresql_has_the_tables_declared_and_eight_openings_wait_for_one_another(postgresql: str) -> None:
    databases = [Database(postgresql) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(opened, databases))
    engine = create_engine(postgresql)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def opened(database: Database) -> None:
    with database.transaction():
        pass
    database.close()


@pytest.mark.slow
def test_the_password_of_postgresql_is_read_from_a_file_and_is_in_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """« PGPASSFILE », as docker-compose.yml gives it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with server(Path(folder), "secret-fictif") as url:
            file = Path(folder) / "pgpass"
            file.touch(0o600)
            monkeypatch.setenv("PGPASSFILE", str(file))
            file.write_text("*:*:postgres:vivier:autre-fictif", encoding="utf8")
            with pytest.raises(GivenUnavailable) as refused:
                opened(Database(url))
            assert "fictif" not in str(refused.value)
            file.write_text("*:*:postgres:vivier:secret-fictif", encoding="utf8")
            opened(Database(url))


@pytest.mark.slow
def test_a_round_lives_on_postgresql(house_on_postgresql: House) -> None:
    house = house_on_postgresql
    made = house.open()
    calls = [call["id"] for call in house.read(made)["calls"]]
    now = house.note(made, {"structure": calls[0], "can": "yes", "volume": 80_000, "start": "01/03/2027"})
    assert now["counts"]["answered"] == 1
    assert house.client.delete(made["links"]["self"]).status_code == 204
    assert house.client.get(made["links"]["self"]).status_code == 410


def test_an_engine_that_is_not_tested_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="SQLite ou PostgreSQL"):
        opened(Database("mysql://somewhere/given"))


def test_every_migration_says_where_it_comes_from() -> None:
    scripts = list(scripts_of().walk_revisions())
    assert {script.revision for script in scripts} == {Path(script.path).stem.partition("_")[0] for script in scripts}
    assert sorted(scripts_of().get_bases()) == ["m0002", "r0004"]


@pytest.mark.long
def test_a_process_killed_while_it_migrates_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Killed after each number of statements in turn: the file is as before, or whole; the next opening completes it."""
    whole = shape(declared(tmp_path / "declared.sqlite"))
    died = 0
    for after in range(1, 300, 10):
        path = tmp_path / f"{after}.sqlite"
        done = subprocess.run([sys.executable, "-c", _KILLED, str(path), str(after)], check=False, timeout=60)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        died += 1
        assert shape(path) in ({}, whole)
        assert shape(migrated(path)) == whole
    assert died > 5 and done.returncode == 0
