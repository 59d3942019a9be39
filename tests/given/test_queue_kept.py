"""What the database keeps of requests about a structure: who decides, until when it holds, what is erased, whom an opposition reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.given.conftest import empty_home
from vivier.errors import InvalidRequest, NotFound
from vivier.given.database import database_of
from vivier.given.members import LeftOut, Member, MembersList
from vivier.given.queue import IN_FORCE_DAYS, Queue
from vivier.given.quotas import QuotaSpent
from vivier.given.requests import AlreadyDecided, InvitationGone, QueueFull, Subject
from vivier.given.signed import digest_of_request
from vivier.given.tables import INVITATIONS, MEMBERS, REQUESTS
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
FIRST, SECOND = "90000000100017", "90000001900019"
ONE, TWO = Subject("s1", FIRST, "Atelier"), Subject("s2", SECOND, "Serre")
SAID: dict[str, Any] = {"references": ["Ville de Lens"]}


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    settings = Settings.model_validate({"home": empty_home(tmp_path), "opposition_salt": "un sel assez long"})
    with closing(database_of(settings)) as database:
        yield Queue(database, settings, most=4)


def states(queue: Queue) -> list[str]:
    return [request.state for request in queue.waiting(None)]


def test_a_request_is_decided_once_and_holds_a_year(queue: Queue) -> None:
    id_ = queue.send("declaration", ONE, SAID, TODAY)
    waits = queue.by_link(id_)
    assert (waits.number, waits.kind, waits.state, waits.subject, waits.content) == (
        1,
        "declaration",
        "pending",
        ONE,
        SAID,
    )
    assert (waits.by, waits.received_on, waits.decided_on, waits.ends_on) == ("form", TODAY, None, None)
    assert (
        queue.waiting() == [waits] == [queue.read(1)] and queue.count("pending") == 1 and queue.waiting(limit=0) == []
    )
    assert waits.declared.references == ("Ville de Lens",) and queue.in_force("declaration", TODAY) == []
    for lost in (lambda: queue.read(9), lambda: queue.by_link("0" * 40), lambda: queue.by_link("x")):
        with pytest.raises(NotFound):
            lost()
    done = queue.accept(1, later(1), " vu ")
    assert (done.state, done.decided_on, done.ends_on, done.reason) == (
        "accepted",
        later(1),
        later(1 + IN_FORCE_DAYS),
        "vu",
    )
    for decide in (lambda: queue.accept(1, TODAY), lambda: queue.refuse(1, TODAY, "non")):
        with pytest.raises(AlreadyDecided):
            decide()
    last = later(1 + IN_FORCE_DAYS)
    assert [len(queue.in_force("declaration", day)) for day in (last, last + timedelta(days=1))] == [1, 0]
    assert queue.in_force("report", TODAY) == [] and len(queue.in_force("declaration", TODAY, [FIRST, SECOND])) == 1
    assert queue.in_force("declaration", TODAY, [SECOND]) == queue.waiting() == []


def test_what_is_refused_withdrawn_or_replaced_is_erased_and_its_neighbour_stays(queue: Queue) -> None:
    for subject in (ONE, Subject("s3", FIRST, "Autre site", "590000001"), TWO, ONE):
        queue.send("declaration", subject, SAID, TODAY)
    with pytest.raises(InvalidRequest, match="dites pourquoi"):
        queue.refuse(3, TODAY, "  ")
    for wrong in ("a" * 301, "voir Mme Martin"):
        with pytest.raises(InvalidRequest, match="300 caractères au plus"):
            queue.refuse(3, TODAY, wrong)
    refused = queue.refuse(3, later(2), " hors sujet ")
    assert (refused.state, refused.reason, refused.decided_on, refused.content) == (
        "refused",
        "hors sujet",
        later(2),
        {},
    )
    queue.accept(1, TODAY, "a" * 300)
    queue.accept(2, TODAY)
    assert [request.number for request in queue.in_force("declaration", TODAY, [FIRST])] == [1, 2]
    queue.accept(4, later(3))
    assert states(queue) == ["replaced", "accepted", "refused", "accepted"]
    assert (queue.read(1).content, queue.read(1).decided_on, queue.read(2).content) == ({}, later(3), SAID)
    queue.withdraw(2, later(4))
    assert (queue.read(2).state, queue.read(2).content, queue.read(4).content) == ("withdrawn", {}, SAID)
    with pytest.raises(AlreadyDecided):
        queue.withdraw(2, TODAY)


def test_an_opposition_takes_effect_at_once_and_leaves_nothing_of_the_structure(queue: Queue) -> None:
    for kind, subject in (("declaration", ONE), ("report", Subject("s1", "", "Atelier")), ("declaration", TWO)):
        queue.send(kind, subject, SAID, TODAY)  # type: ignore[arg-type]
    queue.accept(1, TODAY)
    tokens = queue.invite([FIRST, SECOND], "Réseau", TODAY, 9)
    queue.send("opposition", ONE, {"role": "Direction"}, TODAY)
    queue.accept(4, TODAY)
    assert queue.opposition.holds(FIRST) and not queue.opposition.holds(SECOND)
    assert states(queue) == ["withdrawn", "withdrawn", "pending", "accepted"]
    nobody = Subject("", "", "", None)
    assert [request.subject for request in queue.waiting(None)] == [nobody, nobody, TWO, nobody]
    assert [request.content for request in queue.waiting(None)] == [{}, {}, SAID, {}]
    with pytest.raises(NotFound):
        queue.invited(tokens[FIRST], TODAY)
    assert queue.invited(tokens[SECOND], TODAY).siret == SECOND
    with pytest.raises(AlreadyDecided):
        queue.withdraw(4, TODAY)
    queue.accept(3, TODAY)
    queue.opposition.add(SECOND)
    assert queue.in_force("declaration", TODAY) == [] and queue.read(3).content == SAID
    with pytest.raises(NotFound):
        queue.invited(tokens[SECOND], TODAY)
    assert queue.purge(TODAY) == 0 and queue.read(3).subject == nobody and queue.read(3).state == "withdrawn"


def test_a_queue_is_full_for_all_but_oppositions_and_a_client_has_its_share(queue: Queue) -> None:
    for client in ("a", "b", "", ""):
        queue.send("report", ONE, SAID, TODAY, client=client)
    with pytest.raises(QueueFull):
        queue.send("declaration", TWO, SAID, TODAY)
    assert queue.send("opposition", TWO, {"role": "r"}, TODAY) and queue.count("pending") == 5
    queue.refuse(1, TODAY, "non")
    with pytest.raises(QuotaSpent):
        queue.send("report", TWO, SAID, TODAY, client="a")
    noted: list[int] = []
    id_ = queue.send("report", TWO, SAID, TODAY, "f" * 40, lambda _, number: noted.append(number), client="c")
    assert (id_, noted) == ("f" * 40, [6]) and queue.by_link(id_).number == 6


def test_an_invitation_serves_once_until_its_last_day_and_a_network_sends_again(queue: Queue) -> None:
    tokens = queue.invite([FIRST, SECOND], "Réseau", TODAY, 9)
    queue.keep_invitations({"90000002700012": tokens[FIRST]}, "Autre", TODAY, 99)
    found = queue.invited(tokens[FIRST], later(9))
    assert (found.siret, found.network, found.expires_on) == (FIRST, "Réseau", later(9))
    with pytest.raises(InvitationGone, match="n'est plus valable"):
        queue.invited(tokens[FIRST], later(10))
    id_ = queue.declare_invited(tokens[FIRST], ONE, SAID, later(9))
    made = queue.by_link(id_)
    assert (made.state, made.by, made.reason, made.ends_on) == (
        "accepted",
        "invitation",
        "invitation d'un réseau",
        later(9 + IN_FORCE_DAYS),
    )
    with pytest.raises(InvitationGone, match="a déjà servi"):
        queue.declare_invited(tokens[FIRST], ONE, SAID, TODAY)
    assert queue.invited(tokens[SECOND], TODAY).siret == SECOND
    network = queue.invite_network("Réseau", TODAY, 30)
    assert queue.invited_network(network, later(30)).network == "Réseau"
    for wrong in (
        lambda: queue.invited(network, TODAY),
        lambda: queue.invited_network(tokens[SECOND], TODAY),
        lambda: queue.invited("x", TODAY),
    ):
        with pytest.raises(NotFound, match="demandez-en un autre à votre réseau"):
            wrong()
    queue.keep_invitations({}, "Réseau", TODAY, 1)


def listed(*sirets: str) -> MembersList:
    members = tuple(
        Member(line, f"s{line}", siret, None, f"Membre {line}", SAID) for line, siret in enumerate(sirets, 2)
    )
    return MembersList(members, (LeftOut(9, "siret_invalid", "x"),), ("colonne",))


def test_the_list_of_a_network_is_one_request_that_replaces_the_former(queue: Queue) -> None:
    queue.send_members("Réseau Été", listed(FIRST), "network", TODAY)
    queue.send_members("Autre", listed(FIRST), "network", TODAY)
    queue.send_members("reseau ete", listed(FIRST, SECOND), "operator", TODAY)
    assert states(queue) == ["replaced", "pending", "pending"]
    content = queue.read(3).content
    assert content == {"kept": 2, "left": [{"line": 9, "reason": "siret_invalid", "text": "x"}], "unread": ["colonne"]}
    assert queue.members_in_force(TODAY) == []
    queue.accept(2, TODAY)
    queue.accept(3, TODAY)
    found = queue.members_in_force(TODAY)
    assert [(each.number, each.subject.siret, each.network, each.kind) for each in found] == [
        (2, FIRST, "Autre", "declaration"),
        (3, FIRST, "reseau ete", "declaration"),
        (3, SECOND, "reseau ete", "declaration"),
    ]
    assert found[0].content == SAID and found[0].ends_on == later(IN_FORCE_DAYS)
    assert [each.number for each in queue.members_in_force(TODAY, [SECOND])] == [3]
    last = later(IN_FORCE_DAYS)
    assert [len(queue.members_in_force(day)) for day in (last, last + timedelta(days=1))] == [3, 0]
    queue.withdraw(2, TODAY)
    queue.opposition.add(SECOND)
    assert [(each.number, each.subject.siret) for each in queue.members_in_force(TODAY)] == [(3, FIRST)]
    queue.send_members("Réseau Été", listed(), "network", TODAY)
    queue.accept(4, TODAY)
    with queue.database.transaction() as connection:
        assert connection.execute(select(MEMBERS)).all() == []


@pytest.mark.parametrize(
    ("state", "day", "erased"),
    [
        ("pending", IN_FORCE_DAYS, 0),
        ("pending", IN_FORCE_DAYS + 1, 1),
        ("refused", IN_FORCE_DAYS, 0),
        ("withdrawn", IN_FORCE_DAYS + 1, 1),
        ("replaced", IN_FORCE_DAYS + 1, 1),
        ("accepted", IN_FORCE_DAYS, 0),
        ("accepted", IN_FORCE_DAYS + 1, 1),
    ],
)
def test_a_request_is_erased_past_its_time(queue: Queue, state: str, day: int, erased: int) -> None:
    queue.send("report", ONE, SAID, TODAY)
    queue.invite([SECOND], "Réseau", TODAY, IN_FORCE_DAYS)
    ends_on = later(IN_FORCE_DAYS) if state == "accepted" else None
    decided_on = None if state == "pending" else TODAY
    with queue.database.transaction() as connection:
        connection.execute(update(REQUESTS).values(state=state, decided_on=decided_on, ends_on=ends_on))
    assert queue.purge(later(day), dry_run=True) == erased and len(queue.waiting(None)) == 1
    assert queue.purge(later(day)) == erased and len(queue.waiting(None)) == 1 - erased
    with queue.database.transaction() as connection:
        assert len(connection.execute(select(INVITATIONS)).all()) == (day == IN_FORCE_DAYS)


def test_a_request_that_a_former_version_signed_is_shown_so_as_long_as_it_says_the_same(queue: Queue) -> None:
    queue.send("declaration", ONE, SAID, TODAY)
    with queue.database.transaction() as connection:
        row = connection.execute(select(REQUESTS)).mappings().one()
        signed = {"signed_on": later(1), "signed_by": "Liste", "signed_hash": digest_of_request(row)}
        connection.execute(update(REQUESTS).values(**signed))
    assert (queue.read(1).signed_on, queue.read(1).signed_by) == (later(1), "Liste")
    with queue.database.transaction() as connection:
        connection.execute(update(REQUESTS).values(content='{"staff":3}'))
    assert (queue.read(1).signed_on, queue.read(1).signed_by) == (None, None)
