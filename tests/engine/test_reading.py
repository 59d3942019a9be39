"""What the embedded engine reads with, against the plain way of doing the same, on collections large enough to take its shortcuts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from vivier.arrays import mask_of
from vivier.engine.embedded.bits import Matching, counted, packed, unpacked
from vivier.engine.embedded.columns import MANY, Table
from vivier.engine.embedded.container import Container, ContainerWriter
from vivier.engine.embedded.encode import encode
from vivier.engine.embedded.evaluate import Evaluation
from vivier.engine.embedded.generation import Scored, first_of
from vivier.engine.embedded.group import grouped
from vivier.engine.embedded.joining import TableJoin
from vivier.engine.strict import Entries, Texts
from vivier.search.operators import All, Exists, Measure, Near, Operator, Part, Range, Search, Terms, Text, Tier
from vivier.territory.sphere import great_circle_km

COUNT = 41_000
"""Rows: several blocks, and a last word of bits that is not full."""
SHARES = (None, 2, 3, 50, 1_000)
"""Of what is kept of them: none, one row in two, in three… and all, apart."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    draw = random.Random(7)
    common, rare = [f"c{n}" for n in range(9)], [f"r{n:04}" for n in range(3_000)]
    return [
        {
            "one": draw.choice(rare if draw.random() < 0.1 else common) if draw.random() < 0.9 else None,
            "buyer": f"b{min(int(draw.expovariate(0.001)), 9_999):04}",
            "several": [draw.choice(rare if draw.random() < 0.2 else common) for _ in range(draw.choice((0, 1, 1, 2, 3)))],
            "amount": round(draw.uniform(1, 1e6), 2) if draw.random() < 0.8 else None,
            "day": draw.randrange(20_000, 21_000) if draw.random() < 0.9 else None,
            "at": {"lon": draw.uniform(-180, 180), "lat": draw.uniform(-90, 90)} if draw.random() < 0.9 else None,
        }
        for _ in range(COUNT)
    ]  # fmt: skip


KINDS = {
    "one": "keyword",
    "buyer": "keyword",
    "several": "keyword",
    "amount": "double",
    "day": "long",
    "at": "geo_point",
}


@pytest.fixture(scope="module")
def table(rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory) -> Table:
    return written(rows, KINDS, tmp_path_factory.mktemp("columns"))


def written(rows: list[dict[str, object]], kinds: dict[str, str], folder: Path) -> Table:
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    joined = TableJoin(properties, folder / "waiting")
    for start in range(0, len(rows), 40_000):
        some = rows[start : start + 40_000]
        texts = {name: _texts([held(row, name) for row in some]) for name, kind in kinds.items() if kind == "keyword"}
        values = {name: [row[name] for row in some] for name in kinds if name not in texts}
        joined.add(encode(Entries(len(some), texts, values), properties), start)
    with ContainerWriter(folder / "columns") as columns:
        joined.save(columns, "documents")
    return Table(Container(folder / "columns"), "documents")


def _texts(column: Sequence[Sequence[str]]) -> Texts:
    values = [value for values in column for value in values]
    return Texts(values, [len(values) for values in column], set(values))


@pytest.fixture
def evaluation(table: Table) -> Evaluation:
    return fresh(table)


def fresh(table: Table) -> Evaluation:
    def no_text(_: Text) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
        raise AssertionError

    return Evaluation(table, {}, no_text)


def kept_sets() -> Iterator[Matching]:
    for share in SHARES:
        yield Matching(
            np.zeros(COUNT, bool) if share is None else np.random.default_rng(share).random(COUNT) < 1 / share
        )
    yield Matching(np.ones(COUNT, bool))


def held(row: dict[str, object], field: str) -> Sequence[str]:
    value = row[field]
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else sorted(set(value))  # type: ignore[call-overload]


# --- sets of rows


def test_bits_are_the_mask_they_were_made_of() -> None:
    for kept in kept_sets():
        assert (unpacked(packed(kept.mask), COUNT) == kept.mask).all()


def test_a_set_is_counted_among_others_as_rows_are() -> None:
    first, *others = (kept.mask for kept in kept_sets())
    sets = np.array([packed(first), *map(packed, others)])
    for among in (first, *others):
        assert counted(sets, packed(among)).tolist() == [int((one & among).sum()) for one in (first, *others)]


