"""The depth page: places by name, what stands behind each figure."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.search_api.pages.conftest import Open

MAP = "/filieres?trade=entretien-espaces-verts"


@pytest.mark.slow
@pytest.mark.parametrize("place", ["Bretagne", "bretagne", "region:53"])
def test_a_map_is_held_to_a_place_told_by_name_or_by_code(open_page: Open, place: str) -> None:
    text = open_page(f"{MAP}&within={place}").text
    assert "4 territoires" in text
    for name in ("Finistère", "Morbihan", "France entière, comptée à part"):
        assert name in text


def test_a_place_that_may_be_several_is_asked_for_never_picked(open_page: Open) -> None:
    page = open_page(f"{MAP}&within=Saint-Denis", status=422)
    assert "plusieurs lieux" in page.text
    assert any("within=commune%3A93066" in link.attributes["href"] for link in page.all("a"))


def test_a_place_that_is_not_known_says_what_to_write(open_page: Open) -> None:
    assert "Aucun lieu reconnu dans « Xyzzyx »" in open_page(f"{MAP}&within=Xyzzyx", status=422).text


@pytest.mark.slow
def test_the_page_says_what_the_rate_and_the_lot_of_reference_are(open_page: Open) -> None:
    text = open_page(MAP).text
    assert "Taux de réponse supposé, faute de marchés réservés aux offres connues" in text
    assert "Lot de référence : aucun" in text
    assert "25 000 € par an, celui donné" in open_page(f"{MAP}&amount=50000&months=24").text.replace("\u202f", " ")


def test_the_map_is_offered_as_a_table(open_page: Open) -> None:
    links = [one.attributes["href"] for one in open_page(MAP).all("a")]
    assert [url.partition("?")[0] for url in links if url.startswith("/v1/depth.")] == ["/v1/depth.csv"]


def test_an_unknown_parameter_is_said_once_above_the_form_and_beside_no_field(open_page: Open) -> None:
    text = open_page(f"{MAP}&level=departement", status=422).text
    assert text.count("contient « level »") == 1


@pytest.mark.slow
@pytest.mark.parametrize("trade", ["entretien-espaces-verts", "blanchisserie", "numerisation-ged"])
def test_the_map_writes_one_quantity_and_its_legend_has_no_shade_that_it_lacks(
    pages_client: TestClient, trade: str
) -> None:
    page = pages_client.get(f"/filieres?trade={trade}", headers={"Accept": "text/html"}).text
    rows = pages_client.get(f"/v1/depth?trade={trade}").json()["rows"]
    counted = {row["structures"] for row in rows}
    written = {int(figure) for figure in re.findall(r'<text class="depth-count[^"]*"[^>]*>(\d+)</text>', page)}
    is_known = 2 * sum(bool(row["structures"]) for row in rows) >= len(rows)
    heading = re.search(r'<h2 id="titre-carte">(.*?)</h2>', page)
    assert heading is not None and written
    assert heading[1] == f"Structures qui font ce métier{'' if is_known else ', ou le font sans doute'}"
    assert not is_known or written <= counted
    shades = set(re.findall(r'<path class="(depth-\d)"', page))
    assert shades == set(re.findall(r'<rect class="(depth-\d)"', page))
