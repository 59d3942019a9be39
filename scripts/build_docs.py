"""Write the pages of ``docs/generated`` and the JSON Schema of lists: ``python -m scripts.build_docs [--check]``.

Their content is read from the source cards, the vocabulary, the settings, the models of the API and the answers to the judged
searches, so that a page never contradicts the code.
``--check`` writes nothing and exits 1 when a page is not what would be written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from crawlers.registry import sources
from scripts.docs import (
    api_pages,
    breakdowns_page,
    judged_page,
    parameters_page,
    privacy_page,
    settings_page,
    sources_page,
    vocabulary_page,
)
from vivier.lists.schema import schema

DOCS = Path(__file__).resolve().parents[1] / "docs"
GENERATED = DOCS / "generated"


def pages() -> dict[str, str]:
    """What is generated, by its path under ``docs``."""
    return {
        "schemas/supplier-list.schema.json": json.dumps(schema(), ensure_ascii=False, indent=2) + "\n",
        "generated/api-suppliers.md": api_pages.of_suppliers(),
        "generated/api-contracts.md": api_pages.of_contracts(),
        "generated/breakdowns.md": breakdowns_page.page(),
        "generated/judged.md": judged_page.page(judged_page.embedded_rankings()),
        "generated/parameters.md": parameters_page.page((DOCS / "methods.md").read_text(encoding="utf8")),
        "generated/privacy.md": privacy_page.page(),
        "generated/settings.md": settings_page.page(),
        "generated/sources.md": sources_page.page(sources()),
        "generated/survivorship.md": sources_page.survivorship(sources()),
        "generated/vocabulary.md": vocabulary_page.page(),
    }


def stale(built: Mapping[str, str], folder: Path) -> Iterable[str]:
    """Names of the pages that are missing or not up to date."""
    for name, text in built.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf8") != text:
            yield name


def main() -> int:
    """Runs the command line; returns 0 when pages are written or up to date, 1 when ``--check`` finds a stale page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    options = parser.parse_args()
    built = pages()
    old = list(stale(built, DOCS))
    if options.check:
        print("\n".join(f"stale: docs/{name} (python -m scripts.build_docs)" for name in old) or "pages are up to date")
        return 1 if old else 0
    for name in old:
        (DOCS / name).write_text(built[name], encoding="utf8")
        print(f"written: docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
