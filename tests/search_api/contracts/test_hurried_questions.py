"""Questions asked in a hurry: refused with the name of the field and the way to correct it, never with a failure."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import Open

WRONG_WAY_ROUND = (
    ("contracts", "notified_from=2025-01-01&notified_to=2024-01-01", "notified_from"),
    ("contracts", "ends_from=2025-01-01&ends_to=2024-01-01", "ends_from"),
    ("contracts", "amount_min=100&amount_max=10", "amount_min"),
    ("contracts", "offers_min=5&offers_max=1", "offers_min"),
    ("indicators", "notified_from=2025-01-01&notified_to=2024-01-01", "notified_from"),
)
ASKED_ON_A_DAY = (
    "/v1/contracts?",
    "/v1/leads?kind=EI&",
    "/v1/buyers?",
    "/v1/buyers/214402158?",
    "/v1/indicators?",
    "/v1/contracts/clinge?",
    "/v1/feeds/leads.atom?kind=EI&",
    "/v1/contracts.csv?",
    "/v1/suppliers?",
)


def said(client: TestClient, url: str) -> dict[str, str]:
    """What is refused, by field."""
    response = client.get(url)
    assert response.status_code == 422, (url, response.status_code, response.text[:300])
    return {error["field"]: error["message"] for error in response.json()["errors"]}


@pytest.mark.parametrize(("of", "asked", "field"), WRONG_WAY_ROUND)
def test_bounds_the_wrong_way_round_are_refused_and_the_fix_is_named(
    client: TestClient, of: str, asked: str, field: str
) -> None:
    assert "inversez-les" in said(client, f"/v1/{of}?{asked}")[field]


@pytest.mark.slow
def test_a_page_names_the_two_bounds_as_its_fields_do(open_page: Open) -> None:
    text = open_page("/marches?notified_from=2025-01-01&notified_to=2024-01-01", status=422).text
    assert "« Notifié à partir du » dépasse « Notifié jusqu'au »" in text


def test_equal_bounds_are_no_mistake(client: TestClient) -> None:
    assert client.get("/v1/contracts?amount_min=48000&amount_max=48000").json()["total"] > 0


@pytest.mark.parametrize("url", ASKED_ON_A_DAY)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_reach_is_refused_by_name(client: TestClient, url: str, day: str) -> None:
    assert day in said(client, f"{url}as_of={day}")["as_of"]


@pytest.mark.parametrize("page", ["/pistes?kind=EI&", "/acheteurs?", "/marches?", "/indicateurs?"])
def test_a_page_says_beside_its_field_that_a_day_is_out_of_reach(open_page: Open, page: str) -> None:
    assert "au moins 1990-01-01" in open_page(f"{page}as_of=0001-01-01", status=422).text


def test_a_cpv_code_is_of_the_nomenclature(client: TestClient) -> None:
    assert "n'existe pas dans la nomenclature" in said(client, "/v1/contracts?cpv=99999999")["cpv"]
    assert "77310000" in said(client, "/v1/contracts?cpv=77310001")["cpv"]
    for known in ("77", "773", "77310000-6"):
        assert client.get(f"/v1/contracts?cpv={known}").json()["total"] > 0


def test_an_address_too_long_is_not_sent_where_nobody_answers(client: TestClient) -> None:
    response = client.get("/v1/contracts?q=" + "a" * 10_000)
    assert response.status_code == 414 and "moins de valeurs" in response.json()["detail"]


def test_a_year_has_four_digits(client: TestClient) -> None:
    for year in ("24", "abcd", "20245"):
        assert "quatre chiffres" in said(client, f"/v1/contracts?year={year}")["year"]
    assert client.get("/v1/contracts?year=2025").json()["total"] > 0


def test_the_nearest_first_asks_near_what(client: TestClient) -> None:
    assert "demande un point" in said(client, "/v1/contracts?sort=distance")["sort"]
    assert client.get("/v1/contracts?sort=distance&territory=commune:59512").status_code == 200


def test_a_buyer_named_by_no_number_is_refused_under_the_name_of_its_place_in_the_address(client: TestClient) -> None:
    assert "SIREN" in said(client, "/v1/buyers/123")["siren"]


@pytest.mark.parametrize(
    ("url", "field", "quoted"),
    [
        ("/v1/contracts?sort=prix", "sort", "« relevance », « notified »"),
        ("/v1/leads?kind=EI&lead=zzz", "lead", "« planned_project » ou « clause_holder »"),
        ("/v1/indicators?by=mois", "by", "« year »"),
        ("/v1/notices?status=ouvert", "status", "« open »"),
    ],
)
def test_what_a_closed_list_accepts_is_quoted_as_french_quotes(
    client: TestClient, url: str, field: str, quoted: str
) -> None:
    message = said(client, url)[field]
    assert quoted in message and "'" not in message.replace("d'", "").replace("l'", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "why"),
    [("123", "3 chiffres"), ("12345678901234", "clé de contrôle"), ("732 829 321", "clé de contrôle")],
)
def test_a_number_with_a_slip_is_told_what_is_wrong_with_it(
    client: TestClient, open_page: Open, number: str, why: str
) -> None:
    for path in ("/v1/leads", "/v1/buyers", "/v1/feeds/leads.atom", "/v1/leads.csv"):
        assert why in said(client, f"{path}?supplier={number}")["supplier"]
    for page in ("/pistes", "/acheteurs"):
        assert why in open_page(f"{page}?supplier={number}", status=422).text


def test_a_right_number_of_nobody_says_what_to_give_instead(client: TestClient) -> None:
    response = client.get("/v1/leads?supplier=73282932000074")
    assert response.status_code == 404 and "donnez plutôt vos métiers" in response.json()["detail"]


def test_an_empty_day_is_said_to_be_nothing(client: TestClient) -> None:
    assert "(reçu : rien)" in said(client, "/v1/contracts?as_of=")["as_of"]


def test_two_fields_of_a_form_never_bear_the_same_name(open_page: Open) -> None:
    labels = [one.text for one in open_page("/marches").all("label") if "for" in one.attributes]
    assert "Offres reçues, au moins" in labels and "Offres reçues, au plus" in labels
    assert len(labels) == len(set(labels)), sorted(one for one in labels if labels.count(one) > 1)


@pytest.mark.slow
def test_a_profile_is_not_offered_a_criterion_that_it_cannot_take(open_page: Open) -> None:
    assert open_page("/marches").all("input", name="include_unknown")
    for page in ("/pistes?kind=EI&territory=FR", "/acheteurs", "/pistes"):
        assert not open_page(page).all("input", name="include_unknown")
    left = open_page("/pistes?kind=EI&include_unknown=amount")
    assert left.url.endswith("/pistes?kind=EI#adresse-ignoree") and left.asked == [("kind", "EI")]
    assert "#champ-include_unknown" not in left.links()
