"""A real OpenSearch node for the tests and for a development day, without Docker.

In a test: the fixture ``opensearch_url`` of ``tests/conftest.py``. By hand, until Ctrl-C::

    python -m tests.opensearch_node.node --port 9200
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.opensearch_node.jars import (
    POM,
    NodeUnavailableError,
    compile_launcher,
    fetch_jars,
    find_jdk,
    opensearch_version,
)

HOST = "127.0.0.1"
START_SECONDS = 180.0
STOP_SECONDS = 20.0

ALONE: Final = {"discovery.type": "single-node"}
"""The setting of a node that is a cluster by itself."""

LOG_SETTINGS = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""

# OpenSearch asks for native access and vector instructions; JMX would only slow the start.
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For a node of some minutes: its code is compiled once and in haste, which takes two fifths of the processor off the tests."""
JAVA_FLAGS = ("-Dlog4j2.disable.jmx=true", "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector")


class NodeFailedError(RuntimeError):
    """The node was started and did not come to answer. The message ends with the last lines of its log."""


@dataclass(frozen=True)
class Door:
    """How a node is spoken to: in clear and by anybody, or within TLS and with the headers of a user."""

    tls: ssl.SSLContext | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def url(self, port: str) -> str:
        return f"{'http' if self.tls is None else 'https'}://{HOST}:{port}"

    def ask(self, url: str, method: str = "GET", body: object = None, seconds: float = 60) -> Any:
        """The answer, read as JSON. Raises ``OSError`` for a refusal (``HTTPError``) and for no answer."""
        given = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        request = urllib.request.Request(url, given, headers, method=method)
        with urllib.request.urlopen(request, timeout=seconds, context=self.tls) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Kind:
    """What a node is. ``settings``: lines of opensearch.yml; ``pom``: its jars; ``plugins``: classes that its launcher adds to the modules;
    ``furnish``: writes what it needs in the folder of its configuration; ``door``: how it is spoken to."""

    settings: Mapping[str, object] = field(default_factory=lambda: ALONE)
    pom: Path = POM
    plugins: tuple[str, ...] = ()
    furnish: Callable[[Path], None] = lambda config: None
    door: Door = Door()


OPEN: Final = Kind()
"""A node alone, which asks nobody who they are."""


class Node:
    """A running node. ``url`` is its address, such as ``http://127.0.0.1:34567``; ``stop`` ends it."""

    def __init__(self, command: list[str], home: Path, door: Door) -> None:
        self._command = command
        self._home = home
        self._door = door
        self._process = self._launch()
        self.url = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Return once the node answers. Raises NodeFailedError when it ended or stayed silent for that long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise NodeFailedError(f"le nœud OpenSearch s'est arrêté en démarrant\n{self._log_tail()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise NodeFailedError(f"le nœud OpenSearch n'a pas répondu en {seconds:.0f} s\n{self._log_tail()}")

    def kill(self) -> None:
        """End the node as a power cut would (SIGKILL), and keep its data."""
        self._process.kill()
        self._process.wait()

    def revive(self) -> None:
        """Start again on its data a node that ended, and wait for its answer. The address stays if the port was chosen."""
        (self._home / "http-port").unlink(missing_ok=True)
        self._process = self._launch()
        self.wait_until_ready()

    def leave(self) -> None:
        """End the node, politely then not, and keep its data."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def stop(self) -> None:
        """End the node and remove its data. Calling it twice is harmless."""
        self.leave()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _launch(self) -> subprocess.Popen[bytes]:
        # Standard input stays open for as long as this process lives: when it dies, the node ends (see NodeLauncher).
        # A session of its own: Ctrl-C reaches this process alone, which then stops the node in order.
        with (self._home / "node.log").open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._home,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        announced = self._home / "http-port"
        if not announced.is_file():
            return False
        self.url = self._door.url(announced.read_text())
        try:
            health = self._door.ask(f"{self.url}/_cluster/health", seconds=5)
        except OSError:
            return False
        return health["status"] in ("green", "yellow")

    def _log_tail(self, lines: int = 25) -> str:
        return "\n".join((self._home / "node.log").read_text(errors="replace").splitlines()[-lines:])


def launch_node(heap: str = "512m", port: int = 0, kind: Kind = OPEN, flags: Sequence[str] = BRIEF) -> Node:
    """Launch a node on 127.0.0.1, and wait for nothing; ``port`` 0 lets the system choose. ``flags``: more of those of Java, none for
    a node that is measured.

    Raises NodeUnavailableError when this machine cannot have one.
    """
    jdk = find_jdk()
    jars = fetch_jars(kind.pom)
    classes = compile_launcher(jdk, jars, kind.pom)
    home = Path(tempfile.mkdtemp(prefix="vivier-opensearch-"))
    _write_config(home, port, kind)
    command = [str(jdk / "bin" / "java"), f"-Xms{heap}", f"-Xmx{heap}", *JAVA_FLAGS, *flags]
    command += [f"-Dvivier.plugins={','.join(kind.plugins)}", "-cp", f"{classes}:{jars}/*", "NodeLauncher", str(home)]
    return Node(command, home, kind.door)


def start_node(heap: str = "512m", port: int = 0, kind: Kind = OPEN, flags: Sequence[str] = BRIEF) -> Node:
    """Launch a node and wait for its answer. Raises NodeFailedError when it does not start, too."""
    node = launch_node(heap, port, kind, flags)
    try:
        node.wait_until_ready()
    except BaseException:  # Ctrl-C during the start included: no node is left behind
        node.stop()
        raise
    return node


@contextlib.contextmanager
def opensearch_node(
    heap: str = "512m", port: int = 0, kind: Kind = OPEN, flags: Sequence[str] = BRIEF
) -> Iterator[Node]:
    """A node for the length of a ``with`` block."""
    node = start_node(heap, port, kind, flags)
    try:
        yield node
    finally:
        node.stop()


def _write_config(home: Path, port: int, kind: Kind) -> None:
    config = home / "config"
    config.mkdir()
    settings = {
        "cluster.name": "vivier-test",
        "node.name": "vivier-test",
        "network.host": HOST,
        "http.port": port,
        "transport.port": 0,
        "path.repo": str(home / "snapshots"),
        # a nearly full development disk must not turn the indices read-only
        "cluster.routing.allocation.disk.threshold_enabled": False,
        **kind.settings,
    }
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in settings.items()]
    (config / "opensearch.yml").write_text("".join(lines))
    (config / "log4j2.properties").write_text(LOG_SETTINGS)
    kind.furnish(config)


def main() -> int:
    """Keep one node in the foreground until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="Nœud OpenSearch de développement (données effacées à l'arrêt).")
    parser.add_argument("--port", type=int, default=9200, help="port HTTP sur 127.0.0.1 (9200 par défaut)")
    parser.add_argument("--heap", default="512m", help="mémoire de la machine virtuelle Java (512m par défaut)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with opensearch_node(options.heap, options.port, flags=()) as node:
            print(f"OpenSearch {opensearch_version()} répond sur {node.url} (Ctrl-C pour l'arrêter)", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except (NodeUnavailableError, NodeFailedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
