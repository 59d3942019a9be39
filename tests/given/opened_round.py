"""A sourcing round of a home, opened and answered as the service does, for tests of what comes after."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings as Asked
from vivier.desk.read.programme import Row
from vivier.dossiers.question import Question
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.asked import Opening
from vivier.given.opening import open_round
from vivier.given.rounds import rounds_of
from vivier.lexicon import load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

LOT = {"text": "entretien des espaces verts", "place": "Rennes"}


def opened_round(settings: Settings, today: date) -> str:
    """Opens a round about one lot; returns its id."""
    question, rounds = Question(Asked(as_of=today), (Row(1, LOT),)), rounds_of(settings)
    with closing(rounds.database), closing(EmbeddedStore(settings.generations)) as engine:
        return open_round(question, 1, Opening(), rounds, Snapshot(engine), load_lexicon(), today)


def refused_by_one(settings: Settings, today: date) -> None:
    """Opens a round, of which the first structure says that it is not its trade."""
    id_, rounds = opened_round(settings, today), rounds_of(settings)
    with closing(rounds.database):
        read = rounds.read(id_, today)
        rounds.answer(read, [Answer(read.invited[0].structure, "no", today, "facilitator", why="trade")], today)
