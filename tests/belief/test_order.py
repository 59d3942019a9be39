"""The order of a search follows the belief: one probability to come, whatever the kind."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.engine.reference import Reference
from tests.suppliers.conftest import TODAY
from vivier.belief.comes import FARTHEST, RINGS_KM, comes
from vivier.law.kinds import KINDS
from vivier.lexicon import Lexicon
from vivier.search.operators import Terms
from vivier.suppliers.groups import comes_part
from vivier.suppliers.plan import plan_search
from vivier.suppliers.query import parse_query
from vivier.territory.coverage import distance_km

PLACE = (1.5, 47.0)


@pytest.mark.parametrize("kinds", [(), *((kind,) for kind in KINDS), ("ESS", "ACI"), ("AI", "EA")], ids=str)
def test_the_points_of_a_search_are_those_of_the_belief_for_every_kind(kinds: tuple[str, ...]) -> None:
    part = comes_part((PLACE,), Terms("seat", ()), None)
    for step in (0.05, 0.3, 0.9, 1.2):
        seat = (PLACE[0] + step, PLACE[1])
        site: dict[str, Any] = {"id": "a", "tie": 1, "location": {"lon": seat[0], "lat": seat[1]}}
        site["agreements"] = [{"kind": kind} for kind in kinds]
        meets = Reference([site]).meets
        points = max((tier.points for tier in part.tiers if meets(site, tier.where)), default=0)
        ring = next(km for km in RINGS_KM if distance_km(PLACE, seat) <= km)
        believed = comes(kinds, ring)
        assert believed is not None and points == round(1000 * math.log(believed / FARTHEST)) > 0


@pytest.mark.parametrize(
    "place", [{"territory": "departement:35"}, {"near": "-1.68,48.11", "radius_km": "60"}], ids=str
)
@pytest.mark.parametrize("group", ["to_ask", "exact,near_trade,to_ask"])
def test_an_order_by_distance_that_is_asked_for_is_by_distance_inside_each_group(
    place: dict[str, str], group: str, lexicon: Lexicon
) -> None:
    asked = {"trade": "nettoyage-locaux", **place, "group": group}
    by = {
        sort: plan_search(parse_query({**asked, "sort": sort}.items(), lexicon), lexicon, TODAY).search
        for sort in ("distance", "relevance")
    }
    assert [part.name for part in by["distance"].parts] == ["group", "inside"]
    assert [part.name for part in by["relevance"].parts] == ["group", "comes", "does"]
    assert (
        [sort.by for sort in by["distance"].sort] == [sort.by for sort in by["relevance"].sort] == ["score", "distance"]
    )
