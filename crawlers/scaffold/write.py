"""``vivier new-source``: makes and imports everything in a temporary place, then writes all files at once, or none."""

from __future__ import annotations

import importlib.util
import keyword
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import crawlers
from crawlers.kit import Source
from crawlers.registry import sources
from crawlers.scaffold.expected import CHECKS, EXPECTED, checks_text, expected_of
from crawlers.scaffold.layout import Layout, read_layout
from crawlers.scaffold.sample import SIREN_ROOT, right_row, sample_text
from crawlers.scaffold.text import source_text, tests_text
from vivier.errors import VivierError
from vivier.runs.context import CARDS

REPOSITORY: Final = Path(crawlers.__file__).parents[1]
FIXTURES: Final = Path("tests", "fixtures", "sources")
SAMPLE: Final = "sample.csv"

_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SIREN = re.compile(rf"(?<!\d){SIREN_ROOT}\d{{{9 - len(SIREN_ROOT)}}}".encode())


@dataclass(frozen=True)
class NewSource:
    """What was written: files from the root of the repository, and where each column went."""

    layout: Layout
    files: tuple[Path, ...]


def new_source(source_id: str, file: Path, given: Mapping[str, str], root: Path = REPOSITORY) -> NewSource:
    """Write the module, sample, expected records, checks and tests of a source that reads files like ``file``.

    ``given`` names the column of a role (``siret``, ``name``) that is not obvious. Raises :class:`VivierError` when the id is
    not one or is taken, :class:`ImportRefused` when the file is no table with a SIRET and a name. Nothing is then written.
    """
    _check_root(root)
    _check_id(source_id, root)
    layout = read_layout(file, given)
    taken = _sirens(root, file)
    source = source_text(layout, source_id)
    sample = sample_text(layout, source_id, taken)
    records, checks = _imported(source_id, source, sample)
    folder = FIXTURES / source_id
    texts = {
        _module(source_id): source,
        folder / SAMPLE: sample,
        folder / EXPECTED: records,
        folder / CHECKS: checks_text({**checks, **_spots(layout)}),
        _test(source_id): tests_text(layout, source_id, right_row(layout, source_id, taken)),
    }
    for path, text in texts.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf8")
    return NewSource(layout, tuple(texts))


def _module(source_id: str) -> Path:
    return Path("crawlers", "sources", f"{source_id}.py")


def _test(source_id: str) -> Path:
    return Path("tests", "crawlers", f"test_source_{source_id}.py")


def _check_root(root: Path) -> None:
    if not (root / FIXTURES).is_dir():
        raise VivierError(
            f"« vivier new-source » écrit dans une copie de travail du dépôt ; « {root} » n'en est pas une : "
            f"« {FIXTURES} » n'y est pas. Clonez le dépôt et lancez la commande de là."
        )


def _check_id(source_id: str, root: Path) -> None:
    if not _ID.fullmatch(source_id) or keyword.iskeyword(source_id):
        raise VivierError(
            f"« {source_id} » n'est pas un identifiant de source : deux à quarante minuscules sans accent, chiffres ou "
            "« _ », une lettre d'abord, pas un mot réservé de Python. Exemple : « geiq », « liste_ei_2026 »."
        )
    if source_id in sources() or source_id in CARDS:
        raise VivierError(
            f"La source « {source_id} » existe déjà (« vivier sources » les nomme) : prenez un autre nom."
        )
    there = [path for path in (_module(source_id), FIXTURES / source_id, _test(source_id)) if (root / path).exists()]
    if there:
        raise VivierError(f"« {there[0]} » existe déjà : prenez un autre nom que « {source_id} », ou supprimez-le.")


def _sirens(root: Path, file: Path) -> frozenset[str]:
    """The invented SIRENs that other samples or the file already hold: none of them is invented again."""
    paths = [file, *(path for path in (root / FIXTURES).rglob("*") if path.is_file())]
    return frozenset(siren.decode() for path in paths for siren in _in_file(path))


def _in_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:  # line by line: the file may be larger than memory
        for line in lines:
            yield from _SIREN.findall(line)


def _imported(source_id: str, source: str, sample: str) -> tuple[str, dict[str, object]]:
    """The expected records and the counts, from a real import of the sample by the new module."""
    with tempfile.TemporaryDirectory() as folder:
        module, rows = Path(folder, f"{source_id}.py"), Path(folder, SAMPLE)
        module.write_text(source, encoding="utf8")
        rows.write_text(sample, encoding="utf8")
        found = expected_of(_loaded(module), [rows])
    return found.records.decode(), found.counts()


def _loaded(path: Path) -> Source:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Source = module.SOURCE
    return made


def _spots(layout: Layout) -> dict[str, object]:
    siret = layout.roles["siret"]
    return {"renamed": siret, "sirets": [{"file": SAMPLE, "names": [siret]}]}
