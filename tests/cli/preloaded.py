"""What a process that runs ``vivier`` loads first, loaded once: imported by the process from which the others are forked.

The command line itself is left out: it looks at its streams when it is imported.
"""

from __future__ import annotations

import gc

import vivier.contracts.find
import vivier.desk.study
import vivier.suppliers.find  # noqa: F401
from crawlers.registry import sources
from vivier.lexicon import load_lexicon
from vivier.territory.reach import load_reach_index

sources()
load_lexicon()
load_reach_index()
gc.freeze()  # a collection in a forked process would copy every page it touches
