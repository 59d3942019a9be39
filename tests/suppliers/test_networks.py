"""A network is one value of the facet, however sources write it."""

from __future__ import annotations

import csv

import pytest

from tests.shared_data import shared_data
from tests.suppliers.conftest import House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.model import Provenance, Record
from vivier.search.filters import Filter
from vivier.search.operators import Terms
from vivier.suppliers.networks import NETWORKS, network_name
from vivier.suppliers.query import SupplierQuery, parse_query


def test_a_network_has_one_name_whatever_the_source_writes() -> None:
    written = ("UNEA", "unea", "Union Nationale des Entreprises Adaptées")
    assert {network_name(one) for one in written} == {"Union nationale des entreprises adaptées"}
    assert network_name("chantier-ecole") == network_name("CHANTIER_ECOLE") == "Chantier École"
    assert network_name("Réseau inventé") == "Réseau inventé"


def test_every_network_given_beside_is_known_by_its_code_and_its_name() -> None:
    with shared_data("suppliers", "labels", "networks.csv").open(encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["nom"].partition(" (")[0]
            assert network_name(row["code"]) == network_name(name)
            assert network_name(name) in NETWORKS


def test_a_request_finds_a_network_however_it_writes_it(lexicon: Lexicon) -> None:
    """The index has one name; a person or a link of another site may write the acronym."""
    (plan,) = [metadata for metadata in SupplierQuery.model_fields["network"].metadata if isinstance(metadata, Filter)]
    assert plan.entry(("unea",), lexicon) == Terms("networks", ("Union nationale des entreprises adaptées",))
    query = parse_query([("network", "réseau gesat"), ("network", "UNEA")], lexicon)
    assert query.network == ("réseau gesat", "UNEA")


@pytest.mark.parametrize(
    ("written", "nearest"), [("Hosmos", "Hosmoz"), ("Emaüs", "Emmaüs"), ("chantier écoles", "Chantier École")]
)
def test_an_unknown_network_is_refused_and_the_nearest_is_named(lexicon: Lexicon, written: str, nearest: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_query([("network", written)], lexicon)
    (error,) = refused.value.errors
    assert (error.field, error.suggestion) == ("network", nearest)
    assert f"Vouliez-vous dire « {nearest} » ?" in error.message
    assert "UNEA" not in error.allowed
    assert "Hosmoz" in error.allowed


def test_no_two_networks_share_a_name() -> None:
    known = [{fold(name) for name in (network.name, *network.other_names)} for network in NETWORKS.values()]
    assert len(set().union(*known)) == sum(map(len, known))
    assert all(network.members and network.source for network in NETWORKS.values())


def test_every_value_of_the_facet_may_be_asked_for(demo: House) -> None:
    counted = demo.ask(facets="network").answer.facets["network"].values
    assert counted
    for name, count in counted.items():
        assert demo.ask(network=name).total == count


@pytest.mark.slow
def test_a_network_of_no_list_is_found_by_its_words(embedded: EmbeddedStore, lexicon: Lexicon) -> None:
    source = Provenance(
        source_id="essai", producer="Essai", dataset="Essai (fictif)", licence="fictif", basis="declared"
    )
    network = ("Les Pignons associés",)
    house = serve(embedded, [Record(source_id="a", provenance=source, name="Vélos", networks=network)], lexicon)
    assert house.ask(facets="network").answer.facets["network"].values == {}
    (found,) = house.ask(q="pignons").results
    assert [fact["value"] for fact in found.record["networks"]] == list(network)
