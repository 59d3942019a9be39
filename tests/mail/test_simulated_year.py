"""A year of subscriptions replayed day by day: each item leaves once, on its day; quiet days are silent."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.mail.conftest import House
from tests.mail.mailbox import link_in, text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contract_of, contracts
from tests.search_api.pages.corpus import pages_suppliers
from tests.search_api.pages.html import plain
from vivier.engine.embedded.store import EmbeddedStore

pytestmark = pytest.mark.long
YEAR = 365
PUBLISHED = {f"can{number}": TODAY + timedelta(days=3 + number * number * 13 % 361) for number in range(40)}
"""Forty contracts of the year to come and their day, several on one day, unevenly."""
NEW_SUPPLIERS_ON = 200
DAILY, WEEKLY, LEADS, SUPPLIERS = (f"{name}@structure.example" for name in ("jour", "semaine", "pistes", "listes"))


def given_to(house: House, address: str) -> list[tuple[date, str]]:
    """What an address was given: the day of the letter as its text says it, and the item."""
    found = []
    for message in house.box.to(address):
        found += [
            (message["Date"].datetime.date(), path)
            for path in re.findall(r"https://vivier.example/((?:marches|fournisseurs)/\S+)", text_of(message))
        ]
    return found


def test_a_year_sends_each_item_once_and_nothing_on_quiet_days(house: House, tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path / "year")
    suppliers = pages_suppliers(house.lexicon)
    first, later = suppliers[:-2], suppliers
    publish(engine, first, house.lexicon)
    coming = [
        contract_of(key, f"Tonte {key}", notified=day - timedelta(days=9), published=day, months=6)
        for key, day in PUBLISHED.items()
    ]
    serve_contracts(engine, [*contracts(), *coming], house.lexicon)
    house.follow("/courriel/contracts?q=tonte", DAILY)
    house.follow("/courriel/contracts?q=tonte", WEEKLY, every="weekly")
    house.follow("/courriel/leads?trade=entretien-espaces-verts", LEADS)
    house.follow("/courriel/suppliers", SUPPLIERS)
    house.engine = engine
    began = house.clock.second
    days: list[int] = []
    for number in range(YEAR):
        if number == NEW_SUPPLIERS_ON:
            publish(engine, later, house.lexicon)
        before = len(house.box.to(DAILY))
        house.notify()
        _answer_whether_it_is_useful(house)
        days += [number] * (len(house.box.to(DAILY)) - before)
        house.clock.later(1)
    assert days == sorted({(day - TODAY).days for day in PUBLISHED.values()}), (
        "one letter a day that has news, no other"
    )
    for address in (DAILY, WEEKLY):
        assert sorted(path for _, path in given_to(house, address)) == sorted(f"marches/{key}" for key in PUBLISHED)
    weekly = {int((message["Date"].datetime.timestamp() - began) // 86_400) for message in house.box.to(WEEKLY)}
    assert {day % 7 for day in weekly} == {0}
    leads = Counter(path for _, path in given_to(house, LEADS))
    assert leads and set(leads.values()) == {1}
    assert {f"marches/{key}" for key in PUBLISHED} & set(leads)
    assert sorted(path for _, path in given_to(house, SUPPLIERS)) == sorted(
        f"fournisseurs/{supplier.id}" for supplier in suppliers[-2:]
    )
    engine.close()


def _answer_whether_it_is_useful(house: House) -> None:
    """Those who are asked whether it is still useful say yes."""
    for message in [
        message for message in house.box.messages if plain(message["Subject"]).startswith("Toujours utile")
    ]:
        assert house.client.post(link_in(message, "/courriel/confirmer")).status_code == 200
        place = house.box.messages.index(message)
        del house.box.messages[place], house.box.recipients[place]
