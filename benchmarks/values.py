"""Faults of values drawn on real files, and true readings that must pass: ``python -m benchmarks values [--seed 7] [--count 200] [--list]``.

A real file is read, then read again with a fault: two columns swapped, a column shifted by one row, a figure in another unit, an empty part, days in
American order, one value for all. Half of the second readings repeat the file, half bring other rows; half are live, half by file. Outcomes are
those of :mod:`benchmarks.drifts`. True readings are the same source on two halves of a file or two months, in both orders, and a file after a tenth
of its rows changed: none may be refused.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, Final, NamedTuple

import typer

from benchmarks.options import Listed
from benchmarks.value_files import FILES, File
from crawlers.registry import source_of
from crawlers.run import import_files, load, open_run
from tests.crawlers.samples import NOW
from tests.crawlers.test_eighty_drifts import in_force
from vivier.errors import ImportRefused
from vivier.settings import Settings

Row = dict[str, Any]
Change = Callable[[list[Row]], list[Row]]
MOST_ROWS: Final = 400


class Fault(NamedTuple):
    """A fault: its file, the change of its rows, whether the second reading brings other rows, and whether it is live."""

    file: File
    name: str
    change: Change
    other: bool
    live: bool


def faults() -> Iterator[Fault]:
    """Every fault of every file, each way."""
    for file in FILES:
        for name, change in _changes(file):
            for other in (False, True) if source_of(file.source).card.memory == "stream" else (False,):
                for live in (False, True):
                    where = f"{'other rows' if other else 'same rows'}, {'live' if live else 'file'}"
                    yield Fault(file, f"{file.source} {name} ({where})", change, other, live)


def _changes(file: File) -> Iterator[tuple[str, Change]]:
    for group in file.swaps:
        for first, second in combinations(group, 2):
            yield f"{first} <> {second}", _each(lambda row, a=first, b=second: _swap(row, a, b))  # type: ignore[misc]
    for name in file.dates:
        yield f"{name} American", _each(lambda row, n=name: _set(row, n, _american(_get(row, n))))  # type: ignore[misc]
    for name in file.figures:
        for factor in (100, 10, 0.001) if name == "montant" else (10,):
            if (name, factor) != ("montant", 10):
                yield f"{name} × {factor}", _each(lambda row, n=name, f=factor: _set(row, n, _times(_get(row, n), f)))  # type: ignore[misc]
    for name in file.numbers:
        yield (
            f"{name} 30 % empty",
            lambda rows, n=name: [  # type: ignore[misc]
                _set(row, n, "") if place % 10 in (1, 4, 8) else row for place, row in enumerate(rows)
            ],
        )
    for name in file.shifted:
        yield (
            f"{name} shifted",
            lambda rows, n=name: [  # type: ignore[misc]
                _set(row, n, _get(before, n)) for row, before in zip(rows, [rows[-1], *rows[:-1]], strict=True)
            ],
        )
    for name, value in file.constant:
        yield f"{name} all « {value} »", _each(lambda row, n=name, v=value: _set(row, n, v))  # type: ignore[misc]
    if source_of(file.source).card.memory == "state":
        yield "cut at a line's end", lambda rows: rows[: len(rows) * 7 // 10]


def _each(change: Callable[[Row], Row]) -> Change:
    return lambda rows: [change(row) for row in rows]


def _get(row: Row, name: str) -> Any:
    outer, _, inner = name.partition(".")
    value = row.get(outer)
    value = value[0] if inner and isinstance(value, list) and value else value
    return value.get(inner) if inner and isinstance(value, dict) else value


def _set(row: Row, name: str, value: Any) -> Row:
    outer, _, inner = name.partition(".")
    if not inner:
        return row | {outer: value}
    former = row.get(outer)
    if isinstance(former, list):
        return row | {outer: [part | {inner: value} for part in former]}
    return row | {outer: {**(former or {}), inner: value}}


def _swap(row: Row, first: str, second: str) -> Row:
    if (first, second) == ("acheteur", "titulaires"):
        holders = row.get("titulaires") or []
        holder = (holders[0].get("titulaire") or holders[0]) if holders else {}
        buyer = row.get("acheteur") or {}
        swapped = {"id": buyer.get("id"), "denominationSociale": buyer.get("nom"), "typeIdentifiant": "SIRET"}
        nested = {"titulaire": swapped} if holders and "titulaire" in holders[0] else swapped
        return row | {
            "acheteur": {"id": holder.get("id"), "nom": holder.get("denominationSociale")},
            "titulaires": [nested],
        }
    return _set(_set(row, first, _get(row, second)), second, _get(row, first))


def _american(day: Any) -> Any:
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(day))
    return day if found is None else f"{found[2]}/{found[3]}/{found[1]}"


def _times(value: Any, factor: float) -> Any:
    try:
        figure = float(str(value).replace(",", ".")) * factor
    except ValueError:
        return value
    return (
        type(value)(figure)
        if isinstance(value, int | float) and factor >= 1
        else str(round(figure, 3))
        if isinstance(value, str)
        else figure
    )


class Layout(NamedTuple):
    """How the rows of a file are read and written."""

    rows: list[Row]
    text: Callable[[list[Row]], bytes]
    suffix: str


def opened(path: Path) -> Layout:
    """The rows of a JSON document or of a CSV file."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if ".json" in path.name:
        document = json.loads(content)
        names = ("results",) if "results" in document else ("marches", "marche")
        inner = document
        for name in names if isinstance(document[names[0]], dict | list) and "results" in document else ():
            inner = inner[name]
        if names[0] == "marches":
            inner = document["marches"] if isinstance(document["marches"], list) else document["marches"]["marche"]
            nested = not isinstance(document["marches"], list)
            return Layout(inner, lambda rows: _json({"marches": {"marche": rows} if nested else rows}), ".json")
        return Layout(inner, lambda rows: _json({"total_count": len(rows), "results": rows}), ".json")
    text = content.decode("utf-8-sig")
    first = text.partition("\n")[0]
    mark = max(",;|", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=mark)
    names_ = list(reader.fieldnames or ())
    return Layout(list(reader), lambda rows: _csv(rows, names_, mark), ".csv")


