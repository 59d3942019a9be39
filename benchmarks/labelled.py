"""Reads the labelled pairs of ``tests/identity/pairs.csv``, and the real lists of their rows with our own importers.

A pair is two rows by list and key (a SIRET, a FINESS number, a SIREN), a label (``same``, ``other``, ``unclear``), why, and the
part it belongs to. Parts are drawn by a hash of the structure, so that no structure is in two of them:

- ``dev`` and ``earlier``: rules are written on them. ``earlier`` was held back at first, and is the harder one: nearly every
  trade name of the lists is in it;
- ``held``: read by nobody but through ``--held``, which writes the reading down.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from benchmarks.cases import ROOT
from benchmarks.homes import LISTS, load, shared
from indexer.gather import Gathered
from vivier.model import Record
from vivier.settings import Settings
from vivier.territory.gazetteer import load_gazetteer

PAIRS = ROOT / "tests" / "identity" / "pairs.csv"
OPEN = ("dev", "earlier")
PARTS = (*OPEN, "held")
LABELS = ("same", "other", "unclear")

SOURCES: Final = {"asp": "asp", "esat": "esat", "ess": "ess_numerique", "geiq": "geiq", "marche": "siae"}
"""Name of a list in the pairs → source that reads it."""


@dataclass(frozen=True, order=True)
class Row:
    """A row of a list: several records when the list has a row for each kind."""

    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"


@dataclass(frozen=True)
class LabelledPair:
    """Two rows, their label, and why; ``how`` is the stratum."""

    left: Row
    right: Row
    label: str
    part: str
    how: str
    reason: str


def labelled_pairs() -> list[LabelledPair]:
    """The labelled pairs of the repository."""
    with PAIRS.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    sides = [[Row(row.pop(f"{side}_source"), row.pop(f"{side}_key")) for side in ("left", "right")] for row in rows]
    return [LabelledPair(left, right, **row) for (left, right), row in zip(sides, rows, strict=True)]


def kept_back(pairs: Iterable[LabelledPair]) -> set[str]:
    """Structures (SIREN, or the number of an ESAT) that no figure but that of ``held`` may count."""
    return {structure(row) for pair in pairs if pair.part == "held" for row in (pair.left, pair.right)}


def structure(row: Row) -> str:
    """The structure of a row: its legal unit, or the ESAT itself."""
    return row.key if row.source == "esat" else row.key[:9]


@lru_cache(maxsize=1)
def lists() -> Mapping[str, tuple[Record, ...]]:
    """The records of every list as a build gathers them, addresses resolved; one key for the rows of one SIRET."""
    with tempfile.TemporaryDirectory(prefix="vivier-identity-") as folder:
        settings = Settings(home=Path(folder))
        load(LISTS, shared(), settings)
        gathered = list(Gathered(settings.records, load_gazetteer()))
    found = {name: tuple(_named(gathered, name, source)) for name, source in SOURCES.items()}
    return {**found, "brand": tuple(_brands(found["marche"]))}


def _named(records: Iterable[Record], name: str, source: str) -> Iterator[Record]:
    for record in records:
        if record.provenance.source_id == source:
            key = record.source_id if name == "esat" else record.source_id.partition("-")[0]
            yield renamed(record.model_copy(update={"source_id": key}), name)


def _brands(records: Iterable[Record]) -> Iterator[Record]:
    """The list of 2020 with its trade names alone, spelled as the structures spell them."""
    for record in records:
        if record.brand:
            yield renamed(record.model_copy(update={"name": record.brand, "brand": None}), "brand")


def renamed(record: Record, source: str) -> Record:
    """The record as a row of another list."""
    return record.model_copy(update={"provenance": record.provenance.model_copy(update={"source_id": source})})


def hidden(record: Record) -> Record:
    """The record without any identifier, as a row of a list that gives none."""
    return renamed(record.model_copy(update={"siren": None, "siret": None, "finess": None}), "hidden")
