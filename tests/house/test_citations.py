"""Citations: what code, templates, tables and pages cite leads to a section of a page of the repository.

Forms: the page alone, the page and a letter of a method, the page and a title in French quotation marks. A title is a heading,
or the bold words that open a paragraph or an item. Links of Markdown are tested with the other links (``test_docs.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.committed import texts
from tests.house.walk import ROOT

pytestmark = pytest.mark.slow

CITED: Final = re.compile(
    r"(?<![\w/}.-])(?<!\]\()(?P<page>[\w.-]+(?:/[\w.-]+)*\.md)`{0,2}"
    r"(?:(?P<letters> \([a-z]\)(?:(?:,| and) \([a-z]\))*)|, « (?P<title>[^«»]+) »)?"
)
DEAD: Final = {
    "a letter without its page": re.compile(r"(?<![\w.\[])[Mm]ethods? \([a-z]\)"),
    "a section by its number": re.compile(r"§|\.md`{0,2},? \d"),
    "a number inside a method": re.compile(r"\.md \([a-z]\),? (?:#|(?:examples?|steps?|rules?|cases?) )\d"),
    "a document that is not here": re.compile(r"\bfield guide\b|\bapi-conventions\b"),
}
EMPHASISED: Final = re.compile(r"\bsee \*([^*]+)\*")
_HEADING: Final = re.compile(r"^#{1,6} (.+?) *$", re.MULTILINE)
_BOLD: Final = re.compile(r"^(?:- |\d+\. )?\*\*(.+?)[.:]?\*\*", re.MULTILINE)
_BREAK: Final = re.compile(r"\s*\n[ \t]*(?:#:?[ \t])?")
HERE: Final = Path(__file__)


@cache
def titles(page: Path) -> tuple[str, ...]:
    """Titles of a page, as often as they stand in it."""
    text = page.read_text(encoding="utf8")
    return (*_HEADING.findall(text), *_BOLD.findall(text))


def dead(path: Path, text: str) -> Iterator[str]:
    """The citations of a text that lead nowhere, each with what is wrong. ``path``: where the text is, whose folder counts for pages."""
    whole = _BREAK.sub(" ", text)
    for wrong, form in DEAD.items():
        yield from (f"« {found.group()} »: {wrong}" for found in form.finditer(whole))
    for cited in CITED.finditer(whole):
        if not _is_file_name(whole, cited):
            yield from (f"« {cited.group()} »: {wrong}" for wrong in _unresolved(path, cited))


def _is_file_name(text: str, cited: re.Match[str]) -> bool:
    """A string of code that names a file (« "api.md" ») cites nothing."""
    around = text[cited.start() - 1 : cited.start()], text[cited.end() : cited.end() + 1]
    return around in (('"', '"'), ("'", "'"))


def _unresolved(path: Path, cited: re.Match[str]) -> Iterator[str]:
    folders = (ROOT, path.parent) if path.suffix == ".md" else (ROOT,)
    page = next((page for folder in folders if (page := folder / cited["page"]).is_file()), None)
    if page is None:
        yield "no such page"
        return
    for letter in re.findall(r"\([a-z]\)", cited["letters"] or ""):
        if not any(title.startswith(f"{letter} ") for title in titles(page)):
            yield f"no method {letter}"
    if cited["title"] is not None and titles(page).count(cited["title"]) != 1:
        yield f"{titles(page).count(cited['title'])} such titles"


def test_every_citation_leads_to_one_section_of_a_page() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {wrong}"
        for path, text in texts().items()
        if path != HERE
        for wrong in dead(path, text)
    ]
    assert lost == []


def test_a_section_named_in_its_own_page_exists() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {title}"
        for path, text in texts().items()
        if path.suffix == ".md"
        for title in EMPHASISED.findall(_BREAK.sub(" ", text))
        if title not in titles(path)
    ]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "the tender window (contracts.md 15)",
        "rules of ``suppliers.md`` §3",
        "the envelope (api-conventions 3)",
        "the rules of the field guide",
        "what counts (methods (a), (b))",
        "Method (i): a sum",
        "docs/methods.md (z)",
        "docs/methods.md (a), (z)",
        "docs/methods.md (b), example 20",
        "docs/contracts.md, « Four point four »",
        "docs/contracts.md, « Four\n    point four »",
        "# see docs/contracts.md,\n# « Four point four »",
        "see nomenclatures.md",
        "what identity.md says",
    ],
)
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert list(dead(ROOT / "vivier" / "law.py", text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "``docs/relevance.md`` gives the figures",
        "weights (docs/methods.md (g))",
        "odds of offers (docs/methods.md (c) and (d))",
        "``docs/methods.md (a), (b), (d)``",
        "docs/contracts.md, « Shapes and where they\n    were seen »",
        "docs/contracts.md, « Latest end »",
        "(mappings/tables/SOURCES.md, « Places »)",
        'page = DOCS / "api.md"',
        "[contracts](contracts.md)",
    ],
)
def test_a_citation_of_a_section_is_not_found_dead(text: str) -> None:
    assert list(dead(ROOT / "vivier" / "law.py", text)) == []


def test_the_citations_of_the_code_are_seen() -> None:
    seen = sum(
        (found["letters"] or found["title"]) is not None
        for path, text in texts().items()
        if path.suffix == ".py" and path != HERE
        for found in CITED.finditer(_BREAK.sub(" ", text))
    )
    assert seen > 80
