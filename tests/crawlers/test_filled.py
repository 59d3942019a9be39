"""Which fields a record has is counted by shapes: exact, and few for a source."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.contract_files import write_json
from crawlers.kit import Intake
from crawlers.registry import source_of
from crawlers.writer import counted, shapes_of
from vivier.model import ContractRecord


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> list[ContractRecord]:
    source = source_of("decp")
    path = write_json(tmp_path_factory.mktemp("contracts") / "made.json", 400)
    drafts = source.read([path], Intake(source.card, datetime(2026, 11, 24, tzinfo=UTC)))
    return [draft.outcome for draft in drafts if isinstance(draft.outcome, ContractRecord)]


def test_each_field_is_counted_once_for_each_record_that_has_it(contracts: list[ContractRecord]) -> None:
    shapes = Counter(shape for record in contracts for shape in shapes_of(record))
    fields = counted(shapes)
    assert fields["amount"] == sum(bool(record.amount) for record in contracts)
    assert fields["amount.large"] == sum((record.amount or 0) >= 1_000 for record in contracts)
    assert fields["social"] == sum(bool(record.social.values) for record in contracts)
    for member in ("siret", "siren", "name"):
        having = [any(getattr(holder, member) for holder in record.holders) for record in contracts]
        assert fields[f"holders.{member}"] == sum(having)
    assert fields["buyer.siret"] == sum(bool(record.buyer.siret) for record in contracts)
    assert not fields.keys() & {"source_id", "provenance", "issues", "version"}


def test_records_of_a_source_have_few_shapes(contracts: list[ContractRecord]) -> None:
    met: set[Any] = {shape for record in contracts for shape in shapes_of(record)}
    assert len(met) <= 40


@pytest.mark.parametrize(
    ("field", "figure", "words"),
    [
        ("amount", 999.99, set()),
        ("amount", 1_000.0, {"large"}),
        ("amount", 1_999_999.0, {"large"}),
        ("amount", 2_000_000.0, {"large", "huge"}),
        ("amount", None, set()),
        ("months", 5, set()),
        ("months", 6, {"large"}),
    ],
)
def test_a_figure_counts_apart_from_its_bound_on(
    field: str, figure: float | None, words: set[str], contracts: list[ContractRecord]
) -> None:
    shapes = shapes_of(contracts[0].model_copy(update={field: figure}))
    assert {word for name, names in shapes if name == field for word in names} == words
