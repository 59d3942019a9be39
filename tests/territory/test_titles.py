"""The commune that a title names beside its département or its post code."""

from __future__ import annotations

import pytest

from vivier.territory import load_gazetteer
from vivier.territory.titles import commune_in_title


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
