"""The quarterly letter of a structure: what it did not win, once a quarter, by the road of the other letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from tests.mail.conftest import PUBLIC, READER, House, made_house
from tests.mail.mailbox import Mailbox, link_in, text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import _sign, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.mail.quarter import SPREAD_DAYS
from vivier.model import Organisation

pytestmark = pytest.mark.slow
FOLLOWED = "/courriel/leads?supplier=pages-jardins"
MISSED = "Tonte des stades réservée"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    other = (Organisation(siren="552100554", siret="55210055400021", name="Entreprise d'essai"),)
    reserved = {"holders": other, "social": ("reserved",), "reserved_for": ("EA_ESAT",)}
    sign = (_sign("reserved", "article", value="L2113-12", excerpt="réservé (L2113-12)", reserved_for=("EA_ESAT",)),)
    made = [contract_of("cmanque", MISSED, notified=date(2026, 12, 10), evidence=sign, **reserved)]
    with closing(EmbeddedStore(tmp_path_factory.mktemp("quarter"))) as engine:
        publish(engine, pages_suppliers(lexicon), lexicon)
        serve_contracts(engine, made, lexicon)
        yield engine


@pytest.fixture
def house(
    tmp_path_factory: pytest.TempPathFactory, engine: EmbeddedStore, lexicon: Lexicon, box: Mailbox
) -> Iterator[House]:
    with made_house(tmp_path_factory.mktemp("home"), engine, box, lexicon) as house:
        yield house


def lived(house: House, days: int) -> list[date]:
    """The days on which the letter of the quarter left."""
    left = []
    for _ in range(days):
        house.clock.later(1)
        if house.notify().letters["missed"]:
            left.append(house.clock.day)
    return left


def test_it_leaves_once_a_quarter_and_never_in_the_quarter_of_the_subscription(house: House) -> None:
    house.follow(FOLLOWED)
    left = lived(house, 130)  # from 25 November 2026 to 3 April 2027
    assert len(left) == 1 and date(2027, 1, 1) <= left[0] < date(2027, 1, SPREAD_DAYS + 1)


def test_it_counts_what_was_looked_at_names_a_purchase_and_leads_to_its_page(house: House) -> None:
    house.follow(FOLLOWED)
    lived(house, 70)
    (letter,) = [message for message in house.box.to(READER) if message["Subject"].startswith("Pourquoi pas moi")]
    text = text_of(letter)
    assert MISSED in text and "Rien ne manquait" in text and "trois mois" in text
    assert len(text.split()) < 160
    found = re.search(rf"{PUBLIC}(/pourquoi-pas-moi\S+)", text)
    assert found is not None
    page = house.client.get(found[1], headers={"Accept": "text/html"})
    assert page.status_code == 200 and MISSED in page.text.replace("\u00a0", " ")
    stop = link_in(letter, "/courriel/arreter")
    assert house.client.post(stop).status_code == 200 and house.office.subscriptions.counts() == (0, 0)


def test_who_follows_no_structure_gets_none(house: House) -> None:
    house.follow("/courriel/leads?trade=entretien-espaces-verts&territory=FR")
    house.follow("/courriel/contracts?q=tonte")
    assert lived(house, 70) == []


def test_the_form_says_that_it_comes(house: House) -> None:
    said = "Une fois par trimestre"
    assert said in house.client.get(FOLLOWED).text
    assert said not in house.client.get("/courriel/leads?trade=entretien-espaces-verts").text
