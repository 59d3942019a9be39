"""Networks of suppliers: one name for each, however a source writes it (code, acronym, slug or full name)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vivier.identity import fold
from vivier.lexicon import Lexicon

NETWORKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Chantier École": ("CHANTIER_ECOLE", "Réseau Chantier École"),
        "Comité national de liaison des régies de quartier": ("RQ", "CNLRQ", "Régies de quartier"),
        "Coorace": ("Réseau Coorace",),
        "Emmaüs": (),
        "Fédération des acteurs de la solidarité": ("FAS",),
        "Fédération des entreprises d'insertion": ("FEI", "les entreprises d'insertion"),
        "Fédération française des GEIQ": ("FFGEIQ", "les GEIQ"),
        "Hosmoz": ("Réseau Hosmoz", "Réseau Gesat", "Gesat"),
        "Réseau Cocagne": ("Cocagne",),
        "Réseau Envie": ("Envie", "Fédération Envie"),
        "Tissons la solidarité": ("TISSONS",),
        "Unai": (),
        "Unapei": (),
        "Union nationale des entreprises adaptées": ("UNEA",),
    }
)
"""Names by which a network is known, by the name shown. Facts from the list of networks of the Marché de l'inclusion."""

_NAMES: Final = {fold(known): name for name, others in NETWORKS.items() for known in (name, *others)}


def network_name(written: str) -> str:
    """The name shown of a network; as written when it is none of ours."""
    return _NAMES.get(fold(written), written)


def networks_meant(lexicon: Lexicon, written: str) -> tuple[str, ...]:
    """The names under which the index may have a network that a request writes: « unea » is the one we show."""
    return tuple(dict.fromkeys((network_name(written), written)))