def _json(document: Row) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _csv(rows: list[Row], names: list[str], mark: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[row.get(name) for name in names] for row in rows])
    return out.getvalue().encode()


class Trial:
    """Reads files in homes of its folder. The home of a first reading is made once and copied."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._data, self._folder = data, folder
        self._files: dict[str, Layout] = {}
        self._homes: dict[str, Path] = {}
        self._plain: dict[tuple[str, bool, bool], str] = {}
        self._turn = 0

    def rows(self, path: str, part: slice) -> tuple[list[Row], Layout]:
        if path not in self._files:
            self._files[path] = opened(self._data / path)
        layout = self._files[path]
        return layout.rows[part], layout

    def read(
        self,
        source: str,
        former: tuple[str, slice] | None,
        path: str,
        part: slice,
        change: Change | None,
        *,
        live: bool,
    ) -> tuple[str, str]:
        """Reads rows after others: the outcome (« in force » or the refusal), and the digest of what is in force."""
        home = self._folder / f"home{self._turn}"
        self._turn += 1
        if former is not None:
            key = f"{source} {former}"
            if key not in self._homes:
                first = self._folder / f"first{len(self._homes)}"
                self._load(source, first, *former, None, live=live, days=0)
                self._homes[key] = first
            shutil.copytree(self._homes[key], home)
        try:
            told = self._load(source, home, path, part, change, live=live, days=1)
        except ImportRefused as error:
            return f"refused {error}", ""
        finally:
            settings = Settings(home=home)
            records = in_force(source, settings) if (home / "records" / source / "current").exists() else []
            shutil.rmtree(home, ignore_errors=True)
        digest = re.sub(r"20\d\d-\d\d-\d\dT[\d:.]+Z", "", json.dumps(records, sort_keys=True))
        return f"in force{' told' if told else ''}", digest

    def _load(
        self, source: str, home: Path, path: str, part: slice, change: Change | None, *, live: bool, days: int
    ) -> bool:
        rows, layout = self.rows(path, part)
        file = self._folder / f"day{days}{layout.suffix}"
        file.write_bytes(layout.text(change(rows) if change else rows))
        settings, at = Settings(home=home), NOW + timedelta(days=days)
        if live:
            report = load(source_of(source), open_run(source, settings, at), [file], settings, at, live=True)
        else:
            report = import_files(source, [file], settings, now=at)
        return bool(report.fallen or report.drift)

    def outcome(self, fault: Fault) -> tuple[str, str]:
        """The verdict of a fault, and its message."""
        file, first = fault.file, slice(0, MOST_ROWS)
        path = file.paths[-1] if fault.other else file.paths[0]
        part = slice(MOST_ROWS, 2 * MOST_ROWS) if fault.other and len(file.paths) == 1 else first
        former = (file.paths[0], first)
        key = (file.paths[0], fault.other, fault.live)
        if key not in self._plain:
            self._plain[key] = self.read(file.source, former, path, part, None, live=fault.live)[1]
        message, digest = self.read(file.source, former, path, part, fault.change, live=fault.live)
        if message.startswith("refused"):
            return "refused", message
        if digest == self._plain[key]:
            return "repaired", ""
        return "told" if message.endswith("told") else "silent", ""

    def alarms(self) -> Iterator[tuple[str, str]]:
        """True readings: the name of each, and its refusal when it is refused."""
        for file in FILES:
            for name, former, path, part, change, live in _true(file):
                if len(self.rows(path, part)[0]) < 8 or (former is not None and len(self.rows(*former)[0]) < 8):
                    continue
                message = self.read(file.source, former, path, part, change, live=live)[0]
                yield f"{file.source} {name}", message if message.startswith("refused") else ""


def _true(file: File) -> Iterator[tuple[str, tuple[str, slice] | None, str, slice, Change | None, bool]]:
    every = slice(0, 2 * MOST_ROWS)
    for live in (False, True):
        yield f"a tenth changed, {live=}", (file.paths[0], every), file.paths[0], every, _updated(file), live
        for path in file.paths:
            yield f"{path} alone, {live=}", None, path, every, None, live
    if source_of(file.source).card.memory == "stream":
        halves = (slice(0, None, 2), slice(1, None, 2)), (slice(0, MOST_ROWS), slice(MOST_ROWS, 2 * MOST_ROWS))
        for path in file.paths:
            for one, two in [pair for half in halves for pair in (half, half[::-1])]:
                one, two = (slice(s.start, s.stop or 2 * MOST_ROWS, s.step) for s in (one, two))
                yield f"{path} {one} then {two}", (path, one), path, two, None, False
        for first, second in [pair for two in combinations(file.paths, 2) for pair in (two, two[::-1])]:
            yield f"{first} then {second}", (first, every), second, every, None, False


def _updated(file: File) -> Change:
    """A tenth of the rows with other values: those of the row before."""
    names = [name for name in (*file.figures, *file.shifted) if "." not in name]

    def made(rows: list[Row]) -> list[Row]:
        return [
            row if place % 10 else row | {name: rows[place - 1][name] for name in names[-2:] if name in rows[place - 1]}
            for place, row in enumerate(rows)
        ]

    return made


def drawn(seed: int, count: int) -> list[Fault]:
    """Faults drawn among all of them, without the same one twice."""
    every = list(faults())
    return random.Random(seed).sample(every, min(count, len(every)))


def main(seed: int = 7, count: int = 200, listed: Listed = False, alarms: bool = True) -> Iterator[str]:
    """The outcomes, and the true readings that are refused; fails when a fault is silent, fewer than 98 in 100 are refused or repaired, or a true
    reading is refused."""
    data = Path(os.environ.get("VIVIER_SHARED_DATA", ""))
    if not all((data / path).is_file() for file in FILES for path in file.paths):
        yield "not measured: the real files are absent (VIVIER_SHARED_DATA)"
        return
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(data, Path(folder))
        found = [(fault.name, *trial.outcome(fault)) for fault in drawn(seed, count)]
        refused = [(name, message) for name, message in trial.alarms()] if alarms else []
    counts = Counter(verdict for _, verdict, _ in found)
    right = (counts["refused"] + counts["repaired"]) / counts.total()
    yield f"{counts.total()} faults of {len(list(faults()))}: {dict(counts)}; refused or repaired: {right:.1%}"
    false = [(name, message) for name, message in refused if message]
    yield f"true readings: {len(refused)}, refused: {len(false)}"
    yield from (f"  refused: {name}: {message}" for name, message in false)
    yield from (
        f"  {verdict}: {name} {message[:200]}"
        for name, verdict, message in sorted(found)
        if verdict in ("silent", "told") or listed
    )
    if counts["silent"] or right < 0.98 or false:
        raise typer.Exit(1)
