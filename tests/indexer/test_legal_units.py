"""What is said of a legal unit is given to its sites; it makes a supplier by itself only where a SIRET lets it be found."""

from __future__ import annotations

from datetime import date

from indexer.context import Context
from indexer.joined import Merged
from indexer.legal_units import LabelsOnly
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, SITE_SIRET, provenance, record, stocked
from vivier.model import Agreement, Label, Record
from vivier.territory import load_gazetteer

SIREN = ACI_SIRET[:9]
ESUS = Label(code="ESUS", scope="legal_unit", valid_from=date(2023, 5, 12), valid_until=date(2028, 5, 11))
EPV = Label(code="EPV")


def bearing(source: str, key: str, *labels: Label, basis: str = "official", **more: object) -> Record:
    """A record that bears labels and says nothing else."""
    given = {"source_id": key, "name": "Unité légale", "provenance": provenance(source, basis=basis), "labels": labels}
    return Record.model_validate({**given, **more})


def built(*records: Record) -> tuple[Merged, LabelsOnly]:
    """The merge with labels given out."""
    apart = LabelsOnly()
    return stocked(records, Context(None, load_gazetteer()), apart), apart


def site(siret: str = ACI_SIRET, **more: object) -> Record:
    return record("siae", siret, siret=siret, **more)  # type: ignore[arg-type]


def test_a_label_of_a_siren_goes_to_every_site_of_the_legal_unit_with_its_scope_and_its_source() -> None:
    merged, _ = built(
        site(), site(SITE_SIRET, line="9 rue Neuve"), site(OTHER_SIRET), bearing("esus", "1", ESUS, siren=SIREN)
    )
    bearers = [supplier for supplier in merged.suppliers if supplier.labels]
    assert {supplier.siret.value for supplier in bearers if supplier.siret} == {ACI_SIRET, SITE_SIRET}
    assert {(fact.value.scope, fact.provenance.source_id) for one in bearers for fact in one.labels} == {
        ("legal_unit", "esus")
    }
    assert all("esus" in {source.source_id for source in one.sources} for one in bearers)


def test_a_label_of_an_unknown_siren_makes_no_supplier_and_is_counted_by_source() -> None:
    merged, apart = built(site(), bearing("esus", "1", ESUS, siren=OTHER_SIRET[:9]))
    assert len(merged.suppliers) == 1
    assert merged.suppliers[0].labels == ()
    assert (merged.counts["labels_attached"], merged.counts["labels_without_supplier"]) == (0, 1)
    assert apart.by_source() == {"esus": {"attached": 0, "unknown": 1}}


def test_the_name_of_a_bearer_is_never_given_to_a_supplier() -> None:
    merged, _ = built(site(), bearing("rfar", "1", ESUS, siren=SIREN))
    assert merged.suppliers[0].name.value == "Atelier du Drac"
    assert merged.suppliers[0].other_names == ()


def test_a_label_of_a_site_stays_at_that_site() -> None:
    merged, _ = built(site(), site(SITE_SIRET, line="9 rue Neuve"), bearing("epv", "1", EPV, siret=SITE_SIRET))
    assert [one.siret.value for one in merged.suppliers if one.labels and one.siret] == [SITE_SIRET]


def test_a_label_of_an_unknown_site_is_not_given_to_another_site_and_makes_its_own_supplier() -> None:
    merged, apart = built(site(), bearing("epv", "1", EPV, siret=SITE_SIRET))
    labelled = [supplier for supplier in merged.suppliers if supplier.labels]
    assert [supplier.siret.value for supplier in labelled if supplier.siret] == [SITE_SIRET]
    assert (len(merged.suppliers), merged.counts["labels_alone"], merged.counts["labels_without_supplier"]) == (2, 1, 0)
    assert apart.by_source() == {"epv": {"attached": 1, "unknown": 0}}


def test_a_siret_that_no_supplier_has_is_enough_to_be_one_without_a_place() -> None:
    merged, _ = built(bearing("ess_numerique", "1", ESUS, siren=SIREN, siret=ACI_SIRET))
    (supplier,) = merged.suppliers
    assert (supplier.name.value, supplier.address, supplier.labels[0].value) == ("Unité légale", None, ESUS)
    assert "place_unpublished" in supplier.issues


def test_the_siret_of_a_head_office_makes_no_second_supplier_where_a_site_receives_its_labels() -> None:
    merged, _ = built(site(SITE_SIRET), bearing("ess_numerique", "1", ESUS, siren=SIREN, siret=ACI_SIRET))
    (supplier,) = merged.suppliers
    assert (supplier.siret and supplier.siret.value, supplier.labels[0].value) == (SITE_SIRET, ESUS)
    assert (merged.counts["labels_attached"], merged.counts["labels_alone"]) == (1, 0)


def test_lists_that_say_the_same_siret_make_one_supplier_that_has_the_labels_of_its_legal_unit_too() -> None:
    merged, _ = built(
        bearing("epv", "1", EPV, siret=ACI_SIRET),
        bearing("ess_numerique", "1", ESUS, siren=SIREN, siret=ACI_SIRET),
        bearing("rfar", "1", Label(code="RFAR", scope="legal_unit"), siren=SIREN),
    )
    (supplier,) = merged.suppliers
    assert sorted(fact.value.code for fact in supplier.labels) == ["EPV", "ESUS", "RFAR"]
    assert (merged.counts["labels_alone"], merged.counts["labels_attached"]) == (2, 1)


def test_two_sites_known_by_labels_alone_share_those_of_their_legal_unit() -> None:
    merged, _ = built(
        bearing("epv", "1", EPV, siret=SITE_SIRET), bearing("esus", "1", ESUS, siren=SIREN, siret=ACI_SIRET)
    )
    found = {s.siret.value: {fact.value.code for fact in s.labels} for s in merged.suppliers if s.siret}
    assert found == {SITE_SIRET: {"EPV", "ESUS"}, ACI_SIRET: {"ESUS"}}


def test_a_kind_of_the_legal_unit_says_so_on_a_site() -> None:
    ess = bearing("ess_france", "1", siren=SIREN, agreements=(Agreement(kind="ESS", scope="legal_unit"),))
    merged, _ = built(site(kind="ACI"), ess)
    assert [(fact.value.kind, fact.value.scope) for fact in merged.suppliers[0].agreements] == [
        ("ACI", None),
        ("ESS", "legal_unit"),
    ]


def test_two_lists_that_say_the_same_of_a_legal_unit_say_it_once() -> None:
    merged, _ = built(site(), bearing("esus", "1", ESUS, siren=SIREN), bearing("ess_numerique", "1", ESUS, siren=SIREN))
    assert len(merged.suppliers[0].labels) == 1
    assert merged.counts["labels_attached"] == 2


def test_a_label_with_an_address_makes_its_supplier() -> None:
    merged, apart = built(record("epv", "1", siret=ACI_SIRET, labels=(EPV,)))
    assert len(merged.suppliers) == 1
    assert apart.by_source() == {}


def test_a_list_of_ones_own_names_suppliers_whatever_it_lacks() -> None:
    merged, _ = built(bearing("list", "1", ESUS, basis="declared", siren=SIREN))
    assert len(merged.suppliers) == 1


def test_the_order_of_the_records_does_not_show() -> None:
    records = (
        site(),
        bearing("esus", "1", ESUS, siren=SIREN),
        bearing("rfar", "2", Label(code="RFAR", scope="legal_unit"), siren=SIREN),
    )
    assert built(*records)[0].suppliers == built(*reversed(records))[0].suppliers
