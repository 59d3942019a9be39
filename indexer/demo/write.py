"""Writes fictitious suppliers, labelled companies, contracts and notices, each as a run of a source, as a crawler would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from indexer.demo.contracts import CONTRACTS, demo_contracts
from indexer.demo.contracts import SOURCE_ID as CONTRACTS_ID
from indexer.demo.labelled import SOURCE_ID as LABELLED_ID
from indexer.demo.labelled import TITLE as LABELLED_TITLE
from indexer.demo.labelled import labelled_records
from indexer.demo.notices import SOURCE_ID as NOTICES_ID
from indexer.demo.notices import TITLE as NOTICES_TITLE
from indexer.demo.notices import demo_notices
from indexer.demo.records import LICENCE, PRODUCER, SEED, SOURCE_ID, TITLE, TODAY, demo_records
from vivier.law.kinds import KINDS
from vivier.model import ContractRecord, Notice, Record
from vivier.runs.records import (
    RunStatistics,
    SourceCard,
    current_run,
    put_in_force,
    read_models,
    read_records,
    snapshot,
)
from vivier.runs.shapes import Shape, counted, shapes_of
from vivier.settings import Settings

COUNT = 2400


def card_of(id_: str, title: str, covers: str, limits: str, **others: Any) -> SourceCard:
    return SourceCard(
        id=id_,
        title=title,
        producer=PRODUCER,
        dataset=title,
        licence=LICENCE,
        fictitious=True,
        covers=covers,
        limits=f"Rien n'y est vrai : {limits}",
        **others,
    )


def card() -> SourceCard:
    """The card of the fictitious suppliers: of every kind."""
    return card_of(
        SOURCE_ID,
        TITLE,
        "Des fournisseurs inventés, répartis sur toute la France, pour essayer Vivier sans donnée réelle.",
        "ni les structures, ni leurs numéros, ni leurs agréments, ni leurs labels.",
        kinds=tuple(KINDS),
    )


LABELLED_CARD = card_of(
    LABELLED_ID,
    LABELLED_TITLE,
    "Des entreprises ordinaires inventées qui détiennent un label, ou vendent du réemploi, sur toute la France.",
    "ni les entreprises, ni leurs numéros, ni leurs labels.",
)
CONTRACTS_CARD = card_of(
    CONTRACTS_ID,
    "Marchés fictifs de démonstration",
    "Des marchés inventés, d'acheteurs inventés, dont une part gagnée par les fournisseurs fictifs.",
    "ni les acheteurs, ni les titulaires, ni les objets, ni les montants.",
    content="contracts",
)

NOTICES_CARD = card_of(
    NOTICES_ID,
    NOTICES_TITLE,
    "Des avis et des projets d'achat inventés, pour ce que vendent les fournisseurs fictifs, là où ils sont.",
    "ni les acheteurs, ni les objets, ni les dates.",
    content="notices",
)

Made = Record | ContractRecord | Notice


def write_demo(settings: Settings, count: int = COUNT, seed: int = SEED, today: date = TODAY) -> RunStatistics:
    """Write ``count`` fictitious suppliers under ``records/demo/`` and put the run in force.

    The files are the same, byte for byte, for the same count, seed and day. Raises ``ValueError`` when ``count`` is below 1: an empty source would empty the index.
    """
    if count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    return write_run(settings, card(), demo_records(count, seed, today), f"{today:%Y%m%d}-{seed}-{count}", today)


def write_demo_labelled(settings: Settings, count: int, seed: int = SEED, today: date = TODAY) -> RunStatistics:
    """Write ``count`` fictitious labelled companies under ``records/demo_labels/``; as :func:`write_demo`."""
    if count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    made = labelled_records(count, seed, today)
    return write_run(settings, LABELLED_CARD, made, f"{today:%Y%m%d}-{seed}-{count}", today)


def write_demo_contracts(
    settings: Settings, count: int = CONTRACTS, seed: int = SEED, today: date = TODAY
) -> RunStatistics:
    """Write ``count`` fictitious contracts of the fictitious suppliers in force, under ``records/demo_marches/``.

    Raises ``NotFound`` when :func:`write_demo` was not run, ``ValueError`` when ``count`` is below 1.
    """
    suppliers = current_run(settings.records, SOURCE_ID)
    made = demo_contracts(read_records(suppliers), count, seed, today)
    return write_run(settings, CONTRACTS_CARD, made, f"{suppliers.name}-{today:%Y%m%d}-{seed}-{count}", today)


def write_demo_notices(settings: Settings, seed: int = SEED, today: date = TODAY) -> RunStatistics:
    """Write the fictitious notices of the buyers of the fictitious contracts, under ``records/demo_avis/``.

    Raises ``NotFound`` when suppliers or contracts were not written before.
    """
    suppliers, contracts = (current_run(settings.records, source) for source in (SOURCE_ID, CONTRACTS_ID))
    made = demo_notices(read_records(suppliers), read_models(contracts, ContractRecord), seed, today)
    return write_run(settings, NOTICES_CARD, made, f"{suppliers.name}-{contracts.name}-{today:%Y%m%d}-{seed}", today)


def write_run(settings: Settings, card: SourceCard, records: Iterator[Made], run: str, today: date) -> RunStatistics:
    folder = settings.records / card.id / run
    folder.mkdir(parents=True, exist_ok=True)
    issues: Counter[str] = Counter()
    shapes: Counter[Shape] = Counter()
    written = _replace(folder / "records.jsonl", _lines(records, issues, shapes))
    _replace(folder / "rejected.jsonl", iter(()))
    statistics = _statistics(card, run, written, today, issues, shapes)
    statistics = statistics.model_copy(update={"sha256": snapshot(folder / "records.jsonl")})
    _replace(folder / "statistics.json", iter([statistics.model_dump_json(indent=1).encode()]))
    put_in_force(settings.records, card.id, run)
    return statistics


def _lines(records: Iterator[Made], issues: Counter[str], shapes: Counter[Shape]) -> Iterator[bytes]:
    for record in records:
        issues.update(record.issues)
        shapes.update(shapes_of(record))
        yield record.model_dump_json(exclude_none=True).encode() + b"\n"


def _replace(path: Path, chunks: Iterator[bytes]) -> int:
    """Writes beside, then renames: a run in force is never half written, even when the same run is made again."""
    beside = path.with_suffix(".tmp")
    with beside.open("wb", buffering=1 << 20) as file:
        written = sum(1 for chunk in chunks if file.write(chunk))
    beside.replace(path)
    return written


def _statistics(
    card: SourceCard, run: str, count: int, today: date, issues: Counter[str], shapes: Counter[Shape]
) -> RunStatistics:
    moment = datetime.combine(today, time(12), UTC)
    return RunStatistics(
        source=card,
        run=run,
        started_at=moment,
        finished_at=moment,
        files=(),
        updated_at=today.isoformat(),
        seen=count,
        kept=count,
        set_aside={},
        skipped={},
        issues=dict(sorted(issues.items())),
        fields=dict(sorted(counted(shapes).items())),
    )
