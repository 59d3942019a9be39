"""The real files of the repository, beside the package and never in the wheel: what ``vivier demo --real`` reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from vivier.errors import ImportRefused, VivierError
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.runs.records import RunStatistics

REAL: Final = Path(__file__).parents[2] / "samples" / "real"
"""Written by ``scripts/build_real_demo.py``."""


def load_real(
    settings: Settings,
    folder: Path = REAL,
    *,
    day: date | None = None,
    stream: Path | None = None,
    report: Callable[[RunStatistics], None] = lambda statistics: None,
    refused: Callable[[ImportRefused], None] = lambda error: None,
) -> date:
    """Imports each file by its own source, marked as an extract of the day returned: ``day``, else that of the files.

    ``stream``: a folder of contracts and notices, read in place of those of ``folder`` of the same source. ``report`` is given what each source read,
    ``refused`` why one of ``stream`` was not.
    Raises ``VivierError`` where the files are not, or when no source reads any file of ``stream``.
    """
    from crawlers.run import import_files

    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise VivierError(
            "Les données réelles ne sont pas livrées avec le paquet installé. Clonez le dépôt de Vivier, puis « make demo-real »."
        )
    described = orjson.loads(manifest.read_bytes())
    day = day or date.fromisoformat(described["day"])
    streams = {} if stream is None else _by_source(stream)
    for file in described["files"]:
        if file["source"] not in streams:
            card = {"extract": day, "licence": file["licence"]}
            report(import_files(file["source"], [folder / file["file"]], settings, accept_drops=True, card=card))
    for source, paths in streams.items():
        try:
            report(import_files(source, paths, settings, accept_drops=True, card={"extract": day}))
        except (
            ImportRefused
        ) as error:  # nothing of that day in them, say: what the other files hold is shown all the same
            refused(error)
    return day


def _by_source(folder: Path) -> dict[str, list[Path]]:
    """The files of a folder by the stream that reads them; others are left."""
    from crawlers.gather import files_in
    from crawlers.registry import look_alike, source_of

    if not folder.is_dir():
        raise VivierError(f"« --stream » : le dossier « {folder} » n'existe pas.")
    read: dict[str, list[Path]] = {}
    for path in files_in(folder):
        source = look_alike(path, "")
        if source is not None and source_of(source).card.memory == "stream":
            read.setdefault(source, []).append(path)
    if not read:
        raise VivierError(f"« --stream » : aucune source ne lit les fichiers de « {folder} ».")
    return read
