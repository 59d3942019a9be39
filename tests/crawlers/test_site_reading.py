"""What is read of a page of a site, which pages are asked after it, and what is kept of the visit: without a network."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.websites.extract import Unreadable, facts, shortened
from crawlers.websites.ledger import Ledger, is_fresh
from crawlers.websites.model import EXCERPT, Page, SitesJob, Target, TradeMention, Visit
from crawlers.websites.settings import Refused
from crawlers.websites.spider import SiteReader, reason_of, reason_of_status
from crawlers.websites.trades import SiteTrades, method
from tests.crawlers.dry import Answer, answered, failure_of, walked
from tests.crawlers.sites import ACTIVITIES, WORKSHOP, WORKSHOP_HEAD, site
from vivier.lexicon import load_lexicon

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
URL = "https://lac.example/fr/"
LONG = "L'Atelier du Lac lave le linge des hôtels et entretient les parcs de la région depuis vingt ans."


@pytest.fixture(scope="module")
def trades() -> SiteTrades:
    return SiteTrades(load_lexicon())


def read(html: str, trades: SiteTrades, url: str = URL, prefix: str = "/fr/") -> Page:
    return facts(html, url, trades, NOW, prefix)


def test_a_page_gives_its_names_its_numbers_its_description_and_its_trades(trades: SiteTrades) -> None:
    page = read(site("Atelier du Lac", WORKSHOP + "<p>SIRET 999 100 100 00018</p>", WORKSHOP_HEAD), trades)
    assert (page.url, page.read_at, page.names, page.sirens) == (URL, NOW, ("Atelier du Lac",), ("999100100",))
    assert page.description == "L'Atelier du Lac lave le linge des hôtels et entretient les parcs de la région."
    told = read(site("Nos activités", ACTIVITIES), trades).told
    assert [(mention.trade, mention.excerpt, mention.heading) for mention in told] == [
        ("blanchisserie", "Blanchisserie", True),
        ("entretien-espaces-verts", "Entretien d'espaces verts", True),
    ]


def test_the_names_of_a_page_are_read_where_sites_write_them_each_once(trades: SiteTrades) -> None:
    head = """<meta property="og:site_name" content="Le site"><meta property="og:site_name" content="Autre"><meta property="og:title" content="T">
