"""The embedded engine on a handful of documents: a module that answers in its place, common words, what is withheld, what a crash left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from tests.engine.compare import serve, told
from tests.engine.village import GREENWICH, LYON, VILLAGE, doc
from vivier.engine.embedded import generation as reading
from vivier.engine.embedded import words
from vivier.engine.embedded.building import alone, remove_leftovers
from vivier.engine.embedded.compiled import Leaves
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.embedded.words import Words, WordsWriter
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition
from vivier.search import operators
from vivier.search.operators import EVERY, Facet, Phrase, Search, Sort, Terms, Text
from vivier.settings import Settings
from vivier.territory.sphere import great_circle_km


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(tmp_path_factory.mktemp("village"), lambda: None)
    serve(made, VILLAGE)
    yield made
    made.close()


class Kernel:
    """A compiled module that asks numpy for the whole answer."""

    octets = 0
    forgotten = 0

    def __init__(self, of_operators: ModuleType, documents: Any, nested: Any) -> None:
        assert of_operators is operators and nested.keys() >= {"offers"}
        self.documents, self.nested, self.asked = documents, nested, list[Search]()

    def search(self, search: Search, leaves: Leaves) -> Any:
        self.asked.append(search)
        evaluation = leaves._evaluation
        rows = [int(row) for row in np.flatnonzero(leaves.mask(search.where, None))][: search.limit]
        found = {facet.name: evaluation.facet(facet) for facet in search.facets}
        facets = {name: (facet.values, facet.missing, facet.other) for name, facet in found.items()}
        counts = {name: evaluation.matching(where).count for name, where in search.counts}
        total = evaluation.matching(search.where).count
        return total, (rows, [7] * len(rows), [{"near": row} for row in rows]), facets, counts

    def forget(self) -> None:
        Kernel.forgotten += 1


def test_a_module_answers_in_place_of_numpy(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("vivier_fast")
    module.Kernel = Kernel
    other = EmbeddedStore(store._root, lambda: module)
    reader = other.open("suppliers")
    where = Terms("departement", ("departement:61", "departement:69", "departement:974"))
    searched = Search(
        where=where,
        facets=(Facet("networks", "networks", EVERY), Facet("places", "departement", where)),
        counts=(("lyon", Terms("departement", ("departement:69",))),),
    )
    expected, found = (told(each.open("suppliers").search(searched)) for each in (store, other))
    assert found["total"] == 5 and len(found["ids"]) == 5
    assert {**found, "ids": set(found["ids"]), "scores": 0, "records": 0} == {
        **expected,
        "ids": set(expected["ids"]),
        "scores": 0,
        "records": 0,
    }
    assert [(score, list(parts)) for score, parts in found["scores"]] == [(7, ["near"])] * 5
    for origins in ((GREENWICH,), (LYON, GREENWICH), ()):
        near = Search(where=Terms("id", ("on-greenwich", "lyon", "split")), origins=origins, sort=(Sort("distance"),))
        hits = [
            {hit.id: hit.distance_km for hit in each.open("suppliers").search(near).hits} for each in (store, other)
        ]
        assert hits[0] == hits[1] and hits[0]["split"] is None and (hits[0]["lyon"] is None) is (not origins)
    assert other.open("suppliers").search(Search(where=Terms("id", ("nobody",)), origins=(LYON,))).hits == []
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000)
    forgotten = Kernel.forgotten
    reader.search(searched)
    monkeypatch.setattr(Kernel, "octets", 1_001)
    reader.search(searched)
    assert Kernel.forgotten > forgotten
    other.close()


def test_a_module_asks_numpy_for_the_points_near_a_circle_the_rows_of_a_mask_and_kilometres(
    store: EmbeddedStore,
) -> None:
    opened = store.open("suppliers")._opened
    leaves = Leaves(opened.evaluation(), opened.distances)
    row, far, nowhere = (opened.row_of(name) for name in ("on-greenwich", "lyon", "split"))
    assert row is not None and far is not None and nowhere is not None
    lons, lats = opened.documents.point("location")
    (km,) = great_circle_km(*LYON, lons[[row]], lats[[row]]).tolist()
    for radius, within in ((km, True), (np.nextafter(km, 0.0), False)):
        assert leaves.within(None, "location", *LYON, float(radius), [far, row, nowhere]) == [True, within, False]
    mask = leaves.mask(Terms("id", ("lyon",)), None)
    assert mask.dtype == np.uint8 and np.flatnonzero(mask).tolist() == [far]
    kilometres = leaves.kilometres(np.array([far, row, nowhere], np.uint32).tobytes(), (LYON,)).tolist()
    assert kilometres == [pytest.approx(0, abs=0.01), pytest.approx(km), np.inf]


TEXTS = ["pont jardin", "pont", "jardin pont", "jardin route", "pont pont jardin", "", "route"]


@pytest.mark.parametrize("many", [0, 2, 100])
def test_common_words_are_found_as_rare_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(words, "_MANY", many)
    writer = WordsWriter(tmp_path / "words", ("text_a", "text_b"))
    writer.add(0, [{"text_a": [text], "text_b": ["pont"] if row in (1, 6) else []} for row, text in enumerate(TEXTS)])
    writer.save()
    found = Words(tmp_path / "words", len(TEXTS))
    pont, jardin = Phrase("text_a", ("pont",), 4), Phrase("text_a", ("jardin",), 3)
    both, other = Phrase("text_a", ("pont", "jardin"), 9), Phrase("text_b", ("pont",), 6)
    unknown = Phrase("text_new", ("pont",), 5)
    expected: list[tuple[Text, dict[int, int]]] = [
        (Text(()), dict.fromkeys(range(7), 0)),
        (Text(((pont,),)), dict.fromkeys((0, 1, 2, 4), 4)),
        (Text(((pont, other),)), {0: 4, 1: 6, 2: 4, 4: 4, 6: 6}),
        (Text(((jardin,), (pont, both))), {0: 12, 2: 7, 4: 12}),
        (Text(((both,),)), {0: 9, 4: 9}),
        (Text(((other,), (pont,))), {1: 10}),
        (Text(((pont,), ())), {}),
        (Text(((unknown, jardin),)), {0: 3, 2: 3, 3: 3, 4: 3}),
        (Text(((unknown,),)), {}),
        (Text(((jardin,), (pont,), (other,)), least=2), {0: 7, 1: 10, 2: 7, 4: 7}),
        (Text(((Phrase("text_a", ("rien",), 1),),)), {}),
    ]
    for text, points in expected * 2:
        rows, worth = found.search(text)
        assert dict(zip(rows.tolist(), worth.tolist(), strict=True)) == points, text


A, B = "99910010000018", "99910030800017"
NAMED = [
    doc(name, identifiers=[siret], text_name=[f"Atelier {name}"], networks=[name])
    | {"record": {"id": name, "identifiers": [siret], "mailbox": {"value": "x@y.fr"}, "name": {"value": name}}}
    for name, siret in (("a", A), ("b", B))
]


@pytest.fixture
def opposition(tmp_path: Path) -> Opposition:
    return Opposition(Settings(home=tmp_path / "home", opposition_salt=SecretStr("salt of these tests")))


def test_a_structure_that_opposes_leaves_every_answer_at_once(tmp_path: Path, opposition: Opposition) -> None:
    inner = EmbeddedStore(tmp_path / "generations", lambda: None)
    serve(inner, NAMED)
    store = WithheldStore(inner, opposition)
    assert (
        store.open("suppliers").generation == store.live("suppliers") and "opposed" not in store.live("suppliers").meta
    )
    assert len(store.open("suppliers").get(["a", "b"])) == 2
    opposition.add(A)
    first = store.live("suppliers").meta["opposed"]
    reader = store.open("suppliers")
    assert reader.generation.meta["opposed"] == first == opposition.version
    searched = Search(facets=(Facet("n", "networks", EVERY),), counts=(("all", EVERY),))
    answer = reader.search(searched)
    assert (answer.total, [hit.id for hit in answer.hits], answer.counts) == (1, ["b"], {"all": 1})
    assert dict(answer.facets["n"].values) == {"b": 1}
    assert list(reader.get(["a", "b"])) == ["b"] and [hit.id for hit in reader.scan(EVERY)] == ["b"]
    assert [hit.id for hit in reader.stream(Search())] == ["b"]
    assert list(reader.group(EVERY, "networks", ()).values) == ["b"]
    assert dict(reader.members(EVERY, "networks", ("a", "b"))) == {"a": (), "b": ("b",)}
    assert reader.vocabulary().documents == 2 and store.ready() == [] and store.warnings() == []
    assert store.damaged("suppliers", reader.generation.name) == []
    opposition.add(B)
    assert store.live("suppliers").meta["opposed"] != first and store.open("suppliers").search(Search()).total == 0
    store.close()


def test_contacts_are_hidden_from_every_record_when_the_operator_says_so(
    tmp_path: Path, opposition: Opposition
) -> None:
    inner = EmbeddedStore(tmp_path / "generations", lambda: None)
    others = [{"field": "phone", "value": 1}, {"field": "name", "value": "x"}]
    buyer = {"buyer_contact": {"mailbox": "m", "name": "n"}}
    records = [NAMED[0], NAMED[1] | {"record": {"id": "b", "others": others, **buyer}}, doc("plain", networks=["c"])]
    serve(inner, records)
    store = WithheldStore(inner, opposition, "hidden")
    reader = store.open("suppliers")
    assert reader.generation.meta["contacts"] == "hidden" and store.live("suppliers") == reader.generation
    shown = {
        "a": {"id": "a", "identifiers": [A], "name": {"value": "a"}},
        "b": {"id": "b", "others": others[1:], "buyer_contact": {"name": "n"}},
        "plain": {"id": "plain", "name": "plain"},
    }
    assert reader.get(["a", "b", "plain"]) == shown
    for hits in (reader.search(Search()).hits, reader.scan(EVERY), reader.stream(Search())):
        assert {hit.id: hit.record for hit in hits} == shown
    assert {hit.id for hit in reader.scan(EVERY, records=False)} == {*shown}
    assert {*reader.group(EVERY, "networks", ()).values} == {"a", "b", "c"} and reader.vocabulary().documents == 3
    assert WithheldStore(inner, opposition).open("suppliers").get(["a"])["a"]["mailbox"]
    store.close()


def test_what_a_crash_left_is_removed_and_what_a_builder_holds_is_not(tmp_path: Path) -> None:
    for name in (".gone", ".building"):
        (tmp_path / name).mkdir()
    (tmp_path / "live.1.tmp").write_text("x")
    (tmp_path / "live").write_text("suppliers-1")
    (tmp_path / ".finished-lock").mkdir()
    (tmp_path / ".finished-lock" / "lock").touch()
    with alone(tmp_path / ".building"):
        remove_leftovers(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} >= {".building", "live"}
        assert not {path.name for path in tmp_path.iterdir()} & {".gone", "live.1.tmp"}
    remove_leftovers(tmp_path)
    assert not (tmp_path / ".building").exists()
