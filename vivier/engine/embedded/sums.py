"""Checksums of the files of a generation: written last, verified when it is opened (its large files a little later) and by
« vivier doctor ». They tell a damaged disk or a copy cut short, not a forger.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

SUMS: Final = "sums.json"
"""The file of the checksums: for each other file, its size in bytes and its CRC-32. A generation built before has none."""
_LARGE: Final = 64_000_000
"""Bytes from which a file is verified after the opening: a tenth of a second is enough for a smaller one."""
_STEP: Final = 1 << 22


def write_sums(folder: Path, without: frozenset[str]) -> None:
    """Writes the checksums of the files of a folder, but those named ``without``. The caller makes the file durable."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    sums = {str(path.relative_to(folder)): (path.stat().st_size, _crc(path)) for path in files}
    (folder / SUMS).write_bytes(orjson.dumps(sums))


def check_opened(folder: Path) -> bool:
    """Verifies the sizes of all files and the content of those that are not large. Returns whether large ones remain to be verified. Raises
    ``ValueError`` naming the first damaged file."""
    found = _sums(folder)
    for name, (size, crc) in found.items():
        _check(folder, name, size, crc if size < _LARGE else None)
    return any(size >= _LARGE for size, _ in found.values())


def damaged(folder: Path) -> Iterator[str]:
    """The files whose content is not what was written, in French: all of them are read whole."""
    for name, (size, crc) in _sums(folder).items():
        try:
            _check(folder, name, size, crc)
        except (OSError, ValueError) as error:
            yield str(error)


def _sums(folder: Path) -> dict[str, tuple[int, int]]:
    """The checksums; empty for a generation built before they were written. Raises ``ValueError`` when they cannot be read."""
    try:
        read: dict[str, tuple[int, int]] = orjson.loads((folder / SUMS).read_bytes())
    except FileNotFoundError:
        return {}
    return read


def _check(folder: Path, name: str, size: int, crc: int | None) -> None:
    path = folder / name
    try:
        present = path.stat().st_size
    except FileNotFoundError:
        raise ValueError(f"le fichier « {name} » manque") from None
    if present != size:
        raise ValueError(f"le fichier « {name} » a {present} octets au lieu de {size}")
    if crc is not None and _crc(path) != crc:
        raise ValueError(f"le fichier « {name} » est abîmé")


def _crc(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while piece := file.read(_STEP):
            found = zlib.crc32(piece, found)
    return found
