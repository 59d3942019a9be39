"""Articles of the *code de la commande publique* (``mappings/tables/articles.csv``): what each says in our words, between which
days, how sure we are, and for whom it lets a contract be reserved.

A row is one wording of an article. Sentences are ours, for decision support: they are no legal advice. ``seen``: read in a public page;
``second-hand``: reported by another; ``unverified`` and « à confirmer »: never shown as certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args, overload

from vivier.bodies import Body, body_of
from vivier.law.rows import Rows, by_code, day, or_none, rows_of, words

NOTICE: Final = "Aide à la décision, qui ne vaut pas conseil juridique."
STATUS_WORDS: Final[Mapping[str, str]] = {
    "seen": "lu dans une source publique",
    "second-hand": "selon une source secondaire",
    "unverified": "texte non lu",
}
Scope = Literal["marche", "concession"]
ReservedFor = Literal["EA_ESAT", "SIAE", "PRISON", "ESS"]
"""A family of reservation: who a reserved contract is for."""
Use = Literal["social", "environmental"]
_USES: Final[Mapping[Use, str]] = {"social": "sociales", "environmental": "environnementales"}

Article = Literal["L2113-12", "L2113-13", "L2113-14", "L2113-15", "L2113-13-1", "L3113-1", "L3113-2", "L3113-2-1"]
"""Articles that let a contract, a lot or a concession be reserved: the rows of the table that name families, which a test holds
equal."""
RESERVING: Final[tuple[Article, ...]] = get_args(Article)
"""The codes of :data:`Article` in order: the narrowest first, those of prisons last, then those of concessions."""


class ArticleBody(Body):
    code: str
    title: str
    rule: str
    valid_from: str
    valid_to: str | None
    status: str
    status_fr: str
    source: str
    source_url: str | None
    url: str | None


@dataclass(frozen=True)
class LawArticle:
    """One wording of an article. Both bounds of its validity are inclusive (``None``: still in force).

    ``reserves`` names the reservation of contracts it opens, empty when it opens none; ``families`` are those it is for (several:
    all of them together); ``as_in`` is the article of contracts whose kinds an article of concessions takes over. ``source`` says
    where we read it, ``source_url`` leads to that page when it is known; ``url`` leads to the article on Légifrance, ``None`` without a sure address.
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
    source: str
    source_url: str | None
    url: str | None

    def holds_on(self, day: date) -> bool:
        """Whether this wording is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def certain(self) -> bool:
        """Whether we read the article ourselves: it is neither reported by another nor assumed."""
        return self.status == "seen"

    def used_as(self, use: Use) -> LawArticle:
        """The article, its title told for one use of the conditions of performance: social or environmental."""
        title = self.title.replace("Conditions d'exécution", f"Conditions d'exécution {_USES[use]}")
        return replace(self, title=title)


_READ: Final = {
    "families": words,
    "as_in": or_none,
    "valid_from": date.fromisoformat,
    "valid_to": day,
    "source_url": or_none,
    "url": or_none,
}
WORDINGS: Final[Mapping[str, tuple[LawArticle, ...]]] = Rows(lambda: by_code(rows_of(LawArticle, "articles", _READ)))
"""The wordings of each article by code, the oldest first."""
ARTICLES: Final[Mapping[str, LawArticle]] = Rows(lambda: {code: every[-1] for code, every in WORDINGS.items()})
"""The newest wording of each article by code."""
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


def article_on(code: str, day: date) -> LawArticle:
    """The wording of an article in force on a day; before its first wording, that one, whose start says that it did not hold yet.
    Raises ``KeyError`` for an unknown code."""
    every = WORDINGS[code]
    return next((wording for wording in reversed(every) if wording.valid_from <= day), every[0])


@overload
def article_body(article: LawArticle) -> ArticleBody: ...
@overload
def article_body(article: None) -> None: ...
def article_body(article: LawArticle | None) -> ArticleBody | None:
    """An article as plain JSON, with the days between which this wording holds and how certain it is. ``None`` of none."""
    if article is None:
        return None
    return body_of(ArticleBody, article, status_fr=STATUS_WORDS[article.status])


def reserving(scope: str, *, prison: bool) -> tuple[Article, ...]:
    """Articles that reserve contracts or concessions (``scope``), the narrowest first; with the one of prisons when wanted.
    A concession is reserved neither to the *économie sociale et solidaire* nor to both families together (L3113-3)."""
    return tuple(
        code
        for code in RESERVING
        if ARTICLES[code].scope == scope and (prison or ARTICLES[code].families != ("PRISON",))
    )


def contract_article(code: str) -> str:
    """The article of contracts that decides which kinds count for ``code``: ``code`` itself, or the article that an
    article of concessions takes over. Raises ``KeyError`` for an unknown code."""
    return ARTICLES[code].as_in or code
