"""BOAMP (DILA): the flat records of its API, whatever form their body has, and the older XML announcements.

The body (``donnees``) is JSON as text: eForms, FNSimple, MAPA, DSP or DIVERS, or an announcement of the older schemas. The
flat fields win for the number, the day of publication, the départements and the nature; the body for all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import (
    ANNOUNCEMENT,
    DAILY,
    aside,
    is_xml,
    json_records,
    json_value,
    usable,
    xml_records,
)
from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.notices.handling import CATEGORIES, INDEXED, NATURES, PROCEDURES, completed, number_of
from crawlers.contracts.notices.legacy import read_legacy
from crawlers.contracts.notices.legacy_v1 import is_v1, read_v1
from crawlers.contracts.notices.national import SHAPES, read_national
from crawlers.contracts.notices.raw import CodedProvision, Part, RawNotice
from crawlers.contracts.notices.tree import Node, from_json
from crawlers.contracts.notices.values import read_moment
from crawlers.contracts.pieces import Damaged
from crawlers.kit import Aside, CsvTable, Direct, Draft, FetchPlan, Intake, Row, Skip, Source, scrub
from vivier.errors import ImportRefused
from vivier.identity import words_of
from vivier.runs.records import SourceCard
from vivier.trades.descriptors import keywords_in

_LEGACY: Final = (
    "IDENTITE",
    "OBJET",
    "PROCEDURE",
    "CONDITION_RELATIVE_MARCHE",
    "CONDITION_PARTICIPATION",
    "ATTRIBUTION",
)
"""Blocks of a body of schemas 2. Some notices lack the first, that of the buyer."""


def read_announcement(root: Node) -> RawNotice:
    """Reads an announcement in XML: its body, and what BOAMP writes around it."""
    handled = root.first("GESTION") or Node("none")
    return completed(read_body(root.first("DONNEES") or Node("none"), number_of(handled)), handled)


def read_body(data: Node, number: str | None) -> RawNotice:
    """Reads a body alone. A body that is empty or of no known form gives an empty notice with an issue."""
    eforms = data.first("EFORMS")
    if eforms is not None:
        raw = read_eforms(eforms.children[0] if eforms.children else Node("none"))
        raw.follows = [other for other in raw.follows if other != number]
        return raw
    national = next(_national(data), None)
    if national is not None:
        return read_national(national)
    if is_v1(data):
        return read_v1(data)
    if any(map(data.has, _LEGACY)):
        return read_legacy(data)
    problem = "notice_body_unknown" if data.children else "notice_body_unreadable"
    return RawNotice(None, "boamp_flat", None, Part(), issues=[problem])


def _national(data: Node) -> Iterator[Node]:
    yield from (child for child in data.children if child.name in SHAPES)


_HOST: Final = "boamp-datadila.opendatasoft.com"
_EXPORT: Final = f"https://{_HOST}/api/explore/v2.1/catalog/datasets/boamp/exports/json"
WINDOW_DAYS: Final = 120
REQUIRED: Final = ("idweb", "objet", "nature", "donnees")
KNOWN: Final = frozenset(
    words_of(
        """
        idweb id contractfolderid objet filename famille famille_libelle code_departement code_departement_prestation
        dateparution datefindiffusion datelimitereponse nomacheteur titulaire perimetre type_procedure
        soustype_procedure procedure_libelle procedure_categorise nature sousnature nature_libelle sousnature_libelle
        nature_categorise nature_categorise_libelle criteres marche_public_simplifie marche_public_simplifie_label
        etat descripteur_code dc descripteur_libelle type_marche type_marche_facette type_avis annonce_lie
        annonces_anterieures source_schema gestion donnees url_avis
        """
    )
)
_TABLE: Final = CsvTable(required=REQUIRED, optional=tuple(sorted(KNOWN - {*REQUIRED})), delimiter=";")
_SHEET: Final = CsvTable(required=REQUIRED[:1], delimiter=";")
"""What tells the CSV export, whole or not."""
_NAMES: Final = (ANNOUNCEMENT, DAILY)
_WRAPPERS: Final = ("ANNONCES", "BOAMP")
_GLUED: Final = re.compile(
    r"[a-zé]{3}(?=(?:Activité|Cet(?:te)?|Collecte|Commune|Il|L[ae]|Les|Lots?|Missions?|Pour|Relance|Travaux)\b)"
)
"""Where a line of a title ends and the next begins: its source joins them (« réservé aux entreprises adaptéesCet accord »)."""
_CRITERIA: Final = {"sociaux": "social_unspecified", "environnementaux": "environmental"}

CARD = SourceCard(
    id="boamp",
    title="Bulletin officiel des annonces des marchés publics (BOAMP)",
    producer="Direction de l'information légale et administrative (DILA)",
    dataset="boamp",
    licence="Licence Ouverte 2.0",
    homepage="https://www.boamp.fr/",
    content="notices",
    memory="stream",
    covers="Avis de marché, d'attribution, rectificatifs et annulations, avec les critères sociaux et environnementaux cochés.",
    limits="Ni les marchés publiés ailleurs (journaux d'annonces légales, profils d'acheteur), ni ceux passés sans publicité.",
    cadence_days=1,
)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every notice of every file, one draft a lot."""
    desk = NoticeDesk(intake, "boamp")
    for path, twice in usable(files):
        if twice:
            yield Draft(path.name, Skip("duplicate_file"), dict)
        elif is_xml(path):
            for number, piece in enumerate(xml_records(path, intake, _NAMES, _WRAPPERS), start=1):
                where = f"{path.name}#{number}"
                if isinstance(piece, Damaged):
                    yield Draft(where, aside(piece), dict)
                else:
                    yield from desk.drafts(where, partial(read_announcement, piece.value), _show)
        else:
            for where, record in _rows(path, intake) if _SHEET.recognises(path) else _objects(path, intake):
                if isinstance(record, Aside | Skip):
                    yield Draft(where, record, dict)
                else:
                    yield from desk.drafts(where, partial(flat, record, intake), _show)
    intake.updated_at = desk.latest


