"""A network is one value of the facet, however sources write it."""

from __future__ import annotations

import csv

from tests.shared_data import shared_data
from vivier.lexicon import Lexicon
from vivier.search.filters import Filter
from vivier.search.operators import Terms
from vivier.suppliers.networks import NETWORKS, network_name
from vivier.suppliers.query import SupplierQuery


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
    assert plan.entry(("unea",), lexicon) == Terms("networks", ("Union nationale des entreprises adaptées", "unea"))
