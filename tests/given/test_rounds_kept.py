"""What the database keeps of rounds: who may answer until when, which rounds go together, what goes with their last day."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.given.conftest import empty_home
from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings as Asked
from vivier.desk.read.programme import Row
from vivier.desk.read.replies import reply_of
from vivier.dossiers.question import question_for
from vivier.errors import InvalidRequest, NotFound
from vivier.given.asked import MOST_OPEN_DAYS, OPEN_DAYS, Opening, check_nobody
from vivier.given.database import Database
from vivier.given.round import (
    AnswerTaken,
    Inquiry,
    Invited,
    Round,
    RoundClosed,
    RoundGone,
    RoundsFull,
    sibling_of,
    token_of,
)
from vivier.given.rounds import DAYS, OPENERS, Rounds, opener_of
from vivier.given.tell import MERGED, TOGETHER, mail_merge, mail_merge_together, year_of
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
SIRET = "90000000100017"
ROWS = (
    Row(1, {"text": "entretien des espaces verts", "place": "Rennes", "amount": "100000", "months": "24"}),
    Row(2, {"text": "nettoyage des locaux", "place": "Rennes"}),
    Row(3, {"text": "traiteur", "place": "Rennes"}),
)


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


def invited(rank: int, structure: str, *sirets: str) -> Invited:
    return Invited(rank, structure, f"ATELIER {structure.upper()}", ("EI", "EA"), "Rennes", None, sirets, "35", False)


A, B, C = invited(1, "a", SIRET), invited(2, "b"), invited(1, "c")
TOGETHER_ASKED = (Inquiry(1, (A, B), "s", ("tonte",)), Inquiry(3, (C,), "u"), Inquiry(2, (C, replace(A, rank=2)), "t"))


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    settings = Settings.model_validate(
        {"home": empty_home(tmp_path), "opposition_salt": "un sel assez long pour servir"}
    )
    with closing(Database(settings.given_address)) as database:
        yield Rounds(database, Opposition(settings), DAYS, 3)


def opened(rounds: Rounds, *inquiries: Inquiry, closes: int = 20, client: str = "", organisation: str = "Ville") -> str:
    question = question_for(Asked(title="Parcs"), ROWS, TODAY)
    return rounds.open(
        question, inquiries or TOGETHER_ASKED, TODAY, later(closes), organisation, tells_amount=True, client=client
    )


def answer(structure: str, can: Any = "yes", day: int = 0, by: Any = "structure", **more: Any) -> Answer:
    return Answer(structure, can, later(day), by, **more)


def test_rounds_opened_together_are_read_by_the_first_and_by_each_link(rounds: Rounds) -> None:
    id_ = opened(rounds)
    read = rounds.read(id_, TODAY)
    assert (read.line, read.organisation, read.seed, read.tells_amount, read.withdrawn) == (1, "Ville", "s", True, 0)
    assert (read.opened_on, read.closes_on, read.kept_until) == (TODAY, later(20), later(DAYS))
    assert read.invited == (A, B) and read.answers == () and read.question.rows == ROWS
    siblings = rounds.siblings(id_, read, TODAY)
    assert [(each.line, own) for each, own in siblings] == [(2, sibling_of(id_, 2)), (3, sibling_of(id_, 3))]
    second, own = siblings[0]
    assert rounds.read(own, TODAY) == second and rounds.siblings(own, second, TODAY) == ()
    found = rounds.by_link(token_of(id_, "a"), TODAY)
    assert [(each.line, one) for each, one in found] == [(1, A), (2, replace(A, rank=2))]
    assert [each.line for each, _ in rounds.by_link(token_of(own, "a"), TODAY)] == [2, 1]
    assert [each.line for each, _ in rounds.by_link(token_of(own, "c"), TODAY)] == [2, 3]
    for wrong in ("0" * 40, "x", token_of(id_, "c")):
        with pytest.raises(NotFound):
            rounds.by_link(wrong, TODAY)
    rounds.delete(own, TODAY)
    assert [each.line for each, _ in rounds.siblings(id_, read, TODAY)] == [3]
    assert [each.line for each, _ in rounds.by_link(token_of(id_, "a"), TODAY)] == [1]
    for lost in (lambda: rounds.read(own, TODAY), lambda: rounds.by_link(token_of(own, "c"), TODAY)):
        with pytest.raises((RoundGone, NotFound)):
            lost()


def test_a_register_takes_its_rounds_all_or_none(rounds: Rounds) -> None:
    alone = opened(rounds, TOGETHER_ASKED[0], client="ff")
    read = rounds.read(alone, TODAY)
    assert read.together is None and rounds.siblings(alone, read, TODAY) == ()
    with pytest.raises(RoundsFull):
        opened(rounds)
    two = opened(rounds, *TOGETHER_ASKED[:2])
    with pytest.raises(RoundsFull):
        opened(rounds, TOGETHER_ASKED[0])
    rounds.delete(two, TODAY)
    assert opened(rounds, TOGETHER_ASKED[0])
    assert (opener_of(""), opener_of("ff"), opener_of("100"), OPENERS) == (None, 255, 0, 256)


def test_a_structure_answers_until_the_last_day_and_its_answer_is_its_own(rounds: Rounds) -> None:
    id_ = opened(rounds, TOGETHER_ASKED[0])

    def read(day: int = 0) -> Round:
        return rounds.read(id_, later(day))

    with pytest.raises(InvalidRequest, match="« z » n'est pas sur la liste"):
        rounds.answer(read(), [answer("a"), answer("z")], TODAY)
    assert read().answers == ()
    rounds.answer(read(), [answer("b", by="facilitator", day=1), answer("a", "part", volume=5_000.0)], later(20))
    assert [(each.structure, each.can, each.volume) for each in read().answers] == [
        ("a", "part", 5_000),
        ("b", "yes", None),
    ]
    assert read().answer_of("b") == answer("b", by="facilitator", day=1) and read().answer_of("z") is None
    assert read().names() == {"a": "ATELIER A", "b": "ATELIER B"}
    assert read().answered.answers == {1: read().answers} and replace(read(), answers=()).answered.answers == {}
    rounds.answer(read(), [answer("b", "no", day=2)], later(2))
    with pytest.raises(AnswerTaken, match="« ATELIER B » a répondu elle-même"):
        rounds.answer(read(), [answer("b", by="facilitator", day=3)], later(3))
    assert not rounds.withdraw(read(), "b", "facilitator", TODAY)
    assert rounds.withdraw(read(), "b", "structure", later(20)) and not rounds.withdraw(read(), "b", "structure", TODAY)
    assert [each.structure for each in read().answers] == ["a"], "the neighbour's answer stays"
    for late in (
        lambda: rounds.answer(read(), [answer("b")], later(21)),
        lambda: rounds.withdraw(read(), "a", "structure", later(21)),
    ):
        with pytest.raises(RoundClosed, match="close depuis le 14/12/2026"):
            late()
    rounds.answer(read(), [answer("b", by="facilitator", day=21)], later(21))
    assert rounds.withdraw(read(), "b", "facilitator", later(30))


def test_the_last_day_is_moved_later_and_no_later_than_the_round(rounds: Rounds) -> None:
    id_, other = opened(rounds, TOGETHER_ASKED[0]), opened(rounds, TOGETHER_ASKED[1])
    read = rounds.read(id_, TODAY)
    for until, today in ((20, 0), (DAYS + 1, 0), (25, 26)):
        with pytest.raises(InvalidRequest, match="« closes_on » doit être compris entre"):
            rounds.extend(read, later(until), later(today))
    for until, today in ((21, 0), (26, 26), (DAYS, 30)):
        rounds.extend(read, later(until), later(today))
        assert rounds.read(id_, TODAY).closes_on == later(until)
    assert rounds.read(other, TODAY).closes_on == later(20)


def test_a_round_goes_with_its_last_day_and_who_opposed_at_once(rounds: Rounds) -> None:
    id_ = opened(rounds, TOGETHER_ASKED[0])
    rounds.answer(rounds.read(id_, TODAY), [answer("a"), answer("b")], TODAY)
    rounds.opposition.add(SIRET)
    kept = opened(rounds, Inquiry(1, (invited(1, "a", "90000001900019", SIRET), B), "s"))
    assert rounds.purge(TODAY) == 0
    with rounds.database.transaction() as connection:
        assert rounds._take_off(connection, rounds.read(kept, TODAY).key) == 1, "the purge did it"
    read = rounds.read(id_, TODAY)
    assert (read.invited, [each.structure for each in read.answers], read.withdrawn) == ((B,), ["b"], 1)
    assert rounds.read(id_, TODAY).withdrawn == 1
    with pytest.raises(NotFound):
        rounds.by_link(token_of(id_, "a"), TODAY)
    assert rounds.read(id_, later(DAYS)).line == 1
    with pytest.raises(RoundGone):
        rounds.read(id_, later(DAYS + 1))
    after = later(DAYS + 1)
    assert rounds.purge(later(DAYS), dry_run=True) == 0 and rounds.purge(after, dry_run=True) == 2
    assert rounds.read(id_, TODAY).invited == (B,)
    assert rounds.purge(after) == 2 and rounds.purge(after) == 0
    with pytest.raises(RoundGone):
        rounds.read(id_, TODAY)


def table(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_one_letter_asks_a_structure_about_its_lots_by_one_link_when_they_go_together(rounds: Rounds) -> None:
    id_ = opened(rounds, TOGETHER_ASKED[0], TOGETHER_ASKED[2])
    own = sibling_of(id_, 2)
    rounds.answer(rounds.read(own, TODAY), [answer("a")], TODAY)
    alone = opened(rounds, Inquiry(3, (replace(A, commune=None),), "u"), closes=15, organisation="Autre")
    every = [
        (rounds.read(each, TODAY), each, text) for each, text in ((id_, "Tonte"), (own, "Ménage"), (alone, "Repas"))
    ]

    def link(round_id: str, structure: str, day: str = "14/12/2026") -> str:
        return f"https://v.example/r/{token_of(round_id, structure)} (avant le {day})"

    both, single = f"Tonte ; Ménage : {link(id_, 'a')}", f"Repas : {link(alone, 'a', '09/12/2026')}"
    of = ["EI, EA", SIRET, ""]
    assert table(mail_merge_together(every, "https://v.example")) == [
        [*TOGETHER],
        ["Atelier a", "Rennes", *of, "3", f"{both} | {single}", "09/12/2026", "Ville", "1"],
        ["Atelier B", "Rennes", "EI, EA", "", "", "1", f"Tonte : {link(id_, 'b')}", "14/12/2026", "Ville", "0"],
        ["Atelier C", "Rennes", "EI, EA", "", "", "1", f"Ménage : {link(own, 'c')}", "14/12/2026", "Ville", "0"],
    ]
    assert table(mail_merge(every[1][0], own, "https://v.example", "Ménage")) == [
        [*MERGED],
        ["1", "Atelier C", "Rennes", "EI, EA", "", "", link(own, "c")[:-22], "14/12/2026", "Ménage", "Ville", ""],
        ["2", "Atelier a", "Rennes", *of, link(own, "a")[:-22], "14/12/2026", "Ménage", "Ville", "24/11/2026"],
    ]


def test_the_year_of_a_lot_is_its_amount_by_year_and_unknown_without_amount(rounds: Rounds, lexicon: Lexicon) -> None:
    read = rounds.read(opened(rounds, TOGETHER_ASKED[0]), TODAY)
    assert year_of(read, lexicon) == 50_000 and year_of(replace(read, line=2), lexicon) is None


@pytest.mark.parametrize(
    ("closes", "days", "last"),
    [(None, DAYS, OPEN_DAYS), (None, 9, 9), (0, DAYS, 0), (MOST_OPEN_DAYS, DAYS, MOST_OPEN_DAYS), (9, 9, 9)],
)
def test_a_round_closes_on_its_day_else_after_three_weeks(closes: int | None, days: int, last: int) -> None:
    asked = Opening(closes_on=None if closes is None else later(closes))
    assert asked.last_day(TODAY, days) == later(last)


@pytest.mark.parametrize(("closes", "days"), [(-1, DAYS), (MOST_OPEN_DAYS + 1, DAYS), (10, 9)])
def test_a_day_that_is_past_or_too_far_closes_no_round(closes: int, days: int) -> None:
    with pytest.raises(InvalidRequest, match="« closes_on » doit être compris entre aujourd'hui et le"):
        Opening(closes_on=later(closes)).last_day(TODAY, days)


def test_a_round_names_nobody() -> None:
    check_nobody("Ville de Rennes", "Parcs")
    with pytest.raises(InvalidRequest) as refused:
        check_nobody("Mme Martin", "jean.dupont@example.org")
    assert [error.field for error in refused.value.errors] == ["organisation", "title"]


@pytest.mark.parametrize(
    ("reply", "field", "code"),
    [
        ({}, "can", "invalid_value"),
        ({"can": "maybe"}, "can", "unknown_value"),
        ({"can": "yes", "volume": 0}, "volume", "out_of_range"),
        ({"can": "yes", "volume": "beaucoup"}, "volume", "invalid_value"),
        ({"can": "yes", "volume": "80 000 € TTC"}, "volume", "invalid_value"),
        ({"can": "yes", "volume": 1e12}, "volume", "out_of_range"),
        ({"can": "yes", "volume": 59_999}, "volume", "inconsistent"),
        ({"can": "no", "volume": 10_000}, "volume", "inconsistent"),
        ({"can": "no", "together": "alone"}, "together", "inconsistent"),
        ({"can": "yes", "why": "far"}, "why", "inconsistent"),
        ({"can": "yes", "start": "bientôt"}, "start", "invalid_value"),
        ({"can": "yes", "start": "2019-03-31"}, "start", "out_of_range"),
        ({"can": "yes", "article": "L1"}, "article", "unknown_value"),
        ({"can": "yes", "together": "Mme Martin"}, "together", "unknown_value"),
        ({"can": "yes", "comment": "appelez-moi"}, "comment", "unknown_parameter"),
    ],
)
def test_an_answer_is_refused_by_its_field(reply: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        reply_of(reply, 60_000)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("reply", "year", "read"),
    [
        ({"can": "yes", "volume": "60 k€"}, 60_000, answer("a", volume=60_000.0)),
        ({"can": "yes", "volume": 10}, None, answer("a", volume=10.0)),
        ({"can": "part", "volume": 10, "why": "large"}, 60_000, answer("a", "part", volume=10.0, why="large")),
        ({"can": "no", "why": "far", "together": "", "volume": ""}, 60_000, answer("a", "no", why="far")),
        (
            {"can": "yes", "start": "15/03/2027", "together": "company", "article": "L2113-12"},
            None,
            answer("a", start=date(2027, 3, 15), together="company", article="L2113-12"),
        ),
    ],
)
def test_an_answer_is_read_as_it_is_typed(reply: dict[str, Any], year: float | None, read: Answer) -> None:
    assert reply_of(reply, year).answer("a", "structure", TODAY) == read


def test_the_number_of_another_register_is_no_siret() -> None:
    assert invited(1, "atelier", "esat:350046538").siret is None
    assert invited(1, "atelier", "esat:350046538", SIRET).siret == SIRET
