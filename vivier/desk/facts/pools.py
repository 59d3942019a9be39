"""The candidates of a trade in a place, read once for the lots of a programme, and remembered from one request to the next: a lot is
asked again with another amount, an answer or a setting, and what does not depend on these stays with its pool."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Final

from vivier.desk.facts.around import around
from vivier.desk.facts.candidates import Sites, SupplyAsked, candidates
from vivier.desk.facts.remembered import on
from vivier.desk.method.assessing import Pool
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.snapshot import Snapshot

CANDIDATE: Final = 650
"""Bytes of a candidate in a pool, as :func:`vivier.memory.measured` gives of pools of three indexes (500 to 650): to measure each pool takes
longer than to read it."""
_REMEMBERED: Final[Room[Hashable, Pool]] = Room(lambda pool: CANDIDATE * (len(pool.candidates) + len(pool.around)))
"""A région asks for as many pools as it has départements, a programme for one for each of its trades and places."""


class Pools:
    """The pools of one request, on one snapshot and one day."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> None:
        self._snapshot, self._lexicon, self._as_of = snapshot, lexicon, as_of
        self._sites = Sites.of(snapshot, as_of)
        self._data = on(snapshot, as_of, "suppliers")
        self._own: dict[Hashable, Pool] = {}

    def of(self, trades: tuple[str, ...], territories: tuple[str, ...]) -> Pool:
        """The candidates of a trade in a place, or of several that go together, and the sites that would cover it with larger zones."""
        return self._pool(trades, territories, wider=True)

    def near(self, trades: tuple[str, ...], territories: tuple[str, ...]) -> Pool:
        """The same candidates, without the sites that larger zones would add: nothing of a board tells of them."""
        return self._pool(trades, territories, wider=False)

    def of_part(self, trades: tuple[str, ...], part: str) -> Pool:
        """The same candidates in a part of a place."""
        return self._pool(trades, (part,), wider=False)

    def _pool(self, trades: tuple[str, ...], territories: tuple[str, ...], *, wider: bool) -> Pool:
        key = trades, territories, wider
        if key not in self._own:
            self._own[key] = _REMEMBERED.of((key, self._data), lambda: self._read(trades, territories, wider))
        return self._own[key]

    def _read(self, trades: tuple[str, ...], territories: tuple[str, ...], wider: bool) -> Pool:
        query = SupplyAsked(trades, territories, self._as_of)
        where = self._snapshot, self._lexicon, self._sites
        if not wider:
            return Pool(candidates(query, *where))
        return Pool(self.near(trades, territories).candidates, around(query, *where))


__all__ = ["Pools"]
