"""A patience is that of all the statements of a caller together."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from vivier.given.patient_server import Patient, Silent
from vivier.patience import LONGEST, patience, waiting


def test_what_is_waited_is_taken_from_what_is_left() -> None:
    with patience(4.0):
        with waiting() as first:
            threading.Event().wait(0.02)
        with patience(1.0), waiting() as optional:
            pass
        with waiting() as second:
            threading.Event().wait(0.02)
        with patience(1.0), waiting():
            threading.Event().wait(0.02)
        with waiting() as last:
            pass
    assert first == 4.0 and optional == 1.0 and 1.0 < second <= 4.0 - 0.02 and 1.0 < last <= second - 0.04


def test_a_patience_within_another_has_no_more_than_it() -> None:
    with patience(1.0), patience(5.0), waiting() as left:
        assert left <= 1.0


def test_a_verb_waits_for_the_longest_statement() -> None:
    with waiting() as left:
        assert left == LONGEST


@dataclass
class Peer:
    """What a server of PostgreSQL says to who connects and to each statement, until one begins by « SELECT », to which it says nothing."""

    listening: socket.socket
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._answer)
        self.thread.start()

    def _answer(self) -> None:
        ready = b"Z" + struct.pack("!i", 5) + b"I"
        connection, _ = self.listening.accept()
        with closing(connection):
            connection.recv(4_096)
            connection.sendall(b"R" + struct.pack("!ii", 8, 0) + ready)
            while received := connection.recv(4_096):
                self.statements.append(received[5:].partition(b"\0")[0].decode())
                if received[:1] == b"Q" and not self.statements[-1].startswith("SELECT"):
                    connection.sendall(b"C" + struct.pack("!i", 8) + b"SET\0" + ready)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield Peer(listening)


def test_a_connection_bounds_its_statements_and_is_closed_by_one_that_is_not_answered_in_time(peer: Peer) -> None:
    host, port = peer.listening.getsockname()
    options = {"sslmode": "disable", "gssencmode": "disable"}
    with closing(Patient.opened(host=host, port=port, user="vivier", **options)) as connection:
        assert peer.statements == ["SET SESSION statement_timeout = 300000"] and not connection.autocommit
        with pytest.raises(Silent, match="did not answer in time"), patience(0.05):
            connection.execute("SELECT 1")
        assert connection.closed
    peer.thread.join()
    assert peer.statements[1:3] == ["BEGIN", "SELECT 1"]
