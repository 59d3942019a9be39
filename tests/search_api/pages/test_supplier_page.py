"""The page of a supplier: every fact with its proof; and what an attacker writes stays text."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.conftest import Open
from tests.search_api.pages.corpus import FORMER, GARDENS, HOSTILE_URL, SCRIPT
from tests.search_api.pages.html import Page


def test_each_fact_names_its_producer_licence_and_date(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert page.one("h1").text == GARDENS
    table = page.one("table")
    assert "valide jusqu'au 31/12/2027" in table.text
    drawer = page.one("details", class_="drawer")
    assert "Office d'essai" in drawer.text
    for one in drawer.all("span", class_="source"):
        assert "licence" in one.text.lower() and ("donnée du" in one.text or "lue le" in one.text)
    for fact in ("Adresse", "SIREN", "Taille", "Référence", "Nom"):
        assert fact in drawer.text
    assert "40 km autour du siège" in page.text
    assert "42 places (autorisée, 2025)" in page.text
    assert "Ville d'essai" in page.text


def test_sources_are_in_one_fold(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert not page.all("p", class_="source")
    assert 0 < len(page.one("details", id="sources").all("li")) < 6


def test_the_head_says_what_decides(open_page: Open) -> None:
    head = open_page("/fournisseurs/pages-jardins").one("header", class_="sheet-head")
    (seal,) = head.all("div", class_="seal")
    assert "valid" in seal.attributes["class"] and "Valide jusqu'au 31/12/2027" in seal.text
    assert "42 places" in head.text
    assert "Entretien des espaces verts" in head.text


def test_a_seal_says_whether_the_agreement_holds(open_page: Open) -> None:
    (ended,) = open_page("/fournisseurs/pages-linge").all("div", class_="seal")
    assert "ended" in ended.attributes["class"] and "Expiré depuis le 31/12/2025" in ended.text
    assert (
        "Type de structure inconnu" in open_page("/fournisseurs/pages-hostile").one("header", class_="sheet-head").text
    )


def test_what_one_does_next_is_a_link(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert page.link("Voir son site") == "https://jardins.example"
    assert page.link("Étudier un lot avec elle").startswith("/consultation?text=")
    assert page.link("Étudier un lot avec elle").endswith("choix=pages-jardins")
    assert page.link("Annuaire des entreprises").startswith("https://annuaire-entreprises.data.gouv.fr/entreprise/")
    assert page.link("Comment s'opposer") == "/donnees-personnelles#opposition"
    assert "contact non renseigné par l'exploitant" in page.text


def test_structures_like_it_are_near_it_and_never_itself(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    (near,) = [one for one in page.all("section") if one.attributes["aria-labelledby"] == "titre-voisines"]
    names = [one.text for one in near.all("a")]
    assert names and GARDENS not in names
    assert "km" in near.text


def test_an_expired_label_is_shown_as_expired(open_page: Open) -> None:
    rows = {
        row.one("th").text: row.text
        for table in open_page("/fournisseurs/pages-jardins").all("table")
        for row in table.all("tr")[1:]
    }
    expired = next(text for name, text in rows.items() if "RSEI" in name)
    assert "expiré depuis le 31/03/2025" in expired and "ne compte pas" in expired
    assert not any("ne compte pas" in text for name, text in rows.items() if "ESUS" in name)


def test_validity_is_judged_at_the_date_asked(open_page: Open) -> None:
    assert "ne compte pas" not in open_page("/fournisseurs/pages-jardins?as_of=2025-01-01").text


def test_what_is_doubtful_is_to_be_checked(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert "À vérifier" in page.text and "SIRET non publié" in page.text


def test_the_proof_and_the_website_are_links_that_vouch_for_nothing(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    outside = [one for one in page.all("a") if one.attributes["href"].startswith("http")]
    assert {"https://example.org/esus", "https://jardins.example"} <= {one.attributes["href"] for one in outside}
    assert all(one.attributes["rel"] == "nofollow noopener" for one in outside)


def test_the_same_record_is_one_link_away_in_json(open_page: Open, pages_client: TestClient) -> None:
    url = open_page("/fournisseurs/pages-jardins").link("Cette fiche en JSON")
    assert pages_client.get(url).json()["supplier"]["id"] == "pages-jardins"


def test_a_supplier_of_which_little_is_known_says_so(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-linge")
    assert "Effectif et chiffre d'affaires inconnus." in page.text
    assert "Aucun label connu" in page.text


def test_hostile_texts_stay_texts(open_page: Open) -> None:
    sheet = open_page("/fournisseurs/pages-hostile")
    results = open_page("/fournisseurs?q=blanchisserie&seat=commune:59350")
    assert sheet.one("h1").text == SCRIPT
    for page in (sheet, results):
        assert SCRIPT in page.text
        _is_inert(page)
    assert "{{7*7}}" in sheet.text
    assert HOSTILE_URL in sheet.text


@pytest.mark.slow
def test_hostile_parameters_stay_texts(open_page: Open) -> None:
    attack = '"><script>alert(1)</script>'
    for url, status in (
        (f"/fournisseurs?q={attack}", 200),
        (f"/fournisseurs?need={attack}", 200),
        (f"/fournisseurs?besoin={attack}", 200),
        (f"/fournisseurs?lieu={attack}", 422),
        (f"/fournisseurs?{attack}=1", 200),  # left out, and said so
        (f"/fournisseurs?kind={attack}", 422),
        (f"/fournisseurs?network={attack}", 422),
        (f"/fournisseurs/{attack.replace('/', '')}", 404),
    ):
        page = open_page(url, status)
        _is_inert(page)


def _is_inert(page: Page) -> None:
    """Only our own script, no handler, no style attribute, no link but http(s), local ones and anchors."""
    assert {one.attributes.get("src", "")[:8] for one in page.all("script")} == {"/static/"}
    assert not {"iframe", "img", "object", "embed", "style"} & {one.tag for one in page.all()}
    for one in page.all():
        assert not [name for name in one.attributes if name.startswith("on") or name == "style"]
    for href in page.links():
        assert re.match(r"https?://|/(?!/)|#", href), href


def test_values_that_were_not_retained_are_shown_with_their_source(open_page: Open) -> None:
    (section,) = [
        one for one in open_page("/fournisseurs/pages-jardins").all("details") if "Autres valeurs" in one.text
    ]
    assert "8 rue Basse, Tourcoing" in section.text
    assert "fermée" in section.text
    assert "Autres valeurs" not in open_page("/fournisseurs/pages-linge").text


def test_values_that_were_not_retained_are_in_the_api(pages_client: TestClient) -> None:
    others = pages_client.get("/v1/suppliers/pages-jardins").json()["supplier"]["others"]
    assert [other["field"] for other in others] == ["address", "closed", "website"]
    assert others[2]["value"] == "https://ancien.example"
    assert others[2]["provenance"]["producer"] == "Office d'essai"


def test_a_former_id_leads_to_the_supplier_that_took_over(pages_client: TestClient) -> None:
    for path in ("/fournisseurs/", "/v1/suppliers/"):
        moved = pages_client.get(path + FORMER, follow_redirects=False)
        assert (moved.status_code, moved.headers.get("location")) == (308, path + "pages-jardins")


def test_without_any_contract_indexed_they_are_unknown_not_none(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert "Marchés publicsinconnus" in page.one("header", class_="sheet-head").text
    assert "Marchés publics remportés" not in page.text
