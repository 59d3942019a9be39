"""A value of another shape sets its row aside with its reason, in every source; the other rows are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.kit import Intake
from crawlers.registry import source_of
from crawlers.run import import_files
from tests.crawlers.samples import samples
from tests.shared_data import shared_data
from vivier.settings import Settings

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ODD: tuple[Any, ...] = ("Oui", 3, True, ["x"], [["x"]], {"a": {"b": []}}, [{"code": 1}, 2])


def real_projects() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        shared_data("contracts", "stream", "approch-2022-api", "projets.json").read_text(encoding="utf8")
    )
    return found


def test_a_word_where_a_list_was_sets_one_planned_purchase_aside(tmp_path: Path) -> None:
    projects = real_projects()
    projects[0]["reservedPublicMarkets"] = "Oui"
    file = tmp_path / "projets.json"
    file.write_text(json.dumps(projects), encoding="utf8")
    report = import_files("approch", [file], Settings(home=tmp_path / "home"), now=NOW)
    assert report.set_aside == {"value_invalid": 1}
    assert report.kept == len(projects) - 1


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_field_of_another_shape_stops_the_reading_of_planned_purchases(tmp_path: Path, odd: Any) -> None:
    whole = real_projects()[0]
    file = tmp_path / "projets.json"
    file.write_text(json.dumps([whole, *(whole | {name: odd} for name in whole)]), encoding="utf8")
    source = source_of("approch")
    assert len(list(source.read([file], Intake(source.card, NOW)))) == 1 + len(whole)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_field_of_another_shape_stops_the_reading_of_notices(tmp_path: Path, odd: Any) -> None:
    sample = next(path for path in samples("boamp") if path.suffix == ".json")
    whole = json.loads(sample.read_text(encoding="utf8"))["results"][0]
    rows = [whole, *(whole | {name: odd} for name in whole)]
    file = tmp_path / "boamp.json"
    file.write_text(json.dumps({"total_count": len(rows), "results": rows}), encoding="utf8")
    source = source_of("boamp")
    assert len(list(source.read([file], Intake(source.card, NOW)))) >= len(rows)
