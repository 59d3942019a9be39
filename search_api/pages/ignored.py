"""What a page does with the parameters that it does not know: it leaves them out, and says so."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

IGNORED: Final = "adresse-ignoree"
"""The note of every page that says that a part of its address was left out: seen when an address ends with it."""


def without(items: Iterable[tuple[str, str]], unknown: Container[str]) -> list[tuple[str, str]]:
    """The parameters of an address that a page knows."""
    return [(name, value) for name, value in items if name not in unknown]
