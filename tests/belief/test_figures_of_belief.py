"""The figures of belief, one by one: curves, steps, intervals, tallies and shares, against their formula written apart."""

from __future__ import annotations

import math

import pytest

from mappings import read_table
from vivier.belief import Known, belief, beliefs
from vivier.belief.comes import comes, curve_of, nationwide
from vivier.belief.does import doing, priors
from vivier.belief.holds import Bucket, Holdings, size_of
from vivier.belief.learnt import Tally
from vivier.belief.steps import LEAST, MOST, STEPS, codes, degree, shown, step_of, stored
from vivier.law.parameters import value
from vivier.trades.table import STAFFING, load_trades

TRADES = load_trades()
CLEANING, GREEN = "nettoyage-locaux", "entretien-espaces-verts"


@pytest.mark.parametrize("km", [0.0, 5.0, 30.0, 120.0])
def test_whoever_comes_half_as_often_at_the_half_distance_comes_by_the_curve(km: float) -> None:
    for row in read_table("belief_reach"):
        half, slope = float(row["half_km"]), float(row["slope"])
        expected = 0.93 / (1 + (km / half) ** slope)
        assert curve_of([row["kind"]]).at(km) == pytest.approx(expected)
        assert comes([row["kind"]], km) == pytest.approx(max(0.02, expected)) and comes([row["kind"]], None) is None
    farthest = max(read_table("belief_reach"), key=lambda row: float(row["half_km"]))
    assert curve_of(row["kind"] for row in read_table("belief_reach")) == curve_of([farthest["kind"]])
    assert curve_of(["personne"]) == curve_of(["other"]) and comes(["other"], 1e6) == 0.02


def test_a_zone_that_is_the_country_is_halved_beyond_what_is_near() -> None:
    near, half = value("zone_near_km"), value("zone_half_km")
    found = [nationwide(km) for km in (0, near, near + half, near + 2 * half)]
    assert found == pytest.approx([1, 1, 0.5, 0.25])


def test_a_probability_is_told_by_its_nearest_step() -> None:
    odds = [math.log(step / (1 - step)) for step in STEPS]
    for thousandths in range(1, 1000, 3):
        p = min(MOST, max(LEAST, thousandths / 1000))
        own = math.log(p / (1 - p))
        distances = [abs(one - own) for one in odds]
        assert distances[step_of(thousandths / 1000)] == pytest.approx(min(distances)), thousandths
    assert [step_of(p) for p in (0.0, *STEPS, 1.0)] == [0, *range(len(STEPS)), len(STEPS) - 1]
    assert shown(STEPS[3]) == STEPS[3]
    assert list(stored([("a", 0.01), ("b", 0.0099), ("c", 1.0)])) == [f"a:{step_of(0.01)}", f"c:{len(STEPS) - 1}"]
    told = list(codes("a"))
    assert told[0] == (f"a:{len(STEPS) - 1}", MOST) and told[-1] == (f"a:{step_of(0.01)}", shown(0.01))
    assert len(told) == len(STEPS) - step_of(0.01)


def test_degrees_change_at_their_bound() -> None:
    bounds = {0.7: "très probable", 0.45: "probable", 0.2: "possible", 0.05: "peu probable", 0.0: "improbable"}
    words = [*bounds.values(), "improbable"]
    for (bound, at), below in zip(bounds.items(), words[1:], strict=True):
        assert degree(bound) == at and (not bound or degree(bound - 1e-9) == below)


@pytest.mark.parametrize("kind", ["ESAT", "EI"])
@pytest.mark.parametrize("trade", [CLEANING, GREEN])
def test_nine_cases_in_ten_are_within_the_interval_of_the_prior(kind: str, trade: str) -> None:
    found, prior = belief(Known(kinds=(kind,)), trade, TRADES), priors()[kind][trade]
    odds = sum(clue.odds for clue in found.clues)
    width = 1.645 / math.sqrt(prior.weight * max(prior.share * (1 - prior.share), 0.01))
    for bound, end in ((found.low, odds - width), (found.high, odds + width)):
        assert bound == pytest.approx(min(MOST, max(LEAST, 1 / (1 + math.exp(-end)))))
    refused = belief(Known(kinds=(kind,), refused=frozenset({trade})), trade, TRADES)
    assert (refused.low, refused.probability, refused.high) == pytest.approx((LEAST, LEAST, LEAST)) and refused.observed


