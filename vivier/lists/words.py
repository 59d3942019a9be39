"""Reads the words of a list, in French or English, codes or names; an error says the fix."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from pydantic_core import PydanticCustomError

from vivier.identity import fold
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.trades.table import load_trades
from vivier.trades.words import trades_of_phrase
from vivier.vocabulary import SERVICE_TYPES

_SERVICE_ALIASES = {
    "PRESTATION": "service",
    "PREST": "service",
    "FOURNITURE": "goods",
    "FABRICATION": "goods",
    "BUILD": "goods",
    "MISE A DISPOSITION": "staffing",
    "INTERIM": "staffing",
    "DISP": "staffing",
}
_TERRITORY_ALIASES = {"com": "commune", "arr": "arrondissement", "dep": "departement", "reg": "region"}
_TERRITORY = re.compile(
    r"FR|commune:(\d{2}|2[AB])\d{3}|arrondissement:\d{5}|epci:\d{9}|departement:(\d{2}|2[AB]|9[78]\d)|region:\d{2}"
)
_RADIUS = re.compile(r"(\d+(?:[.,]\d+)?)\s*km", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return fold(word)


def _short(value: object) -> str:
    return str(value)[:60]


def _code(value: Any, names: Mapping[str, str], error: str, what: str) -> Any:
    """The code of a code or a name, whatever its case and accents. An unknown word raises an error that lists near ones."""
    if not isinstance(value, str):
        return value
    found = names.get(_folded(value))
    if found is not None:
        return found
    near = [names[key] for key in difflib.get_close_matches(_folded(value), names)]
    guess = f" ; vouliez-vous dire {', '.join(dict.fromkeys(near))} ?" if near else ""
    raise PydanticCustomError(
        error, "{what} « {value} »{guess}", {"what": what, "value": _short(value), "guess": guess}
    )


def _by_fold(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    both = [(fold(name), code) for code, name in pairs]
    return {**dict(both), **{fold(code): code for _, code in both}}


@cache
def _kinds() -> dict[str, str]:
    return _by_fold((kind.code, kind.name) for kind in KINDS.values())


@cache
def _labels() -> dict[str, str]:
    return _by_fold((label.code, label.name) for label in LABELS.values())


@cache
def _trades() -> dict[str, str]:
    return _by_fold((trade.code, trade.name) for trade in load_trades())


@cache
def _service_types() -> dict[str, str]:
    return {**_SERVICE_ALIASES, **_by_fold(SERVICE_TYPES.items())}


def kind_code(value: Any) -> Any:
    return _code(value, _kinds(), "kind_unknown", "type de structure inconnu")


def label_code(value: Any) -> Any:
    return _code(value, _labels(), "label_unknown", "label inconnu")


def trade_code(value: Any) -> Any:
    """The code of a trade: by its code, its name, or words that name it alone (« imprimerie »)."""
    meant = trades_of_phrase(value) if isinstance(value, str) and _folded(value) not in _trades() else ()
    return next(iter(meant)) if len(meant) == 1 else _code(value, _trades(), "trade_unknown", "métier inconnu")


def french_service_type(value: Any) -> Any:
    """``service``, ``goods`` or ``staffing``, also said in French (prestation, fourniture, mise à disposition)."""
    return _code(value, _service_types(), "value_invalid", "type de prestation inconnu")


def french_number(value: Any) -> Any:
    """A number written in France: ``1 250 000,50 €``."""
    if not isinstance(value, str):
        return value
    found = number(value)
    if found is None:
        raise PydanticCustomError("number_invalid", "nombre illisible « {value} »", {"value": _short(value)})
    return found


def french_date(value: Any) -> Any:
    """``2027-06-30``, or ``30/06/2027`` as written in France."""
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    return "-".join(reversed(found.groups())) if found else value


def number(value: object) -> float | None:
    """A number as written in France or in JSON: ``1 250 000,50 €`` is 1250000.5. ``None`` when it is not one.

    ``1,234,567`` and ``1.234.567`` are refused: nothing says which mark is the decimal one.
    """
    written = re.sub(r"[\s€]", "", str(value if value is not None else "")).replace(",", ".")
    found = float(written) if _NUMBER.fullmatch(written) else math.inf
    return found if math.isfinite(found) else None


def yes_or_no(value: Any) -> Any:
    """``true``/``false``, ``oui``/``non``."""
    words = {"OUI": True, "NON": False, "VRAI": True, "FAUX": False}
    return words.get(fold(value), value) if isinstance(value, str) else value


def split_bars(value: Any) -> Any:
    """Several values in one cell, separated by ``|``."""
    return [part.strip() for part in value.split("|") if part.strip()] if isinstance(value, str) else value


def long_territory(value: Any) -> Any:
    """A typed territory id in its long form; a bare code is refused, since ``84`` is a département and a région."""
    if not isinstance(value, str):
        return value
    prefix, mark, code = value.strip().partition(":")
    written = f"{_TERRITORY_ALIASES.get(prefix.lower(), prefix.lower())}:{code.upper()}" if mark else prefix.upper()
    if _TERRITORY.fullmatch(written):
        return written
    raise PydanticCustomError(
        "territory_invalid",
        "territoire mal écrit « {value} » ; attendu : FR, region:84, departement:38, epci:200046977 ou commune:38185",
        {"value": _short(value)},
    )


def zone_of_text(value: Any) -> Any:
    """A zone written in one cell: ``France``, ``30 km``, ``departement:38|commune:69123``, or nothing (undeclared)."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return {"type": "undeclared"}
    if fold(value) in ("FR", "FRANCE", "FRANCE ENTIERE", "COUNTRY"):
        return {"type": "country"}
    radius = _RADIUS.fullmatch(value.strip())
    if radius:
        return {"type": "radius", "km": number(radius[1])}
    if ":" not in value:
        raise PydanticCustomError(
            "zone_invalid",
            "zone mal écrite « {value} » ; attendu : France, 30 km, ou des territoires comme departement:38|commune:69123",
            {"value": _short(value)},
        )
    return {"type": "territories", "territories": split_bars(value)}
