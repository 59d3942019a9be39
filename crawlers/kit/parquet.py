"""Parquet files, read by groups of rows: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from crawlers.kit.files import check_file
from vivier.errors import ImportRefused

BATCH: Final = 8192
"""Rows made Python values at once."""

_MAGIC: Final = b"PAR1"


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet; refuses what is plainly no data."""
    check_file(path, reads=(_MAGIC,))
    with path.open("rb") as file:
        return file.read(4) == _MAGIC


def open_parquet(path: Path) -> Any:
    """The file, its schema read. Raises :class:`ImportRefused` when it is cut or damaged."""
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    try:
        return pyarrow.parquet.ParquetFile(path, pre_buffer=False)
    except (pyarrow.ArrowException, OSError) as error:
        raise ImportRefused(f"« {path.name} » : fichier Parquet coupé ou abîmé ; téléchargez-le de nouveau.") from error


def batches(path: Path, columns: list[str]) -> Iterator[Any]:
    """Groups of rows with these columns, in the order of the file."""
    import pyarrow

    file, number = open_parquet(path), 0
    try:
        for batch in file.iter_batches(batch_size=BATCH, columns=columns, use_threads=False):
            yield batch
            number += len(batch)
    except (pyarrow.ArrowException, OSError) as error:
        raise ImportRefused(f"« {path.name} » : fichier Parquet abîmé après {number} lignes.") from error


def parquet_items(path: Path) -> Iterator[dict[str, object]]:
    """Each row as a JSON document would give it: dates are texts, lists are lists."""
    for batch in batches(path, open_parquet(path).schema_arrow.names):
        for row in batch.to_pylist():
            yield {name: _written(value) for name, value in row.items()}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
