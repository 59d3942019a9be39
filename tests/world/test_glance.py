"""« vivier doctor --live » against the replica: what each real address says, one page each, nothing written."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from crawlers.glance import glances
from tests.search_api.pages.html import plain
from tests.world import World, datagouv, served
from tests.world.conftest import vivier
from tests.world.entry import as_csv, replica
from tests.world.sources import agence_bio, decp_economie, epv, finess, marche
from vivier.check import Check
from vivier.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("forking")]

RFAR = "a61ad4c3-5656-480d-b71c-bfc3cc99c9b0"
EPV = "9bca3cea-1659-422d-8c4d-40137b2a1ee8"


@pytest.fixture
def world() -> Iterator[World]:
    with served(replica()) as world:
        yield world


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def told(settings: Settings, world: World, name: str) -> Check:
    (check,) = glances(settings, only=[name], mirror=world.url)
    assert not settings.home.exists(), "nothing is written"
    return check


def unalike(count: int) -> Iterator[str]:
    """Words that do not shrink when they are compressed."""
    return (hashlib.sha512(str(n).encode()).hexdigest() for n in range(count))


def test_the_command_says_a_line_a_source_asks_one_page_and_writes_nothing(world: World, tmp_path: Path) -> None:
    done = vivier(tmp_path / "home", "doctor", "--live", "rge", "sirene", "website", "--mirror", world.url)
    lines = {line[11:].partition(" : ")[0]: line for line in plain(done.stdout).splitlines() if line}
    assert list(lines) == ["rge", "website", "sirene"]
    assert done.returncode == 0, done.stderr
    assert "ok         rge : répond (data.ademe.fr) ; sur la première page, 2 lignes lues, 2 gardées" in lines["rge"]
    assert "une demande toutes les 2 s" in lines["rge"]
    assert "licence : Licence Ouverte 2.0" in lines["rge"]
    assert [asked.path.partition("?")[0] for asked, _ in world.asked if asked.host == "data.ademe.fr"] == [
        "/robots.txt",
        "/data-fair/api/v1/datasets/liste-des-entreprises-rge-2/lines",
    ]
    assert not (tmp_path / "home").exists()


def test_documented_data_that_robots_txt_closes_to_pages_are_said_to_be(settings: Settings, world: World) -> None:
    check = told(settings, world, "approch")
    assert check.ok
    assert "robots.txt l'interdit aux robots qui lisent des pages" in check.text
    assert "documentation : https://help.opendatasoft.com/" in check.text


def test_a_page_that_robots_txt_closes_is_not_asked(settings: Settings, world: World) -> None:
    export = "data.economie.gouv.fr/api/explore/v2.1/catalog/datasets/epv/exports/csv"
    world.pages |= datagouv.resource(EPV, "epv.csv", as_csv(epv.ROWS, ";"), url=f"https://{export}")
    world.robots_of["data.economie.gouv.fr"] = decp_economie.ROBOTS
    check = told(settings, world, "epv")
    assert not check.ok
    assert check.text.startswith("robots.txt interdit cette adresse")
    assert "à vérifier : l'hôte qui garde le fichier" in check.text
    assert export not in {asked.url for asked, _ in world.asked}


def test_a_renamed_column_is_named(settings: Settings, world: World) -> None:
    body = as_csv([{"SIREN": "999999999", "PERIMETRES": "Site inventé"}], ";")
    world.pages |= datagouv.resource(RFAR, "rfar.csv", body)
    check = told(settings, world, "rfar")
    assert not check.ok
    assert "« PERIMETRES » serait-elle « PERIMETRE » ?" in check.text


@pytest.mark.parametrize("name", ["agence_bio", "societe_mission"])
def test_only_the_first_of_several_pages_is_asked(settings: Settings, world: World, name: str) -> None:
    check = told(settings, world, name)
    assert check.ok
    assert "sur la première page, 1 ligne lue, 1 gardée" in check.text
    assert len([asked for asked, _ in world.asked if asked.path != "/robots.txt"]) == 1


def test_of_a_large_file_only_the_beginning_is_asked_and_its_size_said(settings: Settings, world: World) -> None:
    (place,) = decp_economie.ENTRY.pages
    line = world.pages[place].splitlines(keepends=True)[1].decode()
    others = (line.replace("INVENTE-ECO-1", words) for words in unalike(8_000))
    world.pages[place] += "".join(others).encode()
    check = told(settings, world, "decp_economie")
    assert check.ok
    assert "sur le début du fichier" in check.text
    assert "Mo annoncés" in check.text


def test_a_large_archive_is_read_as_far_as_it_came(settings: Settings, world: World) -> None:
    place = next(place for place in finess.ENTRY.pages if "structures-journalier" in place)
    document = json.loads(gzip.decompress(world.pages[place]))
    document["pmej"] += [{"informationsGeneralesPMEJ": {"denominationPm": words}} for words in unalike(8_000)]
    body = gzip.compress(json.dumps(document).encode(), mtime=0)
    world.pages |= datagouv.dataset("finess-structures-1", {place.rpartition("/")[2]: body})
    check = told(settings, world, "finess")
    assert check.ok
    assert "sur le début du fichier, 1 ligne lue, 1 gardée" in check.text


def test_a_host_that_is_down_is_an_answer(settings: Settings, world: World) -> None:
    world.down = {agence_bio.HOST}
    check = told(settings, world, "agence_bio")
    assert not check.ok
    assert agence_bio.HOST in check.text


def test_a_host_that_refuses_is_not_asked_again(settings: Settings, world: World) -> None:
    world.faults[f"{datagouv.HOST}/api/2/datasets/resources/{RFAR}/"] = [(403, {})]
    check = told(settings, world, "rfar")
    assert (check.ok, "réponse 403 ; le site refuse" in check.text) == (False, True)
    assert len([asked for asked, status in world.asked if status == 403]) == 1


def test_a_missing_key_is_named_and_a_given_one_used(settings: Settings, world: World) -> None:
    check = told(settings, world, "marche")
    assert "clé absente (VIVIER_MARCHE_TOKEN)" in check.text
    assert world.asked == []
    check = told(settings.model_copy(update={"marche_token": SecretStr(marche.KEY)}), world, "marche")
    assert "répond (lemarche.inclusion.beta.gouv.fr)" in check.text
    assert marche.KEY not in check.text


def test_the_search_of_ted_is_asked_once_and_no_notice(settings: Settings, world: World) -> None:
    check = told(settings, world, "ted")
    assert check.ok
    assert [asked.path for asked, _ in world.asked if asked.path != "/robots.txt"] == ["/v3/notices/search"]


def test_the_geocoder_is_asked_for_one_published_address(settings: Settings, world: World) -> None:
    check = told(settings, world, "ban")
    assert check.ok
    assert "retrouve le siège de l'INSEE" in check.text
