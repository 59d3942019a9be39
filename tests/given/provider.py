"""A provider of OpenID Connect on a real socket: RS256 keys, codes that serve once, PKCE. What it answers may be falsified."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "vivier-essai"
SECRET = secrets.token_urlsafe(24)


@dataclass
class Provider:
    """``person``: who signs on; ``now``: seconds since 1970; ``claims``: what replaces the claims of its id token; ``signs_with``: another key than the one it
    publishes; ``signed_person``: whether its answer about a person is a signed one, as that of ProConnect."""

    now: float
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "sub-1"})
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "a"}))
    signs_with: RSAKey | None = None
    signed_person: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "a"}, claims, self.signs_with or self.key)

    def authorize(self, query: dict[str, str]) -> str:
        """Where a browser is sent once its person has signed on."""
        self.asked.append(query)
        code = secrets.token_hex(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if query is None or authorization != f"Basic {basic}" or query["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if query.get("code_challenge_method") != "S256" or query.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant"}
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.person["sub"],
            "nonce": query["nonce"],
            "iat": int(self.now),
            "exp": int(self.now) + 60,
            **self.claims,
        }
        return 200, {"access_token": "acces", "token_type": "Bearer", "id_token": self.signed(claims)}

    def answer(self, method: str, path: str, query: str, body: str, authorization: str) -> tuple[int, str, str]:
        """Status, media type and text (the address of a redirection) of an answer."""
        made: Any
        if path == "/.well-known/openid-configuration":
            places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            made = {f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in places.items()}
            return (
                200,
                "application/json",
                json.dumps({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **made}),
            )
        if path == "/keys":
            return 200, "application/json", json.dumps({"keys": [self.key.as_dict(private=False)]})
        if path == "/authorize":
            return 303, "", self.authorize(dict(parse_qsl(query)))
        if path == "/token" and method == "POST":
            status, made = self.token({name: values[0] for name, values in parse_qs(body).items()}, authorization)
            return status, "application/json", json.dumps(made)
        if path == "/userinfo" and authorization == "Bearer acces":
            if self.signed_person:
                return 200, "application/jwt", self.signed({**self.person, "iss": self.issuer, "aud": CLIENT})
            return 200, "application/json", json.dumps(self.person)
        return 404, "text/plain", ""


@contextmanager
def provider(now: float) -> Iterator[Provider]:
    made = Provider(now)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            authorization = self.headers.get("authorization", "")
            status, media, text = made.answer(self.command, parts.path, parts.query, body, authorization)
            self.send_response(status)
            if status == 303:
                self.send_header("Location", text)
                text = ""
            self.send_header("Content-Type", media or "text/plain")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _answer  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
