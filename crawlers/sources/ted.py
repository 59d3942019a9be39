"""TED (Publications Office of the EU): eForms since 2023, R2.0.8 and R2.0.9 before. One file a notice, one record a lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import EFORMS, OLD_TED, aside, is_xml, usable, xml_records
from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.notices.raw import RawNotice
from crawlers.contracts.notices.ted_fetch import PLAN, fetch_ted, is_search, not_fetched
from crawlers.contracts.notices.ted_old import CATEGORIES, coded_values, read_form
from crawlers.contracts.notices.ted_r208 import is_r208, read_r208
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import compact_day, read_moment, ted_number
from crawlers.contracts.pieces import Damaged, Piece
from crawlers.kit import Draft, Intake, Skip, Source, WrongFile, scrub
from vivier.errors import ImportRefused
from vivier.runs.records import SourceCard

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
    covers="Avis au-dessus des seuils européens, avec participation et exécution réservées et objectifs sociaux, par lot.",
    limits="Pour qui un marché est réservé n'y est pas codé : EA, ESAT et SIAE sont confondus ; seuls les textes le disent.",
    cadence_days=1,
)
_NAMES = (OLD_TED, *EFORMS)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every notice of every file."""
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
    raw = read_ted(piece.value) if piece.container == OLD_TED else read_eforms(piece.value)
    if piece.container != OLD_TED and raw.url is None:
        # TED writes the number of publication in every notice it publishes; a draft and the examples of the eForms kit have none
        yield Draft(where, Skip("notice_unpublished"), lambda: _show(raw))
        return
    for outcome in desk.records(raw):
        yield Draft(where, outcome, lambda: _show(raw))


def _show(raw: RawNotice) -> Mapping[str, object]:
    return {"numéro": raw.number, "nature": raw.nature, "objet": scrub(raw.whole.title or "")[0]}


def recognises(path: Path) -> bool:
    """Whether the first element is that of a TED notice."""
    try:
        return next(_pieces(path, Intake(CARD, datetime(2000, 1, 1, tzinfo=UTC))), None) is not None
    except ImportRefused:
        return False


SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN, fetch=fetch_ted)
