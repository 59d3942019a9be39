"""A source that fails keeps its last good records and says so; too much that disappears is a failure too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.run import import_files, open_run
from crawlers.sources.emplois import CARD
from tests.crawlers.lists import emplois_world
from tests.crawlers.partial import crawl
from tests.crawlers.samples import NOW, load, samples
from tests.world import served
from vivier.errors import ImportRefused
from vivier.runs.failures import failures, note_failure, read_failure
from vivier.runs.records import current_run
from vivier.settings import Settings


@pytest.mark.slow
def test_a_failing_source_says_since_when_and_why_and_keeps_its_records(settings: Settings) -> None:
    former = import_files("emplois", samples("emplois"), settings)
    world = emplois_world()
    second = next(path for path in world.pages if path.endswith("page=2"))
    with served(world):
        for _ in range(2):
            world.faults[second] = [(404, {})]
            with pytest.raises(ImportRefused):
                crawl("emplois", settings, mirror=world.url)
        failure = read_failure(settings.records, "emplois")
        assert failure is not None
        assert (failure.source.id, failure.attempts) == ("emplois", 2)
        assert failure.reason.startswith("réponse 404")
        assert failure.since < failure.last
        assert current_run(settings.records, "emplois").name == former.run
        crawl("emplois", settings, mirror=world.url)
    assert failures(settings.records) == {}


def test_a_run_of_the_same_second_leaves_alone_what_a_failed_one_received(settings: Settings) -> None:
    failed = open_run("ted", settings, NOW)
    received = settings.raw / "ted" / failed / "1.xml"
    received.write_bytes(b"<notice/>")
    (settings.records / "ted" / failed).rmdir()
    again = open_run("ted", settings, NOW)
    assert again != failed
    assert (settings.raw / "ted" / again).is_dir() and (settings.records / "ted" / again).is_dir()
    assert received.read_bytes() == b"<notice/>"


def test_the_reason_names_no_folder_of_this_machine(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"90000000{n:06d},EI,Nom,rue,35000,Rennes,,\n" for n in range(30))
    path = tmp_path / "bad.csv"
    path.write_text("siret,kind,name,address,post_code,city,lon,lat\n" + rows)
    with pytest.raises(ImportRefused, match=r"rejected\.jsonl"):
        import_files("siae", [path], settings)
    failure = read_failure(settings.records, "siae")
    assert failure is not None and "mises de côté" in failure.reason
    assert str(tmp_path) not in failure.reason


def test_the_query_of_an_address_is_not_told(settings: Settings) -> None:
    reason = "« emplois » : réponse 403 : https://example.org/api?token=secret (le site refuse)"
    failure = note_failure(settings.records, CARD, reason, NOW)
    assert failure.reason == "réponse 403 : https://example.org/api (le site refuse)"


def test_the_file_of_another_source_is_a_slip_not_a_failure(settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="vivier import siae"):
        import_files("esat", samples("siae"), settings)
    assert failures(settings.records) == {}


@pytest.mark.slow
def test_a_kind_that_loses_more_than_a_fifth_refuses_the_run(settings: Settings, tmp_path: Path) -> None:
    former = load(settings, tmp_path, {"EI": 100, "ACI": 30})
    with pytest.raises(ImportRefused, match="type ACI : 30 → 23") as refused:
        load(settings, tmp_path, {"EI": 107, "ACI": 23})
    assert "--accept-drops" in str(refused.value)
    assert "type EI" not in str(refused.value)
    assert current_run(settings.records, "list").name == former
    assert load(settings, tmp_path, {"EI": 107, "ACI": 23}, accept_drops=True) != former
    assert failures(settings.records) == {}


@pytest.mark.slow
def test_a_fifth_may_go_and_less_than_twenty_are_not_compared(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, {"EI": 100, "ACI": 19})
    assert load(settings, tmp_path, {"EI": 96}) == current_run(settings.records, "list").name


@pytest.mark.slow
def test_a_damaged_run_compares_with_nothing_and_is_replaced(settings: Settings, tmp_path: Path) -> None:
    former = load(settings, tmp_path, {"EI": 100})
    (settings.records / "list" / former / "statistics.json").write_text("{")
    assert load(settings, tmp_path, {"EI": 10}) != former


def test_a_failure_lasts_from_its_first_day(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    for day in (0, 3):
        with pytest.raises(ImportRefused, match="est vide"):
            import_files("esat", [path], settings, now=NOW + timedelta(days=day))
    failure = read_failure(settings.records, "esat")
    assert failure is not None
    assert failure.text().startswith(
        "en échec depuis le 24\N{NO-BREAK SPACE}novembre 2026 (2 tentatives, la dernière le 27\N{NO-BREAK SPACE}novembre 2026) : "
    )
