"""Joins several rounds to one study: what structures answered about the same trade and the same place counts for its lot.

A structure that answered twice counts once, by its latest answer. « Yes » to a smaller lot is « part » of a larger one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vivier.desk.method.answers import Answer
from vivier.desk.method.offers import annual
from vivier.desk.read.line import Line
from vivier.errors import FieldError, refuse_any
from vivier.french import euros_ht, plural
from vivier.given.round import Round
from vivier.given.tell import line_of
from vivier.lexicon import Lexicon

MOST_JOINED = 10


@dataclass(frozen=True)
class Joined:
    """The answers of several rounds, by line of a study. ``remarks``: French sentences on what was joined, replaced and lessened."""

    answers: Mapping[int, tuple[Answer, ...]]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Given:
    """An answer with what its round asked: its place in the request, and euros a year of the lot, ``None`` when unknown."""

    answer: Answer
    rank: int
    year: float | None


def joined(lines: Sequence[Line], rounds: Sequence[Round], lexicon: Lexicon) -> Joined:
    """The answers of rounds for the lines of a study. A round counts for every line of the same trades and places. Raises ``InvalidRequest``
    naming « rounds » for a round that is about none of them: its answers would be lost without a word."""
    given: dict[int, list[_Given]] = {}
    errors = []
    for rank, read in enumerate(rounds, 1):
        asked_about = line_of(read, lexicon)
        same = [line for line in lines if _subject(line) == _subject(asked_about)]
        if not same:
            text = asked_about.text[:80]
            message = f"« rounds » : l'enquête {rank} (« {text} ») n'a ni le métier ni le lieu d'aucun de ces lots."
            errors.append(FieldError("rounds", "unrelated_round", message))
        for line in same:
            given.setdefault(line.row.line, []).extend(_Given(each, rank, _year(asked_about)) for each in read.answers)
    refuse_any(errors)
    by_line = {line.row.line: line for line in lines}
    answers = {number: tuple(_resolved(by_line[number], some)) for number, some in given.items() if some}
    return Joined(answers, tuple(_remarks(by_line, given, answers, len(rounds))))


def _subject(line: Line) -> tuple[frozenset[str], frozenset[str], str]:
    """What a lot is about: its trades, its places, and whether it is a contract or a concession."""
    trades, places = (frozenset(choice.code for choice in some) for some in (line.trades, line.territories))
    return trades, places, line.kind


def _year(line: Line) -> float | None:
    return None if line.amount is None else annual(line.amount, line.months)


def _resolved(line: Line, given: Sequence[_Given]) -> Iterator[Answer]:
    """One answer a structure: the latest; of the same day, what the structure said itself, then that of the round named last."""
    latest: dict[str, _Given] = {}
    for each in sorted(given, key=lambda each: (each.answer.given_on, each.answer.by == "structure", each.rank)):
        latest[each.answer.structure] = each
    for each in latest.values():
        yield _lessened(each, _year(line))


def _lessened(given: _Given, year: float | None) -> Answer:
    """« Yes » to a smaller lot is « part » of this one, for the volume that it said, else for that of the lot it was asked about."""
    answer, asked_year = given.answer, given.year
    volume = answer.volume if answer.volume is not None else asked_year
    if answer.can != "yes" or year is None or volume is None or volume >= year:
        return answer
    return replace(answer, can="part", volume=volume, signed_on=None, signed_by=None)


def _remarks(
    lines: Mapping[int, Line],
    given: Mapping[int, Sequence[_Given]],
    answers: Mapping[int, Sequence[Answer]],
    rounds: int,
) -> Iterator[str]:
    if not rounds:
        return
    yield f"{plural(rounds, 'enquête jointe', 'enquêtes jointes')}."
    for number, some in given.items():
        line, remaining = lines[number], answers.get(number, ())
        twice = len(some) - len(remaining)
        yield f"{line.name[:1].upper()}{line.name[1:]} : {plural(len(remaining), 'réponse')}."
        if twice:
            yield f"{plural(twice, 'réponse remplacée', 'réponses remplacées')} par une plus récente de la même structure."
        less = sum(answer not in [each.answer for each in some] for answer in remaining)
        if less:
            year = _year(line)
            yield (
                f"{plural(less, 'oui donné', 'oui donnés')} pour un lot plus petit : {'comptés' if less > 1 else 'compté'} comme une partie de "
                f"celui-ci ({euros_ht(year or 0)} par an)."
            )
