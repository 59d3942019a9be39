"""How often the structures of a kind do a trade."""

from __future__ import annotations

from benchmarks.kind_shares import KINDS, chosen, left_out, readings, rows
from mappings import read_table
from vivier.law.kinds import KINDS as ALL_KINDS
from vivier.trades.table import load_trades
from vivier.trades.usual import SAME_AS, usual


def test_the_table_is_what_the_samples_count() -> None:
    written = [tuple(row.values()) for row in read_table("kind_shares")]
    assert written == [tuple(map(str, row)) for row in rows(readings(load_trades()))]


def test_a_share_drawn_from_the_others_is_right_about_as_often_as_it_says() -> None:
    read = readings(load_trades())
    pairs = list(left_out(read, chosen(read)))
    for low, high in ((0.0, 0.05), (0.05, 0.2), (0.2, 0.4), (0.4, 1.0)):
        inside = [(said, right) for said, right in pairs if low <= said < high]
        said, right = (sum(pair[side] for pair in inside) / len(inside) for side in (0, 1))
        assert abs(said - right) <= 0.06, (low, said, right)


def test_most_esat_do_green_spaces_and_no_kind_that_was_not_read_supposes_anything() -> None:
    assert usual(("ESAT",), ("entretien-espaces-verts",)) > 0.5
    assert usual(("EA",), ("blanchisserie",)) == usual(("ESAT",), ("blanchisserie",))
    assert usual(("ETTI",), ("entretien-espaces-verts",)) == usual((), ("menuiserie",)) == 0.0
    assert usual(("ESAT", "ACI"), ("traduction", "petits-travaux-batiment")) == usual(
        ("ACI",), ("petits-travaux-batiment",)
    )
    assert {*KINDS, *SAME_AS} <= set(ALL_KINDS)
