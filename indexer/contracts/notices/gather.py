"""Reads the notice records of every run twice: once to place each notice in its chain, once to publish it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from indexer.contracts.names import Names, named_by_tables
from indexer.contracts.notices.chain import Fate, entry_of, fates, key_of
from indexer.contracts.notices.places import NoticePlaces
from vivier.contracts.provisions import families_of
from vivier.french import PARIS
from vivier.model import Notice, PublishedNotice
from vivier.runs.records import Unreadable, current_run, loaded_sources, read_models
from vivier.territory import Gazetteer

_COMPLETED: Final = (
    "cpv", "nuts", "departements", "description", "criteria", "evidence", "conditions", "months", "starts", "ends",
    "amount_min", "amount_max", "category", "procedure", "buyer_place",
)  # fmt: skip
_UNTOUCHED: Final = Fate()


class GatheredNotices:
    """The notices of the runs in force. Only chains and the notices that corrections complete are kept in memory."""

    def __init__(
        self,
        runs: Mapping[str, Path],
        gazetteer: Gazetteer,
        seen: Mapping[str, date] | None = None,
        names: Names | None = None,
        unreadable: Callable[[str], Unreadable] = lambda source: _ignored,
    ) -> None:
        """``seen``: the day each undated notice of the live generation was first read; ``names`` name the buyers and winners that a
        notice does not; ``unreadable``: what becomes of the lines of
        a source that are no notice. They are given once."""
        self._runs = runs
        self._seen = seen or {}
        self._names = names or Names()
        self._places = NoticePlaces(gazetteer)
        self._fates = fates(entry_of(notice) for notice in self._read(unreadable))
        wanted = {fate.inherits for fate in self._fates.values() if fate.inherits is not None}
        self._completing = (
            {key_of(notice): notice for notice in self._read() if key_of(notice) in wanted} if wanted else {}
        )

    def __iter__(self) -> Iterator[Notice]:
        """Every notice once, as read."""
        seen: set[str] = set()
        for notice in self._read():
            key = key_of(notice)
            if key not in seen:
                seen.add(key)
                yield notice

    def _read(self, unreadable: Callable[[str], Unreadable] = lambda source: _ignored) -> Iterator[Notice]:
        for source, run in self._runs.items():
            yield from read_models(run, Notice, unreadable(source))

    def published(self, notice: Notice) -> PublishedNotice:
        """The notice with what other notices change in it."""
        key = key_of(notice)
        fate = self._fates.get(key, _UNTOUCHED)
        notice = self._completed(notice, fate.inherits)
        seat = self._places.seat(notice.buyer, notice.buyer_place)
        fields: dict[str, Any] = {name: getattr(notice, name) for name in Notice.model_fields}
        fields["buyer"] = buyer = self._names.named(named_by_tables(notice.buyer, seat))
        fields["winners"] = winners = tuple(map(self._names.named, notice.winners))
        places = self._places.of(notice)
        if (commune := self._places.in_title(notice, places, seat)) is not None:
            places = (commune,)
            fields["national"] = False
            fields["issues"] = (*notice.issues, "place_from_title")
        # every value comes from a checked record, and checking it again would double the cost
        return PublishedNotice.model_construct(
            **fields,
            key=key,
            status=fate.status,
            settled=fate.settled,
            linked=tuple(fate.linked),
            twin=fate.twin,
            places=places,
            buyer_seat=seat.seat,
            buyer_category=None if notice.buyer.siren is None else seat.category,
            reserved_for=families_of(notice.evidence),
            sources=(notice.provenance, *self._names.sources(buyer, *winners)),
            seen=self._first_read(key, notice),
        )

    def _first_read(self, key: str, notice: Notice) -> date | None:
        fetched = notice.provenance.fetched_at
        if notice.published is not None or fetched is None:
            return None
        return self._seen.get(key, fetched.astimezone(PARIS).date())

    def _completed(self, notice: Notice, inherits: str | None) -> Notice:
        """A correction, with the fields that it does not repeat taken from the notice it corrects, which may itself
        complete an earlier one."""
        seen: set[str] = set()
        while inherits is not None and inherits not in seen and inherits in self._completing:
            seen.add(inherits)
            earlier = self._completing[inherits]
            changes = {
                name: getattr(earlier, name)
                for name in _COMPLETED
                if not getattr(notice, name) and getattr(earlier, name)
            }
            if notice.buyer.siren is None and earlier.buyer.siren is not None:
                changes["buyer"] = earlier.buyer
            notice = notice.model_copy(update=changes) if changes else notice
            inherits = self._fates.get(inherits, _UNTOUCHED).inherits
        return notice


def _ignored(number: int, error: Exception) -> None:
    """Lets a line that cannot be read go by: the first reading of its run counts it."""


def notice_runs(records: Path) -> dict[str, Path]:
    """The run in force of every source of notices that was loaded."""
    return {name: current_run(records, name) for name in loaded_sources(records, "notices")}


def buyer_names(records: Path) -> dict[str, tuple[str, ...]]:
    """Names of buyers by SIREN, the most frequent first. Contracts have had no names since 2022; notices have them."""
    names_of: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for run in notice_runs(records).values():
        for notice in read_models(run, Notice, _ignored):
            if notice.buyer.siren is not None and notice.buyer.name is not None:
                names_of[notice.buyer.siren][notice.buyer.name] += 1
    return {
        siren: tuple(sorted(names, key=lambda name: (-names[name], -len(name), name)))
        for siren, names in names_of.items()
    }
