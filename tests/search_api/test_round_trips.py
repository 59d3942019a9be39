"""How many times OpenSearch is asked, one time after the other, for an answer: a user waits for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
from indexer.publish import publish
from search_api.app import create_app
from tests.engine.conftest import remove_all
from vivier.engine.opensearch import store
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon
from vivier.settings import Settings

pytestmark = pytest.mark.slow
SUPPLIERS, CONTRACTS = 400, 200


class Service:
    """The service on a node, and what it sent to it."""

    def __init__(self, engine: OpenSearchStore, lexicon: Lexicon) -> None:
        self.client, self.sent = TestClient(create_app(engine, lexicon)), list[str]()
        transport: Any = engine._client.transport
        perform = transport.perform_request

        def noted(method: str, url: str, *given: Any, **named: Any) -> Any:
            self.sent.append(url)
            return perform(method, url, *given, **named)

        transport.perform_request = noted

    def asked(self, path: str, **parameters: str) -> int:
        """Requests that an answer needs, of whatever sort."""
        self.sent.clear()
        answer = self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return len(self.sent)

    def first(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(path).json()["results"][0]
        return found


@pytest.fixture(scope="module")
def service(lexicon: Lexicon, opensearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demonstration. What is read once for a process (the words of a generation) or at most once a second (which one is in service) is
    known already."""
    prefix, home = f"test-{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("demo")
    with closing(OpenSearchStore([opensearch_url], prefix)) as engine, pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "_LIVE_SECONDS", 3600.0)
        _publish(engine, Settings(home=home), lexicon)
        known = Service(engine, lexicon)
        for path in ("suppliers", "contracts", "notices", "buyers"):
            known.asked(f"/v1/{path}", q="jardin")
        yield known
    remove_all(opensearch_url, prefix)


def _publish(engine: OpenSearchStore, settings: Settings, lexicon: Lexicon) -> None:
    write_demo(settings, SUPPLIERS)
    write_demo_contracts(settings, CONTRACTS)
    write_demo_notices(settings)
    publish(engine, settings, lexicon, skip_judged=True)
    publish_contracts(engine, settings, lexicon)
    publish_notices(engine, settings, lexicon)


def test_lists_are_two_requests_at_most(service: Service) -> None:
    assert service.asked("/v1/suppliers") == 1
    assert service.asked("/v1/suppliers", q="nettoyage bureaux", territory="region:53") == 2
    assert service.asked("/v1/suppliers", territory="region:53", trade="nettoyage-locaux") == 2
    assert service.asked("/v1/contracts", q="nettoyage") == 1
    assert service.asked("/v1/notices") == 1
    assert service.asked("/v1/buyers") <= 3  # the ranking, which of these buyers have a name, the page
    assert service.asked("/v1/indicators", by="year") == 1


def test_what_would_give_more_is_asked_with_the_groups(service: Service) -> None:
    few = {"trade": "entretien-espaces-verts", "territory": "departement:35", "kind": "ESAT"}
    assert service.client.get("/v1/suppliers", params=few).json()["total"] < 5
    assert service.asked("/v1/suppliers", **few) <= 3
    assert service.asked("/v1/suppliers", q="zorglub xyzzy", territory="departement:35") <= 5


def test_sheets_are_two_requests_at_most(service: Service) -> None:
    supplier, contract = service.first("/v1/suppliers")["id"], service.first("/v1/contracts")["id"]
    assert service.asked(f"/v1/suppliers/{supplier}") == 1
    assert service.asked(f"/v1/contracts/{contract}") == 2
    assert service.asked(f"/v1/buyers/{service.first('/v1/buyers')['siren']}") == 2
    assert service.asked(f"/fournisseurs/{supplier}") <= 3


def test_leads_and_what_was_not_won(service: Service) -> None:
    """The supplier, then what its kind wins when it publishes no trade, the leads, the lots beside them, and the calls that their buyers announce."""
    supplier = service.first("/v1/suppliers")["id"]
    assert service.asked("/v1/leads", trade="nettoyage-locaux", territory="region:53") <= 3
    assert (
        service.asked("/v1/leads", trade="nettoyage-locaux", territory="commune:35238") <= 4
    )  # none: what would give some
    assert service.asked("/v1/leads", supplier=supplier) <= 6
    assert service.asked("/v1/contracts", missed=supplier) <= 6


def test_studies(service: Service) -> None:
    """The first study of a generation reads how often structures answer, which the others remember."""
    lot = {"trade": "nettoyage-locaux", "territory": "commune:35238", "amount": "150000"}
    assert service.asked("/v1/feasibility", **lot) <= 4
    assert service.asked("/v1/feasibility", **{**lot, "amount": "160000"}) <= 2
    assert service.asked("/v1/feasibility", **lot) == 0  # an answer asked lately is kept
    assert service.asked("/v1/depth", filiere="numerique", by="region") <= 3
