"""What the database keeps of subscriptions, letters and addresses: each bound on its last day and on the next, and nothing of a neighbour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import insert, select, update

from tests.mail.conftest import KEY, READER
from tests.search_api.contracts.corpus import TODAY
from vivier.errors import NotFound
from vivier.given.mail_tables import OUTBOX, REPORTERS, SEEN
from vivier.given.queue import put
from vivier.given.quotas import QuotaSpent
from vivier.given.requests import Subject
from vivier.given.tables import REQUESTS
from vivier.mail.answers import ANSWER_DAYS, Answers
from vivier.mail.check import _key, _outbox
from vivier.mail.letter import Letter
from vivier.mail.office import Office
from vivier.mail.outbox import KEPT_SECONDS, LEASE, MOST_TRIES, Outbox
from vivier.mail.relay import Outcome, State
from vivier.mail.sealing import Sealer, Unsealable, new_key
from vivier.mail.subscriptions import (
    SEEN_DAYS,
    USEFUL_DAYS,
    Every,
    Followed,
    Subscriptions,
    TooManySubscriptions,
)

NOW = 1_700_000_000.0


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


class Asking:
    """Asks for subscriptions, and keeps the tokens of the links that are sent."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.subscriptions = subscriptions
        self.tokens: list[str] = []

    def letter(self, token: str, followed: Followed) -> Letter:
        self.tokens.append(token)
        return Letter(followed.address, followed.title, "t", "h", NOW)

    def ask(
        self,
        search: str = "q=a",
        address: str = READER,
        day: int = 0,
        every: Every = "weekly",
        client: str = "",
        of: Any = "contracts",
    ) -> str | None:
        return self.subscriptions.ask(address, of, search, "Tonte", every, later(day), self.letter, client)

    def follow(self, search: str = "q=a", address: str = READER, **more: Any) -> Followed:
        assert self.ask(search, address, **more) is not None
        return self.subscriptions.confirm(self.tokens[-1], later(more.get("day", 0)))


def kinds(office: Office) -> list[tuple[str, str, str | None]]:
    """The letters written down: their kind, their state, what they belong to."""
    with office.database.transaction() as connection:
        found = select(OUTBOX.c.kind, OUTBOX.c.state, OUTBOX.c.of).order_by(OUTBOX.c.kind)
        return [(row.kind, row.state, row.of) for row in connection.execute(found)]


def test_a_link_serves_three_days_the_last_alone_and_once(office: Office) -> None:
    subscriptions = office.subscriptions
    asking = Asking(subscriptions)
    letters = [asking.ask() for _ in range(4)]
    assert [letter is None for letter in letters] == [False, False, False, True], "three letters a day to a mailbox"
    first, _, token = asking.tokens
    assert subscriptions.waiting(token, later(3)).title == "Tonte" and subscriptions.counts() == (0, 1)
    for wrong, day in ((token, 4), (first, 0), ("x", 0), ("0" * 40, 0)):
        with pytest.raises(NotFound, match="n'est pas, ou n'est plus, valable"):
            subscriptions.confirm(wrong, later(day))
    followed = subscriptions.confirm(token, later(3))
    assert (followed.address, followed.search, followed.every, followed.turn) == (READER, "q=a", "weekly", 0)
    with pytest.raises(NotFound):
        subscriptions.confirm(token, later(3))
    assert subscriptions.counts() == (1, 0) and [each[0] for each in kinds(office)] == ["confirm"] * 3
    assert {each[2] for each in kinds(office)} == {followed.id}


