"""Words of real contract objects with the trades of their CPV: ``mappings/tables/contract_words.csv.gz``.

``python -m scripts.build_contract_words FOLDER`` reads the DECP files of a folder (JSON of 2019 and 2022, the Bretagne
layout). Only counts leave it: a stem, a trade, in how many objects they met. A stem is kept from three objects of two
buyers on, so that no proper name and no sentence can be read back.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mappings import TABLES
from vivier.cpv import parse_cpvs
from vivier.lexicon import load_lexicon
from vivier.needs.boilerplate import boilerplate
from vivier.needs.folded import folded
from vivier.needs.lexis import read_words
from vivier.query import trades_of_cpv

OBJECTS, BUYERS = 3, 2


def contracts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(buyer, object, CPV field) of every contract of the JSON and CSV files."""
    for path in sorted((*folder.glob("decp-20*/*.json"), *folder.glob("csv-bretagne-2021/*.csv"))):
        yield from _csv(path) if path.suffix == ".csv" else _json(path)


def _json(path: Path) -> Iterator[tuple[str, str, str]]:
    data = json.loads(path.read_text(encoding="utf-8-sig"))
    found: Any = data.get("marches", data) if isinstance(data, dict) else data
    found = found.get("marche", []) if isinstance(found, dict) else found
    for contract in found:
        if isinstance(contract, dict) and contract.get("objet") and contract.get("codeCPV"):
            yield str((contract.get("acheteur") or {}).get("id", "")), contract["objet"], str(contract["codeCPV"])


def _csv(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="|"):
            named = {key.casefold(): value for key, value in row.items() if key}
            text, cpv = named.get("objet"), named.get("codecpv")
            if text and cpv:
                yield named.get("acheteur.id") or "", text, cpv


def count(folder: Path) -> dict[tuple[str, str], int]:
    """Objects by (stem, trade), rare stems left out."""
    lexicon = load_lexicon()
    seen: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    met: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for buyer, text, cpv in contracts(folder):
        plain = folded(text).text
        trades = {trade for code in parse_cpvs(cpv) for trade in trades_of_cpv(lexicon, code)[:2]}
        for stem in {word.stem for word in _words(plain) if word.stem.isalpha() and len(word.stem) > 2}:
            seen[stem].add((buyer, plain))
            for trade in trades:
                met[stem, trade].add(plain)
    kept = {s for s, at in seen.items() if len({o for _, o in at}) >= OBJECTS and len({b for b, _ in at}) >= BUYERS}
    return {key: len(objects) for key, objects in met.items() if key[0] in kept}


def _words(plain: str) -> list[Any]:
    aside = {place for start, end in boilerplate(plain) for place in range(start, end)}
    return [word for word in read_words(plain, load_lexicon().analysis) if word.start not in aside]


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    counts = count(parser.parse_args().folder)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("stem", "trade", "count"))
    writer.writerows((stem, trade, number) for (stem, trade), number in sorted(counts.items()))
    with (TABLES / "contract_words.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(text.getvalue().encode())


if __name__ == "__main__":
    main()
