"""TED (Publications Office of the EU): eForms since 2023, R2.0.8 and R2.0.9 before. One file a notice, one record a lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import EFORMS, OLD_TED, aside, is_xml, usable, xml_records
from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.notices.raw import RawNotice
from crawlers.contracts.notices.ted_export import read_ted
from crawlers.contracts.notices.ted_fetch import PLAN, fetch_ted, is_search, not_fetched
from crawlers.contracts.pieces import Damaged, Piece
from crawlers.kit import Draft, Intake, Skip, Source, WrongFile, scrub
from vivier.errors import ImportRefused
from vivier.runs.records import SourceCard

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
