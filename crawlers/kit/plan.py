"""What is to be fetched for a source, and how gently."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vivier.model import Model


class Chains(Model):
    """Chains of JSON pages: each start URL, then ``next`` until it is null. One chain after the other."""

    type: Literal["chains"] = "chains"
    starts: tuple[str, ...]


class Discover(Model):
    """Data.gouv datasets: in each, the newest resource whose title matches ``pattern`` (one date group)."""

    type: Literal["discover"] = "discover"
    datasets: tuple[str, ...]
    patterns: tuple[str, ...]


class Direct(Model):
    """Files at addresses their producer promises to keep: name to keep each one under, and its address."""

    type: Literal["direct"] = "direct"
    files: dict[str, str]


class FetchPlan(Model):
    """What to fetch. ``hosts`` are the only hosts (or parents of hosts) asked; ``delay`` is in seconds between requests."""

    what: Annotated[Chains | Discover | Direct, Field(discriminator="type")]
    hosts: tuple[str, ...]
    delay: float = 1.0
    maximum_bytes: int = 1_000_000_000
