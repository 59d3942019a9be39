"""``docs/generated/privacy.md``: every place of the house where privacy is enforced, from what modules import of ``vivier/privacy``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("crawlers", "indexer", "search_api", "vivier")
CONCERNS: Final[Mapping[str, str]] = {
    "vivier.privacy": "a text that is personal is refused or dropped",
    "vivier.privacy.contacts": "mail addresses and telephone numbers leave free texts",
    "vivier.privacy.people": "names of persons leave free texts",
    "vivier.privacy.first_names": "a first name tells a person",
    "vivier.privacy.functions": "a function tells a person, a department does not",
    "vivier.privacy.organisations": "only the mailbox or the switchboard of an organisation is kept",
    "vivier.privacy.opposition": "who opposed is left out",
    "vivier.privacy.keys": "addresses are secret, the database keeps their hashes",
}
"""What is enforced by each module of ``vivier/privacy``."""
_INTRODUCTION: Final = """Privacy is enforced where a module imports `vivier/privacy`: {places} places in {modules} modules. A place
that is new, or gone, makes this page stale, which a test refuses. What each rule means: [privacy](../operate-privacy.md)."""


def places() -> Iterator[tuple[str, str]]:
    """Each module of ``vivier/privacy`` that another module of the house imports, and that module."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith("vivier/privacy/"):
                continue
            tree = ast.parse(path.read_text(encoding="utf8"))
            found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
            yield from ((module, name) for module in sorted(found & CONCERNS.keys()))


def page() -> str:
    """The page."""
    found = list(places())
    rows = (
        (f"{text} ({len(where)})", ", ".join(map(code, where)))
        for module, text in CONCERNS.items()
        if (where := [name for imported, name in found if imported == module])
    )
    text = _INTRODUCTION.format(places=len(found), modules=len({name for _, name in found}))
    return whole("Where privacy is enforced", text, table(("rule", "modules"), rows))
