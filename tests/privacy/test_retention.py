"""What is past its time is deleted, the run in force excepted."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW, samples
from vivier.runs.records import current_run, read_records
from vivier.runs.retention import purge
from vivier.settings import Settings


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    """Two runs of one source, a hundred days old and a day old, and one of another, two hundred days old."""
    settings = Settings(home=tmp_path / "home")
    for source, days in (("siae", 100), ("siae", 1), ("esat", 200)):
        import_files(source, samples(source), settings, now=NOW - timedelta(days=days))
    return settings


def names(settings: Settings, doomed: list[object]) -> list[str]:
    return [f"{item.what} {item.path.relative_to(settings.home).parts[1]}" for item in doomed]  # type: ignore[attr-defined]


def test_a_dry_run_says_what_would_go_and_touches_nothing(house: Settings) -> None:
    before = sorted(house.home.rglob("*"))
    assert names(house, list(purge(house, NOW, dry_run=True))) == ["raw esat", "raw siae", "run siae"]
    assert sorted(house.home.rglob("*")) == before


def test_old_raw_files_and_former_runs_go_and_the_run_in_force_stays(house: Settings) -> None:
    purge(house, NOW)
    assert [path.parent.name for path in sorted(house.raw.glob("*/*"))] == ["siae"]
    assert len(list(read_records(current_run(house.records, "esat")))) == 3
    assert len(list(house.records.glob("siae/2*"))) == 1
    assert purge(house, NOW) == []


def test_the_time_is_a_setting(house: Settings) -> None:
    longer = house.model_copy(update={"retention_days": 150})
    assert names(house, list(purge(longer, NOW, dry_run=True))) == ["raw esat"]


def test_what_is_no_run_is_left_alone(house: Settings) -> None:
    (house.raw / "siae" / "notes").mkdir()
    purge(house, NOW)
    assert (house.raw / "siae" / "notes").exists()


def test_answers_kept_for_conditional_requests_go_too(house: Settings) -> None:
    old = house.home / "http-cache" / "emplois" / "ab" / "abcdef"
    old.mkdir(parents=True)
    body = old / "response_body"
    body.write_bytes(b"telephone")
    for path in (body, old):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert purge(house, NOW) != []
    assert old.exists()
    days = timedelta(days=house.retention_days)
    purge(house, NOW + days)
    assert old.exists(), "used on the last day"
    purge(house, NOW + days + timedelta(seconds=1))
    assert not old.exists()
