"""What each connection is given, at its bounds: the time to send, the time to read, its place among the others."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import socket
import struct
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from search_api.accepting import Shares
from tests.search_api.serving.moments import Client, House, served

LATE = "Une requête n'est pas arrivée à temps : 408."
LEFT = "Un client est parti au milieu de sa requête."
UNREAD = "Un client ne lit pas sa réponse : la connexion est fermée."
CUT = "Une réponse n'était pas finie quand le délai d'arrêt est passé : elle est coupée."
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 8_000_000
seen: list[str] = []
"""The messages that ``/wait`` was given after the body."""


def post(length: int, path: str = "/", content: bytes = b"") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + content


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Gives the length of the body. ``/early``: begins to answer first; ``/before``: does not read; ``/large``: much; ``/wait``: until the client
    leaves; ``/never``: never."""
    path, length = scope["path"], 0
    if path == "/never":
        await asyncio.Event().wait()
    start = {"type": "http.response.start", "status": 200, "headers": [(b"transfer-encoding", b"chunked")]}
    if path == "/early":
        await send(start)
    more = path != "/before"
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    if path == "/wait":
        seen.append((await receive())["type"])
        return
    if path != "/early":
        await send(start)
    await send({"type": "http.response.body", "body": b"x" * LARGE if path == "/large" else str(length).encode()})


