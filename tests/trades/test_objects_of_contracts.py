"""Trades told by the objects of contracts: real objects that once named a trade they are not of (contracts read on real files)."""

from __future__ import annotations

import pytest

from indexer.contracts.marks import Marks
from vivier.contracts.profile import with_broader
from vivier.lexicon import Lexicon
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


# -- objects with their CPV: real purchases that once were leads of a trade they are not of --------------------------------

BOUGHT = (  # CPV, object, trade that it is not of, trade that it is of
    (
        "77120000",
        "Collecte et compostage des biodéchets des restaurants scolaires",
        "horticulture",
        "collecte-biodechets",
    ),
    ("77120000", "Accompagnement et suivi des opérations de compostage partagé", "agriculture", "collecte-biodechets"),
    ("31518000", "Travaux de voirie et feux tricolores", "cablage-electronique", "signalisation-marquage"),
    ("31518100", "Location de matériel scénique", "cablage-electronique", None),
    ("03142500", "Fourniture d'œufs", "maraichage", "elevage-viande"),
    ("15000000", "Fourniture de produits laitiers", "maraichage", "fromagerie"),
    ("03000000", "Fourniture de produits laitiers", "maraichage", "fromagerie"),
    (
        "45236119",
        "Réhabilitation d'un terrain de football en gazon synthétique",
        "entretien-espaces-verts",
        "voirie-reseaux",
    ),
    ("45212200", "Terrain de football synthétique", "entretien-espaces-verts", None),
    ("45112720", "Réalisation d'un terrain de jeux en gazon synthétique", "creation-espaces-verts", "terrassement"),
    ("44211000", "Bâtiments modulaires pour une école", "maconnerie-gros-oeuvre", "construction-modulaire"),
    (
        "45214200",
        "Construction d'une école en bâtiments modulaires",
        "maconnerie-gros-oeuvre",
        "construction-modulaire",
    ),
)
STILL = (
    ("77110000", "Production de plants de pépinière", "horticulture"),
    ("77310000", "Entretien des espaces verts et des terrains de sport", "entretien-espaces-verts"),
    ("77320000", "Entretien des pelouses sportives", "entretien-terrains-sport"),
    ("45214200", "Construction d'une école : lot gros œuvre", "maconnerie-gros-oeuvre"),
    ("03220000", "Fourniture de fruits et légumes", "maraichage"),
    ("15000000", "Fourniture de denrées alimentaires", "epicerie-denrees"),
    ("31300000", "Câbles et fils isolés", "cablage-electronique"),
)


def trades_of(cpv: str, text: str, lexicon: Lexicon) -> dict[str, list[str]]:
    """The trades that a contract of this CPV and object answers, and those that it means."""
    marks = Marks(lexicon)
    document = {name: list(marks.cpv(cpv)[name]) for name in ("trades", "meant_trades")}
    marks.add_named_trades(document, lexicon.analysis.tokens("french", text))
    return document


@pytest.mark.parametrize(("cpv", "text", "false", "true"), BOUGHT)
def test_a_purchase_is_of_its_own_trade_alone(
    cpv: str, text: str, false: str, true: str | None, lexicon: Lexicon
) -> None:
    found = trades_of(cpv, text, lexicon)
    answering = {code for code in found["trades"] if false in with_broader((code,), lexicon) or code == false}
    assert not answering and false not in found["meant_trades"]
    assert true is None or true in found["trades"]


@pytest.mark.parametrize(("cpv", "text", "trade"), STILL)
def test_a_purchase_keeps_the_trade_of_its_cpv(cpv: str, text: str, trade: str, lexicon: Lexicon) -> None:
    assert trade in trades_of(cpv, text, lexicon)["meant_trades"]
