"""Verbs of the consultation desk."""

from __future__ import annotations

from typing import Final

from vivier.cli.desk import studies
from vivier.cli.verbs import Verbs

VERBS: Final[Verbs] = {
    "consult": studies.consult,
}
