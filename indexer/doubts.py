"""Lists pairs of records that may be one structure: they are explained for review, never merged silently."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indexer.likeness import Likeness
from indexer.traits import Traits
from vivier.french import number

REASONS: Final[Mapping[str, str]] = {
    "similar": "Noms et lieux proches, sans identifiant commun.",
    "same_door": "Même adresse et même type, noms différents : un nom d'usage, ou un voisin.",
    "ambiguous": "Plusieurs structures conviennent presque aussi bien.",
    "same_source": "Deux lignes de la même source se ressemblent.",
    "siret_shared": "Le SIRET est celui de plusieurs sites : le bon n'est pas sûr.",
    "probable_succession": "Même nom et même adresse, autre SIREN : sans doute une reprise.",
}
"""Why a pair is doubtful, in the reader's words."""

COLUMNS: Final = ("score", "motif", "explication", "gauche", "texte_gauche", "droite", "texte_droite")


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records (their source keys, in order) that may be one structure; ``parts`` explains the score (0–1).

    ``texts`` are the two as a reader knows them: name and address.
    """

    left: str
    right: str
    score: float
    reason: str
    parts: Mapping[str, float | None]
    texts: tuple[str, str] = ("", "")


def doubtful(ends: tuple[Traits, Traits], found: Likeness, reason: str) -> DoubtfulPair:
    """A pair to review, its ends in the order of their keys."""
    left, right = sorted(ends, key=lambda end: end.keys.source)
    texts = (_text(left), _text(right))
    return DoubtfulPair(left.keys.source, right.keys.source, found.score, reason, found.parts(), texts)


def _text(record: Traits) -> str:
    place = " ".join(part for part in (record.post_code, record.town) if part)
    kinds = " ".join(dict.fromkeys(record.kinds))
    return ", ".join(part for part in (record.name, kinds, record.line, place) if part)


def explained(parts: Mapping[str, float | None]) -> str:
    """« nom 0,97 ; adresse 0,40 ; lieu 1 ; type −0,11 ; même SIREN »."""
    parts_text = [
        f"nom {_figure(parts['name'])}",
        f"adresse {_figure(parts['address'])}",
        f"lieu {_figure(parts['place'])}",
    ]
    if parts["kind"]:
        parts_text.append(f"types −{_figure(parts['kind'])}")
    if parts["same_siren"]:
        parts_text.append("même SIREN")
    return " ; ".join(parts_text)


def _figure(value: float | None) -> str:
    return "inconnue" if value is None else number(value, 2)


def write_doubts(path: Path, pairs: Iterable[DoubtfulPair]) -> None:
    """The list as CSV, replaced in one step: ``gauche`` and ``droite`` are to be copied into the decisions file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(pair) for pair in pairs)
    beside.replace(path)


def _row(pair: DoubtfulPair) -> tuple[str, ...]:
    score = f"{pair.score:.2f}"
    cells = (score, REASONS[pair.reason], explained(pair.parts), pair.left, pair.texts[0], pair.right, pair.texts[1])
    return tuple(f"'{text}" if text[:1] in "=+-@\t\r" else text for text in cells)


def read_doubts(path: Path) -> list[dict[str, str]]:
    """The rows of the list, the likeliest first; none before the first « vivier index »."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
