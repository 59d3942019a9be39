"""A process that keeps dossiers one after the other until it is killed: ``python -m tests.dossiers.keeper URL``.

Each is half a megabyte of one letter, so that a mixture of two, or half of one, would show. Its id is told once it is kept.
"""

from __future__ import annotations

import sys
from datetime import date
from itertools import cycle

from vivier.given.database import Database
from vivier.given.shelf import DatabaseShelf
from vivier.privacy.keys import new_id

UNTIL = date(2099, 1, 1)
SIZE = 500_000


def main() -> None:
    shelf = DatabaseShelf(Database(sys.argv[1]), "dossier", 365, 100_000)
    for letter in cycle("abcdefgh"):
        id_ = new_id()
        shelf.keep(id_, UNTIL, letter.encode() * SIZE)
        print(id_, letter, flush=True)


if __name__ == "__main__":
    main()
