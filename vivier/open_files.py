"""How many files and connections this process has open, and how many it may.

Each connection and each generation takes some; beyond the limit nothing more is accepted nor opened.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vivier.french import number

_WANTED: Final = 65_536
"""Descriptors that are enough for any load one process can answer."""
_NEAR: Final = 0.8
_LISTED: Final = Path("/dev/fd")
"""One entry for each descriptor, on Linux and macOS."""


@dataclass(frozen=True)
class OpenFiles:
    """``used`` descriptors of ``limit``."""

    used: int
    limit: int

    @property
    def near(self) -> bool:
        """Whether four fifths are used."""
        return self.used >= _NEAR * self.limit

    @property
    def sentence(self) -> str:
        """What is near, and what to do."""
        return (
            f"{number(self.used)} fichiers et connexions ouverts, sur {number(self.limit)} possibles : relevez la limite du "
            "processus (« ulimit -n », « LimitNOFILE »), ou bornez les connexions dans le serveur placé devant."
        )


def open_files() -> OpenFiles:
    """The figures of now."""
    return OpenFiles(sum(1 for _ in _LISTED.iterdir()), resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def raise_limit() -> None:
    """Raise the soft limit of this process towards the hard one, which its owner sets; it is never lowered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
