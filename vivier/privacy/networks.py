"""Clients and their networks: the hash of a client begins with that of its network, up to a point. One of IPv4 is its own network.

A network of IPv6 has as many addresses as whoever holds it wants: what it may do is bounded too, or a client would be one only as long as it wishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

CLIENTS: Final = 4
"""What the clients of one network may do together, in times what one of them may."""


def joined(hashes: Iterable[str]) -> str:
    """The hash of a client, from that of its network and its own."""
    return ".".join(hashes)


def network_of(client: str) -> str:
    """The hash of the network of a client; the client itself when it is its own network."""
    return client.partition(".")[0]


def budgets(client: str, most: int) -> tuple[tuple[str, int], ...]:
    """Who is counted for what a client does, and the most that each may do: the client, then its network."""
    network = network_of(client)
    return ((client, most),) if network == client else ((client, most), (network, CLIENTS * most))
