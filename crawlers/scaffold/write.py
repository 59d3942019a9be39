"""``vivier new-source``: makes and imports everything in a temporary place, then writes all files at once, or none.

Invents rows in the columns of a file: right ones, doubtful ones, and one for each refusal of the new source.

No cell is copied from the file. Fewer than half of the rows are set aside, even after a test spoils one more: an import
that sets aside more than half is refused.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import keyword
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from stdnum import luhn

from crawlers.kit import Source
from crawlers.registry import sources
from crawlers.run import keep_raw, load, open_run
from crawlers.scaffold.layout import Layout, read_layout
from crawlers.scaffold.text import source_text, tests_text
from vivier.errors import VivierError
from vivier.lists.columns import simple
from vivier.runs.context import CARDS
from vivier.runs.records import RunStatistics, current_run
from vivier.settings import Settings

READ_AT: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""The moment at which every sample is read: the ``fetched_at`` of expected records must be the same every time."""

EXPECTED: Final = "expected.jsonl"
CHECKS: Final = "checks.json"


@dataclass(frozen=True)
class Expected:
    """Lines of ``expected.jsonl``, and the report of the run that gave them."""

    records: bytes
    report: RunStatistics

    def counts(self) -> dict[str, object]:
        """The counts of ``checks.json``, in rows: ``seen = kept + set_aside + skipped``."""
        return {name: getattr(self.report, name) for name in ("seen", "kept", "set_aside", "skipped")}