def test_a_turn_comes_each_week_is_taken_once_and_gives_each_item_once(office: Office) -> None:
    subscriptions = office.subscriptions
    asking = Asking(subscriptions)
    asking.follow(every="weekly")
    asking.follow("q=b", every="daily")
    assert list(subscriptions.due(later(-1))) == []
    weekly, daily = sorted(subscriptions.due(TODAY), key=lambda each: each.search)
    assert weekly.began_on == weekly.looked_on == TODAY and weekly.turn == 0
    news = Letter(READER, "Nouveau", "t", "h", NOW)
    assert subscriptions.turn(weekly, ["a", "b"], news, TODAY) and subscriptions.turn(daily, [], None, TODAY)
    assert not subscriptions.turn(weekly, ["c"], news, TODAY), "another process took it"
    assert [each for each in kinds(office) if each[0] != "confirm"] == [
        ("news", "ready", weekly.id),
    ]
    assert subscriptions.unseen(weekly, ["a", "b", "c"]) == {"c"} and subscriptions.unseen(daily, ["a"]) == {"a"}
    assert [each.search for each in subscriptions.due(later(1))] == ["q=b"]
    again = {each.search: each for each in subscriptions.due(later(7))}
    assert (again["q=a"].turn, again["q=a"].looked_on, again["q=a"].began_on) == (1, TODAY, TODAY)
    assert [each.search for each in subscriptions.due(later(6))] == ["q=b"]


def test_a_year_ends_by_a_question_then_by_an_end(office: Office) -> None:
    subscriptions = office.subscriptions
    asking = Asking(subscriptions)
    asking.follow()
    assert asking.ask("q=c") is not None, "this one is never confirmed"
    assert (subscriptions.tidy(later(3)), subscriptions.tidy(later(4), dry_run=True)) == (0, 1)
    assert subscriptions.tidy(later(4)) == 1 and subscriptions.counts() == (1, 0)
    asked = [subscriptions.ask_again(later(day), asking.letter) for day in (334, 335, 335)]
    assert asked == [0, 1, 0] and kinds(office)[-1][0] == "useful"
    assert subscriptions.waiting(asking.tokens[-1], later(365)).search == "q=a"
    with pytest.raises(NotFound):
        subscriptions.waiting(asking.tokens[-1], later(366))
    assert subscriptions.tidy(later(USEFUL_DAYS)) == 0
    assert subscriptions.confirm(asking.tokens[-1], later(340)).began_on == TODAY
    assert subscriptions.tidy(later(340 + USEFUL_DAYS)) == 0 and subscriptions.tidy(later(341 + USEFUL_DAYS)) == 1


def test_what_was_given_long_ago_is_forgotten_but_of_a_list_without_days(office: Office) -> None:
    asking = Asking(office.subscriptions)
    found = [asking.follow(), asking.follow("q=b", of="suppliers")]
    for followed in found:
        office.subscriptions.turn(followed, ["a"], None, TODAY)
    office.subscriptions.ask_again(later(335), asking.letter)
    for token in asking.tokens[-2:]:
        office.subscriptions.confirm(token, later(340))
    for day, forgotten in ((SEEN_DAYS, [set(), set()]), (SEEN_DAYS + 1, [{"a"}, set()])):
        assert office.subscriptions.tidy(later(day)) == 0
        assert [office.subscriptions.unseen(followed, ["a"]) for followed in found] == forgotten


def test_what_is_stopped_is_erased_and_its_neighbours_stay(office: Office) -> None:
    subscriptions = office.subscriptions
    asking = Asking(subscriptions)
    first, second, third = (asking.follow(f"q={letter}") for letter in "abc")
    other = asking.follow(address="autre@structure.example")
    assert subscriptions.change(first, "q=z").search == "q=z" and subscriptions.by_stop(first.stop).search == "q=z"
    assert subscriptions.change(second, "q=c") == second, "the same mailbox follows it already"
    assert subscriptions.by_stop(third.stop).id == third.id and subscriptions.address_of(third.id) == READER
    assert subscriptions.turn(third, ["a"], Letter(READER, "n", "t", "h", NOW), TODAY)
    assert subscriptions.stop(third.stop) and not subscriptions.stop(third.stop) and not subscriptions.stop("x")
    assert subscriptions.address_of(third.id) is None and third.id not in {each[2] for each in kinds(office)}
    with office.database.transaction() as connection:
        assert connection.execute(select(SEEN)).all() == []
    last = Letter(READER, "fini", "t", "h", NOW)
    assert (subscriptions.end(second, last), subscriptions.end(second, last)) == (1, 0)
    assert [each[0] for each in kinds(office)].count("ended") == 1
    assert subscriptions.stop_mailbox(READER.upper()) == 1 and subscriptions.counts() == (1, 0)
    assert subscriptions.by_stop(other.stop).id == other.id


