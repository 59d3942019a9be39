"""A draft is checked whole, holds no address of the web, and goes to mailboxes that we can tie to a structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from vivier.errors import InvalidRequest
from vivier.mail.draft import LINK, LONGEST_BODY, LONGEST_SUBJECT, Draft, check_no_links, checked_draft
from vivier.mail.recipients import Recipient, domain_of, with_mailboxes


@pytest.mark.parametrize(
    ("subject", "body", "organisation", "links", "wrong"),
    [
        ("Tonte", f"Bonjour {LINK}", "Ville", True, []),
        ("a" * LONGEST_SUBJECT, "b" * LONGEST_BODY, "Ville", False, []),
        ("a" * (LONGEST_SUBJECT + 1), "b" * (LONGEST_BODY + 1), "Ville", False, ["subject", "body"]),
        (" ", " ", " ", True, ["subject", "body", "body", "organisation"]),
        ("Tonte", "Bonjour", "Ville", True, ["body"]),
        ("Tonte", "Bonjour", "Mme Martin", False, ["organisation"]),
    ],
)
def test_a_draft_is_checked_whole(
    subject: str, body: str, organisation: str, links: bool, wrong: Sequence[str]
) -> None:
    if not wrong:
        made = checked_draft(
            f" {subject} " if links else subject, f"{body}\r\nFin" if links else body, organisation, has_links=links
        )
        assert made == Draft(subject, f"{body}\nFin" if links else body)
        return
    with pytest.raises(InvalidRequest) as refused:
        checked_draft(subject, body, organisation, has_links=links)
    assert [error.field for error in refused.value.errors] == wrong


def test_an_address_in_a_message_is_named_by_its_field() -> None:
    check_no_links(Draft("Tonte", f"Bonjour, répondez ici : {LINK}"), "Ville")
    with pytest.raises(InvalidRequest) as refused:
        check_no_links(Draft("voir a.fr", f"ou b.fr, {LINK}"), "c.fr")
    errors = refused.value.errors
    assert [error.field for error in errors] == ["subject", "body", "organisation"]
    assert errors[0].message.startswith("« subject »") and "Retirez « a.fr »" in errors[0].message


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.serre.example/a", "serre.example"),
        ("https://serre.example", "serre.example"),
        ("https://serre", None),
        ("serre.example", None),
        ("https://[a", None),
        (None, None),
    ],
)
def test_the_domain_of_a_site_is_that_of_its_mailboxes(website: str | None, domain: str | None) -> None:
    assert domain_of(website) == domain
    recipient = Recipient("s", "Serre", None, None, website)
    typed = {"s": " contact@serre.example "}
    if domain is not None:
        assert with_mailboxes([recipient], typed) == [replace(recipient, mailbox="contact@serre.example")]
        assert with_mailboxes([recipient], {}) == [recipient]
        return
    with pytest.raises(InvalidRequest, match=r"ne convient pas pour Serre.*\(aucun site connu\)"):
        with_mailboxes([recipient], typed)
    known = replace(recipient, mailbox="contact@serre.example")
    assert with_mailboxes([known], typed) == [known]
