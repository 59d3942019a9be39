"""Letters that come back later: what waits for the same mailbox is stopped, whatever server says it; what is no such notification is counted."""

from __future__ import annotations

import io
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mail import returned as back
from tests.mail.conftest import READER, House
from tests.mail.mailbox import link_in, text_of
from tests.mail.returned import SHAPES, returned
from tests.mail.test_mail_verbs import typed  # noqa: F401 - a fixture
from tests.mail.test_writing import BUYER, confirm, mailbox_of, send
from tests.search_api.pages.html import plain
from vivier.cli.given import mailing
from vivier.mail.bounces import Aside, Bounce, Read, read_bounce, read_bounces

DOMAIN = "exemple.example"


def came_back(house: House, *contents: bytes) -> Read:
    """One run of « vivier mail bounces - » a message; what all of them did."""
    total = Read()
    for content in contents:
        read = read_bounces(house.office, ["-"], io.BytesIO(content), house.clock.day, house.clock.second)
        total.noted += read.noted
        total.aside += read.aside
        total.stopped += read.stopped
    return total


def news(house: House) -> EmailMessage:
    """A reader follows two lists, and is sent a letter."""
    house.follow("/courriel/contracts?q=tonte")
    house.follow("/courriel/contracts?q=tonte&year=2026")
    assert house.ask("/courriel/contracts?q=tonte&year=2025").status_code == 200
    return house.box.to(READER)[-1]


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_mailbox_that_does_not_exist_has_all_its_subscriptions_ended(house: House, shape: str) -> None:
    letter = news(house)
    assert sum(house.office.subscriptions.counts()) == 3
    read = came_back(house, returned(letter, shape))
    assert read.noted == {"confirm": 1} and read.stopped == 3
    assert house.office.subscriptions.counts() == (0, 0)
    assert house.office.post.outbox.counts()["refused"] == 1
    again = came_back(house, returned(letter, shape))
    assert not again.noted and again.aside == {"again": 1}


@pytest.mark.slow
def test_a_failure_for_a_time_ends_nothing(house: House) -> None:
    letter = news(house)
    read = came_back(house, returned(letter, status="4.4.1", code="421"))
    assert read.aside == {"later": 1} and sum(house.office.subscriptions.counts()) == 3
    assert house.office.post.outbox.counts()["failed"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "reason"), [("delayed", "delayed"), ("delivered", "automatic"), ("relayed", "automatic")]
)
def test_what_is_late_or_delivered_is_counted(house: House, action: str, reason: str) -> None:
    assert came_back(house, returned(news(house), action=action, status="4.4.1")).aside == {reason: 1}
    assert sum(house.office.subscriptions.counts()) == 3


def test_what_is_no_notification_is_counted_with_a_reason_and_stops_nothing(house: House) -> None:
    letter = news(house)
    stranger = EmailMessage()
    stranger["To"], stranger["Message-ID"] = READER, f"<{'0' * 32}@{DOMAIN}>"
    elsewhere = EmailMessage()
    elsewhere["To"], elsewhere["Message-ID"] = READER, "<abc@autre.example>"
    read = came_back(
        house,
        back.other(letter, back.AUTO_REPLY),
        back.other(letter, back.RECEIPT),
        back.other(letter, back.ORDINARY),
        returned(stranger),
        returned(elsewhere),
        b"",
        b"\xff\x00 no message",
        returned(letter)[:900],
    )
    assert not read.noted and read.stopped == 0
    assert read.aside["automatic"] == 3, "an absence, a receipt, a notification cut before what it says"
    assert read.aside["ordinary"] == read.aside["unknown"] == read.aside["not_ours"] == 1
    assert read.aside["garbage"] == 2 and read.aside.total() == 8
    assert sum(house.office.subscriptions.counts()) == 3


@pytest.mark.slow
def test_a_structure_that_cannot_be_reached_is_written_to_no_more_and_the_buyer_is_told(house: House) -> None:
    send(house, remind="oui")
    follow = confirm(house)
    house.notify()
    (message,) = house.box.to(mailbox_of(house))
    assert came_back(house, returned(message)).noted == {"writing": 1}
    house.notify()
    told = house.box.to(BUYER)[-1]
    assert "pas été remis" in text_of(told) and link_in(told, "/ecrire/suivi") == follow
    assert "Refusé par sa boîte" in house.client.get(follow).text
    house.clock.later(16)
    assert house.notify().letters["reminder"] == 0
    assert came_back(house, returned(message)).aside == {"again": 1}
    house.notify()
    assert house.box.to(BUYER)[-1]["Message-ID"] == told["Message-ID"], "told once"


