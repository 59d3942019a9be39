"""Données essentielles (DECP) as the regulation shapes them: JSON and XML, formats of 2022 and 2019, and their hybrids.

One record is one contract: a lot, without consultation, without names since 2022. Roots, names of fields, wrappers and
types vary with the platform; all are read. The 2019 format records no consideration: its contracts are « unknown », never
« no ». Prices, advances, origins and execution data of concessions are left out by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from crawlers.contracts import keys
from crawlers.contracts.desk import Desk
from crawlers.contracts.documents import given_twice, records_of
from crawlers.contracts.nested import party, raw_contract, scalar
from crawlers.contracts.pieces import Damaged, Piece, Stretch, read_stretch
from crawlers.contracts.tables import fits
from crawlers.kit import (
    ROW_ERRORS,
    Aside,
    Block,
    Discover,
    Draft,
    FetchPlan,
    Intake,
    Outcome,
    Skip,
    Source,
    refused,
    scrub,
)
from crawlers.sources.decp_economie import FAMILY as FLAT
from vivier.errors import ImportRefused
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="decp",
    title="Données essentielles de la commande publique (format réglementaire)",
    producer="acheteurs publics et leurs profils d'acheteur, consolidés par le ministère de l'Économie",
    dataset="données essentielles de la commande publique, fichiers consolidés",
    licence="Licence Ouverte 2.0",
    homepage="https://www.data.gouv.fr/datasets/donnees-essentielles-de-la-commande-publique-fichiers-consolides",
    content="contracts",
    memory="stream",
    covers="Marchés et concessions déclarés, avec considérations sociales et environnementales depuis 2024.",
    limits="Sans noms depuis 2022 ; publiés avec retard : les deux derniers mois sont toujours incomplets.",
    cadence_days=7,
)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every contract of every file. A file given twice is skipped, by name."""
    reader = Reader(intake)
    for item in reader.blocks(files, proved=True):
        if isinstance(item, Block):
            yield from reader(item)
        else:
            yield item
    intake.updated_at = max((day for day in (reader.latest, intake.updated_at) if day is not None), default=None)


class Reader:
    """Reads contracts one after the other, or by blocks that another process may read when they follow one another
    without a fault.

    ``latest`` is the last day of publication met.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._desk = Desk(intake)

    @property
    def latest(self) -> date | None:
        return self._desk.latest

    def blocks(self, files: Sequence[Path], *, proved: bool = False) -> Iterator[Draft | Block]:
        """Cuts the files in blocks, with the records between them that had to be read alone. ``proved``: the blocks
        were read already."""
        twice = given_twice(files)
        for position, path in enumerate(files):
            if position in twice:
                yield Draft(path.name, Skip("duplicate_file"), dict)
                continue
            if fits(path, FLAT.table):
                yield from FLAT.read([path], self._intake)
                continue
            number = 1
            for piece in records_of(path, self._intake, proved=proved):
                if isinstance(piece, Stretch):
                    yield Block(path.name, number, piece.rows, piece.text, piece.container, piece.values)
                    number += piece.rows
                else:
                    yield _draft(piece, f"{path.name}#{number}", self._desk)
                    number += 1

    def __call__(self, block: Block) -> Iterator[Draft]:
        values = read_stretch(block.text, block.rows) if block.values is None else block.values
        for number, value in enumerate(values, block.first):
            yield _draft(Piece(value, block.container), f"{block.file}#{number}", self._desk)


def _draft(piece: Piece | Damaged, where: str, desk: Desk) -> Draft:
    if isinstance(piece, Damaged):
        return Draft(where, Aside(piece.reason, piece.detail), dict)
    raw = keys.tidy(piece.value, keys.KNOWN)
    outcome: Outcome
    try:
        outcome = convert(raw, where, piece.container, desk)
    except ROW_ERRORS as error:
        outcome = refused(error)
    return Draft(where, outcome, lambda: _show(raw))


def convert(raw: dict[str, object], where: str, container: str | None, desk: Desk) -> Outcome:
    """One record of the document."""
    if not keys.KNOWN.issuperset(raw):
        desk.intake.unknown.update(keys.unknown(raw))
    return desk.record(raw_contract(raw, where, container))


def _show(raw: Mapping[str, Any]) -> dict[str, object]:
    buyer = raw.get("acheteur") or raw.get("autoriteConcedante")
    shown = {
        "id": scalar(raw.get("id")),
        "acheteur": party(buyer)[1] if isinstance(buyer, dict) else None,
        "objet": scalar(raw.get("objet")),
    }
    return {name: scrub(str(value))[0] for name, value in shown.items() if value is not None}


_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def recognises(path: Path) -> bool:
    """Whether the first records are those of a document of contracts."""
    try:
        return any(isinstance(piece, Piece | Stretch) for piece in islice(records_of(path, Intake(CARD, _NEVER)), 3))
    except ImportRefused:
        return False


PLAN = FetchPlan(
    what=Discover(
        datasets=(
            "https://www.data.gouv.fr/api/1/datasets/donnees-essentielles-de-la-commande-publique-fichiers-consolides/",
        ),
        patterns=(r"decp-(\d{4}-\d{2})\.json",),
        every=True,
    ),
    hosts=("data.gouv.fr",),
    verified="Titres, hôte, sha1 et tailles (40 à 140 Mo par mois) : catalogue enregistré en novembre 2025.",
    unseen="Le nombre de mois publiés aujourd'hui ; le robots.txt de static.data.gouv.fr, que personne n'a lu d'ici.",
)

SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN, duplicates="never", reader=Reader)
