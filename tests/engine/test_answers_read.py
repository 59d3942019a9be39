"""What a node or a compiled module answers is read into the house's own forms; what they refuse is said."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vivier.engine.embedded.compiled import INTERFACE, Compiled, Leaves, compiled, evaluator
from vivier.engine.embedded.evaluate import Place
from vivier.engine.opensearch.group import _middle, grouped, medians
from vivier.engine.opensearch.sending import BULK_BYTES, Sending, bulk_lines
from vivier.errors import BuildRefused, EngineAway
from vivier.search.operators import EVERY, Measure, Search, Terms
from vivier.search.port import FacetCounts


@pytest.mark.parametrize(
    ("spoken", "said"), [(INTERFACE, "vivier_fast 9"), (INTERFACE + 1, "numpy"), (None, "numpy"), ("absent", "numpy")]
)
def test_a_module_of_another_interface_is_left_aside(
    spoken: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = ModuleType("vivier_fast")
    module.VERSION = 9
    if spoken is not None:
        module.INTERFACE = spoken
    monkeypatch.setitem(sys.modules, "vivier_fast", None if spoken == "absent" else module)
    compiled.cache_clear()
    try:
        assert evaluator() == said
    finally:
        compiled.cache_clear()


def test_an_answer_of_the_module_becomes_places_facets_and_counts() -> None:
    class Kernel:
        octets = 42

        def __init__(self, *tables: object) -> None:
            self.forgotten = 0

        def search(self, search: Search, leaves: Leaves) -> Any:
            assert leaves.within(None, "point", 2.0, 48.0, 112.0, [0, 1]) == [True, False]
            assert leaves.kilometres(np.array([1, 0], np.uint32).tobytes(), ()).tolist() == [np.inf, 1.5]
            assert leaves.mask(EVERY, "path").tolist() == [1, 0] and leaves.day is not None
            return 3, ([0, 1], [50, 40], [{"a": 50}, {}]), {"kind": ({"EI": 2}, 1, 0)}, {"c": 1}

        def forget(self) -> None:
            self.forgotten += 1

    table = SimpleNamespace(point=lambda field: (np.array([2.0, 2.0]), np.array([49.0, 50.0])))
    evaluation: Any = SimpleNamespace(
        text_search=None, table=lambda path: table, mask=lambda operator, path: np.array([True, False])
    )

    def kilometres(rows: Any, origins: Any) -> Any:
        assert rows.dtype == np.intp
        return np.array([1.5, np.inf])[rows]

    module: Any = SimpleNamespace(Kernel=Kernel)
    joined = Compiled(module, None, {})  # type: ignore[arg-type]
    found = joined.found(Search(origins=((2.0, 48.0),)), evaluation, kilometres)
    assert found.places == [Place(0, 50, 1.5, {"a": 50}), Place(1, 40, None, {})]
    assert (found.total, found.facets, found.counts) == (3, {"kind": FacetCounts({"EI": 2}, 1, 0)}, {"c": 1})
    assert [place.distance_km for place in joined.found(Search(), evaluation, kilometres).places] == [None, None]
    joined.forget()
    assert joined.octets == 42 and joined._kernel.forgotten == 1  # type: ignore[attr-defined]


class Node:
    """What a node is asked, and the answers that it gives."""

    def __init__(self, *answers: Any) -> None:
        self.asked: list[Any] = []
        self._answers = list(answers)

    def bulk(self, *, body: bytes, **_: object) -> Any:
        self.asked.append(body)
        return self._answers.pop(0) if self._answers else {"errors": False}

    def ask(self, bodies: list[Any]) -> list[Any]:
        self.asked += bodies
        return [self._answers.pop(0) for _ in bodies]


def test_documents_are_sent_as_soon_as_they_fill_a_request() -> None:
    one, other = bulk_lines([{"id": "a", "x": 1}, {"id": "b"}])
    assert one == b'{"index":{"_id":"a"}}\n{"id":"a","x":1}\n' and b'"_id":"b"' in other
    node: Any = Node()
    sending, half = Sending(node, "i"), b"x" * (BULK_BYTES // 2)
    sending.add([half, half, b"1", b"2"])
    sending.drain()
    sending.drain()
    sending.close()
    assert sorted(map(len, node.asked)) == [1, 2 * len(half) + 1]


@pytest.mark.parametrize(
    ("statuses", "error"),
    [((429, 400), BuildRefused), ((429,), EngineAway), ((503,), EngineAway), ((428,), BuildRefused)],
)
def test_a_document_refused_stops_the_build_and_a_node_away_is_told(statuses: tuple[int, ...], error: type) -> None:
    items = [{"index": {"status": 200}}, *({"index": {"status": s, "error": {"reason": f"r{s}"}}} for s in statuses)]
    node: Any = Node({"errors": True, "items": items})
    sending = Sending(node, "i")
    with pytest.raises(error, match=r"r[45]"):
        sending._sent(b"x")
    sending.close()


def bucket(key: object, count: int, **values: float) -> dict[str, Any]:
    return {"key": key, "doc_count": count, **{name: {"value": value} for name, value in values.items()}}


def test_medians_are_read_page_by_page() -> None:
    assert [_middle([(1, 1), (5, 1)]), _middle([(1, 2), (5, 1)]), _middle([(1, 1), (2, 1), (9, 1)])] == [3, 1, 2]
    pages = [
        {"buckets": [bucket({"value": "a", "number": 1}, 1)], "after_key": {"x": 1}},
        {"buckets": [bucket({"value": "a", "number": 4}, 1), bucket({"value": "b", "number": 7}, 3)]},
    ]
    node = Node(*({"aggregations": {"by": page}} for page in pages))
    assert medians(node.ask, EVERY, "siren", Measure("m", "median", "amount")) == {"a": 2.5, "b": 7.0}
    assert node.asked[1]["aggs"]["by"]["composite"]["after"] == {"x": 1} and len(node.asked) == 2


def test_groups_are_asked_in_parts_when_a_node_left_some_out() -> None:
    where = Terms("kind", ("EI",))
    measures = (Measure("n", "count"), Measure("sum", "sum", "amount", where), Measure("most", "max", "amount", where))

    def answer(*buckets: Any, left: int = 0) -> dict[str, Any]:
        return {"aggregations": {"by": {"buckets": list(buckets), "sum_other_doc_count": left}}}

    node = Node(
        *(answer(left=1), answer()),
        *(answer(bucket("b", 2)), answer(bucket("b", 1, sum=5, most=5)), answer(bucket("a", 1)), answer()),
    )
    found = grouped(
        node.ask, lambda works: [work() for work in works], "contracts", EVERY, "buyer", measures, ("a", "b", "c")
    )
    assert found.values == ("a", "b") and found.measures["n"].tolist() == [1, 2]
    assert found.measures["sum"].tolist() == [0, 5] and np.isnan(found.measures["most"][0])
    assert len(node.asked) == 6
