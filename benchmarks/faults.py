"""Three nodes of OpenSearch, of which some are lost, while searches and builds go on: what failed, what was lost, how long one waited.

``python -m benchmarks faults`` tries each fault, ``python -m benchmarks faults kill stop`` those named. Readers ask at a steady rate, through one
store that knows the three nodes; a builder makes one generation after the other and puts each in service. An answer is right when
it is whole and of one generation.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from benchmarks.report import Report
from tests.engine.village import doc
from tests.opensearch_node.node import HOST, Door, Kind, Node, launch_node
from vivier.engine.opensearch.access import Access, Layout
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable, VivierError
from vivier.search.operators import COLLECTIONS, All, Collection, Facet, Search
from vivier.search.port import Document

COLLECTION: Final[Collection] = "suppliers"
HEAP: Final = "384m"
READERS: Final = 3
EACH_SECOND: Final = 5
"""Searches of a reader in a second."""
DOCUMENTS: Final = 1_200
"""Of a generation."""
BATCH, PAUSE = 100, 0.5
"""Documents that a builder adds at a time, and seconds between two times: a build lasts long enough to meet a fault."""
KEPT: Final = 3
STOPPED: Final = 60.0
"""Seconds that a node is stopped: longer than the cluster takes to notice it."""
FULL: Final = 40.0
"""Seconds that disks are full, and that the cluster has to notice that they are not any more."""
LAYOUT: Final = Layout({COLLECTION: 2}, dict.fromkeys(COLLECTIONS, "1"))
"""As deploy/opensearch-three-nodes.yml has it (one copy, also while an index is filled), and in two shards: one of them may be missing."""
ASKED: Final = Search(facets=(Facet("networks", "networks", All()),), limit=20)


@dataclass
class Seen:
    """What readers and builders saw under one fault."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wrong: int = 0
    built: int = 0
    broken: list[str] = field(default_factory=list)
    lost: int = 0


class Cluster:
    """Three nodes in three processes."""

    def __init__(self, checked: str | None) -> None:
        """``checked``: seconds that a node has to answer the checks of the others, such as « 1s »; those of OpenSearch when not given."""
        doors = [(_free(), _free()) for _ in range(3)]
        names = [f"node-{number}" for number in range(3)]
        shared: dict[str, object] = {
            "discovery.seed_hosts": [f"{HOST}:{transport}" for _, transport in doors],
            "cluster.initial_cluster_manager_nodes": names,
        }
        for side in ("follower", "leader") if checked else ():
            shared |= {f"cluster.fault_detection.{side}_check.timeout": checked}
        self.nodes = [
            launch_node(HEAP, http, Kind({**shared, "node.name": name, "transport.port": transport}), flags=())
            for name, (http, transport) in zip(names, doors, strict=True)
        ]
        self.urls = [f"http://{HOST}:{http}" for http, _ in doors]

    def wait(self) -> None:
        for node in self.nodes:
            node.wait_until_ready()

    def whole_again(self) -> float:
        """Waits until three nodes hold every copy of every index. Returns the seconds it took."""
        begun, where = time.monotonic(), "_cluster/health?wait_for_nodes=3&wait_for_status=green&timeout=5s"
        while time.monotonic() - begun < 180:
            with contextlib.suppress(OSError):
                if not Door().ask(f"{self.urls[0]}/{where}")["timed_out"]:
                    break
            time.sleep(0.5)
        return time.monotonic() - begun

    def revive(self) -> None:
        """Starts all of them at once: each waits for another."""
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(Node.revive, self.nodes))

    def close(self) -> None:
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(Node.stop, self.nodes))


def _free() -> int:
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def promotion(cluster: Cluster) -> None:
    """No fault: generations are put in service under readers."""
    time.sleep(20)


def kill(cluster: Cluster) -> None:
    """A node is killed, and comes back ten seconds later."""
    cluster.nodes[1].kill()
    time.sleep(10)
    cluster.nodes[1].revive()


def stop(cluster: Cluster) -> None:
    """A node is stopped, and goes on."""
    os.kill(cluster.nodes[2].pid, signal.SIGSTOP)
    time.sleep(STOPPED)
    os.kill(cluster.nodes[2].pid, signal.SIGCONT)


def rolling(cluster: Cluster) -> None:
    """Each node is restarted in order, the next one once the cluster is whole."""
    for node in cluster.nodes:
        node.leave()
        node.revive()
        cluster.whole_again()


def gone(cluster: Cluster) -> None:
    """All are killed, and come back five seconds later."""
    for node in cluster.nodes:
        node.kill()
    time.sleep(5)
    cluster.revive()


def full(cluster: Cluster) -> None:
    """The disks are fuller than OpenSearch bears (flood stage), then are not any more. It looks at them every ten seconds."""
    least = {"low": "900tb", "high": "800tb", "flood_stage": "700tb"}
    told = {f"cluster.routing.allocation.disk.watermark.{name}": free for name, free in least.items()}
    looks = {"cluster.info.update.interval": "10s", "cluster.routing.allocation.disk.threshold_enabled": True}
    where = f"{cluster.urls[0]}/_cluster/settings"
    Door().ask(where, "PUT", {"transient": looks | told})
    time.sleep(FULL)
    Door().ask(where, "PUT", {"transient": dict.fromkeys(told)})
    time.sleep(FULL)


