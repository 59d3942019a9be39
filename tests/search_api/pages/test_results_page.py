"""The results page: the same answer as the API, the state in the URL, the list before the map."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.conftest import Open
from tests.search_api.pages.corpus import GARDENS
from tests.search_api.pages.html import plain
from vivier.french import plural
from vivier.search.query import filters
from vivier.suppliers.query import SupplierQuery

NEED = "/fournisseurs?need=tonte des pelouses du lycée à Roubaix"


@pytest.mark.slow
def test_the_home_page_has_one_search_box_and_says_what_it_rests_on(open_page: Open) -> None:
    page = open_page("/")
    boxes = page.all("input")
    assert [box.attributes["name"] for box in boxes] == ["need", "lieu"]
    assert re.search(r"\d+ structures, \d sources?, données de", page.text)
    assert "Service non officiel" in page.one("footer").text
    assert "Sources et licences" in page.one("footer").text
    assert "Licence Ouverte 2.0" in open_page("/licences").text


@pytest.mark.slow
def test_a_need_leads_to_the_search_it_means_with_the_words_each_piece_came_from(open_page: Open) -> None:
    page = open_page(NEED)
    assert ("trade", "entretien-espaces-verts") in page.asked
    assert ("territory", "commune:59512") in page.asked
    panel = page.one("details", class_="understood")
    assert "Entretien des espaces verts" in panel.text and "d'après « tonte », « pelouses »" in panel.text
    assert [mark.text for mark in panel.all("mark")] == ["tonte", "pelouses", "Roubaix"]
    assert GARDENS in page.text


def test_a_piece_understood_leaves_by_its_link_and_stays_out(open_page: Open) -> None:
    page = open_page(NEED)
    without = open_page(page.link("Retirer le filtre Métier"))
    assert "trade" not in dict(without.asked)
    assert ("territory", "commune:59512") in without.asked
    assert "Appliquer" in without.one("details", class_="understood").text


@pytest.mark.slow
def test_a_doubtful_place_of_a_need_is_offered_never_picked(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Saint-Denis")
    assert "territory" not in dict(page.asked)
    chosen = open_page(page.link("Saint-Denis (974, La Réunion)"))
    assert ("territory", "commune:97411") in chosen.asked
    assert "Blanchisserie d'Essai" in chosen.text


@pytest.mark.slow
def test_a_distance_in_words_is_one_chip_that_leaves_whole(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=entretien des espaces verts à moins de 40 km de Roubaix")
    assert dict(page.asked).keys() >= {"trade", "near", "radius_km"} and "territory" not in dict(page.asked)
    chips = [one.text.replace("\u202f", " ") for one in page.one("form", class_="criteria").all("summary")]
    assert len([chip for chip in chips if "À moins de 40 km de Roubaix" in chip]) == 1
    without = open_page(page.link("Retirer le filtre Lieu"))
    assert not {"near", "radius_km"} & dict(without.asked).keys()


def test_a_distance_by_default_says_that_it_is(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie près de Roubaix")
    assert float(dict(page.asked)["radius_km"]) == 20
    assert "distance par défaut" in page.one("details", class_="understood").text


@pytest.mark.slow
def test_a_distance_around_a_doubtful_place_is_applied_with_the_place_chosen(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à 25 km de Saint-Denis")
    assert "near" not in dict(page.asked)
    chosen = open_page(page.link("Saint-Denis (93, Seine-Saint-Denis)"))
    assert float(dict(chosen.asked)["radius_km"]) == 25 and "territory" not in dict(chosen.asked)


@pytest.mark.slow
def test_what_a_need_says_and_the_search_cannot_apply_is_said_with_the_reason(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Roubaix, 300 couverts, à 30 minutes de route, 50 000 € TTC")
    panel = page.one("details", class_="understood").text
    assert "Compris, mais pas utilisé pour chercher" in panel
    assert "300 couverts" in panel and "ne publient pas cette capacité" in panel
    assert "TVA de 20 % ôtée" in panel


@pytest.mark.slow
def test_an_amount_without_tax_orders_by_capacity_over_the_duration(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Roubaix, 60 000 € HT sur 24 mois")
    assert (float(dict(page.asked)["lot_amount"]), dict(page.asked)["lot_months"]) == (60_000, "24")


def test_a_reserved_article_of_a_need_is_applied(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Roubaix, marché réservé L2113-12")
    assert ("article", "L2113-12") in page.asked


@pytest.mark.slow
def test_any_distance_can_be_written_in_the_form(open_page: Open) -> None:
    page = open_page("/fournisseurs?lieu=Roubaix&rayon=37,5")
    assert dict(page.asked)["radius_km"] == "37.5"
    assert open_page("/fournisseurs").one("input", id="critere-rayon").attributes["name"] == "rayon"


def test_what_is_not_understood_is_searched_as_words(open_page: Open) -> None:
    assert ("q", "zzyzx") in open_page("/fournisseurs?need=zzyzx").asked


@pytest.mark.slow
def test_what_the_url_says_is_not_replaced_by_what_the_need_says(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=tonte à Roubaix&territory=departement:35")
    assert [value for name, value in page.asked if name == "territory"] == ["departement:35"]
    around = open_page("/fournisseurs?need=tonte à 20 km de Roubaix&territory=departement:35")
    assert "near" not in dict(around.asked)


@pytest.mark.slow
def test_a_place_in_plain_french_becomes_a_territory(open_page: Open) -> None:
    assert open_page("/fournisseurs?lieu=Roubaix").asked == [("territory", "commune:59512")]
    assert open_page("/fournisseurs?lieu=Roubaix+(59, Nord)").asked == [("territory", "commune:59512")]
    assert open_page("/fournisseurs?seat=Rennes").asked == [("seat", "commune:35238")]


def test_a_distance_searches_seats_around_the_place(open_page: Open) -> None:
    page = open_page("/fournisseurs?lieu=Roubaix&rayon=20")
    assert dict(page.asked).keys() == {"near", "radius_km"}
    assert "À moins de 20 km de Roubaix" in page.one("form", class_="criteria").text.replace("\u202f", " ")
    assert page.all("circle", class_="asked")


def test_empty_fields_of_a_form_leave_the_url(open_page: Open) -> None:
    page = open_page("/fournisseurs?q=&lieu=&rayon=&kind=ESAT&kind=EA&turnover_min=&as_of=")
    assert page.asked == [("kind", "ESAT"), ("kind", "EA")]


def test_french_numbers_are_read(open_page: Open) -> None:
    assert open_page("/fournisseurs?turnover_min=1 234,5").asked == [("turnover_min", "1234.5")]


def test_a_neutral_order_gets_its_seed_in_the_url_and_repeats(open_page: Open) -> None:
    page = open_page("/fournisseurs?sort=neutral")
    assert "seed" in dict(page.asked)
    again = open_page(page.url)
    assert [one.text for one in page.all("h3")] == [one.text for one in again.all("h3")]


@pytest.mark.slow
def test_the_page_shows_the_answer_of_the_api(open_page: Open, pages_client: TestClient) -> None:
    for query in (
        "kind=ESAT",
        "territory=region:53&coverage=wide",
        "trade=nettoyage-locaux&label=RGE&page=1",
        "q=verger",
    ):
        told = pages_client.get(f"/v1/suppliers?groups=results&{query}").json()
        page = open_page(f"/fournisseurs?{query}")
        results = [*told["results"], *(result for group in told["groups"] for result in group["results"])]
        ids = [one.one("h3").one("a").attributes["href"].rpartition("/")[2] for one in page.all("li", class_="card")]
        assert ids == [result["id"] for result in results]
        assert page.one(role="status").text.startswith(f"{told['total']} structure")
        for result in results:
            why = page.one("div", id=f"p-{result['id']}").text
            for reason in result["reasons"]:
                assert reason["code"] in ("kind", "distance") or " ".join(reason["text"].split()) in why


@pytest.mark.slow
def test_every_declared_filter_has_a_control(open_page: Open) -> None:
    form = open_page(open_page("/fournisseurs").link("Tous les critères")).one("form", id="filtres")
    names = {one.attributes["name"] for one in (*form.all("input"), *form.all("select"))}
    counted = {name for name, filter_ in filters(SupplierQuery).items() if filter_.facet}
    assert filters(SupplierQuery).keys() - counted <= names
    assert {one.text for one in form.all("summary")} >= {filters(SupplierQuery)[name].title for name in counted}


def test_a_facet_shows_its_counts_and_the_selected_zero(open_page: Open, pages_client: TestClient) -> None:
    page = open_page("/fournisseurs?kind=SEP&label=RGE")
    boxes = {box.attributes["value"]: box for box in page.one("form", class_="filters").all("input", name="kind")}
    assert "checked" in boxes["SEP"].attributes
    told = pages_client.get("/v1/suppliers?kind=SEP&label=RGE&facets=kind").json()["facets"]["kind"]["values"]
    label = next(one for one in page.all("label") if boxes["SEP"] in one.children)
    assert label.text.endswith(", 0 structure")
    assert {value["value"] for value in told} | {"SEP"} == boxes.keys()


@pytest.mark.slow
def test_each_filter_in_place_leaves_by_a_link(open_page: Open) -> None:
    page = open_page("/fournisseurs?kind=ESAT&kind=EI&territory=region:53&coverage=wide&as_of=2026-01-01&not_label=RGE")
    removed = page.one("form", class_="criteria").all("a", class_="off")
    assert [one.text.removeprefix("Retirer le filtre ").partition(" :")[0] for one in removed] == [
        "Lieu", "Type", "Doit couvrir", "Label exclu", "Agréments et labels valables le",
    ]  # fmt: skip
    left = open_page(removed[0].attributes["href"])
    assert dict(left.asked).keys() == {"kind", "as_of", "not_label"}


@pytest.mark.slow
def test_the_pages_of_a_search_hold_every_result_once(open_page: Open) -> None:
    seen: list[str] = []
    url: str | None = "/fournisseurs?kind=ESAT&kind=EI&kind=EA&per_page=10"
    while url is not None:
        page = open_page(url)
        seen += [one.one("h3").one("a").attributes["href"] for one in page.all("li", class_="card")]
        url = next((one.attributes["href"] for one in page.all("a", rel="next")), None)
    assert len(seen) == len(set(seen))
    assert page.one(role="status").text.startswith(f"{len(seen)} structures")
    assert (
        f"– page {page.one('nav', class_='pager').one(aria_current='page').text.removeprefix('Page ')} –"
        in page.one("title").text
    )


def test_the_list_comes_before_the_map_which_holds_every_result_placed(open_page: Open) -> None:
    page = open_page("/fournisseurs?kind=ESAT")
    assert page.source.index('<ol class="plain cards"') < page.source.index('<svg class="map"')
    svg = page.one("svg", class_="map")
    total = int(page.one(role="status").text.split()[0])
    titles = [one.one("title").text for one in svg.all("g", class_="mark")]
    placed = sum(int(title.rpartition(" : ")[2].split()[0]) for title in titles)
    outside = "".join(one.text for one in page.one("section", id="carte").all("p", class_="hint"))
    assert placed <= total
    assert placed == total or "sans commune connue" in outside or "Hors carte" in outside


def test_a_circle_of_the_map_keeps_its_seats(open_page: Open) -> None:
    page = open_page("/fournisseurs?kind=ESAT")
    mark = page.one("svg", class_="map").one("a")
    count = mark.one("title").text.rpartition(" : ")[2]
    kept = open_page(mark.attributes["href"])
    assert kept.one(role="status").text.startswith(count)
    assert {"kind", "seat"} == dict(kept.asked).keys()


def test_overseas_results_are_listed_and_drawn_aside(open_page: Open) -> None:
    page = open_page("/fournisseurs?trade=blanchisserie")
    assert "Blanchisserie d'Essai" in page.text
    assert "La Réunion" in [one.text for one in page.all("text", class_="inset-name")]


def test_the_map_of_an_overseas_search_is_that_territory(open_page: Open) -> None:
    page = open_page("/fournisseurs?territory=departement:974")
    drawn = page.one("svg", class_="map")
    assert {"Saint-Paul", "Saint-Pierre"} & {one.text for one in drawn.all("text")}
    assert "Hors carte" not in page.text


@pytest.mark.slow
def test_an_expired_agreement_is_shown_as_such_and_does_not_count(open_page: Open) -> None:
    assert "expiré depuis le 31/12/2025" in open_page("/fournisseurs?q=blanchisserie d'essai").text
    assert "Blanchisserie d'Essai" not in open_page("/fournisseurs?q=blanchisserie d'essai&kind=EA").text
    assert "Blanchisserie d'Essai" in open_page("/fournisseurs?q=blanchisserie d'essai&kind=EA&as_of=2025-06-01").text


@pytest.mark.slow
def test_what_is_unknown_is_said_unknown(open_page: Open) -> None:
    page = open_page("/fournisseurs?per_page=100&sort=name")
    assert "Métiers non publiés" in page.text
    assert "type inconnu" in page.text
    assert "lieu non publié" in page.text


@pytest.mark.slow
def test_when_nothing_is_found_each_single_change_is_a_link_with_its_count(
    open_page: Open, pages_client: TestClient
) -> None:
    url = "/fournisseurs?kind=ESAT&q=zzyzx&lot_amount=1000"
    told = pages_client.get(url.replace("/fournisseurs", "/v1/suppliers")).json()
    page = open_page(url)
    offered = page.one(class_="changes").all("a")
    assert [one.text for one in offered] == [one["text"] for one in told["meta"]["relaxations"]]
    changed = open_page(offered[0].attributes["href"])
    assert changed.one(role="status").text.startswith(f"{told['meta']['relaxations'][0]['total']} structure")


@pytest.mark.slow
def test_the_page_names_what_is_left_out_for_want_of_knowledge(open_page: Open) -> None:
    page = open_page("/fournisseurs?turnover_min=100000")
    assert "n'ont pas publié leur chiffre d'affaires" in page.text
    assert ("include_unknown", "turnover") in open_page(page.link("Les afficher")).asked


@pytest.mark.slow
def test_every_export_of_the_api_is_offered_for_the_whole_search(open_page: Open, pages_client: TestClient) -> None:
    page = open_page("/fournisseurs?kind=ESAT&sort=neutral&seed=a&page=2&per_page=5")
    told = pages_client.get("/v1/suppliers?kind=ESAT&sort=neutral&seed=a&page=2&per_page=5").json()["links"]
    links = [one.attributes["href"] for one in page.one(class_="exports").all("a")]
    files = {url for name, url in told.items() if name not in ("next", "prev") and url is not None}
    assert set(links) == files and any(".geojson" in url for url in files)
    assert all(pages_client.get(url).status_code == 200 for url in links)
    assert f"({page.one(role='status').text.split()[0]})" in page.one(class_="exports").text


@pytest.mark.slow
def test_when_little_is_found_the_other_groups_and_related_trades_are_offered(
    open_page: Open, pages_client: TestClient
) -> None:
    url = "/fournisseurs?trade=blanchisserie&territory=departement:51"
    told = pages_client.get(url.replace("/fournisseurs", "/v1/suppliers")).json()
    assert told["total"] < 5
    page = open_page(url)
    shown = [group for group in told["groups"] if group["total"] and group["group"] != "exact"]
    assert [one.one("h2").text for one in page.all("section", class_="group-of")] == [
        plain(f"{group['label_fr']} – {plural(group['total'], 'structure')}") for group in shown
    ]
    for group in shown:
        assert pages_client.get(group["link"]).json()["total"] == group["total"]
    related = pages_client.get("/v1/suppliers?trade=blanchisserie&territory=departement:51").json()["meta"]
    for trade in related["related_trades"]:
        assert pages_client.get(trade["link"]).json()["total"] == trade["total"] > 0


def test_a_label_of_the_legal_unit_says_so_on_the_card(open_page: Open) -> None:
    page = open_page(f"/fournisseurs?label=ESUS&q={GARDENS}")
    told = [item.text for item in page.all("li", class_="label-of") if "30/06/2028" in item.text]
    assert told
    assert all("pour l'entreprise entière, valide jusqu'au 30/06/2028" in " ".join(text.split()) for text in told)
