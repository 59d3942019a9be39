"""Settings, read once from the environment (prefix ``VIVIER_``) and passed to the functions that need them. No other code reads
the environment. Each file holds those of one concern.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from vivier.settings.crawling import OfCrawling
from vivier.settings.desk import OfDesk
from vivier.settings.given import OfGiven
from vivier.settings.home import InHome
from vivier.settings.mail import OfMail
from vivier.settings.opensearch import OfOpenSearch
from vivier.settings.readers import NOBODY, Contacts, OfReaders, Operator, Tiles
from vivier.settings.secret_files import is_secret
from vivier.settings.serving import OfServing


class Settings(OfMail, OfGiven, OfDesk, OfServing, OfReaders, OfCrawling, OfOpenSearch, InHome):
    """Every setting of a home and of its service. Each class is declared by one product (``search_api/*/product.py``)."""


_ALIKE = 90
"""Similarity (0–100) from which an unknown variable is taken for a misspelt setting."""


def variables() -> Iterator[str]:
    """The variables that are read: one a setting, and ``…_FILE`` for each secret."""
    for name, field in Settings.model_fields.items():
        yield f"VIVIER_{name.upper()}"
        if is_secret(field):
            yield f"VIVIER_{name.upper()}_FILE"


def unread_variables() -> set[str]:
    """Variables of the environment that look like a setting and are none."""
    return {name for name in os.environ if name.startswith("VIVIER")} - {*variables()}


def misspelt_variables() -> dict[str, str]:
    """Variables of the environment that look like a setting and are none, each with the setting probably meant."""
    known, others = [*variables()], unread_variables()
    found = ((name, process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)) for name in others)
    return {name: near[0] for name, near in found if near is not None}


__all__ = ["NOBODY", "Contacts", "Operator", "Settings", "Tiles", "misspelt_variables", "unread_variables", "variables"]
