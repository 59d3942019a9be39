"""Closed lists of the arrêtés, and the words that other formats or habits put in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Final

from crawlers.contracts.values import FILLERS, plain
from vivier import procurement
from vivier.identity import fold
from vivier.model.contract import Considerations

Words = dict[str, str]

_FILLERS = frozenset(fold(word) for word in FILLERS)


def _words(names: Mapping[str, str], aliases: Mapping[str, str] | None = None) -> Words:
    """Folded word to code: our names, and other ones."""
    return {fold(name): code for code, name in names.items()} | {fold(a): code for a, code in (aliases or {}).items()}


NATURE: Final = _words(procurement.NATURES, {"Marchés subséquents": "subsequent", "Marché public": "marche"})
PROCEDURE: Final = _words(
    procurement.PROCEDURES,
    {
        "Procédure négociée avec mise en concurrence préalable": "negociation",
        "Procédure concurrentielle avec négociation": "negociation",
        "Marché négocié sans publicité ni mise en concurrence préalable": "sans_publicite",
        "Marché public négocié sans publicité ni mise en concurrence préalable": "sans_publicite",
        "Marché sans publicité ni mise en concurrence préalable": "sans_publicite",
        "Procédure négociée sans publicité ni mise en concurrence préalable": "sans_publicite",
    },
)
TECHNIQUE: Final = _words(
    procurement.TECHNIQUES, {"Catalogues électroniques": "catalogue", "Enchères électroniques": "enchere"}
)
MODALITY: Final = _words(
    procurement.MODALITIES, {"Marché subséquent": "subsequents", "Bon de commande": "bons_de_commande"}
)
GROUPING: Final = _words(procurement.GROUPINGS, {"Aucun": "none"})
CCAG: Final = _words(procurement.CCAGS, {"Maitrise d'oeuvre": "maitrise_oeuvre", "Aucun": "none"})
PLACE: Final = _words(procurement.PLACE_TYPES) | {
    fold(name).removeprefix("CODE "): code for code, name in procurement.PLACE_TYPES.items()
}
_NONE = {"Aucune considération": "none", "Aucune": "none"}
SOCIAL_WORDS: Final = _words(
    procurement.SOCIAL,
    {
        "Concession réservée": "reserved",
        "Concession réservé": "reserved",
        "Critères sociaux": "criterion",
        "Clauses sociales": "clause",
        "Pas de considérations sociales": "none",
        **_NONE,
    },
)
ENVIRONMENTAL_WORDS: Final = _words(
    procurement.ENVIRONMENTAL,
    {
        "Critères environnementaux": "criterion",
        "Clauses environnementales": "clause",
        "Pas de considérations environnementales": "none",
        **_NONE,
    },
)
NOTHING: Final = "SANS OBJET"
"""In the tabular format the word declares « none ». In other formats it says nothing."""


def read_code(raw: object, words: Words) -> tuple[str | None, str | None]:
    """The code of a word. A word that is not in the list is returned beside it, and the code is then ``None``."""
    text = plain(raw)
    if text is None:
        return None, None
    word = fold(text)
    code = words.get(word)
    return (code, None) if code is not None or word in _FILLERS else (None, text)


def values_of(raw: object) -> tuple[str, ...]:
    """The values of a list: a tuple, one text with commas, or a Python literal in a text."""
    if isinstance(raw, str):
        return tuple(_split(raw))
    return tuple(value for part in raw for value in _split(part)) if isinstance(raw, tuple | list) else ()


def _split(raw: object) -> Iterable[str]:
    text = plain(raw)
    if text is None:
        return ()
    if text.startswith("[") and text.endswith("]"):
        return [value for part in _literal(text) for value in _split(part)]
    return [part.strip() for part in text.split(",") if part.strip()]


def _literal(text: str) -> tuple[object, ...]:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return tuple(text[1:-1].split(","))
    return tuple(found) if isinstance(found, list) else ()


def read_codes(raw: object, words: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of a list, and the words that are in no list. « Sans objet » declares that there is none and gives no code."""
    read = [read_code(value, words) for value in values_of(raw)]
    return tuple(dict.fromkeys(code for code, _ in read if code)), tuple(word for _, word in read if word)


def read_considerations(raw: object, words: Words) -> tuple[Considerations, tuple[str, ...]]:
    """Considerations as declared, and the words that are in no list. The raw values are all kept."""
    values = tuple(value for value in values_of(raw) if fold(value) in words or fold(value) not in _FILLERS)
    codes, unread = read_codes(values, words)
    known: tuple[procurement.Consideration, ...] = codes  # type: ignore[assignment]
    return (Considerations(values=known, raw=values) if values else _UNRECORDED), unread


_UNRECORDED = Considerations()
