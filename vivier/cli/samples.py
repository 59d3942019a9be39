"""The real files of the repository, beside the package and never in the wheel: what ``vivier demo --real`` reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import orjson

from vivier.errors import VivierError
from vivier.settings import Settings

REAL: Final = Path(__file__).parents[2] / "samples" / "real"
"""Written by ``scripts/build_real_demo.py``."""


def load_real(settings: Settings, folder: Path = REAL) -> date:
    """Imports each file by its own source, marked as an extract of the day returned. Raises ``VivierError`` where the files are not."""
    from crawlers.run import import_files

    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise VivierError(
            "Les données réelles ne sont pas livrées avec le paquet installé. Clonez le dépôt de Vivier, puis « make demo-real »."
        )
    described = orjson.loads(manifest.read_bytes())
    day = date.fromisoformat(described["day"])
    for file in described["files"]:
        card = {"extract": day, "licence": file["licence"]}
        import_files(file["source"], [folder / file["file"]], settings, accept_drops=True, card=card)
    return day
