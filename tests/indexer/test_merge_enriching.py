"""Records that only add facts: attached to the structure they name, never one of their own, never stronger than it."""

from __future__ import annotations

from indexer.enrich import with_inferred_trades
from indexer.merge import merge
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, record
from vivier.model import Offer, RadiusZone, Record, Supplier, UndeclaredZone
from vivier.trades.words import load_trade_words


def site(about: str, **more: object) -> Record:
    """What a website adds to a record."""
    given = {"line": None, "commune": None, "town": None, "basis": "inferred", "enriches": about}
    return record("website", f"{about}#trades", **{**given, **more})


TEXT = Offer(trade="blanchisserie", evidence="text")


def offers_of(supplier: Supplier) -> list[Offer]:
    return [fact.value for fact in with_inferred_trades(supplier, load_trade_words()).offers]


def test_facts_of_a_site_go_to_the_structure_of_the_record_that_gave_it() -> None:
    records = [
        record("siae", "a", siret=ACI_SIRET),
        record("emplois", "b", siret=ACI_SIRET),
        record("esat", "c", "Autre"),
    ]
    merged = merge([*records, site("emplois:b", offers=(TEXT,), description="Nous lavons.")])
    (supplier,) = [supplier for supplier in merged.suppliers if supplier.siret is not None]
    assert supplier.id == merge(records[:2]).suppliers[0].id
    assert supplier.description is not None and supplier.description.provenance.source_id == "website"
    assert {fact.value.trade for fact in supplier.offers} == {"blanchisserie"}
    assert not any("website" in identifier for identifier in supplier.identifiers)
    assert merged.counts["enriching"] == 1 and merged.counts["suppliers"] == 2


def test_a_site_whose_structure_is_gone_makes_no_supplier() -> None:
    merged = merge([record("siae", "a", siret=ACI_SIRET), site("emplois:gone", offers=(TEXT,))])
    assert [supplier.offers for supplier in merged.suppliers] == [()]
    assert merged.counts["enriching_alone"] == 1


def test_two_structures_of_one_name_keep_their_own_sites() -> None:
    records = [record("siae", "a", siret=ACI_SIRET), record("siae", "b", siret=OTHER_SIRET)]
    merged = merge([*records, site("siae:b", offers=(TEXT,))])
    assert {supplier.siret.value: len(supplier.offers) for supplier in merged.suppliers if supplier.siret} == {
        ACI_SIRET: 0,
        OTHER_SIRET: 1,
    }


def test_a_site_never_says_the_name_nor_replaces_a_presentation() -> None:
    base = record("demo", "a", "Nom du registre", siret=ACI_SIRET, description="Celle du registre.", basis="inferred")
    merged = merge([base, site("demo:a", name="Nom du site", description="Celle du site.", basis="official")])
    (supplier,) = merged.suppliers
    assert (supplier.name.value, supplier.other_names) == ("Nom du registre", ("Nom du site",))
    assert supplier.description is not None and supplier.description.value == "Celle du registre."


def test_a_trade_read_on_a_site_is_offered_in_the_zone_stated_elsewhere() -> None:
    stated = Offer(trade="menuiserie", zone=RadiusZone(km=20), evidence="declared")
    merged = merge([record("list", "a", siret=ACI_SIRET, offers=(stated,)), site("list:a", offers=(TEXT,))])
    assert offers_of(merged.suppliers[0]) == [stated, TEXT.model_copy(update={"zone": RadiusZone(km=20)})]


def test_a_trade_stated_already_gains_nothing_from_the_site() -> None:
    stated = Offer(trade="blanchisserie", zone=RadiusZone(km=20), evidence="declared")
    merged = merge([record("list", "a", siret=ACI_SIRET, offers=(stated,)), site("list:a", offers=(TEXT,))])
    assert offers_of(merged.suppliers[0]) == [stated]


def test_a_zone_without_a_trade_becomes_the_zone_of_what_the_site_tells() -> None:
    merged = merge(
        [record("list", "a", siret=ACI_SIRET, offers=(Offer(zone=RadiusZone(km=9)),)), site("list:a", offers=(TEXT,))]
    )
    assert offers_of(merged.suppliers[0]) == [TEXT.model_copy(update={"zone": RadiusZone(km=9)})]


def test_words_of_the_name_add_nothing_to_what_the_site_tells() -> None:
    merged = merge([record("siae", "a", "Imprimerie du Lac", siret=ACI_SIRET), site("siae:a", offers=(TEXT,))])
    assert offers_of(merged.suppliers[0]) == [TEXT.model_copy(update={"zone": UndeclaredZone()})]
