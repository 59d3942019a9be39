"""Reads XML documents of contracts record by record.

Each ``<marche>`` or ``<contrat-concession>`` is cut out of the text and parsed alone: a broken one costs only itself,
and the parser never sees what a prolog defines (DTD, entities).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from crawlers.contracts.pieces import LARGEST, Damaged, Piece
from crawlers.kit.files import open_plain

_NAMES: Final = ("marche", "contrat-concession")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_PREFIX = re.compile(r"(</?)[\w.-]+:")
_SPACED = re.compile(r"(\s)(?!xmlns:|xml:)[\w.-]+:([\w.-]+\s*=\s*[\"'])")
"""An attribute and its prefix."""
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});|([A-Za-z]\w{1,30});)?")
_KEPT_TAIL = 4096
_ROOTS = ("marches", "marche", "contrat-concession")


def declared_encoding(path: Path) -> str:
    """The encoding that the first line declares; UTF-8 when it declares none, or an unknown one."""
    with open_plain(path) as file:
        found = _DECLARED.search(file.read(512))
    name = found[1].decode("ascii") if found else "utf-8"
    return "cp1252" if name.lower() in ("iso-8859-1", "iso-8859-15", "latin1", "windows-1252") else "utf-8"


class XmlRecords:
    """The records of one document. ``root`` is the name of its first element.

    ``names`` are those of its records, ``roots`` those a document of its kind may begin with, ``build`` what a record becomes.
    """

    def __init__(
        self,
        chunks: Iterator[str],
        names: Sequence[str] = _NAMES,
        roots: Sequence[str] = _ROOTS,
        build: Callable[[Any, str], Piece | Damaged] | None = None,
    ) -> None:
        self._chunks = chunks
        self._roots = roots
        self._build = build or _contract
        self._opening = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(names)})(?:\s[^<>]*)?>")
        self._closing = {name: re.compile(rf"</(?:[\w.-]+:)?{name}\s*>") for name in names}
        self._buffer = ""
        self._parser = etree.XMLParser(
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self.root: str | None = None

    @property
    def recognised(self) -> bool:
        """Whether the document is of the expected kind."""
        return self.root in self._roots

    def __iter__(self) -> Iterator[Piece | Damaged]:
        """Every record. A record that is never closed is given as damaged, and the next one is read."""
        for chunk in self._chunks:
            self._buffer += chunk
            if self.root is None and not self._find_root():
                continue
            if not self.recognised:
                return
            yield from self._complete()
        if self.recognised and self._opening.search(self._buffer):
            yield Damaged("file_cut", "le document est coupé avant la fin : ce qui précède a été lu, la suite manque")

    def _find_root(self) -> bool:
        found = _ROOT.search(self._buffer)
        if found and found.end() < len(self._buffer):
            self.root = found[1]
        return self.root is not None

    def _complete(self) -> Iterator[Piece | Damaged]:
        """The records whose end was read. The text after them is kept for the next chunk."""
        at = 0
        while opening := self._opening.search(self._buffer, at):
            name = opening[1]
            closing = self._closing[name].search(self._buffer, opening.end())
            following = self._opening.search(
                self._buffer, opening.end(), closing.start() if closing else len(self._buffer)
            )
            if following:
                at = following.start()
                yield Damaged("record_unreadable", f"<{name}> jamais refermé")
            elif closing:
                at = closing.end()
                yield self._piece(self._buffer[opening.start() : at], name)
            elif len(self._buffer) - opening.start() > LARGEST:
                at = opening.end()
                yield Damaged("record_unreadable", f"<{name}> jamais refermé")
            else:
                self._buffer = self._buffer[opening.start() :]
                return
        self._buffer = self._buffer[max(at, len(self._buffer) - _KEPT_TAIL) :]

    def _piece(self, text: str, name: str) -> Piece | Damaged:
        text = _PREFIX.sub(r"\1", text) if ":" in text[: len(name) + 40] else text
        text = _ENTITY.sub(_mended, text) if "&" in text else text
        try:
            element = self._parsed(text)
        except etree.XMLSyntaxError as error:
            return Damaged("record_unreadable", f"XML illisible : {error.msg}")
        return self._build(element, name)

    def _parsed(self, text: str) -> Any:
        """The parsed element. Prefixes that only the root of the document declares are removed from its names."""
        try:
            return etree.fromstring(text, self._parser)
        except etree.XMLSyntaxError as error:
            if "prefix" not in (error.msg or ""):
                raise
            return etree.fromstring(_SPACED.sub(r"\1\2", _PREFIX.sub(r"\1", text)), self._parser)


def _contract(element: Any, name: str) -> Piece | Damaged:
    value = _value(element)
    if not isinstance(value, dict):
        return Damaged("record_unreadable", f"<{name}> est vide")
    return Piece(value, "concession" if name == "contrat-concession" else "marche")


def _mended(found: re.Match[str]) -> str:
    """XML's own entities as they are, HTML's decoded, references to control characters dropped, a bare « & » escaped."""
    own, named = found[1], found[2]
    if named:
        return html.escape(html.unescape(found[0]))
    if own is None:
        return "&amp;"
    if not own.startswith("#"):
        return found[0]
    code = int(own[2:], 16) if own[1] in "xX" else int(own[1:])
    return found[0] if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else " "


def _value(element: Any) -> Any:
    """A text, or an object whose repeated names are lists: nearly what the same record is in JSON."""
    if len(element) == 0:
        return element.text
    value: dict[str, Any] = {}
    for child in element:
        name, inner = child.tag, _value(child)
        if name not in value:
            value[name] = inner
        elif isinstance(value[name], list):
            value[name].append(inner)
        else:
            value[name] = [value[name], inner]
    return value
