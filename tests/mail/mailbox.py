"""A real SMTP server in the process (aiosmtpd): what a person would find in their mailbox."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port
from tests.search_api.pages.html import plain


@dataclass
class Mailbox:
    """Every message taken, in order. ``refusing`` and ``busy``: recipients refused for good (550) or for a time (451)."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    data_reply: str = "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusing:
            return "550 5.1.1 Unknown mailbox"
        if address in self.busy:
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message: Any = message_from_bytes(envelope.content, policy=default)
            self.messages.append(message)
            self.recipients.append(list(envelope.rcpt_tos))
        return self.data_reply

    def to(self, address: str) -> list[EmailMessage]:
        """The messages of one address."""
        pairs = zip(self.messages, self.recipients, strict=True)
        return [message for message, recipients in pairs if recipients == [address]]


@contextmanager
def mailbox(certificate: tuple[Path, Path] | None = None, box: Mailbox | None = None) -> Iterator[Mailbox]:
    """The server on a free port. With a ``certificate`` and its key, it takes messages over STARTTLS alone; ``box``: another one."""
    box = box or Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **_secured(certificate))
    controller.start()
    try:
        yield box
    finally:
        controller.stop(no_assert=True)


def _secured(certificate: tuple[Path, Path] | None) -> dict[str, Any]:
    if certificate is None:
        return {}
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return {"tls_context": context, "require_starttls": True}


def text_of(message: EmailMessage) -> str:
    """The text of a message, as one types it."""
    body = message.get_body(("plain",))
    assert body is not None
    return plain(str(body.get_content()))


def html_of(message: EmailMessage) -> str:
    """The HTML of a message, its words as one types them."""
    body = message.get_body(("html",))
    assert body is not None
    return plain(str(body.get_content()))


def link_in(message: EmailMessage, path: str) -> str:
    """The path of the only link to ``path`` in the text of a message."""
    (found,) = set(re.findall(rf"https?://[^/\s]+({path}/[0-9a-f]+)", text_of(message)))
    return str(found)
