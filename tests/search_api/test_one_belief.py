"""One notion, one number: what the search, the map and the desk say of who does a trade comes from the same belief."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.search_api.corpus import TODAY
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.facts.presence import reserving_kinds
from vivier.desk.method.candidate import Candidate
from vivier.desk.tell.depth_map import DepthAsked, depth_map
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query

TRADES = ("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie", "traiteur", "nettoyage-vitres")
PLACES = ("departement:35", "departement:69", "departement:59", "epci:243500139", "departement:974")


@pytest.mark.parametrize(("trade", "place"), product(TRADES, PLACES))
def test_the_map_the_desk_and_the_search_count_the_silent_by_one_belief(
    engine: EmbeddedStore, lexicon: Lexicon, trade: str, place: str
) -> None:
    snapshot = Snapshot(engine)
    [row] = depth_map(DepthAsked((trade,), TODAY, territories=(place,)), snapshot, lexicon).rows
    around = row.depth.around
    silent = {
        site.id: site for site in candidates(SupplyAsked((trade,), (place,), TODAY), snapshot, lexicon) if _untold(site)
    }
    assert around.untold == len(silent)
    about = sum(site.believed for site in silent.values())
    low, high = around.expected
    assert low <= about + 0.06 and about <= high + 0.06

    query = parse_query([("trade", trade), ("territory", place), ("group", "to_ask"), ("per_page", "100")], lexicon)
    for result in find(query, snapshot, lexicon, TODAY).results:
        if result.record["id"] not in silent:
            continue
        assert abs(_percent(result) / 100 - silent[result.record["id"]].believed) <= 0.0051


@pytest.mark.parametrize(
    ("chosen", "title"),
    [
        ("to_ask", "Métier non publié, à interroger"),
        ("near_trade", "Métier proche"),
        ("exact,to_ask", "Résultats"),
        ("", "Répondent à tout"),
    ],
)
def test_a_list_has_the_title_of_the_group_that_the_reader_chose(client: TestClient, chosen: str, title: str) -> None:
    asked = {"trade": "nettoyage-locaux", "territory": "departement:35", **({"group": chosen} if chosen else {})}
    page = client.get("/fournisseurs", params=asked, headers={"Accept": "text/html"}).text
    heading = page.partition('<h2 id="titre-liste"')[2].partition("</h2>")[0]
    assert title in heading


def test_a_lot_tells_the_chance_that_two_can_do_it_once(service: TestClient) -> None:
    for trade, amount in product(TRADES, ("20000", "120000")):
        lot = {"trade": trade, "territory": "departement:35", "amount": amount, "months": "12"}
        body = service.get("/v1/feasibility", params=lot).json()
        advice = body["advice"]
        text = " ".join((advice["reason"], *advice["facts"], body["text"]))
        told = re.findall(r"deux (?:structures )?(?:puissent|peuvent)[^.;]*|capables[^.;]*des cas", text)
        assert len(told) <= 1, told


def _untold(site: Candidate) -> bool:
    silent = not (site.trade_known or site.in_trade or site.refused or site.closed)
    return silent and bool(set(site.possible_kinds) & set(reserving_kinds()))


def _percent(result: Any) -> int:
    [text] = [reason.text for reason in result.reasons if reason.code == "trade_unknown"]
    return int(re.search(r"\((\d+)", text).group(1))  # type: ignore[union-attr]
