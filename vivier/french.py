"""Formats numbers, money, shares, distances, days and plurals in French. No other file formats them.

Babel (CLDR ``fr``) gives the separators: U+202F between thousands and before « km », U+00A0 before « % » and « € », so that
no line breaks inside a figure. Every number is rounded half up on its decimal text, as a reader does by hand: 0,25 is 0,3, and
28,45 is 28,5 though its binary value is just below. A page writes hundreds of numbers: they are written as CLDR does, five times sooner
than by Babel, and texts are cached.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
THIN: Final = "\N{NARROW NO-BREAK SPACE}"
_FRENCH: Final = Locale.parse("fr")
_HALF_UP: Final = Context(prec=700, rounding=ROUND_HALF_UP)
"""Enough digits for any float: a reader may type 1e300."""
PARIS: Final = ZoneInfo("Europe/Paris")
_CACHED: Final = 16_384
_LEAST_SHARE: Final = Decimal("0.001")
MONTHS: Final = tuple(str(format_date(date(2001, month, 1), "MMMM", _FRENCH)) for month in range(1, 13))


@lru_cache(maxsize=_CACHED)
def number(value: float | str, decimals: int = 1) -> str:
    """« 1 234,5 », with at most ``decimals`` decimals and no useless zero. Text that is no finite number stays as it is."""
    exact = _decimal(value)
    if exact is None:
        return str(value)
    rounded = exact.quantize(_unit(decimals), context=_HALF_UP)
    whole, _, fraction = f"{abs(rounded):,f}".partition(".")
    fraction = fraction.rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole.replace(',', THIN)}{',' if fraction else ''}{fraction}"


def whole(value: float) -> int:
    """The number that :func:`integer` shows: halves go up, where ``round`` takes 12.5 to 12."""
    return math.floor(value + 0.5)


def integer(value: float) -> str:
    """« 1 250 », rounded to the unit."""
    return number(value, 0)


@lru_cache(maxsize=_CACHED)
def typed(value: float | str) -> str:
    """« 1234,5 »: the number as a user types it, with every decimal and no space. Text that is no finite number stays as it is."""
    exact = _decimal(value)
    if exact is None:
        return str(value)
    with localcontext(_HALF_UP):
        known = Decimal(f"{exact:.12g}")  # 0,1 + 0,2 is 0,3
        return format_decimal(known, locale=_FRENCH, decimal_quantization=False, group_separator=False)


def euros(amount: float | str, decimals: int = 0) -> str:
    """« 120 000 € », rounded to the euro unless ``decimals`` is given. An amount under half a euro keeps its cents, so that it does
    not read zero."""
    shown = number(amount, decimals)
    return f"{number(amount, 2) if shown == '0' else shown}{NO_BREAK}€"


def euros_ht(amount: float | str, decimals: int = 0) -> str:
    """« 12 345 € HT », formatted as in :func:`euros`."""
    return f"{euros(amount, decimals)} HT"


def compact(amount: float) -> str:
    """« 850 € », « 120 k€ », « 1,2 M€ »: an amount of which only the size matters, with one decimal of a million at most."""
    if amount >= 999_500:
        return f"{number(amount / 1e6)}{NO_BREAK}M€"
    return f"{number(amount / 1e3, 0)}{NO_BREAK}k€" if amount >= 1_000 else euros(amount)


@lru_cache(maxsize=_CACHED)
def percent(share: float) -> str:
    """« 31,6 % » for a share (1 is the whole): one decimal at most, none for a whole percentage.

    A share that is not zero never reads zero: it is « moins de 0,1 % ».
    """
    exact = _decimal(share)
    if exact is None:
        raise ValueError(f"A share is a finite number, not {share}.")
    if 0 < exact < _LEAST_SHARE:
        return f"moins de {percent(float(_LEAST_SHARE))}"
    return f"{number(float(exact.scaleb(2)))}{NO_BREAK}%"


def chance(probability: float, *, supposed: bool = False) -> str:
    """A probability to the nearest hundredth: what it rests on bears no more. None is written 0 or 1: a rounded figure, or one of
    nobody known, is neither a certain no nor a certain yes.
    ``supposed``: it rests on suppositions, and is never written as more certain than nine cases in ten."""
    least = 0.1 if supposed else 0.01
    if probability < least:
        return f"moins de {percent(least)}"
    if probability > 1 - least:
        return f"plus de {percent(1 - least)}"
    return f"{integer(probability * 100)}{NO_BREAK}%"


def kilometres(value: float | str) -> str:
    """« 12,4 km »."""
    return f"{number(value)}{THIN}km"


@lru_cache(maxsize=_CACHED)
def telephone(digits: str) -> str:
    """« 02 99 00 00 00 », from ten digits however they are spaced; any other text stays as it is."""
    bare = "".join(digits.split())
    return NO_BREAK.join(bare[at : at + 2] for at in range(0, 10, 2)) if len(bare) == 10 and bare.isdigit() else digits


def day(value: date | str) -> str:
    """« 24/11/2026 » for a date, a moment, or a text of either in ISO 8601. Raises ``ValueError`` for another text."""
    when = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{when.day:02}/{when.month:02}/{when.year:04}"


def long_day(value: date | str) -> str:
    """« 26 novembre 2026 », « 1er juillet 2019 » (the first of a month is an ordinal), without a line break after the day number."""
    when = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{when.day}{'er' if when.day == 1 else ''}{NO_BREAK}{month_name(when)}"


def month_name(value: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[value.month - 1]} {value.year:04}"


def until(value: date, today: date) -> str:
    """« demain », « dans 15 jours », « dans 4 mois »: how far a day to come is; months from the sixtieth day, rounded down."""
    days = (value - today).days
    if days < 2:
        return ("aujourd’hui", "demain")[days]
    if days < 60:
        return f"dans {days}{NO_BREAK}jours"
    months = (value.year - today.year) * 12 + value.month - today.month - (value.day < today.day)
    return f"dans {months}{NO_BREAK}mois"


def age(days: int) -> str:
    """« 23 jours », « 4 mois », « 7 ans »: whole months from the sixtieth day, whole years from the second."""
    if days < 60:
        return plural(days, "jour")
    return f"{days * 12 // 365}{NO_BREAK}mois" if days < 730 else f"{days // 365}{NO_BREAK}ans"


_ELISION: Final = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_«])")
_SPACED: Final = re.compile(r"(?<=[^\s:;!?]) (?=»|[:;!?](?:\s|$|[)\]»]))|(?<=«) |(?<=\d) (?=[%€])")


def typographic(text: str) -> str:
    """A text by the rules of the Imprimerie nationale: « l’offre » with a typographic apostrophe; a space that does not break before
    « : » and inside guillemets, a thin one before « ; », « ! » and « ? ». The text is otherwise as it was: a straight apostrophe that is
    no elision (5' for minutes) stays."""
    return _SPACED.sub(_no_break, _ELISION.sub("’", text))


def _no_break(found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 1]
    return THIN if following and following in ";!?" else NO_BREAK


def quoted(text: str) -> str:
    """« texte », with spaces that do not break."""
    return f"«{NO_BREAK}{text}{NO_BREAK}»"


def capital(text: str) -> str:
    """A text that begins by a capital."""
    return text[:1].upper() + text[1:]


def enumerated(words: Iterable[str], last: str = "et") -> str:
    """« a, b et c »; ``last``: the word before the last one."""
    *before, end = words
    return f"{', '.join(before)} {last} {end}" if before else end


def plural(count: int, singular: str, several: str | None = None) -> str:
    """« 1 structure », « 12 structures », « 1 234 structures »."""
    return f"{number(count)} {singular if count < 2 else several or plural_of(singular)}"


def and_others(names: int, shown: int) -> str:
    """« et 1 autre », « et 12 autres » after the first of a list; empty when all are shown."""
    return f" et {plural(names - shown, 'autre')}" if names > shown else ""


def plural_of(word: str) -> str:
    """« structures », « avis », « réseaux »."""
    if word.endswith(("s", "x")):
        return word
    return word + ("x" if word.endswith("eau") else "s")


def read_and_kept(seen: int | None, retained: int | None) -> str:
    """« 1 ligne lue, 1 gardée », « 955 lignes lues, 950 gardées »."""
    return f"{plural(seen or 0, 'ligne lue', 'lignes lues')}, {plural(retained or 0, 'gardée')}"


@cache
def _unit(decimals: int) -> Decimal:
    """What a number of so many decimals is rounded to."""
    return Decimal(1).scaleb(-decimals)


def _decimal(value: float | str) -> Decimal | None:
    """The decimal value of a number; ``None`` for a text that is no number and for a number that is not finite."""
    try:
        exact = Decimal(repr(float(value)))
    except ValueError:
        return None
    return exact if exact.is_finite() else None


def paris_time(moment: object) -> str | None:
    """The time in Paris of a moment written as in records (ISO, UTC): « 2021-10-28T12:00:00+02:00 »."""
    text = str(moment or "")
    return datetime.fromisoformat(text).astimezone(PARIS).isoformat() if len(text) > 10 else text or None