def _objects(path: Path, intake: Intake) -> Iterator[tuple[str, Mapping[str, Any] | Aside]]:
    for number, record in enumerate(json_records(path, intake, REQUIRED), start=1):
        yield f"{path.name}#{number}", aside(record) if isinstance(record, Damaged) else record


def _rows(path: Path, intake: Intake) -> Iterator[tuple[str, Mapping[str, Any] | Aside | Skip]]:
    """The same records as the API exports them in CSV: an empty cell is no value, and commas join the values of a list."""
    for where, row, _ in _TABLE.rows(path, intake):
        yield where, {name: row.take(name) or None for name in KNOWN} if isinstance(row, Row) else row


def _show(raw: RawNotice) -> Mapping[str, object]:
    return {"idweb": raw.number, "nature": raw.nature, "objet": scrub(raw.whole.title or "")[0]}


def flat(record: Mapping[str, Any], intake: Intake) -> RawNotice:
    intake.unknown.update(set(record) - KNOWN)
    number = _text(record.get("idweb"))
    raw = read_body(from_json("DONNEES", _parsed(record.get("donnees"))), number)
    title = raw.whole.title or _text(record.get("objet"))
    raw.whole.title = title and _GLUED.sub(r"\g<0> ", title)
    completed(raw, from_json("GESTION", _parsed(record.get("gestion"))))
    raw.number = number or raw.number
    raw.nature = raw.nature if raw.nature == "cancellation" else _nature(record) or raw.nature
    if raw.nature is None and _is_first(record):
        raw.nature = "call"
        raw.issues.append("nature_deduced")
    raw.folder = _text(record.get("contractfolderid")) or raw.folder
    raw.published = _text(record.get("dateparution")) or raw.published
    raw.url = _text(record.get("url_avis")) or f"https://www.boamp.fr/pages/avis/?q=idweb:{raw.number}"
    raw.departements = (
        _list(record.get("code_departement_prestation")) or _list(record.get("code_departement")) or raw.departements
    )
    raw.follows = [*_list(record.get("annonce_lie")), *_list(record.get("annonces_anterieures")), *raw.follows]
    raw.procedure = raw.procedure or PROCEDURES.get(str(record.get("type_procedure") or ""))
    raw.category = raw.category or next(
        (CATEGORIES[kind] for kind in _list(record.get("type_marche")) if kind in CATEGORIES), None
    )
    if raw.buyer[2] is None:
        raw.buyer = (*raw.buyer[:2], _text(record.get("nomacheteur")))
    _completed(raw, record)
    return raw