def test_subscriptions_are_bounded_by_mailbox_by_client_and_in_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivier.mail.subscriptions.MOST_BY_MAILBOX", 2)
    monkeypatch.setattr("vivier.mail.subscriptions.MOST_A_DAY", 2)
    asking = Asking(office.subscriptions)
    assert [asking.ask(f"q={number}") is not None for number in range(3)] == [True, True, False]
    assert asking.ask("q=1") is not None, "it follows this one already"
    for number in range(2):
        assert asking.ask(address=f"a{number}@b.example", client="c", day=9)
    with pytest.raises(QuotaSpent):
        asking.ask(address="z@b.example", client="c", day=9)
    assert asking.ask(address="z@b.example", client="d", day=9)
    count, waiting = office.subscriptions.counts()
    assert count == 0 < waiting, "those that nobody confirmed close the service to nobody"
    asking.follow(address="w@b.example")
    full = Asking(Subscriptions(office.post.outbox, most=1))
    with pytest.raises(TooManySubscriptions, match="autant d'abonnements"):
        full.ask(address="y@b.example", day=10)
    assert Asking(Subscriptions(office.post.outbox, most=2)).ask(address="y@b.example", day=10)


def test_a_newer_key_seals_and_names_what_an_older_one_did(office: Office) -> None:
    asking = Asking(office.subscriptions)
    followed = asking.follow()
    assert expecting(office) and followed.search == "q=a"
    new = new_key()
    both, alone = (Outbox(office.database, Sealer(keys)) for keys in (f"{new},{KEY}", new))
    with pytest.raises(Unsealable):
        Subscriptions(alone).by_stop(followed.stop)
    assert [Subscriptions(both).reseal(), Subscriptions(both).reseal()] == [1, 0]
    assert [Answers(both, "").reseal(), Answers(both, "").reseal()] == [1, 0]
    known = Subscriptions(alone)
    assert known.by_stop(followed.stop).search == "q=a" and Asking(known).ask() and known.counts() == (1, 0)
    decide(office, 1, "accepted")
    assert Answers(alone, "").write(NOW) == 1 and known.stop_mailbox(READER) == 1


# -- letters -----------------------------------------------------------------------------------------------------------


def add(outbox: Outbox, kind: str = "news", made_at: float = NOW, **more: Any) -> str:
    with outbox.database.transaction() as connection:
        letter = Letter(more.pop("to", READER), "s", "t", "h", made_at, "https://v.example/stop", "a@b.example")
        return outbox.add(connection, kind, letter, **more)


def test_a_letter_is_claimed_by_one_the_oldest_first_until_its_lease_is_over(office: Office) -> None:
    outbox = office.post.outbox
    second, first = add(outbox, made_at=NOW + 1, of="s"), add(outbox, made_at=NOW)
    waits = add(outbox, made_at=NOW - 9, after=NOW + LEASE + 1)
    one, two = outbox.claim(NOW), outbox.claim(NOW)
    assert one is not None and two is not None and (one.id, two.id, two.of, two.kind) == (first, second, "s", "news")
    assert one.letter == Letter(READER, "s", "t", "h", NOW, "https://v.example/stop", "a@b.example") and one.tries == 1
    assert outbox.claim(NOW) is None and outbox.claim(NOW + LEASE) is None
    again = outbox.claim(NOW + LEASE + 0.5)
    assert again is not None and (again.id, again.tries) == (first, 2) and again.claim != one.claim
    outbox.note(one, Outcome("sent", 250), NOW)
    assert outbox.counts() == {"ready": 1, "sending": 2}, "its lease was over: what it says is late"
    outbox.note(again, Outcome("sent", 250), NOW)
    late = outbox.claim(NOW + LEASE + 1)
    assert late is not None and late.id == waits and outbox.counts() == {"sent": 1, "sending": 2}


