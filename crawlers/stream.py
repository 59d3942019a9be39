"""Adds a reading to a stream: contracts, notices and planned purchases, whose files each give a part of what is known.

The records in force of a stream are those of all its readings, folded and sorted by the moment of the reading, then by file, so that
the order of readings of one moment never matters: the same files give the same bytes. ``known.npy`` beside them spares reading them
again.

- A notice has one key, its number and lot. The last version wins: by the day of its row, then that of a reading online, then
  its content.
- A contract has as many declarations as its sources publish, and the indexer tells the current one
  (:mod:`indexer.contracts.current`). What is folded is a declaration that another file repeats whole: the rows of one table
  that differ by their holders alone are one declaration, and « no longer in force » wins over « in force ».
"""

from __future__ import annotations

import os
import re
import shutil
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from vivier.durable import LargeFile
from vivier.runs.records import Content, RunDamaged, StreamCounts, refusing_damage

KNOWN: Final = "known.npy"
KEY, UNIT, ROW, ORIGIN, DAY, LIVE, FETCHED, CLOSED, LENGTH = range(9)
"""Columns of what is known of a line. Hashes of its key, of its content without holders, of its holders, of the file and reading that
gave it; days as ordinals (0: none) of the row and of the reading when it was online; moment of the reading; whether the source says
that the row is no longer in force; bytes of the line."""
WIDTH: Final = 9
_RECENT: Final = 20_000
"""Rows of a stream up to which contracts are compared by number, amount and day."""
_CHUNK: Final = 16 << 20
_DAYS: Final = re.compile(rb'"(?:published|notified)":"(\d{4})-(\d\d)-(\d\d)')
_PUBLISHED: Final = re.compile(rb'"published":"(\d{4})-(\d\d)-(\d\d)')
_UPDATED: Final = re.compile(rb'"updated_at":"(\d{4})-(\d\d)-(\d\d)')
_FETCHED: Final = re.compile(rb'"fetched_at":"([^"]+)"')
_BUYER: Final = re.compile(rb'"buyer":\{[^}]*\}')
_NUMBER: Final = re.compile(rb'"number":"((?:[^"\\]|\\.)*)"')
_OBJECT: Final = re.compile(rb'"object":"((?:[^"\\]|\\.)*)"')
_LOOSE: Final = re.compile(rb'(?<=[,{])"(?:number|amount|notified)":(?:"(?:[^"\\]|\\.)*"|[^,}]*)')
_HOLDERS: Final = re.compile(rb'"holders":\[.*?\](?=,"|\})')

Numbers = npt.NDArray[np.uint64]
Pairs = Sequence[tuple[dict[str, Any], dict[str, Any]]]
"""Records of one key: as it was, as it is read."""
COMPARED: Final = 128
"""Records of known keys that are compared at most, or twice as many."""


class Folded(NamedTuple):
    """The lines to keep, in order (position among the former lines, then the new ones), what is known of them, and how the new ones
    compare with the former."""

    order: npt.NDArray[np.int64]
    known: Numbers
    counts: StreamCounts
    repeated: int


def add_to_stream(
    folder: Path,
    former: Path | None,
    content: Content,
    *,
    read_online: date | None = None,
    since: date | None = None,
    check: Callable[[Pairs], None] = lambda pairs: None,
) -> tuple[StreamCounts, int]:
    """Replaces the records of a new run by those of the stream with them. Returns how they compare with those in force, and the number of
    rows that the reading itself repeats. ``former`` is the run in force, ``since`` the day before which dated rows leave.
    ``check`` is given a sample of the rows of one key in both, and may refuse the reading.

    Raises ``RunDamaged`` when the run in force cannot be read: nothing of it may be lost in silence.
    """
    fresh = folder / "records.jsonl"
    new = described(fresh, content, 0 if read_online is None else read_online.toordinal())
    old = np.empty((0, WIDTH), np.uint64) if former is None else known_of(former, content)
    if former is not None:
        for pairs in _of_one_key(former / "records.jsonl", old, fresh, new, content):
            check(pairs)
    folded = fold(old, new, content, 0 if since is None else since.toordinal())
    beside = folder / "folded.jsonl"
    files = [path for path, known in (((former or folder) / "records.jsonl", old), (fresh, new)) if len(known)]
    lengths = np.concatenate([old[:, LENGTH], new[:, LENGTH]]).astype(np.int64)
    starts = np.concatenate([_starts(old), _starts(new)])
    places = np.repeat(np.arange(len(files)), [len(known) for known in (old, new) if len(known)])
    _write(beside, files, places[folded.order], starts[folded.order], lengths[folded.order])
    beside.replace(fresh)
    np.save(folder / KNOWN, folded.known)
    return folded.counts, folded.repeated


