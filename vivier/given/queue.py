"""The queue of what people ask about a structure: sent, decided by the operator or accepted at once by an invitation, withdrawn, erased.

A request has a number, for the operator, and a secret id, for who sent it; the database holds the hash of the id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.given.database import Database, database_of
from vivier.given.members import MembersList
from vivier.given.quotas import forget_quotas, take
from vivier.given.readings import forget as forget_readings
from vivier.given.requests import (
    AlreadyDecided,
    By,
    Invitation,
    InvitationGone,
    Kind,
    QueueFull,
    Request,
    State,
    Subject,
    member_of,
    member_row,
    request_of,
)
from vivier.given.signed import ERASED
from vivier.given.tables import INVITATIONS, LEAD_QUESTIONS, LEADS_REFUSED, MEMBERS, REQUESTS
from vivier.identity import fold
from vivier.privacy import personal
from vivier.privacy.keys import key_of, new_id
from vivier.privacy.opposition import Opposition
from vivier.runs.audit import note
from vivier.settings import Settings

IN_FORCE_DAYS: Final = 365
"""Days that an accepted request holds; then it is erased by the purge, as those that were refused or withdrawn."""
MOST: Final = 5_000
"""Most requests, oppositions apart, that wait for a decision."""
MOST_OPPOSITIONS: Final = 100_000
"""Oppositions that wait for a decision: a bound of the disk. They wait apart from other requests, which never close their way."""
MOST_A_DAY: Final[Mapping[Kind, int]] = {"declaration": 20, "report": 20, "opposition": 100}
"""Requests of a kind that one client sends in a day, whoever they are about: nobody closes the way of a structure by writing about it."""
MOST_LISTED: Final = 500
"""Requests that a list shows: the oldest, which are decided first."""
_SWEEP_WAIT: Final = 10_000
"""Milliseconds that a purge waits for readers of the write-ahead log."""
_ID: Final = re.compile(r"[0-9a-f]{40}")
_NO_LINK: Final = "Ce lien n'est pas, ou n'est plus, celui d'une demande."
_NO_INVITATION: Final = (
    "Ce lien n'est pas, ou n'est plus, celui d'une invitation : demandez-en un autre à votre réseau."
)


class Queue:
    def __init__(self, database: Database, settings: Settings, most: int = MOST) -> None:
        """``most``: requests that wait for a decision at a time, oppositions apart."""
        self.database, self._settings, self._most = database, settings, most
        self.opposition = Opposition(settings)

    def send(
        self,
        kind: Kind,
        subject: Subject,
        content: Mapping[str, Any],
        today: date,
        id_: str | None = None,
        beside: Callable[[Connection, int], None] | None = None,
        client: str = "",
    ) -> str:
        """Puts a request in the queue. ``beside``: what is kept of its number in the same transaction; ``client``: keyed hash of who sends
        it, empty when nobody bounds it. Returns its secret id, drawn when none is given. Raises
        :class:`~vivier.given.quotas.QuotaSpent`, :class:`QueueFull`."""
        id_ = id_ or new_id()
        with self.database.transaction() as connection:
            take(connection, client, kind, today, min(MOST_A_DAY[kind], self._share(kind)))
            self._check_room(connection, kind)
            number = put(connection, id_, kind, subject, content, "form", today)
            if beside is not None:
                beside(connection, number)
        return id_

    def declare_invited(self, token: str, subject: Subject, content: Mapping[str, Any], today: date) -> str:
        """Accepts at once what an invited structure declares; the invitation is then used. Returns the secret id. Raises ``NotFound``,
        :class:`InvitationGone`."""
        id_ = new_id()
        with self.database.transaction() as connection:
            invitation = self._invitation(connection, token, today)
            used = update(INVITATIONS).where(INVITATIONS.c.key == invitation.key, INVITATIONS.c.used_on.is_(None))
            if not connection.execute(used.values(used_on=today)).rowcount:
                raise InvitationGone("Cette invitation a déjà servi.")
            number = put(connection, id_, "declaration", subject, content, "invitation", today)
            _accept(connection, number, subject, "declaration", "invitation d'un réseau", today)
        note(self._settings, "review", number=number, kind="declaration", decision="invited")
        return id_

    def send_members(self, network: str, made: MembersList, by: By, today: date) -> str:
        """Puts the list of a network in the queue as one request, which replaces the former one of this network that waits. Returns its secret
        id. Raises :class:`QueueFull`."""
        id_, subject = new_id(), Subject(_network_key(network), "", network)
        left = [vars(row) for row in made.left]
        content = {"kept": len(made.retained), "left": left, "unread": list(made.unread)}
        with self.database.transaction() as connection:
            waits = and_(REQUESTS.c.kind == "members", REQUESTS.c.supplier == subject.supplier)
            _end(connection, and_(waits, REQUESTS.c.state == "pending"), "replaced", today)
            self._check_room(connection, "members")
            number = put(connection, id_, "members", subject, content, by, today)
            rows = [member_row(number, member) for member in made.retained]
            if rows:
                connection.execute(insert(MEMBERS), rows)
        return id_

    def members_in_force(self, today: date, sirets: Sequence[str] | None = None) -> list[Request]:
        """What networks declare of their members, by the lists accepted that hold on a day, each as a declaration; of some SIRETs when they
        are given. None about a structure that opposed."""
        if not self.database.begun:
            return []
        holds = and_(REQUESTS.c.kind == "members", REQUESTS.c.state == "accepted", REQUESTS.c.ends_on >= today)
        if sirets is not None:
            holds = and_(holds, MEMBERS.c.siret.in_(sirets))
        names = ("number", "state", "received_on", "decided_on", "ends_on", "by", "reason")
        columns = (*MEMBERS.c, REQUESTS.c.name.label("network"), *(REQUESTS.c[name] for name in names))
        joined = select(*columns).join(REQUESTS, REQUESTS.c.number == MEMBERS.c.request).where(holds)
        with self.database.transaction() as connection:
            rows = connection.execute(joined.order_by(MEMBERS.c.request, MEMBERS.c.line)).mappings().all()
        opposed = self.opposition.among(row["siret"] for row in rows)
        return [member_of(row) for row in rows if row["siret"] not in opposed]

    def invite_network(self, network: str, today: date, days: int) -> str:
        """Makes a link by which a network sends its list, as often as it corrects it, until its last day. Returns its token, kept nowhere."""
        (token,) = self.invite(("",), network, today, days).values()
        return token

    def invited_network(self, token: str, today: date) -> Invitation:
        """The invitation of the link of a network. Raises ``NotFound``, :class:`InvitationGone`."""
        with self.database.transaction() as connection:
            return self._invitation(connection, token, today, of_network=True)

    def invited(self, token: str, today: date) -> Invitation:
        """The invitation of a link. Raises ``NotFound``, :class:`InvitationGone`."""
        with self.database.transaction() as connection:
            return self._invitation(connection, token, today)

    def invite(self, sirets: Iterable[str], network: str, today: date, days: int) -> dict[str, str]:
        """Makes an invitation for each SIRET. Returns the token of each: they are kept nowhere."""
        tokens = {siret: new_id() for siret in sirets}
        self.keep_invitations(tokens, network, today, days)
        return tokens

    def keep_invitations(self, tokens: Mapping[str, str], network: str, today: date, days: int) -> None:
        """Keeps the invitation of each token, drawn by the caller for a SIRET. They are kept all at once: when the
        first one is kept already, so are the others, and they stay as they are."""
        last = today + timedelta(days=days)
        rows = [
            {"key": key_of(token), "siret": siret, "network": network, "issued_on": today, "expires_on": last}
            for siret, token in tokens.items()
        ]
        if not rows:
            return
        first = select(INVITATIONS.c.key).where(INVITATIONS.c.key == rows[0]["key"])
        with self.database.transaction() as connection:
            if connection.scalar(first) is not None:
                return
            connection.execute(insert(INVITATIONS), rows)
        note(self._settings, "invite", links=len(rows))

    def waiting(
        self, state: State | None = "pending", limit: int = MOST_LISTED, beside: Request | None = None
    ) -> list[Request]:
        """The requests of a state (``None``: all), the oldest first. ``beside``: the others on the subject of that one, none once it is erased."""
        if not self.database.begun:
            return []
        chosen = select(REQUESTS).order_by(REQUESTS.c.number).limit(limit)
        if beside is not None:
            same = REQUESTS.c.supplier == (beside.subject.supplier or None)
            chosen = chosen.where(same, REQUESTS.c.number != beside.number)
        with self.database.transaction() as connection:
            rows = connection.execute(chosen if state is None else chosen.where(REQUESTS.c.state == state)).mappings()
            return [request_of(row) for row in rows]

    def count(self, state: State) -> int:
        """The number of requests of a state."""
        if not self.database.begun:
            return 0
        with self.database.transaction() as connection:
            return connection.scalar(select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == state)) or 0

    def read(self, number: int) -> Request:
        """A request by its number. Raises ``NotFound``."""
        with self.database.transaction() as connection:
            return _found(connection, REQUESTS.c.number == number, f"Aucune demande n° {number}.")

    def by_link(self, id_: str) -> Request:
        """A request by its secret id. Raises ``NotFound``."""
        if not _ID.fullmatch(id_):
            raise NotFound(_NO_LINK)
        with self.database.transaction() as connection:
            return _found(connection, REQUESTS.c.key == key_of(id_), _NO_LINK)

    def accept(self, number: int, today: date, reason: str = "") -> Request:
        """Accepts a request. A declaration replaces the former one of its structure; an opposition takes effect at once, and erases what was
        sent about the structure. Raises :class:`AlreadyDecided`, ``InvalidRequest`` for a reason that names a person."""
        checked_reason(reason)
        with self.database.transaction() as connection:
            request = _found(connection, REQUESTS.c.number == number, f"Aucune demande n° {number}.")
            _accept(connection, number, request.subject, request.kind, reason, today)
            if request.kind == "opposition":
                self._oppose(connection, request)
        note(self._settings, "review", number=number, kind=request.kind, decision="accepted")
        return self.read(number)

    def refuse(self, number: int, today: date, reason: str) -> Request:
        """Refuses a request, and erases what it says. Raises :class:`AlreadyDecided`, ``InvalidRequest`` without a reason."""
        checked_reason(reason)
        if not reason.strip():
            message = "« reason » : dites pourquoi ; qui a envoyé la demande le lira."
            raise InvalidRequest((FieldError("reason", "missing", message),))
        with self.database.transaction() as connection:
            request = _found(connection, REQUESTS.c.number == number, f"Aucune demande n° {number}.")
            _move(connection, number, ("pending",), state="refused", reason=reason.strip(), decided_on=today, **ERASED)
            connection.execute(delete(MEMBERS).where(MEMBERS.c.request == number))
        note(self._settings, "review", number=number, kind=request.kind, decision="refused")
        return self.read(number)

    def withdraw(self, number: int, today: date, *, by_operator: bool = False) -> None:
        """Withdraws a request that waits or is in force, and erases what it says. An opposition in force stays. Raises
        :class:`AlreadyDecided`."""
        request = self.read(number)
        states = ("pending",) if request.kind == "opposition" else ("pending", "accepted")
        with self.database.transaction() as connection:
            _move(connection, number, states, state="withdrawn", decided_on=today, **ERASED)
            connection.execute(delete(MEMBERS).where(MEMBERS.c.request == number))
        if by_operator:
            note(self._settings, "review", number=number, kind=request.kind, decision="withdrawn")

    def in_force(self, kind: Kind, today: date, sirets: Sequence[str] | None = None) -> list[Request]:
        """The accepted requests of a kind that hold on a day, the oldest first; those about some SIRETs when they are given. None about a
        structure that opposed."""
        if not self.database.begun:
            return []
        where = and_(REQUESTS.c.kind == kind, REQUESTS.c.state == "accepted", REQUESTS.c.ends_on >= today)
        if sirets is not None:
            where = and_(where, REQUESTS.c.siret.in_(sirets))
        with self.database.transaction() as connection:
            rows = connection.execute(select(REQUESTS).where(where).order_by(REQUESTS.c.number)).mappings()
            found = [request_of(row) for row in rows]
        opposed = self.opposition.among(request.subject.siret for request in found)
        return [request for request in found if request.subject.siret not in opposed]

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases requests and invitations past their time, and what was sent about structures that opposed. Returns how many requests."""
        if not self.database.begun:
            return 0
        old = today - timedelta(days=IN_FORCE_DAYS)
        decided = REQUESTS.c.state.in_(("refused", "withdrawn", "replaced"))
        past = or_(
            and_(decided, REQUESTS.c.decided_on < old),
            and_(REQUESTS.c.state == "pending", REQUESTS.c.received_on < old),
            and_(REQUESTS.c.state == "accepted", REQUESTS.c.ends_on < today),
        )
        with self.database.transaction() as connection:
            count = connection.scalar(select(func.count()).select_from(REQUESTS).where(past)) or 0
            if not dry_run:
                connection.execute(delete(MEMBERS).where(MEMBERS.c.request.in_(select(REQUESTS.c.number).where(past))))
                connection.execute(delete(REQUESTS).where(past))
                connection.execute(delete(INVITATIONS).where(INVITATIONS.c.expires_on < today))
                for table in (LEADS_REFUSED, LEAD_QUESTIONS):
                    connection.execute(delete(table).where(table.c.kept_until < today))
                sirets = set(connection.scalars(select(REQUESTS.c.siret).where(REQUESTS.c.siret != "")))
                for table in (MEMBERS, LEADS_REFUSED, LEAD_QUESTIONS):
                    sirets |= set(connection.scalars(select(table.c.siret).distinct()))
                _blank(connection, self.opposition.among(sirets))
                forget_readings(connection, today)
                forget_quotas(connection, today)
        if not dry_run:
            self.database.sweep(_SWEEP_WAIT)
        return count

    def _share(self, kind: Kind) -> int:
        """Requests of a kind that one client sends in a day: a tenth of the queue at most."""
        return MOST_A_DAY[kind] if kind == "opposition" else max(1, self._most // 10)

    def _check_room(self, connection: Connection, kind: Kind) -> None:
        """Raises :class:`QueueFull` when as many requests wait as may: oppositions among themselves, the others together."""
        apart = REQUESTS.c.kind == "opposition"
        mine, most = (apart, MOST_OPPOSITIONS) if kind == "opposition" else (~apart, self._most)
        waiting = select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == "pending", mine)
        if (connection.scalar(waiting) or 0) >= most:
            raise QueueFull(
                "Trop de demandes attendent une décision : rien n'a été gardé. Réessayez dans quelques jours."
            )

    def _invitation(self, connection: Connection, token: str, today: date, *, of_network: bool = False) -> Invitation:
        if not _ID.fullmatch(token):
            raise NotFound(_NO_INVITATION)
        chosen = select(INVITATIONS).where(INVITATIONS.c.key == key_of(token))
        row = connection.execute(chosen).mappings().one_or_none()
        if row is None or (row["siret"] == "") is not of_network or self.opposition.holds(row["siret"]):
            raise NotFound(_NO_INVITATION)
        if row["used_on"] is not None:
            raise InvitationGone(
                "Cette invitation a déjà servi : gardez l'adresse de suivi reçue ce jour-là, ou demandez un autre lien."
            )
        if row["expires_on"] < today:
            raise InvitationGone("Cette invitation n'est plus valable : demandez-en une autre à votre réseau.")
        return Invitation(row["key"], row["siret"], row["network"], row["expires_on"])

    def _oppose(self, connection: Connection, request: Request) -> None:
        """Puts the structure on the opposition list. Killed between the list and the commit, the request is still to decide, and accepting
        it again changes nothing."""
        self.opposition.add(request.subject.siret)
        _blank(connection, (request.subject.siret,), request.subject.supplier)


