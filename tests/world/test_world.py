"""Every live source, from nothing: read as its producer documents it, kept whole, asked again politely, one at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from protego import Protego

from crawlers.fetch import user_agent
from crawlers.registry import source_of, sources
from tests.world.conftest import AGAIN, CATALOGUE, DOWN, FAULTY, RENAMED, RESOURCE, WELL, Brought, hosts_of
from tests.world.entry import entries, replica
from vivier.runs.failures import read_failure
from vivier.runs.records import MODELS, current_run, read_models, read_statistics

LIVE = sorted(name for name, source in sources().items() if source.plan is not None or source.fetch is not None)
PER_MINUTE = {"emplois": 12, "societe_mission": 420, "ted": 100}
"""Requests a minute that producers allow, where they say so."""


def told(brought: Brought, name: str) -> dict[str, dict[str, Any]]:
    """The records in force of a source as JSON, by key: that of the source, the number of a contract."""
    run = current_run(brought.settings.records, name)
    content = source_of(name).card.content
    records = [record.model_dump(mode="json") for record in read_models(run, MODELS[content])]
    return {str(record["number" if content == "contracts" else "source_id"]): record for record in records}


def found(record: Any, path: str) -> object:
    for part in path.split("."):
        record = record[int(part)] if isinstance(record, list) else record[part]
    return record


def test_every_source_read_online_is_played() -> None:
    assert sorted(entries()) == LIVE


@pytest.mark.parametrize("name", LIVE)
def test_the_evidence_of_a_real_address_is_said(name: str) -> None:
    plan = source_of(name).plan
    assert name == "website" or (plan is not None and plan.verified)


@pytest.mark.parametrize("name", [name for name in LIVE if (plan := sources()[name].plan) and not plan.obeys_robots])
def test_robots_txt_is_left_only_for_documented_data_under_a_stated_licence(name: str) -> None:
    source = source_of(name)
    assert source.plan is not None and source.plan.documentation
    assert source.plan.documentation.startswith("https://")
    assert source.card.licence.startswith(("Licence Ouverte", "ODbL"))
    assert "vérifier" not in source.card.licence


@pytest.mark.parametrize("name", PER_MINUTE)
def test_the_rate_kept_is_within_the_one_allowed(name: str) -> None:
    plan = source_of(name).plan
    assert plan is not None and 60 / plan.delay <= PER_MINUTE[name]


def test_an_update_from_nothing_reads_every_source_and_refuses_none(brought: Brought) -> None:
    first = brought.first
    assert {name: first.states[name] for name in LIVE} == dict.fromkeys(LIVE, "done"), first.report
    assert first.code == 0
    assert first.report["index"]["state"] == "done"


@pytest.mark.parametrize("name", LIVE)
def test_every_row_is_accounted_for_and_every_column_known(brought: Brought, name: str) -> None:
    entry = entries()[name]
    report = read_statistics(current_run(brought.settings.records, name))
    assert report.set_aside == entry.set_aside
    assert report.skipped == entry.skipped
    assert report.issues == entry.issues
    assert (report.columns_unknown, report.drift) == ((), ())
    assert report.kept > 0


@pytest.mark.parametrize("name", LIVE)
def test_every_fact_that_the_producer_gives_is_kept(brought: Brought, name: str) -> None:
    records = told(brought, name)
    tells = entries()[name].tells
    assert sorted(records) == sorted(tells)
    kept = {key: {path: found(records[key], path) for path in facts} for key, facts in tells.items()}
    assert kept == {key: dict(facts) for key, facts in tells.items()}


def test_only_the_hosts_of_the_cards_are_asked_by_someone_who_says_who(brought: Brought) -> None:
    known = {host for source in sources().values() if source.plan is not None for host in source.plan.hosts}
    asked = {asked.host for asked, _ in brought.first.asked}
    others = {host for host in asked if not any(host == name or host.endswith(f".{name}") for name in known)}
    assert {host.partition(".")[2] for host in others} == {"example.org"}, "suppliers' own sites"
    assert brought.agents == {user_agent(brought.settings)}


def test_no_address_that_a_robots_txt_forbids_is_asked_but_those_of_documented_data(brought: Brought) -> None:
    world = replica()
    documented = {
        host for source in sources().values() if (plan := source.plan) and plan.documentation for host in plan.hosts
    }
    rules = {host: Protego.parse(text.decode()) for host, text in world.robots_of.items()}
    forbidden = [
        asked.url
        for asked, _ in brought.first.asked
        if asked.host in rules
        and asked.path != "/robots.txt"
        and not rules[asked.host].can_fetch(f"https://{asked.url}", user_agent(brought.settings))
    ]
    assert forbidden
    assert {urlsplit(f"//{url}").hostname for url in forbidden} <= documented
    assert not [asked.url for asked, _ in brought.first.asked if "/datasets/r/" in asked.url]


@pytest.mark.parametrize(("place", "refused"), [(CATALOGUE, 429), (RESOURCE, 500)])
def test_a_host_that_asks_to_wait_or_fails_once_is_asked_again(brought: Brought, place: str, refused: int) -> None:
    assert [status for asked, status in brought.first.asked if asked.url == place] == [refused, 200]


@pytest.mark.parametrize("name", AGAIN)
def test_a_second_reading_asks_only_whether_something_changed(brought: Brought, name: str) -> None:
    hosts = hosts_of(name)
    answers = [
        status
        for asked, status in brought.second.asked
        if asked.path != "/robots.txt" and any(asked.host == host or asked.host.endswith(f".{host}") for host in hosts)
    ]
    assert set(answers) - {302} == {304}, "a redirection has no content to compare"
    assert brought.second.states[name] == "done"


def test_no_host_is_asked_faster_than_the_cards_say(brought: Brought) -> None:
    assert [asked.url for update in (brought.first, brought.second, brought.third) for asked in update.too_fast] == []


def test_a_source_that_fails_leaves_the_others(brought: Brought) -> None:
    assert brought.third.code == 1
    assert brought.third.states == {DOWN: "failed", RENAMED: "failed", WELL: "done"}
    assert sorted(brought.third.states) == sorted(FAULTY)
    assert brought.third.report["index"]["state"] in ("done", "unchanged")


@pytest.mark.parametrize(("name", "why"), [(DOWN, hosts_of(DOWN)[0]), (RENAMED, "Absentes")])
def test_a_source_that_fails_says_why_and_keeps_its_last_records(brought: Brought, name: str, why: str) -> None:
    failure = read_failure(brought.settings.records, name)
    assert failure is not None and why in failure.reason
    assert told(brought, name).keys() == entries()[name].tells.keys()
