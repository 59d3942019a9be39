"""Reads a need written in plain French into the parameters of a search. Pages, API and command line read it here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeVar

from vivier.french import enumerated, quoted
from vivier.identity import fold
from vivier.law.articles import ARTICLES
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.needs.model import FromWords, Need, Span, spans_of
from vivier.needs.query import applied, need_to_query
from vivier.needs.resolve import OUTSIDE, checked_text, resolve_need
from vivier.needs.shown import lines
from vivier.search.query import SearchQuery, parse_parameters

Q = TypeVar("Q", bound=Model)
Pairs = list[tuple[str, str]]
NEED: Final = "need"
"""The parameter whose value is a need."""
LONGEST_WORDS: Final = 200
"""Longest text of the parameter ``q``."""
MOST_UNREAD: Final = 5
"""The most words that a sentence repeats as not understood."""
LONGEST_SHOWN: Final = 80
"""The most signs of a need that a sentence repeats."""
_WHERE: Final = frozenset(("territory", "near", "radius_km", "polygon"))
_OF_LISTS: Final = frozenset(("trade", "territory", "near", "radius_km"))
"""What contracts and notices have in common with suppliers: their types are other types."""
_LONGEST_CODE: Final = 5
"""Figures of a post code, which alone says where."""
_RESERVED: Final = re.compile(r"\bRESERV(?:EE?S?|ATIONS?)\b")
_EMPTY: Final = re.compile(r"[(]\s*[)]")
_LINKING: Final = re.compile(r"^(?:(?:et|ou|de|des|du|la|le|les|à|en|pour|par|avec|dans) )+", re.IGNORECASE)


def parse_asked(items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[Q]) -> Q:
    """The query of the pairs of a URL (:func:`vivier.search.query.parse_parameters`), where a need is read when the model has one.

    Raises ``InvalidRequest`` with every error at once, in French.
    """
    reads = NEED in model.model_fields
    return parse_parameters(with_need(list(items), lexicon, model) if reads else items, lexicon, model)


def with_need(items: Pairs, lexicon: Lexicon, model: type[Model]) -> Pairs:
    """The pairs, with those that their need gives: a parameter given beside it is stronger, and any place given is stronger than its
    place. A need given twice is left to the check of the query. Raises ``InvalidRequest`` on a text too long."""
    texts = [value for name, value in items if name == NEED and value.strip()]
    return [*items, *pairs_besides(texts[0], items, lexicon, model)] if len(texts) == 1 else items


def pairs_besides(text: str, items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[Model]) -> Pairs:
    """What a need gives to a query beside the pairs that are given. Raises ``InvalidRequest`` on a blank text or one too long."""
    given = {name for name, _ in items}
    given |= _WHERE if given & _WHERE else set()
    return [(name, value) for name, value in need_pairs(checked_text(text, NEED), lexicon, model) if name not in given]


def need_pairs(text: str, lexicon: Lexicon, model: type[Model]) -> Pairs:
    """The certain pieces of a need as parameters. When no trade is recognised, the words left are searched as they are."""
    if (
        not any(map(str.isalpha, text)) and sum(map(str.isdigit, text)) > _LONGEST_CODE
    ):  # a SIREN or SIRET, maybe with spaces
        return [("q", text.strip()[:LONGEST_WORDS])]
    need = _resolved(text, lexicon)
    pairs = _of_contracts(need, lexicon) if _is_of_contracts(model) else need_to_query(need, lexicon)
    left = words_left(need, lexicon) if need.status == "unresolved" else ""
    return [*pairs, ("q", left)] if left else pairs


def _of_contracts(need: Need, lexicon: Lexicon) -> Pairs:
    """What a need asks of contracts and notices: « réservé », or an article that reserves, asks for those that are reserved."""
    pairs = [(name, value) for name, value in need_to_query(need, lexicon) if name in _OF_LISTS]
    families = dict.fromkeys(family for article in need.articles for family in ARTICLES[article.code].families)
    reserved = [("provision", "reserved")] if families or _RESERVED.search(fold(need.input)) else []
    return [*pairs, *reserved, *(("reserved_for", family) for family in families)]


def said_first(text: str | None, lexicon: Lexicon, model: type[Model]) -> tuple[str, ...]:
    """What an answer says before anything else: that nothing of its need was read, so that its results do not answer it, or that no trade of the
    directory sells it; then the words that were not understood, and the place that is left to choose when none is applied."""
    if text is None or not text.strip():
        return ()
    if pairs := need_pairs(text, lexicon, model):
        if not any(map(str.isalpha, text)):
            return ()
        beyond = "" if _is_of_contracts(model) else outside(text, lexicon)
        return (*([beyond] if beyond else ()), *_not_understood(_resolved(text, lexicon), pairs))
    shown = " ".join(text.split())
    shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
    return (
        f"Rien n'a été compris de « {shown} » : ces résultats n'en tiennent pas compte. Nommez un métier ou un lieu.",
    )


def outside(text: str, lexicon: Lexicon) -> str:
    """The French sentence that says what is bought when no trade of the directory sells it; else empty."""
    return next((warning for warning in _resolved(text, lexicon).warnings if warning.startswith(OUTSIDE)), "")


def _is_of_contracts(model: type[Model]) -> bool:
    """Whether a query searches contracts or notices."""
    return issubclass(model, SearchQuery) and model.collection != "suppliers"


def _not_understood(need: Need, pairs: Pairs) -> Iterator[str]:
    placed = any(name in _WHERE for name, _ in pairs)
    everywhere = "" if placed else " Toute la France est cherchée."
    names = [place.text for place in need.territory.places if place.territory is None and not place.together]
    if names and not placed:
        yield f"Lieu à préciser : {enumerated(list(map(quoted, names)), 'et')}.{everywhere}"
    for place in need.territory.places:
        if place.read_as is not None and place.territory is not None:
            yield f"Lieu cherché : {place.read_as}, écrit {quoted(place.text)}."
    for is_place, words in ((True, "Lieu non reconnu"), (False, "Non compris")):
        unread = list(dict.fromkeys(word.text for word in need.unread if word.is_place == is_place))
        if unread:
            yield f"{words} : {enumerated(list(map(quoted, unread[:MOST_UNREAD])), 'et')}.{everywhere if is_place else ''}"


def understood(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """How a need was read, in French lines; none for digits alone, nor when nothing was read (:func:`said_first` says so)."""
    if not any(character.isalpha() for character in text) or not need_pairs(text, lexicon, Model):
        return ()
    need = _resolved(text, lexicon)
    return tuple(lines(need, applied(need, lexicon)))


@lru_cache(maxsize=256)
def _resolved(text: str, lexicon: Lexicon) -> Need:
    """A need is read for its search, then for what is said of it."""
    return resolve_need(text, lexicon)


def words_left(need: Need, lexicon: Lexicon) -> str:
    """The text without the pieces that were read; empty when only stop words remain."""
    letters = list(need.input)
    for span in (*need.set_aside, *need.excluded, *piece_spans(need)):
        letters[span.start : span.end] = " " * (span.end - span.start)
    left = _LINKING.sub("", " ".join(_EMPTY.sub(" ", "".join(letters)).split()))[:LONGEST_WORDS]
    return left if len(left) > 1 and lexicon.analysis.query_groups(left) else ""


def piece_spans(need: Need) -> Iterator[Span]:
    """The spans of every piece that was read, trades left out."""
    pieces: tuple[FromWords, ...] = (
        *need.territory.places,
        *need.kinds,
        *need.labels,
        *need.families,
        *need.characteristics,
        *need.articles,
        *need.service_types,
        *need.amounts,
        *need.durations,
        *need.quantities,
        *need.distances,
    )
    yield from (*spans_of(pieces), *need.travel_times, *need.reservations)
