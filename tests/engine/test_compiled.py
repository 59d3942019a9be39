"""The compiled module (``fast/``) gives the answers of numpy, distances included to the last bit.

It is built from the repository into ``fast/target``, where cargo keeps what has not changed since; no other test meets it. Without cargo,
or its crates, these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings

from tests.engine.compare import serve, told
from tests.engine.conftest import Corpora
from tests.engine.strategies import SearchMaker
from tests.engine.test_same_answers import bounded
from tests.house.walk import ROOT
from vivier.engine.embedded import compiled as joined
from vivier.engine.embedded import generation as reading
from vivier.engine.embedded.columns import FewValues
from vivier.engine.embedded.compiled import Compiled
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search import operators
from vivier.search.operators import Collection, Near, Operator, Part, Range, Search, Sort, Terms, Text, Tier, Within
from vivier.search.port import Answer, Document
from vivier.territory.sphere import great_circle_km, on_grid

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Generating overly large repr")]
FAST = ROOT / "fast"
COLLECTIONS: tuple[Collection, ...] = ("suppliers", "contracts", "notices", "buyers")
DRAWN = {"suppliers": 500, "contracts": 300, "notices": 150, "buyers": 150}


def cargo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["cargo", *arguments, "--locked", "--manifest-path", str(FAST / "Cargo.toml")]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(FAST / "target")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=580, check=False)


@pytest.fixture(scope="session")
def module() -> ModuleType:
    """The module, as the repository has it."""
    if shutil.which("cargo") is None:
        pytest.skip("cargo n'est pas là : le module compilé n'est pas essayé")

    fetched = cargo("fetch")
    if fetched.returncode:
        pytest.skip(f"les paquets de cargo ne sont pas joignables : {fetched.stderr[-200:]}")
    made = cargo("build", "--release", "--offline")
    assert made.returncode == 0, made.stderr[-3000:]
    release = FAST / "target" / "release"
    (library,) = (path for path in release.iterdir() if path.stem.endswith("vivier_fast") and path.suffix != ".d")
    spec = spec_from_file_location("vivier_fast", library)
    assert spec is not None and spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="session")
def documents(corpus: list[Document], corpora: Corpora) -> Corpora:
    return {"suppliers": corpus, **corpora}


class Both:
    """The same generations, read by numpy and by the module."""

    def __init__(self, root: Path, module: ModuleType) -> None:
        self.numpy, self.compiled = EmbeddedStore(root, lambda: None), EmbeddedStore(root, lambda: module)

    def check(self, collection: Collection, search: Search) -> Answer[Any]:
        expected = self.numpy.open(collection).search(search)
        found = self.compiled.open(collection).search(search)
        assert told(found) == told(expected)
        assert [hit.distance_km for hit in found.hits] == [hit.distance_km for hit in expected.hits]
        return found


@pytest.fixture(scope="session")
def both(documents: Corpora, module: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    pair = Both(tmp_path_factory.mktemp("compiled"), module)
    for collection in COLLECTIONS:
        serve(pair.numpy, documents[collection], collection=collection)
    yield pair
    pair.numpy.close()
    pair.compiled.close()


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_random_searches_have_the_answer_of_numpy(both: Both, documents: Corpora, collection: Collection) -> None:
    maker, full = SearchMaker(documents[collection], collection), 0

    @settings(bounded, max_examples=DRAWN[collection])
    @given(maker.searches())
    def check(search: Search) -> None:
        nonlocal full
        full += bool(both.check(collection, search).hits)

    check()
    assert full >= DRAWN[collection] // 5


def test_only_texts_and_polygons_are_left_to_numpy(
    both: Both, documents: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked of numpy is written down, then answered as usual."""
    asked: set[type[Operator]] = set()
    mask = joined.Leaves.mask

    def noted(leaves: joined.Leaves, operator: Operator, path: str | None) -> Any:
        asked.add(type(operator))
        return mask(leaves, operator, path)

    monkeypatch.setattr(joined.Leaves, "mask", noted)
    maker = SearchMaker(documents["suppliers"])

    @settings(bounded, max_examples=80)
    @given(maker.searches())
    def check(search: Search) -> None:
        both.check("suppliers", search)

    check()
    assert asked == {Text, Within}


