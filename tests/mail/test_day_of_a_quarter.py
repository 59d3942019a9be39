"""The letter of a quarter leaves on the day of its subscription, once a quarter, and never in that in which it began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import _sign, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.missed import find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.mail.quarter import Quarter, _page, quarter_key, quarter_of
from vivier.mail.subscriptions import Followed
from vivier.model import Organisation
from vivier.search.snapshot import Snapshot

BEGAN = date(2026, 3, 31)
FOLLOWED = Followed("00000a12", "a@b.example", "leads", "", "t", "s", "weekly", BEGAN, None, 0)
QUERY = LeadsQuery(supplier="atelier")


@pytest.mark.parametrize(
    ("today", "key"),
    [
        (date(2026, 3, 31), None),
        (date(2026, 4, 10), None),
        (date(2026, 4, 11), "missed/2026-04"),
        (date(2026, 6, 30), "missed/2026-04"),
        (date(2026, 7, 10), None),
        (date(2026, 7, 11), "missed/2026-07"),
        (date(2026, 12, 31), "missed/2026-10"),
        (date(2027, 1, 11), "missed/2027-01"),
    ],
)
def test_a_letter_is_due_from_its_own_day_to_the_end_of_the_quarter(today: date, key: str | None) -> None:
    assert quarter_key(FOLLOWED, QUERY, today) == key


def test_days_of_letters_are_spread_over_four_weeks() -> None:
    first = date(2026, 7, 1)
    for number in (0, 1, 27, 28, 29, 0xFFFFFF):
        followed = replace(FOLLOWED, id=f"{number:06x}zz")
        own = first + timedelta(days=number % 28)
        due = [quarter_key(followed, QUERY, own + timedelta(days=days)) for days in (-1, 0)]
        assert due == [
            None if own > first else quarter_key(followed, QUERY, first - timedelta(days=1)),
            "missed/2026-07",
        ]


def test_no_letter_is_due_without_a_structure_a_beginning_or_leads() -> None:
    day = date(2026, 6, 30)
    assert quarter_key(replace(FOLLOWED, of="contracts"), QUERY, day) is None
    assert quarter_key(FOLLOWED, LeadsQuery(trade=("peinture-batiment",)), day) is None
    assert quarter_key(replace(FOLLOWED, began_on=None), QUERY, day) is None
    assert quarter_key(replace(FOLLOWED, began_on=date(2026, 4, 1)), QUERY, day) is None


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Snapshot]:
    """The suppliers of the pages, and one reserved contract that another won."""
    other = (Organisation(siren="552100554", siret="55210055400021", name="Entreprise d'essai"),)
    sign = (_sign("reserved", "article", value="L2113-12", excerpt="réservé (L2113-12)", reserved_for=("EA_ESAT",)),)
    fields = {"holders": other, "social": ("reserved",), "reserved_for": ("EA_ESAT",)}
    made = [contract_of("cmanque", "Tonte des stades", notified=date(2026, 12, 10), evidence=sign, **fields)]
    with closing(EmbeddedStore(tmp_path_factory.mktemp("quarter"))) as engine:
        publish(engine, [each for each in pages_suppliers(lexicon) if each.id == "pages-jardins"], lexicon)
        serve_contracts(engine, made, lexicon)
        yield Snapshot(engine)


def test_a_letter_names_what_one_fact_would_have_opened_in_three_months(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query = LeadsQuery(supplier="pages-jardins", per_page=5)
    found = quarter_of("missed/2027-01", query, snapshot, lexicon, date(2027, 1, 11))
    assert found is not None
    assert found == Quarter(
        "missed/2027-01",
        1,
        1,
        (("Rien ne manquait, d'après ce que l'index sait", "1 achat"),),
        (("Tonte des stades", "/marches/cmanque", "Rien ne manquait, d'après ce que l'index sait"),),
        "/pourquoi-pas-moi?supplier=pages-jardins&months=3",
    )
    assert quarter_of("missed/2027-04", query, snapshot, lexicon, date(2027, 4, 11)) is None
    missed = find_missed(MissedQuery(supplier="pages-jardins"), snapshot, lexicon, date(2027, 1, 11)).found[0]
    assert [_page(replace(missed, collection=name)) for name in ("contracts", "notices")] == [
        "/marches/cmanque",
        "/avis/cmanque",
    ]
