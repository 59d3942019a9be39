"""The legal category of a lot follows the words of its object: works, supplies or services."""

from __future__ import annotations

import pytest

from vivier.desk.read.programme import Row
from vivier.desk.read.queries import FeasibilityQuery
from vivier.desk.read.understanding import understand
from vivier.law.social import social_services
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Maintenance des chaudières", "services"),
        ("Entretien et maintenance des ascenseurs", "services"),
        ("Maintenance des installations de chauffage", "services"),
        ("Exploitation et maintenance des installations thermiques", "services"),
        ("Entretien des espaces verts", "services"),
        ("Travaux d'entretien des espaces verts", "services"),
        ("Contrat d'entretien des toitures", "services"),
        ("Travaux d'entretien de voirie", "travaux"),
        ("Travaux de peinture", "travaux"),
        ("Maintenance et travaux de rénovation des installations de chauffage", "travaux"),
        ("Lot 4 plomberie chauffage", "travaux"),
        ("Fourniture de plants", "fournitures"),
        ("Fourniture et pose de fenêtres", "fournitures"),
        ("Achat de vélos", "fournitures"),
        ("Location de copieurs", "fournitures"),
        ("Fourniture de repas", "services"),
        ("Travaux d'impression", "services"),
        ("Nettoyage de fin de travaux", "services"),
        ("Travaux et gros entretien : peinture", "travaux"),
        ("Station d'épuration - travaux d'assainissement", "travaux"),
        ("Fourniture et mise en œuvre d'enrobés", "travaux"),
        ("Maîtrise d'œuvre de la réfection de la voirie", "services"),
        ("MOE travaux d'aménagement de la rue du Vernand", "services"),
        ("TRVX et maintenance d'éclairage public", "travaux"),
        ("Tx de réfection de la voirie", "travaux"),
        ("Construction de vestiaires et de gradins", "travaux"),
    ],
)
def test_the_words_of_an_object_give_its_category(text: str, category: str, lexicon: Lexicon) -> None:
    assert understand(Row(1, {"text": f"{text} à Rennes"}), lexicon).category == category


@pytest.mark.parametrize(
    ("stated", "category"),
    [
        ("Travaux", "travaux"),
        ("T", "travaux"),
        ("F", "fournitures"),
        ("fourn.", "fournitures"),
        ("S", "services"),
        ("PI", "services"),
    ],
)
def test_the_category_of_the_column_is_preferred_to_the_words(stated: str, category: str, lexicon: Lexicon) -> None:
    text = "Fourniture de plants à Rennes" if category == "services" else "Maintenance des chaudières à Rennes"
    line = understand(Row(1, {"text": text, "category": stated}), lexicon)
    assert (line.category, line.supposed_category) == (category, False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Concession de service public pour la gestion de quatre crèches", "concession"),
        ("Délégation de service public : fourrière automobile", "concession"),
        ("DSP eau potable et assainissement collectif", "concession"),
        ("Contrat de concession pour l'exploitation du cinéma", "concession"),
        ("AMO pour le renouvellement de la DSP des transports", "marche"),
        ("Mission de conseil - délégation de service public de l'aéroport", "marche"),
        ("Travaux de reprise de concessions funéraires", "marche"),
        ("Concession du pont de Normandie - surveillance des câbles", "marche"),
    ],
)
def test_an_object_that_opens_with_a_concession_is_one_until_its_column_says_otherwise(
    text: str, kind: str, lexicon: Lexicon
) -> None:
    line = understand(Row(1, {"text": text, "place": "Rennes"}), lexicon)
    assert (line.kind, any("Concession" in remark for remark in line.remarks)) == (kind, kind == "concession")
    assert understand(Row(1, {"text": text, "kind": "marché"}), lexicon).kind == "marche"


def test_a_lot_that_says_only_its_trade_is_the_same_at_both_doors(lexicon: Lexicon) -> None:
    apart = {}
    for trade in lexicon.trades:
        line = understand(Row(1, {"trade": trade.code, "place": "Rennes"}), lexicon)
        lot = FeasibilityQuery(trade=(trade.code,), territory=("commune:35238",)).lot(lexicon)
        if (lot.category, lot.social_services) != (line.category, social_services([trade.code], line.cpv)):
            apart[trade.code] = lot.category, line.category
    assert apart == {}
