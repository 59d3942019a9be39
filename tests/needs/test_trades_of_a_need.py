"""Plain French to trades: sure, to confirm, or nothing."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.needs.boilerplate import last_lot


def _trades(need: Need) -> list[str]:
    return [match.id for match in need.sectors]


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("tonte des pelouses du lycée à Roubaix", "entretien-espaces-verts"),
        ("laver les vitres", "nettoyage-vitres"),
        ("ramasser les encombrants", "collecte-encombrants"),
        ("mise sous pli", "mise-sous-pli"),
        ("D.E.E.E.", "collecte-deee"),
        ("vrd", "voirie-reseaux"),
        ("imprimer des flyers", "impression"),
        ("isolation de toiture RGE à Lyon", "isolation-toiture"),
        ("isolation thermique", "isolation"),
        ("calorifugeage des réseaux de chauffage", "isolation"),
        ("isolation des réseaux de chauffage", "isolation"),
        ("calorifugeage de tuyauteries", "isolation"),
        ("calorifugeage des canalisations d'eau chaude", "isolation"),
        ("marché de nettoyage", "nettoyage-locaux"),
        ("nous renouvelons notre marché d'exploitation des déchetteries", "gestion-decheterie"),
        ("entretien de la voierie communale", "voirie-reseaux"),
        ("recyclage de capsules et canettes", "recyclage-5-flux"),
        ("mise à dispo de personnel pour la cantine", "mise-a-disposition-personnel"),
    ],
)
def test_everyday_words_reach_their_trade(lexicon: Lexicon, text: str, trade: str) -> None:
    need = resolve_need(text, lexicon)
    assert need.status == "auto"
    assert _trades(need) == [trade]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("marché de nettoyage", "nettoyage-urbain"),
        ("extension de la cuisine centrale", "restauration-collective"),
        ("Travaux de construction d'une cantine scolaire", "restauration-collective"),
        ("rénovation du Centre Communal d'Action Sociale", "action-sociale"),
        ("extension de l'aire d'accueil des gens du voyage", "action-sociale"),
        ("construction d'un centre de tri des déchets", "tri-dechets"),
        ("réhabilitation partielle du nouvel atelier de menuiserie", "menuiserie"),
        ("achat d'une marmite de 400 litres", "vente-livres"),
        ("suivi des rejets des établissements conventionnés", "organisation-evenements"),
        ("Débroussaillage et petites réparations en aval", "reparation-nautique-engins"),
        ("RESTRUCTURATION CUISINE DE PROXIMITE LOT 5", "materiel-restauration"),
        ("STRUCTURE CLOS ET COUVERT ET VRD", "materiel-restauration"),
        ("cloisons et faux plafonds - période 3", "vente-livres"),
        ("TRAVAUX CABINET MEDICAL LOT 12", "bionettoyage"),
        ("CENTRE INTERPRETATION MONTAIGNE", "traduction"),
        ("GRPE scolaire", "echafaudage-location-materiel"),
        ("taille des haies. Secrétariat général, tél. 03 00 00 00 00", "secretariat"),
    ],
)
def test_a_word_that_only_looks_like_a_trade_proposes_nobody(lexicon: Lexicon, text: str, absent: str) -> None:
    assert absent not in _trades(resolve_need(text, lexicon))


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("construction d'une cantine scolaire - lot 5 menuiserie", "menuiserie"),
        ("réfection de l'aire de jeux", "aires-jeux-equipements-sportifs"),
        ("Mission de maîtrise d'œuvre pour la réfection des toitures du gymnase", "ingenierie-architecture"),
        ("coordination SPS pour la construction d'une cantine", "ingenierie-architecture"),
        ("Hébergement et maintenance du progiciel, acquisition d'un progiciel", "developpement-logiciel"),
        ("la tonte des terrains de foot", "entretien-terrains-sport"),
        ("taille des végétaux", "entretien-espaces-verts"),
        ("réparation de tracteurs", "reparation-nautique-engins"),
        ("enlèvement et valorisation des végétaux", "collecte-dechets-verts"),
        ("nettoyage des vitrages et des stores", "nettoyage-vitres"),
        ("achat de papier de reprographie", "papeterie-fournitures"),
        ("Acquisition d¿albums pour enfants", "vente-livres"),
        ("AMO pour la construction d'une crèche", "ingenierie-architecture"),
        ("gestion des déchets", "collecte-dechets"),
        ("entretien des syst\ufffdmes de chauffage", "chauffage-climatisation"),
    ],
)
def test_what_is_built_or_designed_leaves_the_trade_to_the_other_words(lexicon: Lexicon, text: str, trade: str) -> None:
    assert _trades(resolve_need(text, lexicon)) == [trade]


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("Construction d'un groupe scolaire - Mission de maîtrise d'œuvre", ["ingenierie-architecture"]),
        ("Mission SPS - aménagement d'un giratoire", ["ingenierie-architecture"]),
        ("Lot 1 : maîtrise d'œuvre\nLot 2 : démolition", ["ingenierie-architecture", "demolition-curage"]),
    ],
)
def test_who_designs_or_watches_works_makes_none(lexicon: Lexicon, text: str, trades: list[str]) -> None:
    assert _trades(resolve_need(text, lexicon)) == trades


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("LOT 2 TERRASSEMENTS VRD ESPACES VERTS", ["terrassement", "voirie-reseaux", "entretien-espaces-verts"]),
        ("plomberie chauffage ventilation", ["plomberie", "chauffage-climatisation"]),
        ("faux plafonds cloisons modulaires", ["cloisons-platrerie"]),
        ("bardage métallique", ["facades-ravalement"]),
        ("nettoyage vitrerie", ["nettoyage-vitres"]),
    ],
)
def test_trades_of_a_building_site_are_listed_without_a_comma(lexicon: Lexicon, text: str, trades: list[str]) -> None:
    assert _trades(resolve_need(text, lexicon)) == trades


def test_two_trades_in_one_line_are_both_given(lexicon: Lexicon) -> None:
    need = resolve_need("nettoyage et gardiennage", lexicon)
    assert need.multi
    assert _trades(need) == ["nettoyage-locaux", "gardiennage-surveillance"]


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("nettoyage des locaux et des vitres", ["nettoyage-locaux", "nettoyage-vitres"]),
        ("entretien des locaux et des espaces verts", ["nettoyage-locaux", "entretien-espaces-verts"]),
        ("travaux de peinture et de maçonnerie", ["peinture-batiment", "maconnerie-gros-oeuvre"]),
        ("nettoyage de bureaux ainsi que lavage de vitres", ["nettoyage-locaux", "nettoyage-vitres"]),
        ("collecte de papiers et destruction d'archives", ["collecte-papiers", "destruction-archives"]),
        ("impression et mise sous pli à 50 km de Nantes", ["impression", "mise-sous-pli"]),
        ("nettoyage et vitrerie", ["nettoyage-locaux", "nettoyage-vitres"]),
        ("vitrerie et nettoyage", ["nettoyage-vitres", "nettoyage-locaux"]),
        (
            "Maîtrise d'œuvre pour la toiture de l'école ; nettoyage des locaux",
            ["ingenierie-architecture", "nettoyage-locaux"],
        ),
        ("Plomberie. Nettoyage des locaux.", ["plomberie", "nettoyage-locaux"]),
        ("Maîtrise d'œuvre pour la toiture. Nettoyage des locaux", ["ingenierie-architecture", "nettoyage-locaux"]),
        ("commissariat aux comptes et nettoyage", ["juridique-comptable", "nettoyage-locaux"]),
        ("transport à la demande et nettoyage", ["transport-personnes", "nettoyage-locaux"]),
        ("ordinateurs reconditionnés et ramettes de papier", ["informatique-reconditionnee", "papeterie-fournitures"]),
        ("ramettes de papier et ordinateurs reconditionnés", ["papeterie-fournitures", "informatique-reconditionnee"]),
    ],
)
def test_two_trades_that_hang_on_one_word_are_both_given(lexicon: Lexicon, text: str, trades: list[str]) -> None:
    assert _trades(resolve_need(text, lexicon)) == trades


@pytest.mark.parametrize("text", ["isolation thermique des murs par l'extérieur", "isolation par l'extérieur", "ITE"])
def test_a_narrow_trade_close_to_its_wide_one_comes_first(lexicon: Lexicon, text: str) -> None:
    assert _trades(resolve_need(text, lexicon))[0] == "isolation-murs"


@pytest.mark.parametrize("text", ["acquisition de matériel de sport", "LOT 3 AUTRES BATIMENTS MQC SALLE JEAN MONNET"])
def test_a_theme_that_is_hardly_likely_is_not_said_to_be_out_of_scope(lexicon: Lexicon, text: str) -> None:
    assert not any(warning.startswith("Hors du champ") for warning in resolve_need(text, lexicon).warnings)


@pytest.mark.parametrize(
    "text",
    [
        "collecte de papier et de cartons",
        "location de barnums, tables et sono",
        "hébergement et sauvegarde de nos serveurs",
        "restauration collective avec des produits locaux",
        "colis de Noël, produits locaux",
    ],
)
def test_several_things_of_one_trade_are_one_trade(lexicon: Lexicon, text: str) -> None:
    assert not resolve_need(text, lexicon).multi


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("traiteur zéro déchet", "traiteur"),
        ("buffet anti-gaspi", "traiteur"),
        ("impression du bulletin sur papier recyclé", "impression"),
        ("nettoyage de bureaux avec des produits écolabellisés", "nettoyage-locaux"),
        ("paniers de fin d'année avec des produits bio et locaux", "paniers-gourmands"),
    ],
)
def test_a_manner_of_doing_is_not_the_trade(lexicon: Lexicon, text: str, trade: str) -> None:
    assert _trades(resolve_need(text, lexicon)) == [trade]


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("réfection de l'électricité, 20 rue des Tanneurs à Orléans", "electricite-batiment"),
        ("rénovation des façades, 1 et 5, rue Broutin", "facades-ravalement"),
        ("construction de 16 logements, 31 rue des Bergers à Paris", "maconnerie-gros-oeuvre"),
        ("réfection de la rue des Tanneurs à Orléans", "voirie-reseaux"),
    ],
)
def test_an_address_says_where_and_not_what(lexicon: Lexicon, text: str, trade: str) -> None:
    assert _trades(resolve_need(text, lexicon)) == [trade]


@pytest.mark.parametrize("lot", ["Lot 12 : Peinture", "lot peinture"])
def test_the_title_of_the_lot_says_the_trade_not_the_operation(lexicon: Lexicon, lot: str) -> None:
    assert _trades(resolve_need(f"Réhabilitation de 28 logements - {lot}", lexicon)) == ["peinture-batiment"]


@pytest.mark.parametrize("lot", ["lot relance", "lot unique", "lot de peinture perdu", "lots et peinture"])
def test_a_lot_that_has_no_title_is_none(lot: str) -> None:
    assert last_lot(f"renovation de la toiture - {lot}") is None


def test_a_lot_that_names_a_place_leaves_the_object_to_the_title(lexicon: Lexicon) -> None:
    need = resolve_need("Entretien des ascenseurs - Lot 3 : secteur Ouest", lexicon)
    assert _trades(need) == ["ascenseurs"]


def test_a_misspelt_word_is_read_and_the_correction_is_shown(lexicon: Lexicon) -> None:
    need = resolve_need("netoyage de beureaux", lexicon)
    assert _trades(need) == ["nettoyage-locaux"]
    assert [(one.written, one.read) for one in need.corrections] == [("beureaux", "bureaux")]


def test_a_word_that_looks_like_a_trade_is_barred_by_its_exclusions(lexicon: Lexicon) -> None:
    assert _trades(resolve_need("énergie verte", lexicon)) == []
    assert "desamiantage" not in _trades(resolve_need("peinture et plomberie", lexicon))


def test_a_theme_out_of_scope_yields_nothing_and_says_which(lexicon: Lexicon) -> None:
    need = resolve_need("assurance de la flotte automobile", lexicon)
    assert need.status == "unresolved"
    assert need.sectors == ()
    assert any("assurance" in warning for warning in need.warnings)


@pytest.mark.parametrize("text", ["", "   ", "bonjour", "accord-cadre à bons de commande", "2024-118", "zz yy xx"])
def test_what_says_no_trade_gives_none(lexicon: Lexicon, text: str) -> None:
    need = resolve_need(text, lexicon)
    assert need.status == "unresolved"
    assert need.sectors == ()


def test_an_unresolved_need_gives_the_nearest_trades_five_at_most(lexicon: Lexicon) -> None:
    need = resolve_need("panneaux et sentier", lexicon)
    assert 0 < len(need.sectors) + len(need.alternatives) <= 5


@pytest.mark.slow
def test_the_code_or_the_exact_name_of_a_trade_is_that_trade(lexicon: Lexicon) -> None:
    for trade in list(lexicon.trades)[::12]:
        for text in (trade.code, trade.name.upper()):
            need = resolve_need(text, lexicon)
            assert _trades(need) == [trade.code], text
            assert need.sectors[0].why[0].via == "exact"


def test_a_reason_names_the_phrase_and_points_at_the_words(lexicon: Lexicon) -> None:
    text = "Tonte des pelouses du stade"
    why = resolve_need(text, lexicon).sectors[0].why[0]
    assert why.via.startswith(("words:", "name:"))
    assert [text[span.start : span.end] for span in why.spans] == why.term.split()


def test_a_code_in_the_text_is_read_with_its_trades(lexicon: Lexicon) -> None:
    need = resolve_need("CPV 77310000-6", lexicon)
    assert _trades(need) == ["entretien-espaces-verts"]
    assert need.cpv[0].code == "77310000"
    assert (need.cpv[0].confidence, need.cpv[0].spans[0].text) == (1.0, "77310000-6")


def test_an_unknown_code_is_read_as_its_nearest_ancestor_with_a_warning(lexicon: Lexicon) -> None:
    need = resolve_need("cpv 45219999", lexicon)
    assert need.cpv[0].code == "45210000"
    assert any("45219999" in warning and "45210000" in warning for warning in need.warnings)


def test_codes_come_through_the_trades_and_stay_services_unless_goods_are_asked(lexicon: Lexicon) -> None:
    assert {match.code[:2] for match in resolve_need("imprimer des flyers", lexicon).cpv} <= {"79"}
    assert all(int(match.code[:2]) >= 45 for match in resolve_need("entretien des espaces verts", lexicon).cpv)


@pytest.mark.slow
def test_what_is_beyond_the_longest_text_is_not_read_and_said_so(lexicon: Lexicon) -> None:
    need = resolve_need("tonte " * 1_000, lexicon)
    assert any("5000" in warning for warning in need.warnings)


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("renouvellement des canalisations et branchements", "voirie-reseaux"),
        ("traitement des déchets verts", "collecte-dechets-verts"),
        ("charpente métallique", "couverture-charpente"),
        ("occultation et protection solaire", "menuiserie"),
        ("actions d'insertion pour les bénéficiaires du RSA", "ressources-humaines"),
        ("gants nitrile", "protection-sanitaire"),
        ("construction de vestiaires en modulaires", "construction-modulaire"),
        ("diagnostics immobiliers", "ingenierie-architecture"),
        ("avocat en droit fiscal", "juridique-comptable"),
    ],
)
@pytest.mark.slow
def test_the_whole_phrase_of_a_trade_is_preferred_to_a_word_that_another_shares(
    text: str, trade: str, lexicon: Lexicon
) -> None:
    assert [match.id for match in resolve_need(text, lexicon).sectors] == [trade]


@pytest.mark.parametrize("text", ["fourniture d'électricité segment C2", "fourniture de gasoil"])
def test_energy_is_out_of_the_scope_of_the_directory(text: str, lexicon: Lexicon) -> None:
    assert any("fourniture d'énergie" in warning for warning in resolve_need(text, lexicon).warnings)


@pytest.mark.parametrize("text", ["Blanchisserie", "Déménagement"])
def test_a_trade_for_which_no_word_speaks_is_not_proposed_beside_a_sure_one(lexicon: Lexicon, text: str) -> None:
    need = resolve_need(text, lexicon)
    assert need.status == "auto" and all(match.why for match in need.alternatives)
