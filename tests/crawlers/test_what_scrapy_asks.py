"""Who may be asked and who may not: private addresses, hosts of a plan, robots.txt, patience and the cache, without a network."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import HtmlResponse, Response
from scrapy.http.headers import Headers
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.testing import MemoryReactor

from crawlers.guard import KNOWN_HOSTS, PublicResolver, is_private, is_public
from crawlers.job import FetchJob
from crawlers.middlewares import AlwaysAskAgain, Forbidden, KeylessStorage, KnownHostsOnly, PatientRetry, wait_requested
from crawlers.plan import Direct, FetchPlan
from crawlers.responses import GLANCE_BYTES, announced_bytes, enough, header_of, items_of, links_of
from crawlers.robots import Robots
from crawlers.settings import scrapy_settings
from crawlers.spider import Fetcher
from crawlers.websites.model import SitesJob
from crawlers.websites.settings import OwnSiteOnly, Refused, stop_what_is_no_page
from crawlers.websites.settings import scrapy_settings as settings_of_sites
from tests.crawlers.dry import crawler_of

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAGE = Request("https://a.example/page")


def fetch_job(folder: Path, **more: object) -> FetchJob:
    plan = FetchPlan(what=Direct(files={}), hosts=("a.example", "127.0.0.1"), maximum_bytes=77)
    fields = {"source": "a", "plan": plan, "folder": folder, "cache": folder, "agent": "Vivier", "delay": 1.5}
    return FetchJob.model_validate(fields | more)


def sites_job(folder: Path, **more: object) -> SitesJob:
    fields = {"folder": folder, "targets": folder / "targets.jsonl", "ledger": folder / "ledger.sqlite", "agent": "V"}
    return SitesJob.model_validate(fields | more)


def fetching(job: FetchJob, **settings: object) -> Crawler:
    crawler = crawler_of(Fetcher, **settings)
    crawler.spider = Fetcher.from_crawler(crawler, job=job)
    return crawler


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("224.0.0.1", False),
        ("2001:4860:4860::8888", True),
        ("ff0e::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:a00:1::", False),
        ("2002:808:808::", True),
    ],
)
def test_an_address_is_public_or_not_whatever_hides_it(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_host_is_private_when_it_leads_to_a_private_address() -> None:
    hosts = ("127.0.0.1", "8.8.8.8", "::1", "localhost", f"{'a' * 70}.example")
    assert [asyncio.run(is_private(host)) for host in hosts] == [True, False, True, True, False]


def resolved(found: Deferred[str]) -> str:
    seen: list[str] = []
    found.addCallbacks(seen.append, lambda failure: seen.append(failure.type.__name__))
    return seen[0]


def test_the_resolver_of_the_connection_refuses_what_is_private_but_known_hosts_and_proxies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    crawler = crawler_of(Fetcher, **{KNOWN_HOSTS: {"lac.example": "127.0.0.1"}})
    resolver = PublicResolver.from_crawler(crawler, MemoryReactor())  # type: ignore[arg-type]
    for name, address in {"rebind.example": "10.0.0.1", "open.example": "8.8.8.8", "proxy.example": "10.0.0.2"}.items():
        dnscache[name] = address
    names = ("lac.example", "rebind.example", "open.example", "proxy.example")
    expected = ["127.0.0.1", DNSLookupError.__name__, "8.8.8.8", "10.0.0.2"]
    assert [resolved(resolver.getHostByName(name)) for name in names] == expected


def refusal(middleware: KnownHostsOnly | OwnSiteOnly, request: Request) -> str:
    try:
        asyncio.run(middleware.process_request(request))
    except IgnoreRequest as error:
        return f"{getattr(error, 'reason', '')} {error}".strip()
    return ""


def test_only_the_hosts_of_the_plan_are_asked_and_never_a_private_one(tmp_path: Path) -> None:
    alone, mirrored = (
        KnownHostsOnly.from_crawler(fetching(fetch_job(tmp_path, mirror=mirror))) for mirror in (None, "http://m")
    )
    for address in ("https://b.example/", "https://xa.example/", "ftp://a.example/", "http:///"):
        assert refusal(alone, Request(address)) == (
            f"adresse hors des hôtes prévus (a.example, 127.0.0.1) : {Request(address).url}"
        )
    for address in ("https://a.example.invalid/", "http://www.a.example/", "https://a.example/x"):
        assert bool(refusal(mirrored, Request(address))) is ("invalid" in address)
    private = Request("http://127.0.0.1/")
    assert refusal(alone, private) == "« 127.0.0.1 » est une adresse de réseau privé : refusée"
    assert refusal(mirrored, private) == ""
    with pytest.raises(Forbidden):
        asyncio.run(alone.process_request(private))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("", 0.0),
        (" 120 ", 120.0),
        ("Fri, 27 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 27 Nov 2026 11:59:00 GMT", 0.0),
        ("Fri, 27 Nov 2026 12:01:30 -0000", 0.0),
        ("bientôt", 0.0),
    ],
)
def test_the_wait_that_a_host_asks_for_is_read_in_seconds_or_as_a_date(header: str | None, seconds: float) -> None:
    answer = Response(PAGE.url, headers={} if header is None else {"Retry-After": header.encode("latin-1")})
    assert wait_requested(answer, NOW) == seconds


def test_a_refused_request_is_sent_again_after_the_wait_unless_it_is_over_five_minutes(tmp_path: Path) -> None:
    retry = PatientRetry.from_crawler(fetching(fetch_job(tmp_path)))

    def after(status: int, wait: str) -> Request | Response:
        answer = Response(PAGE.url, status=status, headers={"Retry-After": wait})
        return asyncio.run(asyncio.wait_for(retry.process_response(PAGE.copy(), answer), 0.01))

    again = after(503, "0")
    assert isinstance(again, Request) and (again.url, again.meta["retry_times"]) == (PAGE.url, 1)
    unchanged = [after(status, wait) for status, wait in ((200, "0"), (404, "0"), (503, "301"))]
    assert [isinstance(each, Response) and each.status for each in unchanged] == [200, 404, 503]
    with pytest.raises(TimeoutError):
        after(503, "300")


def test_a_page_in_cache_is_asked_for_again_and_serves_only_when_it_has_not_changed() -> None:
    policy, request = AlwaysAskAgain(Settings()), PAGE.copy()
    assert isinstance(policy, RFC2616Policy)
    old = Response(PAGE.url, headers={"ETag": "x", "Cache-Control": "max-age=99999999", "Date": "x"})
    assert policy.is_cached_response_fresh(old, request) is False and request.headers["If-None-Match"] == b"x"
    answers = [Response(PAGE.url, status=status) for status in (200, 304, 500)]
    assert [policy.is_cached_response_valid(old, answer, PAGE) for answer in answers] == [False, True, False]


def test_the_cache_holds_no_key(tmp_path: Path) -> None:
    crawler = fetching(fetch_job(tmp_path))
    storage = KeylessStorage(Settings({"HTTPCACHE_DIR": str(tmp_path / "cache"), "HTTPCACHE_GZIP": False}))
    assert crawler.spider is not None
    storage.open_spider(crawler.spider)
    asked = Request(PAGE.url, headers={"Authorization": "Bearer SECRET", "Accept": "text/csv"})
    storage.store_response(crawler.spider, asked, Response(PAGE.url, body=b"body"))
    written = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert b"SECRET" not in written and b"text/csv" in written and b"body" in written
    assert asked.headers["Authorization"] == b"Bearer SECRET"


@pytest.mark.parametrize(
    ("status", "allowed"), [(200, "ad"), (399, "ad"), (400, "abcd"), (404, "abcd"), (499, "abcd"), (500, ""), (503, "")]
)
def test_an_absent_robots_txt_allows_all_and_one_that_fails_allows_nothing(status: int, allowed: str) -> None:
    robots = Robots(crawler_of(Fetcher, ROBOTSTXT_OBEY=True))
    robots._parsers["a.example"] = Deferred()
    body = b"User-agent: *\nDisallow: /b\nDisallow: /c\n"
    asyncio.run(robots._parse_robots(Response("https://a.example/robots.txt", status, body=body), "a.example", PAGE))
    rules = robots._parsers["a.example"]
    assert "".join(path for path in "abcd" if rules.allowed(f"https://a.example/{path}", "Vivier")) == allowed  # type: ignore[union-attr]


def test_a_fetch_says_who_asks_waits_takes_no_cookie_and_trusts_no_bad_certificate(tmp_path: Path) -> None:
    made = scrapy_settings(fetch_job(tmp_path))
    alike = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_WARNSIZE": 0,
        "COOKIES_ENABLED": False,
        "REDIRECT_MAX_TIMES": 5,
        "DNS_RESOLVER": "crawlers.guard.PublicResolver",
    }
    own = {
        "USER_AGENT": "Vivier",
        "ROBOTSTXT_OBEY": True,
        "AUTOTHROTTLE_START_DELAY": 1.5,
        "DOWNLOAD_TIMEOUT": 120,
        "DOWNLOAD_MAXSIZE": 77,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "RETRY_TIMES": 4,
        "HTTPCACHE_DIR": str(tmp_path),
        "HTTPCACHE_GZIP": True,
    }
    assert made.items() >= (alike | own).items()
    sites = settings_of_sites(sites_job(tmp_path, delay=2.5, timeout=9.0, maximum_bytes=88, known_hosts={"a": "b"}))
    of_sites = {
        "USER_AGENT": "V",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "DOWNLOAD_DELAY": 2.5,
        "DOWNLOAD_TIMEOUT": 9.0,
        "DNS_TIMEOUT": 9.0,
        "DOWNLOAD_MAXSIZE": 88,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "RETRY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "REFERER_ENABLED": False,
        KNOWN_HOSTS: {"a": "b"},
    }
    assert sites.items() >= (alike | of_sites).items()
    orders = [each["DOWNLOADER_MIDDLEWARES"] for each in (made, sites)]
    assert [{name.rpartition(".")[2]: at for name, at in order.items() if at} for order in orders] == [  # type: ignore[attr-defined]
        {"KnownHostsOnly": 50, "Robots": 100, "PatientRetry": 550, "HonestCache": 900},
        {"OwnSiteOnly": 50, "Robots": 100},
    ]


def test_a_site_is_asked_on_its_own_domain_and_never_on_a_private_network(tmp_path: Path) -> None:
    crawler = fetching(fetch_job(tmp_path), **{KNOWN_HOSTS: {"own.lac.fr": "127.0.0.1"}})
    own = OwnSiteOnly.from_crawler(crawler)

    def why(url: str, domain: str | None) -> str:
        return refusal(own, Request(url, meta={} if domain is None else {"domain": domain}))

    assert why("http://own.lac.fr/a", "lac.fr") == "" and why("http://own.lac.fr/a", None) == ""
    assert why("http://own.lac.fr/a", "rive.fr") == (
        "site_elsewhere renvoi vers un autre domaine : http://own.lac.fr/a"
    )
    assert why("http://127.0.0.1/s", None) == "site_private_address adresse de réseau privé : http://127.0.0.1/s"
    crawler.spider = Fetcher(fetch_job(tmp_path, mirror="http://m"))
    assert why("http://127.0.0.1/s", None) == ""
    with pytest.raises(Refused):
        asyncio.run(own.process_request(Request("http://own.lac.fr/", meta={"domain": "rive.fr"})))


@pytest.mark.parametrize(
    ("headers", "length", "site", "stopped"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, 10, True, None),
        ({"Content-Type": " Application/XHTML+xml"}, None, True, None),
        ({}, 50, True, None),
        ({}, 51, True, "site_too_large"),
        ({"Content-Type": "application/pdf"}, 51, True, "site_too_large"),
        ({"Content-Type": "application/pdf"}, None, True, "site_not_html"),
        ({"Content-Type": "application/pdf"}, 10, False, None),
        ({"Content-Type": "application/pdf", "Location": "/b"}, 10, True, None),
    ],
)
def test_what_is_no_page_or_too_long_is_not_downloaded(
    tmp_path: Path, headers: dict[str, str], length: int | None, site: bool, stopped: str | None
) -> None:
    spider = fetching(fetch_job(tmp_path)).spider
    assert isinstance(spider, Fetcher)
    spider.job = sites_job(tmp_path, maximum_bytes=50)  # type: ignore[assignment]
    request = Request(PAGE.url, meta={"site": "a.example/"} if site else {})
    if stopped is None:
        stop_what_is_no_page(Headers(headers), length, request, spider)
    else:
        with pytest.raises(StopDownload) as raised:
            stop_what_is_no_page(Headers(headers), length, request, spider)
        assert raised.value.fail is True
    assert request.meta.get("stopped") == stopped


def test_a_glance_stops_once_it_has_received_enough() -> None:
    request = PAGE.copy()
    enough(b"x" * (GLANCE_BYTES - 1), request)
    enough(b"x", request)
    assert request.meta["received"] == GLANCE_BYTES
    with pytest.raises(StopDownload) as raised:
        enough(b"x", request)
    assert raised.value.fail is False and request.meta["received"] == GLANCE_BYTES + 1


def test_an_answer_is_read_for_its_items_its_length_its_headers_and_its_links() -> None:
    pages = [{"results": [1], "more": [1, 2]}, {"results": 3, "a": [1], "b": [1, 2]}, {"count": 3}]
    assert [items_of(page) for page in pages] == [[1], [1, 2], []]
    lengths = ({"Content-Length": " 12 "}, {"Content-Length": "x"}, {})
    assert [announced_bytes(Response(PAGE.url, headers=each)) for each in lengths] == [12, None, None]
    assert header_of(Response(PAGE.url, headers={"ETag": "é"}), "ETag") == "Ã©"
    assert header_of(Response(PAGE.url), "ETag") is None
    html = "<a class='x' href=' b?c=1#top '></a><a class='x' href='#a'></a><a class='x'></a><a href='/d'></a>"
    page = HtmlResponse("https://a.example/d/", body=html.encode(), encoding="utf8")
    assert links_of(page, "a.x") == ["https://a.example/d/b?c=1"] and links_of(Response(PAGE.url), "a") == []
