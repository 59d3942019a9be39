"""Answers made as fast as they can be, and sent as fast as their clients read: what is not read yet waits in a file.

Who reads slowly holds a file and none of the places that compute. Above :data:`_ROOM` bytes that wait, answers are made as they are read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import Final

from starlette.types import Message, Send

_IN_MEMORY: Final = 256 << 10
"""Bytes of an answer that wait in memory; more are in a file without a name."""
_PART: Final = 64 << 10
"""Bytes sent at a time."""
_ROOM: Final = 256 << 20
"""Bytes that wait in a process for their clients."""


class Spools:
    """The answers of a process that are being read: ``room`` bytes of them wait at most."""

    def __init__(self, room: int = _ROOM) -> None:
        self.room, self.bytes = room, 0

    async def answer(self, make: Callable[[Send], Awaitable[None]], send: Send) -> None:
        """Sends what ``make`` writes to the ``send`` that it is given. Raises what it raises, once what it wrote before is sent."""
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            spool = _Spool(self, file)
            making = asyncio.ensure_future(make(spool.put))
            making.add_done_callback(lambda _: spool.changed.set())
            try:
                while spool.waits or not making.done():
                    spool.changed.clear()  # what changes from here on is seen below
                    for message in spool.taken():
                        await send(message)
                    if not (spool.waits or making.done()):
                        await spool.changed.wait()
                await making
                if spool.is_whole:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                making.cancel()
                self.bytes -= spool.written


class _Spool:
    """What was made of an answer, and how much of it was taken to be sent."""

    def __init__(self, spools: Spools, file: SpooledTemporaryFile[bytes]) -> None:
        self._spools, self._file = spools, file
        self._heads: list[Message] = []
        self.written = self._read = 0
        self.changed, self._took = asyncio.Event(), asyncio.Event()
        self.is_whole = False

    @property
    def waits(self) -> bool:
        """Whether something is to be sent."""
        return bool(self._heads) or self._read < self.written

    async def put(self, message: Message) -> None:
        """Writes a part of the answer. Waits for its client while those of the process have all the room."""
        if message["type"] != "http.response.body":
            self._heads.append(message)
        elif body := message.get("body", b""):
            while self._spools.bytes >= self._spools.room and self.waits:
                self._took.clear()
                await self._took.wait()
            self._file.seek(self.written)
            self._file.write(body)
            self.written += len(body)
            self._spools.bytes += len(body)
        self.is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        self.changed.set()

    def taken(self) -> list[Message]:
        """The next messages to send."""
        heads, self._heads = self._heads, []
        self._file.seek(self._read)
        part = self._file.read(_PART)
        self._read += len(part)
        self._took.set()
        return [*heads, *([{"type": "http.response.body", "body": part, "more_body": True}] if part else [])]
