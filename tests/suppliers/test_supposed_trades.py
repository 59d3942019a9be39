"""A trade that is only supposed is no answer unless it is asked for by name, and the desk counts nobody by it; on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.engine.conftest import ENGINES, opened
from tests.suppliers.conftest import House, serve
from tests.suppliers.test_dated_offers import LYON, SOURCE
from vivier.belief.steps import codes
from vivier.desk.facts.candidates import SupplyAsked, supply
from vivier.desk.facts.depth_read import TradeIndex
from vivier.lexicon import load_lexicon
from vivier.model import Agreement, Offer, Record
from vivier.search.operators import Exists, Same, Search, Terms
from vivier.search.snapshot import Snapshot
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.rows import Line, Shared

DAY, PLACE, TRADE = date(2026, 11, 24), "departement:69", "nettoyage-locaux"
NARROW = {"trade": TRADE}


def record(key: str, kind: str = "EI", naf: str | None = None, *offers: Offer) -> Record:
    return Record(
        source_id=key,
        provenance=SOURCE,
        name=f"Atelier {key}",
        agreements=(Agreement(kind=kind, valid_until=date(2027, 12, 31)),),
        address=LYON,
        naf=naf,
        offers=offers,
    )


RECORDS = [
    record("déclaré", "EI", "8130Z", Offer(trade=TRADE, evidence="declared")),
    record("nommé propreté"),
    record("sans précision", "EI", None, Offer(trade=TRADE)),
    record("supposé", "EI", "8121Z"),
    record("déchets", "EI", "3811Z"),
    record("muet", "EI", "8899B"),
    record("prêteur", "ETTI", "7820Z"),
]


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(request.param, request, tmp_path_factory.mktemp("supposed")) as engine:
        yield serve(engine, RECORDS, load_lexicon())


def names(house: House, **parameters: str) -> list[str]:
    found = house.ask(**parameters).results
    return [result.record["name"]["value"].removeprefix("Atelier ") for result in found]


KNOWN = ["déclaré", "nommé propreté", "sans précision"]


def test_a_search_by_trade_returns_what_is_known_and_no_supposition(house: House) -> None:
    assert sorted(names(house, **NARROW)) == KNOWN
    assert sorted(names(house, cpv="90910000")) == KNOWN


def test_the_supposition_is_found_when_it_is_asked_for_by_name(house: House) -> None:
    assert names(house, **NARROW, evidence="activity") == ["supposé"]
    assert set(names(house, evidence="activity")) == {"déchets", "supposé"}


def test_any_other_evidence_beats_it_in_the_score(house: House) -> None:
    assert names(house, **NARROW, min_evidence="activity")[-1] == "supposé"
    assert "supposé" not in names(house, **NARROW, min_evidence="name")


def test_it_is_told_as_a_supposition(house: House) -> None:
    (found,) = house.ask(**NARROW, evidence="activity").results
    (reason,) = [one for one in found.reasons if one.code == "trade"]
    assert reason.text == "Nettoyage de locaux et de bureaux : supposé d'après le code d'activité"
    assert reason.inferred


def test_words_do_not_find_a_trade_that_is_only_supposed(house: House) -> None:
    assert "supposé" not in names(house, q="nettoyage de bureaux")


def test_the_index_holds_the_supposed_trade_and_the_family_apart_from_trades(house: House) -> None:
    reader = house.engine.open("suppliers")

    def found(*operators: object) -> int:
        return reader.search(Search(where=Same("offers", operators), limit=0, sort=())).total  # type: ignore[arg-type]

    assert found(Terms("supposed_trade", (TRADE,))) == 1
    assert found(Terms("family", ("dechets",)), Terms("evidence", ("activity",))) == 1
    assert found(Terms("family", ("proprete",))) == 4
    assert found(Terms("evidence", ("activity", "statute")), Exists("trade")) == 0


def test_every_supplier_has_a_belief_of_the_trades_that_no_source_gives(house: House) -> None:
    reader = house.engine.open("suppliers")
    probable = Terms("belief", tuple(value for value, probability in codes(TRADE) if probability >= 0.5))
    assert {hit.record["name"]["value"] for hit in reader.scan(probable)} == {"Atelier supposé"}
    given = {
        (fact["value"]["trade"], hit.id)
        for hit in reader.scan(Exists("id"))
        for fact in hit.record.get("offers", ())
        if "trade" in fact["value"]
    }
    assert given
    for trade, supplier in given:
        held = Terms("belief", tuple(value for value, _ in codes(trade)))
        assert supplier not in {hit.id for hit in reader.scan(held)}


def test_who_lends_people_by_law_is_found_by_that_trade_and_is_known_for_it(house: House) -> None:
    for result in house.ask(trade="mise-a-disposition-personnel").results:
        assert result.group in (None, "exact")
        assert [reason.text for reason in result.reasons if reason.code in ("trade", "service_type")]
    assert "prêteur" in names(house, trade="mise-a-disposition-personnel")


def test_who_lends_people_by_law_is_found_by_that_service_and_says_on_what_basis(house: House) -> None:
    (found,) = house.ask(service_type="staffing").results
    texts = [one.text for one in found.reasons if one.code == "service_type"]
    assert texts == ["Mise à disposition de personnel : par son statut (ETTI, C. trav. L5132-4, L5132-6)"]


def test_the_desk_neither_counts_a_supposition_nor_takes_the_trade_as_known(house: House) -> None:
    asked = SupplyAsked((TRADE,), (PLACE,), DAY)
    found = supply(asked, "L2113-13", Snapshot(house.engine), load_lexicon())
    named = {one.site.name.removeprefix("Atelier ") for one in found.eligible}
    assert named == set(KNOWN)
    index = TradeIndex(Snapshot(house.engine), (TRADE,), DAY)
    assert {one.name.removeprefix("Atelier ") for one in index.sites.values()} == set(KNOWN)
    silent = index.untold((load_lexicon().gazetteer.get(PLACE),), load_lexicon().gazetteer)
    assert silent[0].count == 4


def test_files_word_what_is_supposed_in_a_column_of_its_own(house: House) -> None:
    plan = house.ask(q="atelier").plan
    shared = Shared(plan.as_of, house.lexicon)
    read = {column.name: column.read for column in COLUMNS}
    cells = {
        result.record["name"]["value"].removeprefix("Atelier "): (read["supposed_trades"](line), read["trades"](line))
        for result in house.ask(q="atelier", per_page="100").results
        for line in [Line(result, 1, shared)]
    }
    assert cells["supposé"] == (("Nettoyage de locaux et de bureaux (supposé d'après le code d'activité)",), ())
    (family,) = cells["déchets"][0]  # type: ignore[misc]
    assert family.endswith("(famille supposée d'après le code d'activité)")
    (lent,) = [said for said in cells["prêteur"][0] if "statut" in said]  # type: ignore[union-attr]
    assert lent.startswith("Mise à disposition de personnel (supposée d'après le statut : ETTI")
    assert cells["muet"] == ((), ())
    assert cells["sans précision"][0] == ()
