"""Kinds of structure, labels and their families, characteristics, articles and service types named in a need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mappings import read_table
from vivier import vocabulary
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.needs.folded import Folded
from vivier.needs.model import Piece

# « j'ai », « ai » : the short code of associations intermédiaires counts only beside another kind, or where no verb stands.
_BESIDE = re.compile(
    r"\b(?:ei|ea|aci|etti|esats?|geiq)(?: ?(?:,|/|et|ou|ou/et|et/ou) ?(?:ei|ea|aci|etti|esats?|geiq))* ?(?:,|/|et|ou) ?(?P<a>ai)\b"
    r"|\b(?P<b>ai) ?(?:,|/|et|ou) ?(?:ei|ea|aci|etti|esats?|geiq)\b"
    r"|\b(?:(?:hors|sauf|via|une|aux|non|ni) |pas d')(?:les |une |des |d')?(?P<c>ai)\b"
)
_ARTICLE = re.compile(
    r"(?:\b(?:articles?|art\.?) )?(?:\bl ?\.? ?)?(?<![\d-])(?P<number>2113[ -]1[2345](?:-1)?|3113-[12](?:-1)?)\b(?: du (?:code de la commande publique|ccp)\b)?"
)
_RESERVED = re.compile(
    r"\b(?:marches?|lots?|contrats?|consultations?|achats?)(?: \w+)? reserves?(?: aux?)?\b|\breservee?s? aux?\b"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """(role, codes, pattern) of the table, read once."""
    roles = ("kind", "kinds", "label", "label_family", "characteristic", "service_type")
    return tuple(
        (row["role"].rstrip("s") if row["role"] == "kinds" else row["role"], tuple(row["code"].split()), _compiled(row))
        for row in read_table("need_vocabulary")
        if row["role"] in roles
    )


def _compiled(row: dict[str, str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:{row['patterns']})(?!\w)")


def pieces(text: Folded, role: str) -> tuple[Piece, ...]:
    """Pieces of a role (``kind``, ``label``, ``label_family``, ``characteristic``, ``service_type``), each code once with every position where it is written."""
    spans: dict[str, list[tuple[int, int]]] = {}
    found = [(m.span(), codes) for kind, codes, pattern in _patterns() if kind == role for m in pattern.finditer(text.text)]  # fmt: skip
    if role == "kind":
        found += [(match.span(str(match.lastgroup)), ("AI",)) for match in _BESIDE.finditer(text.text)]
    for span, codes in _longest(found):
        for code in codes:
            spans.setdefault(code, []).append(span)
    return tuple(
        Piece(code=code, label=_name(role, code), spans=tuple(text.span(*span) for span in at))
        for code, at in spans.items()
    )


def _longest(found: list[tuple[tuple[int, int], tuple[str, ...]]]) -> list[tuple[tuple[int, int], tuple[str, ...]]]:
    """The longest of overlapping matches, in reading order: « entreprise adaptée de travail temporaire » is not also an
    « entreprise adaptée »."""
    return sorted(
        (span, codes)
        for span, codes in found
        if not any(a <= span[0] and span[1] <= b and (a, b) != span for (a, b), _ in found)
    )


def _name(role: str, code: str) -> str:
    if role == "kind":
        return KINDS[code].name
    if role in ("label_family", "characteristic"):
        return green_words()[code].name
    return LABELS[code].name if role == "label" else vocabulary.SERVICE_TYPES[code]


@dataclass(frozen=True)
class GreenWord:
    """A word of the environment that is no label: the name of what it means, why it is not applied, and the trades that mean it already."""

    name: str
    trades: frozenset[str]
    reason: str


@lru_cache(maxsize=1)
def green_words() -> Mapping[str, GreenWord]:
    """Families of labels and characteristics of what is bought, by code (``green_words.csv``)."""
    return {
        row["code"]: GreenWord(row["name"], frozenset(row["trades"].split()), row["reason"])
        for row in read_table("green_words")
    }


def articles(text: Folded) -> Iterator[Piece]:
    """Articles that let a contract be reserved: « L2113-12 », « L. 2113-13-1 »."""
    for match in _ARTICLE.finditer(text.text):
        code = f"L{match['number'].replace(' ', '-')}"
        if code in ARTICLE_NAMES:
            yield Piece(code=code, label=ARTICLE_NAMES[code], spans=(text.match_span(match),))


def reservations(text: Folded) -> Iterator[tuple[int, int]]:
    """Stretches that say that the contract is reserved, whatever the family: « marché réservé », « lot réservé aux »."""
    for match in _RESERVED.finditer(text.text):
        yield match.span()
