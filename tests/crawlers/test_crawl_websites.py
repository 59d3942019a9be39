"""Suppliers' own websites: an honest one gives facts, a hostile one a reason, and the crawl always ends. Real server, real Scrapy."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crawlers.fetch import user_agent
from crawlers.run import import_files
from crawlers.websites.trades import SiteTrades
from crawlers.words import ASIDES, SKIPS
from tests.crawlers.partial import crawl
from tests.crawlers.samples import counts, records_of
from tests.crawlers.sites import Web, honest, hostile, supplier_list, web_served
from vivier.errors import ImportRefused, NotFound
from vivier.lexicon import load_lexicon
from vivier.runs.records import RunStatistics, current_run, read_statistics
from vivier.settings import Settings

GENTLE = {"delay": 0.0, "timeout": 12.0, "site_seconds": 40.0}
EXPECTED = {
    "boucle": "site_redirects",
    "lourd": "site_too_large",
    "sansfin": "site_too_large",
    "bombe": "site_too_large",
    "document": "site_not_html",
    "goutte": "site_too_slow",
    "attente": "site_waits",
    "panne": "site_error",
    "interdit": "robots_forbidden",
    "robotspanne": "robots_forbidden",
    "prive": "site_private_address",
    "nuage": "site_private_address",
    "ailleurs": "site_elsewhere",
    "erreur": "site_not_recognised",
    "scripts": "nothing_told",
    "profond": "nothing_told",
    "rires": "nothing_told",
    "calendrier": "nothing_told",
    "liens": "nothing_told",
}
NAMES = {
    "erreur": "Lavoir du Moulin",
    "scripts": "Rive Claire",
    "profond": "Puits Profond",
    "rires": "Mille Rires",
    "calendrier": "Horloge Sans Fin",
    "liens": "Mille Liens",
}


@pytest.fixture
def web() -> Iterator[Web]:
    with web_served(Web()) as served:
        yield served


def crawled(
    settings: Settings, web: Web, tmp_path: Path, sites: dict[str, tuple[str, str]], **limits: float
) -> RunStatistics:
    import_files("list", [supplier_list(tmp_path, sites)], settings)
    return crawl("website", settings, known_hosts=web.known_hosts(), **{**GENTLE, **limits})


def workshop(web: Web) -> dict[str, tuple[str, str]]:
    honest(web)
    return {"Atelier du Lac": ("99910010000018", web.url("atelier.example"))}


@pytest.mark.slow
def test_a_site_gives_its_trades_and_a_presentation_each_with_its_page(
    settings: Settings, web: Web, tmp_path: Path
) -> None:
    report = crawled(settings, web, tmp_path, workshop(web))
    assert counts(report) == (1, 1, {}, {})
    records = list(records_of(settings, "website").values())
    assert {record.enriches for record in records} == {"list:99910010000018"}
    assert all(record.siret is None and record.provenance.fetched_at is not None for record in records)
    shown = {record.provenance.url: record for record in records}
    assert shown[web.url("atelier.example")].description == (
        "L'Atelier du Lac lave le linge des hôtels et entretient les parcs de la région."
    )
    offers = shown[web.url("atelier.example", "/nos-activites")].offers
    assert {(offer.trade, offer.evidence) for offer in offers} == {
        ("blanchisserie", "text"),
        ("entretien-espaces-verts", "text"),
    }


@pytest.mark.slow
def test_only_pages_about_activities_are_asked_once_each_by_someone_who_says_who(
    settings: Settings, web: Web, tmp_path: Path
) -> None:
    crawled(settings, web, tmp_path, workshop(web))
    assert web.paths("atelier.example") == ["/robots.txt", "/", "/mentions-legales", "/nos-activites"]
    assert web.agents == {user_agent(settings)}
    assert web.most_at_once == {"atelier.example": 1}


@pytest.mark.slow
def test_a_site_read_lately_is_left_alone_and_an_old_one_is_asked_whether_it_changed(
    settings: Settings, web: Web, tmp_path: Path
) -> None:
    sites = workshop(web)
    crawled(settings, web, tmp_path, sites)
    first = records_of(settings, "website").keys()
    web.requests.clear()
    assert crawled(settings, web, tmp_path, sites).kept == 1
    assert web.requests == []
    assert crawled(settings, web, tmp_path, sites, fresh_days=0).kept == 1
    assert web.paths("atelier.example", 304) == ["/", "/mentions-legales", "/nos-activites"]
    assert web.paths("atelier.example", 200) == []
    assert records_of(settings, "website").keys() == first


@pytest.mark.slow
def test_a_site_down_for_a_day_keeps_what_it_said_and_is_said_to_be_down(
    settings: Settings, web: Web, tmp_path: Path
) -> None:
    sites = workshop(web)
    crawled(settings, web, tmp_path, sites)
    web.answers["atelier.example/"].status = 500
    web.answers["atelier.example/"].headers.pop("ETag")
    report = crawled(settings, web, tmp_path, sites, fresh_days=0)
    assert (report.kept, report.issues) == (1, {"site_away": 1})


@pytest.fixture
def hostile_run(settings: Settings, web: Web, tmp_path: Path) -> tuple[RunStatistics, Settings, Web]:
    hostile(web)
    sites = {NAMES.get(name, name.title()): ("", web.url(f"{name}.example")) for name in EXPECTED}
    sites |= {
        "Linge de la Forêt": ("", web.url("latin.example")),
        "Verger Cassé": ("", web.url("casse.example")),
        "Réseau": ("", "https://www.facebook.com/reseau"),
        "Muet": ("", "http://muet.example:9/"),
        "Machine": ("", web.url("127.0.0.1", "/secret")),
        **workshop(web),
    }
    watched = psutil.Process()
    others = set(watched.children(recursive=True))  # a node of OpenSearch is a child of the tests too
    most = 0

    def watch(done: int, expected: int) -> None:
        nonlocal most
        assert expected in (0, len(sites) - 1)
        children = set(watched.children(recursive=True)) - others
        most = max([most, *(child.memory_info().rss for child in children)])

    import_files("list", [supplier_list(tmp_path, sites)], settings)
    known = {**web.known_hosts(), "muet.example": "127.0.0.1"}
    report = crawl("website", settings, known_hosts=known, progress=watch, **GENTLE)
    assert 0 < most < 700_000_000
    return report, settings, web


@pytest.mark.slow
@pytest.mark.long
def test_a_hostile_web_ends_and_everything_is_counted_with_its_reason(
    hostile_run: tuple[RunStatistics, Settings, Web],
) -> None:
    report, settings, web = hostile_run
    expected = [*EXPECTED.values(), "not_own_site", "site_unreachable", "site_private_address"]
    aside = {reason: expected.count(reason) for reason in sorted(set(expected)) if reason in ASIDES}
    skipped = {reason: expected.count(reason) for reason in sorted(set(expected)) if reason in SKIPS}
    assert counts(report) == (len(expected) + 3, 3, aside, skipped)
    records = records_of(settings, "website").values()
    assert {record.name for record in records} == {"Atelier du Lac", "Linge de la Forêt", "Verger Cassé"}
    assert "Été à la forêt : du linge lavé près de chez vous." in {record.description for record in records}
    # nothing private was ever asked, no trap followed beyond its bound
    assert web.paths("127.0.0.1") == [] and web.paths("parking.test") == []
    assert len(web.paths("calendrier.example")) <= 26 and len(web.paths("liens.example")) <= 26
    assert web.paths("interdit.example") == ["/robots.txt"]
    assert set(web.most_at_once.values()) == {1}
    assert read_statistics(current_run(settings.records, "website")) == report


@pytest.mark.slow
@pytest.mark.long
def test_a_crawl_cut_short_goes_on_where_it_was(settings: Settings, web: Web, tmp_path: Path) -> None:
    hostile(web)
    sites = {**workshop(web), "Goutte": ("", web.url("goutte.example"))}
    import_files("list", [supplier_list(tmp_path, sites)], settings)

    def cut(done: int, expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawl("website", settings, known_hosts=web.known_hosts(), progress=cut, **{**GENTLE, "timeout": 50.0})
    with pytest.raises(NotFound):
        current_run(settings.records, "website")
    web.requests.clear()
    assert counts(crawl("website", settings, known_hosts=web.known_hosts(), **GENTLE)) == (
        2,
        1,
        {"site_too_slow": 1},
        {},
    )
    assert web.paths("atelier.example") == []


@pytest.mark.slow
def test_a_site_shared_by_two_structures_is_not_guessed_from(settings: Settings, web: Web, tmp_path: Path) -> None:
    sites = workshop(web)
    sites["Atelier du Lac, autre lieu"] = ("99910030800017", web.url("atelier.example"))
    with pytest.raises(ImportRefused, match="0 ligne"):
        crawled(settings, web, tmp_path, sites)
    assert web.requests == []


@pytest.mark.slow
def test_the_source_can_be_switched_off(settings: Settings, web: Web, tmp_path: Path) -> None:
    off = settings.model_copy(update={"crawl_off": "emplois, website"})
    with pytest.raises(ImportRefused, match="VIVIER_CRAWL_OFF"):
        crawled(off, web, tmp_path, workshop(web))


def test_no_supplier_no_crawl(settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="site web"):
        crawl("website", settings)


CONNECTION = """
import sys
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
class Asker(Spider):
    name = "asker"
    async def start(self):
        yield Request(sys.argv[1], lambda response: print("GOT"), errback=lambda failure: print(failure.type.__name__))
process = CrawlerProcess({"DNS_RESOLVER": "crawlers.guard.PublicResolver", "LOG_ENABLED": False, "RETRY_ENABLED": False})
process.crawl(Asker)
process.start()
"""


@pytest.mark.slow
def test_headings_tell_trades_and_menus_do_not() -> None:
    """On authored headings of sites: no wrong trade, four true ones in five."""
    trades, right, wrong, missed = SiteTrades(load_lexicon()), 0, 0, 0
    with (Path(__file__).parent / "site_headings.csv").open(encoding="utf8", newline="") as rows:
        for row in csv.DictReader(rows):
            meant = set(filter(None, row["trades"].split("|")))
            found = {mention.trade for mention in trades.mentions([row["heading"]], "")}
            right, wrong, missed = right + len(meant & found), wrong + len(found - meant), missed + len(meant - found)
    assert (wrong, missed) == (0, 6) and right == 42


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_the_connection_itself_refuses_a_private_address(web: Web, host: str) -> None:
    """Without the check made before each request: what a name server says at the last moment counts too."""
    done = subprocess.run(
        [sys.executable, "-c", CONNECTION, f"http://{host}:{web.port}/"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "GOT" not in done.stdout and "Error" in done.stdout
    assert web.requests == []
