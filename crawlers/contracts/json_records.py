"""Reads JSON documents of contracts record by record, whatever their root and in spite of broken parts.

The standard decoder is used rather than a streaming one: it says where a value ends, accepts ``NaN`` and control
characters, and is faster. A record that cannot be read is given as damaged, and reading goes on with the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from crawlers.contracts.keys import CONTRACT, is_contract, may_be_contract, stem
from crawlers.contracts.pieces import CHUNK, LARGEST, Damaged, Piece, Stretch, read_stretch
from crawlers.kit.source import NotWhole

CONTAINERS: Final[dict[str, str | None]] = {
    "marche": "marche",
    "contratconcession": "concession",
    "contratdeconcession": "concession",
    "concession": "concession",
    "contrat": None,
    "resultat": None,
    "result": None,
    "record": None,
    "donnee": None,
    "data": None,
}
"""Names of lists of contracts, by stem."""

_RECORD = frozenset(stem(name) for name in CONTRACT) | {"uid"}
_SPACE = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:")
_START = re.compile(r'\{\s*"')
_FIRST_KEY = re.compile(r'\{\s*"((?:[^"\\]|\\.)*)"')
_NEAR_END = 64
_LEAST, _MOST = 1 << 12, 1 << 19
"""Characters of a stretch, at least and at most: the length is halved when a stretch cannot be read at once, and
doubled when it can."""
_TRIES = 12
"""Positions tried as the end of a stretch, from its last character back."""
_BACK = 1 << 15
"""Last characters of a stretch among which its end is looked for."""
_PATIENCE = 256
"""Records read one by one, at most, before a stretch is tried again after one that could not be read."""
_CUT = Damaged("file_cut", "le document est coupé avant la fin : ce qui précède a été lu, la suite manque")
_NO_OBJECT = Damaged("record_unreadable", "un objet JSON est attendu dans la liste")


class _End(Exception):
    """The document ended where something was expected."""


class JsonRecords:
    """The records of one document. ``found`` are the names met, for the message when ``recognised`` stays false."""

    def __init__(self, chunks: Iterator[str], *, proved: bool = True) -> None:
        """``proved``: every stretch is read before it is given; else its user must check it with :func:`read_stretch`."""
        self._chunks = chunks
        self._proved = proved
        self._decoder = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
        self._buffer = ""
        self._at = 0
        self._read = 0
        self._cut_reported = False
        self._size = _LEAST
        self._failed = self._alone = 0
        self.found: list[str] = []
        self.recognised = False

    def __iter__(self) -> Iterator[Piece | Stretch | Damaged]:
        """Every record. Records that follow one another without a fault are given many at a time. A document that ends
        too early gives a damaged record last."""
        try:
            while mark := self._peek():
                if mark == "[":
                    yield from self._array(None)
                elif mark == "{":
                    yield from self._open(None)
                elif mark in "]}":
                    self._at += 1  # the end of a broken record that was skipped
                elif self.recognised:
                    yield from self._stray()
                else:
                    return
        except _End:
            if not self._cut_reported:
                yield _CUT

    def _more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._read += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _peek(self) -> str:
        """The next mark that is neither a space nor a comma; empty at the end of the text."""
        while True:
            self._at = _SPACE.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _needed(self) -> str:
        mark = self._peek()
        if mark == "":
            raise _End
        return mark

    def _value(self) -> Any:
        """The value that begins here; :class:`Damaged` when it cannot be read, in which case nothing is consumed."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError:
                return Damaged("record_unreadable", "trop de niveaux imbriqués")
            except json.JSONDecodeError as error:
                may_go_on = self._may_go_on(error)
                if self._mended(error) or (may_go_on and self._more()):
                    continue
                where = f"JSON illisible vers le caractère {self._read + error.pos}"
                return _CUT if may_go_on else Damaged("record_unreadable", where)
            except ValueError:
                return Damaged("record_unreadable", "JSON illisible : nombre démesuré")
            # A number at the very end of what was read may go on in the next chunk.
            if end == len(self._buffer) and value.__class__ in (int, float) and self._more():
                continue
            self._at = end
            return value

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether more text may make the value readable: the error is at the end of the text, or a string is still open."""
        if len(self._buffer) - self._at >= LARGEST:
            return False
        return error.pos >= len(self._buffer) - _NEAR_END or error.msg.startswith("Unterminated")

    def _mended(self, error: json.JSONDecodeError) -> bool:
        """The text whose stray backslashes (``l\\'eau``) are escaped."""
        if not error.msg.startswith("Invalid \\") or error.pos + 8 > len(self._buffer):
            return False
        at = self._buffer.rfind("\\", self._at, error.pos + 2)
        if at < 0:
            return False
        self._buffer = f"{self._buffer[:at]}\\{self._buffer[at:]}"
        return True

    def _stretch(self, container: str | None) -> Stretch | None:
        """Records from here on, read at once by a stricter and faster decoder; ``None`` when the next record must be
        read alone.

        They are read here to prove that they are whole. When the user of the stretch reads them anyway, they are only
        counted.
        """
        if not self.recognised or self._alone:
            self._alone = max(self._alone - 1, 0)
            return None
        while len(self._buffer) - self._at < self._size:
            if not self._more():
                if self._size == _LEAST:
                    return None  # the last ones are read one by one
                self._size //= 2
        end = self._end_of_record()
        text = self._buffer[self._at : end].rstrip(" \t\r\n,") if end else ""
        stretch = self._taken(text, container)
        if stretch is None:
            self._failed += self._size == _LEAST
            self._alone = min(self._failed, _PATIENCE)
            self._size = max(self._size // 2, _LEAST)
            return None
        self._failed = 0
        self._size = min(self._size * 2, _MOST)
        self._at = end
        return stretch

    def _taken(self, text: str, container: str | None) -> Stretch | None:
        """The records of a text. When they are not read here, they are counted by their marks."""
        if self._proved:
            try:
                values = read_stretch(text)
            except NotWhole:
                return None
            return Stretch(text, len(values), container, values)
        rows = text.count('"objet"')
        whole = text.count("{") == text.count("}") and text.count("[") == text.count("]")
        return Stretch(text, rows, container) if rows and whole else None

    def _end_of_record(self) -> int:
        """A position where a record surely begins, as near the end of the stretch as possible; 0 when there is none."""
        stop = self._at + self._size
        starts = [found.start() for found in _START.finditer(self._buffer, max(stop - _BACK, self._at + 1), stop)]
        for start in starts[: -_TRIES - 1 : -1]:
            try:
                value, _ = self._decoder.raw_decode(self._buffer, start)
            except (ValueError, RecursionError):
                continue
            if may_be_contract(value):
                return start
        return 0

    def _array(self, container: str | None) -> Iterator[Piece | Stretch | Damaged]:
        self._at += 1
        while True:
            mark = self._needed()
            if mark == "{":
                stretch = self._stretch(container)
                if stretch is None:
                    yield from self._record(container)
                else:
                    yield stretch
            elif mark == "]":
                self._at += 1
                return
            elif mark == "[":
                yield from self._array(container)
            elif mark == "}":
                return
            else:
                yield from self._stray()

    def _stray(self) -> Iterator[Damaged]:
        value = self._value()
        if isinstance(value, Damaged):
            yield self._resumed(value)
        else:
            yield _NO_OBJECT

    def _record(self, container: str | None) -> Iterator[Piece | Damaged]:
        value = self._value()
        if isinstance(value, Damaged):
            yield self._resumed(value)
            return
        if len(value) == 1:
            (name, inner), *_ = value.items()
            key = stem(name)
            if key in CONTAINERS and isinstance(inner, dict | list):
                container, value = CONTAINERS[key] or container, inner
        for record in value if isinstance(value, list) else (value,):
            yield self._piece(record, container)

    def _piece(self, record: Any, container: str | None) -> Piece | Damaged:
        if not isinstance(record, dict) or not record:
            return _NO_OBJECT
        if not self.recognised:
            self.recognised = is_contract(record)
            self.found.extend(list(record)[:12])
        return Piece(record, container)

    def _open(self, container: str | None) -> Iterator[Piece | Stretch | Damaged]:
        """Opens an object: a contract, recognised by its first name, or an object that holds lists of contracts."""
        first = _FIRST_KEY.match(self._buffer, self._at)
        while first is None and len(self._buffer) - self._at < CHUNK and self._more():
            first = _FIRST_KEY.match(self._buffer, self._at)
        if first is None or stem(first[1].partition(".")[0]) in _RECORD:
            yield from self._record(container)
        else:
            yield from self._members(container)

    def _members(self, container: str | None) -> Iterator[Piece | Stretch | Damaged]:
        self._at += 1
        while True:
            mark = self._needed()
            if mark == "}":
                self._at += 1
                return
            key = self._value() if mark == '"' else _NO_OBJECT
            if isinstance(key, Damaged):
                yield self._resumed(key)
                return
            self._needed()
            colon = _COLON.match(self._buffer, self._at)
            if colon is None:
                yield self._resumed(Damaged("record_unreadable", "JSON illisible : « : » attendu"))
                return
            self._at = colon.end()
            yield from self._member(key, container)

    def _member(self, key: str, container: str | None) -> Iterator[Piece | Stretch | Damaged]:
        mark, name = self._needed(), stem(key)
        if name in CONTAINERS and mark in "[{":
            self.recognised = self.recognised or name in ("marche", "contratconcession")
            # « marches » holds both kinds: lists of its own in 2022, one list in 2019.
            inner = container if key.strip().endswith("s") and name == "marche" else CONTAINERS[name] or container
            yield from self._array(inner) if mark == "[" else self._open(inner)
            return
        self.found.append(key)
        value = self._value()
        if isinstance(value, Damaged):
            yield self._resumed(value)

    def _resumed(self, damaged: Damaged) -> Damaged:
        """Skips to the next object that looks like a contract, or to the end. Returns what to report of the text skipped."""
        if self._resume():
            self.recognised = True
            return Damaged("record_unreadable", "JSON illisible : texte jamais refermé") if damaged is _CUT else damaged
        self._cut_reported = True
        return _CUT if damaged is _CUT else damaged

    def _resume(self) -> bool:
        self._at += 1
        while True:
            found = self._next_start()
            if found is not None:
                self._at = found
                return True
            if len(self._buffer) - self._at > LARGEST:
                self._at = len(self._buffer) - CHUNK
            if not self._more():
                self._at = len(self._buffer)
                return False

    def _next_start(self) -> int | None:
        for start in _START.finditer(self._buffer, self._at):
            try:
                value, _ = self._decoder.raw_decode(self._buffer, start.start())
            except RecursionError:
                self._at = len(self._buffer)  # nested without end: no record is read after it
                return None
            except ValueError:
                continue
            tells = may_be_contract if self.recognised else is_contract
            if tells(value) or (len(value) == 1 and any(isinstance(v, dict) and tells(v) for v in value.values())):
                return start.start()
        return None
