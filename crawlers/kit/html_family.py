"""The family of directory pages: one supplier a page (or several), found by CSS selectors that the source declares.

Pages come from a plan of :class:`crawlers.plan.Listing` (list pages, then the pages they lead to) or from files.
Only declared fields are read: the contacts of people are kept out because no source declares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from parsel import Selector

from crawlers.kit.decode import decoded
from crawlers.kit.row import Row, settle, without_contacts
from crawlers.kit.source import Aside, Draft, Intake, Outcome

LARGEST = 5_000_000
"""Bytes of one page. A larger page is not a page of a directory."""
URL = "url"
"""The field every row has besides those declared: the address of its page, ``None`` when it is not known."""


@dataclass(frozen=True)
class HtmlItems:
    """``fields``: name → CSS selector ending in ``::text`` or ``::attr(name)``; all that it finds is joined by spaces.

    ``several``: names whose values are kept apart, as a list. ``required``: names without which a page is set aside.
    ``item``: selector of one supplier where a page shows several; fields are then looked for inside it.
    """

    convert: Callable[[Row, Intake], Outcome]
    fields: Mapping[str, str]
    required: tuple[str, ...]
    several: tuple[str, ...] = ()
    item: str | None = None

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every supplier of every page, in the order of the files."""
        for path in files:
            url, status = _address_and_status(path)
            page = _page(path, status)
            if isinstance(page, Aside):
                yield Draft(path.name, page, dict)
                continue
            nodes = [page] if self.item is None else page.css(self.item)
            if not nodes:
                yield Draft(path.name, Aside("field_missing", f"aucun élément « {self.item} » dans la page"), dict)
            for number, node in enumerate(nodes, 1):
                yield self._draft(node, f"{path.name}, fournisseur {number}", url, intake)

    def recognises(self, path: Path) -> bool:
        """Whether a page has what the source needs."""
        page = _page(path, 200)
        return not isinstance(page, Aside) and all(page.css(self.fields[name]) for name in self.required)

    def _draft(self, node: Selector, where: str, url: str | None, intake: Intake) -> Draft:
        values: dict[str, object] = {name: self._value(node, name) for name in self.fields}
        absent = [name for name in self.required if not values[name]]
        if absent:
            missing = ", ".join(f"« {name} » ({self.fields[name]})" for name in absent)
            outcome: Outcome = Aside("field_missing", f"rien pour {missing} : la page a-t-elle changé ?")
        else:
            outcome = settle(Row({**values, URL: url}, where), intake, self.convert)
        return Draft(where, outcome, lambda: {name: without_contacts(value, _named) for name, value in values.items()})

    def _value(self, node: Selector, name: str) -> object:
        found = [" ".join(text.split()) for text in node.css(self.fields[name]).getall()]
        found = [text for text in found if text]
        return found if name in self.several else " ".join(found) or None


def _named(name: str) -> bool:
    """The fields, which hold no contact: contacts are never declared."""
    return False


def _page(path: Path, status: int) -> Selector | Aside:
    if status != 200:
        return Aside("site_refused", f"réponse {status}")
    if path.stat().st_size > LARGEST:
        return Aside("site_too_large", f"{path.stat().st_size} octets")
    html = decoded(path.read_bytes(), None)
    if "<" not in html[:2000]:
        return Aside("site_not_html", "ce n'est pas une page web")
    return Selector(text=html.replace("\x00", ""))


def _address_and_status(path: Path) -> tuple[str | None, int]:
    """Address and status of a page that we fetched. A page brought as a file has neither: ``None`` and 200."""
    report = path.with_name("fetch.json")
    if not report.exists():
        return None, 200
    files = orjson.loads(report.read_bytes()).get("files", [])
    return next(
        ((fetched["url"], fetched.get("status", 200)) for fetched in files if fetched["file"] == path.name), (None, 200)
    )
