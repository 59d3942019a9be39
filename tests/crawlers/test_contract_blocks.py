"""A large document of contracts, read by blocks in several processes: the same records as read by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.contract_files import contract
from crawlers import blocks
from crawlers.contracts.json_records import JsonRecords
from crawlers.contracts.pieces import Damaged, Piece, Stretch
from crawlers.run import import_files
from vivier.runs.records import RunStatistics, current_run
from vivier.settings import Settings

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 1, tzinfo=UTC)
COUNT = 4_000


def sound(**layout: Any) -> str:
    return json.dumps({"marches": {"marche": [contract(n) for n in range(COUNT)]}}, ensure_ascii=False, **layout)


def spoilt() -> str:
    """The same with what one meets: a value that is no JSON, a stray backslash, a line feed inside a text, a number no machine
    holds, a boolean beside the number equal to it, a wrapped record, one that is not closed, amendments and holders nested in lists, and half of it cut away."""
    records = [contract(n) for n in range(COUNT)]
    records[200]["titulaires"] = [{"id": "30000000700017", "typeIdentifiant": "SIRET"}] * 40
    records[201] = {"marche": records[201]}
    records[202]["modifications"] = [{"modification": {"id": n, "montant": 1000.0 * n}} for n in range(60)]
    texts = [json.dumps(record, ensure_ascii=False) for record in records]
    texts[300] = texts[300].replace('"offresRecues": ', '"offresRecues": NaN, "x": ')
    texts[400] = texts[400].replace('"objet": "', '"objet": "l\\\'eau ')
    texts[500] = texts[500].replace('"objet": "', '"objet": "sur\ndeux lignes ')
    texts[600] = texts[600].replace('"montant": ', '"montant": 123456789012345678901234567890, "y": ')
    texts[700] = texts[700][:-1]
    texts[750] = texts[750].replace('"offresRecues": ', '"offresRecues": true, "x": ')
    texts[751] = texts[751].replace('"offresRecues": ', '"offresRecues": 1, "x": ')
    texts[800] = '{"id": ' + texts[800]
    return '\ufeff{"marches": {"marche": [' + " ,\n".join(texts) + "]}}"


def imported(
    path: Path, home: Path, smallest: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[RunStatistics, bytes, bytes]:
    monkeypatch.setattr(blocks, "SMALLEST", smallest)
    settings = Settings(home=home)
    report = import_files("decp", [path], settings, now=AT)
    run = current_run(settings.records, "decp")
    return report, (run / "records.jsonl").read_bytes(), (run / "rejected.jsonl").read_bytes()


def deceiving() -> str:
    """Braces inside texts, and records without an object: cut where it seems, a block is not what it was taken for."""
    records = [contract(n) for n in range(COUNT)]
    for number in range(0, COUNT, 7):
        records[number]["objet"] = "Accolade } puis { et [ seule"
        del records[number + 1 if number + 1 < COUNT else 0]["objet"]
        records[number]["modifications"] = [{"modification": {"id": 1, "objet": "un objet de plus", "montant": 2000.0}}]
    return json.dumps({"marches": {"marche": records}}, ensure_ascii=False)


def indented() -> str:
    return sound(indent=2)


@pytest.mark.parametrize("made", [sound, indented, spoilt, deceiving])
def test_blocks_give_what_one_process_gives(
    made: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.json"
    path.write_text(made(), encoding="utf8")
    alone = imported(path, tmp_path / "alone", 1 << 40, monkeypatch)
    shared = imported(path, tmp_path / "shared", 0, monkeypatch)
    assert shared[1:] == alone[1:]
    of_the_run = {"run", "finished_at", "profile"}  # another sample
    assert shared[0].model_dump(exclude=of_the_run) == alone[0].model_dump(exclude=of_the_run)
    assert alone[0].kept >= COUNT - 4


def test_most_records_of_a_sound_document_are_read_at_once() -> None:
    pieces = list(JsonRecords(iter([sound()])))
    assert sum(piece.rows for piece in pieces if isinstance(piece, Stretch)) > 0.95 * COUNT


def test_a_stretch_is_exactly_the_records_that_are_read_one_by_one() -> None:
    """Whatever stands in the document, what the fast decoder reads is what the slow one would have read there."""
    text = spoilt().removeprefix("\ufeff")
    together, alone = JsonRecords(iter([text])), JsonRecords(iter([text]))
    alone._alone = 1 << 40  # never a stretch

    def values(records: JsonRecords) -> list[Any]:
        found: list[Any] = []
        for piece in records:
            match piece:
                case Stretch():
                    found += [(value, piece.container) for value in piece.values or ()]
                case Piece():
                    found.append((piece.value, piece.container))
                case Damaged():
                    found.append(piece)
        return found

    assert values(together) == values(alone)


def test_a_document_where_every_record_is_odd_is_still_read() -> None:
    records = [contract(n) for n in range(1_500)]
    text = json.dumps({"marches": {"marche": records}}).replace('"offresRecues": ', '"offresRecues": NaN, "x": ')
    assert len(list(JsonRecords(iter([text])))) == 1_500