def expected_of(source: Source, samples: Sequence[Path]) -> Expected:
    """Import the samples of a source in a temporary home. Raises ``ImportRefused`` as any import does."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        run = open_run(source.card.id, settings, READ_AT)
        raw = keep_raw(samples, settings.raw / source.card.id / run)
        report = load(source, run, raw, settings, READ_AT)
        return Expected((current_run(settings.records, source.card.id) / "records.jsonl").read_bytes(), report)


def checks_text(checks: Mapping[str, Any]) -> str:
    """The JSON text of ``checks.json``: one member a line, one spot a line."""
    return "{\n" + ",\n".join(f"  {_json(name)}: {_value(value)}" for name, value in checks.items()) + "\n}\n"


def _value(value: object) -> str:
    return "[\n" + ",\n".join(_spots_of_expected(value)) + "\n  ]" if isinstance(value, list) else _json(value)


def _spots_of_expected(spots: list[Any]) -> Iterator[str]:
    return (f"    {_json(spot)}" for spot in spots)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_STRUCTURES: Final = (
    {
        "name": "ATELIER INVENTE DES JARDINS",
        "address": "1, rue des Tests",
        "post_code": "35400",
        "town": "SAINT-MALO",
        "trades": "Entretien d'espaces verts",
    },
    {
        "name": "BLANCHISSERIE INVENTÉE",
        "address": "2, rue des Épreuves",
        "post_code": "35300",
        "town": "FOUGÈRES",
        "trades": "Blanchisserie ; Repassage",
    },
    {
        "name": "MENUISERIE INVENTEE",
        "address": "3, allée des Tests",
        "post_code": "29200",
        "town": "BREST",
        "trades": "Menuiserie",
    },
    {
        "name": "CONSERVERIE INVENTEE",
        "address": "4, quai des Tests",
        "post_code": "56100",
        "town": "LORIENT",
        "trades": "Conserverie",
    },
    {
        "name": "RESSOURCERIE INVENTEE",
        "address": "5, place des Tests",
        "post_code": "22000",
        "town": "SAINT-BRIEUC",
        "trades": "Ressourcerie",
    },
    {
        "name": "IMPRIMERIE INVENTEE",
        "address": "6, cours des Tests",
        "post_code": "SANS CODE",
        "town": "RENNES",
        "trades": "METIER INVENTE",
    },
)
"""The last structure has an invalid post code and a trade that no table has: it is kept with its doubts."""

SIREN_ROOT: Final = "9991"
"""First digits of every SIREN this module invents. As in the other samples, the register seldom has them, if ever."""


def sample_text(layout: Layout, source_id: str, taken: Set[str]) -> str:
    """The CSV text of the sample, UTF-8, in the delimiter of the file; no SIREN of ``taken`` is used."""
    out = io.StringIO()
    rows = ([_cell(layout, name, row) for name in layout.header] for row in _rows(source_id, taken))
    csv.writer(out, delimiter=layout.delimiter, lineterminator="\n").writerows([layout.header, *rows])
    return out.getvalue()


def right_row(layout: Layout, source_id: str, taken: Set[str]) -> dict[str, str]:
    """The first row of the sample, by role."""
    row = next(_rows(source_id, taken))
    return {role: row[role] for role in layout.roles}


def _rows(source_id: str, taken: Set[str]) -> Iterator[dict[str, str]]:
    """Rows by role: right ones, a doubtful one, one that comes twice, then the refusals."""
    sirets = list(_sirets(source_id, taken))
    right = [
        {**structure, "siret": siret, "website": f"https://structure-{number}.example"}
        for number, (structure, siret) in enumerate(zip(_STRUCTURES, sirets, strict=True), start=1)
    ]
    *sound, last = right
    yield from sound
    yield {**last, "siret": _spaced(last["siret"]), "website": "sans site"}
    first = right[0]
    yield {**first, "name": "ATELIER INVENTE, LU DEUX FOIS"}
    yield {**first, "name": "STRUCTURE INVENTEE SANS SIRET", "siret": ""}
    yield {**first, "name": "STRUCTURE INVENTEE AU SIRET FAUX", "siret": _wrong(first["siret"])}
    yield {**first, "name": "STRUCTURE INVENTEE AU SIRET ABIME", "siret": "9.9991E+13"}
    yield {**first, "name": ""}


def _cell(layout: Layout, column: str, row: Mapping[str, str]) -> str:
    role = next((role for role, name in layout.roles.items() if name == column), None)
    if role is not None:
        return row[role]
    return _contact(column) if column in layout.contact else "INVENTE"


def _contact(column: str) -> str:
    """Words that tests look for in the records: none may be found there."""
    words = set(simple(column).split("_"))
    if words & {"mail", "email", "courriel"}:
        return "COURRIEL-FICTIF"
    return "TELEPHONE-FICTIF" if words & {"tel", "telephone", "phone", "mobile", "fax"} else "PERSONNE-FICTIVE"


def _sirets(source_id: str, taken: Set[str]) -> Iterator[str]:
    """One invented SIRET for each structure, each of its own SIREN. The same ids give the same SIRETs on any machine."""
    start, found = zlib.crc32(source_id.encode()), 0
    for step in range(10_000):
        root = f"{SIREN_ROOT}{(start + step) % 10_000:04d}"
        siren = _with_key(root)
        if siren not in taken and found < len(_STRUCTURES):
            found += 1
            yield _with_key(f"{siren}0001")


def _with_key(number: str) -> str:
    return f"{number}{luhn.calc_check_digit(number)}"


def _spaced(siret: str) -> str:
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def _wrong(siret: str) -> str:
    return f"{siret[:-1]}{(int(siret[-1]) + 1) % 10}"


FIXTURES: Final = Path("tests", "fixtures", "sources")
SAMPLE: Final = "sample.csv"

_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SIREN = re.compile(rf"(?<!\d){SIREN_ROOT}\d{{{9 - len(SIREN_ROOT)}}}".encode())


@dataclass(frozen=True)
class NewSource:
    """What was written, by whole paths, and where each column went."""

    layout: Layout
    files: tuple[Path, ...]


def new_source(source_id: str, file: Path, given: Mapping[str, str], folder: Path) -> NewSource:
    """Write the module, sample, expected records, checks and tests of a source that reads files like ``file``, in the repository that ``folder`` is of.

    ``given`` names the column of a role (``siret``, ``name``) that is not obvious. Raises :class:`VivierError` when the id is
    not one or is taken, :class:`ImportRefused` when the file is no table with a SIRET and a name. Nothing is then written.
    """
    root = _root_of(folder)
    _check_id(source_id, root)
    layout = read_layout(file, given)
    taken = _sirens(root, file)
    source = source_text(layout, source_id)
    sample = sample_text(layout, source_id, taken)
    records, checks = _imported(source_id, source, sample)
    samples = FIXTURES / source_id
    texts = {
        _module(source_id): source,
        samples / SAMPLE: sample,
        samples / EXPECTED: records,
        samples / CHECKS: checks_text({**checks, **_spots(layout)}),
        _test(source_id): tests_text(layout, source_id, right_row(layout, source_id, taken)),
    }
    for path, text in texts.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf8")
    return NewSource(layout, tuple(root / path for path in texts))


def _module(source_id: str) -> Path:
    return Path("crawlers", "sources", f"{source_id}.py")


def _test(source_id: str) -> Path:
    return Path("tests", "crawlers", f"test_source_{source_id}.py")


def _root_of(folder: Path) -> Path:
    """The root of the repository that a folder is of. Raises :class:`VivierError` outside any."""
    whole = folder.resolve()
    for root in (whole, *whole.parents):
        if (root / FIXTURES).is_dir():
            return root
    raise VivierError(
        f"« vivier new-source » écrit dans une copie de travail du dépôt ; « {whole} » n'en est pas une : "
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
