"""How many times OpenSearch is asked for an answer: a user waits for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.suppliers.conftest import TODAY, House
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.engine.snapshot import Snapshot
from vivier.suppliers.beyond import beyond
from vivier.suppliers.find import find, get, groups
from vivier.suppliers.query import parse_query

pytestmark = pytest.mark.slow


def asked(house: House, work: Callable[[Snapshot], object]) -> int:
    """Requests sent to the node, but the one that says, at most once a second, which generation is in service."""
    engine = house.engine
    assert isinstance(engine, OpenSearchStore)
    transport, sent = engine._client.transport, []
    perform = transport.perform_request

    def counted(method: str, url: str, *given: object, **named: object) -> object:
        if url.endswith(("/_search", "/_msearch")):
            sent.append(url)
        return perform(method, url, *given, **named)

    transport.perform_request = counted
    try:
        work(Snapshot(engine))
    finally:
        del transport.perform_request
    return len(sent)


def answer(house: House, **parameters: str) -> Callable[[Snapshot], object]:
    """What the API does for a list of suppliers."""

    def work(snapshot: Snapshot) -> None:
        found = find(parse_query(parameters.items(), house.lexicon), snapshot, house.lexicon, TODAY)
        beyond(found, snapshot, house.lexicon, TODAY)
        groups(found, snapshot, house.lexicon)

    return work


def test_a_list_with_its_facets_is_one_request_and_its_groups_another(demo_on_node: House) -> None:
    assert asked(demo_on_node, answer(demo_on_node)) == 1
    assert asked(demo_on_node, answer(demo_on_node, q="nettoyage bureaux")) <= 2
    assert asked(demo_on_node, answer(demo_on_node, territory="region:53")) == 2


def test_a_list_of_less_than_five_asks_twice_more_what_would_give_more(demo_on_node: House) -> None:
    few = {"trade": "entretien-espaces-verts", "territory": "departement:35", "kind": "ESAT"}
    assert demo_on_node.ask(**few).total < 5
    assert asked(demo_on_node, answer(demo_on_node, **few)) <= 5


def test_a_sheet_is_one_request(demo_on_node: House) -> None:
    id_ = demo_on_node.ids()[0]
    assert asked(demo_on_node, lambda snapshot: get(id_, snapshot)) == 1
