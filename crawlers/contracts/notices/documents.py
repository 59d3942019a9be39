"""Cuts files of notices into records: XML elements as trees, JSON objects as they are. A broken record costs only itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from crawlers.contracts.documents import given_twice, is_xml
from crawlers.contracts.notices.tree import from_xml
from crawlers.contracts.pieces import LARGEST, Damaged, Piece, text_of
from crawlers.contracts.xml_records import XmlRecords, declared_encoding
from crawlers.kit.files import check_file, open_plain, refusing
from crawlers.kit.source import Aside, Intake, WrongFile

ANNOUNCEMENT: Final = "ANNONCE"
DAILY: Final = "ann"
"""The root of the daily files of DILA (``jo:ann``): each file is one announcement."""
OLD_TED: Final = "TED_EXPORT"
EFORMS: Final = ("ContractNotice", "ContractAwardNotice", "PriorInformationNotice")
_LISTS: Final = re.compile(r'"(?:results|records)"\s*:\s*\[|^\s*\[')
_OBJECT: Final = re.compile(r'\{\s*"')
_NEXT: Final = re.compile(r'\}\s*,?\s*(?=\{\s*")\{')
_NEAR_END: Final = 64
LONGEST_NUMBER: Final = 300
_READING: Final[dict[str, Any]] = {
    "strict": False,
    "parse_constant": lambda _: None,
    "parse_int": lambda text: _whole_number(text),
}
_ENVELOPE: Final = 65_536
"""Characters in which the list of an envelope must begin: only counts and links come before it."""
_CUT: Final = Damaged("file_cut", "le document est coupé avant la fin : ce qui précède a été lu, la suite manque")


def xml_records(
    path: Path, intake: Intake, names: Sequence[str], wrappers: Sequence[str] = ()
) -> Iterator[Piece | Damaged]:
    """The records of an XML file as trees. Raises :class:`WrongFile`, which names the root, when it is none of ours."""
    records = XmlRecords(
        text_of(path, intake, declared_encoding(path)),
        names,
        (*names, *wrappers),
        lambda element, name: Piece(from_xml(element), name),
    )
    yield from records
    if not records.recognised:
        if (records.root or "").lower() == "html":
            raise WrongFile(
                f"« {path.name} » est une page web, pas des données : vérifiez l'adresse du téléchargement."
            )
        raise WrongFile(
            f"« {path.name} » est un XML de racine « {records.root} » : {', '.join(f'« {name} »' for name in names)} attendu. "
            + _again(intake)
        )


def json_records(path: Path, intake: Intake, required: Sequence[str]) -> Iterator[dict[str, object] | Damaged]:
    """Records of a JSON file: an API's envelope (``results``), a list, lines, or one object.

    :class:`WrongFile` when the first one has not the ``required`` keys. ``NaN`` is read as nothing.
    """
    check_file(path)
    first = True
    for record in _objects(text_of(path, intake)):
        if first and isinstance(record, dict) and not set(required) <= set(record):
            raise WrongFile(
                f"« {path.name} » n'a pas les champs attendus : {', '.join(required)}. Trouvés : {', '.join(list(record)[:12])}. "
                + _again(intake)
            )
        first = False
        yield record
    if first:
        with refusing(path), open_plain(path) as file:
            head = file.read(_ENVELOPE).decode("utf-8-sig", errors="replace").lstrip()
        if head[:1] not in ("", "[", "{") and any(mark in head.splitlines()[0] for mark in ";,\t|"):  # a table
            raise WrongFile(
                f"« {path.name} » est entier, mais n'est pas du JSON (il commence par « {head[:20].splitlines()[0]} »). "
                f"Cette source lit l'export JSON ({intake.card.homepage})."
            )
        raise WrongFile(
            f"« {path.name} » ne contient aucun enregistrement JSON : {', '.join(required)} attendus. {_again(intake)}"
        )


def first_object(path: Path) -> dict[str, object]:
    """The first object of a JSON file; an empty one when it does not end within the first characters of the file."""
    with refusing(path), open_plain(path) as file:
        head = file.read(_ENVELOPE).decode("utf-8-sig", errors="replace")
    opening = _LISTS.search(head)
    start = _OBJECT.search(head, opening.end() if opening else 0)
    try:
        value, _ = json.JSONDecoder(**_READING).raw_decode(head, start.start()) if start else ({}, 0)
    except (json.JSONDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _again(intake: Intake) -> str:
    """The end of a message: where the right file is."""
    return f"Téléchargez-le de nouveau ({intake.card.homepage})."


def _whole_number(text: str) -> int | None:
    """An integer. One of hundreds of digits is read as no value."""
    return int(text) if len(text) <= LONGEST_NUMBER else None


def json_value(text: str) -> object:
    """The value of a JSON text, ``NaN`` read as nothing; ``None`` when the text cannot be read."""
    try:
        return json.loads(text, **_READING)
    except (json.JSONDecodeError, RecursionError):
        return None


def _objects(chunks: Iterator[str]) -> Iterator[dict[str, object] | Damaged]:
    """Objects one at a time. After a broken one, the next is looked for at the beginning of a line or after a closed object."""
    decoder = json.JSONDecoder(**_READING)
    buffer = next(chunks, "")
    opening = _LISTS.search(buffer, 0, _ENVELOPE)
    at, ended, is_empty = (opening.end() if opening else 0), False, True
    while True:
        start = _OBJECT.search(buffer, at)
        if start is not None:
            try:
                (value, at), is_empty = decoder.raw_decode(buffer, start.start()), False
                yield value
                continue
            except RecursionError:
                following = _NEXT.search(buffer, start.start() + 1)
                yield Damaged("record_unreadable", "JSON illisible : emboîté sans fin")
                at = following.end() - 1 if following else len(buffer)
                continue
            except json.JSONDecodeError as error:
                following = _NEXT.search(buffer, max(error.pos, start.start() + 1))
                if ended and following is None:
                    yield _CUT
                    return
                if ended or (following is not None and len(buffer) - error.pos > _NEAR_END):
                    yield Damaged("record_unreadable", f"JSON illisible : {error.msg}")
                    at = following.end() - 1 if following else len(buffer)
                    continue
                if len(buffer) - start.start() > LARGEST:
                    yield Damaged("record_unreadable", "enregistrement démesuré")
                    return
                at = start.start()
        elif ended:
            if opening and not is_empty and not buffer[at:].lstrip(" \r\n,").startswith("]"):
                yield _CUT
            return
        chunk = next(chunks, "")
        ended = not chunk
        buffer, at = buffer[at:] + chunk, 0


def usable(files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether its bytes were already read in an earlier file."""
    twice = given_twice(files)
    yield from ((path, position in twice) for position, path in enumerate(files))


def aside(damaged: Damaged) -> Aside:
    """The outcome of a record that could not be read."""
    return Aside(damaged.reason, damaged.detail)


__all__ = [
    "ANNOUNCEMENT",
    "DAILY",
    "EFORMS",
    "OLD_TED",
    "aside",
    "is_xml",
    "json_records",
    "json_value",
    "usable",
    "xml_records",
]
