"""How the order of an answer is measured: the first good one, those that must not be there, the mean."""

from __future__ import annotations

import pytest

from vivier.suppliers.judged import Ranking, judged_queries, judged_records, mean


def test_the_first_good_answer_and_the_wrong_ones_are_counted() -> None:
    sirets = {record.source_id: record.siret or "" for record in judged_records()}
    query = next(query for query in judged_queries() if {0, 1, 2} <= {*query.grades.values()})
    by_grade = {judgement.grade: judgement.supplier for judgement in query.judged}
    bad, poor, fair = (sirets[by_grade[grade]] for grade in (0, 1, 2))
    for found, reciprocal, wrong in (
        ((fair,), 1.0, ()),
        ((poor, "nobody", fair, bad), 1 / 3, (by_grade[0],)),
        ((bad, poor), 0.0, (by_grade[0],)),
        ((), 0.0, ()),
    ):
        ranking = Ranking(query, found)
        assert (ranking.reciprocal, ranking.wrong) == (reciprocal, wrong)
    assert mean(iter([1, 2, 6])) == 3
    with pytest.raises(ZeroDivisionError):
        mean([])
