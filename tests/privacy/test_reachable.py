"""Mailboxes, numbers and sites: those of organisations pass, those of persons never do. Everything here is invented."""

from __future__ import annotations

from itertools import islice, product

import pytest

from vivier.privacy.first_names import FIRST_NAMES
from vivier.privacy.functions import says_a_function
from vivier.privacy.organisations import is_a_name, mailbox, site, switchboard

DOMAINS = ("atelier-exemple.example", "esat-du-lac.example", "jardins.asso.example", "entreprise.example")
OFFICES = (
    "contact",
    "accueil",
    "commercial",
    "devis",
    "esat",
    "secretariat",
    "direction",
    "info",
    "atelier",
    "compta",
    "ea",
    "siege",
)
PLACES = ("", ".lac", "-jardins", "_esat", "2", ".exemple")
FAMILY_NAMES = ("dubois", "lefevre", "martinez", "le-gall", "ndiaye", "petit", "moreau", "garcia", "roux", "fontaine")
SHAPES = (
    "{first}.{last}",
    "{first}{last}",
    "{initial}.{last}",
    "{initial}{last}",
    "{last}.{first}",
    "{last}",
    "{first}",
    "{first}_{last}",
    "contact.{last}",
    "{first}.contact",
    "direction-{last}",
    "{last}+contact",
    "{first}.{last}.esat",
)


def generic() -> list[str]:
    """Mailboxes that say an office, alone or beside a word of the domain."""
    made = (f"{office}{place}@{domain}" for office, place, domain in product(OFFICES, PLACES, DOMAINS))
    return [address for address in made if any(part in address.partition("@")[2] for part in _words(address))]


def _words(address: str) -> tuple[str, ...]:
    beside = [place for place in PLACES if place and place.strip(".-_2") and place in address.partition("@")[0]]
    return (*(place.strip(".-_") for place in beside),) or ("",)


def persons() -> list[str]:
    """Mailboxes of persons: every shape, with first names of the list and family names."""
    firsts = sorted(FIRST_NAMES)[::9]
    made = product(firsts, FAMILY_NAMES, SHAPES)
    return sorted(
        {
            shape.format(first=first.lower(), last=last, initial=first[0].lower()) + f"@{DOMAINS[len(first) % 4]}"
            for first, last, shape in made
        }
    )


def test_every_mailbox_of_an_organisation_is_read_and_no_mailbox_of_a_person() -> None:
    wrong = [address for address in persons() if mailbox(address) is not None]
    assert len(persons()) > 4_000 and wrong == []
    missed = [address for address in generic() if mailbox(address) is None]
    assert len(generic()) > 100 and missed == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contact",
        "contact@",
        "@example.fr",
        "contact@localhost",
        "contact@a.example\ncc: b",
        "CONTACT@A.example, b@c.example",
        "x" * 300 + "@a.example",
        "contact@jean.example@b.example",
    ],
)
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    assert mailbox(text) is None


def numbers(beginnings: tuple[str, ...]) -> list[str]:
    written = []
    for beginning, tail in islice(product(beginnings, range(12, 100, 3)), 2_000):
        digits = f"{beginning}10{tail:02d}{tail:02d}{tail:02d}"[:10]
        pairs = " ".join(digits[at : at + 2] for at in range(0, 10, 2))
        written += [
            digits,
            pairs,
            pairs.replace(" ", "."),
            f"+33 {digits[1:]}",
            f"+33 (0){digits[1:]}",
            f"0033{digits[1:]}",
        ]
    return written


def test_a_fixed_line_is_read_and_no_mobile_is() -> None:
    fixed, mobile = numbers(("01", "02", "03", "04", "05", "08", "09")), numbers(("06", "07"))
    assert len(fixed) > 1_000 and len(mobile) > 300
    assert [text for text in fixed if switchboard(text) is None] == []
    assert [text for text in mobile if switchboard(text) is not None] == []
    assert {switchboard(text) for text in numbers(("0692", "0693", "0690", "0694", "0696"))} == {None}
    assert (
        switchboard("+33 (0)2.99-00 00 00") == "02 99 00 00 00" and switchboard("+262 262 20 00 00") == "02 62 20 00 00"
    )


@pytest.mark.parametrize("text", ["", "12", "02 99 00 00", "029900000012", "tel", "+44 20 7946 0000", "00 00 00 00 00"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert switchboard(text) is None


@pytest.mark.parametrize("text", ["https://atelier.example", "http://www.esat-du-lac.example/nos-metiers?p=2"])
def test_a_site_is_read(text: str) -> None:
    assert site(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "atelier.example", "javascript:alert(1)", "data:text/html,x", "https://", "https://localhost/", "http://127.0.0.1/", "http://[::1]/",
        "https://atelier@autre.example/", "https://atelier.example:8080/", "https://reseau.example/in/claire-dubois", "ftp://atelier.example",
        "https://atelier.example/a b", "https://atelier.example/\nx", "https://atelier.example/" + "x" * 200, "https://a..example", "http://[",
    ],
)  # fmt: skip
def test_what_is_no_site_of_an_organisation_is_refused(text: str) -> None:
    assert site(text) is None


def test_a_line_that_is_a_name_is_seen_and_an_organisation_is_not() -> None:
    assert all(is_a_name(text) for text in ("Claire Martin", "Jean-Pierre Dubois", "Marie Le Gall", "Pierre Fabre"))
    assert not any(is_a_name(text) for text in ("Ville de Rennes", "Lycée Jean Moulin", "Claire", "", "Leroy Merlin"))


@pytest.mark.parametrize("spare", [0, 1])
def test_two_hundred_signs_are_read_and_not_one_more(spare: int) -> None:
    address = "https://lavoir.example/" + "a" * (200 - len("https://lavoir.example/") + spare)
    assert (site(address) is None) is bool(spare)
    number = "01 40 00 00 00" + " " * (200 - 14 + spare)
    assert (switchboard(number) is None) is bool(spare)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Responsable des achats", True),
        ("service technique", True),
        ("Lyon", False),
        ("Claire, responsable des achats", False),
        ("responsable 06 12 34 56 78", False),
        ("achats@ville.example", False),
        ("responsable Dupont", True),
    ],
)
def test_a_function_is_said_without_a_person(text: str, says: bool) -> None:
    assert says_a_function(text) is says
