"""A list is followed after a link is opened, stopped by another, and nothing else is kept."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.mail.conftest import READER, House
from tests.mail.mailbox import html_of, link_in, text_of
from vivier.mail.outbox import MOST_OF_A_KIND


def test_a_list_is_followed_once_its_link_is_opened(house: House) -> None:
    assert "Regardez votre boîte" in house.ask().text
    (message,) = house.box.to(READER)
    assert message["Subject"] == "Confirmez votre abonnement"
    assert "une liste : Marchés attribués" in text_of(message) and "tonte" not in text_of(message)
    assert house.office.subscriptions.counts() == (0, 1)
    link = link_in(message, "/courriel/confirmer")
    assert "Confirmer l" in house.client.get(link).text
    assert house.office.subscriptions.counts() == (0, 1), "a program that opens links confirms nothing"
    assert "Abonnement confirmé" in house.client.post(link).text
    assert house.office.subscriptions.counts() == (1, 0)


@pytest.mark.slow
def test_a_link_serves_once_and_three_days(house: House) -> None:
    house.ask()
    link = link_in(house.box.messages[0], "/courriel/confirmer")
    house.clock.later(4)
    assert house.client.post(link).status_code == 404
    house.clock.day -= timedelta(days=2)
    assert house.client.post(link).status_code == 200
    assert house.client.post(link).status_code == 404
    assert house.client.post("/courriel/confirmer/" + "0" * 40).status_code == 404


@pytest.mark.slow
def test_one_click_of_a_mail_program_stops_it(house: House) -> None:
    """RFC 8058: a POST from anywhere, with « List-Unsubscribe=One-Click »; opening the link alone stops nothing."""
    house.ask()
    stop = "/courriel/arreter/" + house.confirm().text.partition("/courriel/arreter/")[2].partition('"')[0]
    assert "Arrêter ces messages" in house.client.get(stop).text
    assert house.office.subscriptions.counts() == (1, 0)
    elsewhere = {"Origin": "https://courrier.example", "Sec-Fetch-Site": "cross-site"}
    done = house.client.post(stop, data={"List-Unsubscribe": "One-Click"}, headers=elsewhere)
    assert done.status_code == 200
    assert house.office.subscriptions.counts() == (0, 0)
    assert house.client.post(stop).status_code == 200, "a program may ask twice"
    assert house.client.get(stop).status_code == 404


def test_nothing_that_says_who_or_what_is_readable_in_the_database(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte", "claire.dubois@structure.example")
    house.ask("/courriel/leads?trade=entretien-espaces-verts", "claire.dubois@structure.example")
    path = house.settings.home / "given.sqlite"
    content = path.read_bytes() + path.with_name("given.sqlite-wal").read_bytes()
    for text in (b"claire", b"dubois", b"structure.example", b"tonte", b"espaces-verts"):
        assert text not in content
    columns = [row[1] for row in sqlite3.connect(path).execute("pragma table_info(mail_subscriptions)")]
    assert not {"address", "search", "name", "opened", "clicked"} & set(columns)


@pytest.mark.slow
def test_the_same_page_whatever_is_known_of_an_address(house: House) -> None:
    house.follow()
    known, unknown = house.ask(), house.ask(address="autre@structure.example")
    assert known.text.replace(READER, "") == unknown.text.replace("autre@structure.example", "")


@pytest.mark.slow
def test_a_mailbox_is_not_flooded(house: House) -> None:
    for trade in range(MOST_OF_A_KIND + 2):
        assert house.ask(f"/courriel/contracts?amount_min={trade + 1}").status_code == 200
        house.ask(
            f"/courriel/contracts?amount_min={trade + 1}",
            READER.upper().replace("STRUCTURE.EXAMPLE", "structure.example"),
        )
    assert len(house.box.messages) == MOST_OF_A_KIND
    house.clock.later(1)
    house.ask()
    assert len(house.box.messages) == MOST_OF_A_KIND + 1


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "é@b.example", "<a@b.example>"],
)
def test_what_is_no_address_is_refused_beside_its_field(refusing: House, address: str) -> None:
    response = refusing.ask(address=address)
    assert response.status_code == 422
    assert 'id="erreur-address"' in response.text
    assert refusing.box.messages == []


def test_what_fills_the_trap_is_told_the_same_and_written_to_by_nobody(house: House) -> None:
    assert house.ask(site="http://essai.example").text == house.ask(address="autre@structure.example").text
    assert house.box.to(READER) == []


def test_another_site_cannot_subscribe_somebody(house: House) -> None:
    data, headers = {"address": READER}, {"Origin": "https://ailleurs.example"}
    assert house.client.post("/courriel/contracts?q=tonte", data=data, headers=headers).status_code == 403
    assert house.box.messages == []


def test_a_search_that_cannot_be_read_is_refused_as_its_page_does(house: House) -> None:
    assert house.client.get("/courriel/contracts?amount_min=beaucoup").status_code == 422
    assert house.ask("/courriel/notices?deadline_from=hier").status_code == 422
    assert house.client.get("/courriel/rien").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/courriel/suppliers?trade=entretien-espaces-verts",
        "/courriel/contracts",
        "/courriel/leads?trade=entretien-espaces-verts",
    ],
)
def test_every_list_that_has_a_feed_can_be_followed(house: House, url: str) -> None:
    house.follow(url)
    assert house.office.subscriptions.counts() == (1, 0)


@pytest.mark.slow
def test_a_service_without_mail_says_so_and_gives_the_feed(house: House) -> None:
    app = create_app(house.engine, house.lexicon, today=house.clock.today)
    with TestClient(app) as client:
        page = client.get("/courriel/contracts?q=tonte")
        assert "n&#39;envoie pas de courriel" in page.text or "n’envoie pas de courriel" in page.text
        assert "/v1/feeds/contracts.atom?q=tonte" in page.text
        assert "<form method" not in page.text
        assert client.post("/courriel/contracts?q=tonte", data={"address": READER}).status_code == 503


def test_a_hostile_search_is_shown_and_written_as_text(house: House) -> None:
    house.ask("/courriel/contracts?q=<script>alert")
    (message,) = house.box.messages
    assert "script>alert" not in html_of(message), "a letter that confirms repeats nothing"
    page = house.client.get(link_in(message, "/courriel/confirmer")).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


@pytest.mark.slow
def test_whoever_asks_cannot_have_an_address_written_to_somebody_else(house: House) -> None:
    for address in ("http://piege.example", "piege。example", "piege．example/a"):
        house.ask(f"/courriel/contracts?q=gagnez sur {address} vite")
        message = house.box.messages.pop()
        assert "piege" not in bytes(message).decode() and "gagnez" not in bytes(message).decode(), address
        assert house.box.messages == []
    followed = house.office.subscriptions.waiting(
        link_in(message, "/courriel/confirmer").rpartition("/")[2], house.clock.day
    )
    assert "gagnez sur … vite" in followed.title, "the words of later letters"


@pytest.mark.parametrize(
    ("page", "follows"),
    [
        ("/fournisseurs?kind=ESAT", "/courriel/suppliers?kind=ESAT"),
        ("/marches?q=tonte", "/courriel/contracts?q=tonte"),
        ("/pistes?trade=entretien-espaces-verts", "/courriel/leads?trade=entretien-espaces-verts"),
        ("/acheteurs/215905126", "/courriel/contracts?buyer=215905126"),
        ("/acheteurs/215905126", "/courriel/notices?buyer=215905126"),
        ("/filieres?trade=entretien-espaces-verts", "/courriel/suppliers?trade=entretien-espaces-verts"),
    ],
)
def test_a_list_offers_to_be_followed(refusing: House, page: str, follows: str) -> None:
    assert f'href="{follows}"' in refusing.client.get(page).text
