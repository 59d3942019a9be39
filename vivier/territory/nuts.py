"""Gives the départements of the NUTS codes of France."""

from __future__ import annotations

from functools import lru_cache

from mappings import read_table


@lru_cache(maxsize=1)
def nuts_departements() -> dict[str, tuple[str, ...]]:
    """Départements of every French NUTS code, of 2010 (until 2017) and of today. Where a code changed meaning, today's
    meaning is used."""
    tables = ("nuts_2010", "nuts")
    return {row["code"]: tuple(row["departements"].split()) for table in tables for row in read_table(table)}
