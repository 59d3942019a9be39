"""Trades told by the objects of contracts: real objects that once named a trade they are not of (contracts read on real files)."""

from __future__ import annotations

import pytest

from vivier.trades.words import load_trade_words

NOT_OF = (
    (
        "nettoyage-locaux",
        "Travaux de réfection des peintures et de revêtements des sols des cages d'escaliers sur le patrimoine",
    ),
    ("garage-automobile", "Construction d'un stade d'athlétisme couvert - mission de contrôle technique"),
    ("location-mobilier", "Un site proposant de la location meublée en séjours de vacances d'hiver"),
    ("restauration-collective", "AMENAGEMENT DE LA CUISINE CENTRALE DU GROUPE SCOLAIRE: Lot 4: ELECTRICITE CFO et CFA"),
    ("sites-internet", "PRESTATIONS DE FORMATION POUR LES CHAMBRES DE MÉTIERS: Lot 170: Créer un site de e-commerce"),
    ("mise-a-disposition-personnel", "Fourniture de café avec mise à disposition de matériel pour cinq établissements"),
)
OF = (
    ("nettoyage-locaux", "Nettoyage des cages d'escalier et des parties communes"),
    ("garage-automobile", "Entretien de véhicules et contrôle technique des véhicules"),
    ("restauration-collective", "Prestations de restauration scolaire en liaison froide"),
)


@pytest.mark.parametrize(("trade", "text"), NOT_OF)
def test_a_look_alike_vetoes_the_trade_of_an_object(trade: str, text: str) -> None:
    assert trade not in load_trade_words().texts.found(text)


@pytest.mark.parametrize(("trade", "text"), OF)
def test_what_is_plainly_of_a_trade_still_is(trade: str, text: str) -> None:
    assert trade in load_trade_words().texts.found(text)


def test_a_presentation_speaks_of_several_things_and_is_not_vetoed() -> None:
    text = "Nettoyage des cages d'escalier. Réfection des peintures."
    assert "nettoyage-locaux" in load_trade_words().presentations.found(text)
    assert "nettoyage-locaux" not in load_trade_words().texts.found(text)
