"""From the network: a key is sent and never written down, redirects stay inside the hosts, numbered pages come to an end."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from crawlers.registry import source_of, sources
from crawlers.run import import_files
from tests.crawlers.partial import crawl
from tests.crawlers.samples import SAMPLES, counts, records_of, samples
from tests.world import World, served
from tests.world.datagouv import FILES, HOST, ROBOTS, resource
from vivier.errors import ImportRefused
from vivier.settings import Settings

KEY = "cle-d-essai-0123456789"
MARCHE = "/api/siae/?limit=200&offset="
RFAR = "a61ad4c3-5656-480d-b71c-bfc3cc99c9b0"
MISSION = "/search?est_societe_mission=true&etat_administratif=A&per_page=25&page="


def marche_world() -> World:
    pages = [(SAMPLES / "marche" / f"sample-page{n}.json").read_bytes() for n in (1, 2)]
    return World(pages={f"{MARCHE}0": pages[0], f"{MARCHE}200": pages[1]})


@pytest.mark.slow
def test_the_key_of_the_marche_is_sent_with_every_page_and_written_nowhere(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    with served(marche_world()) as world:
        report = crawl("marche", keyed, mirror=world.url)
    assert world.keys == [f"Bearer {KEY}"] * 2
    assert counts(report) == (5, 3, {"kind_unknown": 1}, {"inactive": 1})
    written = [path for path in settings.home.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []
    assert KEY not in repr(keyed)


@pytest.mark.slow
def test_without_a_key_nothing_is_asked_and_the_variable_is_named(settings: Settings) -> None:
    with served(marche_world()) as world, pytest.raises(ImportRefused, match="VIVIER_MARCHE_TOKEN"):
        crawl("marche", settings, mirror=world.url)
    assert world.requests == []


@pytest.mark.slow
def test_a_key_that_is_refused_is_not_insisted_upon(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    world = marche_world()
    world.faults[f"{MARCHE}0"] = [(401, {})]
    with served(world), pytest.raises(ImportRefused, match="401") as refused:
        crawl("marche", keyed, mirror=world.url)
    assert KEY not in str(refused.value)
    assert len(world.keys) == 1


@pytest.mark.slow
def test_no_key_is_sent_to_a_source_that_needs_none(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    world = World(pages=resource(RFAR, "liste.csv", samples("rfar")[0].read_bytes()))
    with served(world):
        crawl("rfar", keyed, mirror=world.url)
    assert set(world.keys) == {None}


@pytest.mark.slow
@pytest.mark.parametrize("source_id", ["bilan_ges", "epv", "ess_france", "rfar"])
def test_a_resource_is_asked_where_the_catalogue_says_it_is_never_at_the_redirector(
    settings: Settings, source_id: str
) -> None:
    import_files(source_id, samples(source_id)[:1], settings)
    from_files = {key: record.labels for key, record in records_of(settings, source_id).items()}
    (id_,) = source_of(source_id).plan.what.files.values()  # type: ignore[union-attr]
    world = World(pages=resource(id_, "liste.csv", samples(source_id)[0].read_bytes()), robots_of={HOST: ROBOTS})
    with served(world):
        report = crawl(source_id, settings, mirror=world.url)
    assert {key: record.labels for key, record in records_of(settings, source_id).items()} == from_files
    assert report.files == (f"{source_id}.csv",)
    assert {asked.host for asked, _ in world.asked} == {HOST, FILES}


def test_no_source_names_the_redirector_of_data_gouv() -> None:
    plans = [source.plan.model_dump_json() for source in sources().values() if source.plan is not None]
    assert plans
    assert not [plan for plan in plans if "datasets/r/" in plan]


@pytest.mark.slow
def test_a_file_that_has_moved_inside_its_hosts_is_followed(settings: Settings) -> None:
    pages = resource(RFAR, "liste.csv", samples("rfar")[0].read_bytes())
    world = World(pages=pages, moved={f"{FILES}/resources/invente/liste.csv": f"https://{FILES}/nouvelle/liste.csv"})
    world.pages[f"{FILES}/nouvelle/liste.csv"] = samples("rfar")[0].read_bytes()
    with served(world):
        assert crawl("rfar", settings, mirror=world.url).kept == 4


@pytest.mark.slow
@pytest.mark.parametrize("where", ["https://ailleurs.example.org/liste.csv", "http://ailleurs.example.org/liste.csv"])
def test_a_file_that_has_moved_elsewhere_is_not_followed(settings: Settings, where: str) -> None:
    world = World(pages=resource(RFAR, "liste.csv", b"", url=where))
    with served(world), pytest.raises(ImportRefused, match="hors des hôtes prévus"):
        crawl("rfar", settings, mirror=world.url)
    world = World(pages=resource(RFAR, "liste.csv", b""), moved={f"{FILES}/resources/invente/liste.csv": where})
    with served(world), pytest.raises(ImportRefused, match="hors des hôtes prévus"):
        crawl("rfar", settings, mirror=world.url)


@pytest.mark.slow
def test_a_catalogue_that_gives_no_address_is_said(settings: Settings) -> None:
    world = World(pages={f"{HOST}/api/2/datasets/resources/{RFAR}/": b'{"resource": {"title": "liste.csv"}}'})
    with served(world), pytest.raises(ImportRefused, match="ne dit plus où est la ressource"):
        crawl("rfar", settings, mirror=world.url)


def mission_page(number: int, pages: int, siren: str) -> bytes:
    company = {
        "siren": siren,
        "nom_raison_sociale": "MISSION D'ESSAI",
        "nature_juridique": "5710",
        "etat_administratif": "A",
        "complements": {"est_societe_mission": True},
    }
    page = {"results": [company], "total_results": pages, "page": number, "per_page": 1, "total_pages": pages}
    return json.dumps(page).encode()


@pytest.mark.slow
def test_numbered_pages_are_asked_up_to_the_last_one(settings: Settings) -> None:
    sirens = ("993000017", "993000041", "993000058")
    world = World(pages={f"{MISSION}{n}": mission_page(n, 3, siren) for n, siren in enumerate(sirens, start=1)})
    with served(world):
        report = crawl("societe_mission", settings, mirror=world.url)
    assert report.kept == 3
    assert [path for path, _ in world.requests[1:]] == [f"{MISSION}{n}" for n in (1, 2, 3)]


@pytest.mark.slow
def test_numbered_pages_that_lie_about_their_number_come_to_an_end(settings: Settings) -> None:
    empty = json.dumps({"results": [], "total_pages": 400}).encode()
    world = World(pages={f"{MISSION}1": mission_page(1, 400, "993000017"), f"{MISSION}2": empty})
    with served(world), pytest.raises(ImportRefused, match="400 lignes annoncées, 1 reçues"):
        crawl("societe_mission", settings, mirror=world.url)
    assert len(world.requests) == 3
