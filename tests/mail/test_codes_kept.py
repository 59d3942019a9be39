"""A code signs once, for ten minutes, at the mailbox where it left, what it was sent for; five may be typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from tests.search_api.contracts.corpus import TODAY
from vivier.errors import InvalidRequest
from vivier.given.mail_tables import CODES, OUTBOX
from vivier.given.quotas import QuotaSpent
from vivier.given.signing import Signable
from vivier.mail.codes import (
    MINUTES,
    MOST_OF_A_CLIENT,
    MOST_OF_A_STRUCTURE,
    MOST_TRIES,
    Codes,
    Published,
    published_mailbox,
)
from vivier.mail.letter import Letter
from vivier.mail.office import Office

NOW = 1_700_000_000.0
REGISTER = "DGEFP, Liste des SIAE"
TO = Published("contact@s.example", REGISTER, "2026-11-01")


class Desk:
    """What is signed, and by what codes."""

    def __init__(self, office: Office) -> None:
        self.office, self.now, self.signed = office, NOW, list[tuple[date, str]]()
        self.codes: Codes = replace(office.codes, clock=lambda: self.now)
        self.what = Signable("k" * 64, "digest", "90000000100017", "votre fiche", self._keep)

    def _keep(self, _: Connection, today: date, register: str) -> bool:
        self.signed.append((today, register))
        return True

    def letters(self) -> list[Letter]:
        outbox = self.office.post.outbox
        with outbox.database.transaction() as connection:
            every = connection.scalars(select(OUTBOX.c.sealed).where(OUTBOX.c.kind == "code")).all()
        return [Letter(**outbox.sealer.open(text)) for text in every]

    def send(self, what: Signable | None = None, to: Published = TO, day: int = 0, client: str = "") -> str:
        """Sends a code: what its letter says."""
        before = {letter.text for letter in self.letters()}
        self.codes.send(what or self.what, to, TODAY + timedelta(days=day), client)
        (letter,) = (letter for letter in self.letters() if letter.text not in before)
        found = re.search(r"\b(\d{3})\s(\d{3})\b", letter.text)
        assert found is not None and letter.to == to.mailbox and letter.subject == "Votre code de signature"
        assert "votre fiche" in letter.text and to.register in letter.text.replace("\u00a0", " ") and letter.stop
        return found[1] + found[2]

    def refused(self, code: str, words: str, **more: Any) -> None:
        with pytest.raises(InvalidRequest, match=words) as refused:
            self.codes.sign(more.get("what", self.what), more.get("to", TO), code, TODAY)
        assert [error.field for error in refused.value.errors] == ["code"]


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_a_code_signs_once_within_ten_minutes(desk: Desk) -> None:
    assert not desk.codes.waits(desk.what)
    code = desk.send()
    desk.now = NOW + MINUTES * 60 - 1
    assert desk.codes.waits(desk.what) and not desk.codes.waits(replace(desk.what, key="x"))
    for wrong in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        desk.refused(wrong, "Les 6 chiffres du message")
    desk.codes.sign(desk.what, replace(TO, mailbox="CONTACT@s.example"), f" {code[:3]} {code[3:]} ", TODAY)
    assert desk.signed == [(TODAY, REGISTER)] and not desk.codes.waits(desk.what)
    desk.refused(code, "Aucun code ne sert ici")
    late = desk.send()
    desk.now += MINUTES * 60
    assert not desk.codes.waits(desk.what)
    desk.refused(late, "il dure 10 minutes et 5 essais")
    assert len(desk.signed) == 1


def test_each_try_is_counted_and_the_fifth_is_the_last(desk: Desk) -> None:
    code = desk.send()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for left in range(MOST_TRIES - 1, -1, -1):
        assert desk.codes.waits(desk.what)
        desk.refused(wrong, f"Essais restants : {left}")
    assert not desk.codes.waits(desk.what) and desk.signed == []
    desk.refused(code, "Aucun code ne sert ici")


def test_a_code_is_of_one_thing_at_one_mailbox_and_the_last_one_alone_serves(desk: Desk) -> None:
    first = desk.send()
    second = desk.send()
    other = replace(desk.what, key="z" * 64)
    desk.send(other)
    if first != second:
        desk.refused(first, "Ce code n'est pas le bon")
    desk.refused(second, "ne publie plus la boîte", to=None)
    desk.refused(second, "ne publie plus la boîte", to=replace(TO, mailbox="autre@s.example"))
    desk.refused(second, "a changé depuis l'envoi", what=replace(desk.what, digest="new"))
    desk.refused(second, "déjà servi, ou ce qu'il signait", what=replace(desk.what, keep=lambda *_: False))
    assert desk.signed == [] and desk.codes.waits(other), "the neighbour's code waits"


def test_codes_are_bounded_by_structure_by_client_and_by_mailbox(desk: Desk) -> None:
    for _ in range(MOST_OF_A_STRUCTURE):
        desk.send()
    for refusing in (TO, replace(TO, mailbox="autre@s.example")):
        with pytest.raises(InvalidRequest, match="a déjà reçu assez de codes ce jour"):
            desk.codes.send(desk.what, refusing, TODAY)
    assert desk.send(day=1)
    for number in range(MOST_OF_A_CLIENT):
        own = replace(desk.what, key=f"{number:064}", siret=f"{number:014}")
        desk.send(own, replace(TO, mailbox=f"c@s{number}.example"), client="c")
    with pytest.raises(QuotaSpent):
        desk.codes.send(replace(desk.what, siret="1"), replace(TO, mailbox="c@z.example"), TODAY, "c")
    refusals = desk.office.post.outbox.refusals
    assert refusals.refuse(refusals.link("", TO.mailbox).rpartition("/")[2], TODAY)
    with pytest.raises(InvalidRequest, match="refuse nos messages"):
        desk.codes.send(desk.what, TO, TODAY + timedelta(days=2))


def test_codes_past_their_time_are_forgotten(desk: Desk) -> None:
    desk.send()
    desk.now += 60
    desk.send(replace(desk.what, key="z" * 64))

    def left() -> list[str]:
        with desk.office.database.transaction() as connection:
            return sorted(key[0] for key in connection.scalars(select(CODES.c.key)))

    for now, keys in ((NOW + MINUTES * 60 - 1, ["k", "z"]), (NOW + MINUTES * 60, ["z"]), (NOW + MINUTES * 60 + 60, [])):
        desk.now = now
        desk.codes.tidy()
        assert left() == keys


def test_the_mailbox_of_a_register_is_taken_and_never_one_declared_here() -> None:
    listed = {"source_id": "siae", "producer": "DGEFP", "dataset": "Liste", "updated_at": "2026-11-01T03:00:00Z"}
    own = {"value": "a@b.example", "provenance": {**listed, "source_id": "declared"}}
    fact = {"value": "c@d.example", "provenance": listed}
    other = {"field": "phone", "value": "01", "provenance": listed}
    found = Published("c@d.example", "DGEFP, Liste", "2026-11-01")
    for record in ({"mailbox": fact}, {"mailbox": own, "others": [other, {"field": "mailbox", **fact}]}):
        assert published_mailbox(record) == found  # type: ignore[arg-type]
    for record in ({}, {"mailbox": own}, {"others": [other]}):
        assert published_mailbox(record) is None  # type: ignore[arg-type]
    read = {"mailbox": {**fact, "provenance": {**listed, "updated_at": None, "fetched_at": "2026-10-02"}}}
    assert published_mailbox(read).day == "2026-10-02"  # type: ignore[arg-type, union-attr]
    assert published_mailbox({"mailbox": {**fact, "provenance": {**listed, "updated_at": None}}}).day is None  # type: ignore[arg-type, union-attr, typeddict-item]
    assert [Published(text, "", None).masked for text in ("contact@d.example", "ab@d.example", "a@d.example")] == [
        "co…@…",
        "a…@…",
        "…@…",
    ]
