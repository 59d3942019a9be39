"""TED (Publications Office of the EU): eForms since 2023, R2.0.8 and R2.0.9 before. One file a notice, one record a lot.

Fetches TED online: a search names the notices of French buyers, then each new notice is downloaded once, as XML.

The search (``POST /v3/notices/search``, no key) is read by iteration, which has no limit of depth: 250 notices a page,
then the token of the answer. A notice never changes once published: those of former runs are taken from their raw
files, so that a day downloads the notices of that day, and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import EFORMS, OLD_TED, aside, is_xml, usable, xml_records
from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.notices.raw import RawNotice
from crawlers.contracts.notices.ted_old import CATEGORIES, coded_values, read_form
from crawlers.contracts.notices.ted_r208 import is_r208, read_r208
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import compact_day, read_moment, ted_number
from crawlers.contracts.pieces import Damaged, Piece
from crawlers.fetch import fetch
from crawlers.kit import Draft, FetchPlan, Intake, Skip, Source, WrongFile, scrub
from crawlers.plan import Direct, Iterated
from vivier.errors import ImportRefused
from vivier.runs.records import SourceCard
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


_OF_TYPE: Final = {"0": "prior_information", "3": "call", "7": "award", "2": "correction"}
"""Nature of each ``TD_DOCUMENT_TYPE``, for a form that does not give it."""


def read_ted(root: Node) -> RawNotice:
    """The notice as written, in French when it has a French version."""
    coded = root.first("CODED_DATA_SECTION") or Node("none")
    data, codes = coded.first("NOTICE_DATA") or Node("none"), coded.first("CODIF_DATA") or Node("none")
    form = _form(root)
    raw = read_r208(form) if is_r208(form) else read_form(form)
    raw.number = ted_number(root.attributes.get("DOC_ID")) or ted_number(data.words("NO_DOC_OJS"))
    raw.nature = raw.nature or _OF_TYPE.get(_code(codes, "TD_DOCUMENT_TYPE"))
    raw.published = compact_day(coded.words("REF_OJS/DATE_PUB"))
    raw.follows = [
        number
        for text in (*raw.follows, *data.every("REF_NOTICE/NO_DOC_OJS"))
        if (number := ted_number(text)) is not None
    ]
    raw.category = raw.category or CATEGORIES.get(_code(codes, "NC_CONTRACT_NATURE"))
    raw.url = f"https://ted.europa.eu/fr/notice/-/detail/{raw.number}" if raw.number else None
    whole = raw.whole
    whole.deadline = whole.deadline or read_moment(codes.words("DT_DATE_FOR_SUBMISSION"))
    whole.cpv = whole.cpv or coded_values(data.all("ORIGINAL_CPV"))
    whole.nuts = coded_values(data.all("PERFORMANCE_NUTS")) or coded_values(data.all("ORIGINAL_NUTS")) or whole.nuts
    return raw


def _form(root: Node) -> Node:
    forms = root.all("FORM_SECTION/*")
    french = [form for form in forms if form.attributes.get("LG") == "FR"]
    return next(iter((*french, *forms)), Node("none"))


def _code(codes: Node, name: str) -> str:
    found = codes.first(name)
    return found.attributes.get("CODE", "") if found is not None else ""


CARD = SourceCard(
    id="ted",
    title="Tenders Electronic Daily (TED)",
    producer="Office des publications de l'Union européenne",
    dataset="avis TED",
    licence="réutilisation libre avec mention de la source (décision 2011/833/UE)",
    homepage="https://ted.europa.eu/",
    content="notices",
    memory="stream",
    covers="Avis au-dessus des seuils européens, avec participation et exécution réservées et objectifs sociaux, par lot.",
    limits="Pour qui un marché est réservé n'y est pas codé : EA, ESAT et SIAE sont confondus ; seuls les textes le disent.",
    cadence_days=1,
)
_NAMES = (OLD_TED, *EFORMS)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    desk = NoticeDesk(intake, "ted")
    pages = [path for path in files if is_search(path)]
    for missing in not_fetched(pages, files):
        yield Draft(missing, Skip("notice_not_fetched"), dict)
    for path, twice in usable([path for path in files if path not in pages]):
        if twice:
            yield Draft(path.name, Skip("duplicate_file"), dict)
            continue
        for number, piece in enumerate(_pieces(path, intake), start=1):
            yield from _drafts(piece, f"{path.name}#{number}", desk)
    intake.updated_at = desk.latest


def _pieces(path: Path, intake: Intake) -> Iterator[Piece | Damaged]:
    if not is_xml(path):
        raise WrongFile(
            f"« {path.name} » n'est pas un avis TED : un fichier XML est attendu. Téléchargez l'avis en XML ({CARD.homepage})."
        )
    return xml_records(path, intake, _NAMES)


def _drafts(piece: Piece | Damaged, where: str, desk: NoticeDesk) -> Iterator[Draft]:
    if isinstance(piece, Damaged):
        yield Draft(where, aside(piece), dict)
        return
    yield from desk.drafts(where, partial(_read, piece), _show)


def _read(piece: Piece) -> RawNotice | Skip:
    raw = read_ted(piece.value) if piece.container == OLD_TED else read_eforms(piece.value)
    # TED writes the number of publication in every notice it publishes; a draft and the examples of the eForms kit have none
    return Skip("notice_unpublished") if piece.container != OLD_TED and raw.url is None else raw


def _show(raw: RawNotice) -> Mapping[str, object]:
    return {"numéro": raw.number, "nature": raw.nature, "objet": scrub(raw.whole.title or "")[0]}


def recognises(path: Path) -> bool:
    """Whether the first element is that of a TED notice."""
    try:
        return next(_pieces(path, Intake(CARD, datetime(2000, 1, 1, tzinfo=UTC))), None) is not None
    except ImportRefused:
        return False


SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN, fetch=fetch_ted, duplicates="never")
