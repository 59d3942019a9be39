"""A buyer writes to several structures: one neutral message each, from a confirmed mailbox, to mailboxes of organisations alone."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from openpyxl import load_workbook
from sqlalchemy import update

from search_api.app import create_app
from tests.mail.conftest import House
from tests.mail.mailbox import html_of, link_in, text_of
from tests.search_api.contracts.corpus import TODAY
from tests.search_api.pages.html import plain
from vivier.french import typographic
from vivier.given.mail_tables import WRITINGS
from vivier.mail.draft import Draft
from vivier.mail.recipients import Recipient
from vivier.privacy.opposition import Opposition

pytestmark = pytest.mark.slow

BUYER = "achats@exemple.gouv.fr"
CLOSES = TODAY + timedelta(days=20)
URL = f"/ecrire?organisation=Ville d'essai&text=Tonte des parcs&place=Roubaix&closes_on={CLOSES}&choix=pages-jardins,pages-hostile,perdue"
BODY = "Bonjour,\n\nPouvez-vous tondre nos parcs ?\n\nLes parcs sont à Roubaix. {lien}"
LOT = {"text": "entretien des espaces verts", "place": "Roubaix", "amount": 60_000, "months": 24}


@pytest.mark.parametrize(
    ("siret", "website", "mailbox", "way"),
    [
        ("1", "https://a.example", "contact@a.example", "mailbox"),
        ("1", "https://a.example", None, "site"),
        ("1", None, None, "directory"),
        (None, None, None, "unknown"),
    ],
)
def test_how_a_structure_is_reached_is_said(
    siret: str | None, website: str | None, mailbox: str | None, way: str
) -> None:
    recipient = Recipient("a", "A", None, siret, website, mailbox)
    assert recipient.way == way
    assert (recipient.directory is None) == (siret is None)


def test_the_page_of_the_tests_asks_for_the_mailbox_of_a_structure_that_has_a_site(refusing: House) -> None:
    found = refusing.client.get(URL).text
    assert 'name="mailbox-pages-jardins"' in found, "the structure of the corpus has a site"


def mailbox_of(house: House) -> str:
    """A mailbox of service on the domain of the site of the structure."""
    (domain,) = re.findall(
        r'name="mailbox-pages-jardins"[^>]*placeholder="contact@([^"]+)"', house.client.get(URL).text
    )
    return f"contact@{domain}"


def post(house: House, action: str, url: str = URL, **more: str) -> Response:
    return house.client.post(url, data={"subject": "Tonte des parcs", "body": BODY, "action": action, **more})


def round_of(house: House, organisation: str = "Ville d'essai") -> str:
    """The page from which a round opened now writes to its structures."""
    made = house.client.post("/v1/rounds", json={"organisation": organisation, "lots": [LOT]})
    assert made.status_code == 201, made.text
    return str(made.json()["links"]["page"]) + "/ecrire"


def send(house: House, url: str | None = None, **more: str) -> Response:
    """Asks the service to write to one structure of a round, a new one without ``url``."""
    fields = {"sender": BUYER, "mailbox-pages-jardins": mailbox_of(house), **more}
    return post(house, "send", url or round_of(house), **fields)


def confirm(house: House) -> str:
    """Open the link of the buyer's letter and send; the page that follows."""
    link = link_in(house.box.to(BUYER)[-1], "/ecrire/confirmer")
    assert "Pouvez-vous tondre nos parcs" in house.client.get(link).text
    done = house.client.post(link, follow_redirects=False)
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def test_the_draft_says_the_same_facts_to_all_and_how_each_is_reached(house: House) -> None:
    page = house.client.get(URL).text
    assert "Ville d'essai prépare un achat" in page.replace("&#39;", "'").replace("’", "'")
    assert "Besoin : Tonte des parcs" in page
    assert "Répondez au plus tard le 14/12/2026, à ce message" in page
    assert "2 structures" in page.replace("\xa0", " ")
    assert "Par son site" in page
    (mailto,) = re.findall(r'class="button" href="(mailto:[^"]+)"', page)
    assert "Tonte des parcs" in unquote(mailto)


