"""Measures « Mes fournisseurs »: a ledger of 5,000 lines, one in seven of a supplier of the index, from its bytes to the answer and the workbook."""

from __future__ import annotations

import random
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks.corpus import indexed
from benchmarks.homes import opened
from benchmarks.report import Report, spent
from vivier.desk.read.ledger import MOST_ROWS, read_ledger
from vivier.desk.read.sheet import sheets_of
from vivier.desk.tell.ledger import ledger_body, study_ledger
from vivier.desk.tell.ledger_shapes import LedgerBody
from vivier.exports.ledger_book import ledger_workbook
from vivier.identity import is_siret
from vivier.lexicon import load_lexicon
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot

TODAY: Final = date(2026, 11, 24)
LINES: Final = 5_000
FAMILIES: Final = ("Nettoyage de locaux", "Espaces verts", "Fournitures de bureau", "Restauration", "Peinture", "Linge")
PLACE: Final = "departement:35"


def embedded(folder: Path, size: int, report: Report) -> None:
    """The time of the first answer of a process, then of another, in seconds of wall clock."""
    lexicon = load_lexicon()
    with opened(indexed(folder, size)) as snapshot:
        content = _ledger(snapshot)

        def answered() -> LedgerBody:
            read = read_ledger(sheets_of(content, MOST_ROWS), lexicon)
            return ledger_body(study_ledger(read, (PLACE,), snapshot, lexicon, TODAY), lexicon)

        for case in ("first of a process", "another"):
            answer = spent(answered)
            known = sum(line["match"] is not None for line in answer.result["lines"])
            seconds = {
                "answer s": f"{answer.clock:.2f}",
                "workbook s": f"{spent(ledger_workbook, answer.result).clock:.2f}",
            }
            report.add(case=case, lines=f"{LINES:,}", known=f"{known:,}", **seconds)


def _ledger(snapshot: Snapshot) -> bytes:
    draw = random.Random(4)
    known = [hit.record["siret"]["value"] for hit in snapshot.suppliers.scan(All()) if "siret" in hit.record]
    others = (number for n in count(73_282_932_000_000) if is_siret(number := str(n)))
    rows = ["SIRET;Famille d'achat;Montant HT"]
    for _ in range(LINES):
        siret = draw.choice(known) if known and draw.random() < 1 / 7 else next(others)
        rows.append(f"{siret};{draw.choice(FAMILIES)};{draw.uniform(-500, 20_000):.2f}")
    return "\n".join(rows).encode()
