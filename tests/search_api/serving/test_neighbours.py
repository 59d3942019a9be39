"""No neighbour pays: what one client does slowly, widely or often costs that client, and every other is answered meanwhile."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from search_api.accepting import Door, Shares
from tests.search_api.serving.server import PATIENCE, Serving, serving, until

pytestmark = pytest.mark.slow

MANY = 400
NEIGHBOUR, OTHER = "203.0.113.77", "198.51.100.20"
"""Addresses for documentation (RFC 5737), which a proxy of this machine says."""
SEARCH, STUDY, EXPORT = "/v1/suppliers?per_page=1", "/v1/depth?trade=entretien-espaces-verts", "/v1/suppliers.csv"


@pytest.fixture(scope="module")
def proxied(home: Path) -> Iterator[Serving]:
    """Two processes behind a proxy of this machine."""
    with serving(home, VIVIER_WORKERS="2", VIVIER_TRUSTED_PROXIES="127.0.0.1") as server:
        yield server


def status(server: Serving, path: str, source: str = "127.0.0.1", **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def other(server: Serving, *paths: str) -> set[int]:
    """What another client is answered, several times, so that each process answers."""
    return {status(server, path, **{"X-Forwarded-For": OTHER}) for path in paths for _ in range(4)}


@contextmanager
def slow(server: Serving, count: int, begun: bytes, source: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Connections that begin a request, then neither send nor read."""
    with ExitStack() as clients:
        opened = []
        for _ in range(count):
            connection = clients.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.bind((source, 0))
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(begun)
            opened.append(connection)
        yield opened


def begun(path: str, media: str = "application/json") -> bytes:
    """The head of a large body, and its first byte."""
    lines = (f"POST {path} HTTP/1.1", "Host: x", f"Content-Type: {media}", "Content-Length: 900000")
    return "\r\n".join((*lines, f"X-Forwarded-For: {NEIGHBOUR}", "", "{")).encode()


@pytest.mark.parametrize("path", ["/v1/suppliers", "/v1/consultations", "/v1/rounds"])
def test_slow_bodies_of_one_client_hold_no_place(proxied: Serving, path: str) -> None:
    with slow(proxied, MANY, begun(path)):
        assert other(proxied, SEARCH, STUDY, "/enquetes/absent") == {200, 404}


@pytest.mark.parametrize("clients", [(NEIGHBOUR,), (NEIGHBOUR, "203.0.113.78")])
def test_answers_that_clients_do_not_read_hold_no_place(proxied: Serving, clients: tuple[str, ...]) -> None:
    with ExitStack() as unread:
        for client in clients:
            asked = f"GET {EXPORT} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n".encode() * 20
            unread.enter_context(slow(proxied, 40 // len(clients), asked))
        found = [other(proxied, EXPORT, SEARCH) for _ in range(20)]
        assert found[-1] == {200}, "once what they asked is made, whether they read it or not"


def test_connections_of_one_client_leave_room_for_the_others(home: Path) -> None:
    with serving(home, descriptors=256) as server, slow(server, MANY, b"GET /", source="127.0.0.2") as opened:
        assert status(server, SEARCH) == 200
        assert opened[-1].recv(100).startswith(b"HTTP/1.1 429")
        assert status(server, SEARCH, source="127.0.0.3") == 200


def test_connections_that_ended_are_counted_no_more(home: Path) -> None:
    with serving(home, limits={"connections": 2}) as server:
        for _ in range(3):
            with slow(server, 2, b"GET /", source="127.0.0.2"):
                pass
            until(lambda: status(server, SEARCH, source="127.0.0.2") == 200)


def test_a_wide_file_costs_nothing_and_is_refused(proxied: Serving) -> None:
    wide = ",".join(f"colonne {number}" for number in range(100_000)).encode()
    head = f"POST /v1/needs/batch HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {len(wide)}\r\n\r\n"
    with slow(proxied, 1, head.encode() + wide) as (connection,):
        assert other(proxied, STUDY) == {200}
        assert connection.recv(100).startswith(b"HTTP/1.1 422")


def test_a_body_has_a_total_time(home: Path) -> None:
    """Each byte gives an hour more, and yet the whole must be there within a second."""
    limits = {"body_rate": 1 / 3_600, "whole_body": 1}
    with serving(home, limits=limits) as server, slow(server, 1, begun("/v1/suppliers")) as (connection,):
        assert dripped(connection).startswith(b"HTTP/1.1 408")


def test_an_answer_has_a_total_time(home: Path) -> None:
    """A client that reads a little now and then is left at the end of the total time."""
    whole = f"GET {EXPORT} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 40
    with serving(home, limits={"answer": 3_600, "whole_answer": 1}) as server, slow(server, 1, whole) as (connection,):
        until(lambda: bool(connection.recv(1_000)) and any("ne lit pas" in line for line in server.lines()))


def dripped(connection: socket.socket) -> bytes:
    """Sends a byte now and then until something comes back."""
    connection.settimeout(0.05)
    received: list[bytes] = []

    def answered() -> bool:
        connection.sendall(b" ")
        try:
            received.append(connection.recv(100))
        except TimeoutError:
            return False
        return True

    until(answered)
    return received[0]


# --- connections that are kept


def test_kept_connections_are_shared_by_the_processes(home: Path) -> None:
    """Four connections of one client, opened at once: two for each of two processes. A process that is slow to wake leaves its part for a
    second to the other (`_PATIENCE`), so that a busy machine needs more than one attempt."""
    with serving(home, VIVIER_WORKERS="2") as server:
        until(lambda: kept(server) == [2, 2])


def test_a_door_with_fewer_connections_takes_the_next() -> None:
    """One took all four in half of the runs."""
    assert asyncio.run(taken_by_two(5)) == [5, 5]


async def taken_by_two(connections: int) -> list[int]:
    """How many connections each of two doors of one address has, when the other lost as many just before as many more arrive."""
    counts, taken = Shares(2), [0, 0]
    shares = [counts.of(place) for place in range(2)]
    shares[1].change(connections)
    with ExitStack() as opened:
        first = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        for place, listening in enumerate((first, opened.enter_context(first.dup()))):

            def make(place: int = place) -> asyncio.Protocol:
                taken[place] += 1
                return asyncio.Protocol()

            opened.callback(Door(listening, make, shares[place]).close)
            for _ in range(connections):
                opened.enter_context(socket.create_connection(first.getsockname()))
            async with asyncio.timeout(PATIENCE):
                while sum(taken) < connections * (place + 1):
                    await asyncio.sleep(0)
            if place == 0:
                shares[1].change(-connections)
    return taken


def kept(server: Serving) -> list[int]:
    """How many of four connections opened at once each worker has."""
    until(lambda: sum(connections(server)) == 0)
    with slow(server, 4, b"GET /"):
        until(lambda: sum(connections(server)) == 4)
        return connections(server)


def connections(server: Serving) -> list[int]:
    """How many connections each worker has."""
    children = psutil.Process(server.process.pid).children()
    return [sum(found.status == "ESTABLISHED" for found in child.net_connections("tcp")) for child in children]
