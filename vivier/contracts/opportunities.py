"""Joins the lots of one consultation: a director reads one opportunity, whatever its number of lots.

The engine ranks lots. The best lot of a consultation gives the opportunity its place, and the others stand under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from vivier.search.operators import Collection, Exists, Measure, Operator, Search, Terms, conjunction
from vivier.search.port import Answer, Hit, Reader
from vivier.search.snapshot import Snapshot

DEEPEST: Final = 10_000
"""Lots read at most to fill a page: OpenSearch answers no deeper."""
_MORE: Final = 4


@dataclass(frozen=True)
class Opportunity:
    """The lot ranked first, and the other lots of its consultation that meet the same search, best first."""

    first: Hit[Any]
    others: tuple[Hit[Any], ...] = ()


@dataclass(frozen=True)
class Opportunities:
    """The first opportunities of a search, best first; ``total`` counts all of them, ``counts`` what the search counts beside."""

    found: tuple[Opportunity, ...]
    total: int
    counts: dict[str, int]


def meant_trades(reader: Reader[Any], ids: Iterable[str]) -> dict[str, int]:
    """The trades that records mean, by their CPV or their words, the broader ones too: how many of these records mean each."""
    return reader.group(Terms("id", tuple(ids)), "meant_trades", (Measure("n"),)).counts("n")


def consultation_of(record: Mapping[str, Any]) -> str | None:
    """The consultation of a contract or of a notice, as the index names it; ``None`` for a purchase without sister lots."""
    if "title" in record:
        return f"{record['source']}-{record['number']}" if record.get("lot") is not None else None
    return record.get("consultation")


def opportunities(snapshot: Snapshot, collection: Collection, search: Search, wanted: int) -> Opportunities:
    """The first ``wanted`` opportunities of a search, each with its lots. Raises ``NotFound`` when the collection is not indexed."""
    reader = snapshot.of(collection)
    (firsts, answer), others = snapshot.together(
        lambda: first_lots(reader, search, wanted), lambda: other_lots(reader, search.where)
    )
    found = tuple(_with_lots(reader, search, firsts))
    return Opportunities(found, answer.total - others, answer.counts)


def first_lots(reader: Reader[Any], search: Search, wanted: int) -> tuple[list[Hit[Any]], Answer[Any]]:
    """The first lot of each of the first ``wanted`` opportunities, in the order of the search, and the answer on all lots."""
    answer = first = reader.search(replace(search, limit=wanted))
    size = wanted
    while len(_firsts(answer.hits)) < wanted and len(answer.hits) < min(first.total, DEEPEST):
        size = min(_MORE * size, DEEPEST)
        answer = reader.search(replace(search, limit=size, counts=()))
    return _firsts(answer.hits)[:wanted], first


def count(reader: Reader[Any], where: Operator, lots: int) -> int:
    """The number of opportunities among ``lots`` records that meet ``where``."""
    return lots - other_lots(reader, where)


def other_lots(reader: Reader[Any], where: Operator) -> int:
    """The number of records that meet ``where`` and are not the first of their consultation."""
    joined = reader.group(conjunction(where, Exists("consultation")), "consultation", (Measure("n"),))
    return int(joined.measures["n"].sum()) - len(joined.values)


def _firsts(hits: Iterable[Hit[Any]]) -> list[Hit[Any]]:
    """The best lot of each consultation, in order."""
    found: dict[str, Hit[Any]] = {}
    for hit in hits:
        found.setdefault(consultation_of(hit.record) or hit.id, hit)
    return list(found.values())


def _with_lots(reader: Reader[Any], search: Search, firsts: list[Hit[Any]]) -> list[Opportunity]:
    names = [name for first in firsts if (name := consultation_of(first.record)) is not None]
    lots: dict[str, list[Hit[Any]]] = {}
    if names:
        where = conjunction(search.where, Terms("consultation", tuple(names)))
        for hit in reader.search(replace(search, where=where, counts=(), limit=DEEPEST)).hits:
            lots.setdefault(consultation_of(hit.record) or "", []).append(hit)
    return [
        Opportunity(
            first,
            tuple(hit for hit in lots.get(consultation_of(first.record) or "", ()) if hit.id != first.id),
        )
        for first in firsts
    ]