def test_the_mail_merge_file_has_a_row_a_structure(house: House) -> None:
    rows = list(csv.reader(io.StringIO(post(house, "csv").content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows][:2] == ["Structure", "Les Jardins d'Essai de Roubaix"]
    assert len(rows) == 3
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    sheet = load_workbook(io.BytesIO(post(house, "xlsx").content)).active
    assert sheet is not None
    assert [sheet.cell(2, 1).value, sheet.cell(2, 11).value] == [
        typographic("Les Jardins d'Essai de Roubaix"),
        typographic(BODY.replace("{lien}", "")),
    ]


def test_the_service_sends_nothing_but_what_a_round_asks(house: House) -> None:
    assert 'value="send"' not in house.client.get(URL).text and 'value="send"' in house.client.get(round_of(house)).text
    refused = send(house, URL)
    assert refused.status_code == 422 and "ouvrez une enquête" in refused.text
    assert house.box.messages == []


def test_nothing_leaves_before_the_buyer_confirms_from_their_own_mailbox(house: House) -> None:
    assert "Confirmez dans votre boîte" in send(house).text
    (letter,) = house.box.messages
    assert letter["To"] == BUYER
    assert "tondre" not in text_of(letter), "whoever asks may name somebody else: nothing typed is repeated"
    followed = confirm(house)
    assert house.notify().delivered == {"sent": 1}
    message = house.box.messages[-1]
    assert message["To"] == mailbox_of(house)
    assert message["Reply-To"] == BUYER
    assert plain(message["Subject"]) == "Achat de @exemple.gouv.fr : Tonte des parcs"
    assert "Pouvez-vous tondre nos parcs ?" in text_of(message)
    assert "écrit par une adresse <strong>@exemple.gouv.fr</strong>" in html_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Remis au relais" in house.client.get(followed).text
    assert house.client.post(link_in(letter, "/ecrire/confirmer")).status_code == 404, "the link serves once"


@pytest.mark.parametrize(
    "typed", ["jean.dupont@{domain}", "contact@ailleurs.example", "contact@{domain}, a@b.example", "pas une adresse"]
)
def test_the_service_is_no_open_relay(refusing: House, typed: str) -> None:
    domain = mailbox_of(refusing).partition("@")[2]
    response = send(refusing, **{"mailbox-pages-jardins": typed.format(domain=domain)})
    assert response.status_code == 422
    assert "ne convient pas" in response.text
    assert refusing.box.messages == []


def test_a_buyer_sends_no_more_than_a_quota_a_day(house: House) -> None:
    house.office.writings.quota = 1
    send(house)
    confirm(house)
    refused = send(house)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "86400")
    house.clock.later(1)
    assert send(house).status_code == 200


def test_one_reminder_leaves_before_the_last_day(house: House) -> None:
    send(house, remind="oui")
    confirm(house)
    house.notify()
    house.clock.later(15)
    assert house.notify().letters["reminder"] == 0
    house.clock.later(1)
    assert house.notify().delivered == {"sent": 1}
    assert plain(house.box.messages[-1]["Subject"]) == "Achat de @exemple.gouv.fr : Rappel : Tonte des parcs"
    house.clock.later(1)
    assert house.notify().letters["reminder"] == 0


def test_a_mailbox_that_refuses_is_said_and_written_to_no_more(house: House) -> None:
    send(house, remind="oui")
    followed = confirm(house)
    house.box.refusing = {mailbox_of(house)}
    assert house.notify().delivered == {"refused": 1}
    assert "Refusé par sa boîte" in house.client.get(followed).text
    house.box.refusing = set()
    house.clock.later(16)
    assert house.notify().letters["reminder"] == 0
    send(house)
    again = confirm(house)
    house.notify()
    assert "Ne veut pas de ces messages" in house.client.get(again).text
    assert house.box.to(mailbox_of(house)) == []


def test_a_structure_stops_such_messages_in_one_click(house: House) -> None:
    send(house, remind="oui")
    confirm(house)
    house.notify()
    stop = link_in(house.box.messages[-1], "/ecrire/refuser")
    assert "Les Jardins" in house.client.get(stop).text
    elsewhere = {"Origin": "https://courrier.example", "Sec-Fetch-Site": "cross-site"}
    assert house.client.post(stop, data={"List-Unsubscribe": "One-Click"}, headers=elsewhere).status_code == 200
    house.clock.later(16)
    assert house.notify().letters["reminder"] == 0
    assert house.client.post("/ecrire/refuser/" + "0" * 40).status_code == 200


def test_the_buyer_stops_and_erases_what_did_not_leave(house: House) -> None:
    send(house)
    followed = confirm(house)
    assert "Rien d’autre ne partira" in house.client.post(followed).text
    assert house.notify().delivered == {}
    assert house.client.get(followed).status_code == 404


def test_what_is_over_or_never_confirmed_is_erased(house: House) -> None:
    send(house)
    first = link_in(house.box.messages[-1], "/ecrire/confirmer")
    house.clock.later(2)
    assert house.client.post(first).status_code == 404
    send(house)
    followed = confirm(house)
    house.notify()
    house.clock.later(82)
    house.notify()
    assert house.client.get(followed).status_code == 404


def test_what_the_buyer_writes_is_sealed(house: House) -> None:
    send(house)
    path = house.settings.home / "given.sqlite"
    content = path.read_bytes() + path.with_name("given.sqlite-wal").read_bytes()
    assert b"tondre" not in content and b"exemple.gouv.fr" not in content


def test_a_round_gives_each_structure_its_own_link_and_reminds_those_that_did_not_answer(house: House) -> None:
    url = round_of(house)
    page = house.client.get(url).text
    ids = re.findall(r'name="mailbox-([^"]+)"[^>]*placeholder="contact@([^"]+)"', page)
    assert ids
    fields = {f"mailbox-{id_}": f"contact@{domain}" for id_, domain in ids}
    refused = house.client.post(url, data={"subject": "s", "body": "sans lien", "action": "csv"})
    assert refused.status_code == 422 and "{lien}" in refused.text
    body = "Répondez ici : {lien}"
    sent = house.client.post(
        url, data={"subject": "s", "body": body, "action": "send", "sender": BUYER, "remind": "oui", **fields}
    )
    assert sent.status_code == 200, sent.text
    link = link_in(house.box.to(BUYER)[-1], "/ecrire/confirmer")
    house.client.post(link)
    house.notify()
    messages = house.box.messages[1:]
    links = [link_in(message, "/r") for message in messages]
    assert len(set(links)) == len(ids) == len(messages)
    assert house.client.post(links[0], data={"can": "no", "action": "answer"}).status_code in (200, 303)
    house.clock.later(16)
    assert house.notify().letters["reminder"] == len(ids) - 1


def test_without_mail_the_page_gives_the_file_and_says_why(house: House) -> None:
    with TestClient(create_app(house.engine, house.lexicon, today=house.clock.today)) as client:
        page = client.get(URL).text
        assert "Publipostage (CSV)" in page and 'value="send"' not in page
        assert client.post(URL, data={"subject": "s", "body": "b", "action": "csv"}).status_code == 200
        assert client.get("/ecrire/confirmer/" + "0" * 40).status_code == 503


def test_a_round_that_was_deleted_is_no_more_spoken_of(house: House) -> None:
    send(house, remind="oui")
    confirm(house)
    house.notify()
    with house.office.database.transaction() as connection:
        connection.execute(update(WRITINGS).values(round="0" * 64))
    house.clock.later(16)
    assert house.notify().letters["reminder"] == 0


def test_a_structure_that_opposed_meanwhile_is_not_written_to(house: House) -> None:
    draft, siret = Draft("Objet", "Message"), "73282932000074"
    recipient = Recipient("r1", "Structure fictive", None, siret, None, "contact@s1.example")
    house.office.writings.ask(BUYER, "Ville d'essai", draft, [recipient], TODAY, 0.0)
    claimed = house.office.post.outbox.claim(1.0)
    assert claimed is not None
    Opposition(house.settings).add(siret)
    token = claimed.letter.text.partition("/ecrire/confirmer/")[2][:40]
    house.office.writings.confirm(token, TODAY, 0.0)
    house.notify()
    assert house.box.to("contact@s1.example") == []


def test_the_key_of_a_page_is_repeated_in_no_link_of_it(house: House) -> None:
    send(house)
    followed = confirm(house)
    page = house.client.get(followed).text
    assert not re.search(rf'href="/[^"]*{followed.rpartition("/")[2]}', page)


def test_the_page_of_calls_answers_from_a_page_of_mail(house: House) -> None:
    assert house.client.get("/api-et-donnees?de=/courriel/leads?trade=entretien-espaces-verts").status_code == 200
