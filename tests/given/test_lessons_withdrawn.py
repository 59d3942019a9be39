"""What answers of leads and of the questions of a week teach, and what an operator withdraws; what an archive joins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from vivier.errors import InvalidRequest, NotFound
from vivier.given.archive import _is_taken, _put_back
from vivier.given.lessons import lessons, taught, withdraw
from vivier.given.rounds import Rounds, rounds_of
from vivier.given.tables import LEAD_QUESTIONS, LEADS_REFUSED
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
WHO: dict[str, Any] = {"siret": "99910010000018", "kinds": "EI ACI", "departement": "35", "silent": False, "opener": 7}
KEPT: dict[str, Any] = {**WHO, "given_on": TODAY, "kept_until": TODAY, "teaches": True}


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    found = rounds_of(Settings(home=tmp_path))
    with closing(found.database):
        yield found


def test_answers_to_questions_teach_until_they_are_withdrawn(rounds: Rounds) -> None:
    asked = {**KEPT, "trade": "menage", "text": "Faites-vous du ménage ?"}
    rows = [
        {**asked, "structure": f"s{number}", "week": TODAY, "answer": answer}
        for number, answer in enumerate(("yes", "no", "later"))
    ]
    with rounds.database.transaction() as connection:
        connection.execute(insert(LEAD_QUESTIONS), rows)
        connection.execute(insert(LEAD_QUESTIONS), {**asked, "structure": "s9", "week": TODAY, "answer": None})
    yes, no, later = taught(rounds, TODAY)
    assert yes.lesson is not None and no.lesson is not None and later.lesson is None
    assert [(each.lesson.yes, each.lesson.no) for each in (yes, no) if each.lesson] == [(1.0, 0.0), (0.0, 1.0)]
    assert (yes.lesson.unit, yes.lesson.kinds, yes.lesson.trades) == ("999100100", ("EI", "ACI"), ("menage",))
    assert "Faites-vous du ménage ?" in yes.answer and yes.id.startswith("q") and not yes.withdrawn
    assert withdraw(rounds, yes.id) == 1 and [each.withdrawn for each in taught(rounds, TODAY)] == [True, False, False]
    assert len(lessons(rounds, TODAY)) == 1
    with pytest.raises(NotFound):
        withdraw(rounds, yes.id)
    assert taught(rounds, date(2026, 11, 25)) == []


def test_a_lead_set_aside_teaches_until_it_is_withdrawn(rounds: Rounds) -> None:
    leads = [
        {**KEPT, "structure": "s1", "lead": f"contracts:{number}", "why": "trade", "trades": "menage"}
        for number in (1, 2)
    ]
    with rounds.database.transaction() as connection:
        connection.execute(insert(LEADS_REFUSED), leads)
    one, other = taught(rounds, TODAY)
    assert one.answer.startswith("opportunité écartée : ") and one.id.startswith("o") and one.id != other.id
    assert one.lesson is not None and (one.lesson.unit, one.lesson.asked_by) == ("999100100", 7)
    assert withdraw(rounds, one.id) == 1 and len(lessons(rounds, TODAY)) == 1
    with pytest.raises(InvalidRequest):
        withdraw(rounds, "??")


def test_the_journal_and_the_opposition_of_an_archive_are_joined_to_those_that_are_there(tmp_path: Path) -> None:
    settings, source = Settings(home=tmp_path / "home"), tmp_path / "source"
    settings.home.mkdir()
    joined = {
        "audit.jsonl": (b"b\nc\n", b"a\nb\n", b"a\nb\nc\n"),
        "opposed.txt": (b"w\nx\n", b"w\na\nx\n", b"w\na\nx\n"),
        "identity/decisions.csv": (b"here", b"there", b"there"),
    }
    for name, (present, archived, after) in joined.items():
        target = settings.home / name
        target.parent.mkdir(exist_ok=True)
        source.write_bytes(archived)
        assert not _is_taken(settings, name)
        _put_back(settings, name, source)
        assert target.read_bytes() == archived and _is_taken(settings, name) is (
            name not in ("audit.jsonl", "opposed.txt")
        )
        target.write_bytes(present)
        _put_back(settings, name, source)
        assert target.read_bytes() == after
    source.write_bytes(b"other\na\n")
    with pytest.raises(InvalidRequest, match="sel"):
        _put_back(settings, "opposed.txt", source)
