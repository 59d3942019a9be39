"""Whether a structure does a trade: the prior borrows, the clues add up, and a certainty is never told."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings import read_table
from vivier.belief import Known, belief, beliefs
from vivier.belief.does import priors, strengths, words
from vivier.belief.steps import LEAST, MOST, STEPS, codes, degree, expit, step_of, stored
from vivier.law.kinds import KINDS
from vivier.trades.rungs import measured
from vivier.trades.table import load_trades

TRADES = load_trades()
CLEANING, WINDOWS, GREEN = "nettoyage-locaux", "nettoyage-vitres", "entretien-espaces-verts"
knowns = st.builds(
    Known,
    kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=2, unique=True).map(tuple),
    naf=st.none() | st.sampled_from(["8121Z", "8130Z", "5610A", "8899B", "7830Z"]),
    names=st.lists(
        st.sampled_from(["Jardins du Bray", "Récup'Auto", "Linge Services", "ESAT Le Tilleul"]), max_size=2
    ).map(tuple),
    rungs=st.dictionaries(
        st.sampled_from([CLEANING, GREEN, "impression"]), st.sampled_from(["declared", "text", "name"])
    ),
    refused=st.frozensets(st.sampled_from(["blanchisserie", "impression"])),
)


@given(known=knowns, trade=st.sampled_from([trade.code for trade in TRADES]))
def test_clues_add_up_to_the_probability_and_nothing_is_certain(known: Known, trade: str) -> None:
    found = belief(known, trade, TRADES)
    assert LEAST <= found.low <= found.probability <= found.high <= MOST
    odds = sum(clue.odds for clue in found.clues)
    assert found.probability == pytest.approx(min(MOST, max(LEAST, expit(odds))))


@pytest.mark.slow
@given(known=knowns)
@example(known=Known(("EAMP", "EA"), None))
def test_all_trades_at_once_are_those_of_each_and_a_broader_one_is_no_less_probable(known: Known) -> None:
    found = beliefs(known, TRADES, 0.0)
    for trade in TRADES:
        alone = belief(known, trade.code, TRADES)
        own = alone.probability if alone.observed else 0.0
        narrower = [found[each.code] for each in TRADES.descendants(trade.code) if each.code != trade.code]
        refused = trade.code in known.refused
        assert found[trade.code] == pytest.approx(own if refused else max([own, *narrower]))


def test_a_trade_that_no_text_tells_borrows_from_its_parent() -> None:
    esat, cleaner = Known(kinds=("ESAT",)), Known(kinds=("ESAT",), rungs={CLEANING: "text"})
    silent, told = belief(esat, WINDOWS, TRADES), belief(cleaner, WINDOWS, TRADES)
    assert 0.01 < silent.probability < belief(esat, CLEANING, TRADES).probability
    assert told.probability > 2 * silent.probability and told.clues[-1].name == "told_broader"


def test_a_rung_is_worth_its_measured_precision_and_a_refusal_is_a_no() -> None:
    for rung, share in measured().items():
        if share is not None and rung != "activity":
            found = belief(Known(kinds=("EI",), rungs={"impression": rung}), "impression", TRADES)
            assert found.probability == pytest.approx(min(MOST, share)) and found.low == found.high
    assert belief(Known(kinds=("ESAT",), refused=frozenset({GREEN})), GREEN, TRADES).probability == pytest.approx(LEAST)


@pytest.mark.parametrize(
    ("name", "trade"),
    [
        ("LES JARDINS DE LA SOMME", GREEN),
        ("RECUP'SERVICES", "reemploi-ressourcerie"),
        ("AU FIL DU LINGE", "blanchisserie"),
        ("AUTO SOLIDAIRE", "garage-automobile"),
        ("Relais Textiles", "recyclage-textiles"),
    ],
)
def test_a_name_that_anybody_reads_raises_its_trade_but_not_of_who_hires_for_others(name: str, trade: str) -> None:
    for kinds, least in ((("ACI",), 1.5), (("GEIQ",), 0.0)):
        plain, named = (belief(Known(kinds=kinds, names=names), trade, TRADES) for names in ((), (name,)))
        added = sum(clue.odds for clue in named.clues) - sum(clue.odds for clue in plain.clues)
        assert least <= added <= 3.1
        assert kinds == ("ACI",) or added < 1


def test_an_activity_code_of_another_trade_lowers_every_other_one() -> None:
    silent, restaurant = Known(kinds=("EI",)), Known(kinds=("EI",), naf="5610A")
    assert belief(restaurant, CLEANING, TRADES).probability < belief(silent, CLEANING, TRADES).probability
    assert belief(restaurant, "restaurant", TRADES).probability > 4 * belief(silent, "restaurant", TRADES).probability


def test_an_interval_is_wide_where_the_data_are_thin_and_what_was_never_seen_is_told() -> None:
    read, unread = belief(Known(kinds=("ESAT",)), GREEN, TRADES), belief(Known(kinds=("ESAT",)), "desamiantage", TRADES)
    assert (read.basis, unread.basis) == ("kind", "never")
    assert read.high - read.low > 0.1


def test_what_is_known_of_the_sector_is_not_lost_for_a_narrower_trade() -> None:
    for row in read_table("belief_expert"):
        assert priors()[row["kind"]][row["trade"]].share >= 0.007 * int(row["tenths"]), row


def test_steps_and_tables_hold_together() -> None:
    assert list(STEPS) == sorted(set(STEPS)) and STEPS[0] == LEAST and STEPS[-1] == MOST
    assert all(step_of(step) == place for place, step in enumerate(STEPS))
    assert list(stored([("a", 0.36), ("b", 0.004)])) == ["a:15"] and dict(codes("a"))["a:15"] == 0.35
    assert [degree(p) for p in (0.9, 0.5, 0.3, 0.1, 0.01)] == [
        *("très probable", "probable", "possible", "peu probable", "improbable")
    ]
    for kind, table in priors().items():
        assert kind == "other" or kind in KINDS
        assert set(table) == {trade.code for trade in TRADES}
    assert {strength for meant in words().values() for _, strength in meant} <= {
        clue.removeprefix("word_") for clue in strengths()
    }
    assert {trade for meant in words().values() for trade, _ in meant} <= {trade.code for trade in TRADES}


def test_a_broader_trade_is_as_sure_as_the_narrower_one_that_a_source_gives() -> None:
    found = belief(Known(kinds=("EA",), rungs={WINDOWS: "declared"}), CLEANING, TRADES)
    assert found.low == found.probability == found.high == MOST


def test_an_evidence_not_stated_or_of_long_ago_is_worth_what_nobody_measured() -> None:
    unstated, gone = (belief(Known(kinds=("EI",), rungs={WINDOWS: rung}), WINDOWS, TRADES) for rung in (None, "rumour"))
    assert unstated == gone and unstated.clues[-1].name == "rung:unstated" and unstated.probability < MOST
    assert belief(Known(rungs={CLEANING: "rumour"}), WINDOWS, TRADES).clues[-1].name == "told_broader"
    assert belief(Known(rungs={WINDOWS: "text", CLEANING: "gone"}), CLEANING, TRADES).clues[-1].name == "rung:text"


def test_a_clue_against_a_trade_does_not_make_it_observed() -> None:
    other = Known(kinds=("ESAT",), naf="5610A", rungs={"impression": "declared"})
    assert not belief(other, "desamiantage", TRADES).observed
    assert belief(Known(kinds=("ESAT",), rungs={"desamiantage": "text"}), "desamiantage", TRADES).observed


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        (("EA", "ESAT"), "métier exercé par 55\xa0% des ESAT"),
        (("ESS", "ACI"), "métier exercé par 27\xa0% des ACI"),
        (("ESS",), "métier exercé par 3\xa0% des autres entreprises"),
    ],
)
def test_the_share_told_is_that_of_the_kind_named(kinds: tuple[str, ...], text: str) -> None:
    assert belief(Known(kinds=kinds), GREEN, TRADES).clues[0].text == text
    assert belief(Known(kinds=kinds), "desamiantage", TRADES).clues[0].text.startswith("métier exercé par moins de 1")


def test_a_trade_is_among_those_that_reach_exactly_its_probability() -> None:
    known = Known(kinds=("ESAT",))
    own = beliefs(known, TRADES, 0.0)[GREEN]
    assert beliefs(known, TRADES, own)[GREEN] == own and GREEN not in beliefs(known, TRADES, own + 1e-12)
