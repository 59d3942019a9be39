"""Which websites are read: one line a structure and site, with all its names, and why a site is not asked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawlers.run import import_files
from crawlers.websites.targets import domain_of, folder_of, lines, site_of
from tests.crawlers.sites import supplier_list
from vivier.settings import Settings

LAC, LAC_ELSEWHERE, RIVE = "99910010000018", "99910010000026", "99910030800017"


def test_a_site_of_one_structure_is_asked_and_its_names_are_joined(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    sites = {
        "Atelier du Lac": (LAC, "https://www.Lac.example/accueil.php"),
        "Le Lac": (LAC, "http://lac.example/"),
        "Rive Claire": (RIVE, "https://partage.example/fr"),
        "Rive Claire, autre lieu": (LAC_ELSEWHERE, "https://partage.example/fr/"),
        "Page": ("", "https://fr.facebook.com/page"),
        "Sans site": (RIVE, ""),
    }
    import_files("list", [supplier_list(tmp_path, sites)], settings)
    found = [(line.target.site, line.target.names, line.target.siret, line.skip) for line in lines(settings.records)]
    assert found == [
        ("fr.facebook.com/page/", ("Page",), None, "not_own_site"),
        ("lac.example/", ("Atelier du Lac", "Le Lac"), LAC, None),
        ("partage.example/fr/", ("Rive Claire, autre lieu",), LAC_ELSEWHERE, "website_shared"),
        ("partage.example/fr/", ("Rive Claire",), RIVE, "website_shared"),
    ]
    assert [line.target.siren for line in lines(settings.records)] == [None, LAC[:9], LAC[:9], RIVE[:9]]


@pytest.mark.parametrize(
    ("website", "site", "folder"),
    [
        ("https://www.Lac.example/accueil.php", "lac.example/", "/"),
        ("http://lac.example", "lac.example/", "/"),
        ("http://a.fr/fr", "a.fr/fr/", "/fr/"),
        ("http://a.fr/x/index.html", "a.fr/x/", "/x/"),
        ("http://a.fr:80/x.y/z/", "a.fr:80/x.y/z/", "/x.y/z/"),
    ],
)
def test_a_site_has_one_spelling(website: str, site: str, folder: str) -> None:
    assert (site_of(website), folder_of(urlsplit(website).path)) == (site, folder)


@pytest.mark.slow
def test_the_domain_of_a_host_is_the_one_that_is_registered() -> None:
    hosts = {"www.esat.asso.fr": "esat.asso.fr", "localhost": "localhost", "a.b.co.uk": "b.co.uk"}
    assert {host: domain_of(host) for host in hosts} == hosts
