"""Reads the list of its members that a network sends: each row of the CSV of ``docs/list-format.md`` becomes a declaration, or is set aside with a
reason. Only what a declaration says is read: trades, zone, staff, volume, what is not done, references, site."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from pydantic import ValidationError

from vivier.desk.read.sheet import MAX_BYTES, WORKBOOK, decoded, refused, sheets_of
from vivier.errors import InvalidRequest
from vivier.given.declaration import checked_declaration
from vivier.given.sirets import sirets_of
from vivier.identity import digits, is_siret
from vivier.lexicon import Lexicon
from vivier.lists.columns import canonical, nested, simple
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListedSupplier
from vivier.model.views import SupplierView
from vivier.privacy.contacts import scrub
from vivier.search.operators import Terms
from vivier.search.snapshot import Snapshot

MOST_ROWS: Final = 5_000
READ: Final = (
    *("name", "siret", "finess", "trades", "service_types", "zone"),
    *("staff", "volume", "not_done", "references", "website"),
)
"""Columns of a list that are read. The others are the registers' to say, and are told as left."""
SET_ASIDE: Final[Mapping[str, str]] = {
    "siret_missing": "sans SIRET : donnez les quatorze chiffres de la structure",
    "siret_invalid": "SIRET qui n'en est pas un : vérifiez ses quatorze chiffres",
    "siret_unknown": "SIRET sans fiche ici : aucune de nos sources ne connaît cette structure",
    "siret_several": "SIRET de plusieurs fiches : ajoutez une colonne « finess » avec le numéro de celle-ci",
    "siret_twice": "structure déjà dite plus haut dans la liste : gardez une ligne",
    "says_nothing": "rien qu'une fiche puisse dire : ajoutez un métier, un effectif, une référence ou un site",
    "cells_count": "nombre de cellules",
    "declaration_invalid": "valeur qu'une fiche ne peut pas dire",
}
"""Why a row is set aside, beside the reasons of ``docs/list-format.md``."""
_CHUNK: Final = 500