def test_a_point_on_the_circle_is_where_numpy_puts_it(
    both: Both, documents: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rounding tells on which side of the circle these points are: numpy is asked of them, and of no other."""
    asked: list[int] = []
    within = joined.Leaves.within

    def noted(leaves: joined.Leaves, *of: Any) -> list[bool]:
        asked.append(len(of[-1]))
        return within(leaves, *of)

    monkeypatch.setattr(joined.Leaves, "within", noted)
    located = [one["location"] for one in documents["suppliers"] if "location" in one]
    points = [on_grid(place["lon"], place["lat"]) for place in located[:40]]
    (lon, lat), others = points[0], points[1:]
    for x, y in others:
        (km,) = great_circle_km(lon, lat, np.array([x]), np.array([y])).tolist()
        for radius in (km, np.nextafter(km, 0.0), np.nextafter(km, 1e9)):
            circle = Near("location", lon, lat, float(radius))
            both.check("suppliers", Search(where=circle, origins=((lon, lat),), sort=(Sort("distance"),)))
            both.check("suppliers", Search(parts=(Part("near", (Tier(circle, 5),)),), limit=100))
    assert 0 < sum(asked) < len(others) * len(located) // 10


def test_threads_share_a_generation(both: Both, documents: Corpora) -> None:
    drawn: list[Search] = []

    @settings(bounded, max_examples=60)
    @given(SearchMaker(documents["suppliers"]).searches())
    def draw(search: Search) -> None:
        drawn.append(search)

    draw()
    expected = [told(both.numpy.open("suppliers").search(search)) for search in drawn]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            found = threads.map(lambda search: told(both.compiled.open("suppliers").search(search)), drawn)
            assert list(found) == expected


def test_what_is_remembered_is_bounded(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = both.compiled.open("suppliers")._opened
    assert opened._compiled is not None
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)
    for staff in range(2_000):
        both.compiled.open("suppliers").search(Search(where=Range("staff", gte=float(staff)), limit=0))
        assert opened._compiled.octets + opened.evaluation().octets < 110_000


def test_an_operator_of_another_world_is_refused_aloud(both: Both) -> None:
    opened = both.compiled.open("suppliers")
    with pytest.raises(TypeError):
        opened.search(Search(where="trade"))  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        opened.search(Search(where=Range("nowhere", gte=1.0)))


def test_a_row_beyond_its_table_is_an_error_and_no_end_of_the_process(module: ModuleType) -> None:
    rows, ptr, first = np.array([99], np.int32), np.array([0, 1]), np.zeros(2, np.int32)
    keyword = SimpleNamespace(rows=rows, ptr=ptr, first=first, values=FewValues(["a"]))
    parents, numbers = np.arange(2, dtype=np.int32), {"tie": np.array([0.0, 1.0])}
    table = SimpleNamespace(count=2, parents=parents, keywords={"kind": keyword}, numbers=numbers, points={})
    kernel = module.Kernel(operators, table, {})
    assert kernel.search(Search(limit=0), None)[0] == 2
    with pytest.raises(RuntimeError, match="damaged"):
        kernel.search(Search(where=Terms("kind", ("a",)), limit=0), None)


def test_the_module_is_of_the_version_and_the_interface_of_the_product(module: ModuleType) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["version"]
    assert (version, joined.INTERFACE) == (module.VERSION, module.INTERFACE)


def test_the_module_answers_when_it_is_there(both: Both) -> None:
    assert isinstance(both.compiled.open("suppliers")._opened._compiled, Compiled)
    assert both.numpy.open("suppliers")._opened._compiled is None


def test_a_generation_read_by_the_module_goes_with_its_last_reader(
    both: Both, documents: Corpora, module: ModuleType, tmp_path: Path
) -> None:
    store = EmbeddedStore(tmp_path, lambda: module)
    serve(store, documents["buyers"], collection="buyers")
    reader = store.open("buyers")
    assert reader.search(Search(origins=((2.35, 48.85),), sort=(Sort("distance"),))).hits
    opened = ref(reader._opened)
    store.close()
    assert opened() is not None
    del reader
    assert opened() is None
