"""Fetches a source in one Scrapy process for each run, which keeps raw bytes and reports what it brought.

``python -m crawlers.fetch JOB.json`` is that process: Scrapy's reactor can run only once in a process, and its crash
must not take the command line or the tests with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.job import REPORT, FetchJob, FetchReport
from crawlers.plan import FetchPlan
from vivier.errors import ImportRefused
from vivier.settings import Settings

_ROOT = Path(__file__).resolve().parents[1]
_KEY = "VIVIER_FETCH_KEY"
"""Environment variable that gives a key to the fetching process: no file and no list of processes shows it."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def fetch(
    plan: FetchPlan,
    folder: Path,
    settings: Settings,
    source_id: str,
    *,
    mirror: str | None = None,
    mirror_pace: float = 0.0,
    progress: Callable[[int], None] | None = None,
) -> list[Path]:
    """Fetch everything a plan says into ``folder``; the data files, in the order they came.

    ``mirror`` is the address of a proxy that is asked for every host (a copy of yours, a test); one on this machine is
    asked with the share ``mirror_pace`` (0–1) of the delay of the plan.
    Raises :class:`ImportRefused` with the address that failed and why; what came before it stays in the folder.
    """
    report = ask(plan, folder, settings, source_id, mirror=mirror, mirror_pace=mirror_pace, progress=progress)
    if report.error is not None:
        raise ImportRefused(
            f"« {source_id} » : {report.error}.",
            f"Les données en service n'ont pas changé ; ce qui a été reçu est dans {folder}.",
        )
    return [folder / file.file for file in report.files if file.role == "data"]


def ask(
    plan: FetchPlan,
    folder: Path,
    settings: Settings,
    source_id: str,
    *,
    mirror: str | None = None,
    mirror_pace: float = 0.0,
    progress: Callable[[int], None] | None = None,
    glance: bool = False,
) -> FetchReport:
    """Asks for everything a plan says, or for its first page (``glance``); what came, and what went wrong.

    Raises :class:`ImportRefused` when the host asks for a key that is not given.
    """
    token = key_of(plan, settings, source_id)
    if token is not None and plan.with_key is not None:
        plan = plan.model_copy(update={"what": plan.with_key})
    job = FetchJob(
        source=source_id,
        plan=plan,
        folder=folder,
        cache=settings.home / "http-cache",
        agent=user_agent(settings),
        delay=pace(plan.delay, mirror, mirror_pace),
        mirror=mirror,
        glance=glance,
    )
    return _report(folder, _run(job, token, progress))


def pace(delay: float, mirror: str | None, share: float) -> float:
    """Seconds between two requests of a host: ``share`` (0–1) of them when a mirror on this machine answers in its place."""
    here = mirror is not None and urlsplit(mirror).hostname in _LOOPBACK
    return delay * share if here else delay


def key_of(plan: FetchPlan, settings: Settings, source_id: str) -> str | None:
    """The key a host asks for, from the settings. Raises :class:`ImportRefused` that names the variable when there is none."""
    if plan.key_setting is None:
        return None
    secret = getattr(settings, plan.key_setting)
    if secret is None and plan.with_key is not None:
        return None
    if secret is None:
        raise ImportRefused(
            f"La source « {source_id} » demande une clé, donnée par son producteur. Mettez-la dans la variable "
            f"VIVIER_{plan.key_setting.upper()}, ou importez des fichiers avec « vivier import {source_id} FICHIER »."
        )
    return str(secret.get_secret_value())


def user_agent(settings: Settings) -> str:
    """Who asks, and where to complain: ``Vivier/0.1.0 (+https://…)``."""
    try:
        name = f"Vivier/{version('vivier')}"
    except PackageNotFoundError:
        name = "Vivier"
    return f"{name} (+{settings.contact_url})"


def _run(job: FetchJob, token: str | None, progress: Callable[[int], None] | None) -> str:
    order = job.folder / "job.json"
    order.write_text(job.model_dump_json(), encoding="utf8")
    return run_process("crawlers.fetch", order, progress, token=token, mirror=job.mirror)


def run_process(
    module: str,
    order: Path,
    progress: Callable[[int], None] | None,
    *,
    token: str | None = None,
    mirror: str | None = None,
) -> str:
    """Runs ``python -m module ORDER`` to its end and calls ``progress`` with what it reports. Returns its error stream."""
    environment = {
        **os.environ,
        **_through(mirror),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))),
    }
    if token is not None:
        environment[_KEY] = token  # never in job.json, which stays beside the raw files
    log = order.with_name("fetch.log")
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", module, str(order)], stdout=subprocess.PIPE, stderr=errors, env=environment
        ) as process,
    ):
        try:
            _follow(process, progress)
        finally:
            if process.poll() is None and sys.exc_info()[0] is not None:
                process.terminate()
    return log.read_text(encoding="utf8", errors="replace")


def _through(mirror: str | None) -> dict[str, str]:
    """The variables that send every request, http or https, through a mirror."""
    if mirror is None:
        return {}
    given = {"http_proxy": mirror, "https_proxy": mirror, "no_proxy": ""}
    return given | {name.upper(): value for name, value in given.items()}


def _follow(process: subprocess.Popen[bytes], progress: Callable[[int], None] | None) -> None:
    seen = 0
    for line in process.stdout or ():
        seen += int(json.loads(line)["rows"])
        if progress is not None:
            progress(seen)


def _report(folder: Path, log: str) -> FetchReport:
    written = folder / REPORT
    if written.exists():
        return FetchReport.model_validate_json(written.read_bytes())
    return FetchReport(error=f"le téléchargement s'est arrêté ({last_line(log)})")


def last_line(log: str) -> str:
    """The last line a process wrote."""
    return next((line for line in reversed(log.splitlines()) if line.strip()), "aucun message")[:200]


def main(order: Path) -> None:
    from scrapy.crawler import CrawlerProcess

    from crawlers.settings import scrapy_settings
    from crawlers.spider import Fetcher

    job = FetchJob.model_validate_json(order.read_bytes())
    process = CrawlerProcess(scrapy_settings(job))
    crawler = process.create_crawler(Fetcher)
    process.crawl(crawler, job=job, token=os.environ.get(_KEY))
    process.start()
    spider = crawler.spider
    if isinstance(spider, Fetcher):
        error = spider.error if spider.error or spider.files else "rien n'a été reçu"
        report = FetchReport(files=tuple(spider.files), error=error, robots=spider.robots)
        (job.folder / REPORT).write_text(report.model_dump_json(indent=1), encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
