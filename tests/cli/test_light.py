"""What a verb loads before it answers: a search loads what it reads, and no verb loads another's rooms."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "vivier.model.contract",
    "vivier.model.notice",
    "vivier.model.supplier",
    "vivier.runs.records",
    "vivier.contracts",
    "vivier.desk",
)
"""Modules that make the models of every stored record, and those of other products."""
NOT_SEARCHED = (
    *HEAVY,
    "fastapi",
    "starlette",
    "uvicorn",
    "indexer",
    "crawlers",
    "search_api",
    "scrapy",
    "openpyxl",
    "opensearchpy",
)
LOADED = """
import sys
from vivier.cli.suppliers import asking
{more}
print("\\n".join(sys.modules))
"""
SEARCH = """
from vivier.needs.asked import understood
from vivier.suppliers.beyond import beyond
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import parse_query
import vivier.engine.embedded.store
"""


def loaded(more: str) -> set[str]:
    """Names of the modules of a new process that has imported the command line, then ``more``."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(more=more)], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines())


@pytest.mark.slow
def test_help_loads_no_table_and_no_room() -> None:
    """Each verb imports the rooms that it needs when it runs."""
    assert (
        loaded("") & {*NOT_SEARCHED, "vivier.lexicon", "vivier.territory", "vivier.suppliers", "vivier.needs"} == set()
    )


@pytest.mark.slow
def test_a_search_loads_no_model_of_a_stored_record_and_no_other_product() -> None:
    assert loaded(SEARCH) & set(NOT_SEARCHED) == set()