def test_what_is_kept_is_the_same_in_every_form() -> None:
    column = np.arange(COUNT) * 3
    for kept in kept_sets():
        assert (mask_of(COUNT, kept.rows) == kept.mask).all()
        assert kept.count == len(kept.rows) == int(kept.mask.sum())
        assert (kept.of(column) == column[kept.mask]).all()
        assert (kept.at(slice(2, 9), column) == column[kept.mask][2:9]).all()


# --- keyword fields


@pytest.mark.slow
@pytest.mark.parametrize("field", ["one", "buyer", "several"])
def test_values_are_counted_as_by_hand_however_many_rows_are_kept(
    table: Table, rows: list[dict[str, object]], field: str
) -> None:
    keyword = table.keyword(field)
    for kept in kept_sets():
        expected = Counter(value for row in kept.rows.tolist() for value in held(rows[row], field))
        counts, missing = keyword.counts(kept)
        assert {keyword.values[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist()} == expected
        assert missing == sum(not held(rows[row], field) for row in kept.rows.tolist())


def test_a_field_that_gives_a_row_two_values_is_not_taken_for_single(table: Table) -> None:
    assert table.keyword("one").single
    assert not table.keyword("several").single


@pytest.mark.parametrize("field", ["one", "several"])
@pytest.mark.parametrize("values", [("c1",), ("r0001",), ("c1", "c2", "r0001", "r0002", "nobody"), ("nobody",), ()])
def test_rows_that_hold_values_are_found_by_set_by_posting_and_one_by_one(
    table: Table, rows: list[dict[str, object]], field: str, values: tuple[str, ...]
) -> None:
    wanted = set(values)
    expected = [not wanted.isdisjoint(held(row, field)) for row in rows]
    keyword, some = table.keyword(field), np.arange(0, COUNT, 97)
    assert keyword.holding(values).tolist() == expected
    assert keyword.which_hold(some, values).tolist() == expected[::97]


# --- the first in order


@pytest.mark.slow
def test_the_first_are_those_of_a_whole_sort_whatever_the_equals() -> None:
    draw = np.random.default_rng(3)
    tie = draw.permutation(COUNT).astype(float)
    for spread in (1, 2, 5, 1_000, 10**9):
        first, second = draw.integers(0, spread, COUNT), draw.integers(0, 4, COUNT).astype(float)
        second[draw.random(COUNT) < 0.1] = np.inf
        whole = np.lexsort((tie, second, first))
        for count in (0, 1, 20, 5_000, COUNT // 2, COUNT):
            found = first_of([lambda at, of=of: of[at] for of in (first, second, tie)], COUNT, count)
            assert (found == whole[:count]).all()


# --- figures by group


MEASURES = (
    Measure("n"),
    *(Measure(f"is c{n}", where=Terms("several", (f"c{n}",))) for n in range(9)),
    Measure("spent", "sum", "amount"),
    Measure("spent by c1", "sum", "amount", Terms("one", ("c1",))),
    Measure("spent lately", "sum", "amount", Range("day", gte=20_300)),
    Measure("first", "min", "day"),
    Measure("last", "max", "day", Terms("several", ("c2",))),
    Measure("middle", "median", "amount"),
)


def one_by_one(table: Table, rows: list[dict[str, object]], kept: Matching, by: str) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    for row in kept.rows.tolist():
        for value in held(rows[row], by):
            members.setdefault(value, []).append(row)
    return dict(sorted(members.items()))


@pytest.mark.slow
@pytest.mark.parametrize("where", [All(), Range("day", gte=20_100), Terms("one", ("r0001", "r0002", "r0500"))])
@pytest.mark.parametrize("by", ["one", "buyer", "several"])
def test_figures_by_group_are_those_of_a_loop_to_the_last_bit(
    table: Table, rows: list[dict[str, object]], evaluation: Evaluation, where: Operator, by: str
) -> None:
    found = grouped(evaluation, where, by, MEASURES, None)
    expected = one_by_one(table, rows, evaluation.matching(where), by)
    assert found.values == tuple(expected)
    for measure in MEASURES:
        mask = evaluation.mask(measure.where)
        numbers = None if measure.field is None else table.number(measure.field)
        for value, figure in zip(found.values, found.measures[measure.name].tolist(), strict=True):
            members = [row for row in expected[value] if mask[row]]
            assert figure == pytest.approx(_figure(measure.kind, members, numbers), rel=0, abs=0, nan_ok=True)


def _figure(kind: str, members: list[int], numbers: object) -> float:
    if numbers is None:
        return float(len(members))
    known = [float(one) for one in numbers[members] if not np.isnan(one)]  # type: ignore[index]
    if kind == "sum":
        total = 0.0
        for one in known:
            total += one
        return total
    if not known:
        return float("nan")
    return {"min": min, "max": max, "median": lambda of: float(np.median(of))}[kind](known)


def test_groups_asked_by_name_are_told_in_their_order_without_the_unknown(evaluation: Evaluation) -> None:
    whole = grouped(evaluation, All(), "buyer", MEASURES[:1], None)
    some = grouped(evaluation, All(), "buyer", MEASURES[:1], ("b0100", "nobody", "b0002"))
    assert some.values == ("b0002", "b0100")
    assert some.measures["n"].tolist() == [whole.measures["n"][whole.values.index(value)] for value in some.values]
    assert grouped(evaluation, All(), "buyer", MEASURES, ("nobody",)).values == ()


# --- places and points


@pytest.mark.parametrize(
    ("lon", "lat", "km"),
    [(2.35, 48.85, 300.0), (179.9, -13.3, 200.0), (-179.99, 0.0, 500.0), (10.0, 89.5, 120.0), (0.0, -88.0, 400.0)],
)
def test_near_finds_what_all_distances_find(
    table: Table, evaluation: Evaluation, lon: float, lat: float, km: float
) -> None:
    with np.errstate(invalid="ignore"):
        expected = great_circle_km(lon, lat, *table.point("at")) <= km
    assert (evaluation.mask(Near("at", lon, lat, km)) == expected).all()
    assert expected.any()


@pytest.mark.parametrize("where", [All(), Terms("one", ("c1", "c2")), Terms("one", ("r0001", "r0002"))])
def test_points_of_few_rows_are_those_of_all(table: Table, evaluation: Evaluation, where: Operator) -> None:
    part = Part(
        "any",
        (
            Tier(Near("at", 2.0, 48.0, 2_000.0), 7),
            Tier(Terms("several", ("c3", "r0007")), 5),
            Tier(All((Range("day", lte=20_500), Exists("amount"))), 9),
            Tier(Range("amount", gte=1_000, lte=9_000, missing=True), 2),
        ),
    )
    kept = evaluation.matching(where)
    expected = np.zeros(COUNT, int)
    for tier in sorted(part.tiers, key=lambda tier: tier.points):
        expected[evaluation.mask(tier.where)] = tier.points
    assert (Scored(fresh(table), Search(where, parts=(part,))).points == expected[kept.mask]).all()


@pytest.mark.parametrize("first", [1, 20, 1_000])
def test_rows_left_out_are_never_among_the_first(table: Table, evaluation: Evaluation, first: int) -> None:
    parts = (
        Part("wide", (Tier(Terms("several", ("c3", "r0007")), 10_000), Tier(Exists("amount"), 5_000))),
        Part("near", (Tier(Near("at", 2.0, 48.0, 500.0), 700), Tier(Near("at", 2.0, 48.0, 2_000.0), 300))),
        Part("day", (Tier(Range("day", lte=20_500), 90), Tier(Range("day", lte=20_900), 40))),
    )
    search = Search(Range("amount", gte=1_000, missing=True), parts=parts)
    every, some = Scored(fresh(table), search), Scored(fresh(table), search, first)
    order = np.lexsort((every.rows, -every.points))[:first]
    left = np.lexsort((some.rows, -some.points))[:first]
    assert len(some.rows) < len(every.rows) / 2
    assert some.rows[left].tolist() == every.rows[order].tolist()
    assert some.points[left].tolist() == every.points[order].tolist()
    for part in parts:
        assert some.parts[part.name][left].tolist() == every.parts[part.name][order].tolist()


@pytest.mark.slow
def test_a_keyword_of_many_values_answers_as_one_of_few(tmp_path: Path) -> None:
    ids = [f"id {row:07}" for row in range(MANY + 5)]
    keyword = written([{"id": id_} for id_ in ids], {"id": "keyword"}, tmp_path).keyword("id")
    assert keyword.rows_of("id 0000123").tolist() == [123]
    assert keyword.rows_of("id").tolist() == []
    assert np.flatnonzero(keyword.holding(("id 0000007", "nobody", f"id {MANY:07}"))).tolist() == [7, MANY]
