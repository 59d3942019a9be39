"""Who may have the service write to others: an address of a public body, or one whose domain the operator accepted (« vivier review », « /revue »).

The name that a buyer types proves nothing; the domain of the mailbox where the buyer opened a link does. On the domains that anybody may have
a mailbox of, the address counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final, Literal

from sqlalchemy import Connection, desc, select

from mappings import read_table
from vivier.given.queue import put
from vivier.given.requests import Subject
from vivier.given.tables import REQUESTS
from vivier.mail.letter import same_mailbox
from vivier.mail.sealing import Sealer
from vivier.privacy.keys import new_id

Permission = Literal["allowed", "refused", "waiting", "unknown"]
_BY_STATE: Final[Mapping[str, Permission]] = {"pending": "waiting", "accepted": "allowed", "refused": "refused"}
_KIND: Final = "sender:"


@cache
def domains() -> Mapping[str, str]:
    """What is known of mail domains (``mappings/tables/mail_domains.csv``): « public » for those of public bodies, « shared »."""
    return {row["domain"]: row["kind"] for row in read_table("mail_domains")}


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def is_public(domain: str) -> bool:
    """Whether a domain is that of a public body, or below it."""
    labels = domain.split(".")
    return any(domains().get(".".join(labels[rank:])) == "public" for rank in range(len(labels)))


class Senders:
    """The buyers whom the service writes for."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def name(self, address: str) -> str:
        """The keyed hash of who writes: one buyer a domain, or an address where the domain is everybody's."""
        return self._names(address)[0]

    def _names(self, address: str) -> list[str]:
        domain = domain_of(address)
        return self._sealer.names("sender", same_mailbox(address) if domains().get(domain) == "shared" else domain)

    def permission(self, connection: Connection, address: str, today: date) -> Permission:
        """Whether the service writes for an address: what the operator decided last, when it is not a public body's."""
        if is_public(domain_of(address)):
            return "allowed"
        mine = REQUESTS.c.supplier.in_([f"{_KIND}{name}" for name in self._names(address)])
        last = select(REQUESTS.c.state, REQUESTS.c.ends_on).where(mine, REQUESTS.c.state.in_(_BY_STATE))
        row = connection.execute(last.order_by(desc(REQUESTS.c.number)).limit(1)).one_or_none()
        if row is None or (row.ends_on is not None and row.ends_on < today):
            return "unknown"
        return _BY_STATE[row.state]

    def ask(
        self, connection: Connection, address: str, organisation: str, subject: str, count: int, today: date
    ) -> None:
        """Asks the operator whether the service writes for this address; nothing when it is asked already. ``count``: messages that wait."""
        if self.permission(connection, address, today) != "unknown":
            return
        content = {"organisation": organisation, "subject": subject, "count": count}
        about = Subject(f"{_KIND}{self.name(address)}", "", f"@{domain_of(address)}")
        put(connection, new_id(), "sender", about, content, "mail", today)
