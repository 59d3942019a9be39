"""The directory-page family: list pages, then pages of suppliers, read by declared selectors. A real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.run import load, open_run
from tests.crawlers.example_directory import SOURCE
from tests.crawlers.partial import crawl_source
from tests.crawlers.samples import NOW, counts, records_of
from tests.world import World, served
from vivier.errors import ImportRefused
from vivier.runs.records import current_run
from vivier.settings import Settings

MEMBER = """<html><body><h1> Atelier  {name} </h1><p class=type>EA</p><p class=ville>Rennes</p>
<div data-siret="{siret}" class=presentation>Écrivez à <b>jean@example.org</b> ou au 06 00 00 00 00.</div>
<ul class=reseaux><li>UNEA</li><li> Réseau inventé </li></ul><p class=gerant>PERSONNE-FICTIVE</p></body></html>"""


def directory() -> World:
    """Two list pages; the second leads to a page already listed, one that is gone, one that is no supplier's, and away."""
    links = (
        "<ul class=membres><li><a href='/m/1'>un</a><li><a href='m/2'>deux</a></ul><a rel=next href='?p=2'>suite</a>"
    )
    more = "<a href='/m/1#x'>un</a><a href='/m/gone'>x</a><a href='/m/odd'>y</a><a href='#'>z</a>"
    return World(
        pages={
            "/membres": links.encode(),
            "/membres?p=2": f"<ul class=membres>{more}</ul><a href='/m/never'>hors de la liste</a>".encode(),
            "/m/1": MEMBER.format(name="un", siret="999 100 100 00018").encode(),
            "/m/2": MEMBER.format(name="deux", siret="").encode("utf8"),
            "/m/odd": b"<html><body><h1>Erreur</h1></body></html>",
        }
    )


@pytest.mark.slow
def test_a_directory_is_read_from_its_lists_to_its_records(settings: Settings) -> None:
    with served(directory()) as world:
        report = crawl_source(SOURCE, settings, mirror=world.url)
    assert counts(report) == (4, 2, {"field_missing": 1, "site_refused": 1}, {})
    assert [path for path, _ in world.requests] == [
        "/robots.txt",
        "/membres",
        "/membres?p=2",
        "/m/1",
        "/m/2",
        "/m/gone",
        "/m/odd",
    ]
    records = records_of(settings, "exemple")
    first = records["99910010000018"]
    assert (first.name, first.address.town, first.networks) == ("Atelier un", "Rennes", ("UNEA", "Réseau inventé"))
    assert first.provenance.url == "https://annuaire.example/m/1"
    assert "contact_removed" in first.issues


@pytest.mark.slow
def test_nothing_that_is_not_declared_is_kept_of_a_page(settings: Settings) -> None:
    with served(directory()) as world:
        crawl_source(SOURCE, settings, mirror=world.url)
    folder = current_run(settings.records, "exemple")
    written = "".join(path.read_text(encoding="utf8") for path in folder.iterdir())
    assert not any(word in written for word in ("PERSONNE-FICTIVE", "@", "06 00"))


def test_pages_brought_as_files_are_read_the_same_way(settings: Settings, tmp_path: Path) -> None:
    page = tmp_path / "membre.html"
    page.write_bytes(MEMBER.format(name="fôret", siret="99910010000018").encode("cp1252"))
    report = load(SOURCE, open_run("exemple", settings, NOW), [page], settings, NOW)
    assert counts(report) == (1, 1, {}, {})
    assert records_of(settings, "exemple")["99910010000018"].name == "Atelier fôret"


@pytest.mark.slow
def test_a_directory_that_changed_its_pages_is_refused_and_says_what_is_missing(settings: Settings) -> None:
    world = directory()
    world.pages |= dict.fromkeys(("/m/1", "/m/2"), b"<html><body><h2>Autre</h2></body></html>")
    with served(world), pytest.raises(ImportRefused, match="3 × champ obligatoire vide"):
        crawl_source(SOURCE, settings, mirror=world.url)
    rejected = next((settings.records / "exemple").glob("*/rejected.jsonl")).read_text(encoding="utf8")
    assert "« name » (h1::text)" in rejected


@pytest.mark.slow
def test_lists_that_lead_back_to_themselves_are_refused(settings: Settings) -> None:
    world = directory()
    world.pages["/membres?p=2"] = b"<a rel=next href='/membres'>suite</a>"
    with served(world), pytest.raises(ImportRefused, match="tourne en rond"):
        crawl_source(SOURCE, settings, mirror=world.url)
