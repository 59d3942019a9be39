"""The jobs of the night: when each is due, who leads, what is kept of them, and what the operator is told."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from math import inf
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.given.conftest import postgresql
from tests.house.walk import ROOT
from tests.search_api.pages.html import plain
from vivier.errors import NotFound
from vivier.given.archive import ArchiveDamaged, write_archive
from vivier.given.database import Database, database_of
from vivier.mail.office import report_letter
from vivier.mail.sealing import new_key
from vivier.operation.backups import KEPT_DAYS, copies, make_copy, opened, rehearse, restore_copy
from vivier.operation.checks import LastStates, figures, job_checks, job_states, quick_checks, utc_now
from vivier.operation.jobs import JOBS, NEVER, Journal, State, is_due, is_late, jobs_of, leading, locked
from vivier.operation.running import Jobs, _give_up_first, run_beside
from vivier.runs.audit import note
from vivier.settings import Settings

__all__ = ["postgresql"]
NIGHT = datetime(2026, 11, 24, 2, 45, tzinfo=UTC)
BY_NAME = {job.name: job for job in JOBS}
HOUR = timedelta(hours=1)


def done(at: datetime) -> State:
    return State(began=at, succeeded=at + timedelta(minutes=5))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", backup_key=SecretStr(new_key()))


def test_a_job_that_never_ran_is_due_at_once() -> None:
    assert all(is_due(job, NEVER, NIGHT) for job in JOBS)


def test_a_nightly_job_is_due_once_a_night_even_when_the_night_was_missed() -> None:
    update = BY_NAME["update"]
    assert not is_due(update, done(NIGHT), NIGHT + 20 * HOUR)
    assert is_due(update, done(NIGHT), NIGHT + 24 * HOUR)
    assert is_due(update, done(NIGHT), NIGHT + 60 * HOUR)
    assert not is_due(update, done(NIGHT - 2 * HOUR), NIGHT)  # typed by hand just before


def test_a_job_that_failed_or_was_cut_is_tried_again_an_hour_later() -> None:
    failed = State(began=NIGHT, succeeded=NIGHT - 24 * HOUR, failed=NIGHT + HOUR / 4, reason="Le réseau manque.")
    for state in (failed, State(began=NIGHT)):
        assert not is_due(BY_NAME["update"], state, NIGHT + HOUR / 2)
        assert is_due(BY_NAME["update"], state, NIGHT + HOUR)


def test_the_rehearsal_is_weekly_and_letters_leave_every_quarter() -> None:
    assert not is_due(BY_NAME["rehearsal"], done(NIGHT), NIGHT + 6 * 24 * HOUR)
    assert is_due(BY_NAME["rehearsal"], done(NIGHT), NIGHT + 7 * 24 * HOUR + 3 * HOUR)
    assert is_due(BY_NAME["notify"], done(NIGHT), NIGHT + HOUR / 4)
    assert is_late(BY_NAME["notify"], done(NIGHT), NIGHT + 26 * HOUR)


def test_jobs_without_their_settings_are_not_run(tmp_path: Path) -> None:
    assert [job.name for job in jobs_of(Settings(home=tmp_path))] == ["update", "purge"]


def test_what_became_of_a_job_is_kept_and_told_with_what_to_type(settings: Settings) -> None:
    assert list(job_checks(settings, NIGHT)) == []
    with closing(database_of(settings)) as database:
        journal = Journal(database, settings.home)
        journal.began(BY_NAME["update"], NIGHT)
        journal.succeeded(BY_NAME["update"], NIGHT)
        assert [check.ok for check in job_checks(settings, NIGHT)] == [True]
        journal.failed(BY_NAME["update"], NIGHT + HOUR, "Le réseau manque.")
        (check,) = job_checks(settings, NIGHT + HOUR)
        assert not check.ok and "Le réseau manque." in check.text and "vivier update" in check.text
        assert journal.states()["update"].is_failing


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'given.sqlite'}"
    else:
        yield request.getfixturevalue("postgresql")


@pytest.mark.slow
def test_one_process_leads_by_a_lock_of_the_database(settings: Settings, address: str) -> None:
    shared = settings.model_copy(update={"given_url": SecretStr(address)})
    with closing(Database(address)) as one, closing(Database(address)) as other:
        with leading(shared, one) as first, leading(shared, other) as second:
            assert (first, second) == (True, False)
        with leading(shared, other) as second:
            assert second


@pytest.mark.slow
def test_the_jobs_that_are_due_are_typed_and_kept(settings: Settings) -> None:
    moments = [NIGHT]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    key = settings.backup_key
    assert key is not None
    environment |= {"PYTHONPATH": str(ROOT), "VIVIER_BACKUP_KEY": key.get_secret_value()}
    with closing(database_of(settings)) as database:
        journal = Journal(database, settings.home)
        journal.began(BY_NAME["update"], NIGHT)
        journal.succeeded(BY_NAME["update"], NIGHT)
        jobs = Jobs(settings, lambda: moments[-1], environment)
        assert jobs.run_due() == ["purge", "backup", "rehearsal"]
        assert {name for name, state in journal.states().items() if state.is_failing} == set()
        copies(settings)[-1].write_bytes(b"changed")
        journal.began(BY_NAME["rehearsal"], NIGHT - 8 * 24 * HOUR)
        jobs.run_due()
        found = journal.states()["rehearsal"]
        assert found.is_failing and "abîmé" in (found.reason or "")


def killed(jobs: Jobs) -> None:
    """Kills the process of a job as the system does, once it runs."""
    while jobs._running is None:
        time.sleep(0.01)
    jobs._running.kill()


WAYS = [
    (("restore", "--try"), "Aucune sauvegarde dans"),
    (
        ("update", "agence_bio", "--mirror", "http://127.0.0.1:1"),
        "Le réseau est absent : aucune source n'a été demandée.",
    ),
    (("update", "absente"), "« absente »"),
    (("updat",), "commande inconnue « updat »"),
    (("exits unexpectedly",), "une erreur imprévue, dont la trace est dans le journal"),
    (("is killed",), "Le système a tué le travail, sans doute faute de mémoire."),
    (("takes too long",), "Le travail a pris plus de 0 minutes"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "reason"), WAYS, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_each_way_of_failing_gives_its_reason_to_the_page_the_letter_and_the_log(
    settings: Settings, verb: tuple[str, ...], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    broken = {"PYTHONHOME": "/nowhere"} if verb == ("exits unexpectedly",) else {"PYTHONPATH": str(ROOT)}
    job = replace(BY_NAME["update"], verb=verb)
    if verb == ("takes too long",):
        job = replace(job, verb=("update",), most=timedelta(seconds=0.05))
    jobs = Jobs(settings, lambda: NIGHT, {**bare, **broken})
    with closing(database_of(settings)) as database:
        if verb == ("is killed",):
            threading.Thread(target=killed, args=(jobs,)).start()
        jobs._do(job, Journal(database, settings.home))
    (check,) = [check for check in quick_checks(settings, utc_now()) if check.name == "travail update"]
    letter = report_letter([check], "a@b.example", "https://vivier.example", None, NIGHT.date(), 0)
    html = unescape(letter.html).replace("\u00a0", " ").replace("\u202f", " ")
    assert reason in check.text and reason in plain(letter.text) and reason in plain(html)
    assert reason in caplog.text and "Traceback" not in check.text
    assert ("no Python frame" in caplog.text) is (verb == ("exits unexpectedly",))
    found = {figure.name: figure.values for figure in figures(settings, LastStates(settings))}
    assert found["vivier_job_age_seconds"] == {"update": inf} and found["vivier_job_failing"] == {"update": 1.0}


def test_jobs_whose_process_fails_stop_no_other_and_are_tried_again_an_hour_later(
    settings: Settings,
) -> None:
    moments = [NIGHT]
    with closing(database_of(settings)) as database:
        jobs = Jobs(settings, lambda: moments[-1], {"PYTHONHOME": "/nowhere"})  # no Python begins there
        due = [job.name for job in jobs_of(settings)]
        assert jobs.run_due() == due and len(due) > 2
        states = Journal(database, settings.home).states()
        assert all(states[name].is_failing and 0 < len(states[name].reason or "") <= 300 for name in due)
        assert jobs.run_due() == []  # an hour has not passed
        jobs.stop()
        moments.append(utc_now() + 2 * HOUR)
        assert jobs.run_due() == []
        with leading(settings, database), locked(settings.home / "jobs.lock"):
            assert Jobs(settings, lambda: moments[-1], {"PYTHONHOME": "/nowhere"}).run_due() == []
        assert Jobs(settings, lambda: moments[-1], {"PYTHONHOME": "/nowhere"}).run_due() == due


def test_a_job_and_what_it_forks_are_ended_before_what_serves_when_memory_is_missing() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        _give_up_first(process.pid)
        assert Path(f"/proc/{process.pid}/oom_score_adj").read_text("ascii").strip() == "1000"
        process.kill()
    _give_up_first(process.pid)  # it has ended: nothing


@pytest.mark.slow
def test_of_two_machines_each_does_the_jobs_of_its_home_and_one_those_of_the_database(
    tmp_path: Path, postgresql: str
) -> None:
    mail = {"smtp_url": "smtp://127.0.0.1:1", "operator_contact": "a@b.example", "given_url": postgresql}
    one, two = (Settings.model_validate({"home": tmp_path / name, **mail}) for name in ("one", "two"))
    none = {"PYTHONHOME": "/nowhere"}  # no Python begins there
    with closing(database_of(one)) as database, leading(one, database):
        assert Jobs(two, lambda: NIGHT, none).run_due() == ["update", "purge"], "the other leads"
    with closing(database_of(two)) as database:
        journal = Journal(database, two.home)
        journal.succeeded(BY_NAME["update"], utc_now())
        assert Journal(database, one.home).states() == {}
    assert Jobs(one, lambda: NIGHT, none).run_due() == ["notify", "update", "purge", "report"]
    states = {
        settings.home.name: {job.name: state for job, state in job_states(settings).items()} for settings in (one, two)
    }
    assert not states["two"]["update"].is_failing and states["one"]["update"].is_failing
    assert states["two"]["report"] == states["one"]["report"] != NEVER
    shared = one.model_copy(update={"engine": "opensearch"})
    assert {job.name for job in jobs_of(shared) if job.of_home} == {"purge"}, "one index, built once"


def test_a_copy_is_sealed_kept_a_month_and_restored_elsewhere(settings: Settings, tmp_path: Path) -> None:
    with closing(database_of(settings)) as database, database.transaction():
        pass
    for day in (NIGHT - timedelta(days=KEPT_DAYS + 1), NIGHT - timedelta(days=KEPT_DAYS), NIGHT):
        path, made = make_copy(settings, day.date())
    assert len(copies(settings)) == 2 and copies(settings)[-1] == path and path.stat().st_mode & 0o077 == 0
    note(settings, "backup")
    assert settings.backups.stat().st_mode & 0o777 == 0o700
    assert opened(settings, path, tmp_path).stat().st_mode & 0o777 == 0o600
    assert b"SQLite" not in path.read_bytes() and "given.sqlite" in made.files
    assert rehearse(settings) == (path, made)
    elsewhere = settings.model_copy(update={"home": tmp_path / "other"})
    assert restore_copy(elsewhere, path, replace=False).files == made.files
    kept = [
        file
        for home in (settings.home, elsewhere.home)
        for file in home.rglob("*")
        if file.suffix in (".sqlite", ".jsonl")
    ]
    assert len(kept) > 2 and {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    stolen = elsewhere.model_copy(update={"backup_key": SecretStr(new_key())})
    with pytest.raises(ArchiveDamaged, match="VIVIER_BACKUP_KEY"):
        restore_copy(stolen, path, replace=True)


def test_a_first_copy_makes_its_folder_and_an_archive_that_is_not_sealed_is_put_back_too(
    settings: Settings, tmp_path: Path
) -> None:
    path, made = make_copy(settings, NIGHT.date())
    assert path == settings.backups / "vivier-2026-11-24.sealed" and made.made_on == NIGHT.date()
    note(settings, "backup")
    bare = tmp_path / "copy.tar.gz"
    files = write_archive(settings, bare, NIGHT.date()).files
    assert files and restore_copy(Settings(home=tmp_path / "other"), bare, replace=False).files == files


def test_a_rehearsal_without_a_copy_says_so(settings: Settings) -> None:
    with pytest.raises(NotFound, match="vivier backup"):
        rehearse(settings)


UNSAID = "Le travail s'est arrêté sur une erreur imprévue, dont la trace est dans le journal."
PROGRAMS = {
    "pass": None,
    "print('dit'); raise SystemExit(0)": None,
    "raise SystemExit('un\\n\\n  deux  \\n\\n')": UNSAID,
    "os.write(handed, b'pourquoi'); raise SystemExit('0 verdict')": "pourquoi",
    "os.write(handed, b'a' * 999); raise SystemExit(1)": "a" * 300,
    "os.kill(os.getpid(), 15)": "Le travail a été arrêté par le signal 15.",
}
"""What a verb does, and the reason that is kept of it."""


@pytest.mark.parametrize(("program", "reason"), PROGRAMS.items())
def test_the_reason_of_a_failure_is_what_the_verb_hands_back_and_no_line_that_it_prints(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str | None
) -> None:
    """The verbs of a folder, which Python finds before ours."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "vivier"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(f"import os\ndef main(handed):\n    {program}\n")
    with closing(database_of(settings)) as database:
        moments = [NIGHT]
        jobs = Jobs(settings.model_copy(update={"backup_key": None}), lambda: moments[0], {})
        assert jobs.run_due() == ["update", "purge"]
        for state in Journal(database, settings.home).states().values():
            assert (state.is_failing, state.reason) == (reason is not None, reason)
            assert (state.succeeded is None) is (reason is not None)
        jobs.stop()
        jobs.run()  # ends at once


