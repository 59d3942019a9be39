"""What a document must be to enter a generation: checked once here, so that both engines refuse the same ones and say why."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mappings import load_json
from vivier.engine.port import Document
from vivier.errors import BuildRefused
from vivier.operators import Collection

MAX_WORD_BYTES = 32_766
"""The longest keyword (and word of a text) OpenSearch indexes, in bytes of UTF-8."""

_SURELY_SHORT = MAX_WORD_BYTES // 4
_STRINGS = {str}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REQUIRED = ("id", "tie", "record")

_NO_TEXT = "un texte ou une liste de textes est attendu"

Complaint = str | None
"""What is wrong with a value, in French; ``None`` when nothing is."""


class DocumentCheck:
    """Refuses (``BuildRefused``, naming document, field and fix) what the mapping does not describe, and an id seen twice."""

    def __init__(self, collection: Collection) -> None:
        self._properties: Mapping[str, Mapping[str, Any]] = load_json(collection)["properties"]
        self._seen: set[str] = set()

    def __call__(self, document: Document) -> None:
        for name in _REQUIRED:
            if document.get(name) is None:
                raise _refused(document, name, "champ obligatoire, absent")
        self._fields(document, document, self._properties, "")
        id_ = document["id"]
        if not isinstance(id_, str) or not id_ or id_ in self._seen:
            raise _refused(document, "id", "un identifiant non vide, qu'aucun autre document ne porte, est attendu")
        self._seen.add(id_)

    def _fields(
        self, document: Document, entry: Mapping[str, Any], properties: Mapping[str, Mapping[str, Any]], path: str
    ) -> None:
        for name, value in entry.items():
            spec = properties.get(name)
            if spec is None:
                raise _refused(document, path + name, "champ absent du mapping")
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


def _refused(document: Document, field: str, complaint: str) -> BuildRefused:
    return BuildRefused(f"Document « {str(document.get('id'))[:80]} », champ « {field} » : {complaint}.")


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
