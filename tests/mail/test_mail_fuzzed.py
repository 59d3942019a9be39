"""Whatever is sent to the routes that write, they answer a readable refusal or do it: never an error of ours, never a letter to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mail.conftest import House
from vivier.mail.address import mail_address

TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "",
        "a@b.example",
        "contact@jardins.example",
        "daily",
        "oui",
        "send",
        "csv",
        "\x00",
        "é" * 300,
        "{lien}",
        "2027-13-45",
        "\ud7ff",
    ]
)
TOKENS = st.sampled_from(["0" * 40, "zz", "%00", "..", "é", "a" * 500]) | st.text(
    "0123456789abcdef", min_size=40, max_size=40
)
LISTS = st.sampled_from(["contracts", "notices", "leads", "suppliers", "rien", "confirmer"])
NAMES = st.sampled_from(
    [
        "q",
        "trade",
        "amount_min",
        "near",
        "choix",
        "text",
        "closes_on",
        "organisation",
        "page",
        "x",
        "supplier",
        "territory",
    ]
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["address", "every", "site", "subject", "body", "action", "sender", "remind", "mailbox-pages-jardins", "x"]
    ),
    TEXTS,
    max_size=7,
)
BOUNDED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
MET = {200, 303, 307, 400, 403, 404, 410, 413, 415, 422, 429, 503}


def sent(house: House, path: str, query: dict[str, str], fields: dict[str, str]) -> None:
    """Post a form; the answer is one that we mean."""
    response = house.client.post(path, params=query, data=fields, follow_redirects=False)
    assert response.status_code in MET, (path, query, fields, response.text[:300])
    for recipients in house.box.recipients:
        assert [mail_address(recipient) for recipient in recipients]


@pytest.mark.slow
@BOUNDED
@given(of=LISTS, query=st.dictionaries(NAMES, TEXTS, max_size=3), fields=FIELDS)
def test_any_subscription(house: House, of: str, query: dict[str, str], fields: dict[str, str]) -> None:
    sent(house, f"/courriel/{of}", query, fields)


@pytest.mark.slow
@BOUNDED
@given(query=st.dictionaries(NAMES, TEXTS, max_size=4), fields=FIELDS, chosen=st.booleans())
def test_any_writing(house: House, query: dict[str, str], fields: dict[str, str], chosen: bool) -> None:
    sent(
        house,
        "/ecrire",
        {**query, "organisation": "Ville d'essai", **({"choix": "pages-jardins"} if chosen else {})},
        fields,
    )


@pytest.mark.slow
@BOUNDED
@given(
    path=st.sampled_from(
        [
            "/courriel/confirmer",
            "/courriel/arreter",
            "/ecrire/confirmer",
            "/ecrire/suivi",
            "/ecrire/refuser",
            "/enquetes",
        ]
    ),
    token=TOKENS,
    fields=FIELDS,
)
def test_any_link(house: House, path: str, token: str, fields: dict[str, str]) -> None:
    after = "/ecrire" if path == "/enquetes" else ""
    sent(house, f"{path}/{token}{after}", {}, fields)
    assert house.client.get(f"{path}/{token}{after}").status_code in MET


@pytest.mark.slow
@BOUNDED
@given(
    body=st.binary(max_size=200),
    media=st.sampled_from(
        ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data"]
    ),
)
def test_any_bytes(house: House, body: bytes, media: str) -> None:
    headers: dict[str, Any] = {"Content-Type": media}
    for path in ("/courriel/contracts", "/ecrire?organisation=V&choix=pages-jardins", "/courriel/arreter/" + "0" * 40):
        assert house.client.post(path, content=body, headers=headers).status_code in MET
