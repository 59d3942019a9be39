"""A letter says the day by which to act, of a contract its end, of a notice its answer or its publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.search_api.contracts.corpus import TODAY
from vivier.contracts.feed import Entry, list_feed
from vivier.contracts.query import ContractQuery
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.mail.news import Item, Read, _due, _entry, _supplier, items_of, query_of, search_of
from vivier.search.find import Reason
from vivier.search.operators import Collection
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
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
    "nature": "project",
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
        kind="Projet d'achat",
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


def test_a_turn_reads_everything_since_the_turn_before_up_to_its_bound(
    engine: EmbeddedStore, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, snapshot = ContractQuery(), Snapshot(engine)

    def read(today: date = TODAY, looked: int = 0) -> Read:
        return items_of("contracts", query, snapshot, lexicon, today, today - timedelta(days=looked))

    every = list_feed(query, snapshot, lexicon, TODAY, date(1990, 1, 1)).total
    whole = read(looked=9_000)
    assert len(whole.items) == every > 3 and whole.unread == 0 and len({item.key for item in whole.items}) == every
    days = [item.since for item in whole.items]
    assert all(day is not None for day in days) and days == sorted(days, reverse=True)  # type: ignore[type-var]
    last = max(day for day in days if day is not None)
    for back in (0, 1, 2, 60, 61, 62):
        today = last + timedelta(days=back)
        assert bool(read(today).items) == (back <= 60), back
        assert bool(read(today, 70).items), back
    monkeypatch.setattr("vivier.mail.news.FEED_SIZE", 2)
    monkeypatch.setattr("vivier.contracts.feed.FEED_SIZE", 2)
    assert read(looked=9_000) == whole
    monkeypatch.setattr("vivier.mail.news.MOST_FOLLOWED", 3)
    bounded = read(looked=9_000)
    assert bounded.items[:3] == whole.items[:3] and bounded.unread == every - 3


def test_the_suppliers_of_a_list_are_those_of_its_search(engine: EmbeddedStore, lexicon: Lexicon) -> None:
    read = items_of("suppliers", SupplierQuery(kind=("EI",)), Snapshot(engine), lexicon, TODAY, TODAY)
    assert read.unread == 0 and all(item.key == f"suppliers/{item.path.rpartition('/')[2]}" for item in read.items)