def test_a_letter_is_over_or_is_offered_again_twice_as_late(office: Office) -> None:
    outbox = office.post.outbox
    cases: list[tuple[State, int, str | int]] = [
        ("sent", 1, "sent"),
        ("refused", 1, "refused"),
        ("failed", 1, "failed"),
        ("later", MOST_TRIES, "failed"),
        ("later", MOST_TRIES - 1, 86_400),
        ("later", 9, 86_400),
        ("later", 8, 76_800),
        ("later", 2, 1_200),
        ("later", 1, 600),
    ]
    for state, tries, kept in cases:
        id_ = add(outbox, of="s")
        claimed = outbox.claim(NOW)
        assert claimed is not None and claimed.id == id_
        done = outbox.note(replace(claimed, tries=tries), Outcome(state, 450), NOW)
        assert (done.id, done.kind, done.of, done.outcome) == (id_, "news", "s", Outcome(state, 450))
        with outbox.database.transaction() as connection:
            row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == id_)).one()
        assert (row.claim, row.claimed_at, row.code) == (None, None, 450)
        if done.over:
            assert (row.state, row.sealed) == (kept, "")
        else:
            assert (row.state, row.after, row.sealed != "") == ("ready", NOW + int(kept), True)


def test_letters_are_dropped_found_by_their_mailbox_and_forgotten_after_a_month(office: Office) -> None:
    outbox = office.post.outbox
    mine, other, sent = add(outbox, of="s"), add(outbox, to="autre@b.example"), add(outbox, of="s")
    with outbox.database.transaction() as connection:
        assert {*outbox.ready_for(connection, READER.upper())} == {mine, sent}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == sent).values(state="sent", sealed=""))
        assert outbox.ready_for(connection, READER) == [mine]
        outbox.drop(connection, "s")
    assert outbox.counts() == {"ready": 1, "sent": 1}
    outbox.tidy(NOW + KEPT_SECONDS)
    assert outbox.counts() == {"ready": 1, "sent": 1}
    outbox.tidy(NOW + KEPT_SECONDS + 1)
    assert outbox.counts() == {"ready": 1}
    with outbox.database.transaction() as connection:
        assert outbox.ready_for(connection, "autre@b.example") == [other]


def test_what_no_key_opens_is_said_and_waits(office: Office) -> None:
    add(office.post.outbox)
    lost = Outbox(office.database, Sealer(new_key()))
    for _ in range(2):
        with pytest.raises(Unsealable):
            lost.claim(NOW)
    assert office.post.outbox.counts() == {"ready": 1} and office.post.outbox.claim(NOW) is not None


def test_a_mailbox_gets_three_letters_of_a_kind_a_day_and_none_once_it_refused(office: Office) -> None:
    outbox = office.post.outbox

    def taken(kind: str = "code", address: str = READER, day: int = 0) -> bool:
        with outbox.database.transaction() as connection:
            return outbox.is_taken(connection, kind, address, later(day))

    assert [taken(address=address) for address in (READER, READER.upper(), READER, READER)] == [True, True, True, False]
    assert taken("link") and taken(day=1) and taken(address="autre@b.example")
    assert outbox.refusals.refuse(outbox.refusals.link("", READER).rpartition("/")[2], TODAY)
    assert not taken(day=2)


def test_a_relay_that_is_away_is_offered_one_letter_and_a_message_takes_half_a_lease_at_most(office: Office) -> None:
    add(office.post.outbox)
    add(office.post.outbox)
    assert list(office.post.deliver(lambda: NOW, 0)) == []
    (done,) = office.post.deliver(lambda: NOW, 9)
    assert done.outcome == Outcome("later") and not done.over and office.post.outbox.counts() == {"ready": 2}
    slow = replace(office.post, relay=replace(office.post.relay, seconds=1_000))
    assert slow.relay.seconds == LEASE / 2 and office.post.relay.seconds == 30


# -- answers -----------------------------------------------------------------------------------------------------------


def expecting(office: Office, kind: Literal["report", "opposition"] = "report", address: str = READER) -> int:
    about = Subject("s1", "90000000100017", "Atelier fictif")
    with office.database.transaction() as connection:
        number = put(connection, f"{kind}-{address}", kind, about, {}, "page", TODAY)
        office.answers.expecting(address, "suivi", about, TODAY)(connection, number)
    return number


def decide(office: Office, number: int, state: str) -> None:
    with office.database.transaction() as connection:
        wanted = update(REQUESTS).where(REQUESTS.c.number == number)
        connection.execute(wanted.values(state=state, reason="Corrigé."))


