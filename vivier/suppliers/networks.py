"""Networks of suppliers (``networks.csv``): a closed list that folds the names that sources and people write (code, acronym, slug)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz import fuzz, process, utils

from vivier.errors import FieldError, InvalidRequest
from vivier.identity import fold
from vivier.law.rows import Rows, rows_of
from vivier.lexicon import Lexicon

INVENTED: Final = "(fictif)"
"""The end of the name of a network that the demonstration invents. It is in no list, and is one value as it is written."""
_ALIKE: Final = 70.0
"""Least likeness (rapidfuzz, 0–100) of a name worth suggesting."""


@dataclass(frozen=True)
class Network:
    """A network: the ``name`` shown, its ``other_names``, who its ``members`` are, in French, and the ``source`` of the row."""

    name: str
    other_names: tuple[str, ...]
    members: str
    source: str


_READ: Final = {"other_names": lambda text: tuple(filter(None, text.split("|")))}
NETWORKS: Final[Mapping[str, Network]] = Rows(lambda: {row.name: row for row in rows_of(Network, "networks", _READ)})
"""Networks by name."""


@cache
def _names() -> Mapping[str, str]:
    """The name shown of a network, by each of its names, folded."""
    return {
        fold(known): network.name for network in NETWORKS.values() for known in (network.name, *network.other_names)
    }


def network_name(written: str) -> str:
    """The name shown for a network; the name as written when the network is not in :data:`NETWORKS`."""
    return _names().get(fold(written), written)


def is_listed(name: str) -> bool:
    """Whether a network, by the name shown, is a value of the filter: one of :data:`NETWORKS`, or one that the demonstration invents."""
    return name in NETWORKS or name.endswith(INVENTED)


def parse_network(written: str) -> str:
    """The name shown of a network that a request writes. Raises ``InvalidRequest``, naming the nearest, when no network has this name."""
    name = network_name(written.strip())
    if is_listed(name):
        return name
    near = process.extractOne(
        written, list(_names()), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=_ALIKE
    )
    nearest = None if near is None else _names()[near[0]]
    hint = "" if nearest is None else f" Vouliez-vous dire « {nearest} » ?"
    allowed = tuple(NETWORKS)
    message = f"Réseau inconnu « {written[:80]} ».{hint} Réseaux admis : {', '.join(allowed)}."
    raise InvalidRequest((FieldError("network", "unknown_code", message, allowed, nearest),))


def networks_meant(lexicon: Lexicon, written: str) -> tuple[str, ...]:
    """The name that the index has for a network that a request writes: « unea » is the one we show."""
    return (network_name(written.strip()),)
