"""A network is one value of the facet, however sources write it."""

from __future__ import annotations

import csv

from tests.shared_data import shared_data
from vivier.suppliers.networks import NETWORKS, network_name


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
