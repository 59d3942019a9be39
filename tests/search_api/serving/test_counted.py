"""What one client spends in a minute, and by what it is known: in the memory of a process, and in a store that does not answer."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.requests import Request

from search_api.clients import CLIENT, Clients
from search_api.costs import LANE, REFUSED
from search_api.metrics import FORWARDED, UNCOUNTED
from search_api.rates import Rates, client_key
from search_api.troubles import Troubles
from tests.ports import free_port
from vivier.settings.serving import Network

PATHS = {"search": "/v1/suppliers", "given": "/v1/rounds", "study": "/v1/depth", "export": "/v1/suppliers.csv"}


async def app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await send({"type": "http.response.body", "body": b""})


def asking(path: str, client: str | None = "a", **more: Any) -> dict[str, Any]:
    known = {} if client is None else {CLIENT: client}
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], **known, **more}


async def answered(middleware: Any, scope: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await middleware({"scheme": "http", "server": ("x", 80), **scope}, asyncio.Queue().get, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


def left(headers: dict[str, str]) -> int:
    """The units that are left, for a minute at most."""
    assert headers["ratelimit-policy"] == '"minute";q=40;w=60'
    _, remaining, seconds = headers["ratelimit"].split(";")
    assert 1 <= int(seconds.removeprefix("t=")) <= 60
    return int(remaining.removeprefix("r="))


def test_each_request_costs_its_client_what_its_lane_costs_until_nothing_is_left() -> None:
    async def story() -> None:
        rates = Rates(app, 40, "memory://", Troubles())
        spent = [await answered(rates, asking(PATHS[lane])) for lane in ("search", "given", "study", "export")]
        assert [(status, left(headers)) for status, headers, _ in spent] == [(200, 39), (200, 34), (200, 24), (200, 4)]
        assert [headers["a"] for _, headers, _ in spent] == ["b"] * 4
        status, headers, body = await answered(rates, asking(PATHS["given"]))
        assert (status, left(headers), json.loads(body)["status"]) == (429, 4, 429)
        assert headers["retry-after"] == headers["ratelimit"].rpartition("t=")[2]
        for _ in range(4):
            assert (await answered(rates, asking(PATHS["search"])))[0] == 200
        assert (await answered(rates, asking(PATHS["search"])))[0] == 429
        assert left((await answered(rates, asking(PATHS["search"], "b")))[1]) == 39

    asyncio.run(story())


def test_the_clients_of_a_network_have_four_times_what_one_has_and_a_greedy_one_spends_its_own_first() -> None:
    async def story() -> None:
        rates = Rates(app, 40, "memory://", Troubles())

        async def exports(client: str, count: int) -> list[int]:
            return [(await answered(rates, asking(PATHS["export"], client)))[0] for _ in range(count)]

        assert await exports("net.a", 9) == [200, 200] + [429] * 7
        assert await exports("net.b", 2) + await exports("net.c", 2) + await exports("net.d", 2) == [200] * 6
        assert await exports("net.e", 1) == [429] and await exports("other.e", 1) == [200]

    asyncio.run(story())


def test_a_refusal_is_counted_by_its_reason_and_its_lane() -> None:
    async def story() -> None:
        rates, scope = Rates(app, 9, "memory://", Troubles()), asking(PATHS["study"])
        whole = {"scheme": "http", "server": ("x", 80), **scope}
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await rates(whole, asyncio.Queue().get, send)
        assert (sent[0]["status"], whole[LANE], whole[REFUSED]) == (429, "study", "rate")

    asyncio.run(story())


@pytest.mark.parametrize(("path", "client"), [("/health", "a"), ("/v1/suppliers", None)])
def test_what_is_free_and_who_is_nobody_are_not_counted(path: str, client: str | None) -> None:
    status, headers, _ = asyncio.run(answered(Rates(app, 1, "memory://", Troubles()), asking(path, client)))
    assert (status, headers) == (200, {"a": "b"})


def test_a_store_that_does_not_answer_limits_nobody_is_told_once_and_is_left_alone() -> None:
    async def story() -> None:
        troubles, before = Troubles(), UNCOUNTED._value.get()
        rates = Rates(app, 1, f"redis://127.0.0.1:{free_port()}", troubles)
        for _ in range(3):
            assert await answered(rates, asking(PATHS["study"])) == (200, {"a": "b"}, b"")
        assert troubles.sentences == (
            "Le compteur des limites ne répond pas (VIVIER_RATE_STORE). Les requêtes passent sans être comptées.",
        )
        assert UNCOUNTED._value.get() == before + 3

    asyncio.run(story())


def test_a_store_that_answers_again_ends_the_trouble() -> None:
    troubles = Troubles()
    troubles.begin("rate", "Il ne répond pas.")
    asyncio.run(answered(Rates(app, 40, "memory://", troubles), asking(PATHS["search"])))
    assert troubles.sentences == ()


PROXY = ip_network("10.0.0.1")
SAID = (b"x-forwarded-for", b"203.0.113.9")


@pytest.mark.parametrize(
    ("peer", "trusted", "headers", "client", "ignored"),
    [
        ("203.0.113.9", (), [], "203.0.113.9", 0),
        ("::ffff:203.0.113.9", (), [], "203.0.113.9", 0),
        ("10.0.0.1", (PROXY,), [SAID], "203.0.113.9", 0),
        ("::ffff:10.0.0.1", (PROXY,), [SAID], "203.0.113.9", 0),
        ("10.0.0.1", (PROXY,), [], None, 0),
        ("10.0.0.2", (PROXY,), [SAID], "10.0.0.2", 1),
        ("10.0.0.2", (), [SAID], "10.0.0.2", 1),
        (None, (PROXY,), [SAID], None, 1),
        ("testclient", (), [], None, 0),
    ],
)
def test_who_asks_is_the_peer_unless_a_trusted_proxy_says_it(
    peer: str | None, trusted: tuple[Network, ...], headers: list[Any], client: str | None, ignored: int
) -> None:
    seen: list[str] = []

    async def named(scope: Any, receive: Any, send: Any) -> None:
        seen.append(client_key(Request(scope)))

    async def known(peer: str | None, trusted: tuple[Network, ...], headers: list[Any]) -> str:
        scope = {"type": "http", "scheme": "http", "client": None if peer is None else (peer, 1), "headers": headers}
        await Clients(named, b"key", trusted, troubles)(scope, asyncio.Queue().get, asyncio.Queue().put)
        return seen.pop()

    troubles, before = Troubles(), FORWARDED._value.get()
    found = asyncio.run(known(peer, trusted, headers))
    assert FORWARDED._value.get() == before + ignored and len(troubles.sentences) == ignored
    assert found == asyncio.run(known(client, (), [])) and len(found) == (0 if client is None else 24)


@pytest.mark.parametrize("said", ["unknown", "203.0.113.5, garbage", "", " , ", "unknown, 10.0.0.1", "_hidden:80"])
def test_those_of_whom_a_trusted_proxy_says_no_address_are_one_client_and_the_operator_knows(said: str) -> None:
    seen, troubles = [], Troubles()

    async def named(scope: Any, receive: Any, send: Any) -> None:
        seen.append(client_key(Request(scope)))

    for text in (said, "something else"):
        headers = [(b"x-forwarded-for", text.encode())]
        scope = {"type": "http", "scheme": "http", "client": ("10.0.0.1", 1), "headers": headers}
        asyncio.run(Clients(named, b"key", (PROXY,), troubles)(scope, asyncio.Queue().get, asyncio.Queue().put))
    assert seen[0] == seen[1] != "" and "ne dit pas qui demande" in " ".join(troubles.sentences)
