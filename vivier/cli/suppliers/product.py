"""Verbs of the core: the search of suppliers."""

from __future__ import annotations

from typing import Final

from vivier.cli.suppliers import asking
from vivier.cli.verbs import Verbs

VERBS: Final[Verbs] = {
    "search": asking.search,
    "resolve": asking.resolve,
    "export": asking.export,
    "explain": asking.explain,
}
