"""Files as they come: gzip or plain, right kind or not, right encoding or not."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import ijson  # type: ignore[import-untyped]

from crawlers.kit.source import WrongFile
from vivier.errors import ImportRefused

_CHUNK = 1 << 20
_FOREIGN = (
    (b"PK\x03\x04", "une archive zip ou un classeur Excel : enregistrez-la en CSV UTF-8 ou décompressez-la"),
    (b"%PDF", "un document PDF : demandez le fichier de données à son producteur"),
    (b"\xd0\xcf\x11\xe0", "un ancien classeur Excel : enregistrez-le en CSV UTF-8"),
    (b"PAR1", "un fichier Parquet : prenez la version CSV ou JSON"),
    (b"\xff\xfe", "un texte UTF-16 : enregistrez-le en UTF-8"),
    (b"\xfe\xff", "un texte UTF-16 : enregistrez-le en UTF-8"),
    (b"<", "une page web ou un fichier XML, pas des données : vérifiez l'adresse du téléchargement"),
)


def open_plain(path: Path) -> BinaryIO:
    """The bytes of a file, decompressed when it begins like gzip (whatever its name says)."""
    with path.open("rb") as file:
        magic = file.read(2)
    return cast(BinaryIO, gzip.open(path, "rb")) if magic == b"\x1f\x8b" else path.open("rb")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside a file into a refusal a user can read."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ImportRefused(f"« {path.name} » : archive gzip coupée ou abîmée ; téléchargez-la de nouveau.") from error
    except ijson.IncompleteJSONError as error:
        raise ImportRefused(
            f"« {path.name} » : le JSON est coupé avant la fin ou mal formé ; téléchargez-le de nouveau."
        ) from error
    except ijson.JSONError as error:
        raise ImportRefused(f"« {path.name} » : ce n'est pas du JSON lisible.") from error
    except csv.Error as error:
        raise ImportRefused(f"« {path.name} » : CSV illisible ({error}) ; vérifiez les guillemets.") from error
    except UnicodeDecodeError as error:
        raise ImportRefused(f"« {path.name} » : octets illisibles en {error.encoding}.") from error


def check_file(path: Path, reads: tuple[bytes, ...] = ()) -> None:
    """Refuse what is plainly no data: absent, a folder, empty, a web page, an archive, a spreadsheet.

    ``reads``: beginnings the source does read, though others do not (``<``, ``PAR1``).
    """
    if not path.is_file():
        raise ImportRefused(f"« {path} » n'existe pas ou n'est pas un fichier.")
    with refusing(path), open_plain(path) as file:
        start = file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        raise ImportRefused(f"« {path.name} » est vide : rien n'a été importé.")
    for magic, what in _FOREIGN:
        if start.startswith(magic) and magic not in reads:
            raise WrongFile(f"« {path.name} » est {what}.")


def check_encoding(path: Path, fallback: str | None) -> str:
    """The encoding of a text file: strict UTF-8 (with or without mark), else the one its source declares.

    Raises :class:`ImportRefused` with the line of the first unreadable byte.
    """
    line = _first_bad_line(path, "utf-8")
    if line is None:
        return "utf-8-sig"
    if fallback is not None and _first_bad_line(path, fallback) is None:
        return fallback
    raise ImportRefused(
        f"« {path.name} » n'est pas en UTF-8{f' ni en {fallback}' if fallback else ''} "
        f"(premier octet illisible vers la ligne {line}) : enregistrez-le en CSV UTF-8."
    )


def _first_bad_line(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with refusing(path), open_plain(path) as file:
        while True:
            chunk = file.read(_CHUNK)
            if b"\0" in chunk:
                raise ImportRefused(f"« {path.name} » contient des octets nuls : ce n'est pas un texte UTF-8.")
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return None
            line += chunk.count(b"\n")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The text of a file, line ends left to the reader."""
    return io.TextIOWrapper(open_plain(path), encoding=encoding, newline="")