def test_who_reported_is_written_the_decision_once_and_forgotten(office: Office) -> None:
    report, opposition, waits, void, refusing = (
        expecting(office),
        expecting(office, "opposition", "b@b.example"),
        expecting(office, address="c@b.example"),
        expecting(office, address="d@b.example"),
        expecting(office, address="e@b.example"),
    )
    assert office.answers.write(NOW) == 0
    for number, state in ((report, "accepted"), (opposition, "refused"), (void, "withdrawn"), (refusing, "accepted")):
        decide(office, number, state)
    office.post.outbox.refusals.refuse(office.post.outbox.refusals.link("", "e@b.example").rpartition("/")[2], TODAY)
    assert office.answers.write(NOW) == 2 and office.answers.write(NOW) == 0
    letters = {}
    while claimed := office.post.outbox.claim(NOW):
        letters[claimed.id] = claimed.letter
    assert letters.keys() == {f"answer-{report}", f"answer-{opposition}"}
    accepted, refused = letters[f"answer-{report}"], letters[f"answer-{opposition}"]
    assert (accepted.to, accepted.subject) == (READER, f"Votre demande n° {report} : retenue")
    assert (refused.to, refused.subject) == ("b@b.example", f"Votre demande n° {opposition} : refusée")
    for letter in (accepted, refused):
        assert "https://vivier.example/suivi/suivi" in letter.text and "Atelier fictif" in letter.text
        assert "Corrigé." in letter.text and letter.stop and letter.stop in letter.text and letter.made_at == NOW
    with office.database.transaction() as connection:
        assert list(connection.scalars(select(REPORTERS.c.request))) == [waits]
    last = later(ANSWER_DAYS)
    assert office.answers.tidy(last) == 0 == office.answers.tidy(last, dry_run=True)
    after = last + timedelta(days=1)
    assert office.answers.tidy(after, dry_run=True) == 1 and office.answers.tidy(after) == 1
    assert office.answers.tidy(after) == 0


# -- what the operator is told -----------------------------------------------------------------------------------------


def test_a_flood_of_letters_that_nobody_asked_for_is_told_and_closes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivier.mail.check._MANY", 3)
    asking = Asking(office.subscriptions)
    for number in range(4):
        assert asking.ask(address=f"a{number}@b.example")
        assert _outbox(office, NOW).ok is (number < 3)
    assert "non sollicités" in _outbox(office, NOW).text


def test_letters_that_wait_are_told_by_their_age_and_their_tries(office: Office) -> None:
    assert (_key(office).text, _outbox(office, NOW).text) == ("rien n'est encore scellé", "aucun n'attend")
    add(office.post.outbox)
    gone = {"id": "x", "kind": "news", "sealed": "", "sealed_by": "k", "made_at": 0, "state": "sent", "tries": 9}
    with office.database.transaction() as connection:
        connection.execute(insert(OUTBOX).values({**gone, "after": 0}))

    def told(hours: float, tries: int) -> tuple[bool, str]:
        with office.database.transaction() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.state == "ready").values(tries=tries))
        check = _outbox(office, NOW + hours * 3_600)
        assert check.name == "messages"
        return check.ok, re.sub("[\u00a0\u202f]", " ", check.text)

    waits = "1 message attend, le plus ancien depuis {} h"
    fix = ", sans avoir été offert au relais : mettez « vivier notify » dans cron, tous les quarts d'heure"
    offered = ", offert {} fois au relais, qui ne l'a pas pris : il le sera encore"
    assert told(1, 0) == (True, waits.format(1)) and told(1.5, 0) == (False, waits.format("1,5") + fix)
    assert told(2, 2) == (True, waits.format(2) + offered.format(2))
    assert told(2, 3) == (False, waits.format(2) + offered.format(3))
    assert (_key(office).ok, _key(office).text) == (True, "ouvre ce qui est gardé")
    lost = replace(office, post=replace(office.post, outbox=Outbox(office.database, Sealer(new_key()))))
    assert not _key(lost).ok and "VIVIER_MAIL_KEY" in _key(lost).text
