"""Write the pages of ``docs/generated``: ``python -m scripts.build_docs [--check]``.

Their content is read from the source cards, the vocabulary, the settings, the models of the API and the answers to the judged
searches, so that a page never contradicts the code.
``--check`` writes nothing and exits 1 when a page is not what would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from crawlers.registry import sources
from scripts.docs import (
    api_suppliers_page,
    contracts_api_page,
    judged_page,
    parameters_page,
    privacy_page,
    settings_page,
    sources_page,
    survivorship_page,
    vocabulary_page,
)

DOCS = Path(__file__).resolve().parents[1] / "docs"
GENERATED = DOCS / "generated"


def pages() -> dict[str, str]:
    """The generated pages by file name."""
    return {
        "api-suppliers.md": api_suppliers_page.page(),
        "api-contracts.md": contracts_api_page.page(),
        "judged.md": judged_page.page(judged_page.embedded_rankings()),
        "parameters.md": parameters_page.page((DOCS / "methods.md").read_text(encoding="utf8")),
        "privacy.md": privacy_page.page(),
        "settings.md": settings_page.page(),
        "sources.md": sources_page.page(sources()),
        "survivorship.md": survivorship_page.page(sources()),
        "vocabulary.md": vocabulary_page.page(),
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
    old = list(stale(built, GENERATED))
    if options.check:
        print(
            "\n".join(f"stale: docs/generated/{name} (python -m scripts.build_docs)" for name in old)
            or "pages are up to date"
        )
        return 1 if old else 0
    for name in old:
        (GENERATED / name).write_text(built[name], encoding="utf8")
        print(f"written: docs/generated/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
