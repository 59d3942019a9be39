"""The SMTP relay that the operator sets: one message at a time, over TLS, within a time. Signatures (DKIM) are the relay's own."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from vivier.errors import FieldError, InvalidRequest

Secured = Literal["tls", "starttls", "none"]
State = Literal["sent", "refused", "later", "failed"]
_LOOK_SECONDS: Final = 10.0
_AWAY: Final = "ne répond pas : vérifiez l'hôte et le port de VIVIER_SMTP_URL, et qu'un pare-feu ne le ferme pas"
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Outcome:
    """What became of a message. ``sent``: the relay took it; ``refused``: it will never take this recipient; ``later``: it may take it
    another time; ``failed``: it will never take this message. ``code``: its reply, ``None`` when it gave none."""

    state: State
    code: int | None = None


@dataclass(frozen=True)
class Relay:
    """A relay. ``seconds``: how long a message may take, all steps together."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    secured: Secured = "starttls"
    seconds: float = 30

    def send(self, message: EmailMessage) -> Outcome:
        """Gives one message to the relay. Errors of the library hold addresses: only their code is said."""
        return asyncio.run(self._send(message))

    async def _send(self, message: EmailMessage) -> Outcome:
        try:
            async with asyncio.timeout(self.seconds):
                await aiosmtplib.send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    username=self.user,
                    password=self.password,
                    use_tls=self.secured == "tls",
                    start_tls=self.secured == "starttls",
                    timeout=self.seconds,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            return Outcome("refused" if code >= 500 else "later", code)
        except aiosmtplib.SMTPDataError as error:
            return Outcome("failed" if error.code >= 500 else "later", error.code)
        except aiosmtplib.SMTPResponseException as error:
            return Outcome("later", error.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return Outcome("later")
        return Outcome("sent", 250)

    def refusal(self) -> str | None:
        """Why the relay cannot be used, after its name, with the fix; ``None`` when it takes us. No message is sent."""
        return asyncio.run(self._refusal())

    async def _refusal(self) -> str | None:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.secured == "tls",
            start_tls=self.secured == "starttls",
            timeout=min(self.seconds, _LOOK_SECONDS),
        )
        try:
            async with asyncio.timeout(2 * _LOOK_SECONDS), client:
                await client.noop()
        except aiosmtplib.SMTPAuthenticationError:
            return "refuse l'utilisateur ou le mot de passe : corrigez VIVIER_SMTP_URL"
        except (ssl.SSLError, aiosmtplib.SMTPException) as error:
            if isinstance(error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPTimeoutError):
                return _AWAY
            return "n'accepte pas la liaison (TLS, certificat ou identification) : voyez VIVIER_SMTP_URL avec qui tient le relais"
        except (OSError, TimeoutError):
            return _AWAY
        return None


def relay_of(url: str, seconds: float = 30) -> Relay:
    """The relay of a URL: « smtp://user@host:587 » (STARTTLS is then required, but on this very machine) or « smtps://host:465 » (TLS from
    the start); « smtp://host:25?tls=none » sends in clear. Raises ``InvalidRequest``."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        given = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except (ValueError, KeyError):
        raise _wrong(
            "une adresse comme smtp://relais.example.org:587 ou smtps://relais.example.org est attendue."
        ) from None
    if not parts.hostname or parts.path.strip("/") or given not in ({}, {"tls": ["none"]}):
        raise _wrong("un hôte est attendu, sans chemin, et « tls=none » pour seul paramètre.")
    here = _is_here(parts.hostname)
    clear = bool(given) or (here and parts.scheme == "smtp")
    user, password = unquote(parts.username or "") or None, unquote(parts.password or "") or None
    if user is not None and clear and not here:
        raise _wrong("un mot de passe ne part jamais en clair : retirez « tls=none », ou l'utilisateur.")
    secured: Secured = "tls" if parts.scheme == "smtps" else "none" if clear else "starttls"
    return Relay(parts.hostname, port, user, password, secured, seconds)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(fix: str) -> InvalidRequest:
    return InvalidRequest((FieldError("VIVIER_SMTP_URL", "invalid_value", f"VIVIER_SMTP_URL : {fix}"),))
