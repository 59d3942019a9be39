"""data.inclusion in Parquet gives the records of its JSON; a key opens the service pages of les-emplois."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from pydantic import SecretStr

from crawlers.kit import parquet
from crawlers.run import import_files
from tests.crawlers.partial import crawl
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples
from tests.world import World, served
from vivier.errors import ImportRefused
from vivier.model import Record
from vivier.settings import Settings

KEY = "cle-d-essai-0123456789"


def written(folder: Path, rows: int = 1_000) -> Path:
    """The JSON sample as a Parquet file, its rows in groups of ``rows``."""
    items = json.loads(samples("data_inclusion")[0].read_text(encoding="utf8"))
    keys = dict.fromkeys(key for item in items for key in item)
    file = folder / "structures.parquet"
    table = pyarrow.Table.from_pylist([{key: item.get(key) for key in keys} for item in items])
    pyarrow.parquet.write_table(table, file, row_group_size=rows)
    return file


def facts(settings: Settings) -> list[dict[str, object]]:
    found: list[Record] = list(records_of(settings, "data_inclusion").values())
    return [record.model_dump(exclude={"provenance": {"fetched_at"}}) for record in found]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 1_000])
def test_the_parquet_dump_gives_the_records_of_the_json(
    settings: Settings, tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH", 2)
    in_json = import_files("data_inclusion", samples("data_inclusion")[:1], settings, now=NOW)
    expected = facts(settings)
    report = import_files("data_inclusion", [written(tmp_path, rows)], settings, now=NOW)
    assert counts(report) == counts(in_json)
    assert facts(settings) == expected


def test_a_parquet_file_cut_short_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ImportRefused, match="Parquet coupé ou abîmé"):
        import_files("data_inclusion", [file], settings)


def test_a_parquet_file_of_something_else_is_refused_by_its_columns(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "other.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"siret": ["1"]}), file)
    with pytest.raises(ImportRefused, match="reseaux_porteurs"):
        import_files("data_inclusion", [file], settings)


@pytest.mark.slow
def test_with_a_key_les_emplois_is_read_from_its_service_pages(settings: Settings) -> None:
    keyed = settings.model_copy(update={"emplois_token": SecretStr(KEY)})
    page = {"count": 5, "next": None, "previous": None}
    page |= json.loads((SAMPLES / "emplois" / "marche.json").read_text(encoding="utf8")) | {"next": None}
    with served(World(pages={"/api/v1/marche/?page_size=100": json.dumps(page).encode()})) as world:
        report = crawl("emplois", keyed, mirror=world.url)
    assert counts(report) == (4, 2, {"kind_unknown": 1}, {"agreement_inactive": 1})
    assert world.keys == [f"Token {KEY}"]
    assert [path for path in settings.home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []
