"""Reads single values of notices: moments, NUTS, lots, amounts in bands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from crawlers.contracts.organisations import Party
from crawlers.contracts.values import object_text, plain, written

PARIS: Final = ZoneInfo("Europe/Paris")
LOT_LENGTH: Final = 20
_MASKED: Final = re.compile(r"CONTACT RETIRE|TEL RETIRE|NOM RETIRE|courriel-retire\.invalid|\[nom retiré\]")
"""Words that some publishers put in place of a contact."""
_NUTS: Final = re.compile(r"FR[0-9A-Z]{0,3}")
_TED_OLD: Final = re.compile(r"\d{4}/S\s*\d+-0*(\d+)")
_TED_NEW: Final = re.compile(r"0*(\d+)[-_](\d{4})")
_BAND: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*([kKmM]?)")
_LABELLED: Final = re.compile(r"\s*(?:n\s*[°ºo]\s*)?(SIRE[TN])\b(?:\s*n\s*[°ºo])?\s*[:.–-]?\s*(?=\d)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*\d+(?:[.,]\d+)?\s*")
_MILLION: Final = 1_000_000.0
_UNIT: Final = {"k": 1_000.0, "m": _MILLION, "": 1.0}


def read_moment(raw: object, hour: object = None) -> datetime | None:
    """A moment in UTC: ISO, « 2021-10-28 » with an ``hour`` « 12:00 », or « 20211028 12:00 ». Without a zone, the time
    is that of Paris.

    A day without an hour is read as its last minute: an offer may be left until then.
    """
    text = written(raw)
    if text is None:
        return None
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:\s+(\d{1,2}:\d{2}))?", text)
    if compact:
        text, hour = f"{compact[1]}-{compact[2]}-{compact[3]}", compact[4] or hour
    try:
        return _moment(text, written(hour))
    except ValueError:
        return None


def _moment(text: str, hour: str | None) -> datetime:
    if len(text) > 10 and text[10] in "T ":
        found = datetime.fromisoformat(text)
    else:
        clock = time.fromisoformat(hour.zfill(5) if hour.find(":") == 1 else hour) if hour else time(23, 59)
        day = date.fromisoformat(text[:10])
        zone = (
            datetime.fromisoformat(f"{text[:10]}T00:00:00{text[10:]}").tzinfo
            if hour is None and len(text) > 10
            else None
        )
        found = datetime.combine(day, clock, clock.tzinfo or zone)
    return (found if found.tzinfo is not None else found.replace(tzinfo=PARIS)).astimezone(UTC)


def public_text(raw: object, doubts: list[str]) -> str | None:
    """A text that may be shown: no e-mail address, no phone number, no mark of one."""
    return object_text(_MASKED.sub("[…]", raw) if isinstance(raw, str) else raw, doubts)


def compact_day(raw: object) -> object:
    """« 20211001 » as « 2021-10-01 », anything else as it is."""
    text = plain(raw)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text and re.fullmatch(r"\d{8}", text) else text


def number_in(raw: object) -> float | None:
    """A plain number, written with a point or a comma; ``None`` for anything else."""
    text = str(raw) if raw is not None else ""
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text) else None


def months_of(days: object) -> float | None:
    """Days as months, a year of days being twelve months; ``None`` when ``days`` is no number."""
    value = number_in(days)
    return None if value is None else value * 12 / 365


def labelled(party: Party) -> Party:
    """A party whose identifier begins with its own kind: « SIREN: 422 889 469 »."""
    kind, id_, name = party
    found = _LABELLED.match(id_) if isinstance(id_, str) else None
    return (kind or found[1].upper(), str(id_)[found.end() :], name) if found else party


def lot_number(raw: object) -> str | None:
    """« LOT-0001 », « 01 » and « lot n° 1 » are lot 1; « LOT-0000 » is the whole notice; other marks are kept short."""
    text = plain(raw)
    if text is None:
        return None
    digits = re.fullmatch(r"(?:lot)?\s*(?:n\s*[°ºo]?)?[\s:_-]*0*(\d{1,4})(?:\s*[:«(.,–-].*)?", text, re.IGNORECASE)
    if digits:
        return digits[1] if digits[1].strip("0") else None
    return re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-")[:LOT_LENGTH] or None


def ted_number(raw: object) -> str | None:
    """A TED notice number as « 497881-2021 », from « 2021/S 191-497881 », « 00041387-2024 » or « 000308_2020 »."""
    text = plain(raw)
    if text is None:
        return None
    old = _TED_OLD.search(text)
    if old:
        return f"{old[1]}-{text[:4]}"
    new = _TED_NEW.fullmatch(text)
    return f"{new[1]}-{new[2]}" if new else None


def nuts_codes(raws: list[str]) -> tuple[str, ...]:
    """French NUTS codes, once each."""
    return tuple(dict.fromkeys(code for raw in raws if _NUTS.fullmatch(code := raw.strip().upper())))


def amount_band(raw: object) -> tuple[float | None, float | None]:
    """« 1M - 5M€ » is one to five millions, « < 90k€ » at most ninety thousand, « > 5M€ » at least five millions."""
    text = plain(raw)
    if text is None:
        return None, None
    found = [
        float(number.replace(",", ".")) * _UNIT[unit.lower()] for number, unit in _BAND.findall(text.replace(" ", ""))
    ]
    if not found:
        return None, None
    if len(found) > 1:
        return min(found), max(found)
    below = re.search(r"<|moins|inf[ée]rieur|jusqu", text, re.IGNORECASE)
    above = re.search(r">|plus|sup[ée]rieur|\+", text, re.IGNORECASE)
    return (None, found[0]) if below else (found[0], None) if above else (found[0], found[0])
