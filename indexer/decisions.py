"""The decisions file: pairs of records that a person judged to be one structure or two (``docs/identity.md``).

``$VIVIER_HOME/identity/decisions.csv``, UTF-8, comma or semicolon, read at each ``vivier index``::

    gauche,droite,decision,motif,date
    list:12,siae:90000000100017,fusionner,même directeur au téléphone,2026-11-24

``gauche`` and ``droite`` are source keys, as ``vivier pairs`` shows them. ``motif`` and ``date`` are required: who reads
the file a year later must know why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from indexer.clusters import Decisions
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.identity import fold

COLUMNS: Final = ("gauche", "droite", "decision", "motif", "date")
ANSWERS: Final = {"FUSIONNER": True, "SEPARER": False}


def read_decisions(path: Path) -> Decisions:
    """Pairs of source keys → one structure or not; empty without a file.

    Raises ``InvalidRequest`` with every line to correct: nothing of a file in doubt is applied.
    """
    if not path.exists():
        return {}
    found: dict[frozenset[str], bool] = {}
    errors: list[FieldError] = []
    for number, row in _rows(path):
        wrong = [FieldError(f"{path.name}, ligne {number}", code, text) for code, text in _faults(row)]
        pair, answer = frozenset((row["gauche"], row["droite"])), ANSWERS.get(fold(row["decision"]))
        if not wrong and answer is not None and found.setdefault(pair, answer) != answer:
            text = f"« {row['gauche']} » et « {row['droite']} » sont fusionnés sur une ligne et séparés sur une autre."
            wrong = [FieldError(f"{path.name}, ligne {number}", "contradiction", text)]
        errors += wrong
    refuse_any(errors)
    return found


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, "encoding", "Enregistrez le fichier en UTF-8.") from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in header else ",")
    given = tuple(name.strip().lower() for name in reader.fieldnames or ())
    if missing := [name for name in COLUMNS if name not in given]:
        raise _refused(
            path, "columns", f"Il manque la colonne {', '.join(missing)} (attendues : {', '.join(COLUMNS)})."
        )
    reader.fieldnames = list(given)
    for row in reader:
        if any((row.get(name) or "").strip() for name in COLUMNS):
            yield reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}


def _refused(path: Path, code: str, text: str) -> InvalidRequest:
    return InvalidRequest((FieldError(path.name, code, text),))


def _faults(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in ("gauche", "droite"):
        if not all(row[name].partition(":")):
            yield name, f"« {name} » vaut « {row[name]} » : une clé « source:clé » est attendue."
    if row["gauche"] == row["droite"]:
        yield "droite", "Les deux clés sont la même."
    if fold(row["decision"]) not in ANSWERS:
        yield "decision", f"« decision » vaut « {row['decision']} » : « fusionner » ou « séparer » est attendu."
    if not row["motif"]:
        yield "motif", "« motif » est vide : dites pourquoi."
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        yield "date", f"« date » vaut « {row['date']} » : une date AAAA-MM-JJ est attendue."
