"""The verbs of mail, as an operator types them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.mail.conftest import READER, House
from tests.search_api.pages.html import plain
from vivier.cli.given import mailing, reviewing
from vivier.cli.given.mailing import _counts
from vivier.errors import InvalidRequest, VivierError
from vivier.mail.office import purge_mail
from vivier.mail.sealing import Sealer
from vivier.mail.senders import Senders


@pytest.fixture
def typed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The settings of the house in the environment, where verbs read them."""
    own = house.settings
    assert own.smtp_url is not None and own.mail_key is not None
    monkeypatch.setenv("VIVIER_HOME", str(own.home))
    monkeypatch.setenv("VIVIER_SMTP_URL", own.smtp_url.get_secret_value())
    monkeypatch.setenv("VIVIER_MAIL_FROM", str(own.mail_from))
    monkeypatch.setenv("VIVIER_MAIL_KEY", own.mail_key.get_secret_value())
    monkeypatch.setenv("VIVIER_PUBLIC_URL", str(own.public_url))
    return house


def test_a_key_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    mailing.mail("key")
    assert Sealer(capsys.readouterr().out.strip()).id


def test_a_message_is_tried(typed: House) -> None:
    mailing.mail("test", [READER])
    assert typed.box.messages[0]["Subject"] == "Essai du courriel de Vivier"
    typed.box.refusing = {READER}
    with pytest.raises(VivierError, match="550"):
        mailing.mail("test", [READER])


@pytest.mark.slow
def test_what_is_kept_is_counted_and_stopped(typed: House, capsys: pytest.CaptureFixture[str]) -> None:
    typed.follow()
    mailing.mail("status")
    out = plain(capsys.readouterr().out)
    assert "1 abonnement confirmé" in out and "envoyés : 1" in out and READER not in out
    mailing.mail("stop", [READER.upper().replace("STRUCTURE.EXAMPLE", "structure.example")])
    assert typed.office.subscriptions.counts() == (0, 0)
    with pytest.raises(InvalidRequest, match="ADRESSE"):
        mailing.mail("stop", ["personne"])


def test_a_refusal_is_forgotten_when_its_owner_asks(typed: House, capsys: pytest.CaptureFixture[str]) -> None:
    refusals = typed.office.post.outbox.refusals
    assert refusals.refuse(refusals.link("", READER).rpartition("/")[2], typed.clock.day)
    typed.ask()
    assert typed.box.messages == []
    for words in ("oublié", "rien refusé"):
        mailing.mail("accept", [READER])
        assert words in plain(capsys.readouterr().out)
    typed.ask()
    assert len(typed.box.messages) == 1


def test_the_operator_reads_who_asks_to_write(typed: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the body of the message, which is sealed: the domain, the name that was typed, the subject."""
    with typed.office.database.transaction() as connection:
        Senders(typed.office.post.outbox.sealer).ask(
            connection, "a0@catchall.example", "Ministère", "Facture impayée", 3, typed.clock.day
        )
    reviewing.review(reviewing.Decision.show, 1)
    out = plain(capsys.readouterr().out)
    assert "premier envoi d'un acheteur" in out and "Adresses en @catchall.example" in out
    assert "Se présente comme : Ministère" in out and "a0@" not in out


def test_what_came_back_is_read_from_files_that_are_named(
    typed: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(VivierError, match="Donnez des fichiers, un dossier Maildir"):
        mailing.mail("bounces")
    file = tmp_path / "message"
    file.write_text("Subject: Bonjour\n\nMerci.\n", encoding="ascii")
    mailing.mail("bounces", [str(file)])
    told, left, *_ = plain(capsys.readouterr().out).splitlines()
    assert told == "0 message revenu pour de bon ; 0 abonnement ou message en attente arrêté."
    assert left == "Laissés : illisibles : 1."
    file.write_text("From a@b.fr\nSubject: Un\n\nUn.\n\nFrom a@b.fr\nSubject: Deux\n\nDeux.\n", encoding="ascii")
    mailing.mail("bounces", [str(file)])
    assert "illisibles : 2." in plain(capsys.readouterr().out)
    (tmp_path / "new").mkdir()
    for place, words in ((tmp_path / "absent", "ne peut pas être lu"), (tmp_path, "n'est pas un dossier Maildir")):
        with pytest.raises(InvalidRequest, match=words):
            mailing.mail("bounces", [str(place)])


def test_messages_are_counted_by_state_and_none_is_said_so() -> None:
    assert _counts({"sent": 2, "later": 1, "failed": 0}) == "remis à plus tard : 1, envoyés : 2"
    assert _counts({"sent": 0}) == _counts({}) == "aucun"


def test_a_file_may_hold_the_secrets(typed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.settings.home.mkdir(exist_ok=True)
    key = typed.settings.home / "key"
    assert typed.settings.mail_key is not None
    key.write_text(typed.settings.mail_key.get_secret_value() + "\n", encoding="ascii")
    monkeypatch.delenv("VIVIER_MAIL_KEY")
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(key))
    typed.follow()
    mailing.mail("stop", [READER])
    assert typed.office.subscriptions.counts() == (0, 0)
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(key) + "-absent")
    with pytest.raises(InvalidRequest, match="vide ou illisible") as refused:
        mailing.mail("status")
    assert refused.value.errors[0].field == "VIVIER_MAIL_KEY_FILE"


def test_what_is_missing_is_named(typed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIVIER_SMTP_URL")
    monkeypatch.delenv("VIVIER_PUBLIC_URL")
    with pytest.raises(VivierError, match="VIVIER_SMTP_URL, VIVIER_PUBLIC_URL"):
        mailing.mail("status")


def test_addresses_go_in_time_though_mail_was_turned_off(house: House) -> None:
    house.follow()
    house.ask(address="autre@structure.example")
    off = house.settings.model_copy(update={"smtp_url": None, "mail_key": None})
    later = house.clock.day + timedelta(days=366)
    assert purge_mail(off, later, dry_run=True) == 2
    assert purge_mail(off, house.clock.day) == 0
    assert purge_mail(off, later) == 2
    assert house.office.subscriptions.counts() == (0, 0)
