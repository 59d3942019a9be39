"""Labels (``labels.csv``): what each certifies, who issues it, until when a certificate is valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.law.rows import Rows, day, phrases, rows_of, words

LabelFamily = Literal["environnemental", "social", "autre"]
Asks = Literal["object", "competence", "management", "nothing"]
"""What a buyer may ask of a label (R2111-12 to R2111-17, from memory, to check): a quality of what is bought (``object``), the ability of
who does it (``competence``), measures of environmental management for this contract (``management``), ``nothing`` linked to the object."""


@dataclass(frozen=True)
class LabelType:
    """A label. ``validity`` says in words until when a certificate holds; ``open_source`` whether an open list of holders is
    known: where none is, zero found is not « none exists ». Bounds are those of the label itself, ``None``: not recorded.
    ``families``: groups of labels that words name together (``green_words.csv``); ``scope``: what holds it (product, service, site,
    organisation); ``trades``: codes of trades, and of groups of trades, that it bears on; ``words``: phrases by which the object of a purchase
    asks for it."""

    code: str
    name: str
    family: LabelFamily
    families: tuple[str, ...]
    scope: tuple[str, ...]
    asks: Asks
    trades: tuple[str, ...]
    words: tuple[str, ...]
    certifies: str
    issuer: str
    validity: str
    open_source: bool
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str


_READ: Final = {
    "families": words,
    "scope": words,
    "trades": words,
    "words": phrases,
    "open_source": "yes".__eq__,
    "valid_from": day,
    "valid_to": day,
}
LABELS: Final[Mapping[str, LabelType]] = Rows(
    lambda: {label.code: label for label in rows_of(LabelType, "labels", _READ)}
)
"""Labels by code."""


def family(name: str) -> tuple[str, ...]:
    """Codes of the labels that a word names together, in the order of the table."""
    return tuple(code for code, label in LABELS.items() if name in label.families)


def key_of(code: str) -> str:
    """What stands for a label where its equivalents count with it: its family, else itself."""
    label = LABELS.get(code)
    return label.families[0] if label is not None and label.families else code


def environmental(trades: Iterable[str]) -> tuple[str, ...]:
    """Codes of the environmental labels that bear on trades and that a contract may ask for (:func:`fitting`)."""
    return tuple(label.code for label in fitting(trades) if label.family == "environnemental")


def fitting(trades: Iterable[str]) -> tuple[LabelType, ...]:
    """The environmental labels, and those of origin or fairness, that bear on trades (codes of trades, and of their groups) and that a
    contract may ask for, in the order of the table."""
    wanted = frozenset(trades)
    return tuple(label for label in LABELS.values() if label.asks != "nothing" and wanted.intersection(label.trades))
