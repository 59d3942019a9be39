"""For whom a text says a market is reserved (docs/contracts.md, « Evidence of a provision »)."""

from __future__ import annotations

import pytest

from vivier.contracts.reservation import named, read_reservation, says_reserved


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Lot réservé au titre de l'article L. 2113-12 du CCP", ("EA_ESAT",)),
        ("lot réservé (articles L.2113-12 et L.2113-13)", ("EA_ESAT", "SIAE")),
        ("marché relevant de l’article L2113-13-1", ("PRISON",)),
        ("réservé, art. L 2113-14", ("EA_ESAT", "SIAE")),
        ("marché réservé L2113-15", ("ESS",)),
        ("concession réservée, L3113-2", ("SIAE",)),
        ("structures visées à l'article L5132-4 du code du travail", ("SIAE",)),
        ("marché réservé à une entreprise adaptée ou un établissement d'aide par le travail", ("EA_ESAT",)),
        ("Ce lot est réservé aux structures d'insertion par l'activité économique", ("SIAE",)),
        ("nettoyage des locaux d'un ESAT", ()),
        ("prestations d'insertion professionnelle", ()),
        ("le marché n'est pas réservé (L. 2113-12, L. 2113-13)", ()),
    ],
)
def test_a_text_names_the_families_it_cites(text: str, families: tuple[str, ...]) -> None:
    assert named(read_reservation(text)) == families


def test_the_proof_is_the_sentence() -> None:
    finding = read_reservation("Travaux de peinture. Ce lot est réservé (art. L. 2113-13). Visite obligatoire.")[0]
    assert finding.value == "L2113-13"
    assert finding.excerpt == "Ce lot est réservé (art. L. 2113-13)"


def test_a_reservation_may_be_said_without_saying_for_whom() -> None:
    assert says_reserved("le lot 6 est réservé")
    assert not says_reserved("le lot 6 n'est pas réservé")
    assert not says_reserved("parking réservé aux usagers")
