"""Fictitious suppliers and contracts, for the demonstration and the benchmarks: deterministic generators invent them,
and they are marked as invented.

``demo_records`` makes suppliers, ``write_demo_labelled`` writes ordinary companies that hold a label, ``write_demo`` writes them as a run of the source ``demo``.
``write_demo_contracts`` adds contracts of invented buyers, a share of them won by
these suppliers, and ``write_demo_notices`` the notices of the same buyers; ``write_demo_requests`` has some
of the suppliers complete their sheet, one in force, others waiting for a decision.
"""

from indexer.demo.contracts import CONTRACTS, demo_contracts
from indexer.demo.records import SEED, TODAY, demo_records
from indexer.demo.write import COUNT, write_demo, write_demo_contracts, write_demo_labelled, write_demo_notices
from indexer.demo.write_requests import write_demo_requests

__all__ = [
    "CONTRACTS",
    "COUNT",
    "SEED",
    "TODAY",
    "demo_contracts",
    "demo_records",
    "write_demo",
    "write_demo_contracts",
    "write_demo_labelled",
    "write_demo_notices",
    "write_demo_requests",
]
