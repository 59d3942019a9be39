"""« vivier notify » killed (SIGKILL) at every moment, on a real database and a real mail server: nothing lost, doubles only where SMTP cannot tell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.house.walk import ROOT
from tests.mail.conftest import House
from tests.mail.mailbox import text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.engine.embedded.store import EmbeddedStore
from vivier.mail.outbox import LEASE

pytestmark = pytest.mark.long
READERS = [f"lecteur{number}@structure.example" for number in range(4)]
MOMENTS = (*range(1, 30, 3), *range(32, 60, 9))
"""Statements after which a run is killed: a whole run of four letters makes some sixty."""


@pytest.fixture
def many(house: House) -> House:
    """Four mailboxes that follow the same list; one more contract is published each day to come."""
    engine = EmbeddedStore(house.settings.generations)
    publish(engine, pages_suppliers(house.lexicon), house.lexicon)
    days = [TODAY + timedelta(days=number) for number in range(1, 80)]
    made = [contract_of(f"c{day}", f"Tonte {day}", notified=TODAY - timedelta(days=9), published=day) for day in days]
    serve_contracts(engine, made, house.lexicon)
    engine.close()
    for reader in READERS:
        house.follow("/courriel/contracts?q=tonte", reader)
    return house


@contextmanager
def runner(house: House) -> Iterator[Any]:
    """A function that runs « vivier notify » in processes of its own, and gives their exit codes."""
    settings = house.settings
    assert settings.smtp_url is not None and settings.mail_key is not None
    own = {
        "VIVIER_HOME": str(settings.home),
        "VIVIER_SMTP_URL": settings.smtp_url.get_secret_value(),
        "VIVIER_MAIL_FROM": str(settings.mail_from),
        "VIVIER_MAIL_KEY": settings.mail_key.get_secret_value(),
        "VIVIER_PUBLIC_URL": str(settings.public_url),
    }
    command = [sys.executable, "-m", "tests.mail.runs", str(settings.home / "pid")]
    piped: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, **piped) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == "ready\n"

        def run(kill: int | None = None, at_once: int = 1) -> list[int]:
            asked = {"day": house.clock.day.isoformat(), "now": house.clock.second, "kill": kill, "at_once": at_once}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            codes: list[int] = json.loads(process.stdout.readline())
            return codes

        yield run
        process.stdin.close()


def letters_of(house: House) -> dict[tuple[str, str], Counter[str]]:
    """For each reader and each item given: the message ids that gave it, and how many times each came."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for message, (reader,) in zip(house.box.messages, house.box.recipients, strict=True):
        for item in re.findall(r"/marches/(c\S+)", text_of(message)):
            found[reader, item][str(message["Message-ID"])] += 1
    return found


def test_a_run_killed_at_any_statement_loses_nothing_and_doubles_nothing(many: House) -> None:
    killed = 0
    with runner(many) as run:
        for moment in MOMENTS:
            many.clock.later(1)
            killed += run(kill=moment) == [-signal.SIGKILL]
            many.clock.second += LEASE + 1
            assert run() == [0]
    assert killed >= len(MOMENTS) * 3 // 4
    found = letters_of(many)
    wanted = {
        (reader, f"c{TODAY + timedelta(days=number)}") for reader in READERS for number in range(1, len(MOMENTS) + 1)
    }
    assert set(found) == wanted, "each item of each day reached each reader"
    assert {len(ids) for ids in found.values()} == {1}, "in one letter only"
    doubles = sum(count - 1 for ids in found.values() for count in ids.values())
    assert doubles <= killed, (
        "a double has the id of the first, and comes from a kill between the relay's yes and its note"
    )


def test_a_run_killed_by_the_mail_server_sends_the_same_letter_again(many: House) -> None:
    """The server takes the message and kills its sender before it answers: nobody can know, the letter comes twice under one id."""
    server, taken = many.box, many.box.handle_DATA
    pid = many.settings.home / "pid"

    async def taken_then_killed(smtp: SMTP, session: Session, envelope: Envelope) -> str:
        reply = await taken(smtp, session, envelope)
        if len(server.messages) == 2:
            os.kill(int(pid.read_text("ascii")), signal.SIGKILL)
        return reply

    server.handle_DATA = taken_then_killed  # type: ignore[method-assign]
    many.clock.later(1)
    with runner(many) as run:
        assert run() == [-signal.SIGKILL]
        assert len(server.messages) == 2
        assert run() == [0], "the claim of the dead holds until its lease is over"
        assert len(server.messages) == 4
        many.clock.second += LEASE + 1
        assert run() == [0]
    counts = Counter(str(message["Message-ID"]) for message in server.messages)
    assert sorted(counts.values()) == [1, 1, 1, 2]


def test_three_runs_at_once_send_each_letter_once(many: House) -> None:
    with runner(many) as run:
        for _ in range(8):
            many.clock.later(1)
            assert run(at_once=3) == [0, 0, 0]
    messages: list[EmailMessage] = many.box.messages
    assert len(messages) == 8 * len(READERS) == len({message["Message-ID"] for message in messages})


def test_nothing_private_is_printed(many: House, tmp_path: Path) -> None:
    """A relay that refuses, one that breaks: neither addresses nor searches reach the error stream."""
    many.clock.later(1)
    many.box.refusing = set(READERS[:2])
    many.box.busy = set(READERS[2:])
    settings = many.settings
    assert settings.smtp_url is not None and settings.mail_key is not None
    own = {
        "VIVIER_HOME": str(settings.home),
        "VIVIER_SMTP_URL": settings.smtp_url.get_secret_value(),
        "VIVIER_MAIL_FROM": str(settings.mail_from),
        "VIVIER_MAIL_KEY": settings.mail_key.get_secret_value(),
        "VIVIER_PUBLIC_URL": str(settings.public_url),
    }
    code = "from vivier.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "notify"],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode in (0, 1), done.stderr
    assert not re.search(r"@structure|lecteur|tonte", done.stdout + done.stderr)
    assert "abonnement" in done.stdout