<script type="application/ld+json">/* c */ [{"@type": ["x", "NGO"], "name": "Asso", "legalName": "Titre", "alternateName": "A", "offers": [{"@type": "Offer", "name": "Repassage"}]},
{"@type": "Person", "name": "Personne"}, {"@type": 3, "name": "Rien"}]</script>
<script type="application/ld+json">{broken</script>"""
    page = read(site("Titre", "<h1>Gros &amp; titre</h1>" + "<style>h1 {}</style>", head), trades)
    assert page.names == ("Titre", "Le site", "T", "Gros & titre", "Asso", "A")
    assert page.told == (TradeMention(trade="repassage", excerpt="Repassage", heading=True),)
    many = "".join(
        f'<script type="application/ld+json">{{"@type": "Store", "name": "N{n}"}}</script>' for n in range(12)
    )
    assert read(site("x" * 151, "", many), trades).names == ("x" * 150, *(f"N{n}" for n in range(9)))


@pytest.mark.parametrize(("depth", "found"), [(2, True), (3, False)])
def test_objects_of_a_page_are_read_six_levels_deep(trades: SiteTrades, depth: int, found: bool) -> None:
    nested = '{"@type": "Store", "name": "Fond"}'
    for _ in range(depth):
        nested = f'{{"a": [{nested}]}}'
    page = read(site("T", "", f'<script type="application/ld+json">{nested}</script>'), trades)
    assert ("Fond" in page.names) is found


def organisation(description: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "Store", "description": "{description}"}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "description"),
    [
        (organisation(LONG) + '<meta property="og:description" content="' + "o" * 50 + '">', "", LONG),
        (
            organisation("x" * 39)
            + f'<meta name="DESCRIPTION" content="{"m" * 40}"><meta property="og:description" content="{"o" * 40}">',
            "",
            "o" * 40,
        ),
        (f'<meta name="DESCRIPTION" content="{"m" * 40}"><meta name="description" content="{"n" * 50}">', "", "m" * 40),
        ('<meta name="description" content="' + "m" * 39 + '">', f"<p>{LONG}</p>", LONG),
        ("", f"<p>{LONG[:-1]}</p>", None),
        ("", f"<p>{'Mot ' * 19}fin.</p>", None),
        (LONG, "", None),
    ],
)
def test_the_description_is_the_first_long_enough_of_those_that_a_page_gives(
    trades: SiteTrades, head: str, body: str, description: str | None
) -> None:
    head = head if head.startswith("<") else ""
    assert read(site("Titre", body, head), trades).description == description


def test_an_excerpt_ends_after_a_sentence_of_its_second_half_else_after_a_word() -> None:
    assert shortened("x" * EXCERPT) == "x" * EXCERPT
    half = "a" * (EXCERPT // 2)
    assert shortened(f"{half}b! {'b ' * 200}") == f"{half}b!"
    early = f"{half[:-1]}. {'mot ' * 200}"
    short = shortened(early)
    assert short.startswith(half[:-1] + ". mot") and short.endswith("mot …") and EXCERPT - 6 < len(short) <= EXCERPT


def links_of_page(trades: SiteTrades, *hrefs: str, text: str = "Nos services", prefix: str = "/fr/") -> tuple[str, ...]:
    body = "".join(f'<a href="{href}">{text}</a>' for href in hrefs)
    return read(site("T", body), trades, prefix=prefix).links


def test_links_are_followed_on_the_site_alone_the_legal_notice_first(trades: SiteTrades) -> None:
    body = """<a href="/fr/a">Nos activités</a><a href="/fr/legal">Mentions légales</a><a href="/fr/b">Nos métiers</a>
<a href="/fr/a#x">encore</a><a href="/fr/legal">Nos services</a><a href="#top">Services</a><a href="/fr/">Nos services</a><a href="/fr/c">Contact</a>
<a href="/fr/emploi">Offres d'emploi, nos services</a><a name="x">Services</a>"""
    found = read(site("T", body), trades).links
    assert found == ("https://lac.example/fr/legal", "https://lac.example/fr/a", "https://lac.example/fr/b")


@pytest.mark.parametrize(
    ("href", "followed"),
    [
        ("services", "https://lac.example/fr/services"),
        (" /fr/x/ ", "https://lac.example/fr/x/"),
        ("/en/x", None),
        ("https://autre.example/fr/x", None),
        ("https://lac.example:81/fr/x", None),
        ("http://lac.example/fr/x", "http://lac.example/fr/x"),
        ("mailto:x@lac.example", None),
        ("ftp://lac.example/fr/x", None),
        ("http://[broken/fr/x", None),
        ("/fr/x?page=2", None),
        ("/fr/x@y", None),
        ("/fr/a/b/c", "https://lac.example/fr/a/b/c"),
        ("/fr/a/b/c/d", None),
        ("/fr/a/a", None),
        ("/fr/plaquette.PDF", None),
        ("/fr/pdf", "https://lac.example/fr/pdf"),
        ("/fr/" + "x" * 177, "https://lac.example/fr/" + "x" * 177),
        ("/fr/" + "x" * 178, None),
    ],
)
def test_an_address_is_followed_or_not(trades: SiteTrades, href: str, followed: str | None) -> None:
    assert links_of_page(trades, href) == (() if followed is None else (followed,))


def test_forty_links_are_kept_at_most(trades: SiteTrades) -> None:
    found = links_of_page(trades, *(f"/fr/p{n}" for n in range(41)))
    assert found == tuple(f"https://lac.example/fr/p{n}" for n in range(40))


@pytest.mark.parametrize(
    ("written", "sirens"),
    [
        ("RCS 999 100 100", ("999100100",)),
        ("999.100.100.00018", ("999100100",)),
        ("999 100 101", ()),
        ("+999100100", ()),
        ("1999100100", ()),
        ("999100100 000 18 et 732 829 320", ("732829320", "999100100")),
    ],
)
def test_the_numbers_of_companies_are_read_in_the_text_of_a_page(
    trades: SiteTrades, written: str, sirens: tuple[str, ...]
) -> None:
    assert read(site("T", f"<p title='443 061 841'>{written}</p>"), trades).sirens == sirens


@pytest.mark.parametrize("html", ["", "<!-- x -->", "   "])
def test_bytes_that_are_no_page_are_refused(trades: SiteTrades, html: str) -> None:
    with pytest.raises(Unreadable):
        read(html, trades)


def test_a_page_with_a_declaration_and_control_characters_is_read(trades: SiteTrades) -> None:
    page = read('<?xml version="1.0" encoding="utf-8"?><html><title>A\x00telier</title></html>', trades)
    assert page.names == ("Atelier",)


def test_a_heading_is_short_and_a_scripts_words_are_no_text(trades: SiteTrades) -> None:
    padded = "Blanchisserie" + " " * 10 + "x" * 67
    for text, told in ((f"{'Blanchisserie'}", ("blanchisserie",)), (padded.replace(" ", "&amp;"), ())):
        body = f"<h4>{text}</h4><template><h2>Repassage</h2></template><noscript><h2>Traiteur</h2></noscript>"
        assert tuple(mention.trade for mention in read(site("T", body), trades).told) == told


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Blanchisserie", ["blanchisserie"]),
        ("Espaces verts | ESAT du Lac", ["entretien-espaces-verts"]),
        ("Blanchisserie - Repassage", ["blanchisserie", "repassage"]),
        ("ESAT du Lac", []),
        ("Épicerie solidaire", []),
        ("Le site web de la blanchisserie", []),
        ("Notre blanchisserie du lac lave tout le linge plat", []),
        ("Agenda", []),
        ("Nettoyage", ["nettoyage-locaux"]),
        ("", []),
    ],
)
def test_a_heading_tells_a_trade_when_the_whole_of_it_does(trades: SiteTrades, heading: str, told: list[str]) -> None:
    assert [(each.trade, each.excerpt, each.heading) for each in trades.mentions([heading], "")] == [
        (trade, heading, True) for trade in told
    ]


