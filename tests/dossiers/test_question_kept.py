"""The question that a dossier holds is read back as it was asked, or refused; it has a day and one to as many lots as a programme may have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings
from vivier.desk.read.programme import MOST_LINES, Row
from vivier.dossiers.compose import hash_of, lot_clauses, sealed
from vivier.dossiers.question import MOST_ANSWERS, Question, question_for, question_of
from vivier.dossiers.studies import Draft
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon

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


def test_answers_are_kept_by_line_and_read_back_as_they_were_given() -> None:
    given = (
        Answer("a", "part", DAY, "structure", 5_000.0, date(2027, 3, 1), "inclusive", "L2113-12", None, DAY, "Liste"),
        Answer("b", "no", DAY, "facilitator", why="far"),
    )
    rows = (Row(1, {"text": "Tonte"}), Row(4, {"text": "Taille"}))
    asked = Question(Settings(as_of=DAY, title="Parcs"), rows, {4: given, 1: given[1:]}, ("Deux enquêtes.",))
    written = asked.as_json()
    assert written["lots"] == [{"line": 1, "values": {"text": "Tonte"}}, {"line": 4, "values": {"text": "Taille"}}]
    assert [each["line"] for each in written["answers"]] == [4, 4, 1]  # type: ignore[attr-defined]
    assert (written["title"], written["as_of"], written["joined"]) == ("Parcs", "2026-11-24", ["Deux enquêtes."])
    assert question_of({"question": written}) == asked


@pytest.mark.parametrize(
    ("lot", "read"),
    [
        ({"line": 3, "values": {"text": "a" * 4_000}}, True),
        ({"line": 3, "values": {"text": "a" * 4_001}}, False),
        ({"line": 3, "values": {"text": 5}}, False),
        ({"line": "3", "values": {"text": "a"}}, False),
        ({"line": 3, "values": {"zzz": "a"}}, False),
        ({"line": 3, "values": {}}, True),
    ],
)
def test_a_lot_of_a_question_is_texts_under_known_headings(lot: dict[str, Any], read: bool) -> None:
    if read:
        assert question_of(dossier(lots=[lot])).rows == (Row(3, lot["values"]),)
        return
    with pytest.raises(InvalidRequest):
        question_of(dossier(lots=[lot]))


@pytest.mark.parametrize("body", [None, [], "x", {"lots": [], "as_of": "2026-11-24"}])
def test_a_dossier_without_a_question_cannot_be_read(body: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        question_of({"question": body})
    assert [(error.field, error.code) for error in refused.value.errors] == [("dossier", "no_question")]


def test_a_study_is_tried_at_another_rate_effort_or_by_part() -> None:
    draft = Draft({"title": "Parcs"}, (Row(1, {"text": "Tonte", "response_rate": "20 %"}),), DAY)
    rate, effort, part = draft.with_rate(0.25), draft.with_effort(0.1), draft.by_part()
    assert rate.fields == {"title": "Parcs", "response_rate": "0,25"} and "20 %" not in str(rate.rows)
    assert (effort.fields, effort.rows) == ({"title": "Parcs", "effort": "0,1"}, draft.rows)
    assert (part.fields, part.rows, part.until) == ({"title": "Parcs", "by_part": "oui"}, draft.rows, DAY)


def test_the_social_clauses_of_a_lot_are_those_of_its_first_trade_and_the_others_are_of_each(lexicon: Lexicon) -> None:
    def lot(*codes: str) -> dict[str, Any]:
        trades = [{"code": code, "label_fr": lexicon.trades.get(code).name} for code in codes]
        understood = {"text": "Tonte", "months": 12, "kind": "marche", "trades": trades}
        return {"studied": True, "understood": understood, "hours": None, "recommended": None, "to_confirm": None}

    found = lot_clauses(lot("traduction", "entretien-espaces-verts", "traiteur"), lexicon)
    assert found is not None and found["without"] == [lexicon.trades.get("traduction").name]
    assert found["notice"].startswith("Proposition de rédaction")
    assert [(clause["kind"], clause["trade"]) for clause in found["proposed"]] == [
        *[("social", "traduction")] * 2,
        *[("environmental", "entretien-espaces-verts")] * 2,
        *[("environmental", "traiteur")] * 2,
    ]
    assert lot_clauses({"studied": False}, lexicon) is None
