"""Counts the files and connections that this process has open, and gives its limit.

Each connection and each generation takes some. At the limit, the process can neither accept a connection nor open a file.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vivier.french import number

_WANTED: Final = 65_536
"""Number of descriptors that is enough for any load that one process can answer."""
_NEAR: Final = 0.8
_LISTED: Final = Path("/dev/fd")
"""Folder with one entry for each open descriptor, on Linux and macOS."""


@dataclass(frozen=True)
class OpenFiles:
    """Numbers of descriptors: ``used``, and their ``limit``."""

    used: int
    limit: int

    @property
    def near(self) -> bool:
        """Whether four fifths of the limit are used."""
        return self.used >= _NEAR * self.limit

    @property
    def sentence(self) -> str:
        """French sentence with the figures and the fix."""
        return (
            f"{number(self.used)} fichiers et connexions ouverts, sur {number(self.limit)} possibles. Relevez la limite du "
            "processus (« ulimit -n », « LimitNOFILE »), ou bornez les connexions dans le serveur placé devant."
        )


def open_files() -> OpenFiles:
    """The current figures."""
    return OpenFiles(sum(1 for _ in _LISTED.iterdir()), resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def raise_limit() -> None:
    """Raises the soft limit of this process towards the hard limit, which the operator sets. Never lowers it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
