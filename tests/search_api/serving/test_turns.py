"""What computes at a time, what waits and what is refused, with lanes narrow enough to be filled by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from search_api.bodies import LARGEST
from search_api.clients import CLIENT
from search_api.costs import LANE, REFUSED
from search_api.lanes import Lanes, Width
from search_api.metrics import IN_FLIGHT
from search_api.spool import Spools
from vivier.deadline import Deadline, check, limited
from vivier.errors import StudyTooLong

YOURS = "Trop de requêtes viennent de chez vous en même temps. Attendez la fin des premières."
WIDTHS = {"search": Width(2, 2), "export": Width(1, 1), "study": Width(1, 3)}
BIG = "/v1/needs/batch"


@dataclass
class Asked:
    """A request: what it sends, what it is answered."""

    scope: dict[str, Any]
    sent: asyncio.Queue[dict[str, Any]]
    answers: list[dict[str, Any]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def status(self) -> int | None:
        return self.answers[0]["status"] if self.answers else None

    @property
    def refusal(self) -> tuple[int | None, str, str]:
        """Its status, the reason that is counted, the sentence."""
        headers = dict(self.answers[0]["headers"])
        assert headers[b"retry-after"] == b"30"
        return self.status, self.scope[REFUSED], json.loads(self.answers[1]["body"])["detail"]


class House:
    """The lanes over an application that answers when it is let: the paths that compute, in order, and those let."""

    def __init__(self) -> None:
        self.computing: list[str] = []
        self.let: dict[str, asyncio.Event] = {}
        self.lanes = Lanes(self.app, WIDTHS, {BIG: LARGEST + 5})  # type: ignore[arg-type]

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await send({"type": "passed"})
            return
        name = scope["query_string"].decode()
        self.computing.append(name)
        try:
            body = (await receive())["body"]
            await self.let.setdefault(name, asyncio.Event()).wait()
            check()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            if scope["path"].endswith(".csv"):
                await send({"type": "http.response.body", "body": body, "more_body": True})
                body = b""
            await send({"type": "http.response.body", "body": body})
        except StudyTooLong:
            self.computing.append(f"{name} too long")

    async def ask(
        self, path: str, name: str, client: str = "a", *pieces: bytes, reads: str = "", **headers: str
    ) -> Asked:
        """Sends a request, whose body comes in pieces, and does what can be done. ``reads``: « no » for an answer that is not read."""
        given = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": name.encode(), "headers": given}
        asked = Asked(scope | {CLIENT: client, "scheme": "http", "server": ("x", 80)}, asyncio.Queue())
        for at, piece in enumerate(pieces):
            asked.sent.put_nowait({"type": "http.request", "body": piece, "more_body": at + 1 < len(pieces)})

        async def send(message: Any) -> None:
            asked.answers.append(message)
            await asked.reads.wait()

        if reads != "no":
            asked.reads.set()
        asked.task = asyncio.ensure_future(self.lanes(asked.scope, asked.sent.get, send))
        await rounds()
        return asked

    async def end(self, *names: str) -> None:
        """Lets the application answer these."""
        for name in names:
            self.let.setdefault(name, asyncio.Event()).set()
            await rounds()


async def rounds() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def running(story: Callable[[House], Awaitable[None]]) -> None:
    async def whole() -> None:
        house = House()
        try:
            await story(house)
        finally:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await rounds()

    asyncio.run(whole())


def in_flight(lane: str) -> float:
    return next(iter(IN_FLIGHT.labels(lane).collect())).samples[0].value


def test_a_lane_answers_so_many_at_once_half_of_them_for_one_client_and_refuses_beyond_what_waits() -> None:
    async def story(house: House) -> None:
        before = in_flight("search")
        first = await house.ask("/v1/suppliers", "a1")
        waits = await house.ask("/v1/suppliers", "a2")
        assert house.computing == ["a1"] and first.scope[LANE] == "search"
        assert (await house.ask("/v1/suppliers", "a3")).refusal == (429, "client_search", YOURS)
        await house.ask("/v1/suppliers", "b1", "b")
        await house.ask("/v1/suppliers", "b2", "b")
        assert house.computing == ["a1", "b1"] and in_flight("search") == before + 4
        full = (503, "search_full", "Trop de recherches en même temps. Réessayez dans un instant.")
        assert (await house.ask("/v1/suppliers", "c1", "c")).refusal == full
        assert (await house.ask("/health", "free", "c")).status is None and house.computing[-1] == "free"
        await house.end("b1")
        assert house.computing[3:] == ["b2"]
        await house.end("a1", "a2", "b2")
        assert (first.status, waits.status, in_flight("search")) == (200, 200, before)
        assert (await house.ask("/v1/suppliers", "c2", "c")).status is None and house.computing[-1] == "c2"

    running(story)


def test_a_turn_is_for_the_first_that_waits_whose_client_has_not_its_share() -> None:
    async def story(house: House) -> None:
        for name, client in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            await house.ask("/v1/suppliers", name, client)
        assert house.computing == ["a1", "b1"]  # the second of « a » waits, that of « b » does not
        last = await house.ask("/v1/suppliers", "c1", "c")
        await house.end("b1")
        assert house.computing[2:] == ["c1"] and last.status is None
        await house.end("a1")
        assert house.computing[3:] == ["a2"]

    running(story)


def test_a_request_that_is_given_up_leaves_its_place_and_its_turn() -> None:
    async def story(house: House) -> None:
        computes = await house.ask("/v1/depth", "a1")
        waits = await house.ask("/v1/depth", "b1", "b")
        third = await house.ask("/v1/depth", "c1", "c")
        for asked in (waits, computes):
            assert asked.task is not None
            asked.task.cancel()
            await rounds()
        assert house.computing == ["a1", "c1"] and third.status is None
        await house.end("c1")
        assert third.status == 200 and in_flight("study") == 0

    running(story)


def test_an_export_computes_for_another_while_its_answer_is_read() -> None:
    async def story(house: House) -> None:
        first = await house.ask("/v1/suppliers.csv", "a1", "a", b"un", content_length="2")
        second = await house.ask("/v1/suppliers.csv", "b1", "b", b"un", content_length="2")
        assert house.computing == ["a1"]
        await house.end("a1")
        assert house.computing == ["a1", "b1"] and len(first.answers) == 2  # it waits for its turn again
        await house.end("b1")
        assert len(first.answers) == len(second.answers) == 3
        full = (503, "export_full", "Trop de téléchargements en même temps. Réessayez dans un instant.")
        await house.ask("/v1/suppliers.csv", "a2")
        await house.ask("/v1/suppliers.csv", "b2", "b")
        assert (await house.ask("/v1/suppliers.csv", "c2", "c")).refusal == full

    running(story)


def test_exports_that_two_clients_do_not_read_leave_their_places_and_are_five_a_client_at_most() -> None:
    async def story(house: House) -> None:
        unread = []
        for client in "ab" * 5:
            unread.append(await house.ask("/v1/suppliers.csv", "x", client, b"un", content_length="2", reads="no"))
            await house.end("x")
        assert [asked.status for asked in unread] == [200] * 10 and in_flight("export") == 0
        assert (await house.ask("/v1/suppliers.csv", "a6")).refusal == (429, "client_export", YOURS)
        third = await house.ask("/v1/suppliers.csv", "c1", "c", b"un", content_length="2")
        await house.end("c1")
        assert [answer.get("body") for answer in third.answers] == [None, b"un", b""]
        unread[0].reads.set()
        await rounds()
        assert unread[0].task is not None and unread[0].task.done()
        again = await house.ask("/v1/suppliers.csv", "x", "a", b"un", content_length="2")
        assert again.status == 200

    running(story)


PIECES = [bytes([65 + number]) * 150_000 for number in range(5)]


@pytest.mark.parametrize("room", [1 << 30, 200_000])
def test_an_answer_is_made_before_it_is_read_while_there_is_room_and_is_sent_whole(room: int) -> None:
    made: list[int] = []
    reads = asyncio.Event()
    read: list[bytes] = []

    async def make(send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number, piece in enumerate(PIECES, 1):
            await send({"type": "http.response.body", "body": piece, "more_body": number < len(PIECES)})
            made.append(number)

    async def send(message: Any) -> None:
        await reads.wait()
        read.append(message.get("body", b""))

    async def story() -> None:
        spools = Spools(room)
        answering = asyncio.ensure_future(spools.answer(make, send))
        await rounds()
        assert made == ([1, 2, 3, 4, 5] if room > 1_000_000 else [1, 2]) and not read
        reads.set()
        await answering
        assert b"".join(read) == b"".join(PIECES) and spools.bytes == 0

    asyncio.run(story())


def test_a_fault_in_the_middle_of_an_answer_cuts_it_after_what_was_made() -> None:
    read: list[Any] = []

    async def make(send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        raise StudyTooLong

    async def send(message: Any) -> None:
        read.append(message)

    with pytest.raises(StudyTooLong):
        asyncio.run(Spools().answer(make, send))
    assert [message.get("body") for message in read] == [None, b"a"]


def test_a_study_ends_when_its_client_leaves_and_a_search_does_not() -> None:
    async def story(house: House) -> None:
        for path, name in (("/v1/depth", "study"), ("/v1/suppliers", "search")):
            asked = await house.ask(path, name)
            asked.sent.put_nowait({"type": "http.disconnect"})
            await house.end(name)
        assert house.computing == ["study", "study too long", "search"]

    running(story)


def test_a_body_is_read_whole_before_it_takes_a_place_and_given_as_it_came() -> None:
    async def story(house: House) -> None:
        asked = await house.ask("/v1/suppliers", "a1", "a", b"un", b" deux", transfer_encoding="chunked")
        await house.end("a1")
        assert [answer.get("body") for answer in asked.answers] == [None, b"un deux"]
        coming = await house.ask("/v1/suppliers", "a2", content_length="3")
        assert house.computing == ["a1"] and in_flight("search") == 0
        coming.sent.put_nowait({"type": "http.disconnect"})
        await rounds()
        assert coming.task is not None and coming.task.done() and coming.answers == []
        await house.ask("/v1/suppliers", "a3", content_length="0")
        assert house.computing[-1] == "a3"

    running(story)


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/v1/suppliers", LARGEST, 200),
        ("/v1/suppliers", LARGEST + 1, 413),
        (BIG, LARGEST + 5, 200),
        (BIG, LARGEST + 6, 413),
    ],
)
def test_a_body_is_as_large_as_its_route_reads(path: str, length: int, status: int) -> None:
    async def story(house: House) -> None:
        asked = await house.ask(path, "a1", "a", b" " * (length - 1), b" ", content_length=str(length))
        await house.end("a1")
        assert asked.status == status
        if status == 413:
            assert asked.refusal[1:] == ("too_large", "Le corps de la requête dépasse 8 Mo.")

    running(story)


@pytest.mark.parametrize(("path", "most"), [("/v1/suppliers", 8), (BIG, 2)])
def test_a_client_sends_so_many_bodies_at_a_time(path: str, most: int) -> None:
    async def story(house: House) -> None:
        coming = [await house.ask(path, f"a{n}", content_length="3") for n in range(most)]
        assert [asked.status for asked in coming] == [None] * most
        assert (await house.ask(path, "late", content_length="3")).refusal == (429, "client_bodies", YOURS)
        assert (await house.ask(path, "other", "b", content_length="3")).status is None
        await house.ask("/v1/suppliers", "bare")
        assert house.computing == ["bare"]
        coming[0].sent.put_nowait({"type": "http.disconnect"})
        await rounds()
        assert (await house.ask(path, "again", content_length="3")).status is None

    running(story)


def test_what_is_no_request_passes() -> None:
    async def story(house: House) -> None:
        given: list[Any] = []

        async def send(message: Any) -> None:
            given.append(message)

        await house.lanes({"type": "lifespan"}, asyncio.Queue().get, send)
        assert given == [{"type": "passed"}]

    running(story)


def test_what_a_thread_computes_between_two_requests_is_counted_to_neither() -> None:
    with limited(Deadline(1e9)):
        check()
    assert sum(range(100_000))
    with limited(Deadline(1e-4)):
        check()
