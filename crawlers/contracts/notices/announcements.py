"""Reads an announcement of BOAMP whatever its form: chooses the reader for its body (``DONNEES``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.notices.handling import completed, number_of
from crawlers.contracts.notices.legacy import read_legacy
from crawlers.contracts.notices.legacy_v1 import is_v1, read_v1
from crawlers.contracts.notices.national import SHAPES, read_national
from crawlers.contracts.notices.raw import Part, RawNotice
from crawlers.contracts.notices.tree import Node

_LEGACY: Final = (
    "IDENTITE",
    "OBJET",
    "PROCEDURE",
    "CONDITION_RELATIVE_MARCHE",
    "CONDITION_PARTICIPATION",
    "ATTRIBUTION",
)
"""Blocks of a body of schemas 2. Some notices lack the first, that of the buyer."""


def read_announcement(root: Node) -> RawNotice:
    """Reads an announcement in XML: its body, and what BOAMP writes around it."""
    handled = root.first("GESTION") or Node("none")
    return completed(read_body(root.first("DONNEES") or Node("none"), number_of(handled)), handled)


def read_body(data: Node, number: str | None) -> RawNotice:
    """Reads a body alone. A body that is empty or of no known form gives an empty notice with an issue."""
    eforms = data.first("EFORMS")
    if eforms is not None:
        raw = read_eforms(eforms.children[0] if eforms.children else Node("none"))
        raw.follows = [other for other in raw.follows if other != number]
        return raw
    national = next(_national(data), None)
    if national is not None:
        return read_national(national)
    if is_v1(data):
        return read_v1(data)
    if any(map(data.has, _LEGACY)):
        return read_legacy(data)
    problem = "notice_body_unknown" if data.children else "notice_body_unreadable"
    return RawNotice(None, "boamp_flat", None, Part(), issues=[problem])


def _national(data: Node) -> Iterator[Node]:
    yield from (child for child in data.children if child.name in SHAPES)
