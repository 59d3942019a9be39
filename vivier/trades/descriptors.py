"""The keywords that BOAMP files a notice under (« descripteurs »): the trades they mean, and what they buy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.text.folding import fold

_CATEGORIES: Final = {"works": "travaux", "goods": "fournitures", "services": "services", "study": "services"}


@dataclass(frozen=True, slots=True)
class Descriptor:
    """``nature``: study, works, services or goods; empty when the keyword does not say (« Espaces verts »)."""

    nature: str
    trades: tuple[str, ...]


@lru_cache(maxsize=1)
def load_descriptors() -> dict[str, Descriptor]:
    """The keywords of the table, by folded label."""
    return {
        fold(row["label"]): Descriptor(row["nature"], tuple(filter(None, row["trades"].split("|"))))
        for row in read_table("boamp_keywords")
    }


def _known(labels: Iterable[str]) -> list[Descriptor]:
    table = load_descriptors()
    return [table[label] for label in map(fold, labels) if label in table]


def keywords_in(text: str) -> list[str]:
    """The keywords of a text that commas separate: a comma may stand inside one (« Cloison, faux plafond »)."""
    table, pieces, keywords = load_descriptors(), text.split(","), list[str]()
    while pieces:
        ends = (end for end in range(len(pieces), 1, -1) if fold(",".join(pieces[:end])) in table)
        end = next(ends, 1)
        keywords.append(",".join(pieces[:end]).strip())
        del pieces[:end]
    return keywords


def is_study(labels: Iterable[str]) -> bool:
    """Whether a study is bought: beside « Maîtrise d'œuvre », the other keywords say what is studied, not what is bought."""
    return any(known.nature == "study" for known in _known(labels))


def trades_of(labels: Iterable[str]) -> tuple[str, ...]:
    """The trades that keywords mean, in their order; those of the study alone when a study is bought."""
    known = _known(labels)
    studies = [keyword for keyword in known if keyword.nature == "study"]
    return tuple(dict.fromkeys(trade for keyword in studies or known for trade in keyword.trades))


def category_of(labels: Iterable[str]) -> str | None:
    """What is bought: works, goods or services, when the keywords that say so agree, or three in four of them."""
    if is_study(labels):
        return _CATEGORIES["study"]
    natures = Counter(known.nature for known in _known(labels) if known.nature)
    ((first, count),) = natures.most_common(1) or [("", 0)]
    return _CATEGORIES[first] if count and 4 * count >= 3 * natures.total() else None
