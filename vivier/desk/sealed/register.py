"""The register of sealed verdicts: a file of lines, each chained to the one before by its SHA-256. Lines are added, never changed.

A line is canonical JSON (sorted keys, UTF-8, no space) with its ``number``, ``previous``: the hash of the line before, and ``sha256``: that of
the line without this member. Whoever noted a head can tell that no line before it was changed, removed or put in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from vivier.errors import VivierError

GENESIS: Final = "0" * 64
"""What the first line follows."""
Line = Mapping[str, Any]


class RegisterDamaged(VivierError):
    """A line of the register is not as it was sealed: nothing is added to it."""


@dataclass(frozen=True)
class Altered:
    """A line that is not as it was sealed: its place in the file, from 1, and why, in French."""

    at: int
    why: str

    @property
    def text(self) -> str:
        """« ligne 12 : changée depuis son scellé »."""
        return f"ligne {self.at} : {self.why}"


@dataclass(frozen=True)
class Checked:
    """What a whole reading of the register finds. ``head``: the hash of its last line; ``heads``: whether a head noted before is one of its
    lines."""

    lines: int
    head: str
    altered: tuple[Altered, ...]
    known: bool = True


class Register:
    """The register of a home. A missing file is an empty register."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def mark(self) -> tuple[int, int]:
        """Changes when a line is added: size and time of the file."""
        try:
            state = self.path.stat()
        except FileNotFoundError:
            return 0, 0
        return state.st_size, state.st_mtime_ns

    def lines(self) -> Iterator[Line]:
        """Every whole line, in order. Raises :class:`RegisterDamaged` for one that is no JSON."""
        for at, raw in enumerate(self._raw(), 1):
            line = _read(raw)
            if line is None:
                raise RegisterDamaged(f"Registre des verdicts, ligne {at} : illisible.")
            yield line

    def check(self, head: str | None = None) -> Checked:
        """Reads every line again. ``head``: one noted before, which must still be that of a line."""
        altered, previous, last, known = list[Altered](), GENESIS, 0, head in (None, GENESIS)
        for at, raw in enumerate(self._raw(), 1):
            line, last = _read(raw), at
            why = "illisible" if line is None else _wrong(line, raw, at, previous)
            if why is not None:
                altered.append(Altered(at, why))
            previous = previous if line is None else str(line.get("sha256"))
            known |= previous == head
        return Checked(last, previous, tuple(altered), known)

    def append(self, bodies: Iterable[Line]) -> Checked:
        """Adds lines, on the disk when this returns. What a killed process left of a line is removed first: it was never sealed. Raises
        :class:`RegisterDamaged` when a line was altered."""
        with self._locked() as file:
            end = file.seek(0, os.SEEK_END)
            whole = _whole(file, end)
            if whole < end:
                file.truncate(whole)
            found = self.check()
            if found.altered:
                raise RegisterDamaged(f"Registre des verdicts, {found.altered[0].text} : rien n'y est ajouté.")
            number, previous, written = found.lines, found.head, []
            for body in bodies:
                number += 1
                sealed = {**body, "number": number, "previous": previous}
                previous = sha256(sealed)
                written.append(canonical({**sealed, "sha256": previous}) + b"\n")
            file.seek(0, os.SEEK_END)
            file.write(b"".join(written))
            file.flush()
            os.fsync(file.fileno())
        return Checked(number, previous, ())

    def _raw(self) -> Iterator[bytes]:
        """The whole lines of the file, without what a killed process left of one."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (raw for raw in file if raw.endswith(b"\n"))

    @contextmanager
    def _locked(self) -> Iterator[Any]:
        """The file, open to read and write, by one process at a time; a new file is durable in its folder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def canonical(line: Line) -> bytes:
    """A line as it is hashed."""
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS)


def sha256(line: Line) -> str:
    """The hash of a line without its own."""
    return hashlib.sha256(canonical({name: value for name, value in line.items() if name != "sha256"})).hexdigest()


def _wrong(line: Line, raw: bytes, at: int, previous: str) -> str | None:
    if line.get("number") != at or line.get("previous") != previous:
        return "ne suit pas la précédente (une ligne manque, est en trop ou a changé de place)"
    if line.get("sha256") != sha256(line) or canonical(line) + b"\n" != raw:
        return "changée depuis son scellé"
    return None


def _read(raw: bytes) -> Line | None:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _whole(file: Any, end: int) -> int:
    """The length of the file up to its last line break."""
    step = 65_536
    while end > 0:
        begin = max(0, end - step)
        file.seek(begin)
        at = file.read(end - begin).rfind(b"\n")
        if at >= 0:
            return int(begin + at + 1)
        end = begin
    return 0
