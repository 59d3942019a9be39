"""Makes ``mappings/built`` from ``mappings/tables``: ``python -m scripts.build_needs [--check]``.

Communes and words are read once here, not each time that the command line reads a need. A test tells when a table changed since; the
product then reads the tables anew, which takes two seconds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import mappings
from vivier.lexicon import load_lexicon
from vivier.needs import index
from vivier.territory import communes, names

BUILT: Mapping[str, Any] = {
    communes.BUILT: lambda: (communes.digest(), asdict(communes.commune_table())),
    index.BUILT: lambda: (index.digest(), asdict(index.need_tables(load_lexicon()))),
    names.BUILT: lambda: (names.digest(), asdict(names.name_tables(load_lexicon().gazetteer))),
}
"""The tables by their name, each made as its digest and its content."""


def made(name: str) -> bytes:
    """A table as JSON, the same bytes each time."""
    digest, table = BUILT[name]()
    return json.dumps({"digest": digest, "table": table}, ensure_ascii=False, separators=(",", ":")).encode()


def stale() -> list[str]:
    """Names of the tables that are absent, or that would be made otherwise."""
    paths = {name: mappings.built_path(name) for name in BUILT}
    return [
        name for name, path in paths.items() if not path.exists() or gzip.decompress(path.read_bytes()) != made(name)
    ]


def main() -> int:
    """Runs the command line; returns 1 when ``--check`` finds a stale table."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build_needs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed tables")
    found = stale()
    if parser.parse_args().check:
        print("\n".join(f"stale: {name}" for name in found) or "tables are as built")
        return 1 if found else 0
    mappings.BUILT.mkdir(exist_ok=True)
    for name in found:
        mappings.built_path(name).write_bytes(gzip.compress(made(name), mtime=0))
        print(f"written: {mappings.built_path(name).name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
