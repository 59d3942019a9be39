"""The glossary: each term that pages use and a reader may not know, in one sentence. They are rows of ``glossary.csv``; kinds, labels and
articles come from the tables of law. A test holds it to the pages: an abbreviation that a page shows is defined here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from mappings import read_table
from vivier.law.articles import ARTICLES
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.law.rows import phrases


@dataclass(frozen=True)
class Term:
    """A term, its definition, and the other forms under which pages show it."""

    name: str
    meaning: str
    forms: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of the term in the page."""
        return "mot-" + "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


@cache
def terms(of: str) -> tuple[Term, ...]:
    """Our own words (« vivier ») or those of the field (« field »), in the order of ``mappings/tables/glossary.csv``."""
    rows = (row for row in read_table("glossary") if row["of"] == of)
    return tuple(Term(row["name"], row["meaning"], phrases(row["forms"])) for row in rows)


def from_law() -> Iterator[Term]:
    """The kinds of structure, then the labels, as the tables of law name them."""
    for code, kind in KINDS.items():
        reserved = [article for article, answer in kind.articles.items() if answer == "yes" and article in ARTICLES]
        named = " et ".join(reserved)
        answered = f" Peut répondre à un marché réservé au titre de {named}." if reserved else ""
        yield Term(code, f"{kind.name}.{answered}")
    for code, label in LABELS.items():
        if code != label.name:
            yield Term(label.name, f"Label : {label.certifies}.", (code,))


_OF_THE_CODE: Final = re.compile(r"[LR][123]\d{3}-")
"""Articles of the code de la commande publique: other codes and plans have a row too."""


def articles() -> tuple[Term, ...]:
    """The articles of the code de la commande publique that pages name."""
    return tuple(Term(code, article.title + ".") for code, article in ARTICLES.items() if _OF_THE_CODE.match(code))


def sections() -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """Titles and terms of the page, each list in alphabetical order."""
    kinds = tuple(sorted(from_law(), key=lambda term: term.name.lower()))
    return (
        ("Les mots de Vivier", terms("vivier")),
        ("Structures et labels", kinds),
        ("Articles du code de la commande publique", articles()),
        ("Achat public et données", terms("field")),
    )


def defined() -> frozenset[str]:
    """Every name and form that the glossary defines, in lower case."""
    every = [term for _, listed in sections() for term in listed]
    return frozenset(form.lower() for term in every for form in (term.name, *term.forms))
