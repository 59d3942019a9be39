"""Fictitious suppliers, for the demonstration and the benchmarks: invented by a deterministic generator, marked as such.

``demo_records`` makes them, ``write_demo`` writes them as a run of the source ``demo``; ``python -m indexer.demo --report``
says how they are spread.
"""

from indexer.demo.records import SEED, TODAY, demo_records
from indexer.demo.write import COUNT, write_demo

__all__ = ["COUNT", "SEED", "TODAY", "demo_records", "write_demo"]
