"""The fields that a build wrote beside records give the same CSV as the records themselves, on any day and for any search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from tests.suppliers.conftest import TODAY, House, demo, demo_on_node
from vivier.exports import Document, prepare
from vivier.exports.delimited import csv_line
from vivier.exports.written import WRITTEN, Fields, version, writer
from vivier.model.views import SupplierView
from vivier.search.operators import Search
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.query import parse_query
from vivier.suppliers.rows import Shared

__all__ = ["demo", "demo_on_node"]
SEARCHES: list[dict[str, str]] = [
    {},
    {"q": "nettoyage"},
    {"kind": "EA,ESAT"},
    {"sort": "name"},
    {"sort": "neutral", "seed": "appel-7"},
    {"fields": "contacts"},
    {"fields": "description,offers"},
    {"territory": "region:84", "coverage": "any"},
    {"near": "4.83,45.76", "radius_km": "150", "sort": "distance"},
    {"polygon": '{"type":"Polygon","coordinates":[[[4,45],[6,45],[6,47],[4,45]]]}'},
    {"trade": "nettoyage-locaux", "territory": "departement:69", "group": "exact,near_trade,to_ask,farther"},
    {"evidence": "text,name"},
    {"service_type": "staffing"},
    {"label": "rse_agence_lucie"},
    {"zone": "qpv"},
    {"lot_amount": "50000"},
    {"as_of": "2021-03-01"},
    {"as_of": "2029-12-31"},
]


def document(house: House, search: dict[str, str]) -> Document:
    known = {**search}
    if "trade" in known:
        known["trade"] = next(iter(house.lexicon.trade_names))
    if "label" in known:
        known["label"] = next(iter(_labels(house)), "")
        if not known["label"]:
            pytest.skip("aucun label dans la démonstration")
    return prepare(parse_query(known.items(), house.lexicon), Snapshot(house.engine), house.lexicon, TODAY)


def _labels(house: House) -> Iterator[str]:
    return (label.value.code for supplier in house.suppliers for label in supplier.labels)


def hits(house: House) -> Iterator[Hit[SupplierView]]:
    return Snapshot(house.engine).suppliers.stream(Search())


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_the_lines_are_the_rows(demo: House, search: dict[str, str]) -> None:
    lines, rows = list(document(demo, search).lines()), document(demo, search).rows()
    assert lines == [csv_line(row).encode() for row in rows]
    assert lines


@pytest.mark.slow
def test_both_engines_give_the_same_lines(demo: House, demo_on_node: House) -> None:
    assert list(document(demo, {}).lines()) == list(document(demo_on_node, {}).lines())


def test_a_search_of_all_suppliers_reads_no_record(demo: House) -> None:
    fields, read, count = Fields([column.name for column in WRITTEN], Shared(TODAY, demo.lexicon)), 0, 0
    for hit in hits(demo):
        fields.of(hit)
        count += 1
        read += "record" in vars(hit)
    assert read == 0 < count


@pytest.mark.slow
def test_what_was_written_holds_only_on_the_days_that_say_the_same(demo: House) -> None:
    write = writer(demo.lexicon, TODAY)
    names = [column.name for column in WRITTEN]
    days = [TODAY + timedelta(days=shift) for shift in (-4000, -900, -365, -90, -1, 0, 1, 30, 180, 400, 1500, 9000)]
    held = others = 0
    for hit in islice(hits(demo), 400):
        record: Any = hit.record
        written = write(record)
        for day in {*days, *_turns(record)}:
            shared = Shared(day, demo.lexicon)
            unread = Hit(hit.id, 0, None, record, written=written)
            alone = Hit(hit.id, 0, None, record)
            fields = Fields(names, shared)
            assert fields.of(unread) == fields.of(alone), (hit.id, day)
            held, others = held + fields._holds(written), others + (not fields._holds(written))
    assert held > 400
    assert others > 400


def _turns(record: dict[str, Any]) -> Iterator[date]:
    facts = (*record.get("agreements", ()), *record.get("labels", ()), *record.get("offers", ()))
    for name in ("valid_from", "valid_until", "proved_until"):
        for text in (fact["value"][name] for fact in facts if name in fact["value"]):
            yield from (date.fromisoformat(text) + timedelta(days=shift) for shift in (-1, 0, 1))


@pytest.mark.parametrize("damage", ["version", "short"])
def test_what_another_version_wrote_is_written_again(demo: House, damage: str) -> None:
    hit = next(hits(demo))
    written = hit.written
    assert written is not None
    odd = written.replace(version().encode(), b"0" * 12) if damage == "version" else written.rpartition(b"\x1f")[0]
    fields = Fields(["id", "name", "kinds"], Shared(TODAY, demo.lexicon))
    altered = odd.replace(hit.id.encode(), b"altered")
    assert fields.of(Hit(hit.id, 0, None, hit.record, written=altered)) == fields.of(hit)
    assert (
        b"altered"
        in fields.of(Hit(hit.id, 0, None, hit.record, written=written.replace(hit.id.encode(), b"altered")))[0]
    )


def test_a_column_is_written_or_of_the_search_or_on_demand() -> None:
    names = {column.name for column in WRITTEN}
    assert all((column.name in names) + column.of_search + column.on_demand == 1 for column in COLUMNS)
