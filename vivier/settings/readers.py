"""Settings of what readers see: who runs the service, its address, its maps, the contacts that it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from vivier.settings.home import InHome


def _plain(text: str | None) -> str | None:
    if text is not None and re.search("[<>\x00-\x1f]", text):
        raise PydanticCustomError("plain", "Un texte simple est attendu, sans balise ni retour à la ligne.")
    return text


def address(url: str | None) -> str | None:
    """An address of the web, without its last slash. Raises for another text."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise PydanticCustomError(
            "address", "Une adresse est attendue, sans paramètre, par exemple https://vivier.example.org."
        )
    return url.rstrip("/")


@dataclass(frozen=True)
class Operator:
    """Who runs a service, for its legal pages. What is not set is ``None``, and the pages say so."""

    name: str | None = None
    address: str | None = None
    contact: str | None = None
    director: str | None = None
    host: str | None = None


NOBODY = Operator()
"""A service whose operator is not set."""


@dataclass(frozen=True)
class Tiles:
    """A server of map images: the template of their addresses, and whom its terms ask to credit."""

    url: str
    attribution: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, for the content policy."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def _tiles(given: str | None) -> str | None:
    if given is None:
        return None
    url, _, credit = given.partition(" ")
    parts = urlsplit(url)
    known = all(part in url for part in ("{z}", "{x}", "{y}")) and url.count("{") == 3
    is_plain = re.fullmatch(r"[A-Za-z0-9.:-]+", parts.netloc) is not None
    if parts.scheme not in ("http", "https") or not known or not is_plain:
        raise PydanticCustomError(
            "tiles",
            "Une adresse d'images avec {z}, {x} et {y} est attendue, par exemple https://cartes.example.org/{z}/{x}/{y}.png.",
        )
    if not 0 < len(credit.strip()) <= _LONGEST_CREDIT:
        raise PydanticCustomError(
            "credit", "Après l'adresse et une espace, écrivez qui créditer, en 200 signes au plus."
        )
    return given


_LONGEST_CREDIT: Final = 200


Contacts = Literal["shown", "hidden"]
"""Whether the mailbox and the number of an organisation are given to readers."""


class OfReaders(InHome):
    """What readers are told and shown."""

    contacts: Annotated[
        Contacts,
        Field(description="hidden: the mailbox and number of organisations are in no page, answer nor export"),
    ] = "shown"
    public_url: Annotated[
        str | None,
        AfterValidator(address),
        Field(
            description="address readers know the service by, for the links of feeds; by default the one it listens on"
        ),
    ] = None
    operator_name: Annotated[
        str | None,
        Field(max_length=200, description="who runs this service, with its SIREN, for the legal notice"),
        AfterValidator(_plain),
    ] = None
    operator_address: Annotated[
        str | None,
        Field(max_length=300, description="postal address and telephone of who runs this service"),
        AfterValidator(_plain),
    ] = None
    operator_contact: Annotated[
        str | None,
        Field(max_length=200, description="mailbox or page to write to who runs this service, for readers"),
        AfterValidator(_plain),
    ] = None
    operator_director: Annotated[
        str | None,
        Field(max_length=200, description="who answers for what is published (« directeur de la publication »)"),
        AfterValidator(_plain),
    ] = None
    operator_host: Annotated[
        str | None,
        Field(max_length=300, description="name, address and telephone of who hosts this service"),
        AfterValidator(_plain),
    ] = None
    tiles_url: Annotated[
        str | None,
        AfterValidator(_tiles),
        Field(
            description="server of map images under the living map, with {z}, {x} and {y}, then a space and the credit that it asks for; none by default"
        ),
    ] = None

    @property
    def tiles(self) -> Tiles | None:
        """The server of map images, when there is one."""
        if self.tiles_url is None:
            return None
        url, _, credit = self.tiles_url.partition(" ")
        return Tiles(url, credit.strip())

    @property
    def operator(self) -> Operator:
        """Who runs the service."""
        values = {field.name: getattr(self, f"operator_{field.name}") for field in fields(Operator)}
        return Operator(**values)