def test_the_body_tells_a_trade_by_two_phrases_and_a_heading_goes_before_it(trades: SiteTrades) -> None:
    text = "Bienvenue.\nTonte de pelouses et taille de haies." + " Merci." * 60
    [mention] = trades.mentions([], text)
    assert (mention.trade, mention.heading) == ("entretien-espaces-verts", False)
    assert mention.excerpt == text.splitlines()[1][:EXCERPT]
    assert trades.mentions([], "Tonte de pelouses. Tonte de pelouses.") == ()
    assert [each.heading for each in trades.mentions(["Espaces verts", "Entretien d'espaces verts"], text)] == [True]


def visit(site: str = "lac.example/", **more: Any) -> Visit:
    return Visit.model_validate({"site": site, "visited_at": NOW, "method": "m"} | more)


def test_a_ledger_keeps_the_last_visit_of_each_site_and_forgets_those_of_nobody(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.put(visit(reason="site_error"))
        ledger.put(visit())
        ledger.put(visit("rive.example/"))
        assert ledger.get("lac.example/") == visit() and ledger.get("none.example/") is None
    with Ledger(path) as again:
        assert again.keep_only(iter(("lac.example/", "lac.example/"))) == 1
        assert again.get("rive.example/") is None and again.get("lac.example/") == visit()
        assert again.keep_only(["lac.example/"]) == 0
    with pytest.raises(sqlite3.ProgrammingError):
        again.get("lac.example/")
    with sqlite3.connect(path) as base:
        base.execute("UPDATE visits SET visit = '{}'")
    with Ledger(path) as old:
        assert old.get("lac.example/") is None


@pytest.mark.parametrize(
    ("former", "age", "fresh"),
    [
        (visit(), timedelta(days=3) - timedelta(seconds=1), True),
        (visit(), timedelta(days=3), False),
        (visit(reason="site_error"), timedelta(days=1) - timedelta(seconds=1), True),
        (visit(reason="site_error"), timedelta(days=1), False),
        (visit(reason="robots_forbidden"), timedelta(days=2), True),
        (visit(method="old"), timedelta(0), False),
        (None, timedelta(0), False),
    ],
)
def test_a_site_is_left_alone_some_days_and_a_day_when_it_was_down(
    former: Visit | None, age: timedelta, fresh: bool
) -> None:
    assert is_fresh(former, NOW + age, 3, "m") is fresh


ASKED = Request("https://lac.example/x")


@pytest.mark.parametrize(
    ("error", "meta", "reason"),
    [
        (Refused("site_elsewhere", "ailleurs"), {}, ("site_elsewhere", "ailleurs")),
        (DownloadCancelledError("x"), {"stopped": "site_not_html"}, ("site_not_html", ASKED.url)),
        (IgnoreRequest("Forbidden by robots.txt"), {}, ("robots_forbidden", ASKED.url)),
        (IgnoreRequest("max redirections reached"), {}, ("site_redirects", ASKED.url)),
        (IgnoreRequest("larger than DOWNLOAD_MAXSIZE"), {}, ("site_too_large", ASKED.url)),
        (IgnoreRequest("other"), {}, ("site_unreachable", ASKED.url)),
        (DownloadCancelledError("x"), {}, ("site_too_large", ASKED.url)),
        (DownloadTimeoutError("x"), {}, ("site_too_slow", ASKED.url)),
        (OSError("x"), {}, ("site_unreachable", f"OSError : {ASKED.url}")),
    ],
)
def test_why_an_address_gave_no_page(error: Exception, meta: dict[str, str], reason: tuple[str, str]) -> None:
    request = ASKED.replace(meta=meta)
    assert reason_of(failure_of(error, request), request) == reason


def test_why_a_status_is_no_page() -> None:
    statuses = (299, 300, 399, 400, 404, 429, 499, 500, 503, 504)
    reasons = ["refused", "redirects", "redirects", "refused", "refused", "waits", "refused", "error", "waits", "error"]
    assert [reason_of_status(status, "u") for status in statuses] == [
        (f"site_{reason}", f"réponse {status} : u") for status, reason in zip(statuses, reasons, strict=True)
    ]


HTML = {"Content-Type": "text/html; charset=utf-8"}


def html(*links: str, title: str = "Atelier", **headers: str) -> Answer:
    body = site(title, "".join(f"<a href='{link}'>Nos services</a>" for link in links))
    return 200, body.encode(), {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}


class Visited:
    """A reader of one site, and the ledger that it writes."""

    def __init__(
        self, folder: Path, former: Visit | None = None, url: str = "http://lac.example/", **limits: Any
    ) -> None:
        self.site = "lac.example/"
        target = Target(about="list:1", url=url, site=self.site, names=("Lac",))
        (folder / "targets").write_text(target.model_dump_json() + "\n")
        fields = {"folder": folder, "targets": folder / "targets", "ledger": folder / "ledger", "agent": "Vivier"}
        self.ledger = Ledger(folder / "ledger")
        if former is not None:
            self.ledger.put(former)
        self.spider = SiteReader(SitesJob.model_validate(fields | limits), self.ledger)

    def asks(self, answers: dict[str, Answer | Exception]) -> list[str]:
        self.requests = walked(self.spider, {f"http://lac.example{path}": each for path, each in answers.items()})
        return [request.url.removeprefix("http://lac.example") for request in self.requests]

    @property
    def visit(self) -> Visit:
        found = self.ledger.get(self.site)
        assert found is not None
        return found


def test_a_site_is_read_two_steps_from_its_first_page_each_address_once(tmp_path: Path) -> None:
    visited = Visited(tmp_path)
    assert visited.spider.interrupted is True
    answers = {
        "/": html("/a", "/b", ETag="e", Last_Modified="l"),
        "/a": html("/c", "/"),
        "/b": html("/a"),
        "/c": html("/d"),
    }
    assert visited.asks(answers) == ["/", "/a", "/b", "/c"]
    visit = visited.visit
    assert [page.url.removeprefix("http://lac.example") for page in visit.pages] == ["/", "/a", "/b", "/c"]
    assert (visit.pages[0].etag, visit.pages[0].last_modified, visit.pages[1].etag) == ("e", "l", None)
    assert (visit.site, visit.method, visit.reason, visit.refused) == ("lac.example/", method(), None, {})
    assert dict(visited.spider.counts) == {"pages": 4, "asked": 1}
    assert visited.spider.open == {} and visited.spider.interrupted is False
    assert [request.meta["domain"] for request in visited.requests] == ["lac.example"] * 4
    assert all(request.dont_filter and not request.headers for request in visited.requests)
    assert visited.spider.places._value == 16


def test_pages_that_are_refused_are_counted_and_a_first_page_refused_ends_the_visit(tmp_path: Path) -> None:
    visited = Visited(tmp_path)
    answers = {"/": html("/a", "/b", "/c"), "/a": (404, b"", HTML), "/b": OSError("x"), "/c": (200, b"", HTML)}
    assert visited.asks(answers) == ["/", "/a", "/b", "/c"]
    assert visited.visit.refused == {"site_refused": 1, "site_unreachable": 1, "site_unreadable": 1}
    assert (visited.visit.reason, len(visited.visit.pages)) == (None, 1)
    down = Visited(tmp_path)
    assert down.asks({"/": (500, b"", HTML)}) == [] and down.spider.counts == {"fresh": 1}
    down.ledger.keep_only(())
    assert down.asks({"/": (500, b"", HTML)}) == ["/"]
    assert (down.visit.reason, down.visit.detail) == ("site_error", "réponse 500 : http://lac.example/")


def page(path: str, **more: Any) -> Page:
    return Page.model_validate({"url": f"http://lac.example{path}", "read_at": NOW} | more)


def test_a_page_that_has_not_changed_is_kept_with_its_new_day(tmp_path: Path) -> None:
    former = visit(
        visited_at=LONG_AGO,
        method=method(),
        pages=[page("/", etag="e", last_modified="l", names=["Vieux"]), page("/a", etag="f")],
    )
    visited = Visited(tmp_path, former)
    assert visited.asks({"/": (304, b"", {})}) == ["/"]
    assert visited.requests[0].headers["If-None-Match"] == b"e"
    assert visited.requests[0].headers["If-Modified-Since"] == b"l"
    [kept] = visited.visit.pages
    assert kept.names == ("Vieux",) and kept.read_at > NOW
    other = Visited(tmp_path, former.model_copy(update={"method": "old"}))
    assert other.asks({"/": (304, b"", {})}) == ["/"] and not other.requests[0].headers
    unknown = Visited(tmp_path, visit(method="old"))
    assert unknown.asks({"/": (304, b"", {})}) == ["/"] and unknown.visit.reason == "site_redirects"


@pytest.mark.parametrize(("status", "kept"), [(500, 1), (404, 0)])
def test_a_site_that_is_down_for_a_day_keeps_the_pages_of_its_last_visit(
    tmp_path: Path, status: int, kept: int
) -> None:
    visited = Visited(tmp_path, visit(pages=[page("/")]))
    assert visited.asks({"/": (status, b"", {})}) == ["/"] and len(visited.visit.pages) == kept


@pytest.mark.parametrize(("limits", "pages"), [({"pages": 2}, 2), ({"site_seconds": -1.0}, 1)])
def test_a_visit_ends_with_its_pages_or_its_time(tmp_path: Path, limits: dict[str, Any], pages: int) -> None:
    visited = Visited(tmp_path, **limits)
    answers = {"/": html("/a", "/b", "/c"), **{f"/{name}": html() for name in "abc"}}
    assert len(visited.asks(answers)) == pages


def test_a_visit_asks_for_twice_its_pages_at_most(tmp_path: Path) -> None:
    visited = Visited(tmp_path, pages=2)
    answers = {"/": html(*(f"/{name}" for name in "abcdef")), **{f"/{name}": (404, b"", HTML) for name in "abcdef"}}
    assert visited.asks(answers) == ["/", "/a", "/b", "/c"] and visited.visit.refused == {"site_refused": 3}


@pytest.mark.parametrize(
    ("asked", "slot", "delay", "pages"),
    [("", 1.0, 1.0, 2), ("5", 1.0, 5.0, 2), ("5", 9.0, 9.0, 2), ("30", 1.0, 30.0, 2), ("31", 1.0, 30.0, 1)],
)
def test_a_site_that_asks_to_wait_long_is_read_no_further_than_its_first_page(
    tmp_path: Path, asked: str, slot: float, delay: float, pages: int
) -> None:
    visited, held = Visited(tmp_path), SimpleNamespace(delay=slot)
    downloader = SimpleNamespace(slots={"lac.example": held})
    visited.spider.crawler = SimpleNamespace(engine=SimpleNamespace(downloader=downloader))  # type: ignore[assignment]
    rules = ProtegoRobotParser(f"User-agent: *\nCrawl-delay: {asked}\n".encode(), visited.spider)
    for host in ("lac.example", "other.example"):
        visited.spider.slow_down(rules, Request(f"http://{host}/robots.txt"))
    assert len(visited.asks({"/": html("/a"), "/a": html()})) == pages and held.delay == delay


def test_a_page_that_our_code_cannot_read_ends_its_site_alone(tmp_path: Path) -> None:
    visited = Visited(tmp_path)
    visited.asks({"/": html()})
    visited.ledger.keep_only(())

    async def first() -> Request:
        return await anext(visited.spider.start())

    request = asyncio.run(first())
    response = answered(request, html())
    visited.spider.broken(failure_of(KeyError("x"), request), response)
    assert (visited.visit.reason, visited.visit.detail) == ("site_unreadable", "http://lac.example/ : KeyError")
    assert visited.spider.open == {}
    visited.spider.broken(failure_of(KeyError("x"), request), Response(request.url))
    assert list(visited.spider.failed(failure_of(OSError("x"), Request("http://lac.example/robots.txt")))) == []