@pytest.mark.parametrize(
    ("name", "longest"),
    [("update", timedelta(days=3)), ("notify", timedelta(days=1, minutes=30)), ("rehearsal", timedelta(days=15))],
)
def test_a_job_is_late_after_twice_its_time_and_a_day(name: str, longest: timedelta) -> None:
    job, second = BY_NAME[name], timedelta(seconds=1)
    for state in (State(began=NIGHT), State(began=NIGHT - HOUR * 999, succeeded=NIGHT)):
        assert not is_late(job, state, NIGHT + longest) and is_late(job, state, NIGHT + longest + second)
    assert not is_late(job, NEVER, NIGHT)


def test_a_job_whose_success_and_failure_are_of_one_moment_does_not_fail() -> None:
    assert not State(began=NIGHT, succeeded=NIGHT, failed=NIGHT).is_failing
    assert State(began=NIGHT, failed=NIGHT).is_failing and not NEVER.is_failing


def test_jobs_are_due_at_their_time_and_half_a_day_after_a_run_by_hand() -> None:
    at = NIGHT.replace(hour=2, minute=30)
    update = BY_NAME["update"]
    for began, due in ((at - 12 * HOUR, True), (at - 12 * HOUR + HOUR / 60, False), (at, False)):
        assert is_due(update, done(began), at) is due, began
    assert is_due(update, done(at - 24 * HOUR), at) and not is_due(update, done(at - 23 * HOUR), at - HOUR / 60)
    again = State(began=NIGHT)
    assert is_due(BY_NAME["notify"], again, NIGHT + HOUR / 4)
    assert not is_due(BY_NAME["notify"], again, NIGHT + HOUR / 5)


