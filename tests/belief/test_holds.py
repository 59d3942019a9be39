"""The share of holders of a label among suppliers alike: few lean on many, and lists of labels teach nothing of others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivier.belief.holds import EVERY, STRENGTH, Bucket, Holdings, size_of


def holdings(every: dict[str, int], **held: dict[str, int]) -> Holdings:
    return Holdings.of({"every": every, "holding": held})


def test_the_share_of_a_bucket_of_many_is_that_of_its_holders() -> None:
    known = holdings(
        {"EA|proprete|50": 1_000, f"EA|{EVERY}|50": 1_000}, L={"EA|proprete|50": 300, f"EA|{EVERY}|50": 300}
    )
    share = known.share("L", Bucket("EA", "proprete", "50"))
    assert abs(share.p - 0.3) < 0.01 and share.low < share.p < share.high and share.counted == 1_000


def test_a_bucket_of_nobody_leans_on_its_kind() -> None:
    known = holdings({f"EA|{EVERY}|50": 200, f"AI|{EVERY}|50": 200}, L={f"EA|{EVERY}|50": 100})
    ea, ai = (known.share("L", Bucket(kind, "dechets", "10")).p for kind in ("EA", "AI"))
    assert ea > 0.4 and ai < 0.05


def test_nothing_counted_is_neither_nobody_nor_everybody() -> None:
    share = holdings({}).share("L", Bucket("", "proprete", ""))
    assert share.low > 0 or share.low == 0.0
    assert 0 < share.p < 0.1 and share.high > share.p and share.counted == 0


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_lies_between_its_bounds_and_rises_with_holders(n: int, more: int) -> None:
    every = {"|g|": n + more, f"|{EVERY}|": n + more}
    few, many = (
        holdings(every, L={"|g|": held, f"|{EVERY}|": held}).share("L", Bucket("", "g", "")) for held in (n // 2, n)
    )
    assert 0 <= few.low <= few.p <= few.high <= 1 and few.p <= many.p


def test_sizes_are_of_people() -> None:
    assert [size_of(people) for people in (None, 0, 9.5, 10, 49, 50, 5_000)] == ["", "0", "0", "10", "10", "50", "50"]
    assert STRENGTH > 0
