"""Names the cells of a table after its columns, so that a narrow screen shows one row under the other without a sideways scroll:
``style.css`` writes the name before the value. It runs once a page, on its HTML, so that no template repeats the names of its columns."""

from __future__ import annotations

import re
from typing import Final

from vivier.typography import typeset_text

_TAGS: Final = re.compile(r"<[^>]*>")
_HEADINGS: Final = re.compile(r'<t[hd]\b(?: scope="col")?(?: data-name="([^"]*)")?[^>]*>(.*?)</t[hd]>', re.DOTALL)
_CELLS: Final = re.compile(r"<tr\b|<t[hd]\b([^>]*)>")
_SPAN: Final = re.compile(r'colspan="(\d+)"')
_LABEL: Final = re.compile(r' data-label="[^"]*"')


def labelled(html: str) -> str:
    """The page, its cells with a ``data-label``: the name of their column, or its ``data-name`` when it says more. A table without a head of one row, a cell that names its row
    or covers several columns stay as they are."""
    before, *tables = html.split("<table")
    return before + "".join(f"<table{_table(table)}" for table in tables)


def _table(html: str) -> str:
    """What follows « <table », up to the next one."""
    head, ended, rest = html.partition("</thead>")
    body, closed, after = rest.partition("</table>")
    if not ended or not closed or head.count("<tr") != 1:
        return html
    names = [
        typeset_text(short) or _TAGS.sub("", name).strip().replace('"', "&quot;")
        for short, name in _HEADINGS.findall(head)
    ]
    return f"{head}{ended}{_named(body, names)}{closed}{after}"


def _named(body: str, names: list[str]) -> str:
    column = 0

    def name(cell: re.Match[str]) -> str:
        nonlocal column
        tag, place = cell.group(), column
        if tag == "<tr":
            column = 0
            return tag
        spans = _SPAN.search(tag)
        column += int(spans.group(1)) if spans else 1
        if spans or tag.startswith("<th") or place >= len(names) or not names[place]:
            return tag
        return f'<td data-label="{names[place]}"{_LABEL.sub("", cell.group(1))}>'

    return _CELLS.sub(name, body)
