"""What is to correct is told in the words of the page: the name of the field, what to write, never a word of the API."""

from __future__ import annotations

import pytest

from tests.search_api.pages.conftest import Open

pytestmark = pytest.mark.slow

CASES = {
    "/fournisseurs?radius_km=10": "Écrivez aussi le lieu autour duquel compter cette distance.",
    "/fournisseurs?lieu=Roubaix&rayon=loin": "Écrivez un nombre en chiffres, par exemple 30, au lieu de « loin ».",
    "/fournisseurs?lieu=Roubaix&rayon=900": "Écrivez un nombre d'au plus 200, au lieu de « 900 ».",
    "/fournisseurs?near=48.1,-1.6&radius_km=10": "La latitude est donnée avant la longitude : écrivez plutôt un lieu.",
    "/fournisseurs?sort=distance": "Pour trier par distance, écrivez un lieu.",
    "/fournisseurs?sort=zz": "Choisissez : « pertinence », « distance », « nom »",
    "/fournisseurs?sort=zz&foo=1": "L'adresse contient « foo », que cette page ne connaît pas : retirez-le.",
    "/fournisseurs?page=600&per_page=100": "Cette page est trop loin dans la liste",
    "/fournisseurs?turnover_min=9&turnover_max=3": "« Chiffre d'affaires minimal » dépasse « Chiffre d'affaires maximal » : inversez-les.",
    "/fournisseurs/pages-jardins?as_of=hier": "Écrivez un jour comme 2026-11-30",
}


@pytest.mark.slow
@pytest.mark.parametrize(("url", "correction"), CASES.items())
def test_a_correction_says_what_to_write(open_page: Open, url: str, correction: str) -> None:
    text = open_page(url, 422).one("main").text
    assert correction in text.replace("\u202f", " ").replace("\xa0", " ").replace("’", "'")
    for code in ("radius_km", "« near", "(territory)", "AAAA-MM-JJ", "/docs"):
        assert code not in text
