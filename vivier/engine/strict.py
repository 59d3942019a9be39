"""Checks the documents that enter a generation, once for both engines: they refuse the same ones, with the same reason.

Documents are checked by the thousand, field by field, which costs a fifth of the time of checking them one by one. When a field
may be wrong, each document is checked in turn to find the one that the error names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import chain, count, repeat
from typing import Any

from mappings import load_json
from vivier.errors import BuildRefused, DocumentRefused
from vivier.search.operators import Collection
from vivier.search.port import Document

MAX_WORD_BYTES = 32_766
"""The longest keyword (and word of a text) OpenSearch indexes, in bytes of UTF-8."""

_SURELY_SHORT = MAX_WORD_BYTES // 4
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REQUIRED = ("id", "tie", "record")
_NOTHING = type(None)

_NO_TEXT = "un texte ou une liste de textes est attendu"

Complaint = str | None
"""The reason why a value is wrong, in French; ``None`` when it is right."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a field, one list after the other, and how many texts each list has (``None``: one each). ``lists`` gives the number of
    the list of each entry (``None``: each has its own): the offers of a supplier reach the same territories. ``words``: the distinct texts."""

    values: Sequence[str]
    sizes: Sequence[int] | None
    words: Set[str]
    lists: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """Checked entries by field: :class:`Texts` for a field of texts, else one value (or ``None``) an entry."""

    count: int
    texts: dict[str, Texts]
    values: dict[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Checked:
    """Checked documents by field, and for each nested path the entries of all documents and how many each document has."""

    documents: Entries
    nested: dict[str, tuple[Entries, Sequence[int]]]


Row = tuple[Any, ...]
"""The values of a document in the order of the fields of its mapping, ``None`` where it has none."""


class DocumentCheck:
    """Checks documents against a mapping. Raises ``DocumentRefused``, which names the document, the field and the fix; a field that the mapping
    does not declare is a fault of the code: ``BuildRefused`` names the file."""

    def __init__(self, collection: Collection) -> None:
        self._properties: Mapping[str, Mapping[str, Any]] = load_json(collection)["properties"]
        self._file = f"mappings/{collection}.json"

    def row(self, document: Document) -> Row:
        """The values of one document. Checks that the mapping has its fields; :meth:`checked` checks the values."""
        if not document.keys() <= self._properties.keys() or None in map(document.get, _REQUIRED):
            self._check_document(document)
        return tuple(map(document.get, self._properties))

    def checked(self, rows: Sequence[Row]) -> Checked:
        """Documents by field, all checked. Refuses two documents with the same id."""
        checked = self._by_field(rows)
        if checked is None:
            for row in rows:
                self._check_document(
                    {name: value for name, value in zip(self._properties, row, strict=True) if value is not None}
                )
            checked = self._by_field(rows, sure=True)
            assert checked is not None
        _distinct(checked.documents.texts["id"].values)
        return checked

    def _by_field(self, rows: Sequence[Row], *, sure: bool = False) -> Checked | None:
        """The documents by field; ``None`` when one may be wrong, unless they were already checked one by one (``sure``)."""
        columns = _columns(rows, self._properties)
        found: dict[str, tuple[Entries, Sequence[int]]] = {}
        for path, spec in self._properties.items():
            if spec["type"] == "nested":
                lists = [() if value is None else value for value in columns[path]]
                if not sure and not (set(map(type, lists)) <= _LISTS and set(map(type, chain(*lists))) <= {dict}):
                    return None
                entries = _nested([*chain(*lists)], spec["properties"], sure=sure)
                if entries is None:
                    return None
                found[path] = entries, list(map(len, lists))
        if not sure and (set(map(type, columns["id"])) - {str} or "" in columns["id"]):
            return None
        documents = _entries(columns, len(rows), self._properties, sure=sure)
        return None if documents is None else Checked(documents, found)

    def _check_document(self, document: Document) -> None:
        for name in _REQUIRED:
            if document.get(name) is None:
                raise _refused(document, name, "champ obligatoire, absent")
        self._fields(document, document, self._properties, "")
        if not isinstance(document["id"], str) or not document["id"]:
            raise _refused(document, "id", _NO_ID)

    def _fields(
        self, document: Document, entry: Mapping[str, Any], properties: Mapping[str, Mapping[str, Any]], path: str
    ) -> None:
        for name, value in entry.items():
            spec = properties.get(name)
            if spec is None:
                raise BuildRefused(f"Champ « {path}{name} » absent de {self._file} : déclarez-le, puis recommencez.")
            if value is None or spec["type"] == "object":
                continue
            if spec["type"] == "nested":
                self._entries(document, name, value, spec["properties"])
            elif (complaint := _CHECKS[spec["type"]](value)) is not None:
                raise _refused(document, path + name, complaint)

    def _entries(
        self, document: Document, path: str, entries: Any, properties: Mapping[str, Mapping[str, Any]]
    ) -> None:
        if not isinstance(entries, list | tuple) or not all(isinstance(entry, dict) for entry in entries):
            raise _refused(document, path, "une liste d'objets est attendue")
        for entry in entries:
            self._fields(document, entry, properties, f"{path}.")


_NO_ID = "un identifiant non vide, qu'aucun autre document ne porte, est attendu"
_LISTS = {list, tuple}
_TEXTS = ("keyword", "text")


def refused_twice(id_: str) -> DocumentRefused:
    """The error for two documents that have the same id."""
    return _refused({"id": id_}, "id", _NO_ID)


def _distinct(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        seen: set[str] = set()
        for id_ in ids:
            if id_ in seen:
                raise refused_twice(id_)
            seen.add(id_)


def _columns(rows: Sequence[Row], names: Iterable[str]) -> dict[str, Sequence[Any]]:
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else repeat(())
    return dict(zip(names, columns, strict=False))


def _nested(
    entries: Sequence[Mapping[str, Any]], properties: Mapping[str, Mapping[str, Any]], *, sure: bool
) -> Entries | None:
    """Entries of a nested path by field; ``None`` when one may be wrong."""
    known = properties.keys()
    if not sure and not all(entry.keys() <= known for entry in entries):
        return None
    columns = _columns([tuple(map(entry.get, known)) for entry in entries], known)
    return _entries(columns, len(entries), properties, sure=sure)


def _entries(
    columns: Mapping[str, Sequence[Any]], count: int, properties: Mapping[str, Mapping[str, Any]], *, sure: bool
) -> Entries | None:
    """Entries by field; ``None`` when one may be wrong."""
    texts: dict[str, Texts] = {}
    values: dict[str, Sequence[Any]] = {}
    for name, spec in properties.items():
        column = columns[name]
        if spec["type"] in _TEXTS:
            checked = _texts(column)
            if checked is None or not (sure or max(map(len, checked.words), default=0) <= _SURELY_SHORT):
                return None
            texts[name] = checked
        elif spec["type"] in _PLAIN:
            if not sure and not _PLAIN[spec["type"]](column):
                return None
            values[name] = column
    return Entries(count, texts, values)


def _texts(column: Sequence[Any]) -> Texts | None:
    """A column of texts, lists of texts and empty cells; ``None`` when the column has a value of another type."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return Texts(column, None, set(column))
    if kinds <= {str, _NOTHING}:
        values = [value for value in column if value is not None]
        return Texts(values, [value is not None for value in column], set(values))
    if not kinds <= {str, _NOTHING, list, tuple}:
        return None
    lists = [(value,) if value.__class__ is str else () if value is None else value for value in column]
    distinct = dict(zip(map(id, lists), lists, strict=True))
    values = [*chain.from_iterable(distinct.values())]
    try:
        words = set(values)
    except TypeError:  # a list in a list
        return None
    if not set(map(type, words)) <= {str}:
        return None
    number = dict(zip(distinct, count(), strict=False))
    return Texts(values, list(map(len, distinct.values())), words, [number[id(texts)] for texts in lists])


