"""Around a fetch: its key, its name, its report; what is due, resumed or away; what a glance says; pages of a directory. No process, no network."""

from __future__ import annotations

import io
import json
import os
import socket
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from crawlers import fetch, glance, update
from crawlers.due import due, read_online
from crawlers.fetch import key_of, user_agent
from crawlers.job import Fetched, FetchReport
from crawlers.kit import Aside, HtmlItems, Intake, Skip, WrongFile
from crawlers.kit.html_family import LARGEST
from crawlers.kit.source import Draft
from crawlers.plan import Chains, FetchPlan
from crawlers.registry import source_of
from crawlers.run import import_files
from crawlers.update import Order, Outcome, Update, endpoints, is_away, planned, updating
from crawlers.websites import fetch as sites
from crawlers.websites.ledger import Ledger as Visits
from crawlers.websites.model import SitesReport, Visit
from tests.crawlers.samples import NOW
from tests.crawlers.sites import supplier_list
from vivier.errors import ImportRefused
from vivier.privacy.opposition import Opposition
from vivier.runs.failures import note_failure, read_failure
from vivier.runs.ledger import IndexStep, Ledger, Step
from vivier.runs.records import current_run, read_statistics
from vivier.settings import Settings

LAC, RIVE = "99910010000018", "99910030800017"


def plan(**more: Any) -> FetchPlan:
    return FetchPlan.model_validate({"what": Chains(starts=("https://a.example/1",)), "hosts": ("a.example",)} | more)


# --- the order of a fetch and its report


def test_a_key_is_read_from_its_setting_or_asked_for_by_its_name(settings: Settings) -> None:
    keyed = settings.model_copy(update={"marche_token": SecretStr("SECRET")})
    assert key_of(plan(), keyed, "a") is None and key_of(plan(key_setting="marche_token"), keyed, "a") == "SECRET"
    public = plan(key_setting="marche_token", with_key=Chains(starts=()))
    assert key_of(public, settings, "a") is None and key_of(public, keyed, "a") == "SECRET"
    with pytest.raises(
        ImportRefused, match="VIVIER_MARCHE_TOKEN, ou importez des fichiers avec « vivier import a FICHIER »"
    ):
        key_of(plan(key_setting="marche_token"), settings, "a")


def test_who_asks_says_its_version_and_where_to_complain(settings: Settings) -> None:
    name, _, contact = user_agent(settings).partition(" ")
    assert name.startswith("Vivier/") and contact == f"(+{settings.contact_url})"


def test_a_mirror_answers_for_http_and_https_and_no_host_goes_around_it() -> None:
    through = fetch._through("http://m:1")
    lower = {"http_proxy": "http://m:1", "https_proxy": "http://m:1", "no_proxy": ""}
    assert through == lower | {name.upper(): value for name, value in lower.items()} and fetch._through(None) == {}


def test_the_rows_that_a_process_reports_add_up_and_its_report_is_read(tmp_path: Path) -> None:
    seen: list[int] = []
    process: Any = SimpleNamespace(stdout=[b'{"rows": 2}\n', b'{"rows": 3}\n'])
    fetch._follow(process, seen.append)
    fetch._follow(process, None)
    fetch._follow(SimpleNamespace(stdout=None), seen.append)  # type: ignore[arg-type]
    assert seen == [2, 5]
    assert fetch._report(tmp_path, "a\nfin\n").error == "le téléchargement s'est arrêté (fin)"
    (tmp_path / "fetch.json").write_text(FetchReport(robots="allows").model_dump_json())
    assert fetch._report(tmp_path, "") == FetchReport(robots="allows")


def test_sites_of_who_opposed_are_not_asked_and_visits_are_written_as_the_ledger_has_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", opposition_salt=SecretStr("the salt of these tests"))
    named = {
        "Lac": (LAC, "http://lac.example/"),
        "Rive": (RIVE, "http://rive.example/"),
        "Page": ("", "https://x.com/p"),
    }
    import_files("list", [supplier_list(tmp_path, named)], settings, now=NOW)
    assert sites.ledger_path(settings) == settings.home / "websites.sqlite"
    Opposition(settings).add(RIVE)
    lines = list(sites._allowed(settings))
    assert sorted(line.target.site for line in lines) == ["lac.example/", "x.com/p/"]
    with Visits(sites.ledger_path(settings)) as ledger:
        for site in ("lac.example/", "gone.example/", "x.com/p/"):
            ledger.put(Visit(site=site, visited_at=NOW, method="m"))
    written = sites._written(lines, sites.ledger_path(settings), tmp_path)
    assert written == tmp_path / "visits.jsonl"
    visits = {line["target"]["site"]: line.get("visit") for line in map(json.loads, written.read_text().splitlines())}
    assert visits["lac.example/"]["method"] == "m" and visits["x.com/p/"] is None and len(visits) == 2
    with Visits(sites.ledger_path(settings)) as ledger:
        assert ledger.get("gone.example/") is None and ledger.get("lac.example/") is not None


