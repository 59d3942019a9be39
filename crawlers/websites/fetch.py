"""The websites crawl, from the records in force to ``visits.jsonl``: one process of Scrapy, resumed from the ledger.

``python -m crawlers.websites.fetch JOB.json`` is that process.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from crawlers.fetch import last_line, pace, run_process, user_agent
from crawlers.websites.ledger import Ledger
from crawlers.websites.model import Line, SitesJob, SitesReport
from crawlers.websites.targets import lines
from vivier.errors import ImportRefused
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

VISITS = "visits.jsonl"
REPORT = "fetch.json"


def ledger_path(settings: Settings) -> Path:
    """Where visits are kept between runs."""
    return settings.home / "websites.sqlite"


def fetch_websites(
    folder: Path,
    settings: Settings,
    *,
    known_hosts: dict[str, str] | None = None,
    mirror: str | None = None,
    mirror_pace: float = 0.0,
    progress: Callable[[int, int], None] = lambda done, expected: None,
    **limits: float,
) -> list[Path]:
    """Reads the suppliers' websites, except those read lately. Writes ``visits.jsonl``, one line for each structure and
    site.

    ``known_hosts`` and ``limits`` (fields of :class:`SitesJob`) are for tests; ``mirror`` is a proxy asked for every site, at the share ``mirror_pace``
    of the delay. An interrupted crawl is resumed by
    calling again. Raises :class:`ImportRefused` when no record in force gives a website, or when the process stopped
    before its end.
    """
    lines = list(_allowed(settings))
    if not lines:
        raise ImportRefused("Aucun fournisseur n'a de site web : importez d'abord une source qui en donne.")
    targets = folder / "targets.jsonl"
    sites = [line.target.model_dump_json() for line in lines if line.skip is None]
    targets.write_text("".join(f"{site}\n" for site in sites), encoding="utf8")
    job = SitesJob.model_validate(
        {
            "folder": folder,
            "targets": targets,
            "ledger": ledger_path(settings),
            "agent": user_agent(settings),
            "known_hosts": known_hosts or {},
            "mirror": mirror,
            "delay": pace(SitesJob.model_fields["delay"].default, mirror, mirror_pace),
            **limits,
        }
    )
    order = folder / "job.json"
    order.write_text(job.model_dump_json(), encoding="utf8")
    log = run_process("crawlers.websites.fetch", order, lambda done: progress(done, len(sites)), mirror=mirror)
    _check_finished(folder, log)
    return [_written(lines, job.ledger, folder)]


def _allowed(settings: Settings) -> Iterator[Line]:
    opposed = Opposition(settings)
    return (line for line in lines(settings.records) if not opposed.holds(line.target.siret))


def _check_finished(folder: Path, log: str) -> None:
    report = folder / REPORT
    if not report.exists() or not SitesReport.model_validate_json(report.read_bytes()).finished:
        raise ImportRefused(
            f"« website » : la lecture des sites s'est arrêtée ({last_line(log)}). Ce qui a été lu est gardé : "
            "relancez « vivier crawl website », qui reprendra où elle en est. Les données en service n'ont pas changé."
        )


def _written(lines: list[Line], ledger_file: Path, folder: Path) -> Path:
    """Writes the visits of these structures as the ledger has them. Sites that no record gives any more are removed
    from the ledger."""
    path = folder / VISITS
    with Ledger(ledger_file) as ledger, path.open("w", encoding="utf8") as file:
        for line in lines:
            visit = None if line.skip is not None else ledger.get(line.target.site)
            visited = line.model_copy(update={"visit": visit})
            file.write(visited.model_dump_json(exclude_defaults=True) + "\n")
        ledger.keep_only(line.target.site for line in lines)
    return path


def main(order: Path) -> None:
    """The reading process."""
    from scrapy.crawler import CrawlerProcess

    from crawlers.websites.settings import scrapy_settings
    from crawlers.websites.spider import SiteReader

    job = SitesJob.model_validate_json(order.read_bytes())
    with Ledger(job.ledger) as ledger:
        process = CrawlerProcess(scrapy_settings(job))
        crawler = process.create_crawler(SiteReader)
        process.crawl(crawler, job=job, ledger=ledger)
        process.start()
        spider = crawler.spider
        if isinstance(spider, SiteReader) and not spider.open and not spider.interrupted:
            counts = {name: spider.counts[name] for name in ("asked", "fresh", "pages")}
            report = SitesReport(finished=True, **counts)
            (job.folder / REPORT).write_text(report.model_dump_json(indent=1), encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