def _plain_numbers(column: Sequence[Any]) -> bool:
    try:
        return set(map(type, column)) <= {float, int, _NOTHING} and all(
            map(math.isfinite, (value for value in column if value is not None))
        )
    except OverflowError:  # a whole number beyond any double
        return False


def _plain_wholes(column: Sequence[Any]) -> bool:
    return set(map(type, column)) <= {int, _NOTHING} and all(
        -(2**53) < value < 2**53 for value in column if value is not None
    )


def _plain_days(column: Sequence[Any]) -> bool:
    return set(map(type, column)) <= {str, _NOTHING} and all(
        _day(value) is None for value in set(column) if value is not None
    )


def _plain_points(column: Sequence[Any]) -> bool:
    distinct = {id(value): value for value in column}  # most documents of a place share its point
    return all(_point(value) is None for value in distinct.values() if value is not None)


_PLAIN: dict[str, Callable[[Sequence[Any]], bool]] = {
    "double": _plain_numbers,
    "long": _plain_wholes,
    "date": _plain_days,
    "geo_point": _plain_points,
}
"""Whether every value of a column is surely right."""


def _refused(document: Document, field: str, complaint: str) -> DocumentRefused:
    return DocumentRefused(str(document.get("id"))[:80], field, complaint)


def _keyword(value: Any) -> Complaint:
    words = (value,) if isinstance(value, str) else value
    return _words_complaint(words) if isinstance(words, list | tuple) else _NO_TEXT


def _text(value: Any) -> Complaint:
    complaint = _keyword(value)
    if complaint is None or complaint is _NO_TEXT:
        return complaint
    texts = (value,) if isinstance(value, str) else value
    return _keyword([word for text in texts for word in text.split()])


def _words_complaint(words: list[Any] | tuple[Any, ...]) -> Complaint:
    if set(map(type, words)) - {str}:
        return _NO_TEXT
    try:
        total = len("".join(words))  # one pass in C: an offer may reach thousands of territories
    except TypeError:
        return _NO_TEXT
    if total > _SURELY_SHORT and max(len(word.encode()) for word in words) > MAX_WORD_BYTES:
        return f"un mot dépasse {MAX_WORD_BYTES} octets"
    return None


def _number(value: Any) -> Complaint:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "un nombre fini est attendu"
    return None


def _whole(value: Any) -> Complaint:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**53:
        return "un nombre entier, de moins de 2^53, est attendu"
    return None


def _day(value: Any) -> Complaint:
    try:
        if _DAY.fullmatch(value):
            date.fromisoformat(value)
            return None
    except (TypeError, ValueError):
        pass
    return "une date AAAA-MM-JJ est attendue"


def _point(value: Any) -> Complaint:
    if not isinstance(value, dict) or value.keys() != {"lon", "lat"} or any(map(_number, value.values())):
        return "un point {lon, lat} en degrés est attendu"
    if abs(value["lon"]) > 180 or abs(value["lat"]) > 90:
        return "longitude entre -180 et 180, latitude entre -90 et 90"
    return None


_CHECKS: dict[str, Callable[[Any], Complaint]] = {
    "keyword": _keyword,
    "text": _text,
    "double": _number,
    "long": _whole,
    "date": _day,
    "geo_point": _point,
}
