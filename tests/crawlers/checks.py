"""What the shared tests expect of the sample of each source: ``tests/fixtures/sources/<id>/checks.json``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from crawlers.registry import sources
from crawlers.scaffold.write import CHECKS, EXPECTED
from tests.crawlers.samples import ROOT, SAMPLES, samples
from vivier.model import Model

WRITES = "« python -m scripts.build_expected {} » writes it"


class IncompleteSample(Exception):
    """The fixture folder of a source lacks something; the sentence names the file, the field and the fix."""


class Place(Model):
    """Cells of one row of a sample: ``names`` are its columns or keys, ``row`` counts from 0 the rows that have them.

    ``usual`` is the form in which the source writes its dates.
    """

    file: str
    names: tuple[str, ...]
    row: int = 0
    usual: Literal["iso", "french"] = "iso"


class Checks(Model):
    """Counts of rows of the sample, and the places where the shared tests write bad values.

    ``renamed`` is a column or key that the source cannot do without. ``framed``: a line stands before the header, quotation
    marks are plain characters. ``headless``: rows begin on the second line, and the source names its ``COLUMNS``.
    """

    seen: int
    kept: int
    set_aside: dict[str, int]
    skipped: dict[str, int]
    framed: bool = False
    headless: bool = False
    renamed: str | None = None
    sirets: tuple[Place, ...] = ()
    dates: tuple[Place, ...] = ()
    points: tuple[Place, ...] = ()

    @property
    def counts(self) -> tuple[int, int, dict[str, int], dict[str, int]]:
        """Rows seen, kept, set aside by reason and skipped by reason."""
        return self.seen, self.kept, self.set_aside, self.skipped


def read_checks(source_id: str, folder: Path = SAMPLES) -> Checks:
    """The checks of a source. Raises ``IncompleteSample`` when the file is missing or a field is wrong."""
    path = folder / source_id / CHECKS
    if not path.is_file():
        raise IncompleteSample(f"{shown(path)} is missing: {WRITES.format(source_id)}.")
    try:
        return Checks.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "whole file"
        raise IncompleteSample(f"{shown(path)}, field « {field} »: {first['msg']}.") from error


def check_complete(source_id: str, folder: Path = SAMPLES) -> None:
    """Raise ``IncompleteSample`` unless the source has a sample, its expected records and its checks."""
    place = folder / source_id
    if not samples(source_id, folder):
        raise IncompleteSample(
            f"{shown(place)} holds no « sample* » file: write invented rows in the raw layout there."
        )
    if not (place / EXPECTED).is_file():
        raise IncompleteSample(f"{shown(place / EXPECTED)} is missing: {WRITES.format(source_id)}.")
    read_checks(source_id, folder)


@cache
def all_checks() -> dict[str, Checks]:
    """The checks of every source whose sample is complete. One that is not fails its own test and no other."""
    found = {}
    for source_id in sources():
        try:
            check_complete(source_id)
        except IncompleteSample:
            continue
        found[source_id] = read_checks(source_id)
    return found


def accented(source_id: str, folder: Path = SAMPLES) -> tuple[Path, str]:
    """The first sample with a letter outside ASCII, and its text. « INVENTE » is read as « INVENTÉ »."""
    for path in samples(source_id, folder):
        text = path.read_text(encoding="utf8").replace("INVENTE", "INVENTÉ")
        if not text.isascii():
            return path, text
    raise IncompleteSample(
        f"{shown(folder / source_id)}: no sample has an accented letter; write one (« Fougères »), since encodings are "
        "tested with it."
    )


def holding(source_id: str, column: str, folder: Path = SAMPLES) -> Path:
    """The first sample that names a column."""
    for path in samples(source_id, folder):
        if column in path.read_text(encoding="utf8"):
            return path
    raise IncompleteSample(
        f"{shown(folder / source_id / CHECKS)}, field « renamed »: no sample has a column « {column} »."
    )


def shown(path: Path) -> str:
    """A path from the root of the repository, as messages give it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
