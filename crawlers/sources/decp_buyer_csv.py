"""Contracts in the CSV files some buyers published of their own before the regulation: one row per holder, French numbers.

The mark between columns and the spelling of names vary; ``17 760,00`` and ``08/01/2021`` are read as they are written in
France. Considerations were not recorded: they are « unknown », never « no ».
"""

from __future__ import annotations

from pathlib import Path

from crawlers.contracts import flat
from crawlers.contracts.tables import Table, fits
from crawlers.kit import Source
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="decp_buyer_csv",
    title="Fichiers CSV d'acheteurs",
    producer="l'acheteur qui publie le fichier",
    dataset="données essentielles publiées par l'acheteur",
    licence="non précisée",
    content="contracts",
    memory="stream",
    covers="Marchés d'un acheteur, dans la présentation d'avant la réglementation de 2022 ; ou titres seuls, sans titulaire.",
    limits="Sans considérations sociales ni environnementales, sans offres reçues ; un fichier par acheteur.",
)
TABLE = Table(
    wanted=flat.WANTED,
    required=("number", "buyer_id", "object", "amount", "notified"),
    ignored=("Annee", "formePrix", "code_postal_acheteur"),
)
FAMILY = flat.FlatFamily(form="buyer_csv", table=TABLE)


def recognises(path: Path) -> bool:
    """Whether the header has the columns of such a file; the consolidated tables, which have more, are none."""
    from crawlers.sources.decp_economie import TABLE as OF_THE_MINISTRY
    from crawlers.sources.decp_tabular import TABLE as CONSOLIDATED

    return fits(path, TABLE) and not fits(path, CONSOLIDATED) and not fits(path, OF_THE_MINISTRY)


SOURCE = Source(card=CARD, read=FAMILY.read, recognises=recognises, duplicates="never")
