"""A reviewer signs on at a provider of identities: what the provider is asked, whom it lets in, and for how long."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.given.sign_on import ENTRY_SECONDS, SESSION_SECONDS, Door, SignOnAway, SignOnRefused
from tests.given.provider import CLIENT, SECRET, Provider, provider
from tests.ports import free_port
from tests.search_api.pages.html import plain
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import queue_of
from vivier.lexicon import Lexicon
from vivier.settings import Settings
from vivier.settings.sign_on import SignOn

pytestmark = pytest.mark.slow

BACK = "https://vivier.example/revue/retour"
BOX = "claire@mairie.example"
NOT_BEGUN = "Cette connexion n'a pas commencé ici, ou a pris plus de dix minutes. Recommencez."
HASHED = hashlib.sha256(BOX.encode()).hexdigest()


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def identities() -> Iterator[Provider]:
    with provider(Clock().now) as made:
        yield made


@pytest.fixture
def at(identities: Provider) -> Provider:
    """The provider, as it answers at first."""
    identities.person, identities.claims, identities.signed_person = {"sub": "sub-1"}, {}, False
    identities.asked.clear()
    return identities


def settings_of(issuer: str, **more: Any) -> SignOn:
    reviewers = [{"name": "Revue", "sub": "sub-1"}]
    known = {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, "reviewers": reviewers}
    return SignOn.model_validate_json(json.dumps(known | more))


def answer(at: Provider, address: str) -> dict[str, str]:
    """What the browser brings back from the provider."""
    back = at.authorize(dict(parse_qsl(urlsplit(address).query)))
    assert back.startswith(BACK)
    return dict(parse_qsl(urlsplit(back).query))


def signed_on(door: Door, at: Provider) -> str | None:
    """The name of who comes back."""
    entry = door.begin(BACK)
    return door.name(door.end(BACK, entry.sealed, answer(at, entry.address)))


def test_a_provider_is_asked_for_a_code_and_who_it_knows_has_a_session_of_eight_hours(at: Provider) -> None:
    clock = Clock()
    door = Door(settings_of(at.issuer), clock)
    assert signed_on(door, at) == "Revue"
    (query,) = at.asked
    drawn = [query.pop(name) for name in ("state", "nonce", "code_challenge")]
    assert len(set(drawn)) == 3 and min(map(len, drawn)) > 40
    assert query == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid",
        "code_challenge_method": "S256",
    }
    session = door._seal({"of": "session", "name": "Revue"})
    clock.now += SESSION_SECONDS
    assert door.name(session) == "Revue"
    clock.now += 1
    assert [door.name(text) for text in (session, "", "é", door._seal({"of": "entry"}))] == [None] * 4


def test_an_answer_of_another_entry_and_one_that_comes_late_are_refused_before_the_provider_is_asked(
    at: Provider,
) -> None:
    clock = Clock()
    door = Door(settings_of(at.issuer), clock)
    sealed = door._seal({"of": "entry", "state": "s", "nonce": "n", "verifier": "v"})
    for text, given in ((sealed, {"state": "x", "code": "c"}), (sealed, {"code": "c"}), ("", {"state": "s"})):
        with pytest.raises(SignOnRefused, match="pas commencé ici") as refused:
            door.end(BACK, text, given)
        assert str(refused.value) == NOT_BEGUN and refused.value.sub is None
    clock.now += ENTRY_SECONDS
    with pytest.raises(SignOnRefused, match="n'a pas confirmé la connexion"):
        door.end(BACK, sealed, {"state": "s"})
    clock.now += 1
    with pytest.raises(SignOnRefused, match="pas commencé ici"):
        door.end(BACK, sealed, {"state": "s", "code": "c"})
    with pytest.raises(SignOnRefused, match="pas valable"):
        Door(settings_of(at.issuer), Clock()).end(BACK, sealed, {"state": "s", "code": "c"})


def test_who_is_no_reviewer_is_told_its_id_and_a_level_that_is_asked_is_needed(at: Provider) -> None:
    at.person = {"sub": "sub-2"}
    with pytest.raises(SignOnRefused, match="pas encore désigné") as refused:
        signed_on(Door(settings_of(at.issuer), Clock()), at)
    assert refused.value.sub == "sub-2"
    at.person = {"sub": "sub-1"}
    door = Door(settings_of(at.issuer, acr_values=["deux", "trois"]), Clock())
    with pytest.raises(SignOnRefused, match="second facteur"):
        signed_on(door, at)
    assert at.asked[-1]["acr_values"] == "deux trois"
    at.claims = {"acr": "trois"}
    assert signed_on(door, at) == "Revue"


def test_a_reviewer_is_known_by_its_mailbox_once_the_provider_verified_it(at: Provider) -> None:
    door = Door(settings_of(at.issuer, reviewers=[{"name": "Claire", "mailbox_sha256": HASHED}]), Clock())
    known = {"sub": "s", "email": f" {BOX.upper()}", "email_verified": True}
    for person, signed, name in (
        (known, False, "Claire"),
        (known, True, "Claire"),
        (known | {"email_verified": False}, False, None),
    ):
        at.person, at.signed_person = person, signed
        if name is not None:
            assert signed_on(door, at) == name
        else:
            with pytest.raises(SignOnRefused, match="pas encore désigné"):
                signed_on(door, at)
    assert at.asked[-1]["scope"] == "openid email"


def test_a_provider_that_is_away_or_has_another_name_is_told_apart_from_a_refusal(at: Provider) -> None:
    for issuer in (f"http://127.0.0.1:{free_port()}", f"{at.issuer}/"):
        with pytest.raises(SignOnAway, match="ne répond pas"):
            Door(settings_of(issuer), Clock()).begin(BACK)


def test_pages_of_the_review_lead_to_the_provider_and_back(
    at: Provider, empty_engine: EmbeddedStore, lexicon: Lexicon, tmp_path: Path
) -> None:
    queue = queue_of(Settings(home=tmp_path))
    door, public = Door(settings_of(at.issuer), Clock()), BACK.removesuffix("/revue/retour")
    app = create_app(
        empty_engine, lexicon, today=lambda: date(2026, 11, 24), queue=queue, sign_on=door, public_url=public
    )
    client = TestClient(app, base_url=public, follow_redirects=False)
    assert client.get("/revue").headers["location"] == "/revue/entrer"
    sent = client.get("/revue/entrer")
    assert sent.status_code == 303 and sent.headers["cache-control"] == "no-store"
    cookie = sent.headers["set-cookie"]
    for part in ("vivier-entree=", "HttpOnly", "Max-Age=600", "Path=/revue;", "SameSite=lax", "Secure"):
        assert part in cookie, cookie
    refused = client.get("/revue/retour", params={"state": "x", "code": "c"})
    assert refused.status_code == 403 and NOT_BEGUN in plain(refused.text) and 'href="/revue/entrer"' in refused.text
    assert "vivier-entree" not in client.cookies
    sent = client.get("/revue/entrer")
    back = client.get("/revue/retour", params=answer(at, sent.headers["location"]))
    assert (back.status_code, back.headers["location"]) == (303, "/revue")
    session = next(text for text in back.headers.get_list("set-cookie") if text.startswith("vivier-revue="))
    for part in ("HttpOnly", "Max-Age=28800", "Path=/;", "SameSite=lax", "Secure"):
        assert part in session, session
    assert "Revue" in plain(client.get("/revue").text)
    left = client.post("/revue/sortir", data={"a": "b"})
    assert left.status_code == 200 and "Vous êtes déconnecté." in plain(left.text)
    assert client.get("/revue").headers["location"] == "/revue/entrer"
    queue.database.close()
