"""What each version was given, brought to today: no row is lost, every address that it issued answers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from httpx2 import Response
from sqlalchemy import create_engine, text

from indexer.upgrade import upgrade_checks
from tests.mail.conftest import House
from tests.mail.mailbox import mailbox
from tests.museum import BUILT, GIVEN, ON_POSTGRESQL, dump_of, generations_of, given_of, issued_by, opened, rows_of
from vivier.given.archive import _pack, restore_archive
from vivier.given.check import format_check
from vivier.given.database import Database
from vivier.given.mail_tables import METADATA
from vivier.given.migrate import UnknownDatabase
from vivier.lexicon import Lexicon
from vivier.settings import Settings

OF_THE_SERVICE = {"alembic_version", "given_format", "jobs"}
SEARCHES = ("/v1/suppliers?per_page=5", "/fournisseurs?q=nettoyage", "/")
LEFT = {"letter", "follow-up"}
"""Kinds of addresses whose room left since: 410 with a sentence, or 200 where their page stays."""
READERS = 3


def rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return rows_of(connection)


def is_answered(kind: str, response: Response) -> bool:
    """Whether an address that was issued is served, or says in French what became of it."""
    if response.status_code == 410:
        return kind in LEFT and re.search(r"[a-zé]{4,}[^<]*\.", response.text) is not None
    return response.status_code == 200


def failures(house: House, addresses: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    """The addresses that do not answer, with their status."""
    found = [(url, kind, house.client.get(url)) for kind, urls in addresses.items() for url in urls]
    return [(url, response.status_code) for url, kind, response in found if not is_answered(kind, response)]


@pytest.fixture(params=GIVEN)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_database_of_each_version_is_completed_and_keeps_its_rows(version: str, tmp_path: Path) -> None:
    path = given_of(version, tmp_path)
    with closing(Database(f"sqlite:///{path}")) as database, database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    before, after = issued_by(version).rows, rows(path)
    both = before.keys() & after.keys() - OF_THE_SERVICE
    assert len(both) > 10 and {name: before[name] for name in both} == {name: after[name] for name in both}


@pytest.mark.slow
def test_a_database_of_postgresql_is_tried_without_change_then_completed(
    postgresql: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    engine = create_engine(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql(dump_of(ON_POSTGRESQL))
    engine.dispose()
    former = text("SELECT count(*) FROM alembic_version WHERE version_num = 'r0004'")
    with closing(Database(postgresql)) as database:
        database.rehearse()
        assert database.look(lambda connection: connection.scalar(former)) == 1
        with database.transaction() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    generations_of("0.2.0", tmp_path)
    issued = issued_by(ON_POSTGRESQL)
    with mailbox() as box, opened(tmp_path, box, lexicon, issued.day, given_url=postgresql) as house:
        assert failures(house, issued.addresses) == []


@pytest.mark.slow
def test_every_address_that_a_version_issued_answers_on_its_own_index_under_load(
    version: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    """Several readers open the database at once: one of them brings it to today."""
    given_of(version, tmp_path)
    generations_of(version, tmp_path)
    issued = issued_by(version)
    with mailbox() as box, opened(tmp_path, box, lexicon, issued.day) as house, ThreadPoolExecutor(READERS) as threads:
        reading = [threads.submit(failures, house, {**issued.addresses, "search": SEARCHES}) for _ in range(READERS)]
        assert [reader.result() for reader in reading] == [[]] * READERS


@pytest.mark.parametrize("version", BUILT)
def test_the_index_of_each_version_serves_or_says_in_french_what_to_do(version: str, tmp_path: Path) -> None:
    generations_of(version, tmp_path)
    checks = [check for check in upgrade_checks(Settings(home=tmp_path)) if check.name.startswith("index")]
    assert checks and all(check.ok or "vivier index" in check.text for check in checks), checks


def test_a_check_tries_the_migrations_and_changes_nothing(version: str, tmp_path: Path) -> None:
    path = given_of(version, tmp_path)
    before = rows(path)
    *_, check = upgrade_checks(Settings(home=tmp_path))
    assert check.ok and "essayé" in check.text and rows(path) == before


def test_a_check_says_that_a_base_cannot_be_completed(tmp_path: Path) -> None:
    """A table that a migration changes is absent: it used to say that the first opening completes it."""
    path = given_of("0.2.0", tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE answers")
    *_, check = upgrade_checks(Settings(home=tmp_path))
    assert not check.ok and "ne sait pas reprendre (m0002, r0004)" in check.text


def test_an_archive_of_each_version_is_restored(version: str, tmp_path: Path) -> None:
    day, archive = issued_by(version).day, tmp_path / "former.tar.gz"
    _pack(archive, {"given.sqlite": given_of(version, tmp_path / "former")}, day)
    restore_archive(Settings(home=tmp_path / "home"), archive)
    before, after = issued_by(version).rows, rows(tmp_path / "home" / "given.sqlite")
    assert {name: before[name] for name in ("rounds", "answers", "shelf", "requests")} == {
        name: after[name] for name in ("rounds", "answers", "shelf", "requests")
    }


def test_the_operator_is_given_the_sentence_of_an_unknown_base(tmp_path: Path) -> None:
    path = given_of("0.2.0", tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
    (check,) = format_check(Settings(home=tmp_path))
    assert not check.ok and "prévenez qui maintient" in check.text and "VIVIER_GIVEN_URL" not in check.text


UNKNOWN = {
    "no migration": "DELETE FROM alembic_version",
    "an older base": "UPDATE alembic_version SET version_num = 'r0003' WHERE version_num LIKE 'r%'",
}


@pytest.fixture(params=UNKNOWN.values(), ids=UNKNOWN.keys())
def unknown(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = given_of("0.2.0", tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(request.param)
    yield path


def test_an_unknown_base_is_refused_in_its_own_sentence_and_never_called_newer(unknown: Path) -> None:
    before = rows(unknown)
    *_, check = upgrade_checks(Settings(home=unknown.parent))
    assert not check.ok and "ne sait pas reprendre" in check.text and "récente" not in check.text
    with closing(Database(f"sqlite:///{unknown}")) as database:
        for _ in range(2):
            with pytest.raises(UnknownDatabase, match="ne sait pas reprendre"), database.transaction():
                pass
    assert rows(unknown) == before


@pytest.mark.slow
def test_an_unknown_base_is_a_503_with_its_sentence_at_every_address_that_reads_it(
    unknown: Path, lexicon: Lexicon
) -> None:
    issued = issued_by("0.2.0")
    with mailbox() as box, opened(unknown.parent, box, lexicon, issued.day) as house:
        for kind in ("dossier", "round", "reply", "declaration", "report", "subscription"):
            for url in issued.addresses[kind]:
                response = house.client.get(url)
                assert response.status_code == 503 and "sait pas reprendre" in response.text, (url, response.text[:300])
