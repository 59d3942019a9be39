"""Product groups of the EU Ecolabel: what a licence covers, in French, and the trade it proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mappings import read_table
from vivier.identity import fold


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """A group: its French name, ``goods`` or ``service``, the trade a licence proves (``None``: none of ours)."""

    name: str
    nature: str
    trade: str | None


def product_group(name: str) -> ProductGroup | None:
    """The group of that French or English name, whatever its case, accents and punctuation."""
    return _groups().get(fold(name))


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, ProductGroup]:
    return {
        fold(row[language]): ProductGroup(row["name_fr"], row["nature"], row["trade"] or None)
        for row in read_table("eu_ecolabel_groups")
        for language in ("name_en", "name_fr")
    }
