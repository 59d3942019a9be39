"""Articles of the *code de la commande publique* (``mappings/tables/articles.csv``): what each says in our words, when it
holds, how sure we are, and for whom it lets a contract be reserved.

Sentences are ours, for decision support: they are no legal advice. ``seen``: read in a public page; ``second-hand``: reported by
another; ``unverified`` and « à confirmer »: never shown as certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from mappings import read_table
from vivier.law.rows import Rows, day

NOTICE: Final = "Aide à la décision, qui ne vaut pas conseil juridique."
STATUS_WORDS: Final[Mapping[str, str]] = {
    "seen": "lu dans une source publique",
    "second-hand": "selon une source secondaire",
    "unverified": "à confirmer",
}
Scope = Literal["marche", "concession"]
ReservedFor = Literal["EA_ESAT", "SIAE", "PRISON", "ESS"]
"""A family of reservation: who a reserved contract is for."""


Article = Literal["L2113-12", "L2113-13", "L2113-14", "L2113-15", "L2113-13-1", "L3113-1", "L3113-2", "L3113-2-1"]
"""Articles that let a contract, a lot or a concession be reserved: the rows of the table that name families, which a test holds
equal."""
RESERVING: Final[tuple[Article, ...]] = get_args(Article)
"""The codes of :data:`Article` in order: the narrowest first, those of prisons last, then those of concessions."""


@dataclass(frozen=True)
class LawArticle:
    """One article. Both bounds of its validity are inclusive (``None``: still in force).

    ``reserves`` names the reservation of contracts it opens, empty when it opens none; ``families`` are those it is for (several:
    all of them together); ``as_in`` is the article of contracts whose kinds an article of concessions takes over.
    """

    code: str
    scope: str
    title: str
    rule: str
    reserves: str
    families: tuple[str, ...]
    as_in: str | None
    valid_from: date
    valid_to: date | None
    status: str
    url: str

    def holds_on(self, day: date) -> bool:
        """Whether the article is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def certain(self) -> bool:
        """Whether we read the article ourselves: it is neither reported by another nor assumed."""
        return self.status == "seen"


def _read() -> Mapping[str, LawArticle]:
    return {
        row["code"]: LawArticle(
            row["code"],
            row["scope"],
            row["title"],
            row["rule"],
            row["reserves"],
            tuple(row["families"].split()),
            row["as_in"] or None,
            date.fromisoformat(row["valid_from"]),
            day(row["valid_to"]),
            row["status"],
            row["url"],
        )
        for row in read_table("articles")
    }


ARTICLES: Final[Mapping[str, LawArticle]] = Rows(_read)
"""Articles by code."""
ARTICLE_NAMES: Final[Mapping[str, str]] = Rows(
    lambda: {code: article.reserves for code, article in ARTICLES.items() if article.reserves}
)
"""Reservations of contracts by the code of their article."""
ARTICLE_OF_FAMILY: Final[Mapping[str, Article]] = Rows(
    lambda: {
        ARTICLES[code].families[0]: code
        for code in RESERVING
        if code in ARTICLE_NAMES and len(ARTICLES[code].families) == 1
    }
)
"""The article of contracts that reserves for one family alone."""


def reserving(scope: str, *, prison: bool) -> tuple[Article, ...]:
    """Articles that reserve contracts or concessions (``scope``), the narrowest first; with the one of prisons when wanted.
    Concessions have neither the union nor the reservation to the *économie sociale et solidaire*."""
    return tuple(
        code
        for code in RESERVING
        if ARTICLES[code].scope == scope and (prison or ARTICLES[code].families != ("PRISON",))
    )


def contract_article(code: str) -> str:
    """The article of contracts that decides which kinds count for ``code``: ``code`` itself, or the article that an
    article of concessions takes over. Raises ``KeyError`` for an unknown code."""
    return ARTICLES[code].as_in or code
