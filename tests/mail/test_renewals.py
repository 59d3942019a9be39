"""A structure is reminded once that what it declared ends, and its link lets it declare again."""

from __future__ import annotations

from datetime import timedelta

from tests.mail.conftest import House
from tests.mail.mailbox import link_in, text_of
from vivier.given.queue import IN_FORCE_DAYS, Subject, queue_of
from vivier.mail.renewals import REMIND_DAYS

MAILBOX = "contact@structure-essai.example"


def declared(house: House, **content: object) -> Subject:
    """A structure whose declaration is accepted today."""
    queue = queue_of(house.settings)
    subject = Subject("vessai000000a", "73282932000074", "Les Jardins d'Essai")
    trade = next(iter(house.lexicon.trade_names))
    queue.send("declaration", subject, {"trades": [{"trade": trade, "service_types": []}], **content}, house.clock.day)
    queue.accept(queue.waiting()[0].number, house.clock.day)
    queue.database.close()
    return subject


def test_the_reminder_leaves_once_and_its_link_serves(house: House) -> None:
    subject = declared(house, mailbox=MAILBOX)
    assert house.notify().letters["renewal"] == 0
    house.clock.later(IN_FORCE_DAYS - REMIND_DAYS)
    for _ in range(REMIND_DAYS):
        house.notify()
        house.clock.later(1)
    (message,) = house.box.to(MAILBOX)
    assert subject.name in text_of(message).replace("\xa0", " ") and "List-Unsubscribe" not in message
    token = link_in(message, "/i").rpartition("/")[2]
    assert queue_of(house.settings).invited(token, house.clock.day - timedelta(days=1)).siret == subject.siret


def test_nothing_leaves_to_a_structure_that_gave_no_mailbox(house: House) -> None:
    declared(house)
    house.clock.later(IN_FORCE_DAYS - 1)
    assert house.notify().letters["renewal"] == 0 and house.box.messages == []
