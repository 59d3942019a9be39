"""The files that somebody gave: a folder, or an archive of several files, stands for what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawlers.kit.files import unpacked
from vivier.errors import ImportRefused

MOST_FILES: Final = 100_000
"""Files of a folder, beyond which it is refused: somebody typed the wrong one."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Files to read, and the names of those that lay beside them and that the source does not read."""

    files: tuple[Path, ...]
    beside: tuple[str, ...] = ()


def files_in(folder: Path) -> list[Path]:
    """Every file of a folder and of its folders, in the order of their paths, hidden ones apart. Raises ``ImportRefused`` when there are none,
    or more than :data:`MOST_FILES`."""
    files: list[Path] = []
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            files.append(path)
        if len(files) > MOST_FILES:
            raise ImportRefused(f"« {folder.name} » a plus de {MOST_FILES} fichiers : donnez un dossier plus précis.")
    if not files:
        raise ImportRefused(f"Le dossier « {folder.name} » est vide.")
    return sorted(files)


def check_given(files: Iterable[Path]) -> None:
    """Raises ``ImportRefused`` with the files that are not there."""
    absent = [str(path) for path in files if not path.is_file()]
    if absent:
        raise ImportRefused(f"Fichier introuvable : {', '.join(absent)}.")


@contextmanager
def listed(given: Sequence[Path]) -> Iterator[Gathered]:
    """The files of a list, each typed by its name, since a list replaces the one before. Raises ``ImportRefused`` for an absent one."""
    check_given(given)
    yield Gathered(tuple(given))


@contextmanager
def gathered(given: Sequence[Path], recognises: Callable[[Path], bool]) -> Iterator[Gathered]:
    """The files of a stream that ``given`` stand for. An archive is unpacked for the time of the block.

    A file typed by itself is always read. Of several that come together, those that the source does not recognise are left beside, unless it
    recognises none: the reading then says what is wrong with each. Raises ``ImportRefused`` for an absent path, an empty folder, a trapped archive.
    """
    check_given(path for path in given if not path.is_dir())
    with ExitStack() as archives:
        alone: list[Path] = []
        together: list[Path] = []
        for path in given:
            inside = files_in(path) if path.is_dir() else [path]
            members = [member for file in inside for member in archives.enter_context(unpacked(file))]
            (alone if members == [path] else together).extend(members)
        known = {path for path in together if recognises(path)} or set(together)
        beside = tuple(path.name for path in together if path not in known)
        yield Gathered((*alone, *(path for path in together if path in known)), beside)
