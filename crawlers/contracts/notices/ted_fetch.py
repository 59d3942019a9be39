"""Fetches TED online: a search names the notices of French buyers, then each new notice is downloaded once, as XML.

The search (``POST /v3/notices/search``, no key) is read by iteration, which has no limit of depth: 250 notices a page,
then the token of the answer. A notice never changes once published: those of former runs are taken from their raw
files, so that a day downloads the notices of that day, and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from crawlers.fetch import fetch
from crawlers.kit import FetchPlan
from crawlers.plan import Direct, Iterated
from vivier.settings import Settings

SEARCH: Final = "https://api.ted.europa.eu/v3/notices/search"
NOTICE: Final = "https://ted.europa.eu/en/notice/{number}/xml"
HOSTS: Final = ("ted.europa.eu",)
WINDOW_DAYS: Final = 90
"""Days of publication asked: longer than a call stays open, with few exceptions."""
PAGE: Final = 250
"""Notices a page, the most the search gives."""
MOST_NEW: Final = 2_000
"""Notices downloaded by one run, the newest first: a little over half an hour; the next runs go on."""
_NUMBER: Final = re.compile(r"\d{1,8}-\d{4}")


_QUESTION: Final = {
    "query": "buyer-country=FRA AND publication-date>={since} SORT BY publication-number DESC",
    "fields": ["publication-number", "publication-date"],
    "limit": PAGE,
    "scope": "ALL",
    "paginationMode": "ITERATION",
}
PLAN: Final = FetchPlan(
    what=Iterated(
        address=SEARCH,
        body=orjson.dumps(_QUESTION).decode(),
        items="notices",
        following="iterationNextToken",
        days=WINDOW_DAYS,
    ),
    hosts=HOSTS,
    verified="Corps de la recherche, jeton gardé après la dernière page, adresse XML des avis, 600 téléchargements en six minutes : documentation "
    "de TED ; robots.txt : absent pour l'API, ne ferme que des pages privées et de recherche sur ted.europa.eu.",
    unseen="Le temps que met la recherche de 90 jours.",
)
"""The search of what buyers of France published in the window, the newest first."""


def fetch_ted(
    folder: Path,
    settings: Settings,
    *,
    progress: Callable[[int, int], None] = lambda done, expected: None,
    most: int = MOST_NEW,
    **options: Any,
) -> list[Path]:
    """Fetches the pages of the search, then every notice they name: from former runs, or downloaded now (``most`` at
    most).

    ``options`` go to :func:`crawlers.fetch.fetch`. Raises :class:`vivier.errors.ImportRefused`; the files that came
    before the failure stay in ``folder`` and are not downloaded again.
    """
    found, notices = folder / "recherche", folder / "avis"
    found.mkdir(parents=True, exist_ok=True)
    notices.mkdir(exist_ok=True)
    pages = fetch(PLAN, found, settings, "ted", **options)
    numbers = list(dict.fromkeys(number for page in pages for number in numbers_of(page)))
    stored = dict(_stored(settings.raw / "ted", numbers, notices))
    for number, file in stored.items():
        _linked(file, notices / f"{number}.xml")
    missing = [number for number in numbers if number not in stored][:most]
    if missing:
        files = {f"{number}.xml": NOTICE.format(number=number) for number in missing}
        plan = FetchPlan(what=Direct(files=files), hosts=HOSTS, maximum_bytes=50_000_000)
        fetch(plan, notices, settings, "ted", progress=lambda done: progress(done, len(missing)), **options)
    return [*pages, *(file for number in numbers if (file := notices / f"{number}.xml").exists())]


def is_search(path: Path) -> bool:
    """Whether a file is a page of answers of the search."""
    if path.suffix != ".json":
        return False
    try:
        page = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return isinstance(page, dict) and isinstance(page.get("notices"), list)


def numbers_of(page: Path) -> Iterator[str]:
    """The publication numbers of a page, except those that do not have the form of a number."""
    for notice in orjson.loads(page.read_bytes()).get("notices", ()):
        number = notice.get("publication-number") if isinstance(notice, dict) else None
        if isinstance(number, str) and _NUMBER.fullmatch(number):
            yield number


def not_fetched(pages: Iterable[Path], files: Sequence[Path]) -> Iterator[str]:
    """The notices that the search names and that are not among ``files``."""
    here = {path.stem for path in files}
    numbers = dict.fromkeys(number for page in pages for number in numbers_of(page))
    return (number for number in numbers if number not in here)


def _stored(raw: Path, numbers: Iterable[str], but: Path) -> Iterator[tuple[str, Path]]:
    """The notices that former runs downloaded. Interrupted runs count too: a file is written in one piece once its
    answer is complete."""
    wanted = set(numbers)
    for file in sorted(raw.glob("*/avis/*.xml")):
        if file.stem in wanted and file.parent != but and file.stat().st_size:
            yield file.stem, file


def _linked(file: Path, to: Path) -> None:
    """Links the file into the new run, so that the purge of the former run does not remove it."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)
