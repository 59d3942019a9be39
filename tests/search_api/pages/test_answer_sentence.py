"""The sentence that heads the results: true, counted from the groups, in the words that buyers use."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.conftest import Open
from vivier.lexicon import Lexicon
from vivier.territory.phrases import in_place, in_town, of_place, of_town


def heading(open_page: Open, query: str) -> str:
    return open_page(f"/fournisseurs?{query}").one("h1").text.replace("\u202f", " ").replace("\xa0", " ")


def groups(client: TestClient, query: str) -> dict[str, int]:
    return {group["group"]: group["total"] for group in client.get(f"/v1/suppliers?{query}").json()["groups"]}


def parts(client: TestClient, query: str) -> tuple[int, int]:
    """How many structures do the trade requested, and how many a narrower one alone, counted from what they sell."""
    pages = [client.get(f"/v1/suppliers?{query}&per_page=100&page={page}").json()["results"] for page in (1, 2)]
    found = [*pages[0], *pages[1]]
    wanted = parse_qs(query)["trade"]
    own = [any(fact["value"].get("trade") in wanted for fact in one["offers"]) for one in found]
    return own.count(True), own.count(False)


@pytest.mark.slow
def test_it_counts_those_to_consult_near_a_place_by_what_is_known(open_page: Open, pages_client: TestClient) -> None:
    query = "trade=entretien-espaces-verts&near=3.17,50.69&radius_km=40"
    told, totals = heading(open_page, query), groups(pages_client, query)
    assert totals["exact"] and totals["to_ask"] + totals["near_trade"]
    near, silent = totals["near_trade"], totals["to_ask"]
    whole, part = parts(pages_client, query)
    assert (whole + part, bool(part)) == (totals["exact"], True)
    counted = (
        f"Entretien des espaces verts à moins de 40 km de Roubaix : {whole} structures font ce métier, "
        f"{part} en {'fait' if part == 1 else 'font'} une partie, {{}} sont à appeler"
    )
    assert told in (counted.format(near), counted.format(near + silent)), (
        "silent structures are called when one is worth it"
    )


def test_those_of_whom_nobody_observed_the_trade_are_not_said_to_call(
    open_page: Open, pages_client: TestClient
) -> None:
    query = "trade=papeterie-fournitures&seat=departement:59"
    asked = pages_client.get(f"/v1/suppliers?{query}&group=to_ask").json()["results"]
    reasons = [reason["text"] for one in asked for reason in one["reasons"] if reason["code"] == "trade_unknown"]
    assert reasons and all(text == "métier inconnu : demandez" or " : improbable" in text for text in reasons)
    assert heading(open_page, query).endswith(" : aucune structure connue")


@pytest.mark.slow
def test_of_several_trades_a_structure_does_one(open_page: Open, pages_client: TestClient) -> None:
    query = "trade=entretien-espaces-verts&trade=blanchisserie"
    page, (whole, part) = open_page(f"/fournisseurs?{query}"), parts(pages_client, query)
    assert groups(pages_client, query)["exact"] == whole + part
    told = f"2 métiers : {whole} structures font l'un de ces métiers, {part} en font une partie, "
    assert told in heading(open_page, query)
    assert "Font l'un de ces métiers" in page.text and "Font ce métier" not in page.text


def test_who_is_too_far_is_not_read_aloud_as_no_answer(open_page: Open) -> None:
    card = open_page("/fournisseurs?trade=blanchisserie&near=3.17,50.69&radius_km=5").text.partition("trop loin : ")[2]
    assert "Trop loin : " in card and "Ne répond pas" not in card


def test_kinds_are_said_by_their_letters(open_page: Open, pages_client: TestClient) -> None:
    total = pages_client.get("/v1/suppliers?kind=ESAT&kind=EA&seat=departement:59").json()["total"]
    assert total > 1
    assert (
        heading(open_page, "kind=ESAT&kind=EA&seat=departement:59")
        == f"{total} ESAT et EA ayant leur siège dans le Nord"
    )


def test_nobody_near_is_said_and_those_farther_are_no_answer(open_page: Open, pages_client: TestClient) -> None:
    query = "kind=EA&near=-4.6,49.2&radius_km=5"
    assert groups(pages_client, query)["farther"]
    page = open_page(f"/fournisseurs?{query}")
    told = heading(open_page, query)
    assert told.startswith("Aucune structure connue de type EA à moins de 5 km de") and "loin" not in told
    assert "loin" not in page.one("title").text


def test_many_labels_are_counted_in_the_sentence_not_lost(open_page: Open) -> None:
    four = "&".join(f"label={code}" for code in ("EU_ECOLABEL", "FSC", "PEFC", "IMPRIM_VERT"))
    page = open_page(f"/fournisseurs?trade=entretien-espaces-verts&{four}")
    assert "un des 4 labels demandés" in page.text


@pytest.mark.slow
def test_criteria_that_it_does_not_name_are_recalled(open_page: Open) -> None:
    assert heading(open_page, "kind=ESAT&not_label=RGE").endswith("selon vos autres critères")
    assert "selon vos autres critères" not in heading(open_page, "kind=ESAT&lot_amount=1000&sort=name")


@pytest.mark.parametrize(
    ("id_", "words"),
    (
        ("departement:59", "dans le Nord"),
        ("departement:35", "en Ille-et-Vilaine"),
        ("departement:01", "dans l'Ain"),
        ("departement:13", "dans les Bouches-du-Rhône"),
        ("departement:75", "à Paris"),
        ("region:53", "en Bretagne"),
        ("region:32", "dans les Hauts-de-France"),
        ("region:44", "dans le Grand Est"),
        ("commune:76351", "au Havre"),
        ("epci:243500139", "sur le territoire de Rennes Métropole"),
        ("FR", "en France"),
    ),
)
def test_a_place_takes_its_preposition(lexicon: Lexicon, id_: str, words: str) -> None:
    assert in_place(lexicon.gazetteer.parse(id_)[0]) == words


def test_a_town_takes_its_article() -> None:
    assert [of_town(name) for name in ("Rennes", "Auray", "Le Mans", "Les Mureaux", "La Rochelle")] == [
        "de Rennes", "d'Auray", "du Mans", "des Mureaux", "de La Rochelle",
    ]  # fmt: skip
    assert in_town("Les Mureaux") == "aux Mureaux"


def test_a_place_takes_the_article_of_its_name() -> None:
    names = (
        "Ille-et-Vilaine",
        "Nord",
        "Ain",
        "Bouches-du-Rhône",
        "Sarthe",
        "Bretagne",
        "La Réunion",
        "Auray",
        "Le Mans",
    )
    assert [of_place(name) for name in names] == [
        "d'Ille-et-Vilaine", "du Nord", "de l'Ain", "des Bouches-du-Rhône", "de la Sarthe", "de Bretagne", "de La Réunion",
        "d'Auray", "du Mans",
    ]  # fmt: skip


def test_every_preposition_is_that_of_a_place_we_know(lexicon: Lexicon) -> None:
    from vivier.territory.phrases import PREPOSITIONS

    known = {*lexicon.gazetteer.names["departement"].values(), *lexicon.regions.values()}
    assert PREPOSITIONS.keys() <= known, PREPOSITIONS.keys() - known
