"""Bad inputs made out of the authored samples: one spot of one file changed, or the whole file spoilt."""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crawlers.kit import CsvTable
from crawlers.registry import sources
from tests.crawlers.checks import CHECKS, IncompleteSample, Place, all_checks, read_checks, shown
from tests.crawlers.samples import SAMPLES, samples

HTML = b"<!DOCTYPE html><html><head><title>502</title></head><body>Bad Gateway</body></html>"
XML = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><lolz>&c;</lolz>'
)


@dataclass(frozen=True)
class Spot:
    """A place of the sample of a source, where the tests write other values."""

    source: str
    place: Place

    def __str__(self) -> str:
        return f"{self.source} {self.place.names[0]}"

    def files(self, folder: Path, *values: object) -> list[Path]:
        """The samples of the source with these values at the spot; one value serves for every name."""
        names = self.place.names
        every = dict(zip(names, values * len(names) if len(values) == 1 else values, strict=False))
        change = self._change_json if self.place.file.endswith(".json") else self._change_csv
        return copied(self.source, folder, self.place.file, change(every).encode())

    def value(self) -> object:
        """What stands at the first name of the spot."""
        name = self.place.names[0]
        if self.place.file.endswith(".json"):
            return self._row(_rows_of(json.loads(self._text()), self.place.names))[name]
        table = Table.of(self.source, self._text())
        return self._row(table.rows)[self._column(table, name)]

    def _text(self) -> str:
        path = SAMPLES / self.source / self.place.file
        if not path.is_file():
            raise self._wrong(f"no file « {path.name} »")
        return path.read_text(encoding="utf8")

    def _change_csv(self, values: Mapping[str, object]) -> str:
        table = Table.of(self.source, self._text())
        row = self._row(table.rows)
        for name, value in values.items():
            row[self._column(table, name)] = "" if value is None else str(value)
        return table.text(self.source)

    def _change_json(self, values: Mapping[str, object]) -> str:
        document = json.loads(self._text())
        self._row(_rows_of(document, self.place.names)).update(values)
        return json.dumps(document, ensure_ascii=False)

    def _row(self, rows: list[Any]) -> Any:
        if self.place.row >= len(rows):
            raise self._wrong(f"no row {self.place.row} with {', '.join(self.place.names)} in « {self.place.file} »")
        return rows[self.place.row]

    def _column(self, table: Table, name: str) -> int:
        if name not in table.header:
            raise self._wrong(f"no column « {name} » in « {self.place.file} »")
        return table.header.index(name)

    def _wrong(self, what: str) -> IncompleteSample:
        return IncompleteSample(f"{shown(SAMPLES / self.source / CHECKS)} names a spot that is not there: {what}.")


def spots(kind: Literal["sirets", "dates", "points"]) -> list[Spot]:
    """The spots of every source where one kind of value stands."""
    return [Spot(source_id, place) for source_id, found in all_checks().items() for place in getattr(found, kind)]


@dataclass
class Table:
    """A CSV sample in pieces: what stands before the rows, the rows, the mark between cells."""

    before: list[list[str]]
    header: list[str]
    rows: list[list[str]]
    mark: str

    @classmethod
    def of(cls, source: str, text: str) -> Table:
        """Cut a sample."""
        checks = read_checks(source)
        lines = text.splitlines()
        family = getattr(sources()[source].read, "__self__", None)
        counted = max(",;|\t", key=lines[checks.framed + checks.headless].count)
        mark = family.delimiter if isinstance(family, CsvTable) else counted
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=_quoting(source)))
        header = named_columns(source) if checks.headless else cells[checks.framed]
        return cls(cells[: checks.framed + 1], header, cells[checks.framed + 1 :], mark)

    def text(self, source: str) -> str:
        """Put together again."""
        out = io.StringIO()
        quoting = _quoting(source)
        quotechar = None if quoting == csv.QUOTE_NONE else '"'
        csv.writer(out, delimiter=self.mark, quoting=quoting, quotechar=quotechar).writerows([*self.before, *self.rows])
        return out.getvalue()


def _quoting(source: str) -> Literal[0, 3]:
    return csv.QUOTE_NONE if read_checks(source).framed else csv.QUOTE_MINIMAL


def named_columns(source: str) -> list[str]:
    """The columns of a source without header, which names them itself."""
    return list(importlib.import_module(f"crawlers.sources.{source}").COLUMNS)


def _rows_of(document: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [item for item in _objects(document) if set(names) <= set(item)]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def copied(source: str, folder: Path, name: str, content: bytes) -> list[Path]:
    """The samples of a source in a folder, one of them with other bytes."""
    for path in samples(source):
        shutil.copyfile(path, folder / path.name)
    (folder / name).write_bytes(content)
    return [folder / path.name for path in samples(source)]


def zipped(**members: bytes) -> bytes:
    """A zip archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def renamed(source: str, content: bytes, name: str) -> bytes:
    """The first mention of a column or key, written otherwise."""
    return content.replace(name.encode(), name.encode() + b"_v2")


def doubled(source: str, content: bytes) -> bytes:
    """The header with its second column named like its first."""
    table = Table.of(source, content.decode())
    table.before[-1][1] = table.before[-1][0]
    return table.text(source).encode()


def header_again(source: str, content: bytes) -> bytes:
    """The header line again after the first row, as when files are put end to end."""
    table = Table.of(source, content.decode())
    table.rows.insert(1, list(table.header))
    return table.text(source).encode()


REFUSED: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "vide"),
    "blank": (lambda _: b" \n\r\n", "vide"),
    "page of an error": (lambda _: HTML, "page web"),
    "page of an error in gzip": (lambda _: gzip.compress(HTML), "page web"),
    "xml that grows": (lambda _: XML, "fichier XML"),
    "pdf": (lambda _: b"%PDF-1.7\n", "PDF"),
    "utf-16": (lambda content: content.decode().encode("utf-16"), "UTF-16"),
    "gzip cut": (lambda content: gzip.compress(content)[:-12], "gzip"),
    "gzip damaged": (lambda content: gzip.compress(content)[:20] + b"\xff" * 40, "gzip"),
    "gzip that grows": (lambda content: gzip.compress(content + b"\n" * 4_000_000), "piégée"),
    "zip cut": (lambda content: zipped(a=content)[:-40], "zip"),
    "zip that grows": (lambda content: zipped(a=content + b"\n" * 4_000_000), "piégée"),
    "zip of two": (lambda content: zipped(a=content, b=content), "2 fichiers"),
    "workbook": (lambda content: zipped(**{"[Content_Types].xml": XML, "xl/workbook.xml": XML}), "classeur"),
    "null bytes": (lambda content: b"\0" * 64 + content, "octets nuls|JSON"),
}
"""Whole files that are refused, and the words that say it."""

READ_ALL_THE_SAME: Mapping[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "lines of windows": lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "gzip": gzip.compress,
    "zip": lambda content: zipped(a=content),
}
"""Whole files that are no worse than the sample."""
