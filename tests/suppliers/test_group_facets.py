"""Facets by group: each value says how many structures of each group hold it, on both engines."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.suppliers.conftest import House
from tests.suppliers.test_groups import SEARCHES
from vivier.search.port import FacetCounts
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import AnswerGroup, groups
from vivier.suppliers.group_facets import elsewhere, facets_shown, in_groups

OF_SUPPLIERS = "kind,label,departement,region"
EVERY = "kind,trade,service_type,evidence,label,network,departement,region,zone"


def answered(house: House, parameters: Mapping[str, str], facets: str) -> tuple[AnswerGroup, ...]:
    return groups(house.ask(**parameters, facets=facets), Snapshot(house.engine), house.lexicon)


@pytest.mark.slow
@pytest.mark.parametrize("parameters", SEARCHES, ids=str)
def test_each_value_counts_who_holds_it_in_each_group(demo: House, parameters: dict[str, str]) -> None:
    for group in answered(demo, parameters, OF_SUPPLIERS):
        for name, counts in group.facets.items():
            if name in parameters:
                continue
            for value, count in list(counts.values.items())[:3]:
                assert count == len(demo.all(**parameters, group=group.code, **{name: value})), (
                    group.code,
                    name,
                    value,
                )


@pytest.mark.parametrize("parameters", SEARCHES, ids=str)
def test_a_group_alone_counts_what_it_counts_among_the_others(demo: House, parameters: dict[str, str]) -> None:
    for group in answered(demo, parameters, EVERY):
        if group.code == "farther":
            continue
        alone = demo.ask(**parameters, facets=EVERY, group=group.code).answer.facets
        assert dict(group.facets) == alone


def test_who_is_farther_is_counted_by_value_only_when_asked_for(demo: House) -> None:
    """An offer of « un peu plus loin » does not serve the place: its trades are counted all the same."""
    (farther,) = (group for group in answered(demo, SEARCHES[0], EVERY) if group.code == "farther")
    assert farther.total > 0 and not farther.facets
    alone = demo.ask(**SEARCHES[0], facets=EVERY, group="farther")
    assert sum(alone.answer.facets["evidence"].values.values()) > 0


def test_values_of_the_other_groups_are_listed_with_zero(demo: House) -> None:
    found = demo.ask(**SEARCHES[0], facets=OF_SUPPLIERS)
    of_groups = groups(found, Snapshot(demo.engine), demo.lexicon)
    shown = facets_shown(found, of_groups)
    beyond = [value for value, count in shown["departement"].values.items() if count == 0]
    assert beyond
    for value in beyond:
        counts = in_groups(of_groups, "departement", value)
        assert counts["exact"] == 0
        assert sum(counts.values()) == elsewhere(of_groups, "departement")[value] > 0


def test_groups_chosen_are_counted_by_the_answer_itself(demo: House) -> None:
    found = demo.ask(**SEARCHES[0], group="farther", facets=OF_SUPPLIERS)
    assert all(not group.facets for group in groups(found, Snapshot(demo.engine), demo.lexicon))
    assert found.answer.facets["kind"].values


@pytest.mark.node
def test_both_engines_count_alike_in_each_group(demo: House, demo_on_node: House) -> None:
    for parameters in SEARCHES:
        ours, theirs = (
            [(group.code, group.total, group.zone_unpublished, _plain(group.facets)) for group in some]
            for some in (answered(house, parameters, EVERY) for house in (demo, demo_on_node))
        )
        assert ours == theirs


def _plain(facets: Mapping[str, FacetCounts]) -> dict[str, tuple[list[tuple[str, int]], int, int]]:
    return {name: (list(counts.values.items()), counts.missing, counts.other) for name, counts in facets.items()}
