"""For whom a text says a market is reserved (docs/contracts.md, « Evidence of a provision »)."""

from __future__ import annotations

import pytest

from vivier.contracts.reservation import best_founded, named, read_reservation, reserved_sentences


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
        ("PRESTATIONS D ENTRETIEN DES ESPACES VERTS REALISEES PAR UN E.S.A.T.", ("EA_ESAT",)),
        ("nettoyage de bureaux assuré par des structures d'insertion", ("SIAE",)),
        ("500 heures réalisées par une entreprise d'insertion", ()),
        ("Marché réservé à l'insertion : entretien d'espaces verts", ("SIAE",)),
        ("un nombre d'heures de ce marché est réservé à l'insertion", ()),
        ("les travaux pourront être réalisés par une entreprise d'insertion", ()),
        ("travaux réalisés par une entreprise adaptée au chantier", ()),
        ("nettoyage des locaux d'un ESAT", ()),
        ("prestations d'insertion professionnelle", ()),
        ("le marché n'est pas réservé (L. 2113-12, L. 2113-13)", ()),
        ("Marché réservé à des ateliers protégés", ("EA_ESAT",)),
        (
            "Marché réservé à des ateliers protégés et à des opérateurs pour personnes handicapées ou défavorisées",
            ("EA_ESAT", "SIAE"),
        ),
        ("Contrat réservé aux ateliers protégés : non", ()),
        ("Lot réservé aux entreprises adaptées : non. Durée : 12 mois", ()),
    ],
)
def test_a_text_names_the_families_it_cites(text: str, families: tuple[str, ...]) -> None:
    assert named(read_reservation(text)) == families


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("tonte du secteur Fort Nieulay réservé à l'insertion des personnes handicapées", ("EA_ESAT",)),
        ("lot réservé à des structures employant des travailleurs handicapés", ("EA_ESAT",)),
        ("marché réservé aux structures qui emploient des personnes éloignées de l'emploi", ("SIAE",)),
        ("lot réservé à l'insertion de personnes handicapées ou défavorisées", ("EA_ESAT", "SIAE")),
        ("création de places de stationnement réservées aux personnes handicapées", ()),
        ("transport de personnes handicapées, marché réservé", ()),
        ("accompagnement d'élèves en situation de handicap", ()),
        ("prestations d'insertion professionnelle des personnes handicapées", ()),
    ],
)
def test_a_text_that_reserves_names_people(text: str, families: tuple[str, ...]) -> None:
    assert named(read_reservation(text)) == families


@pytest.mark.parametrize(
    ("text", "families", "confidence"),
    [
        ("prestations d'insertion par l'emploi pour l'entretien des espaces verts", ("SIAE",), 0.5),
        ("insertion sociale et professionnelle, accompagnement d'élèves en situation de handicap", ("SIAE",), 0.5),
        ("personnes inscrites dans les dispositifs d'insertion par l'activité économique", ("SIAE",), 0.6),
        ("insertion professionnelle de personnes handicapées : entretien du linge", ("EA_ESAT",), 0.5),
        ("atelier de travailleurs handicapés", ("EA_ESAT",), 0.6),
        ("repas préparés par un ESAT", ("EA_ESAT",), 0.6),
        ("transport de personnes handicapées", (), None),
        ("insertion d'annonces légales", (), None),
        ("gardiennage de sites", (), None),
    ],
)
def test_the_object_of_a_market_known_as_reserved_says_for_whom(
    text: str, families: tuple[str, ...], confidence: float | None
) -> None:
    found = best_founded(read_reservation(text, reserved=True))
    assert named(found) == families and read_reservation(text) == ()
    assert {finding.confidence for finding in found} == ({confidence} if confidence is not None else set())


def test_what_is_only_implied_gives_way_to_what_is_said() -> None:
    text = "Prestations d'insertion professionnelle. Lot réservé aux entreprises adaptées. Prestations d'insertion."
    assert named(best_founded(read_reservation(text, reserved=True))) == ("EA_ESAT",)


def test_a_place_reserved_to_somebody_reserves_no_market() -> None:
    assert not list(reserved_sentences("Lot 2 : parking réservé aux usagers"))
    assert not list(reserved_sentences("Lot 4 : places de stationnement réservées aux personnes handicapées"))
    assert list(reserved_sentences("Lot 3 : entretien des espaces verts réservé aux ESAT"))


@pytest.mark.parametrize(
    ("text", "reserves"),
    [
        ("Le marché est réservé aux entreprises d'assurances", False),
        ("les lots 6 et 7 sont réservés aux «nouveaux entrants»", False),
        ("concession confiée à une société exclusivement réservée à l'exécution du contrat", False),
        ("consultations juridiques réservées à la profession d'avocat", False),
        ("le marché est réservé au secteur adapté", True),
        ("lot réservé aux ACI", True),
        ("accord-cadre réservé au titre de l'article 13", True),
        ("marché réservé relatif à l'entretien des patios", True),
        ("le lot 3 est réservé (nettoyage), le lot 4 est réservé aux artisans", True),
    ],
)
def test_a_market_reserved_to_others_is_not_reserved_to_inclusive_structures(text: str, reserves: bool) -> None:
    assert bool(list(reserved_sentences(text))) is reserves


def test_the_lots_of_a_housing_estate_are_land() -> None:
    assert not list(reserved_sentences("Lotissement de 18 lots à bâtir dont 15 lots réservés pour des logements"))
    assert list(reserved_sentences("Aménagement du lotissement des Saules, marché réservé"))


def test_the_proof_is_the_sentence() -> None:
    finding = read_reservation("Travaux de peinture. Ce lot est réservé (art. L. 2113-13). Visite obligatoire.")[0]
    assert finding.value == "L2113-13"
    assert finding.excerpt == "Ce lot est réservé (art. L. 2113-13)"


def test_a_reservation_may_be_said_without_saying_for_whom() -> None:
    assert list(reserved_sentences("le lot 6 est réservé"))
    assert not list(reserved_sentences("le lot 6 n'est pas réservé"))
    assert not list(reserved_sentences("parking réservé aux usagers"))
