"""Reads the tables of a saved web page, however it was written, as rows of texts. Scripts of the page are never run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from crawlers.kit.files import open_plain, refusing
from vivier.errors import ImportRefused

PAGE_LIMIT = 30_000_000
"""Bytes of one page. A larger page is not a list."""
_SILENT = ("script", "style", "noscript", "template")


def is_page(path: Path) -> bool:
    """Whether the file begins like a web page."""
    with refusing(path), open_plain(path) as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def tables(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each table of a page, then each sheet of properties turned into a header and one row.

    A sheet of properties is a table of two columns or a list of definitions: « Licence number | FR/020/001 ».
    """
    page = _parsed(path)
    for element in page.iter(*_SILENT):
        element.clear()
    grids = [_grid(table) for table in page.iter("table")]
    for number, grid in enumerate(grids, start=1):
        yield f"tableau {number}", iter(grid)
    sheets = [[row for row in grid if len(row) == 2 and row[0]] for grid in grids]
    sheets.extend(_definitions(element) for element in page.iter("dl"))
    for number, pairs in enumerate(sheets, start=1):
        if len(pairs) > 1:
            yield f"fiche {number}", iter([[name.rstrip(" :") for name, _ in pairs], [value for _, value in pairs]])


def _parsed(path: Path) -> Any:
    with refusing(path), open_plain(path) as file:
        content = file.read(PAGE_LIMIT + 1)
    if len(content) > PAGE_LIMIT:
        raise ImportRefused(f"« {path.name} » dépasse {PAGE_LIMIT // 1_000_000} Mo pour une page.")
    try:
        return lxml_html.document_fromstring(content, parser=lxml_html.HTMLParser(encoding=_encoding(content)))
    except etree.ParserError as error:
        raise ImportRefused(f"« {path.name} » : cette page est vide.") from error


def _encoding(content: bytes) -> str | None:
    """UTF-8 when the bytes are valid UTF-8; else the encoding that the page declares, found by lxml; else Windows-1252,
    as browsers do."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None if b"charset" in content[:4096].lower() else "cp1252"
    return "utf-8"


def _grid(table: Any) -> list[list[str]]:
    rows = (row for row in table.iter("tr") if next(row.iterancestors("table")) is table)
    return [cells for row in rows if any(cells := [_text(cell) for cell in row if cell.tag in ("td", "th")])]


def _definitions(element: Any) -> list[list[str]]:
    names = [_text(cell) for cell in element.iter("dt")]
    values = [_text(cell) for cell in element.iter("dd")]
    return [list(pair) for pair in zip(names, values, strict=False)]


def _text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())