def _completed(raw: RawNotice, record: Mapping[str, Any]) -> None:
    """Adds the flat fields about the contract. Their deadline is used last: it writes an hour of Paris as one of Greenwich."""
    whole = raw.whole
    whole.deadline = whole.deadline or read_moment(record.get("datelimitereponse"))
    labels = record.get("descripteur_libelle")
    raw.descriptors = (keywords_in(labels) if isinstance(labels, str) else _list(labels)) or raw.descriptors
    if whole.deadline is None and raw.nature == "call" and not any(lot.deadline for lot in raw.lots):
        whole.deadline = read_moment(record.get("datefindiffusion"))
        raw.issues += ["deadline_supposed"] if whole.deadline is not None else []
    if not whole.winners and not any(lot.winners for lot in raw.lots):
        whole.winners = [(None, None, name) for name in _list(record.get("titulaire"))]
    known = {provision.value for provision in whole.coded}
    whole.coded += [
        CodedProvision(_CRITERIA[code], code, INDEXED, (), "boamp_criteria")  # type: ignore[arg-type]
        for code in _list(record.get("criteres"))
        if code in _CRITERIA and code not in known
    ]


def _nature(record: Mapping[str, Any]) -> str | None:
    state = NATURES.get(str(record.get("etat") or "").upper())
    return state or NATURES.get(str(record.get("nature") or "").upper())


def _is_first(record: Mapping[str, Any]) -> bool:
    """Whether a notice without a nature is a call: it is new and follows no other. Of the first quarter of 2021, 6,224 national calls of
    6,224 follow none; 1,350 awards of 1,350 and 615 corrections of 615 follow one."""
    follows = (*_list(record.get("annonce_lie")), *_list(record.get("annonces_anterieures")))
    return str(record.get("etat") or "").upper() == "INITIAL" and not follows and record.get("titulaire") is None


def _parsed(value: object) -> object:
    return json_value(value) if isinstance(value, str) else value


def _text(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int) else None


def _list(value: object) -> list[str]:
    """A list, a text, a text that is a JSON list, or « a,b »."""
    if isinstance(value, str):
        parsed = _parsed(value) if value.lstrip().startswith("[") else value
        value = parsed if isinstance(parsed, list) else list(str(value).replace(";", ",").split(","))
    if not isinstance(value, list):
        return []
    return [str(item).strip() for item in value if isinstance(item, str | int) and str(item).strip()]


def recognises(path: Path) -> bool:
    """Whether the first record is BOAMP's."""
    from datetime import UTC, datetime

    intake = Intake(CARD, datetime(2000, 1, 1, tzinfo=UTC))
    try:
        if is_xml(path):
            return next(xml_records(path, intake, _NAMES, _WRAPPERS), None) is not None
        return _SHEET.recognises(path) or isinstance(next(json_records(path, intake, REQUIRED), None), dict)
    except ImportRefused:
        return False


PLAN = FetchPlan(
    what=Direct(
        files={
            "boamp.json": f"{_EXPORT}?where=dateparution%3E%3Dnow(days%3D-{WINDOW_DAYS})%20or%20datelimitereponse%3E%3Dnow()"
        }
    ),
    hosts=(_HOST,),
    documentation="https://help.opendatasoft.com/apis/ods-explore-v2/",
    verified="Export JSON, « where » sur dateparution, champs, « donnees » en texte : huit dépôts publics (août et septembre 2026).",
    unseen="La taille de 120 jours d'avis, contre une limite de 1 Go ; robots.txt : aucune trace.",
)
SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN, duplicates="never")
