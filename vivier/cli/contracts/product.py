"""Verbs of contracts, notices, buyers and leads."""

from __future__ import annotations

from typing import Final

from vivier.cli.contracts import reverse
from vivier.cli.verbs import Verbs

VERBS: Final[Verbs] = {
    "contracts": reverse.contracts,
    "notices": reverse.notices,
    "projects": reverse.projects,
    "leads": reverse.leads,
    "buyers": reverse.buyers,
    "indicators": reverse.indicators,
}
