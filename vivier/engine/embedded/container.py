"""Many named arrays in one file: opening a generation then takes one memory map and one descriptor, not one for each column.

The file has the format's name, the arrays one after the other, the table in JSON that gives the place of each, then the offset
of that table. Numbers are little-endian, as numpy writes them.
"""

from __future__ import annotations

import mmap
import struct
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import orjson

from vivier.durable import LargeFile

_FORMAT: Final = b"vivier-columns-1"
"""The first bytes of the file. Change it whenever the format described here changes."""
_ALIGNED: Final = 64
"""Each array starts at a multiple of this number of bytes, whatever its type."""
_END: Final = struct.Struct("<Q")
_OCTETS: Final = "|u1"


def mapped(path: Path) -> mmap.mmap:
    """The bytes of a file that is not empty. They stay readable after the file is removed. An array that views them keeps the
    map open."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class ContainerWriter:
    """Writes a container, which is durable once closed. Threads may share it: each array is written whole."""

    def __init__(self, path: Path) -> None:
        self._file = LargeFile(path)
        self._table: dict[str, tuple[str, int, int]] = {}
        """For each name: the type, the offset in bytes, the number of items."""
        self._lock = threading.Lock()
        self._size = self._file.write(_FORMAT)

    def add(self, name: str, array: npt.NDArray[Any]) -> None:
        """Writes an array of one dimension."""
        with self._lock:
            start = self._aligned()
            self._size += self._file.write(array.tobytes())
            self._table[name] = (array.dtype.str, start, len(array))

    def add_octets(self, name: str, pieces: Iterable[bytes]) -> None:
        """Writes bytes that come piece after piece."""
        with self._lock:
            start = self._aligned()
            for piece in pieces:
                self._size += self._file.write(piece)
            self._table[name] = (_OCTETS, start, self._size - start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Writes the table and closes the file; after an error, only closes it."""
        try:
            if kind is None:
                self._file.write(orjson.dumps(dict(sorted(self._table.items()))) + _END.pack(self._size))
        finally:
            self._file.close(durable=kind is None)

    def _aligned(self) -> int:
        self._size += self._file.write(bytes(-self._size % _ALIGNED))
        return self._size


class Container:
    """A container, open for reading as long as a reference to it or to one of its arrays exists. Threads may share it.

    Raises ``ValueError`` when the file is of another format or was cut short.
    """

    def __init__(self, path: Path) -> None:
        self._map = mapped(path)
        if self._map[: len(_FORMAT)] != _FORMAT or sys.byteorder != "little":
            raise ValueError(f"{path.name} n'est pas du format {_FORMAT.decode()}")
        (end,) = _END.unpack(self._map[-_END.size :])
        self._table: dict[str, tuple[str, int, int]] = orjson.loads(self._map[end : -_END.size])

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        matching = (name for name in self._table if name.startswith(prefix) and name.endswith(suffix))
        return [name.removeprefix(prefix).removesuffix(suffix) for name in matching]

    def array(self, name: str) -> npt.NDArray[Any]:
        """A read-only array. Raises ``ValueError`` when no array has that name."""
        dtype, start, count = self._place(name)
        return np.frombuffer(self._map, np.dtype(dtype), count, start)

    def octets(self, name: str) -> memoryview:
        _, start, count = self._place(name)
        return memoryview(self._map)[start : start + count]

    def _place(self, name: str) -> tuple[str, int, int]:
        if name not in self._table:
            raise ValueError(f"sans « {name} »")
        return self._table[name]
