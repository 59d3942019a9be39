"""From the network: a key is sent and never written down, redirects stay inside the hosts, numbered pages come to an end."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from crawlers.run import crawl, import_files
from tests.crawlers.samples import SAMPLES, counts, records_of, samples
from tests.crawlers.world import World, served
from vivier.errors import ImportRefused
from vivier.settings import Settings

pytestmark = pytest.mark.slow

KEY = "cle-d-essai-0123456789"
MARCHE = "/api/siae/?limit=200&offset="
RFAR = "/datasets/r/a61ad4c3-5656-480d-b71c-bfc3cc99c9b0"
MISSION = "/search?est_societe_mission=true&etat_administratif=A&per_page=25&page="


def marche_world() -> World:
    pages = [(SAMPLES / "marche" / f"sample-page{n}.json").read_bytes() for n in (1, 2)]
    return World(pages={f"{MARCHE}0": pages[0], f"{MARCHE}200": pages[1]})


def test_the_key_of_the_marche_is_sent_with_every_page_and_written_nowhere(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    with served(marche_world()) as world:
        report = crawl("marche", keyed, base_url=world.url, allow_private=True)
    assert world.keys == [f"Bearer {KEY}"] * 2
    assert counts(report) == (5, 3, {"kind_unknown": 1}, {"inactive": 1})
    written = [path for path in settings.home.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []
    assert KEY not in repr(keyed)


def test_without_a_key_nothing_is_asked_and_the_variable_is_named(settings: Settings) -> None:
    with served(marche_world()) as world, pytest.raises(ImportRefused, match="VIVIER_MARCHE_TOKEN"):
        crawl("marche", settings, base_url=world.url, allow_private=True)
    assert world.requests == []


def test_a_key_that_is_refused_is_not_insisted_upon(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    world = marche_world()
    world.faults[f"{MARCHE}0"] = [(401, {})]
    with served(world), pytest.raises(ImportRefused, match="401") as refused:
        crawl("marche", keyed, base_url=world.url, allow_private=True)
    assert KEY not in str(refused.value)
    assert len(world.keys) == 1


def test_no_key_is_sent_to_a_source_that_needs_none(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr(KEY)})
    world = World(pages={RFAR: samples("rfar")[0].read_bytes()})
    with served(world):
        crawl("rfar", keyed, base_url=world.url, allow_private=True)
    assert set(world.keys) == {None}


@pytest.mark.parametrize("source_id", ["bilan_ges", "epv", "ess_france", "rfar"])
def test_a_resource_that_has_moved_inside_its_hosts_is_followed(settings: Settings, source_id: str) -> None:
    import_files(source_id, samples(source_id)[:1], settings)
    from_files = {key: record.labels for key, record in records_of(settings, source_id).items()}
    world = World(pages={"/resources/liste.csv": samples(source_id)[0].read_bytes()})
    world.moved = dict.fromkeys(resource_paths(), "/resources/liste.csv")
    with served(world):
        report = crawl(source_id, settings, base_url=world.url, allow_private=True)
    assert {key: record.labels for key, record in records_of(settings, source_id).items()} == from_files
    assert report.files == (f"{source_id}.csv",)


def resource_paths() -> tuple[str, ...]:
    """Paths of the resources of data.gouv.fr that the sources name."""
    ids = (
        "57bc99ca-0432-4b46-8fcc-e76a35c9efaf",
        "a61ad4c3-5656-480d-b71c-bfc3cc99c9b0",
        "9bca3cea-1659-422d-8c4d-40137b2a1ee8",
        "ac766516-30f1-4ea8-9f66-4e41199d33b3",
    )
    return tuple(f"/datasets/r/{id_}" for id_ in ids)


def test_a_resource_that_has_moved_elsewhere_is_not_followed(settings: Settings) -> None:
    world = World(moved={RFAR: "http://elsewhere.example.org/liste.csv"})
    with served(world), pytest.raises(ImportRefused, match="hors des hôtes prévus"):
        crawl("rfar", settings, base_url=world.url, allow_private=True)


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


def test_numbered_pages_are_asked_up_to_the_last_one(settings: Settings) -> None:
    sirens = ("993000017", "993000041", "993000058")
    world = World(pages={f"{MISSION}{n}": mission_page(n, 3, siren) for n, siren in enumerate(sirens, start=1)})
    with served(world):
        report = crawl("societe_mission", settings, base_url=world.url, allow_private=True)
    assert report.kept == 3
    assert [path for path, _ in world.requests[1:]] == [f"{MISSION}{n}" for n in (1, 2, 3)]


def test_numbered_pages_that_lie_about_their_number_come_to_an_end(settings: Settings) -> None:
    empty = json.dumps({"results": [], "total_pages": 400}).encode()
    world = World(pages={f"{MISSION}1": mission_page(1, 400, "993000017"), f"{MISSION}2": empty})
    with served(world):
        report = crawl("societe_mission", settings, base_url=world.url, allow_private=True)
    assert (report.kept, len(world.requests)) == (1, 3)
