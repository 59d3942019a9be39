"""What reads as an address of the web, in any writing; and French that does not."""

from __future__ import annotations

import pytest

from vivier.mail.weblinks import weblinks


@pytest.mark.parametrize(
    "text",
    [
        "http://evil.example/login",
        "HTTPS://EVIL.EXAMPLE",
        "hxxp://evil.example",
        "www.evil.example",
        "Validez sur evil.example/login",
        "evil。example",
        "evil．example",
        "evil｡example",
        "evil․example",
        "evil\u200b.example",
        "evil [.] example",
        "evil(point)example",
        "evil[dot]com",
        "evil .example",
        "événement.fr",
        "еvil.example",
        "пример.рф",
        "xn--e1afmkfd.xn--p1ai",
        "evil.xn--p1ai",
        "//evil.example",
        "ftp://10.0.0.1",
        "192.168.1.12",
        "contact@evil.example",
        "mailto:contact",
        "javascript:alert(1)",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "bit.ly/abc",
    ],
)
def test_an_address_is_found(text: str) -> None:
    assert weblinks(text), text
    assert weblinks(f"Bonjour, {text} merci.")


@pytest.mark.parametrize(
    "text",
    [
        "Pouvez-vous tondre nos parcs ? Répondez avant le 12.11.2026. Merci.",
        "Montant : 12 500,50 € HT (soit 1.500 h), art. L. 2113-13 du code.",
        "S.A.R.L. et C.C.A.S. de Lens, p. 12, n° 3 ; lots 1/2/3 et/ou 4.",
        "Horaires : 8h30-12h. Contact : 03 20 00 00 00.",
        "Questions :\n1. Pouvez-vous ?\n2. Quand ?",
        "M. le Maire… oui. (Non.)",
    ],
)
def test_plain_french_is_none(text: str) -> None:
    assert weblinks(text) == ()
