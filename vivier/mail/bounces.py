"""Draws the consequence of letters that came back: noted, what waits for the same mailbox stopped, the buyer told.

flufl.bounce reads who could not be reached, in whatever form a server says it. Nothing in a message is trusted: it may be forged, cut short, or
no message at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email import message_from_string
from email.message import Message
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import IO, Final, Literal

from flufl.bounce import all_failures
from sqlalchemy import and_, select, update

from vivier.errors import FieldError, InvalidRequest
from vivier.given.mail_tables import OUTBOX
from vivier.mail.office import Office

NEWS: Final = ("confirm", "news", "useful")
Aside = Literal["garbage", "automatic", "ordinary", "delayed", "not_ours"]
"""Why a message is no letter that came back."""
LARGEST: Final = 10_000_000
"""Bytes of a message that are read: a notification returns ours, which is small."""
_SEPARATOR: Final = re.compile(rb"^From .*\n", re.MULTILINE)
"""The line before each message of an mbox."""
_ID: Final = r"<([0-9a-f]{32})@{domain}>"
_FOR_A_TIME: Final = re.compile(r"^Status: *4\.", re.MULTILINE | re.IGNORECASE)
"""RFC 3463: class 4 may be tried again. flufl.bounce reads the action alone, « failed » too when a server stopped trying."""
_CODE: Final = re.compile(r"^Diagnostic-Code:.*?\b([45]\d\d)\b", re.MULTILINE | re.IGNORECASE)
_REASONS: Final[dict[str, str]] = {
    "garbage": "illisibles",
    "automatic": "réponses automatiques et accusés",
    "ordinary": "messages ordinaires, à lire",
    "delayed": "retards, sans suite à donner",
    "not_ours": "avis sans notre identifiant",
    "unknown": "avis d'un message que nous n'avons pas, ou plus",
    "again": "avis déjà notés",
    "later": "échecs pour un temps, notés",
}


@dataclass(frozen=True)
class Bounce:
    """A letter that did not reach its mailbox. ``letters``: ids that it may be, the surest first; ``addresses``: of whom the notification
    speaks, in lower case; ``for_good``: the mailbox will never take it; ``code``: of the server, ``None`` when it gives none."""

    letters: tuple[str, ...]
    addresses: frozenset[str]
    for_good: bool
    code: int | None


def read_bounce(content: bytes, domain: str) -> Bounce | Aside:
    """What a message says. ``domain``: of our sender, which ends the Message-ID of our letters (RFC 5322, 3.6.4). It raises nothing."""
    text = content[:LARGEST].decode("ascii", "replace")  # flufl.bounce wants headers that are texts
    message = message_from_string(text)
    if not any(address for _, address in getaddresses([message.get("From", "")])):
        return "garbage"
    delayed, failed = all_failures(message)
    if not failed:
        return "delayed" if delayed else _other(message)
    ours = _ID.replace("{domain}", re.escape(domain))
    named = [*re.findall(f"^Message-ID: *{ours}", text, re.MULTILINE | re.IGNORECASE), *re.findall(ours, text)]
    if not named:
        return "not_ours"
    addresses = frozenset(address.decode("ascii").lower() for address in failed)
    code = _CODE.search(text)
    return Bounce(
        tuple(dict.fromkeys(named)), addresses, not _FOR_A_TIME.search(text), None if code is None else int(code[1])
    )


def _other(message: Message) -> Aside:
    """What a message that tells no failure is."""
    kind = str(message.get_param("report-type", "")).lower()
    automatic = str(message.get("Auto-Submitted", "no")).lower() != "no"
    return "automatic" if automatic or kind in ("delivery-status", "disposition-notification") else "ordinary"


@dataclass
class Read:
    """What messages said. ``noted``: letters that came back for good, by kind; ``stopped``: subscriptions and letters stopped for them;
    ``aside``: messages left, by reason."""

    noted: Counter[str] = field(default_factory=Counter)
    stopped: int = 0
    aside: Counter[str] = field(default_factory=Counter)

    def reasons(self) -> str:
        """The messages left, in French, by reason; empty when there are none."""
        return ", ".join(f"{_REASONS[reason]} : {count}" for reason, count in sorted(self.aside.items()))


class Bounces:
    """The letters that come back to an office."""

    def __init__(self, office: Office, today: date, now: float) -> None:
        self._office, self._today, self._now = office, today, now
        self._domain = parseaddr(office.post.sender)[1].rpartition("@")[2]
        self.read = Read()

    def take(self, content: bytes) -> bool:
        """Draws the consequence of one message. Returns whether it is a notification about a letter of ours, which may then be put away."""
        found = read_bounce(content, self._domain)
        if not isinstance(found, Bounce):
            self.read.aside[found] += 1
            return False
        for letter in found.letters:
            if self._note(letter, found):
                return True
        self.read.aside["unknown"] += 1
        return False

    def _note(self, letter: str, bounce: Bounce) -> bool:
        """Notes that a letter came back, once. Returns ``False`` for a letter that is not ours, or is forgotten."""
        outbox, state = self._office.post.outbox, "refused" if bounce.for_good else "failed"
        mine = and_(OUTBOX.c.id == letter, OUTBOX.c.state.in_(("sent", "failed") if bounce.for_good else ("sent",)))
        with outbox.database.transaction() as connection:
            row = connection.execute(select(OUTBOX.c.kind, OUTBOX.c.of).where(OUTBOX.c.id == letter)).one_or_none()
            if row is None:
                return False
            noted = connection.execute(update(OUTBOX).where(mine).values(state=state, code=bounce.code)).rowcount
        if not noted:
            self.read.aside["again"] += 1
        elif not bounce.for_good:
            self.read.aside["later"] += 1
        else:
            self.read.noted[row.kind] += 1
        if (
            bounce.for_good
        ):  # again too: a process may have been killed between the note and what follows, which is done once
            self._stop(letter, row.kind, row.of or "", bounce)
        return True

    def _stop(self, letter: str, kind: str, of: str, bounce: Bounce) -> None:
        address = None
        if kind in NEWS:
            address = self._office.subscriptions.address_of(of)
        elif kind in ("writing", "reminder"):
            address = self._office.writings.bounced(letter, of, bounce.addresses, bounce.code, self._today, self._now)
        if address is not None:
            self.read.stopped += self._office.subscriptions.stop_mailbox(address)
            self.read.stopped += self._office.writings.drop_to(address)


def read_bounces(office: Office, places: Iterable[str], given: IO[bytes], today: date, now: float) -> Read:
    """Reads messages: files (one message, or an mbox), folders (Maildir), « - » for ``given``. Notifications in a Maildir are marked as read, the
    rest is left. Raises ``InvalidRequest`` for a place that cannot be read."""
    bounces = Bounces(office, today, now)
    for place in places:
        if place == "-":
            bounces.take(given.read(LARGEST))
        elif Path(place).is_dir():
            _take_folder(bounces, Path(place))
        else:
            for content in _messages(Path(place)):
                bounces.take(content)
    return bounces.read


def _take_folder(bounces: Bounces, folder: Path) -> None:
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise _refused(f"« {folder.name} » n'est pas un dossier Maildir : il lui faut « new » et « cur ».")
    for path in sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()]):
        flags = path.name.rpartition(":2,")[2] if ":2," in path.name else ""
        if "S" in flags:
            continue
        with suppress(FileNotFoundError):  # another reader of the folder moved it
            if bounces.take(path.read_bytes()[:LARGEST]):
                path.rename(folder / "cur" / f"{path.name.partition(':2,')[0]}:2,{''.join(sorted({*flags, 'S'}))}")


def _messages(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            content = file.read()
    except OSError as error:
        raise _refused(f"« {path.name} » ne peut pas être lu ({error.strerror}).") from None
    yield from _SEPARATOR.split(content)[1:] if content.startswith(b"From ") else (content,)


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("FICHIER", "invalid_value", message),))
