"""One notion, one number: what the search, the map and the desk say of who does a trade comes from the same belief."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.search_api.corpus import TODAY
from vivier.belief.steps import STORED
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.facts.presence import reserving_kinds
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.gate import gate
from vivier.desk.method.prospects import Prospect, prospects
from vivier.desk.tell.depth_map import DepthAsked, depth_map
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.believed import NEVER, UNTOLD
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query
from vivier.trades.table import STAFFING

TRADES = ("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie", "traiteur", "nettoyage-vitres")
PLACES = (
    *("departement:35", "departement:69", "departement:59", "departement:974", "departement:13"),
    *("epci:243500139", "epci:200046977", "departement:44", "region:53", "departement:48"),
)
PAIRS = 200


def _trades(lexicon: Lexicon) -> list[str]:
    """The trades of the pairs: those above, then others drawn from the table."""
    others = sorted((trade.code for trade in lexicon.trades), key=lambda code: zlib.crc32(code.encode()))
    return list(dict.fromkeys((*TRADES, *others)))[: PAIRS // len(PLACES)]


@pytest.mark.slow
def test_two_hundred_trades_and_places_have_no_contradiction_between_search_map_and_desk(
    engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    snapshot, compared, found = Snapshot(engine), Counter[str](), list[str]()
    for trade in _trades(lexicon):
        rows = depth_map(DepthAsked((trade,), TODAY, territories=PLACES), snapshot, lexicon).rows
        for row in rows:
            compared["pairs"] += 1
            texts = _contradictions(trade, row, snapshot, lexicon, compared)
            found += [f"{trade}, {row.territory.id}: {text}" for text in texts]
    assert found == []
    assert (
        compared["pairs"] == PAIRS and min(compared[name] for name in ("known", "silent", "percent", "other")) > PAIRS
    )


def _contradictions(
    trade: str, row: Any, snapshot: Snapshot, lexicon: Lexicon, compared: Counter[str]
) -> Iterator[str]:
    """What two rooms say differently of one trade in one place. ``compared``: counts what was looked at."""
    place, depth = row.territory.id, row.depth
    sites = candidates(SupplyAsked((trade,), (place,), TODAY), snapshot, lexicon)
    silent = {site.id: site for site in sites if _untold(site)}
    about, (low, high) = sum(site.believed or 0 for site in silent.values()), depth.around.expected
    if depth.around.untold != len(silent):
        yield f"the map counts {depth.around.untold} silent sites, the desk {len(silent)}"
    if not low - 0.06 <= about <= high + 0.06:
        yield f"the map expects {low} to {high} of the silent, the desk {about}"
    for code, count in depth.by_article.items():
        if gate(sites, code, TODAY).count != count:
            yield f"the map counts {count} for {code}, the desk {gate(sites, code, TODAY).count}"

    doubtful = sum(prospect.surety == "likely" for prospect in _prospects(sites, "L2113-14"))
    if depth.around.to_check + depth.around.unplaced != doubtful and trade != STAFFING:
        yield f"the map has {depth.around.to_check} + {depth.around.unplaced} to confirm, the desk {doubtful}"

    listed = {group: _listed(trade, place, group, snapshot, lexicon) for group in ("exact", "to_ask", "near_trade")}
    known = {site.id for site in sites if site.in_trade and not site.closed and site.proof != "statute"}
    silent_listed = {id_: _percent(result) for id_, result in listed["to_ask"].items() if id_ in silent}
    told = {id_: percent for id_, percent in silent_listed.items() if percent is not None}
    compared.update(known=len(known), silent=len(silent), percent=len(told), other=len(listed["near_trade"]))
    if not known <= listed["exact"].keys():
        yield f"the desk knows {known - listed['exact'].keys()}, which the search does not list"
    for id_, percent in told.items():
        stored = silent[id_].believed  # None: under what documents hold
        if percent / 100 > STORED if stored is None else abs(percent / 100 - stored) > 0.0051:
            yield f"the search tells {percent} % of {id_}, the desk {silent[id_].believed}"
    covering = {id_ for id_, site in silent.items() if site.covers}
    if not covering <= listed["to_ask"].keys():
        yield f"the desk would ask {covering - listed['to_ask'].keys()}, whom the search does not list"
    asked = {prospect.site.id for code in depth.by_article for prospect in _prospects(sites, code)}
    if others := asked & (listed["near_trade"].keys() - known):
        yield f"the desk counts {others}, who publish another trade"


def _listed(trade: str, place: str, group: str, snapshot: Snapshot, lexicon: Lexicon) -> dict[str, Any]:
    """The results of a group of the search, by id: of whoever serves some of the place."""
    asked = [("trade", trade), ("territory", place), ("coverage", "any"), ("group", group), ("per_page", "100")]
    query, found = parse_query(asked, lexicon), dict[str, Any]()
    while True:
        page = find(query, snapshot, lexicon, TODAY)
        found |= {result.record["id"]: result for result in page.results}
        if query.page * query.per_page >= page.total:
            return found
        query = query.model_copy(update={"page": query.page + 1})


def _prospects(sites: tuple[Candidate, ...], code: str) -> tuple[Prospect, ...]:
    return prospects(gate(sites, code, TODAY), None, 0.3, 0.4).every


@pytest.mark.parametrize(
    ("chosen", "title"),
    [
        ("to_ask", "À appeler : métier non publié"),
        ("near_trade", "À appeler : métier proche"),
        ("exact,to_ask", "Résultats"),
        ("", "Font ce métier"),
    ],
)
def test_a_list_has_the_title_of_the_group_that_the_reader_chose(client: TestClient, chosen: str, title: str) -> None:
    asked = {"trade": "nettoyage-locaux", "territory": "departement:35", **({"group": chosen} if chosen else {})}
    page = client.get("/fournisseurs", params=asked, headers={"Accept": "text/html"}).text
    heading = page.partition('<h2 id="titre-liste"')[2].partition("</h2>")[0]
    assert title in heading.replace("\xa0", " ")


@pytest.mark.slow
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


def _percent(result: Any) -> int | None:
    """The percentage that a result tells; ``None`` when it says that nothing is known yet."""
    [text] = [reason.text for reason in result.reasons if reason.code == "trade_unknown"]
    found = re.search(r"\((\d+)", text)
    assert found is not None or text.endswith((NEVER, UNTOLD))
    return None if found is None else int(found.group(1))
