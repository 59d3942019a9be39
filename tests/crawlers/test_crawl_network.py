"""From the network: fetch, then the very same reading as from files. A real server, a real Scrapy process."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from crawlers.fetch import fetch, user_agent
from crawlers.kit import Direct, FetchPlan
from crawlers.run import import_files
from tests.crawlers.lists import emplois_world, finess_world, query_of
from tests.crawlers.partial import crawl
from tests.crawlers.samples import counts, records_of, samples
from tests.world import World, served
from tests.world.certificates import Authority
from vivier.errors import ImportRefused, NotFound
from vivier.model import Record
from vivier.runs.records import current_run, put_in_force
from vivier.settings import Settings


def facts(records: dict[str, Record]) -> dict[str, dict[str, object]]:
    """Records without the moment they were read."""
    return {key: record.model_dump(exclude={"provenance": {"fetched_at"}}) for key, record in records.items()}


@pytest.mark.slow
def test_a_crawl_brings_the_same_records_as_the_files(settings: Settings) -> None:
    import_files("emplois", samples("emplois"), settings)
    from_files = facts(records_of(settings, "emplois"))
    with served(emplois_world()) as world:
        report = crawl("emplois", settings, mirror=world.url)
    assert counts(report) == (5, 3, {"kind_unknown": 1}, {"not_a_supplier": 1})
    assert facts(records_of(settings, "emplois")) == from_files


@pytest.mark.slow
def test_a_crawl_asks_each_departement_once_says_who_it_is_and_keeps_the_bytes_as_they_came(settings: Settings) -> None:
    with served(emplois_world()) as world:
        report = crawl("emplois", settings, mirror=world.url)
    assert world.requests[0][0] == "/robots.txt"
    first_pages = [path for path, _ in world.requests[1:] if "page" not in query_of(path)]
    assert len(first_pages) == len(set(first_pages)) == 104
    assert world.agents == {user_agent(settings)}
    assert settings.contact_url in user_agent(settings)
    stored = {path.read_bytes() for path in (settings.raw / "emplois" / report.run).glob("0*.json")}
    assert set(world.pages.values()) <= stored


@pytest.mark.slow
def test_a_second_crawl_asks_only_whether_something_changed(settings: Settings) -> None:
    with served(emplois_world()) as world:
        crawl("emplois", settings, mirror=world.url)
        world.requests.clear()
        report = crawl("emplois", settings, mirror=world.url)
    assert report.kept == 3
    assert world.count(304) == 105
    assert world.count(200) == 0


@pytest.mark.slow
def test_too_many_requests_are_waited_for_then_asked_again(settings: Settings) -> None:
    world = emplois_world()
    second = next(path for path in world.pages if path.endswith("page=2"))
    world.faults[second] = [(429, {"Retry-After": "1"})]
    with served(world):
        report = crawl("emplois", settings, mirror=world.url)
    refused, answered = (n for n, (path, _) in enumerate(world.requests) if path == second)
    assert (world.requests[refused][1], world.requests[answered][1]) == (429, 200)
    assert world.times[answered] - world.times[refused] >= 1
    assert report.kept == 3


@pytest.mark.slow
def test_a_page_that_fails_refuses_the_run_and_leaves_the_former_one(settings: Settings) -> None:
    former = import_files("emplois", samples("emplois"), settings)
    world = emplois_world()
    second = next(path for path in world.pages if path.endswith("page=2"))
    world.faults[second] = [(404, {})]
    with served(world), pytest.raises(ImportRefused, match="réponse 404"):
        crawl("emplois", settings, mirror=world.url)
    assert current_run(settings.records, "emplois").name == former.run


@pytest.mark.slow
def test_a_refusal_of_the_site_is_not_insisted_upon(settings: Settings) -> None:
    world = emplois_world()
    first = "/api/v1/siaes/?departement=01&page_size=100"
    world.faults[first] = [(403, {})]
    with served(world), pytest.raises(ImportRefused, match="403 ; le site refuse"):
        crawl("emplois", settings, mirror=world.url)
    assert [path for path, _ in world.requests] == ["/robots.txt", first]


@pytest.mark.slow
def test_robots_txt_is_obeyed(settings: Settings) -> None:
    world = emplois_world()
    world.robots = b"User-agent: *\nDisallow: /api/\n"
    with served(world), pytest.raises(ImportRefused, match=r"robots\.txt interdit cette adresse"):
        crawl("emplois", settings, mirror=world.url)
    assert [path for path, _ in world.requests] == ["/robots.txt"]


@pytest.mark.slow
def test_a_robots_txt_that_a_site_cannot_give_is_a_breakdown_and_forbids_nothing(settings: Settings) -> None:
    world = emplois_world()
    world.down.add("emplois.inclusion.beta.gouv.fr")
    with served(world), pytest.raises(ImportRefused, match=r"robots\.txt n'a pas pu être lu") as refused:
        crawl("emplois", settings, mirror=world.url)
    assert "interdit" not in str(refused.value)


@pytest.mark.slow
def test_a_certificate_that_nobody_here_trusts_is_no_silence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a town's proxy does, that opens TLS and signs again by an authority of its own."""
    with served(emplois_world()) as world:
        monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).file))
        with pytest.raises(ImportRefused, match="certificat refusé : l'autorité qui le signe est inconnue") as refused:
            crawl("emplois", settings, mirror=world.url)
    assert "pas de réponse" not in str(refused.value)


