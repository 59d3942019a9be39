"""Makes what the fixture folder of a source keeps: the records that a real import of its sample gives, and its counts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crawlers.kit import Source
from crawlers.run import keep_raw, load, open_run
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
    return "[\n" + ",\n".join(_spots(value)) + "\n  ]" if isinstance(value, list) else _json(value)


def _spots(spots: list[Any]) -> Iterator[str]:
    return (f"    {_json(spot)}" for spot in spots)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
