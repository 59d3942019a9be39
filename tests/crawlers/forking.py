"""The processes that crawl, forked from one that has imported Scrapy: a tenth of the work of starting each from nothing.

The product starts them by ``sys.executable``. While :func:`forked` holds, that is a launcher: it asks a server to fork, hands its own
streams down, passes signals on and ends as the process ends. ``test_update.py`` starts them as the product does.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final
from unittest.mock import patch

from tests.house.walk import ROOT

MODULES: Final = ("crawlers.update", "crawlers.fetch", "crawlers.websites.fetch")
NEEDED: Final = (
    "scrapy.crawler",
    "scrapy.core.downloader.contextfactory",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.downloader.middleware",
    "scrapy.extensions.feedexport",
    "scrapy.responsetypes",
    "scrapy.spidermiddlewares.referer",
    "crawlers.run",
    "crawlers.settings",
    "crawlers.spider",
    "crawlers.websites.settings",
    "crawlers.websites.spider",
)
LAUNCHER: Final = """#!{python} -IS
import json, os, signal, socket, sys

words = sys.argv[1:]
if words[0] != "-m" or words[1] not in {modules}:
    os.execv({python!r}, [{python!r}, *words])
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    order = json.dumps([words[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(order).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(order)
    process = int.from_bytes(server.recv(4), "big")
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda sign, frame: os.kill(process, sign))
    code = int.from_bytes(server.recv(4), "big", signed=True)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@contextmanager
def forked() -> Iterator[None]:
    with patch.object(sys, "executable", _launcher()):
        yield


@cache
def _launcher() -> str:
    """The server of this process, which ends with it: its standard input is then closed."""
    folder = Path(tempfile.mkdtemp(prefix="vivier-forking-"))
    address, launcher = str(folder / "socket"), folder / "python"
    launcher.write_text(LAUNCHER.format(python=sys.executable, modules=MODULES, address=address), encoding="utf8")
    launcher.chmod(0o755)
    command = [sys.executable, "-m", "tests.crawlers.forking", address]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return str(launcher)


def serve(address: str) -> None:
    for name in NEEDED:
        import_module(name)
    assert "twisted.internet.reactor" not in sys.modules  # each process has its own
    gc.freeze()
    sys.executable = str(Path(address).with_name("python"))  # what these processes start is forked too
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in (ready := select.select([listening, sys.stdin], [], [], 1)[0]):
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            if ready:
                asking = listening.accept()[0]
                if not os.fork():
                    listening.close()
                    _answer(asking)
                asking.close()
    shutil.rmtree(Path(address).parent)


def _answer(asking: socket.socket) -> None:
    """Forks what is asked, and says who it is and how it ended."""
    size, streams, _, _ = socket.recv_fds(asking, 4, 3)
    with asking.makefile("rb") as received:
        words, environment, folder = json.loads(received.read(int.from_bytes(size, "big")))
    process = os.fork()
    if not process:
        asking.close()
        for descriptor, stream in enumerate(streams):
            os.dup2(stream, descriptor)
            os.close(stream)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = words
        os._exit(_ran(words[0]))
    for stream in streams:
        os.close(stream)
    os.close(1)
    asking.sendall(process.to_bytes(4, "big"))
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(BrokenPipeError):
        asking.sendall(code.to_bytes(4, "big", signed=True))
    os._exit(0)


def _ran(module: str) -> int:
    """The exit code of a module run as a program."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - as Python does for a program
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve(sys.argv[1])