@pytest.mark.slow
def test_a_chain_that_turns_round_is_cut(settings: Settings) -> None:
    world = emplois_world()
    start = "/api/v1/siaes/?departement=01&page_size=100"
    page = {"count": 1, "next": f"https://emplois.inclusion.beta.gouv.fr{start}", "previous": None, "results": []}
    world.pages[start] = json.dumps(page).encode()
    with served(world), pytest.raises(ImportRefused, match="tourne en rond"):
        crawl("emplois", settings, mirror=world.url)


@pytest.mark.slow
def test_a_private_network_is_never_asked(settings: Settings) -> None:
    plan = FetchPlan(what=Direct(files={"liste.csv": "https://127.0.0.1/liste.csv"}), hosts=("127.0.0.1",))
    with pytest.raises(ImportRefused, match="réseau privé"):
        settings.home.mkdir()
        fetch(plan, settings.home, settings, "essai")


@pytest.mark.slow
def test_the_newest_files_of_the_catalogue_are_found_and_read(settings: Settings) -> None:
    with served(finess_world()) as world:
        report = crawl("finess", settings, mirror=world.url)
    assert counts(report) == (8, 4, {"finess_invalid": 1}, {"closed": 1, "inactive": 1, "other_category": 1})
    assert records_of(settings, "finess")["350000102"].capacities[0].value == 55
    assert report.files == (
        "finess-structures-journalier-20260905.json.gz",
        "finess-activites-journalier-20260905.json.gz",
    )
    assert report.updated_at == "2026-09-05"


@pytest.mark.slow
def test_a_file_that_has_not_the_checksum_of_the_catalogue_is_refused(settings: Settings) -> None:
    world = finess_world()
    path = next(path for path in world.pages if "structures-journalier-20260905" in path)
    world.pages[path] = gzip.compress(b'{"pmej": []}')
    with served(world), pytest.raises(ImportRefused, match="empreinte"):
        crawl("finess", settings, mirror=world.url)


@pytest.mark.slow
def test_a_dataset_without_the_expected_file_is_said(settings: Settings) -> None:
    world = World(
        pages={"/api/1/datasets/finess-structures-1/": b'{"resources": [{"title": "autre.csv", "url": "https://x"}]}'}
    )
    with served(world), pytest.raises(ImportRefused, match="aucune ressource"):
        crawl("finess", settings, mirror=world.url)


@pytest.mark.parametrize("source_id", ["esat", "siae", "list"])
def test_a_source_without_a_stable_address_says_to_bring_its_file(settings: Settings, source_id: str) -> None:
    with pytest.raises(ImportRefused, match=f"vivier import {source_id} FICHIER"):
        crawl(source_id, settings)


def test_an_unknown_source_names_the_known_ones(settings: Settings) -> None:
    with pytest.raises(NotFound, match="Vouliez-vous dire « emplois »"):
        crawl("emploi", settings)


def test_a_run_can_be_put_back_in_force(settings: Settings) -> None:
    former = import_files("emplois", samples("emplois"), settings)
    import_files("emplois", samples("emplois"), settings)
    put_in_force(settings.records, "emplois", former.run)
    assert current_run(settings.records, "emplois").name == former.run


@pytest.mark.slow
def test_the_delay_asked_by_robots_txt_is_kept(settings: Settings) -> None:
    world = finess_world()
    world.robots = b"User-agent: *\nCrawl-delay: 1\n"
    with served(world):
        crawl("finess", settings, mirror=world.url)
    asked = [
        (at.host, when) for (at, _), when in zip(world.asked, world.times, strict=True) if at.path != "/robots.txt"
    ]
    for host in ("www.data.gouv.fr", "static.data.gouv.fr"):
        first, second = (when for name, when in asked if name == host)
        assert second - first > 0.9