@pytest.fixture
def house() -> Iterator[House]:
    with served(app) as house:
        yield house


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    for name in ("uvicorn", "uvicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    return caplog


def told(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.levelno >= logging.WARNING]


def refusal(client: Client) -> tuple[int, dict[str, str], dict[str, Any]]:
    """The status, the headers and the document of the one answer that came, after which the connection is over."""
    assert client.is_over
    head, _, body = client.received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert int(headers["content-length"]) == len(body) and headers["connection"] == "close"
    assert headers["content-type"] == "application/problem+json" and headers["cache-control"] == "no-store"
    return int(first.split()[1]), headers, json.loads(body)


def stays_until(house: House, client: Client, seconds: float) -> bool:
    """Whether the connection lasts so many seconds from now, and not a tenth more."""
    house.loop.after(seconds - 0.1)
    if client.is_over:
        return False
    house.loop.after(0.2)
    return client.is_over


# --- a request that does not come


def test_a_silent_connection_is_closed_without_a_word_after_twenty_seconds(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    client = house.client()
    assert stays_until(house, client, 20) and client.received == b"" and told(log) == []
    assert house.shares[0] == 0 and house.protocol.by_client == {}


def test_a_head_has_twenty_seconds_from_its_beginning(house: House, log: pytest.LogCaptureFixture) -> None:
    client = house.client()
    house.loop.after(15)
    client.send(b"GET /x HTTP")
    house.loop.after()
    assert stays_until(house, client, 20)
    status, _, document = refusal(client)
    assert (status, document["status"], document["title"]) == (408, 408, "Requête trop lente")
    assert document.keys() == {"type", "title", "status", "detail"} and document["type"].startswith("/docs#")
    assert told(log) == [LATE]


@pytest.mark.parametrize(
    ("path", "content", "seconds"), [("/", b"", 20), ("/", b" " * 50_000, 25), ("/", b" " * 2_000_000, 120)]
)
def test_a_body_has_twenty_seconds_and_one_for_ten_thousand_bytes_up_to_two_minutes(
    house: House, log: pytest.LogCaptureFixture, path: str, content: bytes, seconds: float
) -> None:
    client = house.client(post(5_000_000, path, content))
    assert stays_until(house, client, seconds) and refusal(client)[0] == 408 and told(log) == [LATE]


def test_an_answer_that_begins_before_the_body_is_whole_ends_its_connection(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    in_time, late = house.client(post(3, "/early", b"a")), house.client(post(3, "/early", b"a"))
    in_time.send(b"bc")
    house.loop.after()
    assert not in_time.is_over
    house.loop.after(21)
    late.send(b"bc")
    house.loop.after()
    assert [client.read().partition(b"\r\n\r\n")[2] for client in (in_time, late)] == [b"1\r\n3\r\n0\r\n\r\n"] * 2
    assert late.is_over and told(log) == []


def test_a_body_that_nobody_reads_is_not_late(house: House, log: pytest.LogCaptureFixture) -> None:
    client = house.client(post(1_000_000, "/never", b" " * 300_000))
    house.loop.after(60)
    house.loop.after(60)
    assert not client.is_over and told(log) == []


def test_a_body_that_lags_behind_its_answer_ends_without_a_word(house: House, log: pytest.LogCaptureFixture) -> None:
    client = house.client(post(100, "/before", b"a"))
    house.loop.after(4)
    client.send(b"a")
    house.loop.after()
    assert stays_until(house, client, 16) and client.received.count(b"HTTP/1.1") == 1 and told(log) == []


# --- a connection that is kept


def test_a_connection_at_rest_has_five_seconds_and_an_empty_line_gives_twenty(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    at_rest, empty = house.client(GET), house.client(GET)
    empty.send(b"\r\n")
    house.loop.after()
    assert stays_until(house, at_rest, 5) and not empty.is_over
    assert stays_until(house, empty, 14.9) and empty.received.count(b"HTTP/1.1") == 1 and told(log) == []


def test_each_request_of_a_connection_is_answered_with_its_own_time(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    client = house.client(GET + post(2, "/", b"ab") + GET)
    assert client.read().count(b"HTTP/1.1 200") == 3
    house.loop.after(4)
    client.send(b"GET /")
    house.loop.after()
    assert stays_until(house, client, 20) and b"HTTP/1.1 408" in client.received and told(log) == [LATE]


def test_a_client_has_so_many_connections_and_another_once_it_ends_one(house: House) -> None:
    house.protocol.limits = type(house.protocol.limits)(connections=2)
    clients = [house.client(GET) for _ in range(2)]
    status, headers, document = refusal(house.client())
    assert (status, headers["retry-after"], document["status"]) == (429, "3", 429)
    assert document["detail"] == "Trop de connexions viennent de chez vous en même temps. Fermez-en."
    assert [*house.protocol.by_client.values()] == [2] and house.shares[0] == 2
    clients[0].socket.close()
    house.loop.after()
    assert not house.client(GET).is_over and [*house.protocol.by_client.values()] == [2]


def test_a_trusted_proxy_has_as_many_connections_as_it_wants() -> None:
    with served(app, (ip_network("127.0.0.0/8"),), connections=1) as house:
        assert [b"HTTP/1.1 200" in house.client(GET).read() for _ in range(3)] == [True] * 3
        assert house.protocol.by_client == {} and house.shares[0] == 3


# --- a client that leaves


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize(
    ("content", "lines"), [(b"GET / HT", [LEFT]), (post(9, "/", b"a"), [LEFT]), (GET, []), (b"", [])]
)
def test_a_client_that_leaves_in_the_middle_of_its_request_is_one_line(
    house: House, log: pytest.LogCaptureFixture, content: bytes, lines: list[str], how: str
) -> None:
    client = house.client(content)
    client.read()
    if how == "half":
        client.socket.shutdown(socket.SHUT_WR)
    else:
        if how == "reset":
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()
    house.loop.after()
    assert told(log) == lines and house.protocol.by_client == {} and house.shares[0] == 0


def test_an_application_is_told_that_the_client_of_the_request_it_answers_left(house: House) -> None:
    seen.clear()
    client = house.client(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert seen == []
    client.socket.close()
    house.loop.after()
    assert seen == ["http.disconnect"]


# --- an answer that is not read


def unread(house: House) -> Client:
    client = house.client()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    house.loop.after()
    return client


def test_an_answer_that_is_not_read_is_given_up_after_half_a_minute(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    client = unread(house)
    house.loop.after(29.9)
    assert told(log) == []
    house.loop.after(0.2)
    assert told(log) == [UNREAD] and house.shares[0] == 0
    assert len(client.read()) < LARGE


def test_an_answer_that_is_read_slowly_has_its_time_again_but_not_for_ever(log: pytest.LogCaptureFixture) -> None:
    with served(app, whole_answer=100) as house:
        client = unread(house)
        for _ in range(4):
            house.loop.after(24)
            client.read(1_000_000)
            house.loop.after()
            assert told(log) == []
        house.loop.after(3.9)
        assert told(log) == []
        house.loop.after(0.2)
        assert told(log) == [UNREAD]


def test_an_answer_that_is_read_in_the_end_is_whole(house: House, log: pytest.LogCaptureFixture) -> None:
    client = unread(house)
    for _ in range(400):
        client.read()
        house.loop.after()
        if client.received.endswith(b"0\r\n\r\n"):
            break
    assert client.received.count(b"x") == LARGE and told(log) == []
    house.loop.after(700)
    assert told(log) == [] and client.is_over


# --- a process that stops, what is no HTTP


def stop(house: House) -> None:
    for connection in [*house.state.connections]:
        connection.shutdown()  # type: ignore[union-attr]
    house.loop.after()


def test_a_process_that_stops_ends_what_is_at_rest_and_leaves_a_moment_to_who_just_came(house: House) -> None:
    at_rest, silent, asking = house.client(GET), house.client(), house.client()
    half = house.client(post(2, "/", b"a"))
    stop(house)
    assert [client.is_over for client in (at_rest, silent, asking, half)] == [True, False, False, False]
    house.loop.after(0.5)
    asking.send(GET)
    half.send(b"b")
    house.loop.after()
    assert [client.received.count(b"HTTP/1.1 200") for client in (asking, half) if client.is_over] == [1, 1]
    assert stays_until(house, silent, 0.5) and silent.received == b""


def test_an_answer_that_is_not_ready_when_the_time_to_stop_is_over_is_cut(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    waits, begun = house.client(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n"), house.client(post(3, "/early", b"a"))
    for task in [*house.state.tasks]:
        task.cancel()
    house.loop.after()
    status, headers, document = refusal(waits)
    assert (status, headers["retry-after"], document["status"]) == (503, "3", 503)
    assert document["detail"] == "Le service s'arrête ou redémarre. Réessayez dans un instant."
    assert begun.is_over and b"503" not in begun.received and told(log)[:2] == [CUT, CUT]


def test_what_is_no_http_is_refused_in_the_words_of_the_service(house: House) -> None:
    status, _, document = refusal(house.client(b"BONJOUR\r\n\r\n"))
    assert (status, document["detail"]) == (400, "Ce qui a été envoyé n'est pas une requête HTTP lisible.")


# --- the share of a process


def test_a_process_has_more_connections_than_another_while_it_counts() -> None:
    shares = Shares(2)
    one, other = shares.of(0), shares.of(1)
    assert not one.is_larger and not other.is_larger
    one.change(1)
    assert one.is_larger and not other.is_larger
    one.change(1)
    one.change(-1)
    other.change(1)
    assert not one.is_larger and not other.is_larger
    other.leave()
    other.change(1)
    assert not other.is_larger and list(shares._shares) == [1, 1]
    assert not shares.of(1).is_larger and list(shares._shares) == [1, 0]


def test_a_connection_is_left_to_a_process_that_has_fewer_until_it_shows_that_it_is_busy() -> None:
    with served(app, processes=2) as house:
        assert house.client(GET).read()
        second = house.client(GET)
        for _ in range(12):
            house.loop.after(0.004)
        assert second.read() == b"" and house.shares[0] == 1
        for _ in range(3):
            house.loop.after(0.002)
        assert second.read() and house.shares[0] == 2
        assert house.client(GET).read()  # it waits for nobody during a second
        house.loop.after(1)
        fourth = house.client(GET)
        assert fourth.read() == b""
        house.shares[1] = 9
        house.loop.after(0.002)
        assert fourth.read()


def test_a_process_that_stops_leaves_the_queue_to_others(house: House) -> None:
    house.client(GET)
    house.door.close()
    house.loop.done(house.door.opened())
    late = house.client(GET)
    house.loop.after(2)
    assert late.read() == b"" and house.shares[0] == 1


def test_a_process_without_a_descriptor_left_says_so_and_tries_again_a_second_later(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    client = Client(socket.create_connection(house.listening.getsockname()))
    house.clients.append(client)
    client.send(GET)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, limits[1]))
    try:
        house.loop.after()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    (line,) = told(log)
    assert line.startswith("Plus aucune connexion ne peut être ouverte : ")
    house.loop.after(0.9)
    assert client.read() == b""
    house.loop.after(0.2)
    assert client.read().startswith(b"HTTP/1.1 200")
