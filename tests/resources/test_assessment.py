"""The self-assessment: monotone, whatever the order of answers, and an unknown is neither the worst nor the best."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import read_table
from vivier.errors import InvalidRequest
from vivier.lexicon import load_lexicon
from vivier.resources import CONSIDERATIONS
from vivier.self_assessment import (
    MAX_FAMILIES,
    AssessmentQuery,
    Scope,
    assess,
    families,
    levels,
    questions,
    score,
)

OF_FAMILY = [question for question in questions() if question.scope == "family"]
FAMILIES = st.deferred(lambda: st.sampled_from(sorted(families(load_lexicon()))))
scopes: st.SearchStrategy[Scope] = st.sampled_from(("family", "organisation"))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Scope, dict[str, str]]:
    """A scope and answers to some of its questions."""
    scope = draw(scopes)
    asked = [question for question in questions() if question.scope == scope]
    chosen = {question.code: draw(st.sampled_from((None, *question.answers))) for question in asked}
    return scope, {code: answer.code for code, answer in chosen.items() if answer is not None}


def test_the_questionnaire_is_short_and_has_both_scopes() -> None:
    assert 8 <= len(questions()) <= 12
    assert {question.scope for question in questions()} == {"family", "organisation"}
    assert len({question.code for question in questions()}) == len(questions())


def test_every_text_is_there_and_every_answer_is_of_a_question() -> None:
    for table in ("assessment_questions", "assessment_answers", "assessment_levels"):
        for row in read_table(table):
            told = [value for name, value in row.items() if name != "considerations"]
            assert None not in row and all(value and value.strip() for value in told), (table, row)
    assert {row["question"] for row in read_table("assessment_answers")} == {one.code for one in questions()}
    assert all(set(question.considerations) <= CONSIDERATIONS.keys() for question in questions())


def test_an_article_cited_is_in_the_table_of_the_law() -> None:
    known = {row["code"] for row in read_table("articles")}
    rows = [row for table in ("assessment_questions", "assessment_answers") for row in read_table(table)]
    cited = {code for row in rows for text in row.values() for code in re.findall(r"\b[LRD]\d{4}-\d+(?:-\d+)?", text)}
    assert cited and cited <= known


def test_levels_begin_at_zero_and_cover_every_score() -> None:
    assert levels()[0].from_points == 0 and levels()[-1].from_points <= 100
    assert len({level.code for level in levels()}) == len(levels()) == 3


def test_a_family_is_a_group_of_trades_or_a_division_of_the_cpv() -> None:
    known = families(load_lexicon())
    assert known["proprete"].cpv is None and "nettoyage-vitres" in known["proprete"].trades
    assert known["90"].cpv == "90" and known["90"].name.endswith("(CPV 90)") and known["90"].trades
    assert "66" not in known
    assert all(family.trades for family in known.values())


@given(answered())
def test_a_score_is_a_range_on_a_hundred(case: tuple[Scope, dict[str, str]]) -> None:
    found = score(*case)
    assert 0 <= found.low <= found.central <= found.high <= 100
    assert (found.low == found.high) == (not found.unknown)
    assert len(found.reasons) + len(found.unknown) == sum(question.scope == case[0] for question in questions())


@given(answered(), st.data())
def test_an_answer_that_pleads_more_never_lowers_anything(
    case: tuple[Scope, dict[str, str]], data: st.DataObject
) -> None:
    scope, given_ = case
    question = data.draw(st.sampled_from([one for one in questions() if one.scope == scope]))
    less, more = sorted(data.draw(st.permutations(question.answers))[:2], key=lambda answer: answer.points)
    before, after = (score(scope, {**given_, question.code: answer.code}) for answer in (less, more))
    assert (before.low, before.central, before.high) <= (after.low, after.central, after.high)
    assert before.low <= after.low and before.high <= after.high
    assert before.level is not None and after.level is not None
    assert before.level.from_points <= after.level.from_points


@given(answered(), st.data())
def test_an_unknown_stands_between_the_worst_and_the_best(
    case: tuple[Scope, dict[str, str]], data: st.DataObject
) -> None:
    scope, given_ = case
    question = data.draw(st.sampled_from([one for one in questions() if one.scope == scope]))
    rest = {code: answer for code, answer in given_.items() if code != question.code}
    unknown = score(scope, rest)
    told = [score(scope, {**rest, question.code: answer.code}) for answer in question.answers]
    assert min(one.central for one in told) < unknown.central < max(one.central for one in told)
    assert all(unknown.low <= one.low and one.high <= unknown.high for one in told)


@given(answered())
def test_parts_of_a_score_add_up_to_its_low_bound_and_what_the_unknown_cannot_go_under(
    case: tuple[Scope, dict[str, str]],
) -> None:
    found = score(*case)
    total = sum(question.weight for question in questions() if question.scope == case[0])
    least = sum(question.low * question.weight / total for question in found.unknown)
    assert sum(reason.part for reason in found.reasons) + least == pytest.approx(found.low, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(FAMILIES, min_size=1, max_size=4, unique=True), st.randoms())
def test_the_order_of_families_and_answers_does_not_matter(codes: list[str], shuffler: random.Random) -> None:
    answers = [
        f"{code}:{one.code}:{one.answers[len(code) % len(one.answers)].code}" for code in codes for one in OF_FAMILY
    ]
    answers.append("team:nobody")
    first = assess(AssessmentQuery(family=tuple(codes), answer=tuple(answers)), load_lexicon())
    shuffler.shuffle(codes)
    shuffler.shuffle(answers)
    assert assess(AssessmentQuery(family=tuple(codes), answer=tuple(answers)), load_lexicon()) == first


def test_the_most_pressing_family_comes_first_and_the_unknown_last() -> None:
    answers = ("numerique:social:most", "proprete:social:none", "proprete:renewal:soon")
    found = assess(AssessmentQuery(family=("textile", "numerique", "proprete"), answer=answers), load_lexicon())
    assert [one.family.code for one in found.families] == ["proprete", "numerique", "textile"]
    assert found.families[-1].score.level is None and found.organisation is None


def test_a_level_is_to_confirm_while_the_range_spans_others() -> None:
    assert not score("family", {"volume": "large"}).confirmed
    complete = {question.code: max(question.answers, key=lambda a: a.points).code for question in OF_FAMILY}
    full = score("family", complete)
    assert full.confirmed and full.central == 100 and full.level is not None and full.level.code == "first"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("proprete:volume:huge", "réponses admises"),
        ("proprete:couleur:bleu", "ne nomme aucune question"),
        ("textile:volume:large", "avec une famille demandée"),
        ("volume:large", "famille:volume:large"),
        ("proprete:team:nobody", "concerne l'organisation"),
        ("::", "ne nomme aucune question"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_with_what_to_write(answer: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        assess(AssessmentQuery(family=("proprete",), answer=(answer,)), load_lexicon())
    assert [error.field for error in refused.value.errors] == ["answer"]
    assert said in refused.value.errors[0].message


def test_two_answers_to_one_question_are_refused_and_the_same_one_twice_is_not() -> None:
    with pytest.raises(InvalidRequest, match="Deux réponses"):
        assess(AssessmentQuery(answer=("team:nobody", "team:alone")), load_lexicon())
    assert assess(AssessmentQuery(answer=("team:nobody", "team:nobody")), load_lexicon()).organisation is not None


@pytest.mark.slow
@given(st.lists(st.text(min_size=1, max_size=30), max_size=5))
def test_any_text_as_an_answer_is_read_or_refused(answers: list[str]) -> None:
    try:
        assess(AssessmentQuery(family=("proprete",), answer=tuple(answers)), load_lexicon())
    except InvalidRequest as refused:
        assert refused.errors


def test_the_form_of_every_family_fits_its_bounds() -> None:
    most = MAX_FAMILIES * len(OF_FAMILY) + sum(question.scope == "organisation" for question in questions())
    assert most <= 100
