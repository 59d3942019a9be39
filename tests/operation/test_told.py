"""What an operator is told: by ``/ready``, by the metrics, by the page « /revue/service »; what is broken apart from what is old."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from crawlers.registry import source_of
from crawlers.run import import_files
from indexer.current import lasting_failures
from indexer.demo import write_demo, write_demo_requests
from indexer.doctor import diagnose
from search_api.app import create_app
from search_api.metrics import TROUBLES
from search_api.troubles import Troubles
from tests.search_api.conftest import serve_corpus
from tests.search_api.pages.html import plain
from tests.search_api.serving.server import until
from vivier.check import Check
from vivier.errors import ImportRefused
from vivier.given.database import database_of
from vivier.given.queue import queue_of
from vivier.lexicon import Lexicon
from vivier.mail.office import report_letter
from vivier.mail.sealing import new_key
from vivier.operation.checks import LastStates, backup_check, figures, request_checks, source_checks, utc_now
from vivier.operation.jobs import JOBS, NEVER, Journal, State
from vivier.operation.watch import Watch, _described
from vivier.runs.audit import last_notes, note
from vivier.runs.failures import note_failure
from vivier.runs.freshness import never_loaded
from vivier.runs.ledger import IndexStep, Ledger, Step, last_update
from vivier.runs.records import current_run, read_statistics
from vivier.search.port import Generation
from vivier.settings import Settings

UPDATE, PURGE = (next(job for job in JOBS if job.name == name) for name in ("update", "purge"))
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOKEN = "un mot de passe assez long"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = Settings(home=tmp_path_factory.mktemp("told"), backup_key=SecretStr(new_key()))
    write_demo(found, 20, today=NOW.date())
    with closing(database_of(found)) as database:
        journal = Journal(database, found.home)
        journal.began(UPDATE, NOW - timedelta(hours=6))
        journal.failed(UPDATE, NOW - timedelta(hours=6), "Le réseau manque.")
    return found


@pytest.fixture
def settings(tmp_path: Path, written: Settings) -> Settings:
    """A copy of its own for each test."""
    shutil.copytree(written.home, tmp_path, dirs_exist_ok=True)
    return written.model_copy(update={"home": tmp_path})


@pytest.fixture
def client(settings: Settings, lexicon: Lexicon) -> Iterator[TestClient]:
    watch = Watch(settings, lambda: diagnose(settings), lambda: NOW)
    engine, queue = serve_corpus(settings.generations, lexicon), queue_of(settings)
    app = create_app(engine, lexicon, queue=queue, review_token=SecretStr(TOKEN), watch=watch)
    with TestClient(app) as client:
        yield client
    queue.database.close()
    engine.close()


def test_what_breaks_is_told_once_and_no_longer_once_it_is_repaired(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    troubles = Troubles()
    watch = Watch(settings, tuple, lambda: NOW)
    watch.once(troubles)
    watch.once(troubles)
    (sentence,) = troubles.sentences
    assert "Le réseau manque." in sentence and "vivier update" in sentence
    assert len([record for record in caplog.records if "réseau" in record.getMessage()]) == 1
    assert [(job["job"], job["reason"], job["late"]) for job in troubles.noted["jobs"]] == [
        ("update", "Le réseau manque.", False)
    ]
    with closing(database_of(settings)) as database:
        Journal(database, settings.home).succeeded(UPDATE, NOW)
    watch.once(troubles)
    assert troubles.sentences == () and troubles.noted["jobs"][0]["age_hours"] == 0


def test_a_thread_looks_at_once_ends_with_the_block_and_keeps_no_process_from_ending(settings: Settings) -> None:
    troubles, looked = Troubles(), threading.Event()

    def now() -> datetime:
        looked.set()
        return NOW

    with Watch(settings, tuple, now, look=60).running(troubles):
        assert looked.wait(60)
        (thread,) = (thread for thread in threading.enumerate() if thread.name == "vivier-watch")
        assert thread.daemon
    assert not thread.is_alive()


def test_what_became_of_each_job_is_noted(settings: Settings) -> None:
    troubles = Troubles()
    with closing(database_of(settings)) as database:
        Journal(database, settings.home).began(UPDATE, NOW - timedelta(hours=2))
        Journal(database, settings.home).succeeded(UPDATE, NOW - timedelta(minutes=90))
    Watch(settings, tuple, lambda: NOW).once(troubles)
    assert troubles.noted["jobs"] == [
        {
            "job": "update",
            "succeeded_at": "2026-11-24T07:30:00+00:00",
            "age_hours": 1.5,
            "failed_at": "2026-11-24T03:00:00+00:00",
            "reason": None,
            "late": False,
        }
    ]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_stops_looking_is_told(settings: Settings) -> None:
    def no_clock() -> datetime:
        raise RuntimeError("no clock")

    troubles = Troubles()
    with Watch(settings, tuple, no_clock).running(troubles):
        until(lambda: troubles.sentences != ())
    assert "ne se surveille plus" in troubles.sentences[0]


def test_the_age_of_a_success_is_in_hours() -> None:
    state = State(began=NOW, succeeded=NOW - timedelta(hours=1_000))
    assert (
        _described(UPDATE, state, NOW)["age_hours"] == 1_000.0 and _described(UPDATE, NEVER, NOW)["age_hours"] is None
    )


@pytest.mark.slow
def test_ready_gives_jobs_and_what_is_wrong(client: TestClient) -> None:
    body = client.get("/ready").json()
    while not body["jobs"]:  # the first look is made by a thread
        body = client.get("/ready").json()
    assert body["jobs"][0]["job"] == "update" and "Le réseau manque." in " ".join(body["warnings"])


def test_the_page_of_the_operator_says_what_to_type(client: TestClient) -> None:
    assert client.get("/revue/service").status_code == 401
    page = client.get("/revue/service", auth=("", TOKEN))
    assert page.status_code == 200 and "<code>vivier update</code>" in page.text
    assert "Ceci demande quelqu’un" in plain(page.text) or "Ceci demande quelqu'un" in plain(page.text)
    assert "/revue/service" in client.get("/revue", auth=("", TOKEN)).text


def test_the_page_and_the_letter_of_the_operator_say_what_each_source_gained_and_lost(
    client: TestClient, settings: Settings
) -> None:
    steps = (
        Step(source="list", title="Une liste", state="done", why="", seen=1_240, kept=1_200, added=31, gone=7),
        Step(source="dead", title="Une autre", state="failed", why="", reason="le serveur ne répond pas."),
    )
    night = Ledger(started_at=NOW, finished_at=NOW, steps=steps, index=IndexStep(state="done"))
    folder = settings.home / "update"
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_text(night.model_dump_json(), encoding="utf8")
    page = " ".join(re.sub(r"<[^>]+>", " ", plain(client.get("/revue/service", auth=("", TOKEN)).text)).split())
    assert "Une liste 1 240 31 – 7 0" in page and "dead : le serveur ne répond pas." in page
    letter = report_letter([], "o@v.example", "https://v.example", None, NOW.date(), 0.0, last_update(settings.home))
    assert all("31 nouvelles, 7 disparues" in text for text in (letter.text, letter.html))
    (folder / "report.json").write_text("{", encoding="utf8")
    assert last_update(settings.home) is None


def test_an_old_list_is_old_and_not_broken(settings: Settings) -> None:
    later = NOW.date() + timedelta(days=2_000)
    found = [check for check in source_checks(settings, later) if not check.ok]
    assert found and all(check.old for check in found)


def test_requests_that_wait_are_told_and_break_nothing(settings: Settings) -> None:
    write_demo_requests(settings, today=NOW.date())
    (found,) = request_checks(settings)
    assert found.ok and "demandes attendent une décision" in found.text


@pytest.mark.parametrize(("days", "ok"), [(0, True), (7, True), (8, False)])
def test_a_copy_is_late_after_a_week(settings: Settings, days: int, ok: bool) -> None:
    (none,) = backup_check(settings, NOW)
    assert not none.ok and none.text == "la clé est là, aucune copie encore : lancez « vivier backup »"
    (keyless,) = backup_check(settings.model_copy(update={"backup_key": None}), NOW)
    assert not keyless.ok and "rien n'est sauvegardé : donnez VIVIER_BACKUP_KEY" in keyless.text
    note(settings, "backup")
    made = datetime.fromisoformat(last_notes(settings, 1, "backup")[0]["at"])
    (found,) = backup_check(settings, made + timedelta(days=days))
    assert found.ok is ok and ("lancez « vivier backup »" in found.text) is not ok
    assert list(backup_check(settings.model_copy(update={"home": settings.home / "new"}), NOW)) == []


def test_a_source_that_was_never_read_and_fails_is_told(settings: Settings) -> None:
    file = settings.home / "vide.csv"
    file.write_text("")
    with pytest.raises(ImportRefused):
        import_files("esat", [file], settings, now=NOW)
    found = {check.name: check for check in source_checks(settings, NOW.date())}
    for loaded, never in (("demo", ["esat"]), ("esat", [])):
        meta = {"sources": [{"source": {"id": loaded}}], "failures": lasting_failures(settings)}
        assert [one.id for one in never_loaded(Generation("g", "suppliers", True, 0, NOW, meta))] == never
    assert not found["source esat"].ok and found["source esat"].text.startswith("jamais lue ; en échec depuis le")
    (none,) = source_checks(settings.model_copy(update={"home": settings.home / "new"}), NOW.date())
    assert not none.ok and none.text.startswith("aucune source importée")


def test_a_check_gives_its_command() -> None:
    assert Check("index", False, "rien n'est en service : « vivier index »").command == "vivier index"
    assert Check("index", True, "lancez « vivier index »").command is None
    assert Check("base", False, "elle ne répond pas").command is None


def test_the_figures_are_those_of_sources_jobs_letters_and_the_database(settings: Settings) -> None:
    began, hour = utc_now(), timedelta(hours=1)
    with closing(database_of(settings)) as database:
        Journal(database, settings.home).succeeded(PURGE, began - hour)
    note_failure(settings.records, source_of("esat").card, "Le site refuse.", began - 2 * hour)
    found = {figure.name: figure.values for figure in figures(settings, LastStates(settings))}
    most = (utc_now() - began).total_seconds()
    assert found["vivier_source_age_days"]
    assert found["vivier_job_failing"] == {"update": 1.0, "purge": 0.0}
    assert found["vivier_job_age_seconds"]["update"] == inf
    assert 3_600 <= found["vivier_job_age_seconds"]["purge"] <= 3_600 + most
    assert 7_200 <= found["vivier_source_failing_seconds"]["esat"] <= 7_200 + most
    assert found["vivier_database_up"] == {"given": 1.0} and found["vivier_letters"] == {}
    away = settings.model_copy(update={"given_url": SecretStr("postgresql+psycopg://vivier@127.0.0.1:1/none")})
    known = LastStates(away)
    looks = [{figure.name: figure.values for figure in figures(away, known)} for _ in range(2)]
    assert [look["vivier_database_up"]["given"] for look in looks] == [1.0, 0.0], "one silence is no breakdown"


def test_figures_and_troubles_of_jobs_keep_their_last_word_while_the_database_is_silent(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    base, troubles, moments = settings.home / "given.sqlite", Troubles(), [NOW]
    watch, known = Watch(settings, tuple, lambda: moments[-1]), LastStates(settings)
    watch.once(troubles)
    before = {figure.name: figure.values for figure in figures(settings, known)}
    content = base.read_bytes()
    (word,) = troubles.sentences
    for look in range(3):
        base.write_bytes(b"no database" * 1_000)
        moments.append(moments[-1] + timedelta(minutes=1))
        watch.once(troubles)
        told = " ".join(troubles.sentences)
        assert word in told and f"Constat d'il y a {look + 1} minute" in told
        assert ("ne répond pas" in told) is (look > 0), "two looks before broken"
        assert troubles.noted["jobs"][0]["reason"] == "Le réseau manque."  # type: ignore[index]
    now = {figure.name: figure.values for figure in figures(settings, known)}
    assert now["vivier_job_failing"] == before["vivier_job_failing"] == {"update": 1.0}
    base.write_bytes(content)
    watch.once(troubles)
    assert troubles.sentences == (word,)
    with closing(database_of(settings)) as database:
        Journal(database, settings.home).succeeded(UPDATE, moments[-1])
    watch.once(troubles)
    assert troubles.sentences == () and sum("Le réseau manque." in line for line in caplog.messages) == 1


CADENCES: list[tuple[int | None, str | None, int, bool]] = [
    (7, None, 14, False),
    (7, None, 15, True),
    (7, "2026-11-24", 14, False),
    (7, "2026-11-23", 14, True),
    (None, "2026-11-24", 730, False),
    (None, "2026-11-24", 731, True),
    (None, None, 9_999, False),
]


def test_a_source_is_late_after_twice_its_cadence_else_old_after_two_years(settings: Settings) -> None:
    file = current_run(settings.records, "demo") / "statistics.json"
    read = json.loads(file.read_bytes())
    for cadence, updated_at, days, late in CADENCES:
        read |= {"source": read["source"] | {"cadence_days": cadence}, "updated_at": updated_at}
        file.write_text(json.dumps(read | {"finished_at": f"{NOW.date()}T09:00:00Z"}), encoding="utf8")
        found = {check.name: check for check in source_checks(settings, NOW.date() + timedelta(days=days))}[
            "source demo"
        ]
        assert (found.ok, found.old) == (not late, late), found.text
        assert (": à relire" if cadence else "à renouveler") in found.text or not late


def test_a_source_in_service_that_fails_keeps_its_data_and_is_broken_not_old(settings: Settings) -> None:
    card = read_statistics(current_run(settings.records, "demo")).source
    note_failure(settings.records, card, "Le site refuse.", NOW)
    found = {check.name: check for check in source_checks(settings, NOW.date() + timedelta(days=2_000))}["source demo"]
    assert not found.ok and not found.old and "ces données restent en service : en échec depuis" in found.text


def test_a_run_that_cannot_be_read_and_requests_that_cannot_be_counted_are_told(settings: Settings) -> None:
    (current_run(settings.records, "demo") / "statistics.json").write_text("{")
    found = {check.name: check for check in source_checks(settings, NOW.date())}["source demo"]
    assert not found.ok and "demo" in found.text
    away = settings.model_copy(update={"given_url": SecretStr("postgresql+psycopg://vivier@127.0.0.1:1/none")})
    assert list(request_checks(away)) == [], "the database alone is said to be away"


def test_a_trouble_is_one_while_it_lasts_and_nought_once_it_is_over() -> None:
    troubles = Troubles()

    def measured() -> list[float]:
        found = (sample for metric in TROUBLES.collect() for sample in metric.samples)
        return [sample.value for sample in found if "essai" in sample.labels.values()]

    troubles.begin("essai", "Un essai.")
    assert measured() == [1.0] and troubles.sentences == ("Un essai.",)
    troubles.end("essai")
    troubles.end("essai")
    assert measured() == [0.0] and troubles.sentences == ()
