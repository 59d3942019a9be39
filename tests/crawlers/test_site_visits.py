"""Which pages of a site are asked, what is kept of a visit and why it ends: a reader of Scrapy, without a network."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.websites.ledger import Ledger
from crawlers.websites.model import Page, SitesJob, Target, Visit
from crawlers.websites.spider import Site, SiteReader
from crawlers.websites.trades import method
from tests.crawlers.dry import Answer, answered, crawler_of, failure_of, walked
from tests.crawlers.sites import site

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def visit(site: str = "lac.example/", **more: Any) -> Visit:
    return Visit.model_validate({"site": site, "visited_at": NOW, "method": "m"} | more)


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


def test_a_site_is_read_two_steps_from_its_first_page_each_address_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visited = Visited(tmp_path)
    assert visited.spider.interrupted is True
    answers = {
        "/": html("/a", "/b", ETag="e" * 301, Last_Modified="l"),
        "/a": html("/c", "/"),
        "/b": html("/a"),
        "/c": html("/d"),
    }
    assert visited.asks(answers) == ["/", "/a", "/b", "/c"]
    visit = visited.visit
    assert [page.url.removeprefix("http://lac.example") for page in visit.pages] == ["/", "/a", "/b", "/c"]
    assert (visit.pages[0].etag, visit.pages[0].last_modified, visit.pages[1].etag) == (
        "e" * 300,
        "l",
        None,
    )
    assert (visit.site, visit.method, visit.reason, visit.refused) == ("lac.example/", method(), None, {})
    assert dict(visited.spider.counts) == {"pages": 4, "asked": 1} and capsys.readouterr().out == '{"rows": 1}\n'
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
    [("", 0.5, 0.5, 2), ("5", 1.0, 5.0, 2), ("5", 9.0, 9.0, 2), ("30", 1.0, 30.0, 2), ("31", 1.0, 30.0, 1)],
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


def test_a_page_that_leads_to_one_that_was_read_is_not_kept_twice(tmp_path: Path) -> None:
    reader = Visited(tmp_path).spider
    request = Request("http://lac.example/a")
    target = Target(about="list:1", url="http://lac.example/", site="lac.example/", names=("Lac",))
    kept = Site(target, None, 0.0, steps={"http://lac.example/": 0, request.url: 1})
    first, again = (HtmlResponse(url, request=request, body=b"") for url in (request.url, "http://lac.example/"))
    reader._keep(kept, page("/a"), again)
    assert kept.pages == []
    reader._keep(kept, page("/a", links=["http://lac.example/c"]), first)
    assert len(kept.pages) == 1 and kept.waiting == ["http://lac.example/c"]
    reader._keep(kept, page("/c"), HtmlResponse("http://lac.example/moved", request=request, body=b""))
    assert len(kept.pages) == 2 and kept.steps["http://lac.example/moved"] == 2


def test_a_reader_is_made_by_scrapy(tmp_path: Path) -> None:
    visited = Visited(tmp_path)
    made = SiteReader.from_crawler(crawler_of(SiteReader), job=visited.spider.job, ledger=visited.ledger)
    assert isinstance(made, SiteReader) and made.job == visited.spider.job


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