@pytest.mark.slow
def test_the_first_message_may_come_back_after_the_reminder_was_written(house: House) -> None:
    send(house, remind="oui")
    confirm(house)
    house.notify()
    (message,) = house.box.to(mailbox_of(house))
    house.clock.later(16)
    assert house.office.writings.remind(house.clock.day, house.clock.second) == 1
    read = came_back(house, returned(message))
    assert read.noted == {"writing": 1} and read.stopped == 1, "the reminder that waits is dropped"
    house.notify()
    assert len(house.box.to(mailbox_of(house))) == 1


@pytest.mark.slow
def test_a_message_that_waits_for_the_same_mailbox_is_stopped(house: House) -> None:
    send(house)
    confirm(house)
    house.notify()
    (message,) = house.box.to(mailbox_of(house))
    house.box.busy = {mailbox_of(house)}
    send(house, sender="autre@exemple.gouv.fr")
    house.client.post(link_in(house.box.to("autre@exemple.gouv.fr")[-1], "/ecrire/confirmer"))
    assert came_back(house, returned(message)).stopped == 1
    house.box.busy = set()
    house.clock.later(1)
    house.notify()
    assert len(house.box.to(mailbox_of(house))) == 1


def test_a_maildir_is_read_once_and_people_s_messages_are_left(house: House, tmp_path: Path) -> None:
    letter, folder = news(house), tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1.host").write_bytes(returned(letter))
    (folder / "cur" / "2.host:2,F").write_bytes(returned(letter, status="4.4.1"))
    (folder / "new" / "3.host").write_bytes(back.other(letter, back.ORDINARY))
    for expected in ({"ordinary": 1, "later": 1}, {"ordinary": 1}):
        read = read_bounces(house.office, [str(folder)], io.BytesIO(), house.clock.day, house.clock.second)
        assert read.aside == expected
    assert sorted(path.name for path in folder.rglob("*.host*")) == ["1.host:2,S", "2.host:2,FS", "3.host"]


@pytest.mark.slow
def test_an_mbox_and_the_standard_input_are_read_by_the_verb(
    typed: House,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    letter = news(typed)
    box = tmp_path / "box"
    box.write_bytes(
        b"From MAILER-DAEMON Tue Nov 24 10:00:00 2026\n"
        + returned(letter)
        + b"\nFrom a@b.example Tue Nov 24 11:00:00 2026\n"
        + back.other(letter, back.ORDINARY)
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(back.other(letter, back.AUTO_REPLY))))
    mailing.mail("bounces", [str(box), "-"])
    out = plain(capsys.readouterr().out)
    assert "1 message revenu pour de bon ; 3 abonnements" in out
    assert (
        "messages ordinaires, à lire : 1" in out and "réponses automatiques et accusés : 1" in out and READER not in out
    )


@pytest.mark.slow
def test_what_comes_back_after_its_outcome_is_forgotten_is_unknown(house: House) -> None:
    letter = news(house)
    house.office.post.outbox.tidy(10_000_000_000)
    assert came_back(house, returned(letter)).aside == {"unknown": 1}


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), shape=st.sampled_from(sorted(SHAPES)))
def test_whatever_is_read_is_a_bounce_or_has_a_reason(data: st.DataObject, shape: str) -> None:
    """Notifications with bytes changed, cut, lines shuffled or repeated; and any bytes at all."""
    letter = EmailMessage()
    letter["To"], letter["Message-ID"] = "a@structure.example", f"<{'a' * 32}@{DOMAIN}>"
    content = bytearray(returned(letter, SHAPES[shape]))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=20)):
        content[place] = data.draw(st.integers(0, 255))
    lines = bytes(content[: data.draw(st.integers(0, len(content)))]).split(b"\n")
    if data.draw(st.booleans()):
        lines = data.draw(st.permutations(lines))
    for made in (b"\n".join(lines), data.draw(st.binary(max_size=300))):
        found = read_bounce(made, DOMAIN)
        assert found in get_args(Aside) or (isinstance(found, Bounce) and found.letters and found.addresses)
