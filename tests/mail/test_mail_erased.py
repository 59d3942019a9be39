"""What people asked by mail, once stopped or deleted, is in no file: not even sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.mail.conftest import READER, House
from tests.mail.test_writing import confirm, send
from vivier.given.mail_tables import OUTBOX, SUBSCRIPTIONS, WRITINGS
from vivier.mail.letter import Letter


def in_files(house: House, sealed: str) -> bool:
    """Whether a sealed text can be read in a file of the database."""
    files = [path.read_bytes() for path in house.settings.home.glob("given.sqlite*")]
    return any(sealed[:60].encode() in content for content in files)


def test_a_subscription_that_stops_leaves_nothing(house: House) -> None:
    house.follow()
    with house.office.database.transaction() as connection:
        sealed = connection.scalars(select(SUBSCRIPTIONS.c.sealed)).one()
    assert in_files(house, sealed)
    assert house.office.subscriptions.stop_mailbox(READER) == 1
    assert not in_files(house, sealed)


@pytest.mark.slow
def test_what_a_buyer_deletes_leaves_nothing(house: House) -> None:
    send(house)
    followed = confirm(house)
    with house.office.database.transaction() as connection:
        sealed = connection.scalars(select(WRITINGS.c.sealed)).one()
    assert in_files(house, sealed)
    house.client.post(followed)
    assert not in_files(house, sealed)


def test_a_letter_that_left_leaves_nothing(house: House) -> None:
    outbox, letter = house.office.post.outbox, Letter(READER, "Objet", "Texte", "<p>Texte</p>", house.clock.now())
    with outbox.database.transaction() as connection:
        id_ = outbox.add(connection, "news", letter)
        sealed = connection.scalars(select(OUTBOX.c.sealed).where(OUTBOX.c.id == id_)).one()
    assert in_files(house, sealed)
    assert [delivered.id for delivered in house.office.post.deliver(house.clock.now, 9)] == [id_]
    assert not in_files(house, sealed)