@dataclass(frozen=True)
class Member:
    """A row kept: the structure as its sheet says it, and what it is said to declare, as plain JSON."""

    line: int
    supplier: str
    siret: str
    finess: str | None
    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class LeftOut:
    """A row set aside: its line in the file (the heading is line 1), the code of the reason, and what to correct, in French."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class MembersList:
    """A list as read: ``retained`` and ``left`` are all its rows; ``unread``: headings of columns that a declaration cannot say."""

    retained: tuple[Member, ...]
    left: tuple[LeftOut, ...]
    unread: tuple[str, ...]


def read_members(content: bytes, snapshot: Snapshot, lexicon: Lexicon) -> MembersList:
    """Reads a list. Raises ``InvalidRequest`` naming « file » for a file that is none, or one without a row to keep nor to correct."""
    if len(content) > MAX_BYTES:
        raise refused("too_large", f"Le fichier dépasse {MAX_BYTES // 1_000_000} Mo.")
    rows = list(table_rows(content))
    if not rows:
        raise refused("empty", "Le fichier est vide.")
    (_, headings), *body = rows
    if len(body) > MOST_ROWS:
        raise refused("too_many", f"{MOST_ROWS} lignes au plus : envoyez la liste en plusieurs fichiers.")
    columns = _columns(headings)
    if not body:
        raise refused("empty", "Aucune ligne sous les titres des colonnes.")
    found = _Reading(columns, body, snapshot, lexicon)
    unread = tuple(heading for heading, name in zip(headings, columns, strict=True) if name not in READ)
    return MembersList(tuple(found.retained()), tuple(sorted(found.left, key=lambda left: left.line)), unread)


def table_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV (« ; », « , » or tabs) or of a workbook of one sheet that are not blank, each with the number of its line. Raises
    ``InvalidRequest`` naming « file »."""
    if content.startswith(WORKBOOK):
        sheets = [sheet for sheet in sheets_of(content, MOST_ROWS + 2) if not sheet.hidden]
        if len(sheets) > 1:
            raise refused("several_sheets", f"Le classeur a {len(sheets)} feuilles : n'en gardez qu'une.")
        yield from ((line, list(cells)) for sheet in sheets for line, cells in sheet.rows)
        return
    text = decoded(content)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [" ".join(cell.replace("\x00", " ").split()) for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise refused("unreadable", f"Ligne {line} : guillemets mal fermés, ou ce n'est pas un CSV.") from None


def _columns(headings: Sequence[str]) -> list[str]:
    names = canonical()
    columns = [names.get(simple(heading), "") for heading in headings]
    missing = next((name for name in ("name", "siret") if name not in columns), None)
    if missing is not None:
        raise refused("missing_column", f"Aucune colonne ne s'appelle « {'nom' if missing == 'name' else missing} ».")
    twice = next((name for name in READ if columns.count(name) > 1), None)
    if twice is not None:
        raise refused("column_twice", f"Deux colonnes disent « {twice} ».")
    return columns


class _Reading:
    """The rows of a list, read in their order; those of structures without a sheet, or told twice, are set aside."""

    def __init__(
        self, columns: list[str], body: list[tuple[int, list[str]]], snapshot: Snapshot, lexicon: Lexicon
    ) -> None:
        self.left: list[LeftOut] = []
        self._lexicon = lexicon
        self._rows = [
            (line, fields) for line, cells in body if (fields := self._fields(line, columns, cells)) is not None
        ]
        self._sheets = _sheets((digits(fields.get("siret", "")) for _, fields in self._rows), snapshot)

    def _fields(self, line: int, columns: list[str], cells: list[str]) -> dict[str, str] | None:
        if len(cells) != len(columns):
            self._leave(line, "cells_count", f"{len(cells)} cellules, {len(columns)} attendues")
            return None
        return {name: cell for name, cell in zip(columns, cells, strict=True) if name in READ}

    def _leave(self, line: int, reason: str, text: str = "") -> None:
        self.left.append(LeftOut(line, reason, scrub(text or SET_ASIDE[reason])[0][:300]))

    def retained(self) -> Iterator[Member]:
        """The rows kept; the others join ``left``."""
        seen: set[str] = set()
        for line, fields in self._rows:
            sheet = self._sheet(line, fields)
            if sheet is None:
                continue
            if sheet["id"] in seen:
                self._leave(line, "siret_twice")
                continue
            content = self._content(line, fields)
            if content is not None:
                seen.add(sheet["id"])
                finess = sheet.get("finess")
                number = None if finess is None else finess["value"][:9]
                yield Member(line, sheet["id"], digits(fields["siret"]), number, sheet["name"]["value"], content)

    def _sheet(self, line: int, fields: Mapping[str, str]) -> SupplierView | None:
        number = digits(fields.get("siret", ""))
        found = self._sheets.get(number, [])
        if len(found) > 1:
            wanted = fields.get("finess", "").replace(" ", "").upper()
            found = [sheet for sheet in found if "finess" in sheet and sheet["finess"]["value"] == wanted] or found
        if len(found) == 1:
            return found[0]
        known = "siret_several" if found else "siret_unknown"
        self._leave(line, known if is_siret(number) else "siret_invalid" if number else "siret_missing")
        return None

    def _content(self, line: int, fields: Mapping[str, str]) -> dict[str, object] | None:
        """What a row declares; ``None`` once it is set aside."""
        try:
            listed = ListedSupplier.model_validate(nested(dict(fields)))
            return checked_declaration(_declared(listed), self._lexicon).as_json()
        except ValidationError as error:
            self._leave(line, *reason_of(error))
        except InvalidRequest as error:
            reason = "says_nothing" if error.errors[0].code == "empty" else "declaration_invalid"
            self._leave(line, reason, " ".join(each.message for each in error.errors[:3]))
        return None


def _declared(listed: ListedSupplier) -> dict[str, object]:
    """What a row says that a declaration can say; what is not said is left out. The offers of a row share their zone."""
    trades = {offer.trade: offer.service_types for offer in listed.offers if offer.trade is not None}
    zone = next((offer.zone.model_dump() for offer in listed.offers if offer.zone.type != "undeclared"), None)
    declared: dict[str, object] = {
        "trades": tuple(
            {"trade": code, "service_types": tuple(dict.fromkeys(types))} for code, types in trades.items()
        ),
        "zone": None if zone == {"type": "territories", "territories": []} else zone,
        "staff": None if listed.staff is None else round(listed.staff),
        "volume": listed.volume or None,
        "refused": tuple(dict.fromkeys(listed.not_done)),
        "references": tuple(dict.fromkeys(reference.client for reference in listed.references)),
        "website": listed.website,
    }
    return {name: value for name, value in declared.items() if value not in (None, (), "")}


def _sheets(numbers: Iterable[str], snapshot: Snapshot) -> dict[str, list[SupplierView]]:
    """The sheets of each SIRET, in few searches."""
    wanted = sorted({number for number in numbers if is_siret(number)})
    found: dict[str, list[SupplierView]] = {number: [] for number in wanted}
    chunks = (Terms("identifiers", tuple(wanted[at : at + _CHUNK])) for at in range(0, len(wanted), _CHUNK))
    read: set[str] = set()
    for hit in chain.from_iterable(snapshot.suppliers.scan(chunk) for chunk in chunks):
        if hit.id not in read:  # a sheet with several SIRETs may be found by more than one chunk
            read.add(hit.id)
            for number in found.keys() & sirets_of(hit.record):
                found[number].append(hit.record)
    return found
