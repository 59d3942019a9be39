"""Settings of the service: its patience, its limits, what it writes of itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from vivier.settings.home import InHome

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
"""An address, or a block of addresses."""


def _networks(text: str | None) -> str | None:
    try:
        for part in _parts(text):
            ipaddress.ip_network(part)
    except ValueError:
        raise PydanticCustomError(
            "proxies", "Des adresses IP séparées par des virgules sont attendues, par exemple 127.0.0.1,10.0.0.0/8."
        ) from None
    return text


_STORES = ("memory://", "redis://", "rediss://", "redis+unix://")


def _store(address: SecretStr) -> SecretStr:
    value = address.get_secret_value()
    if not value.startswith(_STORES):
        raise PydanticCustomError("store", "L'adresse d'un compteur est attendue : memory://, ou redis://hôte:port.")
    if not value.startswith("memory") and find_spec("redis") is None:
        raise PydanticCustomError("driver", "Le pilote de Redis manque : pip install 'vivier[redis]'.")
    return address


_SHORTEST_TOKEN: Final = 32


def _token(token: SecretStr | None) -> SecretStr | None:
    if token is not None and len(token.get_secret_value()) < _SHORTEST_TOKEN:
        raise PydanticCustomError("token", "Au moins 32 signes tirés au sort sont attendus : openssl rand -hex 32.")
    return token


@dataclass(frozen=True)
class Bounds:
    """What a service bears. ``memory_mb``: megabytes that a process remembers to answer sooner; ``processes``: most of them, by default;
    ``letters``: that one buyer may have sent in a day."""

    memory_mb: int
    processes: int
    letters: int


BOUNDS: Final[Mapping[str, Bounds]] = {
    "town": Bounds(96, 4, 100),
    "region": Bounds(192, 8, 300),
    "country": Bounds(384, 64, 1_000),
}
"""The bounds of each size."""


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


class OfServing(InHome):
    """How long the service waits, how much it answers at a time, and what it writes of itself."""

    workers: Annotated[
        int | None,
        Field(ge=1, le=256, description="processes that answer; by default one a core, as many as the size bears"),
    ] = None
    size: Annotated[
        Literal["town", "region", "country"],
        Field(description="how much the service bears: memory, processes, letters and copies of the night together"),
    ] = "town"
    rate: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="searches that one client may make in a minute (an export counts for 20, a study for 10); 0: no limit",
        ),
    ] = 600
    rate_store: Annotated[
        SecretStr,
        AfterValidator(_store),
        Field(
            description="where what clients asked is counted: memory:// in each process apart, redis://… for all of them together"
        ),
    ] = SecretStr("memory://")
    trusted_proxies: Annotated[
        str | None,
        AfterValidator(_networks),
        Field(
            description="addresses of the proxies in front, separated by commas: they say who asks (X-Forwarded-For)"
        ),
    ] = None
    log: Annotated[
        Literal["plain", "json"],
        Field(description="plain: warnings only; json: a line a request too, without who asks nor what"),
    ] = "plain"
    metrics_port: Annotated[
        int | None,
        Field(
            ge=1,
            le=65_535,
            description="port where Prometheus reads figures, of 127.0.0.1 unless there is a token; by default none",
        ),
    ] = None
    metrics_token: Annotated[
        SecretStr | None,
        AfterValidator(_token),
        Field(
            description="with it, figures are read on every address of the machine (a container), by « Authorization: Bearer » and this token"
        ),
    ] = None
    trace_url: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^\s?#]+$",
            description="address where a collector of OpenTelemetry takes traces (OTLP over HTTP), as http://127.0.0.1:4318/v1/traces; by default none are made",
        ),
    ] = None

    @property
    def bounds(self) -> Bounds:
        """The bounds that go with ``size``."""
        return BOUNDS[self.size]

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The addresses of ``trusted_proxies``."""
        return tuple(ipaddress.ip_network(part) for part in _parts(self.trusted_proxies))
