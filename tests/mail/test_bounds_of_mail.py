"""What a letter may hold, address and be: bounds on both sides, and a mailbox that refused is remembered until it asks."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from vivier.desk.dossier import QUESTIONS
from vivier.errors import InvalidRequest
from vivier.given.database import database_of
from vivier.mail.draft import LINK, drafted
from vivier.mail.letter import LONGEST, mail_address
from vivier.mail.recipients import Recipient
from vivier.mail.refusals import Refusals
from vivier.mail.sealing import Sealer, new_key
from vivier.mail.weblinks import masked, weblinks
from vivier.settings import Settings

DAY = date(2026, 11, 24)
DOMAIN = ".".join(("x" * 60,) * 4) + ".fr"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Rien ici.", "Rien ici."),
        ("Voir www.exemple.fr vite", "Voir … vite"),
        ("a hxxp://exemple.fr/x b", "a … b"),
        ("Un\u200b mot", "Un\u200b mot"),
    ],
)
def test_an_address_in_a_text_is_masked_and_another_text_is_left_as_it_is(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_three_addresses_are_named_at_most_each_once() -> None:
    assert len(weblinks("a.fr b.fr a.fr c.fr d.fr")) == 3 and len(weblinks("a.fr a.fr")) == 1


@pytest.mark.parametrize(
    ("address", "read"),
    [
        (" Marie@Exemple.FR ", "Marie@exemple.fr"),
        ("contact@école.example", "contact@xn--cole-9oa.example"),
        ("a" * 64 + "@exemple.fr", "a" * 64 + "@exemple.fr"),
        ("a" * 65 + "@exemple.fr", None),
        ("a" * (LONGEST - len(DOMAIN) - 1) + "@" + DOMAIN, "a" * (LONGEST - len(DOMAIN) - 1) + "@" + DOMAIN),
        ("a" * (LONGEST - len(DOMAIN)) + "@" + DOMAIN, None),
        ("a@" + "x" * 64 + ".fr", None),
        ("a@b..fr", None),
        ("a@b@c.fr", None),
        ("exemple.fr", None),
    ],
)
def test_a_mailbox_is_one_address_of_a_domain_that_may_be(address: str, read: str | None) -> None:
    if read is not None:
        assert mail_address(address) == read
        return
    with pytest.raises(InvalidRequest, match="« boite »"):
        mail_address(address, "boite")


def test_a_draft_says_the_need_line_by_line_and_asks_what_the_buyer_asks() -> None:
    fields = {"organisation": " Ville  de Lille ", "text": "Tonte\n des parcs", "place": "", "closes_on": "01/12/2026"}
    made = drafted(fields | {"questions": " Combien ?\n\n Quand ? "}, has_links=True)
    assert made.subject == "Pouvez-vous répondre à ce besoin ? Tonte des parcs"
    lines = made.body.splitlines()
    assert lines[2].startswith("Ville de Lille prépare un achat") and "Besoin : Tonte des parcs" in lines
    assert [line for line in lines if line[:1].isdigit()] == ["1. Combien ?", "2. Quand ?"]
    assert not any(line.startswith("Lieu") for line in lines)
    assert any(line.startswith("Répondez au plus tard le 01/12/2026, par ce lien") for line in lines) and LINK in lines
    bare = drafted({}, has_links=False)
    assert bare.subject.endswith("? un achat en préparation") and "Notre organisme prépare" in bare.body
    assert "Répondez à ce message." in bare.body and bare.body.count("\n1. ") == 1
    assert [line[3:] for line in bare.body.splitlines() if line[:1].isdigit()] == list(QUESTIONS)
    one = Recipient("a", "A", None, None, None, link="/r/1")
    assert "https://v.example/r/1" in made.for_one(one, "https://v.example") and LINK not in made.for_one(one, "")


def test_a_mailbox_that_refused_is_held_under_every_key_once_and_until_it_asks(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    with closing(database_of(Settings(home=tmp_path))) as database:
        before, now = Refusals(database, Sealer(old)), Refusals(database, Sealer(f"{new},{old}"))

        def held() -> tuple[bool, bool]:
            with database.transaction() as connection:
                return now.holds(connection, "A@b.fr"), now.holds(connection, "c@b.fr")

        assert held() == (False, False)
        token = before.link("https://v.example", "a@b.fr").rpartition("/")[2]
        assert now.is_link(token) and not now.is_link(token[:-1] + ("0" if token[-1] != "0" else "1"))
        assert now.refuse(token, DAY) and now.refuse(token, DAY) and not now.refuse("x" * 96, DAY)
        assert held() == (True, False)
        with database.transaction() as connection:
            now.keep(connection, "c@b.fr", "refused", DAY)
            now.keep(connection, "a@b.fr", "refused", DAY)
        assert held() == (True, True)
        assert (now.forget("a@b.fr"), now.forget("a@b.fr")) == (True, False) and held() == (False, True)