@pytest.mark.parametrize(
    "known",
    [
        Known(kinds=("ESAT",), naf="8130Z", names=("Jardins du Bray",), rungs={CLEANING: "text"}),
        Known(kinds=("EI",), rungs={GREEN: None}, refused=frozenset({"blanchisserie"})),
        Known(kinds=("ETTI",), names=("Linge Services",), learnt={CLEANING: Tally(3, 1), GREEN: Tally(0, 2)}),
    ],
)
def test_all_trades_at_once_are_those_of_each(known: Known) -> None:
    found = beliefs(known, TRADES, 0.0)
    for trade in TRADES:
        if trade.code not in known.refused and not any(one.parent == trade.code for one in TRADES):
            alone = belief(known, trade.code, TRADES)
            assert found[trade.code] == pytest.approx(alone.probability if alone.observed else 0), trade.code
    few = beliefs(known, TRADES, 0.2)
    assert few == {code: worth for code, worth in found.items() if worth >= 0.2}


def test_answers_move_a_probability_as_if_others_had_been_read() -> None:
    tally = Tally(3, 1)
    assert tally.plus(1, 2) == Tally(4, 3) and tally.count == 4 and Tally().updated(0.3) == 0.3
    assert tally.at_most(2) == Tally(1.5, 0.5) and tally.at_most(9) == tally and Tally().at_most(2) == Tally()
    base, more = tally.updated(0.5), tally.updated(0.5, before=10.0)
    strength = (3 - 4 * base) / (base - 0.5)
    assert base == pytest.approx((0.5 * strength + 3) / (strength + 4)) and 0.5 < more < base < 0.75
    assert more == pytest.approx((0.5 * (strength + 10) + 3) / (strength + 14))


def test_a_share_of_holders_borrows_from_the_broader_buckets() -> None:
    every = {"EI|*|": 100, "|*|": 900, "EI|green|s": 10, "EI|green|m": 5}
    held = Holdings(every, {"ISO": {"EI|*|": 30, "|*|": 90, "EI|green|s": 8}})
    p = (120 + 6 * 0.02) / 1006
    p = (30 + 6 * p) / 106
    p = (8 + 6 * p) / 21
    p = (8 + 6 * p) / 16
    found, half = held.share("ISO", Bucket("EI", "green", "s")), 1.645 * math.sqrt(p * (1 - p) / 16)
    assert (found.p, found.low, found.high) == pytest.approx(
        (p, max(0, p - half), min(1, p + half))
    ) and found.counted == 10
    nobody = held.share("FSC", Bucket("X", "y", "z"))
    assert nobody.counted == 0 and 0 <= nobody.low < nobody.p < nobody.high and Bucket("a", "b", "c").key == "a|b|c"
    assert (size_of(None), size_of(-1) == size_of(0)) == ("", True)


def test_answers_count_in_the_interval_and_what_they_teach_is_the_last_clue() -> None:
    known = Known(kinds=("ESAT",), learnt={CLEANING: Tally(3, 1)})
    silent, told = (belief(one, CLEANING, TRADES) for one in (Known(kinds=("ESAT",)), known))
    assert told.clues[-1].name == "learnt"
    assert told.probability == pytest.approx(Tally(3, 1).updated(silent.probability))
    prior = priors()["ESAT"][CLEANING]
    width = 1.645 / math.sqrt((prior.weight + 4) * max(prior.share * (1 - prior.share), 0.01))
    odds = math.log(told.probability / (1 - told.probability))
    assert told.high == pytest.approx(1 / (1 + math.exp(-odds - width)))


def test_who_lends_people_by_statute_does_it_whatever_the_trade() -> None:
    lends, makes = (belief(Known(kinds=(kind,)), STAFFING, TRADES) for kind in ("ETTI", "ESAT"))
    assert lends.probability == pytest.approx(MOST) and lends.clues[-1].name == "rung:statute"
    assert makes.probability < 0.9 and all(clue.name != "rung:statute" for clue in makes.clues)
    assert doing(()) and doing(("ETTI", "EI")) and not doing(("ETTI",)) and not doing(("GEIQ", "EATT"))
