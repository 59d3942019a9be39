"""Reads a message that came back: a delivery status notification (RFC 3464), or none, with the reason. Nothing in it is trusted: it may be forged,
cut short, or no message at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final, Literal

Aside = Literal["garbage", "auto_reply", "receipt", "complaint", "ordinary", "delayed", "delivered", "not_ours"]
ASIDE: Final[dict[Aside, str]] = {
    "garbage": "illisibles",
    "auto_reply": "réponses automatiques",
    "receipt": "accusés de lecture",
    "complaint": "plaintes, à lire",
    "ordinary": "messages ordinaires, à lire",
    "delayed": "retards, sans suite à donner",
    "delivered": "remises confirmées",
    "not_ours": "avis sans notre identifiant",
}
"""Why a message is left, in the plural."""
LARGEST: Final = 10_000_000
"""Bytes of a message that are read: an avis returns ours, which is small."""
_MOST_PARTS: Final = 100
_ID: Final = re.compile(r"<([A-Za-z0-9-]{1,32})@([A-Za-z0-9.-]{1,253})>")
_STATUS: Final = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_CODE: Final = re.compile(r"\b([45]\d\d)\b")
_QUOTED_ID: Final = re.compile(r"^Message-I[Dd]: *(<[^<>\s]{1,300}>)", re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """A letter that did not reach its mailbox. ``letters``: ids that it may be, the surest first; ``addresses``: of whom the notification
    speaks; ``for_good``: class 5, the mailbox will never take it; ``code``: of the server, 550 or 450 when it gives none."""

    letters: tuple[str, ...]
    addresses: frozenset[str]
    for_good: bool
    code: int


def read_bounce(content: bytes, domain: str) -> Bounce | Aside:
    """What a message says. ``domain``: of our sender, which ends the Message-ID of our letters (RFC 5322, 3.6.4). It raises nothing."""
    message = message_from_bytes(content[:LARGEST], policy=compat32)
    if not message.keys():
        return "garbage"
    blocks = list(_recipients(message))
    if not blocks:
        failed = _text(message, "X-Failed-Recipients")
        if not failed:
            return _other(message)
        blocks = [_legacy(failed)]
    letters = tuple(dict.fromkeys(_letters(message, domain)))
    if not letters:
        return "not_ours"
    actions = {_text(block, "Action").lower(): block for block in blocks}
    if "failed" not in actions:
        return "delayed" if "delayed" in actions else "delivered"
    return _bounce(letters, actions["failed"])


def _bounce(letters: tuple[str, ...], block: Message) -> Bounce:
    status = _STATUS.search(_text(block, "Status"))
    for_good = status is None or status[1] == "5"
    code = _CODE.search(_text(block, "Diagnostic-Code"))
    addresses = {_address(_text(block, name)) for name in ("Final-Recipient", "Original-Recipient")}
    is_said = code is not None and (code[1][0] == "5") == for_good
    return Bounce(
        letters, frozenset(addresses - {""}), for_good, int(code[1]) if is_said and code else 550 - 100 * (not for_good)
    )


def _recipients(message: Message) -> Iterator[Message]:
    """The blocks about recipients of a delivery status notification (RFC 3464, 2.3)."""
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (block for block in part.get_payload() if isinstance(block, Message) and "Action" in block)


def _legacy(failed: str) -> Message:
    """The block that a notification of a former Exim, which has but a header, would have."""
    block = Message()
    block["Action"], block["Final-Recipient"] = "failed", f"rfc822; {failed.partition(',')[0]}"
    return block


def _letters(message: Message, domain: str) -> Iterator[str]:
    """The ids of ours that a notification names: in the letter it returns, in its own headers, in a text that quotes the letter."""
    named = []
    for part in _parts(message):
        if part is not message and "Message-ID" in part:
            named.append(_text(part, "Message-ID"))
        elif part.get_content_maintype() == "text":
            named += _QUOTED_ID.findall(_body(part))
    named += [_text(message, "In-Reply-To"), _text(message, "References")]
    for text in named:
        yield from (id_ for id_, own in _ID.findall(text) if own.lower() == domain.lower())


def _other(message: Message) -> Aside:
    """What a message that is no notification is. A notification is « auto-replied » too (RFC 3834): this is asked after."""
    kind = str(message.get_param("report-type", "")).lower()
    if kind == "delivery-status":
        return "garbage"  # cut short, or of another form
    if kind == "disposition-notification":
        return "receipt"
    if kind == "feedback-report":
        return "complaint"
    automatic = _text(message, "Auto-Submitted").lower() not in ("", "no") or "X-Autoreply" in message
    if automatic or _text(message, "Precedence").lower() in ("auto_reply", "bulk", "junk"):
        return "auto_reply"
    return "ordinary" if "From" in message else "garbage"


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) == _MOST_PARTS:
            break
    return found


def _text(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:2_000]


def _body(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("ascii", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""


def _address(text: str) -> str:
    """The address of « rfc822; user@example.org », in lower case; empty when it is none."""
    found = text.rpartition(";")[2].strip().strip("<>").lower()
    return found if "@" in found and " " not in found else ""