def checked_reason(reason: str) -> None:
    """Refuses a reason that is too long or names a person: who sent the request reads it. Raises ``InvalidRequest``."""
    if len(reason) > 300 or personal(reason):
        message = "« reason » : 300 caractères au plus, sans nom, courriel ni téléphone."
        raise InvalidRequest((FieldError("reason", "invalid_value", message),))


def _accept(connection: Connection, number: int, subject: Subject, kind: Kind, reason: str, today: date) -> None:
    if kind in ("declaration", "members", "sender"):
        same = and_(REQUESTS.c.siret == subject.siret, REQUESTS.c.finess.is_not_distinct_from(subject.finess))
        if kind != "declaration":
            same = REQUESTS.c.supplier == subject.supplier
        former = and_(same, REQUESTS.c.kind == kind, REQUESTS.c.state == "accepted", REQUESTS.c.number != number)
        _end(connection, former, "replaced", today)
    last = today + timedelta(days=IN_FORCE_DAYS)
    _move(connection, number, ("pending",), state="accepted", reason=reason.strip(), decided_on=today, ends_on=last)


def _move(connection: Connection, number: int, states: tuple[str, ...], **values: Any) -> None:
    """Changes a request, if it still is in one of these states: of two decisions at once, one is told that it comes late."""
    changed = update(REQUESTS).where(REQUESTS.c.number == number, REQUESTS.c.state.in_(states)).values(values)
    if not connection.execute(changed).rowcount:
        raise AlreadyDecided(f"La demande n° {number} est déjà décidée, ou retirée.")


