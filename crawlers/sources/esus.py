"""Approvals « entreprise solidaire d'utilité sociale » (ESUS): the national list of the DG Trésor, a spreadsheet.

The column of the SIREN is called ``numero_siren``, or is known by its cells (column B of the published sheet). Dates of the
approval are kept when the file has them: an end is computed only from a term it writes (« 5 ans »). An approval that ended is
kept as history and matches no filter.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from crawlers.kit import Aside, Intake, Outcome, Row, Source, TableFamily
from crawlers.kit.values import day, text
from crawlers.sources._legal_unit import siren_of, unit_label, unit_record
from vivier.identity import digits, is_siren
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="esus",
    role="label",
    title="Agréments ESUS",
    producer="Direction générale du Trésor",
    dataset="Liste nationale des agréments ESUS",
    licence="non précisée par le producteur",
    homepage="https://www.tresor.economie.gouv.fr",
    covers="Les entreprises agréées (SIREN), avec les dates de l'agrément quand le fichier les donne.",
    limits="Ni adresse, ni métier ; l'agrément n'ouvre pas à lui seul un marché réservé. Pas d'adresse de fichier stable.",
    minimum_rows=1_000,
    minimum_basis="environ 1 700 entreprises agréées en 2023",
)
_TERM = re.compile(r"(\d{1,2})\s*ans?", re.IGNORECASE)


def years_later(start: date, years: int) -> date:
    """The last day of a term of whole years: from 2023-05-12, five years end on 2028-05-11."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)


def _end(row: Row, start: date | None, issues: list[str]) -> date | None:
    """The end the file writes, else the one its term gives from the start."""
    written = day(row.take("until"), issues)
    term = _TERM.search(text(row.take("term")) or "")
    if written is not None or start is None or term is None:
        return written
    return years_later(start, int(term[1]))


def convert(row: Row, intake: Intake) -> Outcome:
    siren = siren_of(row.take("siren"), "numero_siren", lost_zeros=3)
    if isinstance(siren, Aside):
        return siren
    issues: list[str] = []
    start = day(row.take("from"), issues)
    label = unit_label("ESUS", valid_from=start, valid_until=_end(row, start, issues))
    key = f"{siren}-{start:%Y%m%d}" if start else siren
    return unit_record(siren, intake, key=key, name=row.take("name"), labels=(label,), issues=tuple(issues))


def _is_siren(cell: str) -> bool:
    number = digits(cell)
    return 6 <= len(number) <= 9 and is_siren(number.zfill(9))


FAMILY = TableFamily(
    convert=convert,
    columns={
        "siren": ("numero_siren", "numéro siren", "n° siren", "siren"),
        "name": ("denomination", "raison sociale", "nom", "nom de l'entreprise", "dénomination sociale"),
        "from": ("date_agrement", "date d'agrément", "date de l'agrément", "date de début", "date agrement"),
        "until": ("date de fin", "date_fin", "fin de validité", "date d'expiration", "date de fin d'agrément"),
        "term": ("duree", "durée", "durée de l'agrément"),
    },
    required=("siren",),
    recognised_by={"siren": _is_siren},
    ignored=("département", "région", "adresse", "code postal", "commune", "ville"),
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
