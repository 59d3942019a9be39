"""A kind that leaves nobody opens the group of those who do the trade under another kind; one that has somebody is a wall."""

from __future__ import annotations

from tests.suppliers.conftest import House
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import AnswerGroup, groups

ASKED = {"trade": "entretien-espaces-verts", "territory": "region:84"}


def answered(demo: House, **asked: str) -> dict[str, AnswerGroup]:
    found = demo.ask(**ASKED, **asked)
    return {group.code: group for group in groups(found, Snapshot(demo.engine), demo.lexicon)}


def test_a_kind_that_leaves_nobody_opens_those_of_another_kind(demo: House) -> None:
    given = answered(demo, kind="EITI")
    assert given["exact"].total == 0
    assert list(given).index("other_kind") < list(given).index("farther")
    other = given["other_kind"]
    assert other.total == len(demo.all(**ASKED)) > 0
    assert other.total == len(demo.all(**ASKED, kind="EITI", group="other_kind"))
    assert "d’un autre type" in other.sentence and "Personne du type demandé" in other.sentence
    assert all(any(reason.code == "other_kind" for reason in result.reasons) for result in other.results)


def test_a_kind_that_somebody_has_is_a_wall(demo: House) -> None:
    given = answered(demo, kind="ESAT")
    assert given["exact"].total and "other_kind" not in given


def test_a_search_without_a_kind_has_no_such_group(demo: House) -> None:
    assert "other_kind" not in answered(demo)
