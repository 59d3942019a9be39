"""An agreement whose last proof is older than its legal term: the structure is shown, and left out of the counts of eligible ones."""

from __future__ import annotations

from datetime import date

import pytest

from tests.suppliers.conftest import House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Address, Agreement, Provenance, Record
from vivier.suppliers.notices import notices


def structure(name: str, *agreements: Agreement, data: date) -> Record:
    source = Provenance(
        source_id="essai",
        producer="Liste d'essai (fictive)",
        dataset="Liste d'essai (fictive)",
        licence="fictif",
        updated_at=data,
        basis="declared",
    )
    return Record(source_id=name, provenance=source, name=name, address=Address(commune="69123"), agreements=agreements)


@pytest.fixture
def house(embedded: EmbeddedStore, lexicon: Lexicon) -> House:
    records = [
        structure("Vieille liste", Agreement(kind="EI"), data=date(2019, 7, 31)),
        structure("Liste récente", Agreement(kind="EI"), data=date(2026, 6, 1)),
        structure("Fin publiée", Agreement(kind="EI", valid_until=date(2027, 1, 1)), data=date(2019, 7, 31)),
        structure("Finie", Agreement(kind="EI", valid_until=date(2020, 1, 1)), data=date(2019, 7, 31)),
        structure("Deux", Agreement(kind="EI"), Agreement(kind="ESAT"), data=date(2019, 7, 31)),
    ]
    return serve(embedded, records, lexicon)


@pytest.mark.slow
def test_the_structure_is_found_and_not_counted(house: House) -> None:
    found = house.ask(kind="EI", facets="kind")
    names = {result.record["name"]["value"] for result in found.results}
    assert names == {"Vieille liste", "Liste récente", "Fin publiée", "Deux"}
    assert found.answer.facets["kind"].values["EI"] == 2
    assert found.to_check == 2
    assert "to_check" not in found.unknown_excluded


def test_the_answer_says_how_many_are_to_check(house: House) -> None:
    (said,) = notices(house.ask(kind="EI"))
    assert said.startswith("2 structures trouvées ont un agrément à vérifier")
    assert notices(house.ask(kind="ESAT")) == []


@pytest.mark.slow
def test_who_holds_another_kind_asked_for_is_eligible(house: House) -> None:
    assert house.ask(kind="EI,ESAT").to_check == 1
    assert house.ask(article="L2113-13").to_check == 2


@pytest.mark.slow
def test_the_day_of_the_question_decides(house: House) -> None:
    assert house.ask(kind="EI", as_of="2021-01-01", facets="kind").answer.facets["kind"].values["EI"] == 4
    assert house.ask(kind="EI", as_of="2021-01-01").to_check == 0
