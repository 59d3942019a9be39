"""What is asked of the engine for a list of contracts or notices: days, orders, and how recent what is found is."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.contracts.plan import plan_list
from vivier.contracts.query import ContractQuery, ListQuery, NoticeQuery
from vivier.lexicon import Lexicon
from vivier.search.operators import All, Not, Part, Phrase, Range, Sort, Terms, Text, Tier

AS_OF, TODAY = date(2026, 11, 24), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        (ContractQuery(), (Sort("score"), Sort("notified", descending=True))),
        (NoticeQuery(), (Sort("score"), Sort("published", descending=True))),
        (ContractQuery(sort="notified"), (Sort("notified", descending=True),)),
        (ContractQuery(sort="amount"), (Sort("amount", descending=True),)),
        (ContractQuery(sort="ends"), (Sort("score"), Sort("ends"))),
        (ContractQuery(sort="ends", q="pelouses"), (Sort("ends"),)),
        (NoticeQuery(sort="published"), (Sort("published", descending=True),)),
        (NoticeQuery(sort="deadline"), (Sort("deadline"),)),
    ],
)
def test_what_ends_comes_soonest_first_and_what_began_latest_first(
    lexicon: Lexicon, query: ListQuery, sort: tuple[Sort, ...]
) -> None:
    assert plan_list(query, lexicon, TODAY).search.sort == sort


def test_what_ends_from_a_day_on_comes_before_what_ended(lexicon: Lexicon) -> None:
    parts = plan_list(ContractQuery(sort="ends"), lexicon, TODAY).search.parts
    assert parts == (Part("to_come", (Tier(Range("ends", gte="2026-12-01"), 10_000),)),)


def test_contracts_are_those_of_a_day_and_the_latest_weigh_most(lexicon: Lexicon) -> None:
    query = ContractQuery(q="pelouses", ending_months=6, renewed=("no",), as_of=AS_OF)
    search = plan_list(query, lexicon, TODAY).search
    renewed = Range("renewed_on", lte="2026-11-24")
    assert isinstance(search.where, All) and search.where.of[:3] == (
        Not(renewed),
        Range("notified", lte="2026-11-24", missing=True),
        Range("ends", gte="2026-11-24", lte="2027-05-24"),
    )
    since = {"2026-08-26": 2000, "2025-11-24": 1600, "2024-11-24": 1200, "2022-11-25": 600}
    ladder = tuple(Tier(Range("notified", gte=day), points) for day, points in since.items())
    assert search.parts[-1] == Part("recency", ladder)
    assert search.text == Text(((Phrase("text_object", ("pelous",), 7000), Phrase("text_parties", ("pelous",), 4900)),))
    assert [tier.points for tier in search.parts[0].tiers] == [1000, 800]
    asked = [
        plan_list(ContractQuery(renewed=one), lexicon, AS_OF).search.where for one in (("yes",), ("yes", "no"), ())
    ]
    assert asked == [Not(Not(renewed)), Terms("renewed", ("yes", "no")), All(())]
