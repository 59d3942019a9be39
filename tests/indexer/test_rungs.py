"""The two rungs that tell no trade: what the law says a kind does, and what an activity code lets suppose."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.enrich import enriched
from indexer.merge import merge
from tests.indexer.test_enrich import RGE, SOURCE
from vivier.model import Agreement, Label, Offer, Record, Supplier, TerritoriesZone
from vivier.trades.table import load_trades
from vivier.trades.words import load_trade_words

ZONE = TerritoriesZone(territories=("departement:35",))


def supplier(
    kind: str = "EI",
    naf: str | None = None,
    offers: tuple[Offer, ...] = (),
    labels: tuple[Label, ...] = (),
    until: date | None = None,
    name: str = "FICTIF",
) -> Supplier:
    record = Record(
        source_id="1",
        provenance=SOURCE,
        name=name,
        agreements=(Agreement(kind=kind, valid_until=until),),
        offers=offers,
        labels=labels,
        naf=naf,
    )
    return enriched(merge([record]).suppliers[0], load_trades(), load_trade_words())


def offers(given: Supplier) -> list[Offer]:
    return [fact.value for fact in given.offers]


@pytest.mark.parametrize("kind", ["ETTI", "EATT", "AI", "GEIQ"])
def test_who_lends_people_by_law_offers_it_without_a_trade(kind: str) -> None:
    assert offers(supplier(kind)) == [Offer(service_types=("staffing",), evidence="statute")]


@pytest.mark.parametrize("kind", ["EI", "ACI", "ESAT", "EA", "EITI"])
def test_another_kind_lends_nobody_by_law(kind: str) -> None:
    assert offers(supplier(kind)) == []


def test_people_are_lent_where_the_supplier_works_and_as_long_as_its_agreement() -> None:
    (first, lent) = offers(supplier("ETTI", offers=(Offer(zone=ZONE),), until=date(2027, 3, 31)))
    assert (first.zone, lent.zone, lent.valid_until) == (ZONE, ZONE, date(2027, 3, 31))


def test_what_the_supplier_declares_itself_is_not_added_again() -> None:
    declared = Offer(trade="menuiserie", service_types=("staffing",), evidence="declared")
    assert offers(supplier("ETTI", offers=(declared,))) == [declared]


def test_a_statute_stands_beside_a_trade_known_by_the_name() -> None:
    told = {(one.trade, one.evidence) for one in offers(supplier("ETTI", name="Interim Fictif"))}
    assert told == {("mise-a-disposition-personnel", "name"), (None, "statute")}


def test_the_basis_of_a_statute_is_the_agreement_and_is_ours() -> None:
    assert supplier("AI").offers[0].provenance.basis == "computed"


def test_an_activity_code_is_a_supposition_and_tells_no_trade() -> None:
    (fact,) = supplier(naf="8130Z").offers
    assert fact.value == Offer(supposed_trade="entretien-espaces-verts", evidence="activity")
    assert fact.provenance.basis == "inferred"


def test_a_code_of_waste_is_the_supposition_of_a_family() -> None:
    assert offers(supplier(naf="3811Z")) == [Offer(family="dechets", evidence="activity")]


@pytest.mark.parametrize("naf", ["8810A", "8899B", "7820Z"])
def test_a_code_that_says_no_trade_adds_nothing(naf: str) -> None:
    assert offers(supplier(naf=naf)) == []


@pytest.mark.parametrize(
    "known",
    [
        {"offers": (Offer(trade="impression", evidence="declared"),)},
        {"labels": (RGE,)},
        {"name": "Fictif Propreté"},
    ],
)
def test_any_other_rung_silences_the_activity_code(known: dict[str, object]) -> None:
    given = supplier(naf="8130Z", **known)  # type: ignore[arg-type]
    assert [one.evidence for one in offers(given) if one.evidence == "activity"] == []


def test_the_supposition_is_made_where_the_supplier_works() -> None:
    assert {one.zone for one in offers(supplier(naf="8130Z", offers=(Offer(zone=ZONE),)))} == {ZONE}


def test_what_a_supplier_says_of_its_services_is_kept_beside_a_trade_read_in_its_name() -> None:
    said = Offer(service_types=("goods",), evidence="declared")
    assert said in offers(supplier(name="Fictif Propreté", offers=(said,)))
