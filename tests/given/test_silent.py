"""A database that hangs, and one that cannot be written: sheets answer without it, what would be kept is refused in a sentence."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from tests.given.conftest import LOT, House, made_house
from tests.outside.lying import lying
from tests.search_api.serving.server import until
from vivier.errors import GivenUnavailable, InvalidRequest
from vivier.given.database import OPTIONS, Database
from vivier.lexicon import Lexicon
from vivier.patience import OPTIONAL

MOST = 3.0
"""Seconds in which a sheet answers, whatever becomes of the database."""


@contextmanager
def hung(url: str) -> Iterator[None]:
    """Every process of the server is stopped: its kernel goes on accepting for it, and nothing answers."""
    data = Path(parse_qs(urlsplit(url).query)["host"][0])
    server = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    stopped = [server, *server.children(recursive=True)]
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            process.send_signal(signal.SIGCONT)


def sheets(house: House) -> tuple[str, str]:
    """The page and the record of a supplier."""
    found = house.client.get("/v1/suppliers?per_page=1").json()["results"][0]["id"]
    return f"/fournisseurs/{found}", f"/v1/suppliers/{found}"


@pytest.mark.slow
@pytest.mark.parametrize("warm", [True, False])
def test_sheets_answer_while_the_database_hangs_and_it_is_used_again_after(
    tmp_path: Path, lexicon: Lexicon, postgresql: str, warm: bool
) -> None:
    with made_house(tmp_path, lexicon, given_url=postgresql) as house:
        paths = sheets(house)
        if warm:  # connections are open already
            assert [house.client.get(path).status_code for path in paths] == [200, 200]
        with hung(postgresql):
            assert [house.client.get(path).status_code for path in (*paths, *paths)] == [200] * 4
            refused = house.client.post("/v1/dossiers", json={"lots": [LOT]})
            assert refused.status_code == 503 and "ne répond pas" in refused.json()["detail"]
            assert "retry-after" in refused.headers
        until(lambda: house.client.post("/v1/dossiers", json={"lots": [LOT]}).status_code == 201)


def test_a_sheet_waits_three_seconds_at_most() -> None:
    """It connects, or asks on a connection that it has; a server that was silent is then asked nothing for a while."""
    assert OPTIONS["connect_timeout"] <= MOST and OPTIONAL <= MOST


@pytest.mark.slow
def test_a_home_that_cannot_be_written_refuses_in_a_sentence(tmp_path: Path, lexicon: Lexicon) -> None:
    """The folder of the database is a file: nobody can write in it, root either."""
    (tmp_path / "full").write_text("")
    url = f"sqlite:///{tmp_path / 'full' / 'given.sqlite'}"
    with made_house(tmp_path, lexicon, given_url=url) as house:
        assert [house.client.get(path).status_code for path in sheets(house)] == [200, 200]
        refused = house.client.post("/v1/dossiers", json={"lots": [LOT]})
    assert refused.status_code == 503 and "refuse l'écriture" in refused.json()["detail"]


@pytest.mark.slow
def test_a_database_that_answers_anything_at_all_does_not_answer(postgresql: str) -> None:
    """The garbage differs with the length of what it replaces: some is cut short, some is no message, some opens as a message does."""
    socket = f"{parse_qs(urlsplit(postgresql).query)['host'][0]}/.s.PGSQL.5432"
    with lying(socket) as proxy:
        database = Database(f"postgresql+psycopg://vivier@127.0.0.1:{proxy.port}/postgres")
        for length in range(24):
            with pytest.raises(GivenUnavailable, match="ne répond pas"), database.transaction() as connection:
                connection.exec_driver_sql("SELECT 1")
                proxy.fault = "garbage"
                connection.exec_driver_sql(f"SELECT '{length * 'a'}'")
            with pytest.raises(GivenUnavailable, match="ne répond pas"), database.transaction():
                pass
            proxy.fault = "none"
        database.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes in every file")
def test_a_file_that_is_read_only_refuses_at_once(tmp_path: Path) -> None:
    path = tmp_path / "given.sqlite"
    path.touch(mode=0o400)
    with pytest.raises(GivenUnavailable, match="refuse l'écriture"), Database(f"sqlite:///{path}").transaction():
        pass


@pytest.mark.parametrize("url", ["garbage", "mysql://localhost/x", "sqlite+unknown:///x"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(InvalidRequest, match="VIVIER_GIVEN_URL"), Database(url).transaction():
        pass
