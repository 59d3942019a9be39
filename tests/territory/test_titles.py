"""The commune that a title names beside its département or its post code, or after « à »."""

from __future__ import annotations

import pytest

from vivier.territory import load_gazetteer
from vivier.territory.titles import commune_in_title, commune_named


@pytest.mark.parametrize(
    ("title", "commune"),
    [
        ("06 – MENTON – PAF – ST LOUIS – Restructuration", "06083"),
        ("(29830) plouguin « les jardins du presbytère »", "29196"),
        ("Marché transversal - Avignon (84000) - Prestations topographiques", "84007"),
        ("Lycée André Guillaumin à Saint-Yrieix-la-Perche (87)- Concours", "87187"),
        ("35 - Vitré - école", "35360"),
    ],
)
def test_a_commune_beside_its_code_is_read(title: str, commune: str) -> None:
    assert commune_in_title(title, load_gazetteer()) == f"commune:{commune}"


@pytest.mark.parametrize(
    "title",
    [
        "Lot 06 - Menuiserie",
        "Fourniture de tours à métaux",
        "Visite de Tours",
        "06 – Vitré – école",  # Vitré is not in Alpes-Maritimes
        "Transport de Lyon (69) à Paris (75)",  # two places are none
        "20 - 2024 travaux",
        "",
    ],
)
def test_a_plain_word_is_no_place(title: str) -> None:
    assert commune_in_title(title, load_gazetteer()) is None


@pytest.mark.parametrize(
    ("title", "departement", "commune"),
    [
        ("Restructuration du collège Louis Pergaud à Foug", "54", "54205"),
        ("Travaux de requalification de la rue Dehau sur la commune de BOUVINES", "59", "59106"),
        ("Zone d'activité - Commune de GANNAT", "03", "03118"),
    ],
)
def test_a_commune_of_the_departements_of_a_notice_is_read_after_a_preposition(
    title: str, departement: str, commune: str
) -> None:
    assert commune_named(title, [departement], load_gazetteer()) == f"commune:{commune}"


@pytest.mark.parametrize(
    ("title", "departement"),
    [
        ("Restructuration du collège Louis Pergaud à Foug", "57"),
        ("Pistes cyclables à COLOMBELLES et IFS", "14"),
        ("Collèges à Foug, travaux ; gymnase à Toul", "54"),
        ("Accord-cadre à Marchés subséquents", "26"),
        ("reprise des façades à vire", "14"),
    ],
)
def test_another_departement_several_places_or_a_plain_word_are_no_place(title: str, departement: str) -> None:
    assert commune_named(title, [departement], load_gazetteer()) is None