@pytest.mark.parametrize("finished", [True, False, None])
def test_a_crawl_of_sites_that_did_not_finish_is_refused(tmp_path: Path, finished: bool | None) -> None:
    if finished is not None:
        (tmp_path / "fetch.json").write_text(SitesReport(finished=finished).model_dump_json())
    with nullcontext() if finished else pytest.raises(ImportRefused, match=r"s'est arrêtée \(tué\)"):
        sites._check_finished(tmp_path, "un\ntué\n")


# --- updates


@pytest.mark.parametrize(
    ("mirror", "proxy", "found"),
    [
        ("http://m:81", None, (("m", 81),)),
        ("m:82", None, (("m", 82),)),
        ("https://m", None, (("m", 443),)),
        ("http://", None, ()),
        (None, "http://proxy:3128", (("proxy", 3128),)),
        ("http://m:81", "http://proxy:3128", (("m", 81),)),
    ],
)
def test_a_mirror_or_a_proxy_is_asked_for_every_source(
    monkeypatch: pytest.MonkeyPatch, mirror: str | None, proxy: str | None, found: tuple[tuple[str, int], ...]
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    if proxy is not None:
        monkeypatch.setenv("https_proxy", proxy)
    assert endpoints(("emplois",), mirror) == found
    monkeypatch.delenv("https_proxy", raising=False)
    hosts = source_of("emplois").plan.hosts  # type: ignore[union-attr]
    assert endpoints(("emplois", "esat", "emplois"), None) == tuple((host, 443) for host in hosts)


def test_the_network_is_away_when_no_endpoint_takes_a_connection() -> None:
    with socket.socket() as taken, socket.socket() as closed:
        for each in (taken, closed):
            each.bind(("127.0.0.1", 0))
        taken.listen()
        here, there = (("127.0.0.1", each.getsockname()[1]) for each in (taken, closed))
        cases: list[tuple[tuple[str, int], ...]] = [(), (here,), (there,), (there, here), (here, there), (there, there)]
        assert [is_away(case) for case in cases] == [False, False, True, False, False, True]


def test_what_a_reading_process_tells_is_its_rows_then_its_outcome(tmp_path: Path) -> None:
    order, rows = Order(source="a", home=tmp_path), list[int]()
    told = [b'{"rows": 2}\n', b'{"rows": 3}\n', Outcome(run="r").model_dump_json().encode()]
    process: Any = SimpleNamespace(stdin=io.BytesIO(), stdout=told)
    assert update._follow(process, order, rows.append) == Outcome(run="r") and rows == [2, 3]
    assert Order.model_validate_json(process.stdin.getvalue()) == order and process.stdin.getvalue().endswith(b"\n")
    assert update._follow(SimpleNamespace(stdin=io.BytesIO(), stdout=[]), order, rows.append) is None  # type: ignore[arg-type]


def test_a_reading_that_is_refused_is_an_outcome(tmp_path: Path) -> None:
    refused = update._crawl(Order(source="website", home=tmp_path))
    assert refused.noted and refused.run is None and "site web" in (refused.reason or "")
    unknown = update._crawl(Order(source="inconnue", home=tmp_path))
    assert not unknown.noted and unknown.run is None and "inconnue" in (unknown.reason or "")


@pytest.fixture
def listed(settings: Settings, tmp_path: Path) -> Settings:
    """A home that has read a list."""
    import_files("list", [supplier_list(tmp_path, {"Lac": (LAC, "")})], settings, now=NOW)
    return settings


def test_the_end_of_a_step_is_its_run_or_why_there_is_none(listed: Settings) -> None:
    run = current_run(listed.records, "list").name
    step = Step(source="list", title="L", state="due", why="w", run="before")
    (listed.home / "update").mkdir()
    made = Update(listed, Ledger(started_at=NOW, steps=(step,)))
    done = made._ended(step, Outcome(run=run))
    assert (done.state, done.run, done.seen, done.kept, done.set_aside) == ("done", run, 1, 1, {})
    failed = made._ended(step, Outcome(reason="« list » : en panne."))
    assert (failed.state, failed.reason) == ("failed", "en panne. Ses données en service restent.")
    noted = read_failure(listed.records, "list")
    assert noted is not None and noted.attempts == 1
    first = made._ended(step.model_copy(update={"run": None}), Outcome(noted=True))
    assert first.reason == " Rien n'en était encore en service." and read_failure(listed.records, "list") == noted
    made._note(failed)
    assert made.ledger.steps == (failed,)
    path = listed.home / "update" / "ledger.json"
    assert Ledger.model_validate_json(path.read_bytes()) == made.ledger
    report = made.finish(IndexStep(state="done", documents=1))
    assert not path.exists() and report.index.documents == 1 and report.finished_at is not None
    assert (listed.home / "update" / "report.txt").read_text() == "".join(f"{line}\n" for line in report.lines())


@pytest.mark.parametrize(
    ("age", "run", "done"),
    [
        (timedelta(days=1) - timedelta(seconds=1), True, True),
        (timedelta(days=1), True, False),
        (timedelta(0), False, False),
    ],
)
def test_an_update_that_was_interrupted_is_resumed_for_a_day(
    listed: Settings, age: timedelta, run: bool, done: bool
) -> None:
    name = current_run(listed.records, "list").name if run else "another"
    steps = tuple(Step(source=source, title="t", state="done", why="", run=name) for source in ("list", "siae"))
    former = Ledger(started_at=NOW, resumed=1, steps=steps)
    (listed.home / "update").mkdir()
    (listed.home / "update" / "ledger.json").write_text(former.model_dump_json())
    found = planned(listed, NOW + age, ("list", "siae"))
    assert {step.source: step.state == "done" for step in found.steps} == {"list": done, "siae": False}
    is_resumed = age < timedelta(days=1)
    assert (found.resumed, found.started_at) == ((2, NOW) if is_resumed else (0, NOW + age))
    (listed.home / "update" / "ledger.json").write_text("{")
    assert planned(listed, NOW, ("list",)).resumed == 0 and len(planned(listed, NOW).steps) > 20
    with updating(listed, ("list",)) as made:
        assert [step.source for step in made.ledger.steps] == ["list"]


def test_a_source_is_due_when_it_was_never_read_or_is_past_its_cadence_and_a_file_is_to_be_provided(
    listed: Settings,
) -> None:
    def step(name: str, now: datetime = NOW) -> Step:
        return next(step for step in due(listed, now) if step.source == name)

    assert (step("finess").state, step("finess").why, step("finess").run) == (
        "due",
        "jamais lue, attendue tous les 7 jours",
        None,
    )
    provided = step("list", NOW + timedelta(days=2, hours=1))
    assert (provided.state, provided.age_days, provided.expected) == ("to_provide", 2, 1)
    assert provided.run == read_statistics(current_run(listed.records, "list")).run
    note_failure(listed.records, source_of("finess").card, "en panne", NOW)
    assert step("finess").state == "due" and "en échec depuis" in step("finess").why
    online = [read_online(source_of(name), listed) for name in ("finess", "list", "website", "marche", "emplois")]
    assert online == [True, False, True, False, True]
    off = listed.model_copy(update={"crawl_off": "finess"})
    assert not read_online(source_of("finess"), off)
    assert read_online(source_of("marche"), listed.model_copy(update={"marche_token": SecretStr("x")}))


# --- a glance


def fetched(**more: Any) -> Fetched:
    return Fetched.model_validate({"file": "f", "url": "https://a.example/f", "role": "data", "sha1": "x"} | more)


def test_a_glance_says_what_matters_of_a_source_that_answered() -> None:
    card = source_of("siae").card
    report = FetchReport(
        files=(fetched(role="index", url="https://b.example/"), fetched(size=2_500_000)), robots="absent"
    )
    documented = plan(documentation="https://doc.example", delay=1.5)
    assert list(glance._description(documented, card, report, "forme")) == [
        "répond (a.example, 2,5 Mo annoncés)",
        "forme",
        "pas de robots.txt",
        "documentation : https://doc.example",
        "une demande toutes les 1,5 s",
        f"licence : {card.licence}",
        "ni ETag ni date : tout sera renvoyé à chaque lecture",
    ]
    for known in ({"etag": "x"}, {"last_modified": "x"}):
        said = list(glance._description(plan(), card, FetchReport(files=(fetched(size=99_999, **known),)), "forme"))
        assert said[0] == "répond (a.example)" and said[2] == "robots.txt ne s'y oppose pas" and len(said) == 5
    assert glance._size(fetched(size=100_000)).endswith("0,1 Mo annoncés") and glance._size(fetched()) == ""
    assert list(glance._unseen(plan(unseen="L'hôte du fichier."))) == ["à vérifier : l'hôte du fichier"]
    assert list(glance._unseen(plan())) == []


def test_a_source_that_is_not_asked_says_why(settings: Settings) -> None:
    off = settings.model_copy(update={"crawl_off": "finess"})
    said = {name: glance._glance(source_of(name), off, None) for name in ("website", "finess", "marche")}
    assert all(check.ok for check in said.values())
    assert "selon son robots.txt" in said["website"].text and "VIVIER_CRAWL_OFF" in said["finess"].text
    assert said["marche"].text == "clé absente (VIVIER_MARCHE_TOKEN) : rien n'est demandé"


@pytest.mark.parametrize(
    ("outcomes", "cut", "shape"),
    [
        (["kept", "kept"], False, (True, "sur la première page, 2 lignes lues, 2 gardées")),
        (["kept"], True, (True, "sur le début du fichier, 1 ligne lue, 1 gardée")),
        (["kept", Skip("s")], False, (True, "sur la première page, 2 lignes lues, 1 gardée, 1 hors périmètre")),
        ([Aside("a", "d", 2), "kept"], False, (True, "sur la première page, 3 lignes lues, 1 gardée, 2 de côté (a)")),
        ([Aside("a", "d", 2)], False, (False, "sur la première page, 2 lignes lues, 0 gardée, 2 de côté (a)")),
        ([], False, (True, "aucune ligne sur cette page")),
        ([], True, (True, "forme non lue sur le seul début du fichier")),
        ([WrongFile("autre forme.")], False, (False, "autre forme")),
        ([WrongFile("autre forme.")], True, (False, "autre forme")),
        (["kept", WrongFile("x")], True, (True, "sur le début du fichier, 1 ligne lue, 1 gardée")),
        ([ImportRefused("x.")], True, (True, "forme non lue sur le seul début du fichier")),
        ([ImportRefused("x.")], False, (False, "x")),
    ],
)
def test_the_shape_of_a_page_is_what_its_rows_become(
    tmp_path: Path, outcomes: list[Any], cut: bool, shape: tuple[bool, str]
) -> None:
    (tmp_path / "f").write_bytes(b"a\nb")

    def read(files: list[Path], intake: Intake) -> Any:
        for outcome in outcomes:
            if isinstance(outcome, ImportRefused):
                raise outcome
            yield Draft("1", outcome, dict)

    source: Any = SimpleNamespace(card=source_of("siae").card, basis="official", read=read)
    found = glance._shape(source, tmp_path, FetchReport(files=(fetched(cut=cut),)))
    assert found == shape and (tmp_path / "f").read_bytes() == (b"a\n" if cut else b"a\nb")


def test_only_the_whole_lines_of_a_text_are_read_and_a_compressed_file_is_left(tmp_path: Path) -> None:
    for body, left in ((b"a\nb\nc", b"a\nb\n"), (b"abc", b"abc"), (b"\x1f\x8ba\nb", b"\x1f\x8ba\nb")):
        path = tmp_path / "f"
        path.write_bytes(body)
        glance._whole_lines(path)
        assert path.read_bytes() == left


# --- pages of a directory

ITEMS = HtmlItems(
    convert=lambda row, intake: Skip(str(row.take("name"))),
    fields={"name": "h1::text", "trades": "li::text", "site": "a::attr(href)"},
    required=("name",),
    several=("trades",),
    item="div",
)


def read(path: Path) -> list[tuple[str, Any, dict[str, object]]]:
    intake = Intake(card=source_of("siae").card, now=NOW)
    return [(draft.where, draft.outcome, dict(draft.public())) for draft in ITEMS.read([path], intake)]


def test_the_suppliers_of_a_page_are_read_by_their_selectors(tmp_path: Path) -> None:
    path = tmp_path / "p.html"
    path.write_text("<div><h1> Le  Lac</h1><li>a</li><li> </li><li>b</li><a href=/x>y</a></div><div><li>c</li></div>")
    missing = Aside("field_missing", "rien pour « name » (h1::text) : la page a-t-elle changé ?")
    assert read(path) == [
        ("p.html, fournisseur 1", Skip("Le Lac"), {"name": "Le Lac", "trades": ["a", "b"], "site": "/x"}),
        ("p.html, fournisseur 2", missing, {"name": None, "trades": ["c"], "site": None}),
    ]
    assert ITEMS.recognises(path)
    path.write_text("<p><h2>x</h2></p>")
    assert read(path) == [("p.html", Aside("field_missing", "aucun élément « div » dans la page"), {})]
    assert not ITEMS.recognises(path)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<div><h1>x</h1></div>", 404, "site_refused"),
        (b"<div>" + b" " * (LARGEST - 4), 200, "site_too_large"),
        (b"no page", 200, "site_not_html"),
        (b" " * 2000 + b"<div>", 200, "site_not_html"),
        (b" " * 1999 + b"<div></div>", 200, "field_missing"),
    ],
)
def test_a_page_that_is_none_is_set_aside(tmp_path: Path, body: bytes, status: int, reason: str) -> None:
    path = tmp_path / "p.html"
    path.write_bytes(body)
    files = [{"file": "other", "url": "u", "status": 500}, {"file": "p.html", "url": "v", "status": status}]
    (tmp_path / "fetch.json").write_bytes(orjson.dumps({"files": files}))
    [(_, outcome, _)] = read(path)
    assert outcome.reason == reason
