"""A reading that brings far fewer rows than a source is known to have is refused online, and accepted from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.registry import sources
from crawlers.run import crawl, import_files
from tests.crawlers.forking import forked
from tests.crawlers.samples import samples
from tests.world import World, served
from tests.world.datagouv import resource
from vivier.errors import ImportRefused
from vivier.runs.records import KeyCounts, current_run, read_statistics
from vivier.settings import Settings

RFAR = "a61ad4c3-5656-480d-b71c-bfc3cc99c9b0"


@pytest.mark.slow
def test_a_first_reading_cut_short_is_refused_with_the_known_size_and_the_way_out(settings: Settings) -> None:
    with (
        forked(),
        served(World(pages=resource(RFAR, "liste.csv", samples("rfar")[0].read_bytes()))) as world,
        pytest.raises(ImportRefused, match="au moins 20 attendue") as refused,
    ):
        crawl("rfar", settings, mirror=world.url)
    assert "--accept-few" in str(refused.value)
    assert not (settings.records / "rfar" / "current").exists()


@pytest.mark.slow
def test_a_small_reading_is_accepted_when_asked(settings: Settings) -> None:
    with forked(), served(World(pages=resource(RFAR, "liste.csv", samples("rfar")[0].read_bytes()))) as world:
        assert crawl("rfar", settings, mirror=world.url, accept_few=True).kept == 4


def test_a_file_may_be_a_part_of_the_list(settings: Settings) -> None:
    assert import_files("esat", samples("esat"), settings).kept == 3


def test_every_source_of_suppliers_read_online_says_how_many_rows_it_has_at_least_and_on_what_basis() -> None:
    cards = [
        source.card for source in sources().values() if source.plan is not None and source.card.content == "suppliers"
    ]
    assert cards
    assert [card.id for card in cards if card.minimum_rows <= 1 or not card.minimum_basis] == []


def test_a_list_that_replaces_one_counts_the_keys_that_it_gained_and_lost(settings: Settings, tmp_path: Path) -> None:
    [path] = samples("esat")[:1]
    header, *rows = path.read_text(encoding="utf8").splitlines(keepends=True)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join([header, *rows[1:]]), encoding="utf8")
    second.write_text("".join([header, rows[0], *rows[2:]]), encoding="utf8")
    assert import_files("esat", [first], settings).keys is None
    kept = import_files("esat", [second], settings, accept_drops=True)
    assert kept.keys == KeyCounts(added=1, gone=1)
    assert read_statistics(current_run(settings.records, "esat")).keys == kept.keys
