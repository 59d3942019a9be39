"""Answers those who report an error or oppose, once the operator decided, and forgets their address with the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from vivier.given.mail_tables import REPORTERS
from vivier.given.requests import KINDS, Subject
from vivier.given.tables import REQUESTS
from vivier.mail.letter import Letter
from vivier.mail.letters import written
from vivier.mail.outbox import Outbox

ANSWER_DAYS: Final = 60
"""Days after which an address is forgotten, whatever was decided."""
FOLLOWED: Final = "/suivi"
_OVER: Final = {"accepted": "retenue", "refused": "refusée"}
"""Decisions that are written about. A request that its author withdrew, or that an opposition made void, is only forgotten."""


@dataclass(frozen=True)
class Answers:
    """The answers of an installation. ``base``: its public address; ``operator``: who runs it, ``None`` when it is not set."""

    outbox: Outbox
    base: str
    operator: str | None = None

    def expecting(self, address: str, id_: str, subject: Subject, today: date) -> Callable[[Connection, int], None]:
        """What notes, in the transaction that puts a request in the queue under its number, that its author is to be answered."""
        values = {"address": address, "id": id_, "name": subject.name}

        def note(connection: Connection, number: int) -> None:
            row = {"request": number, "sealed": self.outbox.sealer.seal(values), "sealed_by": self.outbox.sealer.id}
            connection.execute(insert(REPORTERS).values(**row, until=today + timedelta(days=ANSWER_DAYS)))

        return note

    def write(self, now: float) -> int:
        """Writes down an answer for each request decided since; its address goes with it, in one transaction. Returns how many answers.
        Raises :class:`~vivier.mail.sealing.Unsealable`: nothing is forgotten then."""
        decided = select(REPORTERS.c.request, REQUESTS.c.kind, REQUESTS.c.state, REQUESTS.c.reason).join(
            REQUESTS, REQUESTS.c.number == REPORTERS.c.request
        )
        with self.outbox.database.transaction() as connection:
            rows = connection.execute(decided.where(REQUESTS.c.state != "pending")).mappings().all()
        return sum(self._write(row, now) for row in rows)

    def _write(self, row: RowMapping, now: float) -> bool:
        taken = delete(REPORTERS).where(REPORTERS.c.request == row["request"]).returning(REPORTERS.c.sealed)
        with self.outbox.database.transaction() as connection:
            sealed = connection.scalar(taken)
            if sealed is None or row["state"] not in _OVER:
                return False
            values = self.outbox.sealer.open(sealed)
            if self.outbox.refusals.holds(connection, values["address"]):
                return False
            self.outbox.add(connection, "answer", self._letter(row, values, now), id_=f"answer-{row['request']}")
        return True

    def _letter(self, row: RowMapping, values: dict[str, str], now: float) -> Letter:
        kind = KINDS["report" if row["kind"] == "report" else "opposition"]
        subject = f"Votre demande n° {row['request']} : {_OVER[row['state']]}"
        shown = {
            "kind": kind,
            "name": values["name"],
            "decision": _OVER[row["state"]],
            "reason": row["reason"],
            "accepted": row["state"] == "accepted",
            "link": f"{self.base}{FOLLOWED}/{values['id']}",
        }
        stop = self.outbox.refusals.link(self.base, values["address"])
        shared = {"subject": subject, "stop": stop, "base": self.base, "operator": self.operator}
        text, html = written("answer", {**shown, **shared})
        return Letter(values["address"], subject, text, html, now, stop)

    def reseal(self) -> int:
        """Seals anew, with the newest key, what an older one sealed. Returns how many addresses."""
        sealer = self.outbox.sealer
        with self.outbox.database.transaction() as connection:
            rows = connection.execute(select(REPORTERS).where(REPORTERS.c.sealed_by != sealer.id)).all()
            for row in rows:
                values = {"sealed": sealer.seal(sealer.open(row.sealed)), "sealed_by": sealer.id}
                connection.execute(update(REPORTERS).where(REPORTERS.c.request == row.request).values(values))
        return len(rows)

    def tidy(self, today: date, *, dry_run: bool = False) -> int:
        """Forgets the addresses past their time. Returns how many, or how many would be. It needs no key."""
        past = REPORTERS.c.until < today
        with self.outbox.database.transaction() as connection:
            if dry_run:
                return connection.scalar(select(func.count()).where(past)) or 0
            return connection.execute(delete(REPORTERS).where(past)).rowcount
