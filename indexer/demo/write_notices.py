"""Writes the fictitious notices as a run of the source ``demo_avis``, after the fictitious suppliers and contracts."""

from __future__ import annotations

from datetime import date
from typing import Final

from indexer.demo.notices import SOURCE_ID, TITLE, demo_notices
from indexer.demo.records import SEED, TODAY
from indexer.demo.records import SOURCE_ID as SUPPLIERS
from indexer.demo.write import card_of, write_run
from vivier.model import ContractRecord
from vivier.runs.records import RunStatistics, current_run, read_models, read_records
from vivier.settings import Settings

CONTRACTS: Final = "demo_marches"
CARD: Final = card_of(
    SOURCE_ID,
    TITLE,
    "Des avis et des projets d'achat inventés, pour ce que vendent les fournisseurs fictifs, là où ils sont.",
    "ni les acheteurs, ni les objets, ni les dates.",
    content="notices",
)


def write_demo_notices(settings: Settings, seed: int = SEED, today: date = TODAY) -> RunStatistics:
    """Write the fictitious notices under ``records/demo_avis/`` and put the run in force.

    Buyers are those of the fictitious contracts. Raises ``NotFound`` when suppliers or contracts were not written before.
    """
    suppliers, contracts = (current_run(settings.records, source) for source in (SUPPLIERS, CONTRACTS))
    run = f"{suppliers.name}-{contracts.name}-{today:%Y%m%d}-{seed}"
    made = demo_notices(read_records(suppliers), read_models(contracts, ContractRecord), seed, today)
    return write_run(settings, CARD, made, run, today)
