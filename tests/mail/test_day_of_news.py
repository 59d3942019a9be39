"""A letter says the day by which to act, of a contract its end, of a notice its answer or its publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from vivier.contracts.feed import Entry
from vivier.contracts.query import ContractQuery
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.mail.news import Item, _due, _entry, _supplier, query_of, search_of
from vivier.search.find import Reason
from vivier.search.operators import Collection
from vivier.suppliers.result import SupplierResult

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("collection", "due", "record", "told"),
    [
        ("contracts", DAY, {"ends": "2027-01-31"}, "fin au plus tard le 31/01/2027"),
        ("contracts", DAY, {}, None),
        ("notices", DAY, {"deadline": "2026-11-24"}, "réponse attendue le 24/11/2026"),
        ("notices", datetime(2026, 11, 24, 12, tzinfo=UTC), {}, "publication prévue le 24/11/2026"),
        ("notices", None, {"deadline": "2026-11-24"}, None),
    ],
)
def test_the_day_is_told_by_what_it_is(
    collection: Collection, due: date | None, record: dict[str, str], told: str | None
) -> None:
    assert _due(Entry(collection, "a", None, DAY, due, record, ())) == told


SOURCE = {"dataset": "DECP", "producer": "DAJ", "licence": "LO"}
RECORD: dict[str, Any] = {
    "object": "Tonte",
    "title": "Tonte",
    "buyer": {"name": "VILLE DE LENS"},
    "sources": [SOURCE],
    "deadline": "2026-12-01",
}
REASONS = tuple(Reason(code, f"motif {code}") for code in ("place", "trade", "amount", "words", "kind", "size", "more"))
WHEN = Reason("open", "répondre avant le 01/12/2026")


def test_an_item_of_a_list_says_its_day_unless_a_reason_does_and_four_reasons() -> None:
    entry = Entry("notices", "n1", None, DAY, date(2026, 12, 1), RECORD, REASONS)
    assert _entry(entry) == Item(
        key="notices/n1",
        kind="Avis ou projet",
        title="Tonte",
        path="/avis/n1",
        who="Ville de Lens",
        since=DAY,
        due="réponse attendue le 01/12/2026",
        reasons=("motif place", "motif trade", "motif amount", "motif words"),
        source="DECP (DAJ, LO)",
        where="Lieu non publié",
    )
    assert _entry(replace(entry, reasons=(WHEN,))).due is None and _entry(replace(entry, due=None)).due is None


def test_a_lead_says_its_place_its_amount_and_what_to_do_apart_from_its_reasons() -> None:
    entry = Entry(
        "contracts", "c1", "expiring_contract", DAY, DAY, RECORD, (*REASONS, WHEN), None, "Appeler", "Nord", "9 €"
    )
    found = _entry(entry)
    assert (found.key, found.path, found.due) == ("expiring_contract/c1", "/marches/c1", None)
    assert found.reasons == ("motif trade", "motif words", "motif kind", "motif size")
    assert (found.to_do, found.where, found.amount) == ("Appeler", "Nord", "9 €")


def test_a_supplier_is_named_with_its_commune_and_the_source_of_its_name(lexicon: Lexicon) -> None:
    record: Any = {
        "name": {"value": "ATELIER DU LAC", "provenance": SOURCE},
        "address": {"value": {"commune": "35238"}, "provenance": SOURCE},
    }
    found = _supplier(SupplierResult("s1", record, None, REASONS, 0), lexicon)
    assert found == Item(
        key="suppliers/s1",
        kind="Fournisseur",
        title="Atelier du Lac",
        path="/fournisseurs/s1",
        who="Rennes",
        since=None,
        due=None,
        reasons=("motif place", "motif trade", "motif amount", "motif words"),
        source="DECP (DAJ, LO)",
    )
    assert _supplier(SupplierResult("s1", {"name": record["name"]}, None, (), 0), lexicon).who == "lieu non publié"


def test_a_followed_search_is_read_without_how_it_is_read(lexicon: Lexicon) -> None:
    query = query_of("contracts", "q=tonte&page=3&per_page=5&sort=amount&as_of=2020-01-01&cpv=77310000", lexicon)
    assert query == ContractQuery(q="tonte", cpv=("77310000",))
    assert search_of(query.model_copy(update={"page": 3, "sort": "amount"})) == [("q", "tonte"), ("cpv", "77310000")]
    with pytest.raises(InvalidRequest):
        query_of("contracts", "zzz=1", lexicon)
