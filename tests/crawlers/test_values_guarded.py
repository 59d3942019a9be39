"""A reading whose values leave their profile is refused by the name of the column; a true one is not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW
from tests.crawlers.test_eighty_drifts import DECP, Change, decp, rows, valued
from vivier.errors import ImportRefused
from vivier.runs.profile import findings, least
from vivier.runs.records import current_run, read_statistics
from vivier.settings import Settings


def read(settings: Settings, folder: Path, change: Change, day: int = 0, **options: object) -> None:
    path = folder / f"{day}.json"
    path.write_bytes(rows(change, DECP)(decp()))
    import_files("decp", [path], settings, now=NOW + timedelta(days=day), **options)  # type: ignore[arg-type]


def same(row: dict[str, object]) -> dict[str, object]:
    return row


CENTS = valued("montant", lambda amount: amount * 100)


def test_amounts_in_cents_are_refused_by_name_from_a_file_too_and_what_is_in_force_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    read(settings, tmp_path, same)
    before = current_run(settings.records, "decp")
    with pytest.raises(ImportRefused, match=r"montant \(amount\).*attendue.*lue.*--accept amount"):
        read(settings, tmp_path, CENTS, 1)
    assert current_run(settings.records, "decp") == before


def test_a_column_accepted_by_name_is_read_and_another_one_is_still_guarded(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    read(settings, tmp_path, same)
    with pytest.raises(ImportRefused, match="durée"):
        read(settings, tmp_path, lambda row: CENTS(row) | {"dureeMois": 1}, 1, accept=["amount"])
    read(settings, tmp_path, CENTS, 2, accept=["amount"])


def test_a_first_reading_whose_buyers_are_no_numbers_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with pytest.raises(ImportRefused, match=r"acheteur \(buyer\)"):
        read(settings, tmp_path, lambda row: row | {"acheteur": {"id": str(row["objet"])[:14]}})


def test_the_same_file_again_is_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    for day in range(2):
        read(settings, tmp_path, same, day)
    assert json.loads(read_statistics(current_run(settings.records, "decp")).model_dump_json())["profile"]


def test_few_rows_give_no_alarm_where_many_do() -> None:
    former = {"/": {"": 400}, "/kind": {"": 400, "=EI": 300, "=ACI": 100}}
    few = {"/": {"": 9}, "/kind": {"": 9, "=ACI": 7, "=EI": 2}}
    many = {"/": {"": 400}, "/kind": {"": 400, "=ACI": 340, "=EI": 60}}
    assert not findings(former, few, whole=True)
    assert [finding.field for finding in findings(former, many, whole=True)] == ["kind"]
    assert least(4, 4) < 0.5 < least(8, 8)
