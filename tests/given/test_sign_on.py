"""Reviewers sign on at a provider of OpenID Connect, and the journal names who decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from search_api.app import create_app
from search_api.given.sign_on import ENTRY_SECONDS, SESSION_SECONDS, Door
from tests.given.conftest import Clock, House
from tests.given.conftest import made_house as house_of
from tests.given.declaring import declared
from tests.given.provider import CLIENT, SECRET, Provider, provider
from tests.search_api.pages.html import plain
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.operation.configured import settings_checks
from vivier.runs.audit import last_notes
from vivier.settings import Settings

PUBLIC = "https://vivier.example"
MAILBOX = "claire.martin@mairie.example"
NAME = "Revue, achats responsables"


@dataclass
class Seconds:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Review:
    """A service whose reviewers sign on, and their provider."""

    house: House
    at: Provider
    client: TestClient
    clock: Seconds

    def enter(self) -> str:
        """Sign on at the provider; the address to which the browser is sent back, without the service."""
        sent = self.client.get("/revue/entrer", follow_redirects=False)
        assert sent.status_code == 303, sent.text
        back = httpx2.get(sent.headers["location"]).headers["location"]
        assert back.startswith(f"{PUBLIC}/revue/retour?")
        return back.removeprefix(PUBLIC)

    def back(self, address: str) -> Response:
        return self.client.get(address, follow_redirects=False)

    def refused(self, address: str, words: str) -> str:
        answer = self.back(address)
        shown = plain(answer.text)
        assert answer.status_code == 403 and words in shown, shown
        assert self.client.get("/revue", follow_redirects=False).headers["location"] == "/revue/entrer"
        return shown


def document(at: str, **more: Any) -> str:
    known = {
        "issuer": at,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "reviewers": [{"name": NAME, "sub": "sub-1"}],
    }
    return json.dumps(known | more)


@contextmanager
def reviewing(folder: Path, lexicon: Lexicon, **more: Any) -> Iterator[Review]:
    clock = Seconds()
    with provider(clock.now) as at, house_of(folder, lexicon) as house:
        settings = Settings.model_validate({"home": folder / "home", "review_token": document(at.issuer, **more)})
        assert settings.sign_on is not None and settings.review_password is None
        app = create_app(
            house.engine,
            lexicon,
            today=Clock(),
            queue=house.queue,
            sign_on=Door(settings.sign_on, clock),
            review_token=settings.review_password,
            public_url=PUBLIC,
        )
        with TestClient(app, raise_server_exceptions=False, base_url=PUBLIC) as client:
            yield Review(house, at, client, clock)


def test_a_session_gives_its_name_until_it_ends_and_a_forged_one_gives_none(tmp_path: Path) -> None:
    clock = Seconds()
    settings = Settings.model_validate({"home": tmp_path, "review_token": document("https://identites.example")})
    assert settings.sign_on is not None
    door = Door(settings.sign_on, clock)
    sealed = door._seal({"of": "session", "name": NAME})
    assert (door.name(sealed), door.name(sealed[:-4]), door.name(door._seal({"of": "entry"}))) == (NAME, None, None)
    clock.now += SESSION_SECONDS + 1
    assert door.name(sealed) is None


@pytest.fixture
def review(tmp_path: Path, lexicon: Lexicon) -> Iterator[Review]:
    with reviewing(tmp_path, lexicon) as review:
        yield review


@pytest.mark.slow
def test_who_signs_on_decides_and_the_journal_names_it(review: Review) -> None:
    declared(review.house)
    number = review.house.queue.waiting()[0].number
    assert review.back("/revue").headers["location"] == "/revue/entrer"
    answer = review.back(review.enter())
    assert (answer.status_code, answer.headers["location"]) == (303, "/revue")
    cookie = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("vivier-revue="))
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", f"Max-Age={SESSION_SECONDS}"))
    assert NAME in plain(review.client.get("/revue").text)
    decided = review.client.post(f"/revue/{number}", data={"action": "accept"}, follow_redirects=False)
    assert decided.status_code == 303
    (line,) = last_notes(review.house.settings, 5, "review")
    assert line["by"] == NAME and line["decision"] == "accepted" and "sub-1" not in str(line)
    assert review.client.post("/revue/sortir", data={"a": "b"}).status_code == 200
    assert review.back("/revue").headers["location"] == "/revue/entrer"


@pytest.mark.slow
def test_the_provider_is_asked_with_a_state_a_nonce_and_a_challenge_each_time_others(review: Review) -> None:
    for _ in range(2):
        review.enter()
    first, second = review.at.asked
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 40 and first[name] != second[name]
    assert first["code_challenge_method"] == "S256" and first["scope"] == "openid" and "acr_values" not in first


@pytest.mark.slow
def test_a_forged_state_a_replayed_answer_and_one_of_another_browser_let_nobody_in(review: Review) -> None:
    state = parse_qs(urlsplit(review.enter()).query)["state"][0]
    review.refused(review.enter().replace("state=", "state=x"), "pas commencé ici")
    review.refused(f"/revue/retour?state={state}&code=x", "pas commencé ici")
    address = review.enter()
    review.client.cookies.clear()
    review.refused(address, "pas commencé ici")
    address = review.enter()
    kept = dict(review.client.cookies)
    assert review.back(address).status_code == 303
    review.client.cookies.clear()
    review.client.cookies.update(kept)
    review.refused(address, "pas valable")


@pytest.mark.slow
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "autre"},
        {"nonce": None},
        {"aud": "un autre client"},
        {"iss": "https://ailleurs.example"},
        {"exp": 1_600_000_000},
    ],
)
def test_an_answer_that_is_not_for_this_sign_on_lets_nobody_in(review: Review, claims: dict[str, Any]) -> None:
    review.at.claims = claims
    review.refused(review.enter(), "pas valable")


@pytest.mark.slow
def test_an_answer_signed_by_another_key_lets_nobody_in(review: Review) -> None:
    review.at.signs_with = RSAKey.generate_key(2048, {"kid": "a"})
    review.refused(review.enter(), "pas valable")


@pytest.mark.slow
def test_who_is_no_reviewer_is_told_its_own_id_and_let_in_nowhere(review: Review) -> None:
    review.at.person = {"sub": "sub-inconnu"}
    assert "sub-inconnu" in review.refused(review.enter(), "pas encore désigné")


@pytest.mark.slow
def test_a_session_ends_after_eight_hours_and_a_forged_one_never_begins(review: Review) -> None:
    assert review.back(review.enter()).status_code == 303
    review.clock.now += SESSION_SECONDS - 1
    assert review.back("/revue").status_code == 200
    review.clock.now += 2
    assert review.back("/revue").status_code == 303
    review.client.cookies.set("vivier-revue", "gAAAAA" + "A" * 80)
    assert review.back("/revue").status_code == 303
    assert review.back(address_after(review, ENTRY_SECONDS + 1)).status_code == 403


def address_after(review: Review, seconds: int) -> str:
    """The way back of a sign-on that took this time."""
    address = review.enter()
    review.clock.now += seconds
    return address


@pytest.mark.slow
def test_the_cookie_of_an_entry_is_no_session(review: Review) -> None:
    review.enter()
    review.client.cookies.set("vivier-revue", next(iter(dict(review.client.cookies).values())))
    assert review.back("/revue").status_code == 303


@pytest.mark.slow
@pytest.mark.parametrize("signed", [False, True])
def test_a_reviewer_is_known_by_a_verified_mailbox_of_which_the_hash_alone_is_kept(
    tmp_path: Path, lexicon: Lexicon, signed: bool
) -> None:
    hashed = hashlib.sha256(MAILBOX.encode()).hexdigest()
    with reviewing(tmp_path, lexicon, reviewers=[{"name": NAME, "mailbox_sha256": hashed}]) as review:
        review.at.signed_person = signed
        review.at.person = {"sub": "sub-9", "email": MAILBOX.upper()}
        review.refused(review.enter(), "pas encore désigné")
        review.at.person["email_verified"] = True
        assert review.back(review.enter()).status_code == 303
        assert review.at.asked[-1]["scope"] == "openid email"


@pytest.mark.slow
def test_a_level_that_is_asked_for_is_required(tmp_path: Path, lexicon: Lexicon) -> None:
    with reviewing(tmp_path, lexicon, acr_values=["niveau-2fa"]) as review:
        review.refused(review.enter(), "second facteur")
        assert review.at.asked[0]["acr_values"] == "niveau-2fa"
        review.at.claims = {"acr": "niveau-2fa"}
        assert review.back(review.enter()).status_code == 303


@pytest.mark.slow
def test_a_provider_that_is_away_is_told_in_a_sentence(review: Review) -> None:
    review.at.issuer += "/ailleurs"
    answer = review.client.get("/revue/entrer", follow_redirects=False)
    assert answer.status_code == 503 and "fournisseur d'identité ne répond pas" in plain(answer.text)


def test_without_a_sign_on_there_is_none_of_its_pages(house: House) -> None:
    assert [house.client.get(f"/revue/{page}").status_code for page in ("entrer", "retour")] == [404, 404]


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "http://fournisseur.example"},
        {"reviewers": []},
        {"reviewers": [{"name": "a"}]},
        {"reviewers": [{"name": "a", "sub": "b", "mailbox_sha256": "0" * 64}]},
        {"scopes": "openid"},
    ],
)
def test_a_sign_on_that_cannot_be_used_is_refused_at_the_start_without_its_secret(more: dict[str, Any]) -> None:
    with pytest.raises((InvalidRequest, ValueError)) as refused:
        Settings.model_validate({"review_token": SecretStr(document("https://fournisseur.example", **more))})
    assert "client_id" in str(refused.value) and SECRET not in str(refused.value)


@pytest.mark.slow
def test_the_doctor_says_whether_the_provider_answers_under_its_name(review: Review, tmp_path: Path) -> None:
    def found(issuer: str) -> list[tuple[bool, str]]:
        settings = Settings.model_validate({"home": tmp_path, "review_token": document(issuer)})
        return [(check.ok, check.text) for check in settings_checks(settings) if check.name == "identité"]

    assert found(review.at.issuer) == [(True, "le fournisseur d'identité répond")]
    ((ok, text),) = found(review.at.issuer + "/")
    assert not ok and "un autre nom" in text
    ((ok, text),) = found(review.at.issuer + "/ailleurs")
    assert not ok and "ne répond pas" in text and SECRET not in text
