"""The desk of a structure: its tasks before it says who it is, what is within its reach after, what to correct beside its field."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api.contracts.pages.leads import profile_text
from tests.search_api.contracts.conftest import Open
from tests.search_api.pages.html import Page, plain
from vivier.contracts.profile import Profile, Zone
from vivier.lexicon import Lexicon

DESK = "/espace/structure"


def read(page: Page) -> str:
    return plain(page.one("main").text)


@pytest.mark.slow
def test_who_says_nothing_yet_sees_what_can_be_done(open_page: Open) -> None:
    text = read(open_page(DESK))
    for words in ("Trouver des opportunités", "Choisir qui appeler", "Voir venir les renouvellements"):
        assert words in text, words
    assert read(open_page(f"{DESK}?metier=&lieu=&rayon=")) == text


@pytest.mark.slow
def test_the_desk_is_answered_again_only_when_something_changed(client: TestClient) -> None:
    for url in (DESK, f"{DESK}?trade=blanchisserie"):
        etag = client.get(url).headers["etag"]
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
        assert (
            client.get(
                f"{url}{'&' if '?' in url else '?'}lead=open_notice", headers={"If-None-Match": etag}
            ).status_code
            != 304
        )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            "metier=blanchisserie",
            ("1 marché à renouveler à votre portée.", "Voir mon opportunité", "1 échéance"),
        ),
        (
            "trade=entretien-espaces-verts",
            ("2 marchés à renouveler à votre portée.", "Voir mes 2 opportunités", "2 échéances"),
        ),
        (
            "metier=blanchisserie&lieu=Lille",
            (
                "Aucun marché ouvert près de vous aujourd'hui.",
                "Prévenez-moi du prochain marché",
                "dans toute la France : 1 opportunité",
                "Aucune échéance connue dans les 24 mois pour ce profil.",
                "/v1/feeds/leads.ics?trade=blanchisserie",
                "Aucun acheteur connu de ces métiers dans ce lieu",
            ),
        ),
    ],
)
def test_what_is_within_reach_is_counted_dated_and_followed(
    open_page: Open, asked: str, words: tuple[str, ...]
) -> None:
    page = open_page(f"{DESK}?{asked}")
    text = read(page)
    for one in words:
        assert one in text or one in page.source, one
    assert "Avis non chargés" in text and text.count("Aucun marché ouvert près de vous") <= 1


def test_buyers_to_call_are_named_with_what_they_bought(open_page: Open) -> None:
    text = read(open_page(f"{DESK}?metier=blanchisserie"))
    assert "Acheteurs à appeler" in text and "Vertou (44, Loire-Atlantique) · 1 marché de ces métiers" in text
    assert text.count("Blanchisserie du linge de cantine") >= 2


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        ("metier=blanchisserie&lieu=Rennes&rayon=abc", "lieu|rayon", "« radius_km » doit être un nombre (reçu : abc)."),
        ("supplier=personne", "supplier", "Aucun fournisseur « personne » dans l'index"),
        ("metier=blanchisserie&lieu=zzyzx", "lieu", "Aucun lieu reconnu dans « zzyzx »."),
        ("trade=linge", "metier", "Code inconnu « linge » pour « trade »."),
        ("lead=open_notice", "supplier", "Dites pour qui : le nom ou le SIRET de votre structure"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(open_page: Open, asked: str, field: str, message: str) -> None:
    page = open_page(f"{DESK}?{asked}", 422)
    assert message in read(page) and "1 point à corriger" in read(page)
    assert any(f'id="erreur-{one}"' in page.source for one in field.split("|"))


def test_the_card_of_a_lead_says_its_reservation_or_clause_before_the_trade(open_page: Open) -> None:
    (card,) = open_page("/pistes?metier=blanchisserie&kind=ESAT").all("li", class_="card")
    assert "Réservé : entreprises adaptées et ESAT" in card.text and "Dans vos métiers" not in card.text


def test_a_structure_without_a_known_trade_is_not_told_of_its_trades(lexicon: Lexicon) -> None:
    unknown = profile_text(Profile((), Zone(inferred=True), supplier="x"), lexicon)
    assert dict(unknown) == {
        "Métiers": "aucun que nous sachions chercher",
        "Lieu": "toute la France ; lieu supposé, la zone d'intervention n'est pas publiée",
        "Types de structure": "non précisés",
    }
    assert dict(profile_text(Profile((), Zone()), lexicon))["Métiers"] == "tous métiers"
