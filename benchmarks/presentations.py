"""What the text rung reads in 60 presentations of the real list of IAE structures, against what a person reads in them:
``python -m benchmarks.presentations``.

``tests/relevance/presentations.csv`` names the rows and the trades a reader gives (``trades``), and those that a reader might
give or not, which count neither way (``also``). The texts stay in the list. Half A is read to choose the words, half B judges.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vivier.trades.words import TradeWords, load_trade_words

ROOT = Path(__file__).resolve().parent.parent
READINGS = ROOT / "tests" / "relevance" / "presentations.csv"
LIST = Path("suppliers", "siae_marche_2020.csv")
HALVES = ("A", "B")


@dataclass(frozen=True)
class Presentation:
    """A text of the list, the trades a reader gives it, and those that count neither way."""

    half: str
    key: str
    text: str
    trades: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Trades found and right, found and wrong, missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the trades found that a reader gives; 1 when none is found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the trades a reader gives that are found; 1 when there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def presentations(shared: Path) -> tuple[Presentation, ...]:
    """The 60 presentations, with their texts from the list. Raises ``KeyError`` when a row is no longer in it."""
    with (shared / LIST).open(encoding="utf-8", newline="") as stream:
        texts = {(row["siret"], row["kind"]): row["description"] for row in csv.DictReader(stream)}
    with READINGS.open(encoding="utf-8", newline="") as stream:
        return tuple(_presentation(row, texts) for row in csv.DictReader(stream))


def _presentation(row: Mapping[str, str], texts: Mapping[tuple[str, str], str]) -> Presentation:
    key = row["siret"], row["kind"]
    return Presentation(row["half"], "-".join(key), texts[key], _codes(row["trades"]), _codes(row["also"]))


def _codes(cell: str) -> frozenset[str]:
    return frozenset(filter(None, cell.split("|")))


def score(given: Iterable[Presentation], words: TradeWords) -> Score:
    """The trades of all the texts together: each counts once, whatever the length of its text."""
    right = wrong = missed = 0
    for presentation in given:
        found = set(words.of_presentation(presentation.text))
        right += len(found & presentation.trades)
        wrong += len(found - presentation.trades - presentation.also)
        missed += len(presentation.trades - found)
    return Score(right, wrong, missed)


def lines(given: tuple[Presentation, ...], words: TradeWords) -> Iterator[str]:
    """A line a half, then the texts where the reading differs."""
    for half in HALVES:
        found = score((presentation for presentation in given if presentation.half == half), words)
        yield (
            f"half {half}: {found.right} right, {found.wrong} wrong, {found.missed} missed, "
            f"precision {found.precision:.2f}, recall {found.recall:.2f}"
        )
    for presentation in given:
        read = set(words.of_presentation(presentation.text))
        wrong, missed = sorted(read - presentation.trades - presentation.also), sorted(presentation.trades - read)
        if wrong or missed:
            yield f"{presentation.half} {presentation.key}: wrong {wrong}, missed {missed}"


def main() -> int:
    """Print the scores. The path of the data given beside is the only argument."""
    for line in lines(presentations(Path(sys.argv[1])), load_trade_words()):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
