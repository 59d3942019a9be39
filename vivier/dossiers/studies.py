"""Keeps the question of a study at an unguessable address, until its printed day or until it is deleted.

Only the question is kept: settings and lots as they were typed. The answer is computed again each time from the index in service, so
that it never lies about the day of its data. A dossier, which never changes, is issued for what must be filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import orjson

from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import corrected
from vivier.dossiers.port import DossierPurged, ShelfFull, StudyShelf
from vivier.errors import NotFound
from vivier.french import typed
from vivier.privacy.keys import new_id

DAYS: Final = 30
"""Days the address of a study stays, printed on its page."""
MOST: Final = 20_000
"""Most studies at a time."""
GONE: Final = "Cette étude a été supprimée. Refaites-la depuis « Préparer une consultation »."
UNKNOWN: Final = "Aucune étude à cette adresse."
FULL: Final = "Trop d'études sont gardées en ce moment : réessayez plus tard, ou téléchargez le dossier."


@dataclass(frozen=True)
class Draft:
    """The question of a study. ``fields``: settings as typed in the form; ``until``: the last day it is kept."""

    fields: Mapping[str, str]
    rows: tuple[Row, ...]
    until: date

    def with_rate(self, rate: float) -> Draft:
        """The same question with one response rate for every lot, in [0, 1], instead of those of the lots and of the study."""
        rows = tuple(corrected(row, {"response_rate": "-"}) for row in self.rows)
        return replace(self, fields={**self.fields, "response_rate": typed(rate)}, rows=rows)

    def with_effort(self, effort: float) -> Draft:
        """The same question with another insertion effort, in ]0, 1]."""
        return replace(self, fields={**self.fields, "effort": typed(effort)})

    def by_part(self) -> Draft:
        """The same question, each département also studied by its intercommunalités."""
        return replace(self, fields={**self.fields, "by_part": "oui"})


class Studies:
    def __init__(self, shelf: StudyShelf) -> None:
        self._shelf = shelf

    @property
    def days(self) -> int:
        """Number of days that a study is kept."""
        return self._shelf.days

    def by(self, client: str) -> Studies:
        """The same studies, where one client keeps no more in a day than its share."""
        return Studies(self._shelf.by(client))

    def keep(self, fields: Mapping[str, str], rows: tuple[Row, ...], today: date) -> str:
        """Keeps a question: its id. Studies past their last day are deleted first. Raises :class:`ShelfFull`."""
        self.purge(today)
        until, id_ = today + timedelta(days=self.days), new_id()
        lots = [{"line": row.line, "values": dict(row.values)} for row in rows]
        content = orjson.dumps({"fields": dict(fields), "lots": lots, "until": until.isoformat()})
        try:
            self._shelf.keep(id_, until, content)
        except ShelfFull:
            raise ShelfFull(FULL) from None
        return id_

    def read(self, id_: str, today: date) -> Draft:
        """The question at an address. Raises ``NotFound``, or :class:`DossierPurged` for one that was deleted."""
        try:
            body = orjson.loads(self._shelf.read(id_, today))
        except DossierPurged:
            raise DossierPurged(GONE) from None
        except NotFound:
            raise NotFound(UNKNOWN) from None
        rows = tuple(Row(lot["line"], lot["values"]) for lot in body["lots"])
        return Draft(body["fields"], rows, date.fromisoformat(body["until"]))

    def forget(self, id_: str, today: date) -> None:
        """Deletes a study. Raises as :meth:`read`."""
        self.read(id_, today)
        self._shelf.forget(id_)

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases the studies past their last day. Returns how many, or how many would be."""
        return self._shelf.purge(today, dry_run=dry_run)