def _end(connection: Connection, which: ColumnElement[bool], state: State, today: date) -> None:
    """Ends the requests that meet a condition, and erases what they say."""
    connection.execute(delete(MEMBERS).where(MEMBERS.c.request.in_(select(REQUESTS.c.number).where(which))))
    connection.execute(update(REQUESTS).where(which).values(state=state, decided_on=today, **ERASED))


def _blank(connection: Connection, opposed: Iterable[str], supplier: str = "") -> None:
    """Erases all that says which structures the requests about these SIRETs, or about this sheet, are about, their invitations, and what
    networks say of them."""
    numbers = [siret for siret in opposed if siret]
    mine = (
        or_(REQUESTS.c.siret.in_(numbers), REQUESTS.c.supplier == supplier)
        if supplier
        else REQUESTS.c.siret.in_(numbers)
    )
    connection.execute(
        delete(MEMBERS).where(or_(MEMBERS.c.siret.in_(numbers), MEMBERS.c.supplier == (supplier or None)))
    )
    nobody = {"siret": "", "finess": None, "supplier": "", "name": "", **ERASED}
    others = and_(mine, REQUESTS.c.kind != "opposition", REQUESTS.c.state.in_(("pending", "accepted")))
    for table in (INVITATIONS, LEADS_REFUSED, LEAD_QUESTIONS):
        connection.execute(delete(table).where(table.c.siret.in_(numbers)))
    connection.execute(update(REQUESTS).where(others).values(state="withdrawn"))
    connection.execute(update(REQUESTS).where(mine).values(nobody))


def put(
    connection: Connection, id_: str, kind: Kind, subject: Subject, content: Mapping[str, Any], by: str, today: date
) -> int:
    """Puts a request in the queue under a secret id, in the transaction of what it is about. Returns its number."""
    written = orjson.dumps(dict(content)).decode()
    row = {"key": key_of(id_), "kind": kind, "state": "pending", "content": written, "by": by, "reason": ""}
    made = insert(REQUESTS).values(**row, **vars(subject), received_on=today)
    number: int = connection.execute(made.returning(REQUESTS.c.number)).scalar_one()
    return number


def _network_key(network: str) -> str:
    """What tells a network from another: its name, whatever its case and accents."""
    return f"network:{key_of(fold(network))}"


def _found(connection: Connection, where: Any, message: str) -> Request:
    row = connection.execute(select(REQUESTS).where(where)).mappings().one_or_none()
    if row is None:
        raise NotFound(message)
    return request_of(row)


def queue_of(settings: Settings) -> Queue:
    return Queue(database_of(settings), settings)
