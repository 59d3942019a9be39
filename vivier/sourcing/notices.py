"""What a reader must be told to read an answer right."""

from __future__ import annotations

from vivier.sourcing.find import Found
from vivier.vocabulary import LABELS


def notices(found: Found) -> list[str]:
    """In French: what the query was read as, and which zeros do not mean « none exists »."""
    tally = found.generation.meta.get("tally", {})
    unconnected = [
        f"Label « {LABELS[code].name} » : source non connectée, zéro ne veut pas dire qu'aucun fournisseur ne le détient."
        for code in found.plan.query.label
        if not LABELS[code].open_source and not tally.get(f"label:{code}")
    ]
    return [*found.plan.notices, *unconnected]
