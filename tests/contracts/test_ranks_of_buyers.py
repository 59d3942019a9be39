"""Ranks of buyers worked out by hand: each factor, each order, each rule that leaves a buyer out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.small_index import small_index
from vivier.contracts.leads_query import BuyersQuery
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.ranking import RankedBuyers, lower_bounds, rank_buyers, record_of
from vivier.contracts.ranking_rules import Rule, sifted
from vivier.contracts.shares import Share, wilson
from vivier.lexicon import Lexicon

Ranked = Callable[..., RankedBuyers]
DAY = date(2026, 11, 24)
HERE = (2.0, 48.0)
A, B, C, D, E, F = "990000001", "990000002", "990000003", "990000004", "990000005", "990000006"
COLUMNS = ("contracts", "social_yes", "social_no", "environmental_yes", "environmental_no", "reserved", "inclusive")
ROWS = {
    A: (10, 8, 2, 0, 5, 0, 1),
    B: (12, 0, 5, 4, 0, 3, 0),
    C: (3, 0, 0, 1, 0, 1, 0),
    D: (6, 0, 4, 0, 0, 0, 0),
    E: (6, 0, 6, 6, 0, 0, 2),
    F: (6, 0, 6, 0, 0, 4, 0),
}
AMOUNTS = {A: (49.5,) * 2, B: (2499.75,) * 4, C: (), D: (9999.0,), E: (16.5,) * 6, F: (1666.5,) * 6}
DAYS_AGO = {A: 0, B: 730, C: 365, D: 1461, E: 0, F: 1461}
DAYS_LEFT = {A: 0, C: 1}
LATITUDE = {A: 48.0, B: 48.0, D: 49.0, E: 48.0, F: 49.0}


def contracts_of(siren: str) -> Iterator[dict[str, Any]]:
    """Contracts that count up to what a row says: each state holds of the first ones, the next say no, and the last say nothing."""
    row = dict(zip(COLUMNS, ROWS[siren], strict=True))
    for n in range(row["contracts"]):
        found: dict[str, Any] = {"id": f"{siren}-{n}", "buyer": siren, "ends": "2020-01-01"}
        for name in ("social", "environmental"):
            yes, no = row[f"{name}_yes"], row[f"{name}_no"]
            found[name] = "yes" if n < yes else "no" if n < yes + no else "unknown"
        found["notified"] = (DAY - timedelta(DAYS_AGO[siren])).isoformat()
        found["provisions"] = ["reserved"] if n < row["reserved"] else []
        found["inclusive"] = "siret" if n < row["inclusive"] else "no"
        if n < len(AMOUNTS[siren]):
            found["amount"] = AMOUNTS[siren][n]
        if n == 0 and siren in DAYS_LEFT:
            found["ends"] = (DAY + timedelta(DAYS_LEFT[siren])).isoformat()
        if siren in LATITUDE:
            found |= {"buyer_lon": 2.0, "buyer_lat": LATITUDE[siren]}
        yield found


@pytest.fixture
def ranked(tmp_path: Path, lexicon: Lexicon) -> Ranked:
    """Ranks some buyers. ``unnamed``: the one of which only the number is known."""
    made = count()

    def rank(
        *sirens: str,
        unnamed: str = "",
        point: tuple[float, float] | None = None,
        ordinary: bool = False,
        **query: Any,
    ) -> RankedBuyers:
        buyers = (
            {"id": siren, "name_sort": siren if siren == unnamed else f"ville {siren}", "record": {"name": siren}}
            for siren in sirens
        )
        contracts = (each for siren in sirens for each in contracts_of(siren))
        snapshot = small_index(tmp_path / str(next(made)), contracts=contracts, buyers=buyers)
        profile = Profile((), Zone(point), ordinary=ordinary)
        return rank_buyers(BuyersQuery(**{"months": 60, **query}), profile, snapshot, lexicon, DAY)

    return rank


def order(found: RankedBuyers) -> list[str]:
    return [buyer.siren for buyer in found.buyers]


def test_factors_without_a_place(ranked: Ranked) -> None:
    found = ranked(A, B, C, D, E, sort="call")
    assert (found.total, found.considered, found.left_out, found.unnamed, found.record) == (5, 5, (), 0, "social")
    of = {buyer.siren: buyer for buyer in found.buyers}
    factors = {
        siren: (each.volume_factor, each.proximity_factor, each.recency_factor, each.distance_km)
        for siren, each in of.items()
    }
    assert factors == {
        A: (pytest.approx(0.5), 1.0, 1.0, None),
        B: (1.0, 1.0, pytest.approx(0.5, abs=1e-3), None),
        C: (0.5, 1.0, pytest.approx(0.5**0.5, abs=1e-3), None),
        D: (1.0, 1.0, pytest.approx(0.25), None),
        E: (pytest.approx(0.5), 1.0, 1.0, None),
    }
    assert [of[siren].record_factor for siren in (B, C, D, E)] == [0.0] * 4
    assert of[A].record_factor == pytest.approx(0.4902, abs=1e-4)
    assert of[A].score == pytest.approx(0.5)
    assert of[B].score == pytest.approx(0.5, abs=1e-3)
    assert of[C].score == pytest.approx(0.3537, abs=1e-3)
    assert of[D].score == pytest.approx(0.25)


def test_what_a_buyer_shows(ranked: Ranked) -> None:
    found = ranked(A, B, C, sort="call", months=24, unnamed=C)
    of = {buyer.siren: buyer for buyer in found.buyers}
    a, b, c = of[A], of[B], of[C]
    assert (a.social, a.environmental) == (Share(8, 2, 0), Share(0, 5, 5))
    assert (b.social, b.environmental) == (Share(0, 5, 7), Share(4, 0, 8))
    assert [(each.reserved, each.inclusive, each.priced, each.contracts) for each in (a, b, c)] == [
        (0, 1, 2, 10),
        (3, 0, 4, 12),
        (1, 0, 0, 3),
    ]
    assert [each.volume for each in (a, b, c)] == [49.5, 4999.5, None]
    assert [each.last for each in (a, b, c)] == [DAY, date(2024, 11, 24), date(2025, 11, 24)]
    assert [each.next_end for each in (a, b, c)] == [DAY, None, date(2026, 11, 25)]
    assert [each.record for each in (a, b, c)] == [{"name": A}, {"name": B}, {"name": C}]
    assert [each.peers for each in (a, b, c)] == [None] * 3
    assert found.unnamed == 1


def test_near_and_far(ranked: Ranked) -> None:
    of = {buyer.siren: buyer for buyer in ranked(A, C, D, sort="call", point=HERE).buyers}
    assert [of[siren].distance_km for siren in (A, C, D)] == [0.0, None, pytest.approx(111.2, abs=0.1)]
    assert [of[siren].proximity_factor for siren in (A, C)] == [1.0, 0.5]
    assert of[D].proximity_factor == pytest.approx(exp(-111.2 / 50), rel=0.01)
    assert of[D].score == pytest.approx(0.25 * exp(-111.2 / 50), rel=0.01)


def test_an_order_by_its_own_key(ranked: Ranked) -> None:
    assert order(ranked(A, B, C, D, E, sort="volume")) == [B, D, A, E, C]
    # A and E are worth .5 each, of the same volume: the smaller number first
    assert order(ranked(A, B, C, D, E, sort="call")) == [B, A, E, C, D]
    assert order(ranked(A, B, D, E, sort="rank")) == [A, B, D, E]
    assert order(ranked(B, C, sort="reserved")) == [B, C]
    assert order(ranked(A, B, C, D, E, sort="call", page=2, per_page=2)) == [E, C]


@pytest.mark.parametrize("sort", ["rank", "call", "volume", "reserved", "environmental"])
def test_a_missing_name_moves_nobody(ranked: Ranked, sort: str) -> None:
    named = order(ranked(A, B, C, sort=sort))
    assert all(order(ranked(A, B, C, sort=sort, unnamed=siren)) == named for siren in (A, B, C))


def test_a_name_decides_between_equals(ranked: Ranked) -> None:
    assert order(ranked(A, E, sort="call", unnamed=A)) == [E, A]


def test_an_old_or_far_purchase_weighs_less(ranked: Ranked) -> None:
    assert order(ranked(B, C, F, sort="reserved")) == [B, F, C]
    assert order(ranked(B, C, F, sort="reserved", point=HERE)) == [B, C, F]
    assert order(ranked(A, B, E, F, sort="unused")) == [B, E, F]
    assert order(ranked(A, B, E, F, sort="unused", point=HERE)) == [B, E, F]
    (first, second) = ranked(A, B, sort="rank").buyers
    assert (first.siren, first.score, second.score) == (A, pytest.approx(0.4902 * 0.5, abs=1e-4), 0.0)


def test_buyers_left_out(ranked: Ranked) -> None:
    found = ranked(A, B, C, D, E, unnamed=C)
    assert (found.total, found.considered, found.unnamed) == (5, 5, 1)
    assert (found.left_out, order(found)[-1]) == ((), C)  # C records nothing: unknown, hence last
    found = ranked(A, B, C, D, E, sort="reserved")
    assert (order(found), found.left_out) == ([B, C], (Rule("nothing_reserved", "sans marché réservé connu", 3),))
    found = ranked(A, B, C, D, E, sort="environmental")
    assert (found.record, found.total, found.left_out) == ("environmental", 5, ())


def test_those_whose_peers_use_a_clause(ranked: Ranked) -> None:
    found = ranked(A, B, C, D, E, sort="unused")
    assert order(found) == [B, E]
    assert [(rule.code, rule.count) for rule in found.left_out] == [("too_few_recorded", 2), ("uses", 1)]
    assert [(each.peers.n, each.peers.using) for each in found.buyers if each.peers is not None] == [(3, 1), (3, 1)]
    alone = ranked(B, C, D, E, sort="unused")
    assert order(alone) == []
    assert [(rule.code, rule.count) for rule in alone.left_out] == [("too_few_recorded", 2), ("peers_do_not", 2)]


def test_the_record_of_an_ordinary_company(ranked: Ranked) -> None:
    assert ranked(A, ordinary=True).record == "environmental"
    assert record_of(BuyersQuery(sort="call"), Profile((), Zone(), ordinary=True)) == "environmental"
    assert record_of(BuyersQuery(sort="call"), Profile((), Zone())) == "social"
    assert record_of(BuyersQuery(sort="environmental"), Profile((), Zone())) == "environmental"


def test_bounds_as_one_by_one() -> None:
    pairs = [(0, 0), (0, 1), (1, 1), (0, 9), (3, 7), (9, 9), (8, 10)]
    bounds = lower_bounds(np.array([yes for yes, _ in pairs], float), np.array([n for _, n in pairs], float))
    assert bounds[0] == 0.0
    assert bounds[1:] == pytest.approx([wilson(yes, n)[0] for yes, n in pairs[1:]])
    assert bounds[2] == pytest.approx(0.2065, abs=1e-4)


def test_a_buyer_counts_for_the_first_rule_it_fails() -> None:
    rules = [
        ("not_named", np.array([True, False, False, True])),
        ("uses", np.array([True, False, True, False])),
        ("nothing_reserved", np.array([True, False, False, True])),
    ]
    remaining, applied = sifted(rules, "social")
    assert remaining.tolist() == [True, False, False, False]
    assert [(rule.code, rule.count) for rule in applied] == [("not_named", 2), ("uses", 1)]
