"""Who asks: the address of the connection, or the one that a trusted proxy says. It is known by a keyed hash only."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from search_api.metrics import FORWARDED
from search_api.troubles import Troubles
from vivier.durable import drawn_once
from vivier.privacy.networks import joined
from vivier.settings import Settings
from vivier.settings.serving import Network

CLIENT: Final = "vivier.client"
"""Key of the hash of who asks in an ASGI scope (:mod:`vivier.privacy.networks`); absent for a trusted proxy that asks for itself, and for a connection without address."""
_HASH_BYTES: Final = 12
_UNNAMED: Final = "unnamed"
"""The client that all those are together of whom a proxy says something that is no address."""
_IPV6_PREFIXES: Final = (48, 64)
"""Bits of an IPv6 address that name the network of a client, then the client: it chooses the others, and a network gives many of both."""
_FORWARDED: Final = b"x-forwarded-for"
_IGNORED: Final = (
    "Une machine que VIVIER_TRUSTED_PROXIES ne nomme pas dit qui demande (X-Forwarded-For). Elle n'est pas crue. "
    "Si c'est votre mandataire, nommez-le : sans cela, tous ses lecteurs comptent pour un seul."
)
_NO_ADDRESS: Final = (
    "Votre mandataire ne dit pas qui demande (X-Forwarded-For sans adresse). Ces lecteurs comptent pour un seul. "
    "Réglez-le pour qu'il donne l'adresse de chacun."
)


def key_of(settings: Settings | None) -> bytes:
    """The key of the hashes, a secret: drawn once and kept in the home, so that its processes share it. Hosts that share a store or a
    database share ``VIVIER_OPPOSITION_SALT``, from which it then comes. Without settings it is drawn for this process."""
    if settings is None:
        return secrets.token_bytes(32)
    if settings.opposition_salt is None:
        return drawn_once(settings.home / "clients.key")
    return hashlib.sha256(f"clients\0{settings.opposition_salt.get_secret_value()}".encode()).digest()


def client_of(address: str, trusted: Sequence[Network]) -> tuple[str, ...]:
    """What names a client, its network first: two prefixes of an IPv6 address, or one IPv4 address, also when it is written as IPv6. Empty
    for a trusted proxy, and for what is no address."""
    try:
        found = plain(address)
    except ValueError:
        return ()
    if any(found in network for network in trusted):
        return ()
    if found.version == 4:
        return (str(found),)
    return tuple(str(ipaddress.ip_network((found, bits), strict=False)) for bits in _IPV6_PREFIXES)


def plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address; that of IPv4 for one that is written as IPv6. Raises ``ValueError``."""
    found = ipaddress.ip_address(address)
    return found if found.version == 4 else found.ipv4_mapped or found


def behind(app: ASGIApp, trusted: Sequence[Network]) -> ASGIApp:
    """The application, with who asks as the trusted proxies say it (``X-Forwarded-For``, ``X-Forwarded-Proto``)."""
    proxied = ProxyHeadersMiddleware(app, [str(network) for network in trusted])  # type: ignore[arg-type]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("client"):
            host, port = scope["client"]
            scope["client"] = (_written(host) or host, port)
        await proxied(scope, receive, send)  # type: ignore[arg-type]

    return answer


class Clients:
    """Plain ASGI. Names who asks in the scope of each request. What a peer that is not trusted says of others is ignored, and said."""

    def __init__(self, app: ASGIApp, key: bytes, trusted: Sequence[Network], troubles: Troubles) -> None:
        self._app, self._key, self._trusted, self._troubles = app, key, trusted, troubles
        self._proxied = behind(self._named, trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _forwarded(scope) and not self._is_trusted(scope):
            FORWARDED.inc()
            self._troubles.begin("forwarded", _IGNORED)
        await self._proxied(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        peer = scope.get("client")
        return peer is not None and not client_of(peer[0], self._trusted)

    async def _named(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope.get("client")
        client = client_of(address[0], self._trusted) if address else ()
        if not client and not all(map(_is_address, _forwarded(scope))):
            client = (_UNNAMED,)
            self._troubles.begin("unnamed", _NO_ADDRESS)
        if client:
            scope[CLIENT] = joined(self._hash(name) for name in client)
        await self._app(scope, receive, send)

    def _hash(self, name: str) -> str:
        return hashlib.blake2b(name.encode(), key=self._key, digest_size=_HASH_BYTES).hexdigest()


def _forwarded(scope: Scope) -> list[str]:
    """Who asks, as the headers of a request say it."""
    values = [value.decode("latin1") for name, value in scope.get("headers", ()) if name == _FORWARDED]
    return [part.strip() for value in values for part in value.split(",")]


def _is_address(host: str) -> bool:
    return _written(host) is not None


def _written(host: str) -> str | None:
    """An address in its plain form; ``None`` for what is no address."""
    try:
        return str(plain(host))
    except ValueError:
        return None
