"""What the given database holds, in French, for the persons concerned: every table and every column. The data protection page is made of it; a
test holds that nothing is stored without its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sqlalchemy import Table

from vivier.given.mail_tables import METADATA  # with those of vivier.given.tables

Part = Literal["studies", "rounds", "requests", "mail", "service"]


@dataclass(frozen=True)
class Stored:
    """One table. ``part``: the part of the service that fills it; ``title``: what a row is; ``until``: when it is erased; ``columns``: what each
    column holds."""

    part: Part
    title: str
    until: str
    columns: Mapping[str, str]


def _stored(table: Table) -> Stored:
    return Stored(**table.info, columns={column.name: column.doc or "" for column in table.columns})


STORED: Final[Mapping[str, Stored]] = {table.name: _stored(table) for table in METADATA.tables.values()}


def stored_in(parts: frozenset[Part]) -> list[Stored]:
    """The tables that these parts of the service fill, part by part; none when there is no part."""
    rows = [row for row in STORED.values() if parts and row.part in parts | {"service"}]
    return sorted(rows, key=lambda row: get_args(Part).index(row.part))
