"""Real objects of contracts with the trade that a reader gives them: only digests are kept here.

The texts are read in the folder that ``VIVIER_SHARED_DATA`` names, by the file and identifier of each judgement; a
text whose digest differs is not that judgement's. ``tests/relevance/SOURCES.md`` explains the grid.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
JUDGED = HERE / "objects_real.jsonl"

Line = dict[str, Any]
Row = tuple[str, str, str]
"""Identifier of the source, text, nature (`works`, `goods`, `service`, or blank when the source says none)."""


def digest(text: str) -> str:
    """First twelve hexadecimal digits of the sha256 of the exact text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def judged() -> list[Line]:
    """Each judgement: file, id, sha, trades, also, split."""
    return [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]


def objects(data: Path) -> Iterator[tuple[str, Line]]:
    """Text and judgement, in the order of the judgements; KeyError when the data no longer has a text."""
    lines = judged()
    files = {line["file"] for line in lines}
    texts = {(file, row[0], digest(row[1])): row[1] for file in files for row in source_rows(data / file)}
    for line in lines:
        yield texts[line["file"], line["id"], line["sha"]], line


def source_rows(path: Path) -> Iterator[Row]:
    """Rows of a file of contracts or notices; ValueError when its layout is not one of those drawn from."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig", errors="replace")
    if path.name == "decp.csv.gz":
        return ((row["id_marche"], row["objet_marche"], "") for row in csv.DictReader(io.StringIO(text)))
    if path.name == "marches.csv":
        rows = csv.DictReader(io.StringIO(text), delimiter="|")
        return ((row["id"], row["objet"], nature_of_cpv(row["codeCPV"])) for row in rows)
    content = json.loads(text)
    if isinstance(content, list):
        return ((row["url"], row["label"], PLANNED.get(row["purchasingCategory"], "")) for row in content)
    if "results" in content:
        return ((row["idweb"], row["objet"] or "", _nature_of_notice(row)) for row in content["results"])
    contracts = content["marches"]
    contracts = contracts["marche"] if isinstance(contracts, dict) else contracts
    return (
        (str(row["id"]), row.get("objet") or "", nature_of_cpv(str(row.get("codeCPV") or "")))
        for row in contracts
        if row.get("id")
    )


PLANNED = {"services": "service", "fournitures": "goods", "travaux": "works"}
NOTICE = {"SERVICES": "service", "FOURNITURES": "goods", "TRAVAUX": "works"}


def nature_of_cpv(cpv: str) -> str:
    """Nature that the division of a CPV code says: 45 is works, 50 and above services, the others goods."""
    if not cpv[:2].isdigit():
        return ""
    division = int(cpv[:2])
    return "works" if division == 45 else "service" if division >= 50 else "goods"


def _nature_of_notice(row: Line) -> str:
    kinds = row["type_marche"] or []
    return NOTICE.get(kinds[0], "") if kinds else ""
