"""BOAMP and APProch online: one export asked whole, bytes kept, nothing sent again that did not change, a failure leaves the
former run in force."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawlers.registry import source_of
from tests.crawlers.partial import crawl
from tests.crawlers.samples import samples
from tests.world import World, served
from vivier.errors import ImportRefused
from vivier.model import Notice
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

pytestmark = pytest.mark.slow

SOURCES = ("approch", "boamp")


def export(source: str) -> tuple[str, bytes]:
    """The address an export is asked at, and an answer in its shape: a JSON list of records."""
    (url,) = source_of(source).plan.what.files.values()  # type: ignore[union-attr]
    parts = urlsplit(url)
    return f"{parts.path}{'?' + parts.query if parts.query else ''}", json.dumps(records(source)).encode()


def records(source: str) -> list[object]:
    found: list[object] = []
    for path in (file for file in samples(source) if file.suffix == ".json"):
        document = json.loads(path.read_bytes())
        found += document.get("results", [document]) if isinstance(document, dict) else document
    return found


def world(source: str) -> World:
    path, body = export(source)
    return World(pages={path: body})


def read(source: str, settings: Settings, at: World) -> None:
    with served(at):
        crawl(source, settings, mirror=at.url, accept_drops=True)


@pytest.mark.parametrize("source", SOURCES)
def test_the_export_is_read_whole_and_its_bytes_are_kept(source: str, settings: Settings) -> None:
    read(source, settings, at := world(source))
    stored = [path.read_bytes() for path in raw(settings, source)]
    assert stored == list(at.pages.values())
    assert list(read_models(current_run(settings.records, source), Notice))


@pytest.mark.parametrize("source", SOURCES)
def test_an_export_that_did_not_change_is_not_sent_again(source: str, settings: Settings) -> None:
    at = world(source)
    with served(at):
        crawl(source, settings, mirror=at.url, accept_drops=True)
        crawl(source, settings, mirror=at.url, accept_drops=True)
    assert (at.count(200), at.count(304)) == (1, 1)


@pytest.mark.parametrize("source", SOURCES)
def test_an_export_that_fails_leaves_the_former_run_in_force(source: str, settings: Settings) -> None:
    read(source, settings, world(source))
    before = current_run(settings.records, source)
    with pytest.raises(ImportRefused, match="réponse 404"):
        read(source, settings, World())
    assert current_run(settings.records, source) == before


def test_a_new_day_of_the_boamp_brings_what_is_new_with_what_is_still_open(settings: Settings) -> None:
    path, _ = export("boamp")
    every = [record for record in records("boamp") if isinstance(record, dict)]
    first, second = (
        World(pages={path: json.dumps(every[:-1]).encode()}),
        World(pages={path: json.dumps(every).encode()}),
    )
    read("boamp", settings, first)
    known = {notice.number for notice in read_models(current_run(settings.records, "boamp"), Notice)}
    read("boamp", settings, second)
    assert known <= {notice.number for notice in read_models(current_run(settings.records, "boamp"), Notice)}


def raw(settings: Settings, source: str) -> list[Path]:
    (run,) = (settings.raw / source).iterdir()
    return [path for path in run.iterdir() if path.suffix == ".json" and path.name not in ("job.json", "fetch.json")]
