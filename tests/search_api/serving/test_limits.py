"""Clients that are slow, that stop, that leave, on raw sockets against a real server; and those that are slow but honest."""

from __future__ import annotations

import json
import select
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.search_api.serving.server import Serving, serving

pytestmark = pytest.mark.slow

SECONDS = 1
PATIENCE = 60
"""Seconds after which a test gives up: a client that is never answered is what is looked for."""
LEFT = "Un client est parti au milieu de sa requête."
LATE = "Une requête n'est pas arrivée à temps : 408."
UNREAD = "Un client ne lit pas sa réponse : la connexion est fermée."
SEARCH = b'{"per_page": 3}'
GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


def head(length: int, path: str = "/v1/suppliers", media: str = "application/json") -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: x", f"Content-Type: {media}", f"Content-Length: {length}", "", "")
    return "\r\n".join(lines).encode()


@pytest.fixture(scope="module")
def short(home: Path) -> Iterator[Serving]:
    """A server whose every limit is a second."""
    seconds = dict.fromkeys(("head", "body", "answer", "idle"), SECONDS)
    with serving(home, limits={**seconds, "body_rate": 10_000, "whole_body": 10, "whole_answer": 5}) as server:
        kept(server).close()  # it listens before it answers
        yield server


@pytest.fixture
def server(short: Serving) -> Serving:
    """The same, with an empty log."""
    short.log.write_text("")
    return short


