"""Numbers and plurals as French writes them."""

from __future__ import annotations

from typing import Final

THIN: Final = "\N{NARROW NO-BREAK SPACE}"


def number(value: float | str) -> str:
    """« 1 234,5 » with a narrow no-break space; text that is no number stays as it is."""
    try:
        shown = f"{float(value):,.1f}"
    except ValueError:
        return str(value)
    return shown.removesuffix(".0").replace(",", THIN).replace(".", ",")


def plural(count: int, one: str, several: str | None = None) -> str:
    """« 1 structure », « 12 structures », « 1 234 structures »."""
    return f"{number(count)} {one if count < 2 else several or plural_of(one)}"


def plural_of(word: str) -> str:
    """« structures », « avis »."""
    return word if word.endswith(("s", "x")) else word + "s"


def read_and_kept(seen: int | None, kept: int | None) -> str:
    """« 1 ligne lue, 1 gardée », « 955 lignes lues, 950 gardées »."""
    return f"{plural(seen or 0, 'ligne lue', 'lignes lues')}, {plural(kept or 0, 'gardée')}"
