"""Makes of a generation what a former or a later version of Vivier would have written."""

from __future__ import annotations

from pathlib import Path

import orjson

from vivier.engine.embedded.building import COLUMNS
from vivier.engine.embedded.container import Container, ContainerWriter
from vivier.engine.embedded.sums import SUMS, write_sums


def numbered(folder: Path, number: int | None) -> None:
    """Gives a generation the number of a format; ``None``: that of a version that wrote none."""
    path = folder / "generation.json"
    described = orjson.loads(path.read_bytes())
    described.pop("format", None)
    path.write_bytes(orjson.dumps(described | ({} if number is None else {"format": number})))
    write_sums(folder, frozenset({SUMS}))


def without(folder: Path, *left_out: str) -> None:
    """Takes columns from a generation, those whose names begin so."""
    container = Container(folder / COLUMNS)
    with ContainerWriter(folder / "beside") as beside:
        for name in container.names():
            if not name.startswith(left_out):
                beside.add(name, container.array(name))
    (folder / "beside").replace(folder / COLUMNS)
    write_sums(folder, frozenset({SUMS}))
