"""What a process that runs ``vivier`` loads first, loaded once: imported by the process from which the others are forked.

The import of what a verb needs is most of its work: a second of processor for ``vivier doctor``. The command line itself is
left out: it looks at its streams when it is imported.
"""

from __future__ import annotations

import gc
from importlib import import_module

from crawlers.registry import sources
from vivier.lexicon import load_lexicon
from vivier.needs import resolve_need
from vivier.territory.reach import load_reach_index

NEEDED = (
    "indexer.contracts.publish",
    "indexer.doctor",
    "indexer.contracts.notices.publish",
    "indexer.publish",
    "search_api.products",
    "tests.cli.typed",
    "typer",
    "vivier.contracts.find",
    "vivier.desk.study",
    "vivier.engine.embedded.store",
    "vivier.exports.files",
    "vivier.given.check",
    "vivier.mail.check",
    "vivier.suppliers.find",
)

for name in NEEDED:
    import_module(name)
sources()
resolve_need("entretien des espaces verts à Rennes", load_lexicon())
load_reach_index()
gc.freeze()  # a collection in a forked process would copy every page it touches
