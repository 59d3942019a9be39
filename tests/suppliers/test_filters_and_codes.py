"""What a filter asks of the engine, and which codes its values become."""

from __future__ import annotations

from datetime import date

import pytest

from vivier import vocabulary
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.codes import CPV_FLOOR, evidence_from, trades_meant_by_cpv, trades_of_cpv
from vivier.search.filters import Filter, holding, nothing, unknown_of, valid_on
from vivier.search.operators import All, AnyOf, Exists, Not, Range, Same, Terms

DAY = "2026-11-24"
VALID = (Range("valid_from", lte=DAY, missing=True), Range("valid_until", gte=DAY, missing=True))


def test_an_evidence_stands_for_all_stronger_ones(lexicon: Lexicon) -> None:
    ladder = tuple(vocabulary.EVIDENCES)
    for rank, code in enumerate(ladder, 1):
        assert evidence_from(lexicon, code) == ladder[:rank]


def test_a_cpv_means_trades_of_a_sure_weight_else_the_best_one(lexicon: Lexicon) -> None:
    trades = lexicon.trades
    for trade in list(trades)[::7]:
        for prefix in trade.cpv:
            found, weighed = trades_of_cpv(lexicon, prefix.digits), trades.by_cpv(prefix.digits)
            sure = tuple(one.code for one, weight in weighed if weight >= CPV_FLOOR)
            assert found == (sure or tuple(one.code for one, _ in weighed[:1])) != ()
            meant = trades_meant_by_cpv(lexicon, prefix.digits)
            assert set(meant) <= {*found} and (trade.code in meant) is (trade.code in found)
    assert trades_meant_by_cpv(lexicon, "15000000") == ("epicerie-denrees",) != trades_of_cpv(lexicon, "15000000")
    assert trades_of_cpv(lexicon, "00000000") == ()


def test_a_filter_is_a_condition_on_an_entry_that_is_valid_or_on_the_whole(lexicon: Lexicon) -> None:
    plain, offer = Filter("Type", "kind"), Filter("Métier", "trade", path="offers", dated=True, proof="proved_until")
    terms = Terms("kind", ("EI",))
    assert plain.operator(("EI",), lexicon, DAY) == terms
    assert Filter("Type", "kind", negative=True).operator(("EI",), lexicon, DAY) == Not(terms)
    assert offer.operator(("a",), lexicon, DAY) == Same("offers", (Terms("trade", ("a",)), *VALID))
    assert (plain.level, offer.level) == ("supplier", "offer")
    assert Filter("Métier", "trade", path="offers", negative=True).level == "supplier"
    assert Filter("Métier", "trade", path="labels").level == "supplier"
    assert plain.counted(DAY) == () and offer.counted(DAY) == (*VALID, Range("proved_until", gte=DAY, missing=True))
    assert valid_on(DAY) == VALID and holding(DAY, terms) == All((terms, *VALID)) and nothing() == AnyOf(())
    assert unknown_of(plain, DAY) == Not(Exists("kind"))
    assert unknown_of(offer, DAY) == Not(Same("offers", (holding(DAY, Exists("trade")),)))
    assert unknown_of(Filter("x", "f", path="p"), DAY) == Not(Same("p", (Exists("f"),)))


def test_a_bound_is_read_as_a_number_or_an_iso_day() -> None:
    least, most = Filter("Effectif", "staff", bound="gte"), Filter("Effectif", "staff_to", bound="lte")
    assert least.figure == most.figure == "staff"
    assert least.range(3.0, include_unknown=True) == Range("staff", gte=3.0, missing=True)
    assert most.range(date(2026, 1, 2), include_unknown=False) == Range("staff_to", lte="2026-01-02", missing=False)


def test_a_code_is_checked_by_its_list_or_by_its_form(lexicon: Lexicon) -> None:
    def parse(value: str) -> None:
        if value != "1":
            raise InvalidRequest((FieldError("other", "bad", "Mal dit."),))

    several = {f"c{number}": "x" for number in range(40)}
    assert Filter("Libre", "f").check("p", ("n'importe",), lexicon) == []
    (wrong,) = Filter("Liste", "f", allowed=several).check("p", ("c1", "zzz"), lexicon)
    assert (wrong.field, wrong.code, len(wrong.allowed)) == (
        "p",
        "unknown_code",
        40,
    ) and "Valeurs admises" in wrong.message
    (long,) = Filter("Liste", "f", allowed={**several, "d": "x"}).check("p", ("zzz",), lexicon)
    assert long.allowed == () and "Valeurs admises" not in long.message
    assert [error.field for error in Filter("Forme", "f", parse=parse).check("p", ("1", "2"), lexicon)] == ["p"]
    expanded = Filter("Large", "f", expand=lambda lexicon, value: (value, "b", value))
    assert expanded.entry(("a", "b"), lexicon) == Terms("f", ("a", "b"))
    assert (
        Filter("Noms", "f", allowed=lambda lexicon: {"a": "A"}).names(lexicon) == {"a": "A"}
        and Filter("x", "f").names(lexicon) == {}
    )


@pytest.mark.parametrize(("weakest", "count"), [("declared", 1), ("activity", 8)])
def test_the_ladder_has_eight_rungs(weakest: str, count: int, lexicon: Lexicon) -> None:
    assert len(evidence_from(lexicon, weakest)) == count
