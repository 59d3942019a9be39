"""Describes what is to be fetched for a source, and how gently."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from vivier.model import Model


class Chains(Model):
    """Chains of JSON pages: each start URL, then ``next`` until it is null. One chain after the other."""

    type: Literal["chains"] = "chains"
    starts: tuple[str, ...]


class Discover(Model):
    """Data.gouv datasets: in each, the newest resource whose title matches ``pattern`` (one date group), or ``every`` one.

    What did not change since it was last asked is not sent again: asking for every month brings the new ones only.
    """

    type: Literal["discover"] = "discover"
    datasets: tuple[str, ...]
    patterns: tuple[str, ...]
    every: bool = False


class Resources(Model):
    """Data.gouv resources by their identifier, which stays: name to keep each one under, and its identifier.

    The catalogue says where the file is now (``url``); it is asked there. The redirector (``/datasets/r/``) is never asked: the
    robots.txt of data.gouv.fr forbids it.
    """

    type: Literal["resources"] = "resources"
    files: dict[str, str]


class Offsets(Model):
    """Pages by position: ``{offset}`` of ``address`` is the number of items received, until a page has none under ``items``."""

    type: Literal["offsets"] = "offsets"
    address: str
    items: str


class Uploads(Model):
    """CSV files sent one after the other (multipart, part ``data``) with these form ``fields``; each answer is a CSV."""

    type: Literal["uploads"] = "uploads"
    address: str
    files: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()


class Listing(Model):
    """Pages of a directory: each start and those its ``following`` link leads to, then every page their ``items`` links lead
    to. Both are CSS selectors of links; at most ``most`` pages are read in all."""

    type: Literal["listing"] = "listing"
    starts: tuple[str, ...]
    items: str
    following: str | None = None
    most: int = 5_000


class Direct(Model):
    """Files at addresses their producer promises to keep: name to keep each one under, and its address."""

    type: Literal["direct"] = "direct"
    files: dict[str, str]


class Numbered(Model):
    """JSON pages asked by number: ``{page}`` in the address goes from 1 to the ``total_pages`` the answer gives."""

    type: Literal["numbered"] = "numbered"
    address: str


class Iterated(Model):
    """JSON pages asked by POST: ``body`` (JSON) is sent, then sent again with the token that the answer gives under ``following``, until an answer
    gives none or has nothing under ``items``. An answer that says ``timedOut`` is not whole and stops the run. ``{since}`` in the
    body is the day ``days`` days ago, as 20261127."""

    type: Literal["iterated"] = "iterated"
    address: str
    body: str
    items: str
    following: str
    days: int = 0

    def since(self, today: date) -> str:
        """The body with its first day."""
        return self.body.replace("{since}", f"{today - timedelta(days=self.days):%Y%m%d}")


class FetchPlan(Model):
    """What to fetch. ``hosts`` are the only hosts (or parents of hosts) asked; ``delay`` is in seconds between requests.

    ``documentation`` is the producer's page that says how its files or its API are to be read, given only where the card states the
    licence under which they are open: they are then read as it says, at ``delay``. Without one, robots.txt, which is for pages, decides.
    ``verified`` says which evidence the address and the shape rest on, ``unseen`` what only a real network can tell (both in
    French, for who runs « vivier doctor --live »).

    ``key_setting`` names the setting that holds the key the host asks for, sent as ``Authorization: <key_scheme> …``. When
    there is something to read ``with_key``, it replaces ``what`` where a key is given; without one, ``what`` is public.
    """

    what: Annotated[
        Chains | Discover | Direct | Iterated | Listing | Numbered | Offsets | Resources | Uploads,
        Field(discriminator="type"),
    ]
    hosts: tuple[str, ...]
    delay: float = 1.0
    maximum_bytes: int = 1_000_000_000
    key_setting: str | None = None
    key_scheme: Literal["Bearer", "Token"] = "Bearer"
    with_key: Chains | None = None
    documentation: str | None = None
    verified: str = ""
    unseen: str = ""

    @property
    def obeys_robots(self) -> bool:
        """Whether robots.txt decides what is asked."""
        return self.documentation is None
