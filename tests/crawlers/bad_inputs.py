"""Bad inputs made out of the authored samples: one spot of one file changed, or the whole file spoilt."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.sources.finess_legacy import COLUMNS
from tests.crawlers.samples import SAMPLES, samples

FRAMED = {"ea2": 1, "fluxiae": 1}
"""Sources whose header is not the first line."""

HEADLESS: Mapping[str, list[str]] = {"finess_legacy": COLUMNS}
"""Sources without header, whose rows begin on the second line."""

HTML = b"<!DOCTYPE html><html><head><title>502</title></head><body>Bad Gateway</body></html>"
XML = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><lolz>&c;</lolz>'
)


@dataclass(frozen=True)
class Spot:
    """Cells of one row of a sample: ``names`` are its columns or keys, ``row`` counts the rows that have them."""

    source: str
    file: str
    names: tuple[str, ...]
    row: int = 0
    usual: str = "iso"

    def __str__(self) -> str:
        return f"{self.source} {self.names[0]}"

    def files(self, folder: Path, *values: object) -> list[Path]:
        """The samples of the source with these values at the spot; one value serves for every name."""
        every = dict(zip(self.names, values * len(self.names) if len(values) == 1 else values, strict=False))
        path = SAMPLES / self.source / self.file
        change = _change_json if path.suffix == ".json" else _change_csv
        return copied(self.source, folder, self.file, change(self, path.read_text(encoding="utf8"), every).encode())

    def value(self) -> object:
        """What stands at the first name of the spot."""
        text = (SAMPLES / self.source / self.file).read_text(encoding="utf8")
        if self.file.endswith(".json"):
            return _rows_of(json.loads(text), self.names)[self.row][self.names[0]]
        table = Table.of(self.source, text)
        return table.rows[self.row][table.header.index(self.names[0])]


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
        lines = text.splitlines()
        at = 0 if source in HEADLESS else FRAMED.get(source, 0)
        mark = max(",;|\t", key=lines[at + (source in HEADLESS)].count)
        quoting = csv.QUOTE_NONE if source in FRAMED else csv.QUOTE_MINIMAL
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=quoting))
        return cls(cells[: at + 1], HEADLESS.get(source) or cells[at], cells[at + 1 :], mark)

    def text(self, source: str) -> str:
        """Put together again."""
        out = io.StringIO()
        quoting = csv.QUOTE_NONE if source in FRAMED else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=self.mark, quoting=quoting, quotechar=None if source in FRAMED else '"')
        writer.writerows([*self.before, *self.rows])
        return out.getvalue()


def _change_csv(spot: Spot, text: str, values: Mapping[str, object]) -> str:
    table = Table.of(spot.source, text)
    for name, value in values.items():
        table.rows[spot.row][table.header.index(name)] = "" if value is None else str(value)
    return table.text(spot.source)


def _change_json(spot: Spot, text: str, values: Mapping[str, object]) -> str:
    document = json.loads(text)
    _rows_of(document, spot.names)[spot.row].update(values)
    return json.dumps(document, ensure_ascii=False)


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
    "workbook": (lambda content: zipped(**{"[Content_Types].xml": XML, "xl/workbook.xml": XML}), "classeur Excel"),
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
