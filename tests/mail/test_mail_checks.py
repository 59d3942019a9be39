"""« vivier doctor » on the mail and on the given database: each question in one sentence, with the fix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import SecretStr
from sqlalchemy import text, update

from tests.mail.conftest import READER, House, settings_for
from tests.mail.mailbox import Mailbox
from tests.ports import free_port
from vivier.check import Check
from vivier.given.check import given_checks
from vivier.given.mail_tables import OUTBOX
from vivier.given.shelf import shelf_of
from vivier.given.tables import SHELF
from vivier.mail.check import _key, mail_checks
from vivier.mail.office import office_of
from vivier.mail.relay import Relay
from vivier.mail.sealing import new_key
from vivier.operation.configured import settings_checks
from vivier.privacy.keys import new_id
from vivier.settings import Settings


def said(checks: Iterator[Check]) -> dict[str, tuple[bool, str]]:
    return {check.name: (check.ok, check.text) for check in checks}


def mail(settings: Settings, now: float = 0) -> dict[str, tuple[bool, str]]:
    return said(mail_checks(settings, now))


def test_a_service_without_mail_is_well(tmp_path: Path) -> None:
    assert mail(Settings(home=tmp_path))["courriel"][0]


def test_what_is_missing_is_named(tmp_path: Path, box: Mailbox) -> None:
    settings = settings_for(tmp_path, box).model_copy(update={"public_url": None, "mail_key": None})
    ok, text = said(settings_checks(settings))["réglages"]
    assert not ok and "VIVIER_MAIL_KEY, VIVIER_PUBLIC_URL" in text


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, box: Mailbox) -> None:
    for name, value in (("mail_from", "personne"), ("smtp_url", "ftp://x")):
        ok, text = mail(settings_for(tmp_path, box, **{name: value}))["courriel"]
        assert not ok and f"VIVIER_{name.upper()}" in text


def test_a_relay_that_answers_is_told_and_sent_nothing(house: House) -> None:
    office = office_of(house.settings)
    assert office is not None and _key(office).text == "rien n'est encore scellé"
    house.follow()
    found = mail(house.settings)
    assert found["relais"] == (True, f"127.0.0.1:{house.box.port} répond")
    assert found["clé du courriel"] == (True, "ouvre ce qui est gardé") and found["messages"] == (
        True,
        "aucun n'attend",
    )
    assert not house.box.messages


def test_a_relay_that_is_away_is_told() -> None:
    port = free_port()
    reason = Relay("127.0.0.1", port, secured="none").refusal()
    assert reason is not None and "ne répond pas" in reason and "VIVIER_SMTP_URL" in reason


def test_a_relay_without_tls_is_told(box: Mailbox) -> None:
    reason = Relay("127.0.0.1", box.port, secured="starttls").refusal()
    assert reason is not None and "TLS" in reason


def test_a_wrong_password_is_told() -> None:
    def refuse(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    options = {"authenticator": refuse, "auth_require_tls": False}
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=0, **options)
    controller.port = free_port()
    controller.start()
    try:
        reason = Relay("127.0.0.1", controller.port, "moi", "faux", "none").refusal()
        assert reason is not None and "mot de passe" in reason and "VIVIER_SMTP_URL" in reason
    finally:
        controller.stop(no_assert=True)


@pytest.mark.slow
def test_a_key_that_does_not_open_what_is_kept_is_told(house: House) -> None:
    house.follow()
    assert mail(house.settings)["clé du courriel"] == (True, "ouvre ce qui est gardé")
    other = house.settings.model_copy(update={"mail_key": SecretStr(new_key())})
    ok, text = mail(other)["clé du courriel"]
    assert not ok and "rétablissez VIVIER_MAIL_KEY" in text


def test_letters_that_nobody_sends_are_told(house: House) -> None:
    house.box.busy = {READER}
    house.ask()
    ok, text = mail(house.settings, 10_000_000_000)["messages"]
    assert ok and "1 message attend" in text and "offert 1 fois" in text
    with house.office.database.transaction() as connection:
        connection.execute(update(OUTBOX).values(tries=0))
    ok, text = mail(house.settings, 10_000_000_000)["messages"]
    assert not ok and "vivier notify" in text


def test_a_database_never_begun_is_well_and_stays_so(tmp_path: Path) -> None:
    found = said(given_checks(Settings(home=tmp_path)))
    assert found["base"] == (True, "rien n'a encore été donné") and found["disque"][0]
    assert not list(tmp_path.iterdir())


def test_the_database_says_its_version_its_dossiers_and_those_that_are_damaged(house: House) -> None:
    shelf = shelf_of(house.settings)
    shelf.keep(new_id(), house.clock.day, b"{}")
    found = said(given_checks(house.settings))
    assert found["base"][1].startswith("répond, à jour") and found["dossiers"] == (True, "1 dossier, 0 étude")
    with shelf.database.transaction() as connection:
        connection.execute(update(SHELF).values(content=b"{]"))
    ok, told = said(given_checks(house.settings))["dossiers"]
    assert not ok and "1 dossier abîmé" in told and "vivier restore" in told
    with shelf.database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999' WHERE version_num LIKE 'r%'"))
    shelf.database.close()
    ok, told = said(given_checks(house.settings))["base"]
    assert not ok and "une forme que Vivier ne sait pas reprendre" in told
