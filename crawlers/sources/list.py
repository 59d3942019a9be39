"""A list of one's own: suppliers brought by a network, a buyer or a test, in CSV or JSON lines (``docs/list-format.md``).

Identifiers are optional, what is unknown stays unknown, and every fact is shown as declared by whoever made the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from crawlers.kit import Aside, Draft, Intake, Outcome, Skip, Source, WrongFile, without_contacts
from crawlers.kit.csv_family import check_twice, clean_header, missing_columns, whole_rows
from crawlers.kit.files import check_encoding, check_file, open_plain, open_text, refusing
from crawlers.sources._list_record import record_of
from vivier.errors import ImportRefused
from vivier.identity import digest_of, fold, name_key
from vivier.lists.columns import COLUMNS, CONTACTS, canonical, nested, simple
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListedSupplier, ListHeaderLine
from vivier.model import Record
from vivier.runs.records import SourceCard

LINE_LIMIT = 2_000_000
"""Bytes of one line: far beyond any supplier, and short of filling the memory."""

BOM = b"\xef\xbb\xbf"


def json_rows(path: Path, intake: Intake) -> Iterator[tuple[str, dict[str, object] | Skip | Aside]]:
    """The place of each line in the file, and its fields."""
    with refusing(path), open_plain(path) as file:
        for position in range(1, 1 << 62):
            line = file.readline(LINE_LIMIT)
            if not line:
                return
            value = _value(path, position, line.removeprefix(BOM) if position == 1 else line)
            if position == 1 and isinstance(value, dict) and "list" in value and "name" not in value:
                _describe(path, value, intake)
            else:
                yield f"{path.name}, ligne {position}", value


def _value(path: Path, position: int, line: bytes) -> dict[str, object] | Skip | Aside:
    if not line.strip():
        return Skip("blank_row")
    if position == 1 and line.strip() in (b"[", b"{", b"[{"):
        raise WrongFile(
            f"« {path.name} » : un fournisseur par ligne est attendu (JSON lines), pas un JSON sur plusieurs lignes."
        )
    if len(line) >= LINE_LIMIT:
        raise ImportRefused(f"« {path.name} », ligne {position} : plus de {LINE_LIMIT // 1_000_000} Mo sur une ligne.")
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Aside("json_invalid", f"ligne JSON illisible ({error.msg}, colonne {error.colno})")
    return value if isinstance(value, dict) else Aside("json_invalid", "un objet JSON { … } est attendu sur la ligne")


def _describe(path: Path, value: dict[str, object], intake: Intake) -> None:
    try:
        header = ListHeaderLine.model_validate(value).list
    except ValidationError as error:
        raise ImportRefused(f"« {path.name} », ligne 1, présentation de la liste : {reason_of(error)[1]}.") from error
    described = {"producer": header.producer, "dataset": header.dataset, "licence": header.licence, "url": header.url}
    intake.describe({**intake.words, **{name: words for name, words in described.items() if words}}, header.updated_at)


def csv_rows(path: Path, intake: Intake) -> Iterator[tuple[str, dict[str, object] | Skip | Aside]]:
    """The place of each row in the file, and its fields, named as in a JSON line."""
    encoding = check_encoding(path, "cp1252")
    if encoding == "cp1252":
        intake.issues["encoding_fallback"] += 1
    with refusing(path), open_text(path, encoding) as lines:
        first = lines.readline()
        reader = csv.reader(_again(first, lines), delimiter=max(",;\t", key=first.count), strict=True)
        named = next(reader, [])
        header = _header(path, clean_header(named), intake)
        for where, cells in whole_rows(reader, path, len(header), named):
            if isinstance(cells, Skip | Aside):
                yield where, cells
            else:
                yield where, nested({name: cell.strip() for name, cell in zip(header, cells, strict=True) if name})


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _header(path: Path, written: list[str], intake: Intake) -> list[str]:
    names = canonical()
    header = [names.get(simple(name), "") for name in written]
    if "name" not in header:
        raise WrongFile(
            missing_columns(path, ["name (ou nom, raison_sociale)"], written, ("name", *list(COLUMNS)[:22]))
        )
    check_twice(path, [name for name in header if name])
    intake.unknown.update(
        name for name, column in zip(written, header, strict=True) if not column and simple(name) not in CONTACTS
    )
    return header


CARD = SourceCard(
    id="list",
    title="Liste apportée",
    producer="liste fournie par l'utilisateur",
    dataset="liste de fournisseurs",
    licence="non précisée",
    role="declared",
    covers="Ce que la liste dit : fournisseurs, offres, zones, labels, agréments, capacités, références.",
    limits="Déclaré par l'auteur de la liste, non vérifié.",
    tolerance=0.75,
)


def key_of(listed: ListedSupplier, record: Record, taken: Mapping[str, str]) -> str:
    """A stable key: the given ``id``, else the SIRET, else a hash of name, post code and town.

    A second supplier on a SIRET already taken (sites of an ESAT share one) gets the SIRET and a hash.
    """
    if listed.id:
        return listed.id
    if record.siret is None:
        return f"h-{_short(_place(record))}"
    mine = _identity(record)
    return record.siret if taken.get(record.siret, mine) == mine else f"{record.siret}-{_short(mine)}"


def _short(words: str) -> str:
    return digest_of(words.encode())


def _place(record: Record) -> str:
    return f"{name_key(record.name)}|{record.address.post_code or ''}|{fold(record.address.town or '')}"


def _identity(record: Record) -> str:
    return f"{_place(record)}|{'+'.join(sorted(agreement.kind for agreement in record.agreements))}"


class Reader:
    """Reads the files of one run and remembers the supplier of each SIRET."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.taken: dict[str, str] = {}

    def outcome(self, fields: dict[str, object]) -> Outcome:
        """A record out of the fields of one line."""
        issues: list[str] = []
        known = {name: value for name, value in fields.items() if not _is_contact(name)}
        if len(known) < len(fields):
            issues.append("contact_removed")
        try:
            listed = ListedSupplier.model_validate(known)
            record = record_of(listed, self.intake, issues)
        except ValidationError as error:
            return Aside(*reason_of(error))
        return record if isinstance(record, Aside) else self._keyed(listed, record)

    def _keyed(self, listed: ListedSupplier, record: Record) -> Record:
        key = key_of(listed, record, self.taken)
        if key == record.siret:
            self.taken.setdefault(key, _identity(record))
        return record.model_copy(update={"source_id": key})


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every supplier of every file, whichever of the two forms each file has."""
    reader = Reader(intake)
    for path in files:
        check_file(path)
        intake.describe({"dataset": f"liste de fournisseurs ({path.name})"}, None)
        rows = json_rows if is_json(path) else csv_rows
        for where, fields in rows(path, intake):
            if isinstance(fields, Skip | Aside):
                yield Draft(where, fields, dict)
            else:
                yield Draft(where, reader.outcome(fields), lambda fields=fields: show(fields))  # type: ignore[misc]


def is_json(path: Path) -> bool:
    """Whether a file is JSON lines: it begins with a brace (or a bracket, which is refused with a message of its own).
    Anything else is CSV."""
    with open_plain(path) as file:
        return file.read(256).removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def show(fields: Mapping[str, Any]) -> dict[str, object]:
    """A line for the rejects file: declared fields only, contacts removed."""
    return {
        name: without_contacts(value, _is_contact)
        for name, value in fields.items()
        if name in ListedSupplier.model_fields
    }


def _is_contact(name: str) -> bool:
    return simple(name) in CONTACTS


def recognises(path: Path) -> bool:
    """Never true: almost any table has a name column, so a list is never proposed as the likely source of a file."""
    return False


SOURCE = Source(card=CARD, read=read, recognises=recognises, duplicates="aside", basis="declared")
