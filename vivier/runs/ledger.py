"""The ledger of an update: what was due and why, and its outcome. It is written after every step, so that it survives a kill.

::

    update/ledger.json     the update in progress, or one that was interrupted
    update/report.json     the last one that came to its end, and the same in French: update/report.txt
    update/<source>.log    what a reading printed
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from vivier.breakdowns import NETWORK_AWAY
from vivier.french import day, number, plural, read_and_kept
from vivier.model.base import Model
from vivier.runs.drift import Drift

State = Literal["due", "running", "done", "failed", "fresh", "to_provide"]

STATES: Final[dict[State, str]] = {
    "failed": "En échec",
    "running": "Interrompues",
    "due": "À relire",
    "done": "Relues",
    "fresh": "À jour",
    "to_provide": "À fournir",
}
"""The states of a source in an update, in the order of the report."""


AWAY: Final = f"{NETWORK_AWAY.cause} La prochaine mise à jour les lira."


class Step(Model):
    """One source in an update. ``why`` explains its state, ``reason`` its failure. ``age_days`` is the age of the run
    in force when the update began, ``late`` whether it was past its cadence. ``added``, ``revised`` and ``gone`` compare what
    was read with what was known: ``None`` where nothing was, or where the source does not say (a list tells no change, a stream loses nothing)."""

    source: str
    title: str
    state: State
    why: str
    age_days: int | None = None
    cadence_days: int | None = None
    late: bool = False
    expected: int = 0
    run: str | None = None
    seen: int | None = None
    kept: int | None = None
    added: int | None = None
    revised: int | None = None
    gone: int | None = None
    set_aside: dict[str, int] = Field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    reason: str | None = None

    def text(self) -> str:
        """The line of the report."""
        if self.state == "done":
            aside = "".join(f", {count} × {reason}" for reason, count in self.set_aside.items())
            moved = "".join(f" ; colonne {signal.text()}" for signal in self.drift)
            return f"{self.source} : {read_and_kept(self.seen, self.kept)}{self._compared()}{aside}{moved}"
        return f"{self.source} : {self.reason if self.state == 'failed' else self.why}"

    def _compared(self) -> str:
        """« , 12 nouvelles, 3 changées »."""
        named = ((self.added, "nouvelle"), (self.revised, "changée"), (self.gone, "disparue"))
        return "".join(f", {plural(count, name)}" for count, name in named if count)


def taken_again(again: int, documents: int) -> str:
    """How many suppliers of an index were taken from the former one, and how many were made; nothing when all were made."""
    made = number(documents - again)
    return f" Fiches reprises sans changement : {number(again)} ; fiches faites : {made}." if again else ""


class IndexStep(Model):
    """The outcome of the index. ``unchanged``: the live generation already holds these very runs. ``again``: how many of its ``documents`` were
    taken from the former one."""

    state: Literal["pending", "done", "unchanged", "failed"] = "pending"
    generation: str | None = None
    documents: int | None = None
    again: int = 0
    reason: str | None = None

    def text(self) -> str:
        """The line of the report."""
        if self.state == "failed":
            return f"Index : {self.reason} La génération en service n'a pas changé."
        if self.state == "pending":
            return "Index : à construire."
        served = f"{self.documents} fournisseurs en service ({self.generation})."
        if self.state == "unchanged":
            return f"Index : déjà à jour, {served}"
        return f"Index : {served}{taken_again(self.again, self.documents or 0)}"


class Ledger(Model):
    """An update. ``finished_at`` is absent while it runs, and stays so when it is interrupted. ``network_away``: no host of what was due took a
    connection, so that nothing was asked."""

    started_at: datetime
    finished_at: datetime | None = None
    resumed: int = 0
    steps: tuple[Step, ...]
    index: IndexStep = IndexStep()
    network_away: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing failed. A file that a person has to provide is reported, and is no failure of the update."""
        done = not self.network_away and all(step.state != "failed" for step in self.steps)
        return done and self.index.state in ("done", "unchanged")

    @property
    def failure(self) -> str:
        """Why the update failed, in French; empty when it is :attr:`ok`."""
        if self.network_away:
            return AWAY
        failed = [f"{step.source} en échec : {step.reason or step.why}" for step in self.of("failed")]
        return " ".join([*failed, *([] if self.index.state in ("done", "unchanged") else [self.index.text()])])

    def of(self, state: State) -> tuple[Step, ...]:
        """The sources in one state."""
        return tuple(step for step in self.steps if step.state == state)

    @property
    def read(self) -> tuple[Step, ...]:
        """The sources that were asked, those that failed first."""
        return (*self.of("failed"), *self.of("running"), *self.of("done"))

    def with_step(self, step: Step) -> Ledger:
        """A copy of the ledger, with what is now known of one source."""
        return self.model_copy(update={"steps": tuple(step if s.source == step.source else s for s in self.steps)})

    def lines(self) -> list[str]:
        """The report in French."""
        lines = [f"Mise à jour du {day(self.started_at)} {self.started_at:%H:%M} UTC."]
        if self.resumed:
            lines.append(f"Reprise {self.resumed} fois après une interruption : ce qui était fait n'a pas été refait.")
        if self.network_away:
            lines.append(AWAY)
        for state, name in STATES.items():
            if self.of(state):
                lines += [f"{name} ({len(self.of(state))}) :", *(f"  {step.text()}" for step in self.of(state))]
        return [*lines, self.index.text()]


def last_update(home: Path) -> Ledger | None:
    """The last update of a home that came to its end; ``None`` where there is none, or where its report cannot be read."""
    try:
        return Ledger.model_validate_json((home / "update" / "report.json").read_bytes())
    except (OSError, ValidationError):
        return None
