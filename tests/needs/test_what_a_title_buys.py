"""What a title of contract buys: the thing, not whom it serves; the study, not its object; the work, not the institution."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import boilerplate, resolve_need
from vivier.needs.supply import served


def _trades(text: str, lexicon: Lexicon) -> list[str]:
    return [match.id for match in resolve_need(text, lexicon).sectors]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Fourniture de barquettes jetables pour le transport des repas", "restauration-collective"),
        ("Achat de bacs roulants pour la collecte des ordures ménagères", "collecte-dechets"),
        ("Fourniture de bacs de collecte des déchets ménagers", "collecte-dechets"),
        ("Acquisition de matériel destiné aux services espaces verts et voirie", "entretien-espaces-verts"),
        ("Acquisition d'une remorque pour le transport de personnes", "transport-personnes"),
        ("Acquisition d'une calandre pour la blanchisserie du CH", "blanchisserie"),
        ("Le marché a pour objet la fourniture, l'installation et la formation à l'utilisation d'un échographe", "formation"),
        ("Fourniture, transport et livraison de bois déchiqueté", "transport-marchandises"),
        ("Location d'engins de chantier pour l'entretien des terrains de sport", "entretien-terrains-sport"),
    ],
)  # fmt: skip
def test_no_service_is_bought_with_the_thing_that_serves_it(lexicon: Lexicon, text: str, absent: str) -> None:
    assert absent not in _trades(text, lexicon)


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("Fourniture de repas en liaison froide pour les écoles et le centre de loisirs", "restauration-collective"),
        ("Achat de jeux et de jouets pour la petite enfance et les centres sociaux", "culture-jeux"),
        ("Achat de pièces détachées pour les véhicules municipaux", "garage-automobile"),
        (
            "Acquisition et maintenance d'un logiciel de gestion de la petite enfance et de la culture",
            "developpement-logiciel",
        ),
        ("Fourniture et maintenance de copieurs", "materiel-informatique"),
    ],
)
def test_the_thing_alone_is_bought(lexicon: Lexicon, text: str, trade: str) -> None:
    assert _trades(text, lexicon) == [trade]


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("Assistance à maîtrise d'ouvrage pour un réseau de vidéoprotection", ["conseil"]),
        ("Coordination de sécurité et de protection de la santé pour les opérations de voirie et d'espaces verts", ["ingenierie-architecture"]),
        ("Diagnostics amiante et HAP des voiries", ["ingenierie-architecture"]),
        ("Logiciel de facturation de l'eau et de l'électricité", ["developpement-logiciel"]),
        ("Actions de formation sur l'animation et l'accueil des publics", ["formation"]),
        ("Formation et nettoyage", ["formation", "nettoyage-locaux"]),
    ],
)  # fmt: skip
def test_the_object_of_a_study_or_of_a_training_is_not_bought(lexicon: Lexicon, text: str, trades: list[str]) -> None:
    assert _trades(text, lexicon) == trades


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Nettoyage des locaux du centre d'incendie et de secours", "securite-incendie"),
        ("Commissaire aux comptes de la chambre de métiers et de l'artisanat", "services-artisanat"),
        ("Location de photocopieurs pour la ville et le centre communal d'action sociale", "action-sociale"),
        ("Accompagnement juridique du ministère de l'agriculture et de l'alimentation", "epicerie-denrees"),
        ("Transport d'œuvres d'art du musée de la pêche", "peche-pisciculture"),
        ("Remplacement du chauffage de l'hôtel de police", "hotellerie-hebergement"),
    ],
)
def test_the_name_of_an_institution_is_not_bought(lexicon: Lexicon, text: str, absent: str) -> None:
    assert absent not in _trades(text, lexicon)


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("Curage, vidange et débouchage", ["assainissement"]),
        ("Travaux de l'enveloppe (bardage et toiture)", ["facades-ravalement", "couverture-charpente"]),
        ("Diagnostics des établissements recevant du public (ERP)", ["conseil"]),
        ("Entretien des locaux et des espaces verts", ["nettoyage-locaux", "entretien-espaces-verts"]),
        ("Pose de câbles de fibre optique", ["voirie-reseaux"]),
    ],
)
def test_an_exclusion_removes_a_word_through_commas(lexicon: Lexicon, text: str, trades: list[str]) -> None:
    assert _trades(text, lexicon) == trades


def test_what_two_trades_of_a_building_share_hides_neither(lexicon: Lexicon) -> None:
    text = "travaux d'électricité et de plomberie dans les bâtiments communaux"
    assert _trades(text, lexicon) == ["electricite-batiment", "plomberie"]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("fourniture de bacs pour la collecte et le tri", [("la collecte et le tri", True)]),
        ("achat de bennes de collecte et location de camions", [("collecte", False)]),
        ("achat de materiels et de logiciels", []),
        ("fourniture, transport et formation de gaz", [("transport", False), ("formation", False)]),
        ("achat de lits et formation des utilisateurs", [("formation des utilisateurs", False)]),
        ("achat de prestations de nettoyage pour les écoles", []),
        ("travaux et fourniture de bacs pour la collecte", []),
    ],
)
def test_stretches_that_serve_a_purchase(text: str, stretches: list[tuple[str, bool]]) -> None:
    starts = [text.index(word) for word in text.split()]
    assert [(text[each.start : each.end], each.barred == "makers") for each in served(text, 0, starts)] == stretches


@pytest.mark.parametrize(
    ("need", "trade"),
    [
        ("réparation de tables d'école", "reparation-mobilier"),
        ("lavage de tee-shirts", "blanchisserie"),
        ("numérisation de livres", "numerisation-ged"),
        ("stockage de mobilier", "logistique-entreposage"),
        ("réparation d'ordinateurs portables", "maintenance-informatique"),
        ("achat de draps", "linge-textiles-maison"),
    ],
)
def test_who_only_sells_a_thing_does_no_work_on_it(need: str, trade: str, lexicon: Lexicon) -> None:
    assert resolve_need(need, lexicon).sectors[0].id == trade


def test_the_object_of_a_study_begins_after_its_connector() -> None:
    text = "etude de faisabilite de la voirie"
    assert [text[begins:] for _, begins in boilerplate.studies(text)] == [" faisabilite de la voirie"]
    assert [*boilerplate.studies("etudes et travaux de voirie")] == []