def client(server: Serving) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def answered(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of the one answer, and then the end of the connection."""
    received = b""
    with suppress(ConnectionResetError):  # the end of a connection on which something unread remains
        while piece := connection.recv(65_536):
            received += piece
    top, _, body = received.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    return int(first.split()[1]), {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}, body


def dripped(connection: socket.socket, content: bytes) -> None:
    """Send byte by byte until something comes back."""
    for byte in content:
        connection.sendall(bytes([byte]))
        if select.select([connection], [], [], 0.05)[0]:
            return
    raise AssertionError("never answered")


def lines_of(server: Serving, count: int) -> list[str]:
    """The lines of the log, once there are so many, and a moment later."""
    for _ in range(100):
        if len(server.lines()) >= count:
            break
        time.sleep(0.05)
    time.sleep(0.2)
    return server.lines()


def assert_refused(connection: socket.socket, server: Serving) -> None:
    """408, as a problem document, the end of the connection, and one line."""
    status, headers, body = answered(connection)
    assert status == 408 and headers["connection"] == "close"
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["title"] == "Requête trop lente"
    assert only(server) == LATE


def only(server: Serving) -> str:
    """What the log says: one line, without what comes before the sentence."""
    (line,) = lines_of(server, 1)
    return line.removeprefix("WARNING:").strip()


# --- a request that does not come


def test_a_head_sent_byte_by_byte_is_refused(server: Serving) -> None:
    with client(server) as connection:
        dripped(connection, b"GET /health HTTP/1.1\r\nX-Long: " + b"a" * 400)
        assert_refused(connection, server)


def test_half_a_head_is_refused(server: Serving) -> None:
    with client(server) as connection:
        connection.sendall(b"GET /heal")
        assert_refused(connection, server)


@pytest.mark.parametrize(
    "path", ["/v1/suppliers", "/consultation", "/v1/consultations", "/v1/dossiers", "/fournisseurs", "/nowhere"]
)
def test_a_body_sent_byte_by_byte_is_answered_and_its_connection_closed(server: Serving, path: str) -> None:
    with client(server) as connection:
        connection.sendall(head(5_000, path))
        dripped(connection, b" " * 400)
        status, _, _ = answered(connection)
        assert 400 <= status < 500


def test_a_body_sent_byte_by_byte_is_refused(server: Serving) -> None:
    with client(server) as connection:
        connection.sendall(head(5_000))
        dripped(connection, b" " * 400)
        assert_refused(connection, server)


@pytest.mark.parametrize("media", ["multipart/form-data; boundary=b", "text/csv"])
def test_a_file_that_stops_in_the_middle_is_refused(server: Serving, media: str) -> None:
    with client(server) as connection:
        connection.sendall(head(5_000, "/v1/needs/batch", media) + b"--b\r\n")
        assert_refused(connection, server)


def test_a_connection_without_a_request_is_closed_without_a_word(server: Serving) -> None:
    with client(server) as connection:
        assert connection.recv(1) == b""
    assert server.lines() == []


# --- a connection that is kept


def kept(server: Serving) -> socket.socket:
    """A connection that had an answer."""
    connection = client(server)
    connection.sendall(GET)
    received = b""
    while not received.endswith(b'{"status":"ok"}'):
        received += connection.recv(65_536)
    return connection


def test_a_connection_at_rest_is_closed(server: Serving) -> None:
    with kept(server) as connection:
        assert connection.recv(1) == b""
    assert server.lines() == []


def test_the_second_request_of_a_connection_has_the_same_limits(server: Serving) -> None:
    with kept(server) as connection:
        connection.sendall(b"GET /he")
        assert_refused(connection, server)
    server.log.write_text("")
    with kept(server) as connection:
        connection.sendall(head(5_000) + b"{")
        assert_refused(connection, server)


def test_empty_lines_do_not_keep_a_connection(server: Serving) -> None:
    with kept(server) as connection:
        dripped(connection, b"\r\n" * 200)
        assert connection.recv(1) == b""


# --- a client that leaves


@pytest.mark.parametrize(
    "begun",
    [b"GET /health HT", head(5_000) + b"{", head(5_000, "/v1/needs/batch", "text/csv") + b"a"],
    ids=["head", "json", "file"],
)
@pytest.mark.parametrize("abruptly", [False, True])
def test_a_client_that_leaves_in_the_middle_is_one_line_without_what_it_asked(
    server: Serving, begun: bytes, abruptly: bool
) -> None:
    with client(server) as connection:
        connection.sendall(begun)
        time.sleep(0.1)
        if abruptly:  # a reset in place of an end
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert only(server) == LEFT


def test_a_client_that_leaves_after_its_request_is_not_told(server: Serving) -> None:
    with client(server) as connection:
        connection.sendall(GET)
    with kept(server):
        pass
    assert lines_of(server, 0) == []


def test_half_requests_leave_nothing_open(server: Serving) -> None:
    with kept(server):
        before = server.descriptors()
    with ExitStack() as clients:
        for _ in range(50):
            clients.enter_context(client(server)).sendall(head(5_000) + b"{")
        lines_of(server, 50)
        assert server.descriptors() <= before


# --- an answer that is not read


def test_an_answer_that_nobody_reads_is_given_up(server: Serving) -> None:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    with connection:
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(b"GET /v1/suppliers.jsonl HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        assert only(server) == UNREAD


@pytest.mark.parametrize("together", [1, 20])
def test_a_client_that_leaves_in_the_middle_of_its_answer_is_not_told(server: Serving, together: int) -> None:
    for moment in (0, 0.01, 0.05, 0.2):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with connection:
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(b"GET /v1/suppliers.jsonl HTTP/1.1\r\nHost: x\r\n\r\n" * together)
            connection.recv(100)
            time.sleep(moment)
    with kept(server):
        pass
    assert server.lines() == []


# --- slow, and honest


def test_a_large_body_that_advances_is_waited_for(server: Serving) -> None:
    with client(server) as connection:
        pieces = [b" " * 6_000] * 12  # four seconds of limits, sent in five
        connection.sendall(head(sum(map(len, pieces)) + len(SEARCH)))
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.4)
        connection.sendall(SEARCH)
        status, _, body = answered(connection)
    assert status == 200 and len(json.loads(body)["results"]) == 3
    assert server.lines() == []


def test_requests_sent_together_are_all_answered(server: Serving) -> None:
    with client(server) as connection:
        connection.sendall(GET * 20 + head(len(SEARCH)) + SEARCH + GET)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    assert received.count(b"HTTP/1.1 200 OK") == 22
    assert server.lines() == []


def test_an_answer_cut_when_the_process_stops_is_one_line_and_503(home: Path) -> None:
    """A request whose body does not come in full outlives the time that a process has to stop."""
    with serving(home, grace=1) as server, client(server) as late:
        late.sendall(head(100).replace(b"Host: x", b"Host: x\r\nExpect: 100-continue"))
        assert late.recv(100).startswith(b"HTTP/1.1 100")  # it is read
        late.sendall(b'{"q": ')
        server.process.send_signal(signal.SIGTERM)
        status, headers, body = answered(late)
        assert (status, headers["connection"], "redémarre" in json.loads(body)["detail"]) == (503, "close", True)
        server.process.wait(PATIENCE)
        said, cut = server.lines()
        assert "graceful shutdown exceeded" in said and "elle est coupée" in cut


def test_what_is_no_http_is_refused_in_french(server: Serving) -> None:
    with client(server) as connection:
        connection.sendall(b"BONJOUR\r\n\r\n")
        status, headers, body = answered(connection)
    assert status == 400 and headers["content-type"].startswith("application/problem+json")
    assert json.loads(body)["detail"] == "Ce qui a été envoyé n'est pas une requête HTTP lisible."
