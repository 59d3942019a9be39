"""Signs reviewers on by OpenID Connect: authorization code with PKCE (S256), state and nonce; the provider's keys verify its answer. Nothing of the provider is
kept but the name that the operator wrote for this reviewer, in a sealed cookie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from cryptography.fernet import Fernet, InvalidToken

from vivier.errors import VivierError
from vivier.settings.sign_on import SignOn

SESSION_SECONDS: Final = 8 * 3_600
ENTRY_SECONDS: Final = 600
"""Seconds in which one signs on at the provider."""
_TIMEOUT: Final = 5.0
_LEEWAY: Final = 30
"""Seconds by which two clocks may differ."""
_ALGORITHMS: Final = ("RS256", "ES256")
_AWAY: Final = "Le fournisseur d'identité ne répond pas. Réessayez dans quelques minutes."


class SignOnAway(VivierError):
    """The provider does not answer, or not as OpenID Connect says."""


class SignOnRefused(VivierError):
    """Who signed on is not let in. ``sub``: its id at the provider, when it is known and no reviewer."""

    def __init__(self, message: str, sub: str | None = None) -> None:
        super().__init__(message)
        self.sub = sub


@dataclass(frozen=True)
class Entry:
    """The beginning of a sign-on. ``address``: at the provider; ``sealed``: what the browser keeps until it is back."""

    address: str
    sealed: str


class Door:
    """The sign-on of an installation. ``clock``: seconds since 1970."""

    def __init__(self, sign_on: SignOn, clock: Callable[[], float] = time.time) -> None:
        self._sign_on, self._clock = sign_on, clock
        known = "\0".join(["vivier-review-1", sign_on.model_dump_json(), sign_on.client_secret.get_secret_value()])
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(known.encode()).digest()))

    def begin(self, back: str) -> Entry:
        """Begins a sign-on that ends at the address ``back``. Raises :class:`SignOnAway`."""
        waiting = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        scope = "openid email" if self._sign_on.reads_mailboxes else "openid"
        requested = {"acr_values": " ".join(self._sign_on.acr_values)} if self._sign_on.acr_values else {}
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._found(client)["authorization_endpoint"],
                state=waiting["state"],
                nonce=waiting["nonce"],
                code_verifier=waiting["verifier"],
                scope=scope,
                **requested,
            )
        return Entry(address, self._seal({"of": "entry", **waiting}))

    def end(self, back: str, sealed: str, answer: Mapping[str, str]) -> str:
        """The sealed session of who comes back from the provider. Raises :class:`SignOnRefused`, :class:`SignOnAway`."""
        waiting = self._open(sealed, "entry", ENTRY_SECONDS)
        if waiting is None or not hmac.compare_digest(waiting["state"].encode(), answer.get("state", "").encode()):
            raise SignOnRefused("Cette connexion n'a pas commencé ici, ou a pris plus de dix minutes. Recommencez.")
        if "code" not in answer:
            raise SignOnRefused("Le fournisseur d'identité n'a pas confirmé la connexion. Recommencez.")
        with self._client(back) as client:
            claims, mailbox = self._identity(client, answer["code"], waiting)
        if self._sign_on.acr_values and claims.get("acr") not in self._sign_on.acr_values:
            raise SignOnRefused("Cette connexion n'a pas le niveau demandé : reconnectez-vous avec un second facteur.")
        reviewer = self._sign_on.reviewer_of(claims["sub"], mailbox)
        if reviewer is None:
            raise SignOnRefused("Vous êtes connecté, mais pas encore désigné pour décider ici.", claims["sub"])
        return self._seal({"of": "session", "name": reviewer.name})

    def name(self, sealed: str) -> str | None:
        """The name of the reviewer of a session; ``None`` for one that is forged or over."""
        found = self._open(sealed, "session", SESSION_SECONDS)
        return None if found is None else str(found["name"])

    def _identity(self, client: Any, code: str, waiting: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
        """What the provider says of who signed on, verified, and its mailbox when it is needed and verified."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        found = self._found(client)
        with _answering():
            keys = client.request("GET", found["jwks_uri"], withhold_token=True).raise_for_status().json()
        try:
            with _answering():
                token = client.fetch_token(found["token_endpoint"], code=code, code_verifier=waiting["verifier"])
            header, values = _decoded(token["id_token"], keys)
            must = {
                "iss": {"essential": True, "value": self._sign_on.issuer},
                "aud": {"essential": True, "value": self._sign_on.client_id},
                "nonce": {"essential": True, "value": waiting["nonce"]},
            }
            requested = {
                "nonce": waiting["nonce"],
                "client_id": self._sign_on.client_id,
                "access_token": token["access_token"],
            }
            claims = CodeIDToken(values, header, must, requested)
            claims.validate(now=int(self._clock()), leeway=_LEEWAY)
            return dict(claims), self._mailbox(client, found, keys, claims) if self._sign_on.reads_mailboxes else None
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise SignOnRefused("La réponse du fournisseur d'identité n'est pas valable. Recommencez.") from error

    def _mailbox(self, client: Any, found: Mapping[str, Any], keys: Any, claims: Mapping[str, Any]) -> str | None:
        """The verified mailbox of who signed on, in plain JSON or in a signed answer as ProConnect gives it."""
        with _answering():
            answer = client.get(found["userinfo_endpoint"]).raise_for_status()
        signed = answer.headers.get("content-type", "").startswith("application/jwt")
        person = _decoded(answer.text.strip(), keys)[1] if signed else answer.json()
        if person.get("sub") != claims["sub"] or person.get("email_verified") is not True:
            return None
        return str(person["email"])

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self._sign_on.client_id,
            self._sign_on.client_secret.get_secret_value(),
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )

    def _found(self, client: Any) -> dict[str, object]:
        """The addresses of the provider, as it publishes them. Raises :class:`SignOnAway`."""
        with _answering():
            answer = client.request("GET", self._sign_on.discovery, withhold_token=True)
            found: dict[str, object] = answer.raise_for_status().json()
        if found.get("issuer") != self._sign_on.issuer:
            raise SignOnAway(_AWAY)
        return found

    def _seal(self, values: Mapping[str, str]) -> str:
        return self._fernet.encrypt_at_time(orjson.dumps(dict(values)), int(self._clock())).decode()

    def _open(self, sealed: str, of: str, seconds: int) -> dict[str, Any] | None:
        try:
            values: dict[str, object] = orjson.loads(
                self._fernet.decrypt_at_time(sealed.encode(), seconds, int(self._clock()))
            )
        except (InvalidToken, UnicodeError):
            return None
        return values if values["of"] == of else None


class _answering:  # noqa: N801 - it reads as a block
    """A block in which the provider is asked. Raises :class:`SignOnAway` when it does not answer in HTTP and JSON."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        import httpx2

        if isinstance(error, httpx2.HTTPError):
            raise SignOnAway(_AWAY) from error


def _decoded(text: str, keys: Any) -> tuple[dict[str, object], dict[str, object]]:
    """The header and the claims of a signed answer. Raises an error of « joserfc », ``ValueError``."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    token = jwt.decode(text, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))
    return dict(token.header), dict(token.claims)
