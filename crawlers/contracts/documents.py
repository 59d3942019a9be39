"""Tells XML documents of contracts from JSON ones, and finds files given twice."""

from __future__ import annotations

import codecs
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawlers.contracts.json_records import JsonRecords
from crawlers.contracts.pieces import CHUNK, Damaged, Piece, Stretch, text_of
from crawlers.contracts.xml_records import XmlRecords, declared_encoding
from crawlers.kit.files import check_file, open_plain, refusing
from crawlers.kit.source import Intake, WrongFile


def is_xml(path: Path) -> bool:
    """Whether a file begins like XML or HTML; refuses what is plainly no data."""
    check_file(path, reads=(b"<",))
    with refusing(path), open_plain(path) as file:
        return file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def records_of(path: Path, intake: Intake, *, proved: bool = True) -> Iterator[Piece | Stretch | Damaged]:
    """Every record of a document. Raises :class:`WrongFile`, which names what was found, when the document holds no
    contract."""
    if is_xml(path):
        xml = XmlRecords(text_of(path, intake, declared_encoding(path)))
        yield from xml
        if not xml.recognised:
            raise WrongFile(
                f"« {path.name} » est un XML de racine « {xml.root} », pas des données essentielles : "
                "la racine « marches » est attendue."
            )
        return
    document = JsonRecords(text_of(path, intake), proved=proved)
    waiting: list[Piece | Stretch | Damaged] = []
    for piece in document:
        if document.recognised:
            yield from waiting
            waiting = []
            yield piece
        elif len(waiting) < 100:
            waiting.append(piece)
        else:
            break
    if not document.recognised:
        met = ", ".join(dict.fromkeys(name[:40] for name in document.found[:12])) or "aucun nom connu"
        raise WrongFile(
            f"« {path.name} » n'est pas un fichier de données essentielles : attendu « marches », puis « marche » ou "
            f"« contrat-concession » (JSON) ; trouvé : {met}."
        )


def given_twice(files: Sequence[Path]) -> set[int]:
    """Positions of the files whose bytes are those of an earlier file. Only files of the same size are compared."""
    sizes = Counter(path.stat().st_size for path in files if path.is_file())
    seen: set[tuple[int, bytes]] = set()
    twice: set[int] = set()
    for position, path in enumerate(files):
        if not path.is_file() or sizes[path.stat().st_size] == 1:
            continue
        mark = (path.stat().st_size, _digest(path))
        if mark in seen:
            twice.add(position)
        seen.add(mark)
    return twice


def _digest(path: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.digest()