def _of_one_key(former: Path, old: Numbers, fresh: Path, new: Numbers, content: Content) -> Iterator[Pairs]:
    """Rows whose key is that of one row in both files, spread over them. A key of contracts holds buyer and object: where most rows have the
    number, amount and day of a known one, these are compared too."""
    with former.open("rb") as known, fresh.open("rb") as read:
        sides = ((known, old), (read, new))

        def pairs(keys: Sequence[Numbers], fewest: float) -> Pairs:
            places = [_alone(column) for column in keys]
            _, before, after = np.intersect1d(
                keys[0][places[0]], keys[1][places[1]], assume_unique=True, return_indices=True
            )
            step = max(1, len(before) // COMPARED)
            if len(before) < fewest:
                return ()
            rows = places[0][before[::step]], places[1][after[::step]]
            return list(
                zip(
                    *([orjson.loads(line) for line in _lines(*side, of)] for side, of in zip(sides, rows, strict=True)),
                    strict=True,
                )
            )

        same = pairs((old[:, KEY], new[:, KEY]), len(new) / 2)  # the few that a month repeats are those that changed
        named = content != "contracts" or len(same) >= min(COMPARED, len(new) / 2)
        yield [pair for pair in same if named or pair[0].get("object")]
        if content == "contracts" and max(len(old), len(new)) <= _RECENT:
            loose = [
                np.array([_loose(line) for line in _lines(*side, np.arange(len(side[1])))], np.uint64) for side in sides
            ]
            yield pairs(loose, len(new) / 2)


def _lines(file: BinaryIO, numbers: Numbers, rows: npt.NDArray[np.intp]) -> Iterator[bytes]:
    for start, length in zip(_starts(numbers)[rows].tolist(), numbers[rows, LENGTH].tolist(), strict=True):
        yield os.pread(file.fileno(), length, start)


def _loose(line: bytes) -> int:
    """The hash of the number, amount and day of a contract."""
    return _hash(b"".join(found.group() for found in _LOOSE.finditer(line, line.index(b',"form":'))))


def _alone(keys: Numbers) -> npt.NDArray[np.intp]:
    """The positions of the keys that come once."""
    _, first, times = np.unique(keys, return_index=True, return_counts=True)
    alone: npt.NDArray[np.intp] = first[times == 1]
    return alone


def known_of(run: Path, content: Content) -> Numbers:
    """What is known of the lines of a run in force, read again where it was written before streams had a memory."""
    records = run / "records.jsonl"
    with refusing_damage(records):
        size = records.stat().st_size
    if (run / KNOWN).exists():
        known: Numbers = np.load(run / KNOWN)
        if int(known[:, LENGTH].sum()) == size:
            return known
    return described(records, content, 0)


def described(records: Path, content: Content, live: int) -> Numbers:
    """What is known of each line of a file of records, in order. Raises ``RunDamaged`` for a line that is no record."""
    describe = _contract if content == "contracts" else _notice
    numbers = array("Q")
    with refusing_damage(records), records.open("rb") as lines:
        for line in lines:
            try:
                numbers.extend((*describe(line), len(line)))
            except (ValueError, AttributeError) as error:
                raise RunDamaged(
                    f"« {records} » est abîmé : restaurez votre copie, ou remplacez ce qui est connu par « --replace »."
                ) from error
    known: Numbers = np.frombuffer(numbers, np.uint64).reshape(-1, WIDTH).copy()
    known[:, LIVE] = live
    return known


def _contract(line: bytes) -> tuple[int, ...]:
    cut = line.index(b',"form":')
    holders = _HOLDERS.search(line, cut)
    edges = (len(line), len(line)) if holders is None else holders.span()
    content = line[cut : edges[0]] + line[edges[1] :]
    closed = b'"current":false' in content
    named = [found.group() for part in (_BUYER, _NUMBER, _OBJECT) if (found := part.search(line, cut)) is not None]
    return (
        _hash(b"".join(named)),
        _hash(content.replace(b'"current":false', b'"current":true') if closed else content),
        _hash(line[edges[0] : edges[1]]),
        *_origin(line[:cut]),
        max(map(_ordinal, _DAYS.finditer(line, cut)), default=0),
        0,
        _moment(line[:cut]),
        closed,
    )


def _notice(line: bytes) -> tuple[int, ...]:
    cut = line.index(b',"source":"')
    head = line[:cut]
    day = _PUBLISHED.search(line, cut) or _UPDATED.search(head)
    return (
        _hash(head[: head.index(b',"provenance":')]),
        _hash(line[cut:]),
        0,
        *_origin(head),
        0 if day is None else _ordinal(day),
        0,
        _moment(head),
        False,
    )


def _hash(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")


def _ordinal(found: re.Match[bytes]) -> int:
    return date(int(found[1]), int(found[2]), int(found[3])).toordinal()


def _origin(head: bytes) -> tuple[int]:
    """The file and the moment of a reading, from the beginning of a line: ``{"source_id":"FILE#12","provenance":{…}``."""
    file = head[: head.index(b',"provenance":')].rpartition(b"#")[0]
    fetched = _FETCHED.search(head)
    return (_hash(file + (fetched[1] if fetched is not None else b"")),)


def _moment(head: bytes) -> int:
    fetched = _FETCHED.search(head)
    return 0 if fetched is None else int(re.sub(rb"\D", b"", fetched[1])[:14])


def fold(old: Numbers, new: Numbers, content: Content, since: int = 0) -> Folded:
    """Folds new lines into the former ones. The result is the same whatever was former and whatever is new."""
    both = np.concatenate([old, new])
    keep = _declarations(both) if content == "contracts" else _last_versions(both)
    if since:
        keep = keep[(both[keep, DAY] == 0) | (both[keep, DAY] >= since)]
    last = (KEY, FETCHED) if content == "notices" else (ORIGIN, FETCHED)  # lines of one file stay in its order
    order = keep[np.lexsort([both[keep, column] for column in last])]
    fresh, repeated = new, 0
    if content == "notices":
        fresh = new[_last_versions(new)]
        repeated = len(new) - len(fresh)
    counts = _compared(old, fresh, both[order], len(order), content)
    return Folded(order, both[order], counts, repeated)


def _compared(old: Numbers, fresh: Numbers, retained: Numbers, rows: int, content: Content) -> StreamCounts:
    """How many of the rows read are new, change a known one, or bring nothing: known already, or older than what is known."""
    unknown = ~np.isin(fresh[:, KEY], old[:, KEY])
    same = np.isin(fresh[:, UNIT], old[:, UNIT])
    changed = ~unknown & ~same & np.isin(fresh[:, UNIT], retained[:, UNIT])
    added, altered = int(unknown.sum()), int(changed.sum())
    return StreamCounts(added=added, revised=altered, known=len(fresh) - added - altered, rows=rows)


def _last_versions(both: Numbers) -> npt.NDArray[np.int64]:
    """The positions of the last version of each notice. Of versions that are the same, the one that was read first."""
    first = np.iinfo(np.uint64).max - both[:, FETCHED]
    order = np.lexsort([both[:, ORIGIN], first, both[:, UNIT], both[:, LIVE], both[:, DAY], both[:, KEY]])
    keys = both[order, KEY]
    return order[np.append(keys[1:] != keys[:-1], True)] if len(order) else order


def _declarations(both: Numbers) -> npt.NDArray[np.int64]:
    """The positions of the declarations of contracts that no other one repeats whole."""
    order = np.lexsort([both[:, ORIGIN], both[:, UNIT]])
    units, origins = both[order, UNIT], both[order, ORIGIN]
    edges = np.flatnonzero(np.append(True, units[1:] != units[:-1])) if len(order) else order
    several = np.add.reduceat(np.append(False, (units[1:] == units[:-1]) & (origins[1:] != origins[:-1])), edges) > 0
    gone = np.zeros(len(both), bool)
    stops = np.append(edges[1:], len(order))
    for start, stop in zip(edges[several].tolist(), stops[several].tolist(), strict=True):
        group = order[start:stop]
        gone[group[_repeated(both[group].tolist())]] = True
    return np.flatnonzero(~gone)


def _repeated(lines: Sequence[Sequence[int]]) -> list[bool]:
    """Which of the lines of one declaration come from a file that another file repeats whole. Among files that say the same, what is no
    longer in force wins, then the first reading."""
    by_origin: defaultdict[int, list[Sequence[int]]] = defaultdict(list)
    for line in lines:
        by_origin[line[ORIGIN]].append(line)
    rows = {origin: {line[ROW] for line in own} for origin, own in by_origin.items()}

    def rank(origin: int) -> tuple[int, int, int, int]:
        own = by_origin[origin]
        closed = len({line[ROW] for line in own if line[CLOSED]})
        return -len(rows[origin]), -closed, min(line[FETCHED] for line in own), origin

    whole: list[int] = []
    for origin in sorted(by_origin, key=rank):
        if not any(rows[origin] <= rows[other] for other in whole):
            whole.append(origin)
    return [line[ORIGIN] not in whole for line in lines]


def _starts(known: Numbers) -> npt.NDArray[np.int64]:
    lengths = known[:, LENGTH].astype(np.int64)
    return np.cumsum(lengths) - lengths


def _write(
    target: Path,
    files: Sequence[Path],
    places: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
) -> None:
    """Writes lines of several files, those that follow one another in one step. Memory does not grow with the number of lines."""
    with ExitStack() as stack:
        opened = [stack.enter_context(path.open("rb")).fileno() for path in files]
        out = LargeFile(target)
        whole = False
        try:
            for place, start, stop in _stretches(places, starts, lengths):
                for at in range(start, stop, _CHUNK):
                    out.write(os.pread(opened[place], min(_CHUNK, stop - at), at))
            whole = True
        finally:
            out.close(durable=whole)


def _stretches(
    places: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> Iterator[tuple[int, int, int]]:
    if not len(starts):
        return
    stops = starts + lengths
    first = np.append(True, (places[1:] != places[:-1]) | (starts[1:] != stops[:-1]))
    last = np.append(first[1:], True)
    yield from zip(places[first].tolist(), starts[first].tolist(), stops[last].tolist(), strict=True)


def forget_former(records: Path, run: str, former: str | None) -> None:
    """Removes the runs of a stream that later ones hold whole. The one before the run in force stays, for who still reads it."""
    for folder in records.iterdir():
        if folder.name not in (run, former) and (folder / KNOWN).exists():
            shutil.rmtree(folder)
