"""The command ``vivier``: from files to a service, in steps that can be repeated. Only this package imports every room.

Verbs print through ``terminal.py``, which also gives the exit codes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from typing import Final

_PASSES: Final = (50_000, 20, 20)
"""Objects made between two passes of the garbage collector, then passes between two of each older generation: the tables that a verb loads are
hundreds of thousands of objects that stay, and by default it walks through them time and again, a fifth of a second in all."""
_HANDED: Final = 4_096
"""Bytes of a reason: what a pipe holds while nobody reads."""


def main(handed: int | None = None) -> None:
    """Runs the command. Every expected error becomes a readable message and an exit code. ``handed``: the descriptor where why a job failed is
    handed back to who runs it: what a verb prints is for readers, and its last line may be anything."""
    gc.set_threshold(*_PASSES)
    former, alone = signal.getsignal(signal.SIGINT), threading.current_thread() is threading.main_thread()
    quiet = alone and former is signal.default_int_handler
    if quiet:  # while modules load, an exception would print its stack
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from vivier.cli.command import app
    from vivier.cli.terminal import command_of, run

    command_of(app)
    if quiet:
        signal.signal(signal.SIGINT, former)
    code, reason = run(app)
    if handed is not None:
        os.write(handed, reason.encode()[:_HANDED])
    gc.freeze()  # the interpreter ends with a pass over every object: the tables are a tenth of the time of a search
    sys.exit(code)
