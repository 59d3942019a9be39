"""A letter, and the message that carries it: text and HTML, headers that nobody can inject, one click to unsubscribe (RFC 8058)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from vivier.errors import FieldError, InvalidRequest
from vivier.french import typographic
from vivier.text.guard import plain

LONGEST: Final = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3)."""
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def mail_address(text: str, field: str = "address") -> str:
    """The address in ``text``, its domain in lower case and in ASCII. Raises ``InvalidRequest`` naming ``field``."""
    local, at, domain = text.strip().rpartition("@")
    found = _ADDRESS.fullmatch(f"{local}{at}{_ascii(domain)}")
    if found is None or len(found[0]) > LONGEST or len(found["local"]) > 64:
        message = f"« {field} » : donnez une adresse électronique, une seule, par exemple contact@example.org."
        raise InvalidRequest((FieldError(field, "invalid_address", message),))
    return found[0]


def _ascii(domain: str) -> str:
    """A domain as the relay reads it; empty when it has no such form, to be refused."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def same_mailbox(address: str) -> str:
    """The text by which two writings of an address are one mailbox: nearly every server ignores case."""
    return address.lower()


LONGEST_SUBJECT: Final = 150


@dataclass(frozen=True)
class Letter:
    """What one person is written. ``stop``: the address that stops such letters; ``reply_to``: who reads the reply, the sender by
    default; ``made_at``: seconds since 1970, the date of the letter."""

    to: str
    subject: str
    text: str
    html: str
    made_at: float
    stop: str | None = None
    reply_to: str | None = None

    def as_json(self) -> dict[str, object]:
        """The letter as plain JSON, to be sealed."""
        return asdict(self)


def message_of(letter: Letter, id_: str, sender: str) -> EmailMessage:
    """The message of a letter. ``id_``: the id of the letter, the same each time it is sent, so that a mailbox that receives it twice
    can tell; ``sender``: « Vivier <vivier@example.org> »."""
    name, own = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(plain(name), addr_spec=own)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = typographic(plain(letter.subject))[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(datetime.fromtimestamp(letter.made_at, UTC))
    message["Message-ID"] = f"<{id_}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    if letter.stop is not None:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message
