"""The pages of contracts, buyers and leads: found, explained, never run, whole without notices."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient

from search_api.contracts.pages.contracts import _brief
from tests.search_api.contracts.conftest import Open
from tests.search_api.contracts.corpus import LAWNS, VERTOU
from tests.search_api.pages.html import Page

PAGES = (
    "/marches",
    "/marches?q=pelouses&provision=clause",
    "/marches?lieu=Roubaix&rayon=20&amount_min=1000&ending_months=24",
    "/marches?q=zzyzx",
    "/marches?page=2&per_page=20",
    "/marches/cpelouses",
    "/marches/chostile",
    "/acheteurs",
    "/acheteurs?sort=volume&lieu=Roubaix",
    f"/acheteurs/{VERTOU}",
    "/pistes",
    "/pistes?supplier=pages-jardins",
    "/pistes?trade=entretien-espaces-verts&lieu=Roubaix&kind=ESAT",
)
REFUSED = ("/marches?amount_min=x&lieu=Saint-Denis&inconnu=1", "/pistes?page=2", "/pistes?supplier=personne")


@pytest.fixture(scope="module", params=(*PAGES, *REFUSED))
def page(request: pytest.FixtureRequest, client: TestClient) -> Page:
    response = client.get(request.param, headers={"Accept": "text/html"})
    assert response.status_code == (422 if request.param in REFUSED else 200), response.text[:1000]
    return Page(str(response.url), response.text)


def why_of(page: Page, title: str) -> str:
    """What the fold below a list says of one of its entries."""
    folds = [one for one in page.all("details", class_="why") if "Pourquoi ces résultats" in one.one("summary").text]
    return next(one.text for fold in folds for one in fold.all("div") if title in one.one("dt").text)


def test_every_page_has_a_title_one_h1_and_ordered_headings(page: Page) -> None:
    assert page.one("html").attributes["lang"] == "fr" and page.one("title").text.endswith("Vivier")
    levels = [int(one.tag[1]) for one in page.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def test_every_field_is_labelled_every_reference_exists_every_form_is_get(page: Page) -> None:
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids)), sorted(id_ for id_ in ids if ids.count(id_) > 1)
    for one in page.all():
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert set(one.attributes.get(name, "").split()) <= set(ids), one.attributes
    assert all(href[1:] in ids for href in page.links() if href.startswith("#"))
    labelled = {one.attributes["for"] for one in page.all("label") if "for" in one.attributes}
    wrapped = [id(field) for label in page.all("label") for field in label.all("input")]
    for field in (*page.all("input"), *page.all("select")):
        hidden = field.attributes.get("type") == "hidden"
        assert hidden or field.attributes.get("id") in labelled or id(field) in wrapped, field.attributes
    assert all(one.attributes["method"] == "get" for one in page.all("form"))


def test_every_table_has_a_caption_and_scoped_headers(page: Page) -> None:
    for table in page.all("table"):
        assert table.one("caption").text
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th"))


def test_no_text_of_a_source_runs(page: Page) -> None:
    assert [one for one in page.all("script") if "src" not in one.attributes] == []
    assert not page.all("b") and "javascript:" not in page.source


@pytest.mark.slow
def test_every_link_to_our_api_leads_somewhere(page: Page, client: TestClient) -> None:
    for href in {url for url in page.links() if url.startswith(("/v1/", "/veille/", "/marches?", "/pistes?"))}:
        expected = (200, 404, 422) if "À corriger" in page.one("title").text else (200, 404)
        assert client.get(href).status_code in expected, href


def test_a_contract_is_found_with_its_reasons_and_its_holder_known(open_page: Open) -> None:
    page = open_page("/marches?q=pelouses")
    card = next(one for one in page.all("li", class_="card") if LAWNS in one.text)
    assert "Il reste 6 mois" in card.text
    why = why_of(page, LAWNS)
    assert "clause sociale" in why and "structure inclusive connue (ESAT)" in why
    assert "finit au plus tard le 1er juin 2027" in why
    assert "Marchés d'essai (Producteur d'essai)" in why


@pytest.mark.slow
def test_a_filter_leaves_by_its_link(open_page: Open) -> None:
    page = open_page("/marches?provision=clause&lieu=Roubaix")
    without = open_page(page.link("Retirer le filtre Considération"))
    assert without.asked == [("territory", "commune:59512")]


@pytest.mark.slow
def test_what_is_unknown_is_said_and_counted(open_page: Open) -> None:
    assert "1 marché dont on ignore le montant" in open_page("/marches?amount_min=1000").text
    why = why_of(open_page("/marches?q=sans+date"), "Prestation sans date ni montant")
    assert "Montant : inconnu" in why and "fin au plus tard : inconnue" in why
    assert "offres reçues : inconnues" in why
    sheet = open_page("/marches/cinconnu").text
    assert "Durée maximaleinconnue" in sheet and "Montant (toute la durée)inconnu" in sheet


def test_no_result_says_which_condition_to_remove(open_page: Open) -> None:
    page = open_page("/marches?q=pelouses&provision=reserved")
    assert "sans « Considération » : 1 marché" in page.text.replace("\u202f", " ")


def test_the_story_of_a_contract_is_told(open_page: Open) -> None:
    page = open_page("/marches/cpelouses")
    assert "Avenant 1" in page.text and "Marché signé" in page.text
    assert "Autres lots de la consultation" in page.text and "Taille des haies" in page.text
    assert "plusieurs titulaires sans groupement" in page.text and "95 %" in page.text
    assert "Suivi par" in open_page("/marches/crenouvele").text
    assert "Marché réservé" in open_page("/marches/clinge").text


def test_the_sheet_of_a_buyer_shows_coverage_beside_every_share(open_page: Open) -> None:
    page = open_page(f"/acheteurs/{VERTOU}")
    row = page.one("table").all("tr")[1]
    assert "couverture 100 %" in row.text and "cible de 30 %" in row.text
    assert "Avis non chargés" in page.text and "SPASER" in page.text
    assert "non concluant" in page.text


def test_buyers_show_every_factor_of_their_rank(open_page: Open) -> None:
    page = open_page("/acheteurs")
    fold = next(one for one in page.all("details", class_="why") if "Ce que l'on sait" in one.one("summary").text)
    scores = [one for one in fold.all("ul", class_="inline") if "part sociale" in one.text]
    assert len(scores) == len(page.all("li", class_="card"))
    for score in scores:
        for factor in ("part sociale", "volume", "proximité", "récence"):
            assert factor in score.text


def test_leads_of_a_supplier_are_grouped_dated_and_explained(open_page: Open) -> None:
    page = open_page("/pistes?supplier=pages-jardins")
    assert page.one("h1").text == "1 opportunité pour Les Jardins d'Essai de Roubaix"
    assert "Avis non chargés" in page.text
    chips = [one.text for one in page.one("ul", aria_label="Sortes d'opportunités").all("li")]
    assert chips == ["Toutes : 1", "Marché à renouveler : 1"], "a kind without any is not shown"
    card = page.one("li", class_="card").text
    assert "Votre marché se termine : à appeler dès maintenant" in card and "Vous en êtes titulaire" in card
    why = why_of(page, LAWNS)
    assert "dans vos métiers" in why
    assert "acheteur à appeler dès maintenant ; finit au plus tard le 1er juin 2027" in why
    assert "Tonte ancienne" not in page.text  # already renewed


def test_a_contract_that_ends_is_told_as_its_own_to_its_holder_alone(client: TestClient) -> None:
    mine = client.get("/v1/leads?supplier=pages-jardins").json()["results"]
    others = client.get("/v1/leads?trade=entretien-espaces-verts&kind=ESAT&territory=FR").json()["results"]
    assert {row["id"]: row["lead_fr"] for row in mine} == {"cpelouses": "Votre marché se termine"}
    assert {row["id"]: row["lead_fr"] for row in others}["cpelouses"] == "Marché à renouveler"
    feed = client.get("/v1/feeds/leads.json?supplier=pages-jardins").text
    assert "vous en êtes titulaire" in feed


def test_the_page_of_a_supplier_leads_to_its_leads(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    assert (
        open_page(page.link("Opportunités pour cette structure"))
        .one("h1")
        .text.endswith("pour Les Jardins d'Essai de Roubaix")
    )


def test_errors_stand_beside_their_field_and_keep_what_was_typed(open_page: Open) -> None:
    page = open_page("/marches?amount_min=beaucoup&q=pelouses", 422)
    assert page.one(id="erreur-amount_min").text.startswith("Erreur")
    assert page.one("input", name="q").attributes["value"] == "pelouses"
    assert "personne" in open_page("/pistes?supplier=personne", 422).one(id="erreur-supplier").text


def test_an_unknown_contract_or_buyer_is_not_found(open_page: Open) -> None:
    open_page("/marches/rien", 404)
    open_page("/acheteurs/123", 404)


def test_an_unchanged_page_is_not_sent_again(client: TestClient) -> None:
    for url in ("/marches", "/marches/clinge", f"/acheteurs/{VERTOU}", "/pistes?supplier=pages-jardins"):
        etag = client.get(url).headers["etag"]
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_holder_whose_amounts_are_unknown_has_no_amount(client: TestClient) -> None:
    buyer = client.get("/v1/contracts/cinconnu").json()["contract"]["buyer"]["siren"]
    holders = client.get(f"/v1/buyers/{buyer}").json()["holders"]
    assert all((one["amount"] is None) == (one["amounts"] == 0) for one in holders)


def test_a_search_for_nobody_asks_for_whom(open_page: Open) -> None:
    assert "le SIRET d'une structure" in open_page("/pistes?turnover=5", 422).one(id="erreur-supplier").text


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/acheteurs", "/pistes"])
def test_the_form_shows_the_name_of_the_structure_and_reads_it_back(open_page: Open, path: str) -> None:
    page = open_page(f"{path}?supplier=pages-jardins")
    written = page.one("input", id="champ-supplier").attributes["value"]
    assert "pages-jardins" not in written and len(written) > 5
    assert open_page(f"{path}?supplier={written}").one("h1").text == page.one("h1").text
    assert open_page(f"{path}?supplier={written} (pages-jardins)").one("h1").text == page.one("h1").text


@pytest.mark.parametrize(
    ("title", "lot", "shown"),
    [
        ("Lot 2 : tonte des pelouses", 2, "Lot 2 : tonte des pelouses"),
        (
            "Prestations de service social au bénéfice des agents du ministère : Lot 2",
            2,
            "Lot 2 : Prestations de service",
        ),
        ("Tonte des pelouses", None, "Tonte des pelouses"),
    ],
)
def test_the_lot_of_a_title_is_shown_where_the_title_is_cut(title: str, lot: int | None, shown: str) -> None:
    assert _brief(title, lot).startswith(shown)


def test_a_structure_that_nobody_knows_is_a_point_to_correct_in_the_form(client: TestClient) -> None:
    refused = client.get("/marches?missed=toto", headers={"Accept": "text/html"})
    assert (
        refused.status_code == 422
        and "À corriger" in refused.text
        and "Aucun fournisseur « toto »" in unescape(refused.text).replace("\xa0", " ")
    )
    body = client.get("/v1/contracts?missed=toto").json()
    assert [(error["field"], error["code"]) for error in body["errors"]] == [("missed", "not_found")]
