"""Labels (``labels.csv``): what each certifies, who issues it, until when a certificate is valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

from mappings import read_table
from vivier.law.rows import Rows, day

LabelFamily = Literal["environnemental", "social", "autre"]


@dataclass(frozen=True)
class LabelType:
    """A label. ``validity`` says in words until when a certificate holds; ``open_source`` whether an open list of holders is
    known: where none is, zero found is not « none exists ». Bounds are those of the label itself, ``None``: not recorded."""

    code: str
    name: str
    family: LabelFamily
    certifies: str
    issuer: str
    validity: str
    open_source: bool
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str


def _read() -> Mapping[str, LabelType]:
    return {
        row["code"]: LabelType(
            row["code"],
            row["name"],
            cast(LabelFamily, row["family"]),
            row["certifies"],
            row["issuer"],
            row["validity"],
            row["open_source"] == "yes",
            day(row["valid_from"]),
            day(row["valid_to"]),
            row["status"],
            row["source"],
        )
        for row in read_table("labels")
    }


LABELS: Final[Mapping[str, LabelType]] = Rows(_read)
"""Labels by code."""
