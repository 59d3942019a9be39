"""A process that serves, from its first connection to the signal that ends it; its descriptors; the figures that its operator reads."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from search_api.accepting import Shares
from search_api.metrics import Looked, forget
from search_api.server import Server, serve
from tests.ports import free_port
from vivier.check import Figure
from vivier.engine.embedded.store import EmbeddedStore
from vivier.settings import Settings

NOBODY = 2**22 + 1
"""A process that does not exist."""
FIGURE = Figure("vivier_letters", "Letters.", "state", {"sent": 2.0})


@pytest.fixture
def alone() -> Iterator[None]:
    """A signal interrupts this process, which may have been begun without; once a server has set them, the loggers of uvicorn are as they were."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(logger, logger.handlers, logger.propagate, logger.level) for logger in loggers]
    yield
    signal.signal(signal.SIGINT, handler)
    for logger, handlers, propagate, level in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says who asks."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['client'][0]} {scope['scheme']}".encode()})


def get(port: int, path: str = "/", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


@pytest.mark.usefixtures("alone")
def test_a_process_serves_its_pages_and_its_figures_until_it_is_told_to_end(tmp_path: Path) -> None:
    figures, token = free_port(), "jeton" * 8
    settings = Settings.model_validate(
        {"home": tmp_path, "workers": 1, "metrics_port": figures, "metrics_token": SecretStr(token)}
    )
    found: list[Any] = []

    def asks() -> None:
        try:
            proxied = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
            found.append(get(listening.getsockname()[1], **proxied))
            found.append(get(figures, "/metrics"))
            found.append(get(figures, "/metrics", Authorization=f"Bearer {token}x"))
            found.append(get(figures, "/metrics", Authorization=f"Bearer {token}"))
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=asks)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            try:
                serve(lambda: app, settings, listening, EmbeddedStore(tmp_path), None, lambda: [FIGURE])
            finally:
                thread.join()  # the signal comes in any case
    page, bare, wrong, read = found
    assert (page[0], page[2]) == (200, "127.0.0.1 http") and "server" not in page[1]
    for refused in (bare, wrong):
        assert (refused[0], refused[1]["WWW-Authenticate"], refused[2]) == (401, "Bearer", "")
    assert (
        read[0] == 200
        and f'vivier_resident_bytes{{process="{os.getpid()}"}}' in read[2]
        and 'vivier_letters{state="sent"} 2.0' in read[2]
    )


def server(parent: int | None = None, started: Any = lambda: None) -> Server:
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none")
    return Server(config, Shares(1).of(0), started, parent)


def test_a_process_ends_with_the_one_that_watches_it_and_looks_twice_a_second() -> None:
    async def looked(server: Server, tick: int) -> bool:
        return await server.on_tick(tick)

    for parent, tick, ends in (
        (None, 0, False),
        (os.getppid(), 0, False),
        (NOBODY, 0, True),
        (NOBODY, 20, True),
        (NOBODY, 10, False),
    ):
        assert asyncio.run(looked(server(parent), tick)) is ends, (parent, tick)


def test_open_files_are_told_once_each_time_they_come_near_their_limit(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("uvicorn", "uvicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    limits, looking, told = resource.getrlimit(resource.RLIMIT_NOFILE), server(), []
    used = len([*Path("/proc/self/fd").iterdir()])
    try:
        for most in (limits[0], used + 2, used + 2, used * 2, used + 2):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, limits[1]))
            looking._look()
            told.append(
                len({id(record) for record in caplog.records if "fichiers et connexions" in record.getMessage()})
            )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert told == [0, 1, 1, 1, 2]


def test_figures_are_those_of_each_collection_each_process_and_the_home(engine: EmbeddedStore) -> None:
    own, live = os.getpid(), engine.live("suppliers")
    looked = Looked(engine, [own, NOBODY], lambda: [FIGURE])
    found = {
        metric.name: {tuple(sample.labels.values()): sample.value for sample in metric.samples}
        for metric in looked.collect()
    }
    assert found["vivier_generation_documents"] == {("suppliers",): live.documents}
    assert found["vivier_generation_age_seconds"].pop(("suppliers",)) > 0
    rows = {
        ("suppliers", read["source"]["id"], outcome): count
        for read in live.meta["sources"]
        for outcome, count in ({"kept": read["kept"]} | read["set_aside"] | read["skipped"]).items()
    }
    assert rows and found["vivier_source_rows"] == rows
    assert found["vivier_open_files"].keys() == found["vivier_resident_bytes"].keys() == {(str(own),)}
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    assert found["vivier_resident_bytes"][str(own),] == pytest.approx(resident, rel=0.2)
    assert found["vivier_open_files"][str(own),] == pytest.approx(len([*Path("/proc/self/fd").iterdir()]), abs=2)
    assert found["vivier_letters"] == {("sent",): 2.0}
    forget(NOBODY)  # nothing is shared here
