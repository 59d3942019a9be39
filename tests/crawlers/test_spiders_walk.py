"""What a fetch asks, in which order, what it keeps and why it stops: each shape of plan, on answers of a table."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.job import FetchJob
from crawlers.middlewares import Forbidden
from crawlers.plan import (
    Chains,
    Direct,
    Discover,
    FetchPlan,
    Iterated,
    Listing,
    Numbered,
    Offsets,
    Resources,
    Uploads,
)
from crawlers.spider import LONGEST_CHAIN, Fetcher
from tests.crawlers.dry import Answer, crawler_of, walked

A = "https://a.example"
Shape = Chains | Direct | Discover | Iterated | Listing | Numbered | Offsets | Resources | Uploads


def page(status: int = 200, headers: dict[str, str] | None = None, **members: Any) -> Answer:
    return status, json.dumps(members).encode(), headers or {}


def fetcher(folder: Path, what: Shape, token: str | None = None, **more: Any) -> Fetcher:
    plan = FetchPlan(
        what=what, hosts=("a.example",), **{name: more.pop(name) for name in ("documentation",) & more.keys()}
    )
    fields = {"source": "a", "plan": plan, "folder": folder, "cache": folder, "agent": "Vivier", "delay": 1.0} | more
    return Fetcher(FetchJob.model_validate(fields), token)


def asked(spider: Fetcher, answers: dict[str, Answer | Exception], **more: Any) -> list[str]:
    return [f"{request.url} {request.body.decode()}".strip() for request in walked(spider, answers, **more)]


def test_chains_are_followed_one_after_the_other_and_each_answer_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spider = fetcher(tmp_path, Chains(starts=(f"{A}/1", f"{A}/3")))
    first = page(headers={"ETag": "e", "Last-Modified": "l", "Content-Length": "9"}, results=[1, 2], next=f"{A}/2#x")
    answers = {f"{A}/1": first, f"{A}/2": page(results=[3], next=None), f"{A}/3": page(results=[])}
    requests = walked(spider, answers, flags=("cached",))
    assert [request.url for request in requests] == [f"{A}/1", f"{A}/2", f"{A}/3"]
    assert all(request.dont_filter and request.meta["handle_httpstatus_list"] for request in requests)
    kept = [(file.file, file.url, file.role, file.status, file.from_cache, file.cut) for file in spider.files]
    assert kept == [(f"0000{n}.json", f"{A}/{n}", "data", 200, True, False) for n in (1, 2, 3)]
    assert (spider.files[0].etag, spider.files[0].last_modified, spider.files[0].size) == ("e", "l", 9)
    assert json.loads((tmp_path / "00002.json").read_bytes()) == {"results": [3], "next": None}
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [{"rows": n} for n in (2, 1, 0)]
    assert spider.error is None and spider.files[0].sha1 != spider.files[1].sha1


def test_a_chain_that_turns_round_stops_and_says_so(tmp_path: Path) -> None:
    spider = fetcher(tmp_path, Chains(starts=(f"{A}/1",)))
    assert asked(spider, {f"{A}/1": page(results=[1], next=f"{A}/1")}) == [f"{A}/1"]
    assert spider.error == f"la suite des pages tourne en rond ou ne finit pas : {A}/1"


@pytest.mark.parametrize(("before", "pages"), [(LONGEST_CHAIN - 1, 1), (LONGEST_CHAIN, 0)])
def test_a_run_has_twenty_thousand_pages_at_most(tmp_path: Path, before: int, pages: int) -> None:
    for what, answer in (
        (Chains(starts=(f"{A}/1",)), page(results=[])),
        (Iterated(address=f"{A}/1", body="{}", items="x", following="y"), page(x=[])),
    ):
        spider = fetcher(tmp_path, what)
        spider.requested |= set(map(str, range(before)))
        assert len(asked(spider, {f"{A}/1": answer})) == pages and (spider.error is None) is bool(pages)


@pytest.mark.parametrize(
    ("announced", "rows", "error"),
    [
        (None, 3, None),
        (100, 100, None),
        (100, 99, None),
        (1000, 980, "1000 lignes annoncées, 980 reçues : la lecture n'est pas entière"),
    ],
)
def test_fewer_rows_than_announced_is_an_error(
    tmp_path: Path, announced: int | None, rows: int, error: str | None
) -> None:
    spider = fetcher(tmp_path, Chains(starts=(f"{A}/1", f"{A}/3")))
    counted = {} if announced is None else {"total": announced}
    answers = {f"{A}/1": page(results=[0] * (rows - 1), next=f"{A}/2", **counted), f"{A}/2": page(results=[0], total=9)}
    answers[f"{A}/3"] = page(results=[])
    assert asked(spider, answers)[-1] == (f"{A}/2" if error else f"{A}/3") and spider.error == error


def test_pages_by_position_go_on_after_the_items_received(tmp_path: Path) -> None:
    spider = fetcher(tmp_path, Offsets(address=f"{A}/?o={{offset}}", items="rows"))
    answers = {f"{A}/?o=0": page(rows=[1, 2]), f"{A}/?o=2": page(rows=[3]), f"{A}/?o=3": page(rows=[])}
    assert asked(spider, answers) == list(answers) and len(spider.files) == 3 and spider.error is None
    short = fetcher(tmp_path, Offsets(address=f"{A}/?o={{offset}}", items="rows"))
    asked(short, {f"{A}/?o=0": page(rows=[1], total=2), f"{A}/?o=1": page(rows=[])})
    assert short.error == "2 lignes annoncées, 1 reçues : la lecture n'est pas entière"
    wrong = fetcher(tmp_path, Offsets(address=f"{A}/?o={{offset}}", items="rows"))
    assert asked(wrong, {f"{A}/?o=0": page(lines=[1])}) == [f"{A}/?o=0"]
    assert wrong.error == f"la réponse n'a pas de liste « rows » : {A}/?o=0" and wrong.files == []


def test_an_iteration_sends_its_token_again_until_there_is_none(tmp_path: Path) -> None:
    what = Iterated(address=f"{A}/s", body='{"q": 1}', items="notices", following="token")
    spider = fetcher(tmp_path, what)
    answers = {
        f'{A}/s {{"q":1}}': page(notices=[1], token="t"),
        f'{A}/s {{"q":1,"token":"t"}}': page(notices=[2], token=None),
    }
    requests = walked(spider, answers)
    assert [(request.method, f"{request.url} {request.body.decode()}") for request in requests] == [
        ("POST", name) for name in answers
    ]
    assert all(request.meta["dont_cache"] and request.dont_filter for request in requests)
    assert spider.error is None and len(spider.files) == 2
    for answer, error in (
        (page(notices=[1], token="t"), f"la suite des pages tourne en rond ou ne finit pas : {A}/s"),
        (page(notices=[1], timedOut=True), f"le service n'a pas eu le temps de tout chercher : {A}/s"),
        (page(others=[1]), f"pas de « notices » : {A}/s"),
    ):
        spider = fetcher(tmp_path, what)
        assert len(asked(spider, {f"{A}/s": answer})) <= 2 and spider.error == error


def test_a_numbered_series_ends_with_its_last_page_or_with_an_empty_one(tmp_path: Path) -> None:
    what = Numbered(address=f"{A}/?p={{page}}")
    spider = fetcher(tmp_path, what)
    answers = {f"{A}/?p={n}": page(results=[n], total_pages=3) for n in (1, 2, 3)}
    assert asked(spider, answers) == list(answers) and spider.error is None and len(spider.files) == 3
    for last in (page(results=[], total_pages=3), page(results=[1], total_pages="3")):
        assert asked(fetcher(tmp_path, what), {f"{A}/?p=1": last}) == [f"{A}/?p=1"]


def test_files_are_sent_one_after_the_other_and_each_answer_is_kept(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for file in files:
        file.write_text(f"id\n{file.stem}\n")
    spider = fetcher(tmp_path, Uploads(address=f"{A}/geo", files=tuple(map(str, files)), fields=(("columns", "id"),)))
    requests = walked(spider, {f"{A}/geo": (200, b"id,lon\n1,2\n", {})})
    assert [(request.method, b"\r\n\r\nid\r\n" in request.body) for request in requests] == [("POST", True)] * 2
    assert [request.headers["Content-Type"][:30] for request in requests] == [b"multipart/form-data; boundary="] * 2
    assert all(request.meta == {"handle_httpstatus_all": True, "dont_cache": True} for request in requests)
    assert [file.file for file in spider.files] == ["answer-a.csv", "answer-b.csv"] and spider.error is None
    refused = fetcher(tmp_path, Uploads(address=f"{A}/geo", files=tuple(map(str, files))))
    assert len(walked(refused, {f"{A}/geo": (503, b"", {})})) == 1 and refused.files == []


def resource(title: str, sha1: str = "") -> dict[str, Any]:
    checksum = {"checksum": {"type": "sha1", "value": sha1}} if sha1 else {}
    return {"title": title, "url": f"{A}/{title}"} | checksum


@pytest.mark.parametrize(("every", "files"), [(False, ["f-2.csv"]), (True, ["f-1.csv", "f-2.csv"])])
def test_a_catalogue_gives_its_newest_file_or_every_one(tmp_path: Path, every: bool, files: list[str]) -> None:
    datasets, patterns = (f"{A}/d", f"{A}/e"), (r"f-(\d)\.csv", r"g-(\d)")
    spider = fetcher(tmp_path, Discover(datasets=datasets, patterns=patterns, every=every))
    listed = page(resources=[resource("f-2.csv"), resource("f-1.csv"), resource("g-9")])
    answers = {f"{A}/d": listed, f"{A}/e": page(resources=[]), **{f"{A}/f-{n}.csv": (200, b"x", {}) for n in (1, 2)}}
    assert asked(spider, answers) == [f"{A}/d", *(f"{A}/{file}" for file in files), f"{A}/e"]
    names = [(file.file, file.role) for file in spider.files]
    last = f"0000{len(files) + 2}-catalogue.json"
    assert names == [("00001-catalogue.json", "index"), *((file, "data") for file in files), (last, "index")]
    assert spider.error == "aucune ressource du jeu de données n'a un titre de la forme « g-(\\d) »"


@pytest.mark.parametrize(
    ("sha1", "flags", "is_kept"),
    [
        ("11f6ad8ec52a2984abaafd7c3b516503785c2072", (), True),
        ("11F6AD8EC52A2984ABAAFD7C3B516503785C2072", (), True),
        ("0" * 40, (), False),
        ("0" * 40, ("download_stopped",), True),
    ],
)
def test_a_file_that_is_not_the_one_announced_stops_the_fetch_unless_it_was_cut(
    tmp_path: Path, sha1: str, flags: tuple[str, ...], is_kept: bool
) -> None:
    spider = fetcher(tmp_path, Resources(files={"dé/mon fichier.csv": "r1", "b": "r2"}))
    catalogue = "https://www.data.gouv.fr/api/2/datasets/resources/{}/"
    answers = {
        catalogue.format("r1"): page(resource=resource("one", sha1)),
        catalogue.format("r2"): page(resource={"title": "gone"}),
        f"{A}/one": (200, b"x", {}),
    }
    expected = list(answers) if is_kept else [catalogue.format("r1"), f"{A}/one"]
    assert sorted(asked(spider, answers, flags=flags)) == sorted(expected)
    assert spider.files[1].file == "mon_fichier.csv" and spider.files[1].cut is bool(flags)
    assert spider.error == (
        f"le catalogue ne dit plus où est la ressource : {catalogue.format('r2')}"
        if is_kept
        else "« dé/mon fichier.csv » n'a pas l'empreinte annoncée par le catalogue : téléchargement coupé ou changé"
    )


def test_the_pages_of_a_directory_are_read_first_then_those_of_its_suppliers_as_many_as_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def html(*items: str, following: str = "") -> Answer:
        links = "".join(f"<a class=i href=/{item}></a>" for item in items)
        return 200, (links + (f"<a class=n href={following}></a>" if following else "")).encode(), {}

    listing = Listing(starts=(f"{A}/l1", f"{A}/l3"), items="a.i", following="a.n", most=4)
    spider = fetcher(tmp_path, listing)
    answers = {
        f"{A}/l1": html("s1", "s2", "s1", following="/l2"),
        f"{A}/l2": html("s2", "l1", "s3"),
        f"{A}/l3": html("s4", "s5"),
        **{f"{A}/s{n}": (status, b"", {}) for n, status in enumerate((200, 404, 410, 200), 1)},
    }
    assert asked(spider, answers) == list(answers)
    assert capsys.readouterr().out.split("\n") == ['{"rows": 0}'] * 3 + ['{"rows": 1}'] * 4 + [""]
    assert [(file.file, file.role, file.status) for file in spider.files] == [
        *((f"0000{n}-liste.html", "index", 200) for n in (1, 2, 3)),
        *((f"0000{n}.html", "data", status) for n, status in ((4, 200), (5, 404), (6, 410), (7, 200))),
    ]
    short = fetcher(tmp_path, listing.model_copy(update={"most": 1, "starts": (f"{A}/l1",)}))
    assert asked(short, answers) == [f"{A}/l1", f"{A}/s1"]
    alone = fetcher(tmp_path, listing.model_copy(update={"following": None, "starts": (f"{A}/l1",)}))
    assert asked(alone, answers) == [f"{A}/l1", f"{A}/s1", f"{A}/s2"]
    for status in (401, 403, 429, 503):
        refused = fetcher(tmp_path, listing)
        assert asked(refused, answers | {f"{A}/s1": (status, b"", {})})[-1] == f"{A}/s1"
        assert (refused.error or "").startswith(f"réponse {status} ; le site ") and len(refused.files) == 3
    away = fetcher(tmp_path, listing)
    assert asked(away, {f"{A}/l1": (404, b"", {})}) == [f"{A}/l1"] and away.files == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((404, b"", {}), "réponse 404 : https://a.example/1"),
        ((401, b"", {}), "réponse 401 ; le site refuse, n'insistez pas : https://a.example/1"),
        ((429, b"", {}), "réponse 429 ; le site demande d'attendre, recommencez plus tard : https://a.example/1"),
        ((503, b"", {}), "réponse 503 ; le site demande d'attendre, recommencez plus tard : https://a.example/1"),
        ((200, b"{", {}), "la réponse n'est pas un objet JSON complet : https://a.example/1"),
        ((200, b"[]", {}), "la réponse n'est pas un objet JSON complet : https://a.example/1"),
        (Forbidden("adresse refusée"), "adresse refusée"),
        (
            IgnoreRequest("Forbidden by robots.txt"),
            "robots.txt interdit cette adresse : https://a.example/1",
        ),
        (OSError("x"), "pas de réponse (OSError) : https://a.example/1"),
    ],
)
@pytest.mark.parametrize(
    "what",
    [
        Chains(starts=(f"{A}/1", f"{A}/2")),
        Offsets(address=f"{A}/1", items="x"),
        Iterated(address=f"{A}/1", body="{}", items="x", following="y"),
        Numbered(address=f"{A}/1"),
        Discover(datasets=(f"{A}/1",), patterns=("x",)),
    ],
)
def test_an_answer_that_is_none_stops_the_fetch_and_says_why(
    tmp_path: Path, what: Shape, answer: Answer | Exception, error: str
) -> None:
    spider = fetcher(tmp_path, what)
    assert len(asked(spider, {f"{A}/1": answer})) == 1
    assert (spider.error, spider.files) == (error, [])


def test_the_key_is_sent_over_https_only(tmp_path: Path) -> None:
    plain = "http://a.example/2"
    for token, sent in (("SECRET", [b"Bearer SECRET", None]), (None, [None, None])):
        spider = fetcher(tmp_path, Direct(files={"a.csv": f"{A}/1", "b.csv": plain}), token)
        requests = walked(spider, {f"{A}/1": (200, b"", {}), plain: (200, b"", {})})
        assert [request.headers.get("Authorization") for request in requests] == sent


@pytest.mark.parametrize(
    ("status", "agent", "found"),
    [
        (200, "Vivier", "forbids"),
        (200, "Other", "allows"),
        (399, "Vivier", "unread"),
        (400, "Vivier", "absent"),
        (499, "Vivier", "absent"),
        (500, "Vivier", "unread"),
    ],
)
def test_a_glance_at_documented_data_notes_robots_txt_then_asks_for_one_file(
    tmp_path: Path, status: int, agent: str, found: str
) -> None:
    what = Direct(files={"a.csv": f"{A}/a", "b.csv": f"{A}/b"})
    spider = fetcher(tmp_path, what, documentation="https://doc.example", glance=True, agent=agent)
    rules = (status, b"User-agent: Vivier\nDisallow: /a\n", {})
    assert asked(spider, {f"{A}/robots.txt": rules, f"{A}/a": (200, b"x", {})}) == [f"{A}/robots.txt", f"{A}/a"]
    assert spider.robots == found and [file.file for file in spider.files] == ["a.csv"]
    for glance, documentation in ((True, None), (False, "https://doc.example")):
        other = fetcher(tmp_path, what, documentation=documentation, glance=glance)
        answers = {f"{A}/{name}": (200, b"x", {}) for name in "ab"}
        assert asked(other, answers) == [f"{A}/a", f"{A}/b"][: 1 if glance else 2] and other.robots is None


def test_a_glance_at_a_chain_asks_for_one_page(tmp_path: Path) -> None:
    spider = fetcher(tmp_path, Chains(starts=(f"{A}/1",)), glance=True)
    assert asked(spider, {f"{A}/1": page(results=[1], next=f"{A}/2")}) == [f"{A}/1"]
    posted = fetcher(tmp_path, Iterated(address=f"{A}/s", body="{}", items="x", following="y"), glance=True)
    assert asked(posted, {f"{A}/s": page(x=[1], y="t")}) == [f"{A}/s {{}}"] and posted.error is None


@pytest.mark.parametrize(("rule", "delay"), [("", 1.0), ("Crawl-delay: 1", 1.0), ("Crawl-delay: 1.5", 1.5)])
def test_the_crawl_delay_of_robots_txt_is_obeyed_when_it_is_longer(tmp_path: Path, rule: str, delay: float) -> None:
    crawler = crawler_of(Fetcher, AUTOTHROTTLE_ENABLED=True)
    throttle, slot = AutoThrottle(crawler), SimpleNamespace(delay=1.0)
    throttle.mindelay = 1.0
    downloader = SimpleNamespace(slots={"a.example": slot})
    crawler.engine = SimpleNamespace(downloader=downloader)  # type: ignore[assignment]
    crawler.extensions = SimpleNamespace(middlewares=(throttle,))  # type: ignore[assignment]
    job = fetcher(tmp_path, Chains(starts=())).job
    spider = Fetcher.from_crawler(crawler, job=job)
    spider.slow_down(ProtegoRobotParser(f"User-agent: Vivier\n{rule}".encode(), spider), Request(A))
    assert (throttle.mindelay, slot.delay) == (delay, delay)
