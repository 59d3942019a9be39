"""Former generations put back in service, collection by collection, on both engines; kill -9 in the middle of a publication."""

from __future__ import annotations

import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from indexer.contracts.publish import publish_contracts
from indexer.demo import write_demo, write_demo_contracts
from indexer.doctor import diagnose
from indexer.promotion import KEPT_GENERATIONS, parted, rollback
from indexer.publish import publish
from tests.engine.conftest import fork_server, target  # noqa: F401  fixtures
from tests.engine.crash import Target, open_target, processes
from vivier.engine import open_engine
from vivier.errors import BuildRefused, NotFound
from vivier.lexicon import load_lexicon
from vivier.search.operators import All, Collection, Measure, Search
from vivier.search.port import Store
from vivier.settings import Settings

pytestmark = pytest.mark.slow

MOMENTS = (0.3, 0.6, 0.9, 1.2)
"""When a publication is killed, in publications."""
SIZES = (500, 560)
"""Contracts of the two homes a killed publication goes between."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Settings]:
    """Two homes of the demonstration, one with more contracts than the other."""
    made = []
    for size in SIZES:
        settings = Settings(home=tmp_path_factory.mktemp("promotion"))
        write_demo(settings, 300)
        write_demo_contracts(settings, size)
        made.append(settings)
    return made


@pytest.fixture
def engine(target: Target) -> Iterator[Store]:  # noqa: F811
    opened = open_target(target)
    yield opened
    opened.close()


def live(engine: Store) -> dict[Collection, str]:
    return {collection: engine.live(collection).name for collection in ("contracts", "buyers")}


@pytest.mark.parametrize("asked", ["contracts", "buyers"])
def test_contracts_and_their_buyers_go_back_together(engine: Store, homes: list[Settings], asked: Collection) -> None:
    lexicon = load_lexicon()
    publish_contracts(engine, homes[0], lexicon)
    first = live(engine)
    publish_contracts(engine, homes[1], lexicon)
    second = live(engine)
    assert {generation.name for generation in rollback(engine, asked)} == set(first.values())
    assert live(engine) == first and total(engine) == SIZES[0]
    assert {generation.name for generation in rollback(engine, asked, second[asked])} == set(second.values())
    assert live(engine) == second and total(engine) == SIZES[1]
    assert parted(engine) is None


@pytest.mark.long
@pytest.mark.parametrize("asked", ["contracts", "buyers"])
@pytest.mark.parametrize("stopped", ["contracts", "buyers"])
def test_a_rollback_or_a_build_killed_between_two_promotions_is_ended_by_the_next_rollback(
    engine: Store, homes: list[Settings], asked: Collection, stopped: Collection
) -> None:
    lexicon = load_lexicon()
    publish_contracts(engine, homes[0], lexicon)
    first = live(engine)
    publish_contracts(engine, homes[1], lexicon)
    engine.promote(stopped, first[stopped])
    assert parted(engine) is not None
    rollback(engine, asked)
    assert live(engine) == first


def test_a_rollback_without_a_former_generation_or_without_its_twin_changes_nothing(
    engine: Store, homes: list[Settings]
) -> None:
    lexicon = load_lexicon()
    with pytest.raises(NotFound):
        rollback(engine, "contracts")
    publish_contracts(engine, homes[0], lexicon)
    first = live(engine)
    with pytest.raises(NotFound, match="--collection contracts"):
        rollback(engine, "contracts")
    publish_contracts(engine, homes[0], lexicon)
    second = live(engine)
    engine.remove("buyers", first["buyers"])
    for name in (None, first["contracts"]):
        with pytest.raises(NotFound, match=first["buyers"]):
            rollback(engine, "contracts", name)
    with pytest.raises(NotFound, match="inconnue"):
        rollback(engine, "contracts", second["buyers"])
    assert live(engine) == second


def test_buyers_that_disappear_refuse_the_contracts_too(engine: Store, homes: list[Settings], tmp_path: Path) -> None:
    lexicon = load_lexicon()
    publish_contracts(engine, homes[0], lexicon)
    first = live(engine)
    few = Settings(home=tmp_path)
    write_demo(few, 300)
    write_demo_contracts(few, 60)
    with pytest.raises(BuildRefused, match="--accept-drops"):
        publish_contracts(engine, few, lexicon)
    assert live(engine) == first
    assert [len(engine.generations(collection)) for collection in ("contracts", "buyers")] == [1, 1]


def total(engine: Store) -> int:
    """Contracts found; they are those the buyers count."""
    found = engine.open("contracts").search(Search(limit=0)).total
    grouped = engine.open("contracts").group(All(), "buyer", (Measure("n"),))
    assert sum(grouped.measures["n"]) == found
    return found


def publish_for_ever(target: Target, homes: list[Settings], pipe: Connection) -> None:  # noqa: F811
    engine, lexicon = open_target(target), load_lexicon()
    while True:
        for settings in homes:
            pipe.send("begun")
            publish_contracts(engine, settings, lexicon, accept_drops=True)


@pytest.mark.long
def test_a_publication_of_contracts_killed_at_any_moment_leaves_whole_generations(
    target: Target,  # noqa: F811
    homes: list[Settings],
) -> None:
    engine, lexicon = open_target(target), load_lexicon()
    publish_contracts(engine, homes[0], lexicon)
    started = time.monotonic()
    publish_contracts(engine, homes[1], lexicon)
    period, live_before = time.monotonic() - started, engine.live("contracts").name
    for moment in (*MOMENTS, None):
        ours, theirs = processes.Pipe(duplex=False)
        builder = processes.Process(target=publish_for_ever, args=(target, homes, theirs), daemon=True)
        builder.start()
        ours.recv()
        if moment is None:
            ours.recv()  # the first publication is over, the second begins
        time.sleep((moment or 0.5) * period)
        builder.kill()
        builder.join()
        _settled(engine)
        assert total(engine) in SIZES
        for collection in ("contracts", "buyers"):
            for generation in engine.generations(collection):
                assert engine.open(collection, generation.name).search(Search(limit=0)).total == generation.documents
    assert engine.live("contracts").name > live_before
    publish_contracts(engine, homes[0], lexicon, accept_drops=True)
    assert parted(engine) is None and total(engine) == SIZES[0]
    assert all(len(engine.generations(collection)) <= KEPT_GENERATIONS for collection in ("contracts", "buyers"))
    engine.close()


def _settled(engine: Store) -> None:
    """What a killed builder had asked of OpenSearch, OpenSearch still does; a live name is remembered for a second."""
    before: object = None
    while before != (
        before := [generation.name for name in ("contracts", "buyers") for generation in engine.generations(name)]
    ):
        time.sleep(0.3)
    time.sleep(1.1)


def test_contracts_and_buyers_of_two_builds_are_told_with_the_rollback_that_joins_them(
    homes: list[Settings], tmp_path: Path
) -> None:
    """What a stop between the two promotions leaves."""
    settings = homes[0].model_copy(update={"home": tmp_path})
    (tmp_path / "records").symlink_to(homes[0].records)
    engine, lexicon = open_engine(settings), load_lexicon()
    publish(engine, settings, lexicon, skip_judged=True)
    publish_contracts(engine, settings, lexicon)
    first = live(engine)
    publish_contracts(engine, settings, lexicon)
    engine.promote("buyers", first["buyers"])
    apart = parted(engine)
    assert apart is not None and apart[1].name == first["buyers"]
    texts = {check.text for check in diagnose(settings) if not check.ok}
    assert any(f"vivier rollback {apart[0].name}" in text for text in texts)
    rollback(engine, "contracts", apart[0].name)
    assert parted(engine) is None
    engine.close()