def test_letters_to_the_operator_need_mail_and_a_mailbox(tmp_path: Path) -> None:
    mail = {"smtp_url": SecretStr("smtp://127.0.0.1:25"), "operator_contact": "a@exemple.example"}
    found = Settings(home=tmp_path).model_copy(update=mail)
    assert [job.name for job in jobs_of(found)] == ["notify", "update", "purge", "report"]
    page = found.model_copy(update={"operator_contact": "https://exemple.example"})
    assert [job.name for job in jobs_of(page)] == ["notify", "update", "purge"]


def test_the_process_of_the_jobs_says_what_it_waits_for_and_ends_when_it_is_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that does not answer is asked again until then, and nothing is run."""
    away = settings.model_copy(update={"given_url": SecretStr("postgresql+psycopg://vivier@127.0.0.1:1/none")})
    handlers = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    begun: list[bool] = []

    class Ending(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            signal.raise_signal(signal.SIGTERM)

    ending, log = Ending(), logging.getLogger("vivier.jobs")
    log.addHandler(ending)
    try:
        run_beside(away, lambda: begun.append(True))
    finally:
        log.removeHandler(ending)
        for sign, handler in handlers.items():
            signal.signal(sign, handler)
    assert begun == [True] and [line[:35] for line in caplog.messages] == ["Les travaux de nuit attendent : La "]
    assert log.level == logging.INFO
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.endswith("(follow)"))


def test_a_job_that_lasts_longer_than_it_may_is_stopped_and_says_after_how_long(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import time; time.sleep(600)")
    jobs = Jobs(settings, lambda: NIGHT, {"PYTHONPATH": str(tmp_path)})
    assert (
        jobs._failure(replace(BY_NAME["purge"], most=timedelta(0)))
        == "Le travail a pris plus de 0 minutes : il a été arrêté."
    )
