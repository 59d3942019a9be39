"""The pieces a document of contracts is cut into."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from crawlers.kit.files import open_plain, refusing
from crawlers.kit.source import Intake, NotWhole

CHUNK: Final = 1 << 20
LARGEST: Final = 4 << 20
"""Characters of one record. Real records hold a few thousand characters, those with hundreds of amendments some hundred
thousand."""

_SPACED = bytes(32 if (byte < 32 and byte not in b"\t\n\r") or byte == 127 else byte for byte in range(256))
"""A table that turns control characters into spaces. In UTF-8 no other character holds their bytes. It is ten times
faster than searching them."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A record as read, and the list that holds it (``marche``, ``concession``, or ``None`` when no list is named)."""

    value: Any
    container: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records that follow one another in a list, as text with commas between: ``rows`` is their number, ``values`` the
    records when they were read.

    Without values the stretch is not proved yet: :func:`read_stretch` says whether its records are whole.
    """

    text: str
    rows: int
    container: str | None
    values: list[dict[str, object]] | None = None


def read_stretch(text: str, rows: int | None = None) -> list[dict[str, object]]:
    """The records a text is made of, commas between. A text from the beginning of a record on that reads as a list of objects
    *is* whole records. Raises :class:`NotWhole` when it does not, or when they are not ``rows``."""
    try:
        values: list[dict[str, object]] = (
            [] if any(mark.search(text) for mark in _ENDLESS) else orjson.loads(f"[{text}]")
        )
    except orjson.JSONDecodeError as error:
        raise NotWhole from error
    if len(values) != (len(values) if rows is None else rows) or not values:
        raise NotWhole
    if not all(value.__class__ is dict and len(value) > 1 for value in values):
        raise NotWhole
    return values


_ENDLESS = tuple(re.compile(mark + r"\s*-?[0-9]{19}") for mark in (":", ",", r"\["))
"""Patterns of a whole number that the fast decoder would round. One search for each mark is four times faster than one
for all."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """Why a record could not be read: a code of :data:`crawlers.words.ASIDES`, and what was expected."""

    reason: str
    detail: str


def text_of(path: Path, intake: Intake, encoding: str = "utf-8") -> Iterator[str]:
    """The text of a file in large chunks, without byte order mark nor control characters.

    Bytes that are not UTF-8 are read as Windows-1252, one by one: files put together from several producers mix both
    (issue ``encoding_fallback``, once a file).
    """
    codecs.register_error("vivier.cp1252", as_windows)
    decoder = codecs.getincrementaldecoder(encoding)("vivier.cp1252" if encoding == "utf-8" else "replace")
    plain = encoding == "utf-8"
    first, odd = True, False
    with refusing(path), open_plain(path) as file:
        while True:
            chunk = file.read(CHUNK)
            text = decoder.decode(chunk.translate(_SPACED) if plain else chunk, final=not chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            odd = odd or SIGN in text
            if text:
                text = text.replace(SIGN, "") if SIGN in text else text
                spaced = plain and "\ufffe" not in text and "\uffff" not in text
                yield text if spaced else _CONTROL.sub(" ", text)
            if not chunk:
                break
    if odd:
        intake.issues["encoding_fallback"] += 1


SIGN = "\ue000"
"""A private character put before each byte read as Windows-1252, so that they can be counted."""


def as_windows(error: UnicodeError) -> tuple[str, int]:
    """Codec handler: reads a byte that is not UTF-8 as Windows-1252, and marks it with :data:`SIGN`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return SIGN + error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1
