"""Imprim'Vert: printing sites whose waste and products are managed, from a list somebody has.

No open file of holders is known, and the association's directory must not be crawled: without a list given by its owner, the
label is « source non raccordée », which is not « nobody has it ». The mark is given for a calendar year: with a year and no
other date it ends on 31 December of that year.
"""

from __future__ import annotations

import re

from crawlers.kit import Intake, Outcome, Row, Source, TableFamily
from crawlers.kit.values import text
from crawlers.sources._certificate import COLUMNS, certified, record_of
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="imprim_vert",
    role="label",
    title="Imprim'Vert (liste apportée)",
    producer="association Imprim'Vert, liste remise par l'utilisateur",
    dataset="Liste des titulaires d'Imprim'Vert",
    licence="non précisée : aucun fichier ouvert connu, accord de l'association à demander",
    homepage="https://www.imprimvert.fr",
    covers="Les sites d'impression de la liste apportée, jusqu'au 31 décembre de l'année d'attribution.",
    limits="Aucun fichier ouvert connu : sans liste apportée, la source n'est pas raccordée et zéro n'y est pas un fait.",
    minimum_rows=1_000,
    minimum_basis="environ 2 000 titulaires, chiffre ancien",
)
_YEAR = re.compile(r"20\d{2}")


def convert(row: Row, intake: Intake) -> Outcome:
    """One printing site."""
    year = _YEAR.search(text(row.take("year")) or "")
    return record_of(
        row,
        intake,
        "IMPRIM_VERT",
        "site",
        number=text(row.take("number")),
        domain=None,
        offers=certified("impression", None, "goods"),
        year=int(year[0]) if year else None,
    )


FAMILY = TableFamily(
    convert=convert,
    columns={
        **COLUMNS,
        "year": ("année", "annee", "année d'attribution", "millésime", "attribution"),
        "number": ("numéro", "n°", "numéro d'attribution", "n° d'adhérent"),
    },
    required=("name",),
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
