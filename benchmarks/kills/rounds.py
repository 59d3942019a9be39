"""Kills every verb that writes, at random moments of its work, and looks at what is there: ``python -m benchmarks kills``.

A round takes the same home, begins the verb, kills it (half of the rounds at one of its operations, half at a moment; half of the rounds it
alone, half with all of its processes), reads what the home answers and keeps, then types the verb again. Each part of the home must be
as before or as after the whole verb, and after the second run as after one run or two. ``--rounds`` counts those killed in time; rounds of
another ``--seed`` are killed elsewhere, so that the counts of several runs add up.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.kills.killing import Ended, Kill, apart, run
from benchmarks.kills.state import State, names_of, state_of
from benchmarks.kills.verbs import Verb, servers, settings_of, verbs
from benchmarks.report import Report
from vivier.lexicon import load_lexicon
from vivier.territory.reach import load_reach_index

SEED = 20261127
USED = ("vivier.cli", "crawlers.registry", "vivier.engine.embedded.store")
TRIES = 4
"""A round may be tried so many times: a verb may end before its kill."""


@dataclass
class Seen:
    """What the rounds of a verb saw."""

    rounds: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)


class Bench:
    """One verb, its home, and what it does when nothing stops it."""

    def __init__(self, verb: Verb, folder: Path) -> None:
        self.verb, self.home, self.made, self.log = verb, folder / "home", folder / "made", folder / "log"
        self.variables = {**verb.variables, "VIVIER_HOME": str(self.home)}
        own = {name: value for name, value in verb.variables.items() if name.startswith("VIVIER_")}
        self.settings = settings_of(self.home / verb.inside, own)
        self.home.mkdir(parents=True)
        shutil.rmtree(self.home)
        made = run(partial(verb.make, self.home, self.variables), self.variables, self.log)
        if made.code:
            raise RuntimeError(f"{verb.name}: {made.printed}")
        self.home.rename(self.made)
        self.again()
        self.before = self.state()
        self.first = self.typed()
        loaded(self.first.modules)
        self.after, self.names = self.state(), names_of(self.home)
        self.second = self.typed()
        self.twice = self.state()
        self.names |= names_of(self.home)
        if self.first.code or self.after == self.before:
            raise RuntimeError(
                f"{verb.name}: {self.first.code} {self.first.printed}, changed: {self.after != self.before}"
            )

    def again(self) -> None:
        """The home as it was made."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.made, self.home, symlinks=True)

    def state(self) -> State:
        return apart(partial(state_of, self.settings))

    def typed(self, kill: Kill | None = None) -> Ended:
        return run(self.verb.typed(self.home, self.verb.variables), self.variables, self.log, kill)

    def round(self, kill: Kill, seen: Seen) -> bool:
        """One kill. Returns whether it came in time."""
        self.again()
        if not self.typed(kill).killed:
            return False
        seen.rounds += 1
        try:
            killed = self.state()
            seen.seen[self._looks(killed, seen)] += 1
            self.verb.free(self.home)
            ended = self.typed()
            if ended.code not in (self.first.code, self.second.code):
                seen.wrong[f"the second run: {ended.code} {ended.printed[-300:]}"] += 1
            self._compare(self.state(), (self.after, self.twice), "after the second run", seen)
        except Exception as error:  # noqa: BLE001 - counted and shown
            seen.wrong[f"cannot be read: {error}"[:600]] += 1
        seen.left.update((names_of(self.home) - self.names).keys())
        return True

    def _looks(self, killed: State, seen: Seen) -> str:
        """What a killed verb left: as before, as after, or some parts of each."""
        self._compare(killed, (self.before, self.after), "after the kill", seen)
        return "before" if killed == self.before else "after" if killed == self.after else "between"

    def _compare(self, state: State, allowed: tuple[State, State], when: str, seen: Seen) -> None:
        for part in sorted(state.keys() | allowed[0].keys() | allowed[1].keys()):
            free = when == "after the kill" and part.startswith(self.verb.between or ("\0",))
            if not free and state.get(part) not in {one.get(part) for one in allowed}:
                values = (found.get(part) for found in (state, *allowed))
                seen.wrong["{}, {}: {}, not {} nor {}".format(when, part, *values)] += 1


def drawn(first: Ended, seed: int) -> Iterator[Kill]:
    """Kills to try: at an operation, then at a moment; alone, then with all of its processes."""
    dice = random.Random(seed)
    while True:
        for group in (False, True):
            yield Kill(at=dice.randint(1, first.operations), group=group)
            yield Kill(after=dice.random() * first.seconds, group=group)


def tried(verb: Verb, rounds: int, seed: int, folder: Path, report: Report) -> bool:
    """Adds the row of a verb. Returns whether all was as it must be."""
    begun, bench, seen = time.monotonic(), Bench(verb, folder), Seen()
    for _, kill in zip(range(rounds * TRIES), drawn(bench.first, seed), strict=False):
        if seen.rounds < rounds and bench.round(kill, seen) and seen.rounds % 10 == 0:
            _say(f"{verb.name}: {seen.rounds} rounds, {dict(seen.seen)}, wrong {dict(seen.wrong)}")
    report.add(
        verb=f"`{verb.name}`",
        operations=str(bench.first.operations),
        **{"killed in its work": str(seen.rounds)},
        **{"as before": str(seen.seen["before"]), "as after": str(seen.seen["after"])},
        **{"some parts of each": str(seen.seen["between"]), "wrong": str(sum(seen.wrong.values()))},
    )
    _say(f"{report.rows[-1]} {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.0f}")
    left = ((f"left over: {name}", n) for name, n in seen.left.most_common(12))
    for what, times in (*seen.wrong.most_common(12), *left):
        _say(f"  {times} × {what}")
    return not seen.wrong


def loaded(modules: Iterable[str]) -> None:
    """Loads the modules that a verb loads, once for all of its rounds."""
    for name in modules:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()


def kills(
    verb: Annotated[list[str] | None, typer.Argument(help="by default all")] = None, rounds: int = 60, seed: int = SEED
) -> Iterator[str]:
    """The row of each verb; fails when something was wrong."""
    loaded(USED)
    load_lexicon()
    load_reach_index()
    report, good = Report("kills", 0), True
    with tempfile.TemporaryDirectory(prefix="vivier-kills-") as folder, servers() as (world, _):
        every = {each.name: each for each in verbs(world)}
        if unknown := set(verb or ()) - every.keys():
            raise typer.BadParameter(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(every)})")
        for name in verb or every:
            place = Path(folder) / name.replace(" ", "-")
            try:
                good &= tried(every[name], rounds, seed, place, report)
            except RuntimeError as error:
                good = False
                _say(f"{name}: {error}")
            shutil.rmtree(place, ignore_errors=True)
    yield from report.lines()
    if not good:
        raise typer.Exit(1)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
