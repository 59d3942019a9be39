"""Writes the fictitious notices as a run of the source ``demo_avis``, after the fictitious suppliers and contracts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from indexer.demo.notices import SOURCE_ID, TITLE, demo_notices
from indexer.demo.records import LICENCE, PRODUCER, SEED, TODAY
from indexer.demo.records import SOURCE_ID as SUPPLIERS
from vivier.model import ContractRecord
from vivier.runs.records import (
    RunStatistics,
    SourceCard,
    current_run,
    put_in_force,
    read_models,
    read_records,
    snapshot,
)
from vivier.settings import Settings

CONTRACTS: Final = "demo_marches"
CARD: Final = SourceCard(
    id=SOURCE_ID,
    title=TITLE,
    producer=PRODUCER,
    dataset=TITLE,
    licence=LICENCE,
    fictitious=True,
    content="notices",
    covers="Des avis et des projets d'achat inventés, pour ce que vendent les fournisseurs fictifs, là où ils sont.",
    limits="Rien n'y est vrai : ni les acheteurs, ni les objets, ni les dates.",
)


def write_demo_notices(settings: Settings, seed: int = SEED, today: date = TODAY) -> RunStatistics:
    """Write the fictitious notices under ``records/demo_avis/`` and put the run in force.

    Buyers are those of the fictitious contracts. Raises ``NotFound`` when suppliers or contracts were not written before.
    """
    suppliers, contracts = (current_run(settings.records, source) for source in (SUPPLIERS, CONTRACTS))
    run = f"{suppliers.name}-{contracts.name}-{today:%Y%m%d}-{seed}"
    folder = settings.records / SOURCE_ID / run
    folder.mkdir(parents=True, exist_ok=True)
    made = list(demo_notices(read_records(suppliers), read_models(contracts, ContractRecord), seed, today))
    _replace(
        folder / "records.jsonl",
        b"".join(notice.model_dump_json(exclude_none=True).encode() + b"\n" for notice in made),
    )
    _replace(folder / "rejected.jsonl", b"")
    moment = datetime.combine(today, time(12), UTC)
    statistics = RunStatistics(
        source=CARD,
        run=run,
        started_at=moment,
        finished_at=moment,
        files=(),
        updated_at=today.isoformat(),
        seen=len(made),
        kept=len(made),
        set_aside={},
        skipped={},
        issues={},
        sha256=snapshot(folder / "records.jsonl"),
    )
    _replace(folder / "statistics.json", statistics.model_dump_json(indent=1).encode())
    put_in_force(settings.records, SOURCE_ID, run)
    return statistics


def _replace(path: Path, content: bytes) -> None:
    """Writes beside, then renames: a run in force is never half written."""
    beside = path.with_suffix(".tmp")
    beside.write_bytes(content)
    beside.replace(path)
