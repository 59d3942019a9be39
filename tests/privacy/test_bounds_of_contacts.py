"""What reads as a person's contact or name, at its bounds."""

from __future__ import annotations

import pytest

from vivier.privacy.organisations import MOST, is_a_name, looks_like_a_contact, mailbox, site, switchboard


@pytest.mark.parametrize(
    ("text", "is_one"), [("a@b", True), ("1" * 9, True), ("1" * 8, False), ("0 1 2 3 4 5 6 7 8 x", True), ("", False)]
)
def test_a_contact_has_a_mailbox_or_nine_digits(text: str, is_one: bool) -> None:
    assert looks_like_a_contact(text) is is_one


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Claire Martin", True),
        ("Claire De Martin", True),
        ("Claire", False),
        ("Claire Martin Le Grand", False),
        ("Claire martin", False),
        ("Atelier Martin", False),
        ("Jean-Pierre Martin", True),
        ("", False),
    ],
)
def test_a_name_is_two_or_three_words_after_a_first_name(line: str, is_one: bool) -> None:
    assert is_a_name(line) is is_one


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("02 99 12 34 56", "02 99 12 34 56"),
        ("Tél. +33 (0)2 99 12 34 56", "02 99 12 34 56"),
        ("Standard : 06.12.34.56.78", "06 12 34 56 78"),
        ("Tél. 07 12 34 56 78", None),
        ("02 99 12 34 56 ou 02 99 12 34 57", None),
        ("02 99 12 34 56 poste 4", None),
        ("Claire 02 99 12 34 56", None),
        ("08 99 12 34 56", None),
        ("02 22 22 22 22", None),
        ("03 22 22 22 22", None),
        ("02 99 12 34", None),
        ("02 99 12 34 56".ljust(MOST), "02 99 12 34 56"),
        ("02 99 12 34 56".ljust(MOST + 1), None),
    ],
)
def test_a_switchboard_is_one_landline_or_a_mobile_that_says_so(text: str, number: str | None) -> None:
    assert switchboard(text) == number


@pytest.mark.parametrize(
    ("text", "names", "kept"),
    [
        ("Accueil@exemple.example", (), True),
        ("secretariatdirection@exemple.example", (), True),
        ("esatlesateliers@exemple.example", (), True),
        ("laressourcerie@exemple.example", (), False),
        ("secretariatdelaverie@exemple.example", (), True),
        ("secretariatlateliers@exemple.example", (), False),
        ("claire@exemple.example", (), False),
        ("contact.exemple@exemple.example", (), True),
        ("contact.moulin@exemple.example", ("Ateliers du Moulin",), True),
        ("contact.moulin@exemple.example", ("Ateliers Jean Moulin",), False),
        ("moulin@exemple.example", ("Ateliers du Moulin",), False),
        ("contact@" + "a" * (MOST - 16) + ".example", (), True),
        ("contact@" + "a" * (MOST - 15) + ".example", (), False),
    ],
)
def test_a_mailbox_is_of_a_service_and_of_the_organisation(text: str, names: tuple[str, ...], kept: bool) -> None:
    assert mailbox(text, names) == (text.lower() if kept else None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" https://exemple.example/atelier ", True),
        ("http://exemple.example", True),
        ("ftp://exemple.example", False),
        ("https://exemple", False),
        ("https://u@exemple.example", False),
        ("https://exemple.example:8080", False),
        ("https://exemple.example/claire", False),
        ("https://exemple.example/a b", False),
        ("https://exemple.example/a!b", True),
        ("https://[exemple", False),
        ("https://exemple.example/".ljust(MOST, "a"), True),
        ("https://exemple.example/".ljust(MOST + 1, "a"), False),
    ],
)
def test_a_site_is_public_and_names_nobody(text: str, kept: bool) -> None:
    assert site(text) == (text.strip() if kept else None)
