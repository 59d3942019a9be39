"""The layout of a JSON source: the keys its reader asks for are the ones expected, so a change is seen at the first reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW, samples
from tests.shared_data import shared_data
from vivier.runs.records import RunStatistics
from vivier.settings import Settings

OPTIONAL = {
    "agence_bio": "denominationcourante",
    "data_inclusion": "site_web",
    "emplois": "enseigne",
    "finess": "dateDerniereMaj",
    "marche": "brand",
    "rge": "site_internet",
}
"""A key that each JSON source reads when it is there."""


def signals(report: RunStatistics) -> set[tuple[str, str, str | None]]:
    return {(signal.change, signal.column, signal.was) for signal in report.drift}


def changed(folder: Path, source_id: str, change: Callable[[dict[str, Any]], None]) -> list[Path]:
    """The JSON samples of a source, each object changed."""
    found = []
    for path in samples(source_id):
        if path.suffix != ".json":
            continue
        document = json.loads(path.read_text(encoding="utf8"), object_hook=lambda item: change(item) or item)
        (folder / path.name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf8")
        found.append(folder / path.name)
    return found


@pytest.mark.parametrize(("source_id", "key"), OPTIONAL.items())
def test_a_renamed_key_is_guessed_at_the_first_reading(
    settings: Settings, tmp_path: Path, source_id: str, key: str
) -> None:
    def rename(item: dict[str, Any]) -> None:
        if key in item:
            item[f"{key}s"] = item.pop(key)

    report = import_files(source_id, changed(tmp_path, source_id, rename), settings, now=NOW)
    assert ("renamed", f"{key}s", key) in signals(report)


@pytest.mark.slow
@pytest.mark.parametrize(("source_id", "key"), OPTIONAL.items())
def test_a_key_that_went_is_missing_and_a_key_that_came_is_new(
    settings: Settings, tmp_path: Path, source_id: str, key: str
) -> None:
    def swap(item: dict[str, Any]) -> None:
        if item.pop(key, None) is not None:
            item["zzz_nouveau"] = 1

    first = [path for path in samples(source_id) if path.suffix == ".json"]
    import_files(source_id, first, settings, now=NOW)
    again = changed(tmp_path, source_id, swap)
    report = import_files(source_id, again, settings, now=NOW + timedelta(days=7), accept_drops=True)
    assert {("missing", key, None), ("new", "zzz_nouveau", None)} <= signals(report)


@pytest.mark.parametrize("source_id", OPTIONAL)
def test_the_layout_expected_is_no_signal(settings: Settings, source_id: str) -> None:
    report = import_files(source_id, samples(source_id), settings, now=NOW)
    unknown = {signal.column for signal in report.drift if signal.change == "new"}
    assert {signal.change for signal in report.drift} <= {"new"}
    assert unknown == set(report.columns_unknown)


def test_finess_in_the_spelling_of_its_schema_is_read_and_its_other_keys_are_said(settings: Settings) -> None:
    plain = shared_data("suppliers", "layouts", "finess_plus_structures.json")
    variant = shared_data("suppliers", "layouts", "finess_plus_structures_variante_schema.json")
    import_files("finess", [plain], settings, now=NOW)
    report = import_files("finess", [variant], settings, now=NOW + timedelta(days=1), accept_drops=True)
    assert report.kept > 0
    assert ("missing", "categorieentiteGeographiqueExercice", None) in signals(report)
