"""A lot of sibling trades is one pool; a lot of unlike trades says which trade blocks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import structures
from tests.desk.test_advice import AS_OF, LOT
from vivier.desk.consultation import Desk
from vivier.desk.method.feasibility import Pool, of_trades
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.advice import advice
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.trades.near import joined
from vivier.trades.table import load_trades

CODES = [trade.code for trade in load_trades()]


def test_trades_of_one_parent_go_together_and_others_apart() -> None:
    trades = load_trades()
    child = next(trade for trade in trades if trade.parent is not None)
    assert child.parent is not None
    assert joined((child.parent, child.code), trades) == ((child.parent, child.code),)
    unlike = next(trade.code for trade in trades if trade.group != child.group)
    assert joined((child.code, unlike, child.parent), trades) == ((child.code, child.parent), (unlike,))


@pytest.mark.slow
@given(codes=st.lists(st.sampled_from(CODES), max_size=6))
def test_every_trade_is_in_one_group_in_any_order(codes: list[str]) -> None:
    trades = load_trades()
    found = joined(codes, trades)
    assert sorted(code for group in found for code in group) == sorted(set(codes))
    again = joined(reversed(codes), trades)
    assert {frozenset(group) for group in found} == {frozenset(group) for group in again}


def test_the_trade_that_blocks_is_the_one_that_fewest_can_do_when_none_is_known_for_either() -> None:
    silent = {"in_trade": False, "trade_known": False}
    easy, hard = structures([None] * 20, **silent, believed=0.7), structures([None] * 20, **silent, believed=0.03)
    for pools, place in (([easy, hard], 1), ([hard, easy], 0)):
        made = of_trades(LOT, [Pool(sites) for sites in pools], AS_OF)
        assert made.of("L2113-12").pool == made.best.pool == place
        names = ["nettoyage", "restauration"] if place else ["restauration", "nettoyage"]
        first = advice(made, None, names).facts[0]
        assert "« restauration »" in first and "bloque" in first
        assert made.best.prospects.able.two == min(
            each.prospects.able.two for of_one in made.by_trade for each in of_one if each.code == made.best.code
        )


@pytest.mark.slow
def test_one_more_sibling_trade_in_the_words_of_a_lot_never_kills_its_reservation(
    engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    desk = Desk(Snapshot(engine), lexicon, StudySettings(AS_OF))

    def able(text: str) -> tuple[float, str, int]:
        study = desk.lot(
            understand(Row(1, {"text": text, "place": "Rennes", "amount": "60000", "months": "12"}), lexicon)
        )
        assert study.feasibility is not None
        return study.feasibility.best.prospects.able.two, study.feasibility.lever, len(study.feasibility.by_trade)

    alone, together = able("nettoyage des locaux"), able("nettoyage des locaux et des vitres")
    assert together[2] == 1 and together[0] >= alone[0] - 1e-9 and together[1] == alone[1]
    apart = able("nettoyage des locaux et restauration collective")
    assert apart[2] == 2 and apart[0] <= alone[0] + 1e-9
