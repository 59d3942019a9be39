"""What the service writes to people who did not ask: no address of the web, no name that a stranger chose, few of them, and a way to refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mail.conftest import READER, House, made_house
from tests.mail.mailbox import Mailbox, html_of, link_in, text_of
from tests.mail.test_writing import confirm, mailbox_of, round_of, send
from tests.search_api.pages.html import plain
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import queue_of
from vivier.given.requests import Subject
from vivier.lexicon import Lexicon
from vivier.mail.outbox import MOST_OF_A_KIND
from vivier.mail.senders import is_public

STRANGER = "a0@catchall.example"


@pytest.mark.parametrize("field", ["subject", "body"])
@pytest.mark.parametrize(
    "text", ["Validez ici : http://evil.example/login", "Voyez evil。example", "hxxp://evil.example"]
)
def test_a_message_with_an_address_is_not_sent(refusing: House, field: str, text: str) -> None:
    refused = send(refusing, **{field: f"{text} {{lien}}" if field == "body" else text})
    assert refused.status_code == 422
    assert "aucune adresse web ni courriel" in plain(refused.text)
    assert refusing.box.messages == []


def test_an_organisation_that_is_an_address_is_not_sent(house: House) -> None:
    assert send(house, round_of(house, "evil.example")).status_code == 422
    assert house.box.messages == []


def test_a_letter_names_the_domain_that_is_proved_and_no_name_that_is_typed(house: House) -> None:
    send(house, round_of(house, "Ministère des Finances"))
    confirm(house)
    house.notify()
    message = house.box.to(mailbox_of(house))[-1]
    for text in (text_of(message), html_of(message), str(message["From"]), plain(message["Subject"])):
        assert "Finances" not in text
    assert "Message écrit par une adresse @exemple.gouv.fr" in text_of(message)
    assert plain(message["Subject"]) == "Achat de @exemple.gouv.fr : Tonte des parcs"


@pytest.mark.parametrize(
    ("domain", "public"),
    [("gouv.fr", True), ("exemple.gouv.fr", True), ("fauxgouv.fr", False), ("gouv.fr.evil.example", False)],
)
def test_a_public_domain_is_whole_or_above(domain: str, public: bool) -> None:
    assert is_public(domain) is public


def ask(house: House, sender: str) -> str:
    """What a stranger asks for, confirmed from their mailbox; the page that follows it."""
    assert send(house, sender=sender).status_code == 200
    link = link_in(house.box.to(sender)[-1], "/ecrire/confirmer")
    return str(house.client.post(link, follow_redirects=False).headers["location"])


@pytest.mark.slow
def test_the_first_messages_of_a_domain_wait_for_the_operator(house: House) -> None:
    followed = ask(house, STRANGER)
    assert house.notify().delivered == {}
    assert "son exploitant relit" in house.client.get(followed).text
    queue = queue_of(house.settings)
    (request,) = queue.waiting()
    assert (request.kind, request.subject.name, request.content["count"]) == ("sender", "@catchall.example", 1)
    queue.accept(request.number, house.clock.day)
    assert house.notify().delivered == {"sent": 1}
    assert "Remis au relais" in house.client.get(followed).text
    ask(house, "a1@catchall.example")
    assert house.notify().delivered == {"sent": 1}, "the domain is accepted, for a year"
    house.clock.later(366)
    ask(house, STRANGER)
    assert house.notify().delivered == {}
    queue.database.close()


@pytest.mark.slow
def test_a_domain_that_the_operator_refuses_writes_to_nobody(house: House) -> None:
    followed, queue = ask(house, STRANGER), queue_of(house.settings)
    queue.refuse(queue.waiting()[0].number, house.clock.day, "domaine inconnu")
    assert house.notify().delivered == {}
    assert "rien ne partira" in house.client.get(followed).text
    again = send(house, sender="a1@catchall.example")
    assert again.status_code == 422 and "n’envoie pas pour @catchall.example" in again.text
    queue.database.close()


@pytest.mark.slow
def test_a_mailbox_that_anybody_may_have_is_accepted_alone(house: House) -> None:
    queue = queue_of(house.settings)
    ask(house, "mairie.fictive@orange.fr")
    queue.accept(queue.waiting()[0].number, house.clock.day)
    assert house.notify().delivered == {"sent": 1}
    ask(house, "autre.fictive@orange.fr")
    assert house.notify().delivered == {}
    queue.database.close()


@pytest.mark.slow
def test_a_domain_is_one_buyer_for_the_quota(
    tmp_path: Path, engine: EmbeddedStore, box: Mailbox, lexicon: Lexicon
) -> None:
    with made_house(tmp_path, engine, box, lexicon) as house:
        house.office.writings.quota = 2
        for rank in range(2):
            ask(house, f"a{rank}@exemple.gouv.fr")
        assert send(house, sender="a2@exemple.gouv.fr").status_code == 429


@pytest.mark.slow
def test_a_structure_gets_three_messages_a_day_whoever_writes(house: House) -> None:
    followed = [ask(house, f"achats@exemple{rank}.gouv.fr") for rank in range(5)]
    house.notify()
    assert len(house.box.to(mailbox_of(house))) == MOST_OF_A_KIND
    assert "réessayez demain" in house.client.get(followed[-1]).text
    house.clock.later(1)
    ask(house, "achats@exemple9.gouv.fr")
    house.notify()
    assert len(house.box.to(mailbox_of(house))) == MOST_OF_A_KIND + 1


@pytest.mark.slow
@pytest.mark.parametrize("words", ["Votre compte est suspendu, cliquez", "evil。example", "tonte"])
def test_a_letter_that_confirms_holds_no_word_of_who_asked(house: House, words: str) -> None:
    house.ask(f"/courriel/contracts?q={words}")
    (message,) = house.box.to(READER)
    for text in (text_of(message), html_of(message), str(message["Subject"])):
        assert words not in text and words.split()[0] not in text


def letters(house: House) -> None:
    """Each kind of letter that nobody asked for, to one mailbox."""
    day, now = house.clock.day, house.clock.now()
    office, subject = house.office, Subject("pages-jardins", "73282932000074", "Les Jardins")
    house.ask(address=READER)
    send(house, sender=READER.replace("structure.example", "exemple.gouv.fr"))
    office.invitations.link(subject, READER, day, now)
    content = {"trades": [{"trade": "entretien-espaces-verts", "service_types": []}], "mailbox": READER}
    queue = office.invitations.queue
    queue.accept(queue.by_link(queue.send("declaration", subject, content, day)).number, day)
    beside = office.answers.expecting(READER, "0" * 40, subject, day)
    report = {"fact": "name", "right": "Jardins", "source": "son site"}
    queue.refuse(queue.by_link(queue.send("report", subject, report, day, beside=beside)).number, day, "juste")
    house.notify()
    house.clock.later(340)
    house.notify()


def test_every_letter_that_nobody_asked_for_can_be_refused_in_one_click(house: House) -> None:
    letters(house)
    received = house.box.to(READER)
    assert len(received) == 4, "confirm, link, answer, renewal"
    for message in (*received, *house.box.to("lectrice@exemple.gouv.fr")):
        stop = link_in(message, "/courriel/refuser")
        assert stop in message["List-Unsubscribe"]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.slow
def test_a_refusal_is_for_good_and_for_every_kind(house: House) -> None:
    house.ask(address=READER)
    stop = link_in(house.box.to(READER)[0], "/courriel/refuser")
    assert "Ne plus jamais" in house.client.get(stop).text
    house.clock.later(1)
    house.ask(address=READER)
    assert len(house.box.to(READER)) == 2, "opening the link refuses nothing"
    elsewhere = {"Origin": "https://courrier.example", "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        assert house.client.post(stop, data={"List-Unsubscribe": "One-Click"}, headers=elsewhere).status_code == 200
    house.clock.later(1)
    house.box.messages.clear()
    house.box.recipients.clear()
    letters(house)
    assert house.box.to(READER) == []
    assert house.client.get(stop[:-1] + ("0" if stop[-1] != "0" else "1")).status_code == 404
    assert house.office.post.outbox.refusals.forget(READER)


@pytest.mark.slow
def test_a_link_of_a_sheet_leaves_once_a_week(house: House) -> None:
    subject, link = Subject("a", "73282932000074", "A"), house.office.invitations.link
    assert link(subject, READER, house.clock.day, house.clock.now())
    for days in (1, 5):
        house.clock.later(days)
        assert link(subject, READER, house.clock.day, house.clock.now()) is None
    house.clock.later(2)
    assert link(subject, READER, house.clock.day, house.clock.now())
