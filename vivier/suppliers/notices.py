"""What a reader must be told to read an answer right."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.french import plural
from vivier.law.labels import LABELS
from vivier.search.query import unknowns
from vivier.suppliers.find import SupplierFound

_UNKNOWN = {
    "trade": "métier",
    "service_type": "type de prestation",
    "turnover": "chiffre d'affaires",
    "staff": "effectif",
    "location": "adresse",
}
"""What is not known of a supplier, by the name ``Found.unknown_excluded`` gives it."""


def notices(found: SupplierFound) -> list[str]:
    """In French: what the query was read as, and which zeros do not mean « none exists »."""
    tally = found.generation.meta.get("tally", {})
    unconnected = [
        f"Label « {LABELS[code].name} » : source non connectée, zéro ne veut pas dire qu'aucun fournisseur ne le détient."
        for code in found.plan.query.label
        if not LABELS[code].open_source and not tally.get(f"label:{code}")
    ]
    return [*found.plan.notices, *unconnected]


def excluded(found: SupplierFound) -> Iterator[str]:
    """In French: how many suppliers are left out only because something is not known of them."""
    figures = unknowns(type(found.plan.query))
    for name, count in found.unknown_excluded.items():
        if count:
            of = _UNKNOWN.get(name) or figures.get(name, name)
            yield f"{plural(count, 'fournisseur écarté', 'fournisseurs écartés')} faute d'information sur « {of} »."
