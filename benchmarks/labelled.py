"""Reads the labelled pairs of ``tests/identity/pairs.csv``, and the real lists of their rows with our own importers.

A pair is two rows by list and key (a SIRET, a FINESS number, a SIREN), a label (``same``, ``other``, ``unclear``), why, and the
part it belongs to. Parts are drawn by a hash of the structure, so that no structure is in two of them:

- ``dev`` and ``earlier``: rules are written on them. ``earlier`` was held back at first, and is the harder one: nearly every
  trade name of the lists is in it;
- ``held``: read by nobody but through ``--held``, which writes the reading down.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crawlers.run import import_files
from indexer.gather import Gathered
from vivier.model import Record
from vivier.settings import Settings
from vivier.territory.gazetteer import load_gazetteer

ROOT = Path(__file__).resolve().parent.parent
PAIRS = ROOT / "tests" / "identity" / "pairs.csv"
OPEN = ("dev", "earlier")
PARTS = (*OPEN, "held")
LABELS = ("same", "other", "unclear")

FILES: Mapping[str, tuple[str, str]] = {
    "asp": ("asp", "siae_asp_2019_07.csv"),
    "esat": ("esat", "esat_liste_officielle_brut.csv"),
    "ess": ("ess_numerique", "ess_numerique_2026_echantillon.csv"),
    "geiq": ("geiq", "geiq_2019_11.csv"),
    "marche": ("siae", "siae_marche_2020.csv"),
}
"""Name of a list in the pairs → source that reads it, file."""


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


def shared() -> Path:
    """The folder of the shared data; it may be absent."""
    return Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data"))


def labelled_pairs() -> list[LabelledPair]:
    """The labelled pairs of the repository."""
    with PAIRS.open(encoding="utf8", newline="") as file:
        return [_pair(row) for row in csv.DictReader(file)]


def _pair(row: Mapping[str, str]) -> LabelledPair:
    left, right = Row(row["left_source"], row["left_key"]), Row(row["right_source"], row["right_key"])
    return LabelledPair(left, right, row["label"], row["part"], row["how"], row["reason"])


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
        for source, file in FILES.values():
            import_files(source, [shared() / "suppliers" / file], settings)
        gathered = list(Gathered(settings.records, load_gazetteer()))
    found = {name: tuple(_named(gathered, name, source)) for name, (source, _) in FILES.items()}
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
