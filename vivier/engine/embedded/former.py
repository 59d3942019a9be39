"""Reads generations built before containers, with a file for each column: they answer until the next ``vivier index``.

Their columns are read whole into memory, which keeps no descriptor open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_TEXTS: Final = (".values", "vocabulary")
"""Ends of the names of the JSON files; the other files are arrays of numpy."""


class FormerColumns:
    """The same columns under the same names as in a container."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        ending = _file(suffix)
        return [path.name.removesuffix(ending) for path in (self._folder / prefix).glob(f"*{ending}")]

    def array(self, name: str) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.load(self._path(name))
        return found

    def octets(self, name: str) -> memoryview:
        return memoryview(self._path(name).read_bytes())

    def _path(self, name: str) -> Path:
        return self._folder / _file(name)


def _file(name: str) -> str:
    return f"{name}.json" if name.endswith(_TEXTS) else f"{name}.npy"
