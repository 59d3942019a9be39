"""Prepares the pages of followed searches: what is followed, in words, and the choices of the form."""

from __future__ import annotations

from typing import Any, Final

from search_api.context import Context
from search_api.contracts.pages.leads import named
from search_api.pages.chips import Chip, chips
from search_api.pages.state import PageState
from vivier.contracts.query_profile import profile_of
from vivier.mail.letters import EVERY
from vivier.mail.news import NAMES, NOT_FOLLOWED, Of
from vivier.mail.weblinks import masked
from vivier.search.query_url import quoted

MOST_WORDS: Final = 200


def title_text(of: Of, state: PageState, context: Context) -> str:
    """A search in words: « Avis et projets d'achat » has no criterion, else « Entretien des espaces verts, Ille-et-Vilaine »."""
    labels = [chip.label for chip in _chips(of, state, context) if chip.name not in NOT_FOLLOWED]
    text = masked(", ".join(labels)) or "toute la liste"  # whoever asks chooses these words
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"


def _chips(of: Of, state: PageState, context: Context) -> list[Chip]:
    made = chips(state, context.lexicon)
    if of != "leads":
        return made
    return named(made, profile_of(state.query, context.snapshot, context.lexicon, context.today()))


def search_text(pairs: list[tuple[str, str]]) -> str:
    """The parameters of a followed search, as the query string of its page."""
    return "&".join(f"{name}={quoted(value)}" for name, value in pairs)


def form_values(of: Of, state: PageState, context: Context) -> dict[str, Any]:
    """What the form of a subscription shows."""
    return {"of": of, "name": NAMES[of], "title": title_text(of, state, context), "every": EVERY, "back": state.url()}
