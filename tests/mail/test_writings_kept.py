"""What a buyer writes to several structures, from the request to its end: each state, each bound, each mailbox that wants no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.mail.conftest import PUBLIC
from tests.mail.returned import returned
from tests.search_api.contracts.corpus import TODAY
from vivier.check import Check
from vivier.errors import InvalidRequest, NotFound
from vivier.given.mail_tables import OUTBOX, STOPPED
from vivier.given.requests import Subject
from vivier.given.tables import REQUESTS
from vivier.mail.bounces import Bounces
from vivier.mail.draft import LINK, Draft
from vivier.mail.letter import Letter, message_of
from vivier.mail.notify import settle
from vivier.mail.office import MOST_LINKS_A_DAY, Office, mailbox_of, report_letter
from vivier.mail.outbox import Delivered
from vivier.mail.recipients import Recipient
from vivier.mail.relay import Outcome
from vivier.mail.sender import _AWAY, _STOPPED, Sender
from vivier.mail.writing import QuotaReached

BUYER = "achats@exemple.gouv.fr"
STRANGER = "achats@ville.example"
NOW = 1_700_000_000.0
OPPOSED = "90000000100017"
ONE = Recipient("s1", "Structure 1", "Rennes", None, None, "contact@s1.example")
TWO = Recipient("s2", "Structure 2", None, OPPOSED, None, "Contact@s2.example", "/enquetes/r/abc")
NONE = Recipient("s3", "Structure 3", None, None, "https://s3.example")
DRAFT = Draft("Tonte", f"Bonjour, répondez ici : {LINK}")


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


class Buyer:
    """A buyer who writes, by the office."""

    def __init__(self, office: Office, address: str = BUYER) -> None:
        self.office, self.address = office, address

    def ask(self, *recipients: Recipient, day: int = 0, closes: int | None = 20, **more: Any) -> str | None:
        closes_on = None if closes is None else later(day + closes)
        return self.office.writings.ask(
            self.address, "Ville", DRAFT, recipients or (ONE, TWO, NONE), later(day), NOW, closes_on, **more
        )

    def token(self, letter: str | None) -> str:
        """That of the link of the letter that was just written."""
        assert letter is not None
        with self.office.database.transaction() as connection:
            sealed = connection.scalar(select(OUTBOX.c.sealed).where(OUTBOX.c.id == letter))
        text = str(self.office.post.outbox.sealer.open(str(sealed))["text"])
        return text.partition("/ecrire/confirmer/")[2][:40]

    def write(self, *recipients: Recipient, day: int = 0, **more: Any) -> str:
        """Asks and confirms; the key of the page."""
        return self.office.writings.confirm(self.token(self.ask(*recipients, day=day, **more)), later(day), NOW)

    def states(self, page: str) -> dict[str, tuple[str, int | None]]:
        return self.office.writings.by_page(page, TODAY).states


def letters(office: Office, kind: str) -> list[tuple[str, Letter]]:
    """Those of a kind that are not sent, with their ids."""
    with office.database.transaction() as connection:
        wanted = select(OUTBOX.c.id, OUTBOX.c.sealed).where(OUTBOX.c.kind == kind, OUTBOX.c.state == "ready")
        rows = connection.execute(wanted.order_by(OUTBOX.c.made_at)).all()
    found = [(row.id, Letter(**office.post.outbox.sealer.open(row.sealed))) for row in rows]
    return sorted(found, key=lambda pair: pair[1].to)


def settled(office: Office, letter: str, state: Any, kind: str = "writing", over: bool = True) -> None:
    office.writings.settle(Delivered(letter, kind, None, Outcome(state, 250), over), TODAY)


def test_a_writing_waits_for_its_buyer_two_days_then_has_a_letter_a_structure(office: Office) -> None:
    buyer, writings = Buyer(office), office.writings
    asked = buyer.ask(remind=True)
    token = buyer.token(asked)
    ((id_, confirming),) = letters(office, "sender")
    assert (id_, confirming.to, confirming.made_at) == (asked, BUYER, NOW) and "Tonte" not in confirming.text
    waits = writings.waiting(token, later(1))
    assert (waits.sender, waits.organisation, waits.draft, waits.recipients) == (
        BUYER,
        "Ville",
        DRAFT,
        (ONE, TWO, NONE),
    )
    assert (waits.remind_on, waits.kept_until, waits.confirmed_on) == (later(15), later(80), None)
    assert (waits.permission, waits.states, waits.round) == ("allowed", {}, None)
    for wrong, day in ((token, 2), ("0" * 40, 0), ("x", 0)):
        with pytest.raises(NotFound):
            writings.confirm(wrong, later(day), NOW)
    page = writings.confirm(token, later(1), NOW)
    with pytest.raises(NotFound):
        writings.confirm(token, later(1), NOW)
    assert buyer.states(page) == {"s1": ("waiting", None), "s2": ("waiting", None), "s3": ("stopped", None)}
    (_, second), (_, first) = letters(office, "writing")
    assert (first.to, second.to) == ("contact@s1.example", "Contact@s2.example")
    assert first.subject == "Achat de @exemple.gouv.fr : Tonte" and first.reply_to == BUYER and first.made_at == NOW
    assert "répondez ici" in first.text and LINK not in first.text and f"{PUBLIC}/enquetes/r/abc" in second.text
    assert first.stop is not None and first.stop.startswith(f"{PUBLIC}/ecrire/refuser/") and first.stop in first.text
    assert "/enquetes/" not in first.text and first.stop != second.stop


@pytest.mark.parametrize(
    ("closes", "remind", "remind_on", "kept"),
    [(20, False, None, 80), (5, True, None, 65), (6, True, 1, 66), (None, True, None, 60)],
)
def test_a_reminder_leaves_five_days_before_the_end_and_never_at_once(
    office: Office, closes: int | None, remind: bool, remind_on: int | None, kept: int
) -> None:
    buyer = Buyer(office)
    found = office.writings.waiting(buyer.token(buyer.ask(closes=closes, remind=remind)), TODAY)
    assert found.remind_on == (None if remind_on is None else later(remind_on)) and found.kept_until == later(kept)


def test_each_letter_is_noted_and_who_was_reached_is_reminded_once(office: Office) -> None:
    buyer = Buyer(office)
    page = buyer.write(remind=True)
    (two, _), (one, _) = letters(office, "writing")
    settled(office, one, "sent", "news")
    settled(office, one, "later", over=False)
    assert buyer.states(page)["s1"] == ("waiting", None)
    settled(office, one, "sent")
    settled(office, two, "later")
    assert (buyer.states(page)["s1"], buyer.states(page)["s2"]) == (("sent", 250), ("failed", 250))
    with office.database.transaction() as connection:
        assert connection.execute(select(STOPPED)).all() == []
    assert [office.writings.remind(later(day), NOW + 1) for day in (14, 15, 16)] == [0, 1, 0]
    ((_, reminder),) = letters(office, "reminder")
    assert (reminder.to, reminder.subject) == ("contact@s1.example", "Achat de @exemple.gouv.fr : Rappel : Tonte")
    settled(office, two, "refused")
    assert buyer.states(page)["s2"] == ("refused", 250)
    with office.database.transaction() as connection:
        assert office.post.outbox.refusals.holds(connection, "contact@s2.example")
        assert not office.post.outbox.refusals.holds(connection, "contact@s1.example")
    assert buyer.states(buyer.write(day=1)) == {
        "s1": ("waiting", None),
        "s2": ("stopped", None),
        "s3": ("stopped", None),
    }


def test_a_message_that_comes_back_stops_its_mailbox_and_is_told_to_the_buyer_once(office: Office) -> None:
    buyer, writings = Buyer(office), office.writings
    page = buyer.write()
    id_ = writings.by_page(page, TODAY).id
    (_, _), (one, _) = letters(office, "writing")
    assert writings.bounced("x", "unknown", (), 550, TODAY, NOW) is None
    assert (
        writings.bounced("x", id_, {"autre@s1.example"}, 550, TODAY, NOW) is None and letters(office, "bounced") == []
    )
    for _ in range(2):
        assert writings.bounced(one, id_, (), 550, TODAY, NOW) == "contact@s1.example"
    ((_, told),) = letters(office, "bounced")
    assert (told.to, told.subject, told.stop) == (BUYER, "Message non remis : Structure 1", None)
    assert f"{PUBLIC}/ecrire/suivi/{page}" in told.text
    assert buyer.states(page) == {"s1": ("refused", 550), "s2": ("waiting", None), "s3": ("stopped", None)}
    assert writings.bounced("x", id_, {"contact@s2.example"}, None, TODAY, NOW) == "Contact@s2.example"
    assert buyer.states(page)["s2"] == ("refused", None) and len(letters(office, "bounced")) == 2


def test_a_link_stops_its_own_mailbox_and_drops_what_waits_for_it(office: Office) -> None:
    buyer, writings = Buyer(office), office.writings
    page = buyer.write()
    other = Buyer(office, "b@exemple.gouv.fr")
    second = other.write(ONE)
    (_, letter) = next(pair for pair in letters(office, "writing") if pair[1].to == "Contact@s2.example")
    token = str(letter.stop).rpartition("/")[2]
    assert writings.by_stop(token)[1] == TWO and writings.stop(token, TODAY)
    assert not writings.stop("0" * 40, TODAY) and not writings.stop("x", TODAY)
    assert buyer.states(page) == {"s1": ("waiting", None), "s2": ("stopped", None), "s3": ("stopped", None)}
    assert [each.to for _, each in letters(office, "writing")] == ["contact@s1.example"] * 2
    assert writings.drop_to("CONTACT@s1.example") == 2 and writings.drop_to("contact@s1.example") == 0
    assert buyer.states(page)["s1"] == other.states(second)["s1"] == ("stopped", None)
    assert writings.delete(writings.by_page(page, TODAY).id) == 1 and other.states(second)
    with pytest.raises(NotFound):
        buyer.states(page)


def test_what_nobody_confirms_or_is_over_is_deleted(office: Office) -> None:
    buyer, writings = Buyer(office), office.writings
    buyer.ask()
    assert [writings.tidy(later(day)) for day in (1, 2, 2)] == [0, 1, 0]
    buyer.write(closes=20)
    assert writings.tidy(later(80)) == 0 == writings.tidy(later(80), dry_run=True)
    assert [writings.tidy(later(81), dry_run=True), writings.tidy(later(81)), writings.tidy(later(81))] == [1, 1, 0]
    assert letters(office, "writing") == []


def test_a_buyer_has_a_share_of_a_day_and_a_mailbox_takes_three_messages(office: Office) -> None:
    office.writings.quota = 2
    buyer = Buyer(office)
    with pytest.raises(QuotaReached, match=r"2 messages par jour au plus .* il en reste 2 aujourd'hui"):
        buyer.ask()
    waiting = [buyer.token(buyer.ask(ONE, TWO)) for _ in range(2)]
    office.writings.confirm(waiting[0], TODAY, NOW)
    with pytest.raises(QuotaReached, match="il en reste 0 aujourd'hui"):
        office.writings.confirm(waiting[1], TODAY, NOW)
    with pytest.raises(QuotaReached, match="il en reste 0 aujourd'hui"):
        buyer.ask(ONE)
    assert buyer.ask(ONE, day=1) is not None
    office.writings.quota = 9
    pages = [Buyer(office, f"a@v{number}.gouv.fr").write(ONE) for number in range(3)]
    assert [buyer.states(page)["s1"][0] for page in pages] == ["waiting", "waiting", "full"]
    assert [buyer.ask(ONE, day=3) is None for _ in range(4)] == [False, False, False, True]


def accept(office: Office, state: str, ends_on: date | None = None) -> None:
    with office.database.transaction() as connection:
        connection.execute(update(REQUESTS).values(state=state, ends_on=ends_on))


def test_a_buyer_that_nobody_knows_waits_for_the_operator(office: Office) -> None:
    buyer, writings = Buyer(office, STRANGER), office.writings
    page, second = buyer.write(ONE), buyer.write(ONE)
    assert writings.by_page(page, TODAY).permission == "waiting" and letters(office, "writing") == []
    with office.database.transaction() as connection:
        (asked,) = connection.execute(select(REQUESTS)).all()
    assert (asked.kind, asked.name, asked.state) == ("sender", "@ville.example", "pending")
    assert '"count":1' in asked.content and '"organisation":"Ville"' in asked.content
    assert writings.release(TODAY, NOW) == 0
    accept(office, "accepted", later(0))
    writings.quota = 1
    assert writings.release(later(1), NOW) == 0, "the permission is over"
    assert writings.release(TODAY, NOW) == 1 and len(letters(office, "writing")) == 1
    states = [(writings.by_page(each, TODAY).permission, len(buyer.states(each))) for each in (page, second)]
    assert states == [("allowed", 1), ("allowed", 0)] or states == [("allowed", 0), ("allowed", 1)]
    writings.quota = 9
    assert writings.release(TODAY, NOW) == 1 and writings.release(TODAY, NOW) == 0
    accept(office, "refused")
    with pytest.raises(InvalidRequest, match="n'envoie pas pour @ville"):
        buyer.ask(ONE)


def test_a_structure_that_opposed_is_not_written_to(office: Office) -> None:
    office.writings._opposition.add(OPPOSED)
    buyer = Buyer(office)
    assert buyer.states(buyer.write()) == {"s1": ("waiting", None), "s2": ("stopped", None), "s3": ("stopped", None)}


def test_a_structure_that_opposed_since_is_not_reminded(office: Office) -> None:
    Buyer(office).write(remind=True)
    for letter, _ in letters(office, "writing"):
        settled(office, letter, "sent")
    office.writings._opposition.add(OPPOSED)
    assert office.writings.remind(later(15), NOW + 1) == 1
    assert [reminder.to for _, reminder in letters(office, "reminder")] == ["contact@s1.example"]


# -- letters that come back, links, what leaves by itself --------------------------------------------------------------


def test_a_letter_that_comes_back_is_noted_by_its_kind_and_again_when_it_is_read_twice(office: Office) -> None:
    page = Buyer(office).write(ONE)
    ((id_, letter),) = letters(office, "writing")
    with office.database.transaction() as connection:
        connection.execute(update(OUTBOX).values(state="sent"))
    message = message_of(letter, id_, office.post.sender)
    bounces = Bounces(office, TODAY, NOW)
    assert bounces.take(returned(message, status="4.4.1", code="421"))
    assert Buyer(office).states(page)["s1"] == ("waiting", None)
    assert bounces.take(returned(message)) and bounces.take(returned(message)) and not bounces.take(b"")
    del message["Message-ID"]
    message["Message-ID"] = f"<{'0' * 32}@exemple.example>"
    assert not bounces.take(returned(message))
    assert bounces.read.noted == {"writing": 1} and bounces.read.stopped == 0
    assert bounces.read.aside == {"later": 1, "again": 1, "garbage": 1, "unknown": 1}
    assert bounces.read.reasons() == (
        "avis déjà notés : 1, illisibles : 1, échecs pour un temps, notés : 1, avis d'un message que nous n'avons pas, ou plus : 1"
    )
    assert Buyer(office).states(page)["s1"] == ("refused", 550)


def test_only_news_that_a_mailbox_refuses_end_a_subscription(office: Office) -> None:
    tokens: list[str] = []

    def letter(token: str, followed: Any) -> Letter:
        tokens.append(token)
        return Letter(followed.address, "s", "t", "h", NOW)

    office.subscriptions.ask("a@b.example", "contracts", "q=a", "Tonte", "daily", TODAY, letter)
    followed = office.subscriptions.confirm(tokens[0], TODAY)
    for kind, state, of in (
        ("code", "refused", followed.id),
        ("news", "later", followed.id),
        ("news", "refused", None),
    ):
        assert settle(Delivered("x", kind, of, Outcome(state), True), office, TODAY) == 0  # type: ignore[arg-type]
    ended = [settle(Delivered("x", "news", followed.id, Outcome("refused"), True), office, TODAY) for _ in range(2)]
    assert ended == [1, 0] and office.subscriptions.counts() == (0, 0)


def test_a_link_of_a_sheet_leaves_once_a_week_and_ten_a_day_to_a_client(office: Office) -> None:
    about = Subject("s", OPPOSED, "Atelier fictif")
    invitations = office.invitations
    assert invitations.link(about, "contact@s.example", TODAY, NOW) == f"link-{OPPOSED}-20261124"
    ((_, letter),) = letters(office, "link")
    assert (letter.to, letter.subject) == ("contact@s.example", "Complétez la fiche de votre structure")
    assert "Atelier fictif" in letter.text and letter.stop and letter.made_at == NOW
    week = 7 * 86_400
    assert invitations.link(about, "contact@s.example", later(7), NOW + week - 1) is None
    assert invitations.link(about, "contact@s.example", later(7), NOW + week) is not None
    sirets = [f"{number:014}" for number in range(MOST_LINKS_A_DAY + 1)]
    for siret in sirets[:-1]:
        assert invitations.link(replace(about, siret=siret), f"c@s{siret}.example", TODAY, NOW, "client")
    with pytest.raises(Exception, match="demain"):
        invitations.link(replace(about, siret=sirets[-1]), "c@z.example", TODAY, NOW, "client")


def test_the_letter_of_the_week_says_what_is_broken() -> None:
    checks = [Check("a", False, "Ceci : vivier index"), Check("b", True, "bien")]
    letter = report_letter(checks, "o@v.example", PUBLIC, "Ville", TODAY, NOW)
    assert (letter.to, letter.subject, letter.made_at) == (
        "o@v.example",
        "Ceci demande quelqu'un : 1 point à réparer",
        NOW,
    )
    assert f"{PUBLIC}/revue/service" in letter.text and letter.stop is None
    assert report_letter(checks[1:], "o@v.example", PUBLIC, None, TODAY, NOW).subject == "Tout va bien"
    assert mailbox_of("mailto:a@b.example") == "a@b.example" and mailbox_of(None) is None
    assert mailbox_of("https://v.example/contact") is None


class Heard:
    """Who is told of troubles."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def begin(self, name: str, sentence: str) -> None:
        self.said.append((name, sentence))

    def end(self, name: str) -> None:
        self.said.append((name,))

    def note(self, name: str, value: object) -> None:
        raise AssertionError(name)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_sender_tells_a_relay_that_is_away_and_its_own_fault(office: Office) -> None:
    def fails() -> date:
        raise ValueError("no day")

    Buyer(office).write(ONE)
    heard = Heard()
    sender = Sender(office, lambda: TODAY, lambda: NOW)
    sender.listener = heard
    assert sender.once() == 1 and heard.said == [("relais", _AWAY)] and sender.once() == 1 and sender.once() == 0
    sender._tell(away=False)
    assert heard.said[1:] == [("relais", _AWAY), ("relais",)]
    heard.said.clear()
    for today, said in ((fails, [("relais", _STOPPED)]), (lambda: TODAY, [])):
        with Sender(office, today, lambda: NOW) as broken:
            broken.listener = heard
            broken.wake()
            if said:
                broken._thread.join()
        assert heard.said == said
        heard.said.clear()
