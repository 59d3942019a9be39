"""The JSON families: pages of an API, and large documents streamed item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson  # type: ignore[import-untyped]
import orjson

from crawlers.kit.files import check_file, check_json, open_json, refusing
from crawlers.kit.row import Row, settle, without_contacts
from crawlers.kit.source import Aside, Draft, Intake, Outcome, WrongFile
from crawlers.kit.values import number
from vivier.errors import ImportRefused

PAGE_LIMIT = 100_000_000
"""Bytes of one page of an API, read whole; a larger document belongs to the streamed family."""


@dataclass(frozen=True)
class _JsonRows:
    """How these families read a row: ``required`` keys are in each, ``known`` keys may be shown, ``contact`` keys are
    never kept, but those of ``reach``, of which only what is an organisation's is."""

    convert: Callable[[Row, Intake], Outcome]
    required: tuple[str, ...]
    known: tuple[str, ...]
    contact: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()

    def fits(self, item: Any) -> bool:
        return isinstance(item, dict) and set(self.required) <= set(item)

    def drafts(self, path: Path, items: Iterable[Any], intake: Intake) -> Iterator[Draft]:
        """A draft for each item. The first item decides whether the file has this layout."""
        for position, item in enumerate(items, start=1):
            if position == 1 and not self.fits(item):
                raise WrongFile(_missing_keys(path, item, self.required))
            where = f"{path.name}, résultat {position}"
            yield Draft(where, self._outcome(item, where, intake), lambda item=item: self._show(item))  # type: ignore[misc]

    def _outcome(self, item: Any, where: str, intake: Intake) -> Outcome:
        missing = [key for key in self.required if key not in item] if isinstance(item, dict) else self.required
        if missing:
            return Aside("fields_missing", f"champs absents : {', '.join(missing)}")
        row = Row(dict(item), where)
        intake.columns.update(item)
        intake.declared.update(self.contact)
        row.ignore(name for name in self.contact if name not in self.reach)
        return settle(row, intake, self.convert, keyed=True)

    def _show(self, item: Any) -> dict[str, object]:
        if not isinstance(item, dict):
            return {}
        return {key: without_contacts(item[key], self.contact.__contains__) for key in self.known if key in item}


@dataclass(frozen=True)
class JsonPages(_JsonRows):
    """Pages ``{count, next, previous, results}`` of an API. ``variant`` reads pages of the same source laid out otherwise."""

    variant: JsonPages | None = None

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every result of every page, in the order of the files."""
        following = preceding = 0
        for path in files:
            page = load_page(path)
            following += page["next"] is not None
            preceding += page["previous"] is not None
            yield from self._of(page["results"]).drafts(path, page["results"], intake)
        # A chain of n pages has n-1 links forward and n-1 links back: more forward than back means a page is missing.
        if following > preceding:
            intake.issues["page_missing"] += following - preceding

    def recognises(self, path: Path) -> bool:
        """Whether the file is a page whose results have the required keys."""
        try:
            results = load_page(path)["results"]
        except ImportRefused:
            return False
        return bool(results) and self._of(results).fits(results[0])

    def _of(self, results: list[Any]) -> JsonPages:
        """The layout of a page: the variant when its first result has the keys of the variant."""
        return self.variant if self.variant and results and self.variant.fits(results[0]) else self


@dataclass(frozen=True)
class ItemPages(_JsonRows):
    """Pages that announce their total beside their items: ``{total, results}`` of data-fair, ``{nbTotal, items}`` of the Agence Bio. An empty
    page is valid: such chains end with one. Fewer items than announced is an issue (``page_missing``)."""

    items: str = "results"
    total: str = "total"

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every item of every page, in the order of the files."""
        seen = announced = 0
        for path in files:
            page = self.page(path)
            seen += len(page[self.items])
            announced = max(announced, int(number(page.get(self.total)) or 0))
            yield from self.drafts(path, page[self.items], intake)
        if seen < announced:
            intake.issues["page_missing"] += 1

    def recognises(self, path: Path) -> bool:
        """Whether the file is such a page, its first item having the required keys."""
        try:
            items = self.page(path)[self.items]
        except ImportRefused:
            return False
        return bool(items) and self.fits(items[0])

    def page(self, path: Path) -> dict[str, Any]:
        """One page, checked for its items."""
        return page_of(path, self.items, f"{self.total}, {self.items}")


@dataclass(frozen=True)
class JsonItems(_JsonRows):
    """One large document, read item by item. ``prefix`` is the path of the items (``item``: the document is an array)."""

    prefix: str = "item"

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        for path in files:
            check_json(path)
            drafts = self.drafts(path, stream_items(path, self.prefix), intake)
            first = next(drafts, None)
            if first is None:
                raise WrongFile(_missing_keys(path, None, self.required))
            yield first
            yield from drafts

    def recognises(self, path: Path) -> bool:
        """Whether the first item has the required keys."""
        try:
            check_json(path)
            return self.fits(next(stream_items(path, self.prefix), None))
        except ImportRefused:
            return False


def load_page(path: Path) -> dict[str, Any]:
    """One page, checked for its four keys."""
    return {"next": None, "previous": None, **page_of(path, "results", "count, next, previous, results")}


def page_of(path: Path, items: str, expected: str) -> dict[str, Any]:
    """A JSON object with a list ``items``. Raises ``WrongFile``, which names the keys ``expected``."""
    check_file(path)
    with refusing(path), open_json(path) as file:
        content = file.read(PAGE_LIMIT + 1)
    if len(content) > PAGE_LIMIT:
        raise ImportRefused(f"« {path.name} » dépasse {PAGE_LIMIT // 1_000_000} Mo pour une seule page.")
    try:
        page = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise WrongFile(f"« {path.name} » n'est pas du JSON complet ({error.msg}, ligne {error.lineno}).") from error
    if not isinstance(page, dict) or not isinstance(page.get(items), list):
        raise WrongFile(f"« {path.name} » n'est pas une page attendue : objet JSON avec {expected}.")
    return page


def _missing_keys(path: Path, first: Any, required: tuple[str, ...]) -> str:
    found = ", ".join(list(first)[:15]) if isinstance(first, dict) else "aucun"
    missing = [key for key in required if not isinstance(first, dict) or key not in first]
    return (
        f"« {path.name} » n'a pas les champs attendus. Absents : {', '.join(missing)}. "
        f"Attendus : {', '.join(required)}. Trouvés : {found}."
    )


def stream_items(path: Path, prefix: str) -> Iterator[Any]:
    """Items of an array inside a large document, one at a time: memory does not grow with the file."""
    with refusing(path), open_json(path) as file:
        yield from ijson.items(file, prefix, use_float=True)


def leading_values(path: Path, stop: str) -> dict[str, object]:
    """Top-level scalars before the key ``stop``. ``stop`` itself maps to ``True`` when it is there."""
    values: dict[str, object] = {}
    with refusing(path), open_json(path) as file:
        for prefix, event, value in ijson.parse(file):
            if prefix == stop:
                return {**values, stop: event == "start_array"}
            if prefix and "." not in prefix and event in ("string", "number", "boolean"):
                values[prefix] = value
    return values
