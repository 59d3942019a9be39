"""Gives each network of suppliers a single name, however a source writes it (code, acronym, slug or full name)."""

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
"""The other names of each network, by the name shown. Source: the list of networks of the Marché de l'inclusion."""

_NAMES: Final = {fold(known): name for name, others in NETWORKS.items() for known in (name, *others)}


def network_name(written: str) -> str:
    """The name shown for a network; the name as written when the network is not in :data:`NETWORKS`."""
    return _NAMES.get(fold(written), written)


def networks_meant(lexicon: Lexicon, written: str) -> tuple[str, ...]:
    """The names under which the index may have a network that a request writes: « unea » is the one we show."""
    return tuple(dict.fromkeys((network_name(written), written)))
