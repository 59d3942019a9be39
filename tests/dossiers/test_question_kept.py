"""The question that a dossier holds is read back as it was asked, or refused; it has a day and one to as many lots as a programme may have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.desk.read.asked import Settings
from vivier.desk.read.programme import MOST_LINES, Row
from vivier.dossiers.compose import hash_of, sealed
from vivier.dossiers.question import MOST_ANSWERS, Question, on, question_for, question_of
from vivier.errors import InvalidRequest

DAY = date(2026, 11, 24)


def lots(count: int) -> list[dict[str, Any]]:
    return [{"line": line, "values": {"text": "Tonte"}} for line in range(1, count + 1)]


def dossier(**changes: Any) -> dict[str, Any]:
    return {"question": {"as_of": "2026-11-24", "lots": lots(1)} | changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": None},
        {"lots": []},
        {"lots": lots(MOST_LINES + 1)},
        {"lots": [{"line": 1}]},
        {"answers": [{"line": 2}]},
        {"unknown": 1},
    ],
)
def test_a_question_that_is_not_whole_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="ne dit pas sa question"):
        question_of(dossier(**changes))


@pytest.mark.parametrize("count", [1, MOST_LINES])
def test_a_question_of_one_lot_or_of_a_whole_programme_is_read(count: int) -> None:
    found = question_of(dossier(lots=lots(count), joined=["x" * 501]))
    assert len(found.rows) == count and found.as_of == DAY and found.joined == ("x" * 500,)


def test_an_answer_of_who_opposed_since_is_left_out() -> None:
    gone = [{"opposed": True, "word": "[retirée]"}]
    assert question_of(dossier(answers=gone * MOST_ANSWERS)).answers == {}
    with pytest.raises(InvalidRequest):
        question_of(dossier(answers=gone * (MOST_ANSWERS + 1)))


def test_a_question_is_written_without_what_it_does_not_say_and_read_back() -> None:
    asked = question_for(Settings(), [Row(1, {"text": "Tonte"})], DAY)
    assert asked.as_of == DAY and question_for(Settings(as_of=date(2026, 1, 1)), [], DAY).as_of == date(2026, 1, 1)
    written = asked.as_json()
    assert None not in written.values() and "answers" not in written and "joined" not in written
    assert question_of({"question": written}) == asked
    assert on(asked, date(2027, 1, 1)) == Question(Settings(as_of=date(2027, 1, 1)), asked.rows)


def test_a_hash_is_of_what_is_said_whatever_the_order_of_its_members() -> None:
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1}) != hash_of({"a": 1})
    assert len(hash_of([])) == 64


def test_a_dossier_is_sealed_by_its_analysis_its_list_and_its_whole() -> None:
    lot = {"studied": True, "understood": {"line": 1}, "contacts": {"seed": "s", "structures": [{"id": "a"}]}}
    body: dict[str, object] = {"title": "Parcs", "as_of": DAY, "lots": [lot], "sha256": "old", "dossier_id": "d"}
    first = sealed(body)
    assert first["as_of"] == "2026-11-24" and first["sha256"] != "old"
    assert sealed(first) == first, "sealed again, it is the same"
    other_id, other_day = sealed(body | {"dossier_id": "e"}), sealed(body | {"as_of": date(2027, 1, 1)})
    hashes = ("list_sha256", "analysis_sha256", "sha256")
    assert [first[name] == other_id[name] for name in hashes] == [True, True, False]
    assert [first[name] == other_day[name] for name in hashes] == [True, False, False]
