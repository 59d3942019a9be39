"""The full case of a list: JSON lines, one supplier a line, the first line may say where the list comes from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from pydantic import ValidationError

from crawlers.kit import Aside, Intake, Skip, WrongFile
from crawlers.kit.files import open_plain, refusing
from vivier.errors import ImportRefused
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListHeaderLine

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
