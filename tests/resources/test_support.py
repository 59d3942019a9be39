"""Who can help in a territory, and what is lacking there is told as lacking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vivier.lexicon import Lexicon
from vivier.support import by_departement, support


def of(territory: str, lexicon: Lexicon) -> list[str]:
    return [entry.code for entry in support(lexicon.gazetteer.get(territory), lexicon).facilitators]


def test_a_facilitator_of_a_departement_is_found_there_and_in_its_towns(lexicon: Lexicon) -> None:
    assert "clausesociale34" in of("departement:34", lexicon) and "clausesociale34" in of("commune:34172", lexicon)
    assert "clausesociale34" not in of("departement:35", lexicon)


def test_a_departement_without_a_facilitator_says_so_and_whom_to_ask(lexicon: Lexicon) -> None:
    (gap, *_) = support(lexicon.gazetteer.get("departement:35"), lexicon).gaps
    assert gap.startswith("Aucun facilitateur recensé pour ce territoire (Ille-et-Vilaine)")
    assert "partiel" in gap and "Alliance Villes Emploi" in gap


def test_a_place_that_has_both_has_no_gap(lexicon: Lexicon) -> None:
    assert support(lexicon.gazetteer.get("departement:75"), lexicon).gaps == ()


@pytest.mark.slow
def test_every_departement_is_told(lexicon: Lexicon) -> None:
    found = by_departement(lexicon)
    assert len(found) == len(lexicon.gazetteer.names["departement"])
    assert all(each.national_facilitators for each in found)
    assert {each.territory.code for each in found if each.facilitators} < {each.territory.code for each in found}


def test_who_to_ask_is_every_national_facilitator_and_the_first_national_network(lexicon: Lexicon) -> None:
    found = replace(support(lexicon.gazetteer.get("departement:35"), lexicon), facilitators=(), networks=())
    facilitators, networks = found.gaps
    assert all(entry.title in facilitators for entry in found.national_facilitators)
    first, *others = found.national_networks
    assert first.title in networks and others and not any(entry.title in networks for entry in others)
    alone, _ = replace(found, national_facilitators=()).gaps
    assert alone.endswith("la préfecture, le conseil départemental.")
    assert replace(found, facilitators=found.national_networks, networks=found.national_networks).gaps == ()
