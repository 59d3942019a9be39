"""What stands between a build and its promotion, and what the index says of the sources behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from indexer.current import up_to_date
from indexer.doctor import diagnose
from indexer.gates import lost
from indexer.publish import publish
from tests.crawlers.samples import load, samples
from vivier.engine import open_engine
from vivier.errors import BuildRefused, ImportRefused
from vivier.lexicon import Lexicon
from vivier.runs.failures import read_failure
from vivier.runs.freshness import never_loaded, source_states
from vivier.runs.records import RunStatistics, SourceCard
from vivier.search.port import Store
from vivier.settings import Settings

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Store]:
    with closing(open_engine(settings)) as engine:
        yield engine


def meta(runs: dict[str, dict[str, int]], maximum_drop: float = 0.2, **tally: int) -> dict[str, Any]:
    """What a generation keeps of sources with these records by kind."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    card = {"title": "t", "producer": "p", "dataset": "d", "licence": "l", "covers": "c", "limits": "l"}
    return {
        "tally": {name.replace("_", ":"): count for name, count in tally.items()},
        "sources": [
            RunStatistics(
                source=SourceCard(id=name, maximum_drop=maximum_drop, **card),
                run="r",
                started_at=at,
                finished_at=at,
                files=(),
                seen=sum(kinds.values()),
                kept=sum(kinds.values()),
                set_aside={},
                skipped={},
                issues={},
                tally={f"kind:{kind}": count for kind, count in kinds.items()},
            ).model_dump(mode="json")
            for name, kinds in runs.items()
        ],
    }


def test_one_source_does_not_hide_what_another_loses() -> None:
    before = meta({"a": {"EI": 100}, "b": {"EI": 100}}, kind_EI=200)
    after = meta({"a": {"EI": 50}, "b": {"EI": 150}}, kind_EI=200)
    assert lost(before, after) == ["source a, lignes gardées : 100 → 50", "source a, type EI : 100 → 50"]


def test_a_kind_lost_inside_a_source_is_seen_when_its_rows_are_as_many() -> None:
    before, after = meta({"a": {"EI": 100, "ACI": 40}}), meta({"a": {"EI": 140}})
    assert lost(before, after) == ["source a, type ACI : 40 → 0"]


def test_a_source_that_is_gone_is_lost_whole() -> None:
    assert lost(meta({"a": {"EI": 30}}), meta({})) == [
        "source a, lignes gardées : 30 → 0",
        "source a, type EI : 30 → 0",
    ]


def test_the_limit_is_that_of_the_source() -> None:
    assert lost(meta({"a": {"EI": 100}}), meta({"a": {"EI": 60}}, maximum_drop=0.5)) == []
    assert lost(meta({"a": {"EI": 100}}), meta({"a": {"EI": 90}}, maximum_drop=0.05)) != []


def test_a_source_that_wins_facts_from_another_loses_nobody() -> None:
    before = meta({"a": {"EI": 100}}, source_a=100, suppliers=100)
    assert lost(before, meta({"a": {"EI": 100}}, source_a=10, suppliers=100)) == []


@pytest.mark.slow
def test_a_drop_accepted_at_import_is_still_asked_about_at_the_index(
    settings: Settings, engine: Store, lexicon: Lexicon, tmp_path: Path
) -> None:
    load(settings, tmp_path, {"EI": 40, "ACI": 30})
    live = publish(engine, settings, lexicon, skip_judged=True).generation
    load(settings, tmp_path, {"EI": 70}, accept_drops=True)
    with pytest.raises(BuildRefused, match="source list, type ACI : 30 → 0"):
        publish(engine, settings, lexicon, skip_judged=True)
    assert engine.live("suppliers").name == live.name
    assert publish(engine, settings, lexicon, skip_judged=True, accept_drops=True).generation.documents == 70


@pytest.mark.slow
def test_a_failure_makes_the_index_say_something_new_and_the_doctor_too(
    settings: Settings, engine: Store, lexicon: Lexicon, tmp_path: Path
) -> None:
    load(settings, tmp_path, {"EI": 30})
    assert up_to_date(engine, settings, lexicon) is None
    live = publish(engine, settings, lexicon, skip_judged=True).generation
    assert up_to_date(engine, settings, lexicon) == live
    for source, path in (("list", tmp_path / "empty.csv"), ("esat", tmp_path / "empty.csv")):
        path.write_text("")
        with pytest.raises(ImportRefused):
            import_files(source, [path], settings, now=AT)
    assert up_to_date(engine, settings, lexicon) is None
    live = publish(engine, settings, lexicon, skip_judged=True).generation
    (state,) = source_states(live, AT.date())
    assert state.failing is not None and "est vide" in state.failing.reason
    assert [one.id for one in never_loaded(live)] == ["esat"]
    checks = {check.name: check for check in diagnose(settings)}
    assert not checks["source list"].ok
    assert "ces données restent en service : en échec depuis le" in checks["source list"].text
    assert checks["source esat"].text.startswith("jamais lue ; en échec depuis le")


def test_the_doctor_tells_a_changed_layout_and_stays_in_good_health(settings: Settings, tmp_path: Path) -> None:
    text = samples("siae")[0].read_text(encoding="utf-8-sig").replace("website", "site web", 1)
    (tmp_path / "siae.csv").write_text(text, encoding="utf8")
    import_files("siae", [tmp_path / "siae.csv"], settings)
    check = next(check for check in diagnose(settings) if check.name == "source siae")
    assert check.ok or check.old
    assert "colonne « site web »" in check.text


def test_the_words_of_a_run_are_kept_with_it(settings: Settings) -> None:
    report = import_files("esat", samples("esat"), settings)
    assert report.counted("set_aside") == {"numéro FINESS invalide": 1}
    assert report.tally == {"kind:ESAT": 3}
    assert read_failure(settings.records, "esat") is None
