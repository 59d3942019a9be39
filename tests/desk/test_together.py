"""Pairs and trios that could bear a lot: the smallest, under one article, whose capacities are spent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from vivier.desk.facts.together import Studied, pairs_of, too_many
from vivier.desk.method.assessing import Pool
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.together import MOST_COMPARED, MOST_GROUPS, Group, Shared, Together, together
from vivier.desk.tell.together import Names, consortium_body, group_text, summary

AS_OF = date(2026, 11, 24)
HERE, THERE = "departement:35", "departement:22"
LAWNS, LINEN = "espaces-verts", "linge"
NAMES = Names(str, str)


def lot(*trades: str, **known: Any) -> Shared:
    return Shared(**{"trades": trades or (LAWNS,), "parts": (HERE,), "as_of": AS_OF, "share": 0.3, **known})


def site(name: str, kind: str = "ESAT", turnover: float | None = 300_000, km: float = 5, **known: Any) -> Candidate:
    return Candidate(name, name, siren=name, kinds=(kind,), turnover=turnover, distance_km=km, **known)


def groups(
    asked: Shared, past: dict[tuple[str, str], tuple[str, ...]] | None = None, **by_trade: list[Candidate]
) -> Together:
    """The groups, where the candidates of a trade are the same in every part."""
    pools = {cell: Pool(by_trade.get(cell[0].replace("-", "_"), [])) for cell in asked.cells}
    return together(asked, pools, past or {})


def names(group: Group) -> str:
    return "".join(member.site.id for member in group.members)


def test_the_smallest_groups_that_do_both_trades_under_one_article() -> None:
    made = groups(lot(LAWNS, LINEN), espaces_verts=[site("B"), site("C", "EI")], linge=[site("A"), site("D", "EI")])
    assert [(names(group), group.article) for group in made.groups] == [
        ("AB", "L2113-12"),
        ("AC", "L2113-14"),
        ("BD", "L2113-14"),
        ("CD", "L2113-13"),
    ]
    assert summary(made, NAMES) == "Aucune structure seule ne suffit : il en faut 2."


def test_one_that_does_both_is_enough_alone_and_no_group_is_added() -> None:
    made = groups(lot(LAWNS, LINEN), espaces_verts=[site("A"), site("B")], linge=[site("A")])
    assert [names(group) for group in made.groups] == ["A"]
    assert summary(made, NAMES) == "Une structure seule peut suffire."


def test_a_capacity_is_spent_once_and_known_ones_come_before_unknown_ones() -> None:
    some = [site("A"), site("B"), site("C"), site("D", turnover=None)]
    made = groups(lot(annual=170_000), espaces_verts=some)  # 90,000 € each
    assert [(names(group), group.state, group.bears) for group in made.groups] == [
        ("AB", "enough", 180_000),
        ("AC", "enough", 180_000),
        ("BC", "enough", 180_000),
    ]
    assert [names(group) for group in groups(lot(annual=250_000), espaces_verts=some).groups] == ["ABC"]
    unsure = groups(lot(annual=900_000), espaces_verts=some)
    assert (names(unsure.groups[0]), unsure.groups[0].state) == ("D", "unknown")
    none = groups(lot(annual=900_000), espaces_verts=some[:3])
    assert none.groups == () and "trois structures au plus" in summary(none, NAMES)


def test_work_held_together_comes_first_then_the_nearest() -> None:
    some = [site("A", km=1), site("B", km=2), site("C", km=30)]
    asked = lot(annual=150_000)
    assert [names(group) for group in groups(asked, espaces_verts=some).groups] == ["AB", "AC", "BC"]
    made = groups(asked, {("B", "C"): ("m1",)}, espaces_verts=some)
    assert [names(group) for group in made.groups] == ["BC", "AB", "AC"]
    assert "ont été cotitulaires (marché m1)" in group_text(made.groups[0], asked)
    assert "aucune coopération passée connue" in group_text(made.groups[1], asked)


def test_members_share_out_the_places() -> None:
    asked = lot(parts=(HERE, THERE))
    pools = {(LAWNS, HERE): Pool([site("A"), site("B")]), (LAWNS, THERE): Pool([site("C")])}
    assert [names(group) for group in together(asked, pools, {}).groups] == ["AC", "BC"]


def test_a_trade_that_nobody_does_is_named() -> None:
    made = groups(lot(LAWNS, LINEN, annual=100), espaces_verts=[site("A")])
    assert (
        made.bare == ((LINEN, HERE),) and summary(made, NAMES) == f"Aucune structure connue pour « {LINEN} » ({HERE})."
    )


def test_two_sites_of_one_legal_unit_are_one_member() -> None:
    twice = [site("A", km=9), replace(site("A", km=2), id="A2")]
    (group,) = groups(lot(LAWNS, LINEN), espaces_verts=twice[:1], linge=twice[1:]).groups
    assert names(group) == "A2" and len(group.members[0].structure.sites) == 2


def test_a_lot_with_a_crowd_compares_few_and_shows_five() -> None:
    crowd = [site(f"{n:03}", km=float(n)) for n in range(200)]
    made = groups(lot(annual=170_000), espaces_verts=crowd)
    assert names(made.groups[0]) == "000001" and len(made.groups) == MOST_GROUPS
    assert max(int(member.site.id) for group in made.groups for member in group.members) < MOST_COMPARED


def test_a_lot_of_too_many_places_is_said_so() -> None:
    assert too_many(lot(parts=tuple(map(str, range(61))))) and not too_many(lot())


def test_two_holders_of_a_contract_are_a_pair_in_order() -> None:
    assert pairs_of({"b": ["1", "2"], "a": ["1"], "c": ["2", "3"]}) == {("a", "b"): ("1",), ("b", "c"): ("2",)}


def test_the_body_names_members_trades_and_what_is_to_check() -> None:
    asked = lot(LAWNS, LINEN, annual=100_000)
    made = groups(asked, espaces_verts=[site("A", zone="wide")], linge=[site("B", turnover=None)])
    body = consortium_body(Studied(made, {}, False), NAMES)
    (group,) = body["groups"]
    assert [member["name"] for member in group["members"]] == ["A", "B"]
    assert [[trade["does"] for trade in member["trades"]] for member in group["members"]] == [
        [True, False],
        [False, True],
    ]
    assert group["capacity"] == {"state": "unknown", "state_fr": "inconnue, au moins en partie", "known": 90_000}
    assert "chiffre d'affaires inconnu (B)" in group["gaps"]
    assert "une partie seulement du territoire, plus de la moitié (A)" in group["gaps"]
