"""Pages that announce their total beside their items: ``{total, results}`` of data-fair, ``{nbTotal, items}`` of the Agence Bio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.kit.json_family import page_of
from crawlers.kit.row import Row, settle, without_contacts
from crawlers.kit.source import Aside, Draft, Intake, Outcome, WrongFile
from crawlers.kit.values import number
from vivier.errors import ImportRefused

Convert = Callable[[Row, Intake], Outcome]


@dataclass(frozen=True)
class ItemPages:
    """``items`` and ``total`` are keys of a page, ``required`` keys of every item; ``contact`` keys are never shown.

    An empty page is valid: such chains end with one. Fewer items than announced is an issue (``page_missing``).
    """

    items: str
    total: str
    required: tuple[str, ...]
    known: tuple[str, ...]
    contact: tuple[str, ...] = ()

    def read(self, files: Sequence[Path], intake: Intake, convert: Convert) -> Iterator[Draft]:
        """Every item of every page, in the order of the files."""
        seen = announced = 0
        for path in files:
            page = self.page(path)
            seen += len(page[self.items])
            announced = max(announced, int(number(page.get(self.total)) or 0))
            yield from self._drafts(path, page[self.items], intake, convert)
        if seen < announced:
            intake.issues["page_missing"] += 1

    def recognises(self, path: Path) -> bool:
        """Whether the file is such a page, its first item having the required keys."""
        try:
            items = self.page(path)[self.items]
        except ImportRefused:
            return False
        return bool(items) and isinstance(items[0], dict) and set(self.required) <= set(items[0])

    def page(self, path: Path) -> dict[str, Any]:
        """One page, checked for its items."""
        return page_of(path, self.items, f"{self.total}, {self.items}")

    def _drafts(self, path: Path, items: list[Any], intake: Intake, convert: Convert) -> Iterator[Draft]:
        if items and not (isinstance(items[0], dict) and set(self.required) <= set(items[0])):
            missing = [key for key in self.required if not isinstance(items[0], dict) or key not in items[0]]
            raise WrongFile(f"« {path.name} » n'a pas les champs attendus. Absents : {', '.join(missing)}.")
        for position, item in enumerate(items, start=1):
            where = f"{path.name}, résultat {position}"
            yield Draft(where, self._outcome(item, where, intake, convert), lambda item=item: self._show(item))  # type: ignore[misc]

    def _outcome(self, item: Any, where: str, intake: Intake, convert: Convert) -> Outcome:
        missing = [key for key in self.required if key not in item] if isinstance(item, dict) else self.required
        if missing:
            return Aside("fields_missing", f"champs absents : {', '.join(missing)}")
        return settle(Row(dict(item), where), intake, convert, keyed=True)

    def _show(self, item: Any) -> dict[str, object]:
        if not isinstance(item, dict):
            return {}
        return {key: without_contacts(item[key], self.contact.__contains__) for key in self.known if key in item}