FAULTS: dict[str, tuple[str, Callable[[Cluster], None]]] = {
    "promotion": ("none: promotions under load", promotion),
    "kill": ("one node killed (`kill -9`), back after 10 s", kill),
    "stop": (f"one node stopped (SIGSTOP) for {STOPPED:.0f} s", stop),
    "rolling": ("each node restarted in turn", rolling),
    "full": (f"disks beyond the flood stage for {FULL:.0f} s", full),
    "gone": ("all killed, back after 5 s", gone),
}


def faults(
    fault: Annotated[list[str] | None, typer.Argument(help="by default all")] = None,
    patience: Annotated[float, typer.Option(help="seconds after which a silent node is set aside")] = 1.0,
    checked: Annotated[
        str | None, typer.Option(help="cluster.fault_detection.{follower,leader}_check.timeout (OpenSearch: 10s)")
    ] = None,
) -> Iterator[str]:
    """The row of each fault."""
    if unknown := set(fault or ()) - set(FAULTS):
        raise typer.BadParameter(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(FAULTS)})")
    report = Report("faults", DOCUMENTS)
    with contextlib.closing(Cluster(checked)) as cluster:
        cluster.wait()
        for name in fault or FAULTS:
            tried(name, cluster, patience, report)
            print(report.rows[-1], file=sys.stderr, flush=True)
    yield from report.lines()


def tried(name: str, cluster: Cluster, patience: float, report: Report) -> None:
    """Adds the row of one fault."""
    described, fault = FAULTS[name]
    seen, end = Seen(), threading.Event()
    engine = OpenSearchStore(cluster.urls, "faults", Access(patience=patience), LAYOUT)
    own = OpenSearchStore(cluster.urls, "faults", Access(patience=patience), LAYOUT)
    _build(own, Seen(), 0.0)
    workers = [threading.Thread(target=_read, args=(engine, seen, end)) for _ in range(READERS)]
    workers.append(threading.Thread(target=_build_on, args=(own, seen, end)))
    for worker in workers:
        worker.start()
    time.sleep(3)
    fault(cluster)
    whole = cluster.whole_again()
    time.sleep(3)
    end.set()
    for worker in workers:
        worker.join()
    for store in (engine, own):
        store.close()
    report.add(
        fault=described,
        searches=str(len(seen.seconds) + len(seen.failed)),
        failed=str(len(seen.failed)),
        wrong=str(seen.wrong),
        **{"median s": f"{statistics.median(seen.seconds):.2f}", "slowest s": f"{max(seen.seconds):.1f}"},
        **{f"beyond {patience:g} s": str(sum(seconds > patience for seconds in seen.seconds))},
        **{"builds put in service": str(seen.built), "builds failed": str(len(seen.broken))},
        **{"documents lost": str(seen.lost), "whole again s": f"{whole:.0f}"},
        load=f"{os.getloadavg()[0]:.0f}",
    )
    for sentence in sorted({*seen.failed, *seen.broken}):
        print(f"{name}: {sentence}", file=sys.stderr, flush=True)


def _read(engine: OpenSearchStore, seen: Seen, end: threading.Event) -> None:
    """Asks at a steady rate, and looks at each answer."""
    while not end.wait(1 / EACH_SECOND):
        begun = time.monotonic()
        try:
            answer = engine.open(COLLECTION).search(ASKED)
        except VivierError as error:
            seen.failed.append(_told("search", error))
            continue
        seen.seconds.append(time.monotonic() - begun)
        (mark, *others) = {hit.record["mark"] for hit in answer.hits} or {"none"}
        counted = dict(answer.facets["networks"].values)
        seen.wrong += bool(others) or answer.total != DOCUMENTS or counted != {mark: DOCUMENTS}


def _build_on(engine: OpenSearchStore, seen: Seen, end: threading.Event) -> None:
    while not end.is_set():
        try:
            _build(engine, seen, PAUSE)
        except VivierError as error:
            seen.broken.append(_told("build", error))
            end.wait(1)


def _told(work: str, error: VivierError) -> str:
    """What the user is told, and what OpenSearch answered."""
    return f"{work}: {error} [{error.__cause__!r:.150}]"


def _build(engine: OpenSearchStore, seen: Seen, pause: float) -> None:
    """A generation from its first document to its promotion, then all of its documents read again; older ones are removed."""
    building = engine.build(COLLECTION)
    mark = building.name
    try:
        for first in range(0, DOCUMENTS, BATCH):
            building.add(_documents(mark, first))
            time.sleep(pause)
        name = building.finish({}).name
    except BaseException:
        with contextlib.suppress(EngineUnavailable):
            building.abandon()
        raise
    engine.promote(COLLECTION, name)
    seen.built += 1
    seen.lost += DOCUMENTS - len({hit.id for hit in engine.open(COLLECTION, name).scan(All(), records=False)})
    for old in engine.generations(COLLECTION)[KEPT:]:
        engine.remove(COLLECTION, old.name)


def _documents(mark: str, first: int) -> Iterator[Document]:
    for number in range(first, first + BATCH):
        yield doc(f"{mark}-{number}", networks=[mark], text_name=[f"Atelier {number}"], record={"mark": mark})
