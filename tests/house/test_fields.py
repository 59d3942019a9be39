"""Index fields: declared in the mapping, written by one module, named by filters that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_origin

import orjson
import pytest

from indexer.demo import write_demo
from indexer.document import DocumentMaker
from indexer.enrich import enriched
from indexer.gather import Gathered
from indexer.merge import merge
from mappings import load_json
from tests.indexer.register_fields import register_fields
from vivier.lexicon import load_lexicon
from vivier.model import Record
from vivier.model.supplier import members
from vivier.search.query import filters
from vivier.search.scoring import COVERAGE_STEPS, FIELD_VALUES
from vivier.settings import Settings
from vivier.suppliers.plan import DEFAULT_FACETS
from vivier.suppliers.query import SupplierQuery
from vivier.territory.reach import load_reach_index
from vivier.trades.words import load_trade_words
from vivier.vocabulary import COVERAGE_CLASSES

pytestmark = pytest.mark.slow

DECLARED = load_json("suppliers")["properties"]
NESTED = {name: spec["properties"] for name, spec in DECLARED.items() if spec["type"] == "nested"}
CORPUS = 1_200


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the fields that hold something in a corpus that has every kind of fact."""
    settings = Settings(home=tmp_path_factory.mktemp("fields"))
    write_demo(settings, CORPUS)
    lexicon = load_lexicon()
    suppliers = merge(Gathered(settings.records, lexicon.gazetteer)).suppliers
    maker, words = DocumentMaker(lexicon, load_reach_index()), load_trade_words()
    made = (maker.make(enriched(supplier, lexicon.trades, words)) for supplier in suppliers)
    return {name for document in made for name in _filled(orjson.loads(orjson.dumps(document)))}


def _filled(entry: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, value in entry.items():
        if value in (None, [], ""):
            continue
        yield f"{path}{name}"
        if name in NESTED:
            for inner in value:
                yield from _filled(inner, f"{name}.")


def _declared() -> set[str]:
    return {*DECLARED, *(f"{path}.{name}" for path, inner in NESTED.items() for name in inner)}


def test_every_filter_names_a_field_of_the_mapping() -> None:
    for name, filter_ in filters(SupplierQuery).items():
        properties = DECLARED if filter_.path is None else NESTED[filter_.path]
        assert filter_.field in properties, f"{name}: {filter_.path}.{filter_.field}"


def test_a_dated_filter_stands_on_a_path_that_has_dates() -> None:
    for name, filter_ in filters(SupplierQuery).items():
        if filter_.dated:
            assert filter_.path is not None, name
            assert {"valid_from", "valid_until"} <= NESTED[filter_.path].keys(), name


def test_a_bound_is_on_a_number_or_a_date_and_a_facet_on_a_keyword() -> None:
    for name, filter_ in filters(SupplierQuery).items():
        properties = DECLARED if filter_.path is None else NESTED[filter_.path]
        wanted = {"double", "long", "date"} if filter_.bound is not None else {"keyword"}
        assert properties[filter_.field]["type"] in wanted, name


def test_default_facets_are_filters_declared_as_facets() -> None:
    declared = filters(SupplierQuery)
    assert [name for name in DEFAULT_FACETS if not declared[name].facet] == []


def test_the_fields_that_give_points_are_texts_of_the_mapping() -> None:
    read = {name for name, spec in DECLARED.items() if spec["type"] == "text" and spec["analyzer"] != "prefix"}
    assert read == {*FIELD_VALUES, "text_name_exact"}


def test_every_coverage_class_that_proposes_somebody_has_its_points() -> None:
    """« whole » is a part of « full »."""
    assert set(COVERAGE_STEPS) - {"whole"} == set(COVERAGE_CLASSES) - {"none", "overseas_unconfirmed"}


def test_a_member_of_records_and_suppliers_has_one_value_in_both_or_several_in_both() -> None:
    """A tuple put in a fact of one text passes mypy and builds documents that no filter finds."""
    both = {name: member for name, member in members().items() if member.fact and name in Record.model_fields}
    of_records = {name: get_origin(Record.model_fields[name].annotation) is tuple for name in both}
    assert of_records == {name: member.several for name, member in both.items()}


def test_every_field_of_the_mapping_is_written_by_the_indexer(written: set[str]) -> None:
    assert _declared() - written - register_fields() == set()


def test_the_indexer_writes_no_field_the_mapping_does_not_declare(written: set[str]) -> None:
    assert written - _declared() == set()
