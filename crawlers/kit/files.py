"""Opens files as they come: gzip, zip or plain, of the right kind or not, in the right encoding or not, honest or not."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import ijson  # type: ignore[import-untyped]

from crawlers.kit.source import WrongFile
from vivier.errors import ImportRefused
from vivier.french import number

BOMB_FLOOR = 200_000_000
"""Bytes any archive may open into. A larger one may only be :data:`BOMB_RATIO` times its packed size (our bounds)."""

BOMB_RATIO = 200
"""Lists are packed 5 to 30 times; an archive made to fill a disk is packed a thousand times."""

LINE_LIMIT = 1 << 20
"""Bytes of one line of text. No row is so long, and a reader must hold a line whole."""

_CHUNK = 1 << 20
_NULS = "« {} » contient des octets nuls : ce n'est pas un texte UTF-8."
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_FOREIGN = (
    (b"%PDF", "un document PDF : demandez le fichier de données à son producteur"),
    (b"\xd0\xcf\x11\xe0", "un ancien classeur Excel : enregistrez-le en CSV UTF-8"),
    (b"PAR1", "un fichier Parquet : prenez la version CSV ou JSON"),
    (b"\xff\xfe", "un texte UTF-16 : enregistrez-le en UTF-8"),
    (b"\xfe\xff", "un texte UTF-16 : enregistrez-le en UTF-8"),
    (b"PK\x05\x06", "une archive zip vide : téléchargez-la de nouveau"),
    (_ZIP, "une archive dans une archive : décompressez-la"),
    (_GZIP, "une archive dans une archive : décompressez-la"),
    (b"<", "une page web ou un fichier XML, pas des données : vérifiez l'adresse du téléchargement"),
)


class _Bounded(io.RawIOBase):
    """The stream of an archive, refused when it gives more bytes than an honest one would (a « bomb » is small and
    opens into a full disk)."""

    def __init__(self, inner: BinaryIO, path: Path) -> None:
        self._inner = inner
        self._name = path.name
        self._left = max(BOMB_FLOOR, BOMB_RATIO * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self._inner.readinto(buffer)  # type: ignore[attr-defined]
        self._left -= count
        if self._left < 0:
            raise ImportRefused(
                f"« {self._name} » s'ouvre en plus de {BOMB_RATIO} fois sa taille : archive piégée ou abîmée, non lue."
            )
        return int(count)

    def close(self) -> None:
        self._inner.close()
        super().close()


def open_plain(path: Path) -> BinaryIO:
    """The bytes of a file. A file that begins like gzip or like a zip of one file is opened, whatever its name says."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == _GZIP:
        return cast(BinaryIO, io.BufferedReader(_Bounded(cast(BinaryIO, gzip.open(path, "rb")), path), 1 << 16))
    if magic == _ZIP:
        return cast(BinaryIO, io.BufferedReader(_Bounded(_open_zip(path), path), 1 << 16))
    return path.open("rb")


def _open_zip(path: Path) -> BinaryIO:
    """The only file of a zip archive; a workbook, an archive of several files or a locked one is refused by name."""
    try:
        archive = zipfile.ZipFile(path)
        members = [member for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile as error:
        raise WrongFile(
            f"« {path.name} » est une archive zip ou un classeur Excel abîmé : téléchargez-le de nouveau."
        ) from error
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise WrongFile(f"« {path.name} » est un classeur Excel : enregistrez-le en CSV UTF-8.")
    if len(members) != 1:
        raise WrongFile(f"« {path.name} » est une archive zip de {len(members)} fichiers : donnez celui à lire.")
    if members[0].flag_bits & 1:
        raise ImportRefused(f"« {path.name} » est protégée par un mot de passe : décompressez-la, puis recommencez.")
    return cast(BinaryIO, archive.open(members[0]))


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """The files of a zip archive of several, written to a temporary folder for the time of the block; any other file is itself."""
    if not _holds_several(path):
        yield [path]
        return
    with TemporaryDirectory() as folder, refusing(path), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(member.flag_bits & 1 for member in members):
            raise ImportRefused(
                f"« {path.name} » est protégée par un mot de passe : décompressez-la, puis recommencez."
            )
        if sum(member.file_size for member in members) > max(BOMB_FLOOR, BOMB_RATIO * path.stat().st_size):
            raise ImportRefused(
                f"« {path.name} » s'ouvre en plus de {BOMB_RATIO} fois sa taille : archive piégée ou abîmée, non lue."
            )
        written: list[Path] = []
        for position, member in enumerate(members):
            target = Path(folder) / str(position) / Path(member.filename).name
            target.parent.mkdir()
            with archive.open(member) as inner, target.open("wb") as out:
                shutil.copyfileobj(inner, out, _CHUNK)
            written.append(target)
        yield written


def _holds_several(path: Path) -> bool:
    """Whether a file is a zip archive of several files, and no workbook."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile:
        return False
    return len(names) > 1 and "[Content_Types].xml" not in names


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside a file into a refusal a user can read."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ImportRefused(
            f"« {path.name} » : archive gzip ou zip coupée ou abîmée ; téléchargez-la de nouveau."
        ) from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ImportRefused(f"« {path.name} » : archive zip abîmée ; téléchargez-la de nouveau.") from error
    except ijson.IncompleteJSONError as error:
        if "UTF8" in str(error):
            raise ImportRefused(
                f"« {path.name} » : ce JSON n'est pas en UTF-8 ; demandez-le dans cet encodage."
            ) from error
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
    """Refuse what is plainly no data: absent, a folder, empty, a web page, a spreadsheet, an archive of several files.

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
    if b"\0" in start and not start.startswith(reads):
        raise ImportRefused(_NULS.format(path.name))


def check_json(path: Path) -> None:
    """Checks as :func:`check_file` does, and refuses a file that does not begin like a JSON document, such as a table
    taken for one."""
    check_file(path)
    with refusing(path), open_plain(path) as file:
        start = file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:1] not in (b"{", b"["):
        raise WrongFile(f"« {path.name} » n'est pas un document JSON.")


def check_encoding(path: Path, fallback: str | None) -> str:
    """The encoding of a text file: strict UTF-8 (with or without mark), else the one its source declares.

    Raises :class:`ImportRefused` with the line of the first unreadable byte, or of a line that never ends.
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
    line, length = 1, 0
    with refusing(path), open_plain(path) as file:
        while True:
            chunk = file.read(_CHUNK)
            if b"\0" in chunk:
                raise ImportRefused(_NULS.format(path.name))
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return None
            length = _unended(chunk, length)
            line += chunk.count(b"\n")
            if length > LINE_LIMIT:
                raise ImportRefused(
                    f"« {path.name} » : la ligne {line} dépasse {number(LINE_LIMIT)} octets, ce n'est pas une table."
                )


def _unended(chunk: bytes, before: int) -> int:
    """Bytes of the line that goes on after a chunk, or of the line that ends in the chunk when it is already too long."""
    first, ended, _ = chunk.replace(b"\r", b"\n").partition(b"\n")
    length = before + len(first)
    if not ended or length > LINE_LIMIT:
        return length
    return len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))


def open_json(path: Path) -> BinaryIO:
    """The bytes of a JSON document, without the byte order mark some writers put before it."""
    file = open_plain(path)
    if cast(io.BufferedReader, file).peek(3).startswith(codecs.BOM_UTF8):
        file.read(3)
    return file


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The text of a file, line ends left to the reader."""
    return io.TextIOWrapper(open_plain(path), encoding=encoding, newline="")
