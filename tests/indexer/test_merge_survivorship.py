"""Which value a supplier keeps, and what is kept of the others."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.merge import merge
from indexer.survivorship import DEFAULT, RULES, SURVIVORSHIP
from tests.indexer.records import ACI_SIRET, ROLES, record
from vivier.model import (
    Address,
    Agreement,
    Capacity,
    Label,
    Offer,
    Point,
    RadiusZone,
    Record,
    Supplier,
    TerritoriesZone,
)
from vivier.vocabulary import ROLES as ROLE_WORDS

RADIUS = RadiusZone(km=20)
ISERE = TerritoriesZone(territories=("departement:38",))


def together(*records: Record) -> Supplier:
    """One supplier from records that share a SIRET; in any order."""
    same_siret = [given.model_copy(update={"siret": ACI_SIRET}) for given in records]
    (supplier,) = merge(same_siret, roles=ROLES).suppliers
    assert merge(reversed(same_siret), roles=ROLES).suppliers == [supplier]
    return supplier


def test_the_register_gives_the_name_and_the_others_stay_as_other_names() -> None:
    supplier = together(record("siae", "1", "ASSOC RECUP"), record("list", "a", "La Récup'", acronym="LR"))
    assert supplier.name.value == "ASSOC RECUP"
    assert supplier.name.provenance.source_id == "siae"
    assert supplier.other_names == ("La Récup'",)


def test_a_name_that_differs_by_spelling_alone_is_not_another_name() -> None:
    assert together(record("siae", "1", "STE RECUP"), record("list", "a", "Sainte-Récup")).other_names == ()


def test_an_empty_value_never_overwrites_a_value() -> None:
    supplier = together(record("siae", "1", naf="8899B"), record("finess", "f", naf=None), record("list", "a"))
    assert supplier.naf is not None and supplier.naf.value == "8899B"
    assert supplier.website is None


def test_the_supplier_s_own_words_win_for_the_description() -> None:
    supplier = together(
        record("emplois", "1", description="Chantier."), record("list", "a", description="Nous rénovons.")
    )
    assert supplier.description is not None and supplier.description.value == "Nous rénovons."


def test_the_more_recent_wins_at_equal_trust() -> None:
    supplier = together(
        record("list", "a", website="https://old.example", updated=date(2020, 1, 1)),
        record("list", "b", website="https://new.example", updated=date(2024, 1, 1)),
        record("list", "c", website="https://undated.example"),
    )
    assert supplier.website is not None and supplier.website.value == "https://new.example"


def test_a_source_whose_card_tells_no_role_is_trusted_by_its_basis() -> None:
    declared = record("reseau", "1", naf="1111A", basis="declared", updated=date(2026, 1, 1))
    official = record("registre", "2", naf="2222A")
    assert together(declared, official).naf.value == "2222A"  # type: ignore[union-attr]


def test_a_platform_gives_way_to_a_register_even_when_it_is_more_recent() -> None:
    platform = record("emplois", "1", naf="1111A", updated=date(2026, 1, 1))
    assert together(platform, record("siae", "2", naf="2222A")).naf.value == "2222A"  # type: ignore[union-attr]


def test_a_label_comes_first_from_its_issuer() -> None:
    label = Label(code="RGE", number="1")
    supplier = together(record("siae", "1", labels=(label,)), record("rge", "2", labels=(label,)))
    assert [fact.provenance.source_id for fact in supplier.labels] == ["rge"]


def test_the_values_that_were_not_kept_are_shown_with_their_source() -> None:
    supplier = together(
        record("siae", "1", naf="2222A", website="https://www.drac.example/", closed=False),
        record("emplois", "e", naf="1111A", line="120 chemin des Vignes"),
        record("list", "a", naf="22.22A", website="http://drac.example", closed=True),
    )
    others = {(other.field, str(other.provenance.source_id)) for other in supplier.others}
    assert others == {("naf", "emplois"), ("address", "emplois"), ("closed", "list")}


def test_one_value_spelled_in_two_ways_is_no_other_value() -> None:
    supplier = together(
        record("siae", "1", line="7 AV DU GAL LECLERC"), record("list", "a", line="7, avenue du Général Leclerc")
    )
    assert supplier.others == ()


@pytest.mark.parametrize("rule", SURVIVORSHIP, ids=lambda rule: rule.field)
def test_every_rule_ranks_every_role(rule: object) -> None:
    assert sorted(rule.order) == sorted(ROLE_WORDS)  # type: ignore[attr-defined]


def test_open_said_by_a_register_beats_closed_said_by_a_list_and_the_conflict_shows() -> None:
    supplier = together(record("siae", "1", closed=False), record("list", "a", closed=True))
    assert supplier.closed is not None and supplier.closed.value is False
    assert "closed_conflict" in supplier.issues


def test_the_finest_point_of_the_same_street_wins() -> None:
    exact = Address(line="3 rue du Lac", commune="38421", point=Point(lon=0.0, lat=45.2), precision="address")
    coarse = Address(line="3 R DU LAC", commune="38421", point=Point(lon=5.7, lat=45.1), precision="commune")
    supplier = together(
        record("siae", "1").model_copy(update={"address": coarse}),
        record("list", "a").model_copy(update={"address": exact}),
    )
    assert supplier.address is not None and supplier.address.value == exact
    assert supplier.address.provenance.source_id == "list"


def _placed(line: str, *, precision: str = "unknown", commune: str | None = "38421") -> Address:
    point = Point(lon=5.71, lat=45.11) if commune else None
    return Address.model_validate({"line": line, "commune": commune, "point": point, "precision": precision})


def _of_register_and_platform(register: Address, platform: Address) -> Supplier:
    official = record("asp", "1").model_copy(update={"address": register})
    return together(official, record("list", "a").model_copy(update={"address": platform}))


def test_a_point_of_unknown_fineness_is_finer_than_the_centre_of_the_commune() -> None:
    given = _placed("3 rue du Lac")
    supplier = _of_register_and_platform(_placed("3 R DU LAC", precision="commune"), given)
    assert supplier.address is not None and supplier.address.value == given


def test_a_point_of_another_street_does_not_replace_the_address_of_the_register() -> None:
    """A geocoder that does not know « rue Kelvin » answers with « rue du Kelsberg »."""
    official = _placed("4 RUE KELVIN", precision="commune")
    supplier = _of_register_and_platform(official, _placed("4 rue du Kelsberg"))
    assert supplier.address is not None and supplier.address.value == official
    assert [other.field for other in supplier.others] == ["address"]


def test_an_address_without_its_house_number_does_not_replace_one_that_has_it() -> None:
    official = _placed("6 CHEMIN DE CLEURIE", precision="commune")
    supplier = _of_register_and_platform(official, _placed("Chemin de Cleurie"))
    assert supplier.address is not None and supplier.address.value == official


@pytest.mark.parametrize("part", ["line", "post_code", "commune"])
def test_a_finer_point_does_not_replace_an_address_that_has_a_part_more(part: str) -> None:
    whole = {"line": "3 rue du Lac", "post_code": "38300", "commune": "38053"}
    register = Address.model_validate({**whole, "point": Point(lon=5.7, lat=45.1), "precision": "commune"})
    platform = Address.model_validate({**whole, part: None, "point": Point(lon=5.71, lat=45.11), "precision": "street"})
    kept = _of_register_and_platform(register, platform).address
    assert kept is not None and kept.value == register


def test_what_is_said_of_an_address_that_is_not_kept_is_no_issue_of_the_supplier() -> None:
    unresolved = _placed("3 rue du Lac", commune=None)
    resolved = record("asp", "1").model_copy(
        update={"address": _placed("3 rue du Lac"), "issues": ("town_usual_name",)}
    )
    other = record("list", "a").model_copy(update={"address": unresolved, "issues": ("commune_unresolved", "name_cut")})
    assert together(resolved, other).issues == ("name_cut", "town_usual_name")


def test_an_exact_point_in_another_commune_does_not_win() -> None:
    elsewhere = Address(line="1 place Verte", commune="38185", point=Point(lon=5.7, lat=45.2), precision="address")
    supplier = together(record("siae", "1"), record("list", "a").model_copy(update={"address": elsewhere}))
    assert supplier.address is not None and supplier.address.value.commune == "38421"
    assert "commune_conflict" in supplier.issues


def test_agreements_labels_and_capacities_are_unions_each_with_its_provenance() -> None:
    places = Capacity(value=40, unit="places", status="autorisée")
    staff = Capacity(value=12, unit="etp")
    dated = Agreement(kind="ACI", valid_until=date(2030, 1, 1))
    supplier = together(
        record("siae", "1", kind="ACI", capacities=(places,)),
        record(
            "list",
            "a",
            capacities=(places, staff),
            labels=(Label(code="RGE", number="1"), Label(code="RGE", number="2")),
        ),
        record("emplois", "e", kind="ACI").model_copy(update={"agreements": (Agreement(kind="ACI"), dated)}),
    )
    assert [(fact.value, fact.provenance.source_id) for fact in supplier.agreements] == [
        (Agreement(kind="ACI"), "siae"),
        (dated, "emplois"),
    ]
    assert [(fact.value, fact.provenance.source_id) for fact in supplier.capacities] == [
        (places, "siae"),
        (staff, "list"),
    ]
    assert len(supplier.labels) == 2


def test_an_offer_without_trade_gives_way_to_offers_with_trades_in_the_same_zone() -> None:
    supplier = together(record("siae", "1", offers=(Offer(),)), record("list", "a", offers=(Offer(trade="recyclage"),)))
    assert [fact.value.trade for fact in supplier.offers] == ["recyclage"]


def test_an_offer_that_says_nothing_gives_way_to_a_declared_zone() -> None:
    declared = Offer(trade="recyclage", zone=RADIUS)
    supplier = together(record("siae", "1", offers=(Offer(),)), record("list", "a", offers=(declared,)))
    assert [fact.value for fact in supplier.offers] == [declared]


def test_a_zone_known_alone_is_kept_beside_offers_without_zone() -> None:
    supplier = together(
        record("emplois", "1", offers=(Offer(zone=ISERE),)), record("list", "a", offers=(Offer(trade="recyclage"),))
    )
    assert {(fact.value.trade, fact.value.zone.type) for fact in supplier.offers} == {
        (None, "territories"),
        ("recyclage", "undeclared"),
    }


def test_the_words_of_an_offer_without_trade_are_kept() -> None:
    words = Offer(title="Murets en pierre sèche")
    supplier = together(record("siae", "1", offers=(words,)), record("list", "a", offers=(Offer(trade="recyclage"),)))
    assert words in [fact.value for fact in supplier.offers]


def test_offers_of_one_record_alone_are_kept_as_they_are() -> None:
    offers = (Offer(), Offer(trade="recyclage"))
    assert tuple(fact.value for fact in together(record("list", "a", offers=offers)).offers) == offers


def test_identifiers_are_all_that_a_supplier_can_be_looked_up_by() -> None:
    supplier = together(record("siae", "1"), record("esat", "f", finess="380001234"))
    assert set(supplier.identifiers) == {ACI_SIRET, ACI_SIRET[:9], "380001234", "siae:1", "esat:f"}


def test_sources_are_distinct_and_start_with_the_one_of_the_name() -> None:
    supplier = together(record("list", "a"), record("siae", "1"), record("siae", "2"))
    assert [source.source_id for source in supplier.sources] == ["siae", "list"]


def test_issues_are_a_union() -> None:
    supplier = together(record("siae", "1", issues=("point_far",)), record("list", "a", issues=("zone_unknown",)))
    assert supplier.issues == ("point_far", "zone_unknown")


def test_a_supplier_made_without_validation_is_a_valid_one() -> None:
    supplier = together(record("siae", "1", kind="ACI", offers=(Offer(),)), record("list", "a", closed=False))
    again = Supplier.model_validate_json(supplier.model_dump_json())
    assert again == supplier
    assert again.model_dump_json() == supplier.model_dump_json()


@pytest.mark.parametrize("rule", SURVIVORSHIP, ids=lambda rule: rule.field)
def test_every_rule_names_a_field_of_the_supplier_and_says_why(rule: object) -> None:
    assert rule.field in Supplier.model_fields  # type: ignore[attr-defined]
    assert rule.why.endswith(".")  # type: ignore[attr-defined]


def test_every_rule_names_a_field_that_sources_give() -> None:
    """A field without a rule follows that of the name."""
    assert set(RULES) <= set(Supplier.model_fields) & (set(Record.model_fields) | {"siren", "siret", "finess"})
    assert DEFAULT is RULES["name"]


def test_a_turnover_of_nothing_is_unknown_and_no_place_is_known() -> None:
    """Filters, exports and studies then read it as they read a turnover that nobody published."""
    sizes = (Capacity(value=0, unit="eur_year", year=2025), Capacity(value=0, unit="places"))
    (supplier,) = merge([record("esat", "a", capacities=sizes)]).suppliers
    assert [fact.value.unit for fact in supplier.capacities] == ["places"]
