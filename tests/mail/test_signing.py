"""A structure signs what it sent by a code that goes to the mailbox of a register, and to no other."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from indexer.publish import publish
from tests.given.postgresql import server
from tests.mail.mailbox import Mailbox, text_of
from tests.mail.signing import FIRST, ITS, ITS_NEW, OTHERS, PASSWORD, SECOND, THIRD, Service, made_service, wrong
from tests.search_api.pages.html import plain
from vivier.errors import InvalidRequest
from vivier.given.declared import write_runs
from vivier.given.mail_tables import CODES, OUTBOX
from vivier.given.quotas import QuotaSpent
from vivier.given.signing import request_to_sign
from vivier.given.tables import ANSWERS, REQUESTS
from vivier.lexicon import Lexicon
from vivier.mail.codes import MINUTES, MOST_OF_A_CLIENT, MOST_OF_A_STRUCTURE, MOST_TRIES, Published


@pytest.fixture
def service(tmp_path: Path, box: Mailbox, lexicon: Lexicon) -> Iterator[Service]:
    with made_service(tmp_path / "home", box, lexicon) as service:
        yield service


@pytest.mark.slow
def test_a_declaration_is_signed_by_the_code_of_the_mailbox_of_the_register(service: Service) -> None:
    page = service.declare(mailbox="contact@choisie.example")
    shown = service.read(page)
    assert "un code est envoyé à <bdi>ac…@…</bdi> (boîte publiée par" in shown and "geiq-fictif.example" not in shown
    assert "Code reçu" not in shown
    service.send(page)
    assert "Code reçu" in service.read(page) and service.box.to("contact@choisie.example") == []
    service.sign(page, service.code())
    assert "Signé le" in service.read(page)
    number = service.queue.waiting()[0].number
    review = service.client.get(f"/revue/{number}", auth=("revue", PASSWORD)).text
    assert "signée le" in plain(review) and "signée" in plain(service.client.get("/revue", auth=("", PASSWORD)).text)
    sheet = service.sheet(FIRST)
    assert "Déclaré" not in service.read(sheet)
    service.queue.accept(number, service.clock.day)
    assert "Déclaré et signé par la structure" in service.read(sheet)
    mine = service.declaration(FIRST)
    assert mine["signed_on"] == service.clock.day.isoformat() and "GEIQ" in mine["signed_by"]


@pytest.mark.slow
def test_what_is_not_signed_is_told_as_such(service: Service) -> None:
    service.declare()
    number = service.queue.waiting()[0].number
    assert "non signée" in plain(service.client.get(f"/revue/{number}", auth=("", PASSWORD)).text)
    service.queue.accept(number, service.clock.day)
    sheet = service.sheet(FIRST)
    assert "Déclaré par la structure" in service.read(sheet) and "Non signé." in service.read(sheet)
    assert service.declaration(FIRST)["signed_on"] is None and service.declaration(SECOND) is None


@pytest.mark.slow
def test_a_wrong_code_signs_nothing_and_the_sixth_try_is_refused_even_right(service: Service) -> None:
    page = service.declare()
    service.send(page)
    code = service.code()
    assert "chiffres" in service.sign(page, "12 34", 422)
    for left in range(MOST_TRIES - 1, -1, -1):
        assert f"Essais restants : {left}" in service.sign(page, wrong(code), 422)
    assert "Demandez-en un autre" in service.sign(page, code, 422)
    assert "Signé le" not in service.read(page) and "Code reçu" not in service.read(page)


@pytest.mark.slow
def test_a_late_code_signs_nothing_and_another_does(service: Service) -> None:
    page = service.declare()
    service.send(page)
    late = service.code()
    service.clock.second += MINUTES * 60
    assert "Demandez-en un autre" in service.sign(page, late, 422)
    service.send(page)
    service.sign(page, service.code())
    assert "Signé le" in service.read(page)


@pytest.mark.slow
def test_a_code_serves_once_and_a_newer_one_replaces_it(service: Service) -> None:
    page = service.declare()
    service.send(page)
    first = service.code()
    service.send(page)
    code = service.code()
    if first != code:
        assert "pas le bon" in service.sign(page, first, 422)
    service.sign(page, code)
    assert "Aucun code" in service.sign(page, code, 422)
    with service.queue.database.transaction() as connection:
        assert connection.execute(select(CODES)).all() == []


@pytest.mark.slow
def test_the_code_of_another_structure_or_of_another_declaration_signs_nothing(service: Service) -> None:
    first, again, second = service.declare(), service.declare(staff="12"), service.declare(SECOND)
    for page in (first, again, second):
        service.send(page)
    codes = [service.code(OTHERS), *map(str, service_codes(service, ITS))]
    for page, own in ((first, codes[1]), (again, codes[2]), (second, codes[0])):
        for code in set(codes) - {own}:
            assert "pas le bon" in service.sign(page, code, 422)
        service.sign(page, own)


def service_codes(service: Service, address: str) -> list[str]:
    """The codes of a mailbox, in order."""
    texts = (text_of(message).replace("\xa0", " ") for message in service.box.to(address))
    return [re.findall(r"\b\d{3} \d{3}\b", text)[0] for text in texts]


@pytest.mark.slow
def test_a_content_that_changes_is_no_longer_signed_and_its_former_code_signs_nothing(service: Service) -> None:
    page = service.declare()
    service.send(page)

    def change(text: str) -> None:
        with service.queue.database.transaction() as connection:
            connection.execute(update(REQUESTS).values(content=text))

    changed = '{"trades":[{"trade":"nettoyage-locaux","service_types":[]}],"zone":{"type":"undeclared"}}'
    before = service.queue.waiting()[0].content
    change(changed)
    assert service.queue.waiting()[0].content != before
    assert "a changé" in service.sign(page, service.code(), 422)
    service.send(page)
    service.sign(page, service.code())
    assert service.queue.waiting()[0].signed_on == service.clock.day
    change(changed.replace("undeclared", "country"))
    assert service.queue.waiting()[0].signed_on is None and "Signé le" not in service.read(page)


@pytest.mark.slow
def test_a_code_sent_to_a_mailbox_that_the_register_gives_no_more_signs_nothing(service: Service) -> None:
    page = service.declare()
    service.send(page)
    code = service.code()
    service.publish(ITS_NEW)
    assert "ne publie plus la boîte" in service.sign(page, code, 422)
    service.send(page)
    service.sign(page, service.code(ITS_NEW))
    assert "Signé le" in service.read(page)


@pytest.mark.slow
def test_an_opposition_is_signed_and_stays_so_once_accepted_though_nothing_of_it_is_kept(service: Service) -> None:
    sent = service.post(f"{service.sheet(FIRST)}/s-opposer", siret=FIRST, role="direction")
    page = str(sent.headers["location"])
    service.send(page)
    service.sign(page, service.code())
    number = service.queue.waiting()[0].number
    assert "signée le" in plain(service.client.get(f"/revue/{number}", auth=("", PASSWORD)).text)
    service.queue.accept(number, service.clock.day)
    assert service.queue.read(number).signed_on == service.clock.day
    with service.queue.database.transaction() as connection:
        row = connection.execute(select(REQUESTS)).mappings().one()
    assert (row["content"], row["siret"], row["signed_hash"]) == ("", "", None)


@pytest.mark.slow
def test_an_answer_to_a_round_is_signed_until_it_changes(service: Service) -> None:
    link = service.answer(volume="80000")
    service.send(link)
    service.sign(link, service.code())
    assert "Signé le" in service.read(link)

    def told() -> dict[str, Any]:
        invited = service.client.get(service.made).json()["invited"]
        (found,) = (each["answer"] for each in invited if each["siret"] == FIRST)
        return dict(found)

    assert told()["signed_on"] == service.clock.day.isoformat() and "GEIQ" in told()["signed_by"]
    assert "signé le" in told()["by_fr"]
    page = service.read(f"/enquetes/{service.made.rpartition('/')[2]}")
    assert "signé le" in page and "non signé" not in page
    issued = service.client.post(f"{service.made}/dossier").json()["links"]["self"]
    (given,) = service.client.get(issued).json()["question"]["answers"]
    assert given["signed_on"] == service.clock.day.isoformat() and "GEIQ" in given["signed_by"]
    assert "signé le" in service.read(f"{issued}.html")
    assert service.client.get(f"{issued}/replay").json()["same_list"] is True
    assert service.post(link, action="answer", can="part", volume="80000").status_code == 303
    assert "signed_on" not in told() and "Signé le" not in service.read(link)
    assert "non signé" in service.read(f"/enquetes/{service.made.rpartition('/')[2]}")


@pytest.mark.slow
def test_an_answer_changed_in_the_database_is_no_longer_signed(service: Service) -> None:
    link = service.answer()
    service.send(link)
    service.sign(link, service.code())
    with service.queue.database.transaction() as connection:
        connection.execute(update(ANSWERS).values(volume=10_000_000))
    assert "Signé le" not in service.read(link)


@pytest.mark.slow
def test_codes_are_bounded_by_structure_and_by_client(service: Service) -> None:
    page = service.declare()
    for _ in range(MOST_OF_A_STRUCTURE):
        service.send(page)
    assert "assez de codes" in service.send(page, 422)
    assert len(service.box.to(ITS)) == MOST_OF_A_STRUCTURE
    service.clock.later(1)
    service.send(page)


@pytest.mark.slow
def test_codes_are_bounded_by_client(service: Service) -> None:
    what = request_to_sign(service.queue.database, pending(service, service.declare()))
    assert what is not None
    for rank in range(MOST_OF_A_CLIENT):
        to = Published(f"contact@structure-{rank}.example", "un registre", None)
        service.office.codes.send(replace(what, siret=str(rank)), to, service.clock.day, "client")
    with pytest.raises(QuotaSpent):
        service.office.codes.send(replace(what, siret="n"), Published(ITS, "", None), service.clock.day, "client")


def pending(service: Service, page: str) -> int:
    """The number of the request of a page."""
    return service.queue.by_link(page.rpartition("/")[2]).number


@pytest.mark.slow
def test_tries_at_once_are_all_counted_and_so_on_postgresql(
    tmp_path: Path, box: Mailbox, lexicon: Lexicon, service: Service
) -> None:
    tried_at_once(service)
    with tempfile.TemporaryDirectory() as folder:  # a path of a socket is 107 bytes at most, and its user must enter it
        Path(folder).chmod(0o755)
        with server(Path(folder)) as url, made_service(tmp_path / "other", box, lexicon, given_url=url) as other:
            tried_at_once(other)
            other.send(page := other.declare(SECOND))
            other.sign(page, other.code(OTHERS))
            assert "Signé le" in other.read(page)


def tried_at_once(service: Service) -> None:
    """Twenty wrong codes typed at the same time: five are compared."""
    page = service.declare()
    service.send(page)
    what, code = request_to_sign(service.queue.database, pending(service, page)), service.code()
    assert what is not None

    def typed(_: int) -> str:
        try:
            service.office.codes.sign(what, Published(ITS, "un registre", None), wrong(code), service.clock.day)
        except InvalidRequest as error:
            return str(error)
        return "signé"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(typed, range(20)))
    assert sum("pas le bon" in answer for answer in answers) == MOST_TRIES and "signé" not in answers


@pytest.mark.slow
def test_without_a_published_mailbox_or_without_mail_it_says_so_and_what_is_sent_still_counts(
    service: Service, tmp_path: Path, box: Mailbox, lexicon: Lexicon
) -> None:
    page = service.declare(THIRD, mailbox="contact@choisie.example")
    assert "aucun registre ne publie" in service.read(page)
    assert "aucun registre" in service.send(page, 422) and box.messages == []
    with made_service(tmp_path / "silent", box, lexicon, writes=False) as silent:
        page = silent.declare()
        assert "n'envoie pas de courriel" in silent.read(page).replace("’", "'")
        assert silent.post(f"{page}/signer", action="send").status_code == 503 and box.messages == []
        assert len(silent.queue.waiting()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("chosen", ["contact@choisie.example", ITS])
def test_what_is_declared_here_is_no_register_even_once_indexed(service: Service, chosen: str) -> None:
    service.declare(mailbox=chosen)
    service.queue.accept(service.queue.waiting()[0].number, service.clock.day)
    write_runs(service.settings, service.queue, service.clock.day)
    publish(service.engine, service.settings, service.lexicon, sources=["geiq", "declared"], skip_judged=True)
    service.send(service.declare(staff="7"))
    assert service.box.recipients == [[ITS]]


def test_neither_code_nor_mailbox_is_logged_nor_kept_in_clear(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = service.declare()
    service.send(page)
    code = service.code()
    service.sign(page, wrong(code), 422)
    service.sign(page, code)
    digits = code.replace(" ", "")
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "mail.log"
    )  # that of the SMTP server
    assert logged and not any(text in logged for text in (code, digits, ITS))
    with service.queue.database.transaction() as connection:
        kept = str([connection.execute(select(table)).all() for table in (CODES, OUTBOX, REQUESTS)])
    assert ITS not in kept and digits not in kept


@pytest.mark.parametrize(
    ("mailbox", "masked"), [("contact@a.example", "co…@…"), ("ab@a.example", "a…@…"), ("a@b.example", "…@…")]
)
def test_a_mailbox_is_masked(mailbox: str, masked: str) -> None:
    assert Published(mailbox, "", None).masked == masked
