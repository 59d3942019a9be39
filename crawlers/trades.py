"""Trades a structure is known to do from the jobs it offers: the bridge from ROME codes to the trade table."""

from __future__ import annotations


def trades_of_rome(code: str) -> tuple[str, ...]:
    """Codes of the trades that recruit under a ROME code; empty when the table has none."""
    return ()
