"""Reads cells of a programme as figures: amounts, durations, shares. A cell that cannot be read raises an error that names the
fix."""

from __future__ import annotations

import math
import re
from typing import Final

from vivier.errors import FieldError, InvalidRequest
from vivier.needs.figures import amounts, durations
from vivier.needs.folded import folded

MOST_MONTHS: Final = 180
MOST_EUROS: Final = 1e12
_PLAIN = re.compile(r"-?\d[\d ]*(?:[.,]\d+)?")
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def _wrong(field: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError(field, "invalid_value", message),))


def number(text: str) -> float | None:
    """Parses « 120 000 », « 1.250.000 » or « 12,5 »; ``None`` when the text is no number. Never NaN or infinite."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").strip()
    if _GROUPS.fullmatch(plain):
        return float(re.sub(r"[.,]", "", plain))
    if not _PLAIN.fullmatch(plain):
        return None
    value = float(plain.replace(" ", "").replace(",", "."))
    return value if math.isfinite(value) else None


def euros(text: str, field: str) -> tuple[float | None, bool, bool]:
    """Parses an amount in euros: the amount, whether it is for a year, whether it includes tax. An empty cell is unknown. Raises
    ``InvalidRequest``."""
    if not text or text.lower() in ("nc", "n.c.", "inconnu", "à définir", "a definir", "?", "-"):
        return None, False, False
    value, yearly, taxed = number(text), False, False
    if value is None:
        found = list(amounts(folded(text)))
        if len(found) != 1:
            raise _wrong(
                field, f"Montant « {text[:80]} » illisible : écrivez un nombre en euros HT, par exemple 120000."
            )
        value, yearly, taxed = found[0].euros, found[0].per_year, found[0].tax == "TTC"
        if text.strip().startswith("-"):
            value = -value
    if value < 0 or value > MOST_EUROS:
        raise _wrong(field, f"Montant « {text[:80]} » hors de l'intervalle : un montant HT en euros, positif ou nul.")
    return value, yearly, taxed


def months(text: str, field: str, *, years: bool = False) -> int | None:
    """Parses a duration in months, renewals included. An empty cell is unknown. Raises ``InvalidRequest``."""
    if not text:
        return None
    plain = number(text)
    if plain is not None:
        value = plain * 12 if years else plain
    else:
        found = list(durations(folded(text)))
        if len(found) != 1:
            raise _wrong(field, f"Durée « {text[:80]} » illisible : écrivez des mois, par exemple 36, ou « 3 ans ».")
        value = found[0].max_months
    if not 0 < value <= MOST_MONTHS:
        raise _wrong(field, f"Durée « {text[:80]} » hors de l'intervalle : entre 1 et {MOST_MONTHS} mois.")
    return max(1, round(value))


def share(text: str, field: str) -> float | None:
    """Parses « 65 % », « 0,65 » or « 65 » as a share in ]0, 1]. An empty cell is unknown. Raises ``InvalidRequest``."""
    if not text:
        return None
    value = number(text.rstrip("% \u00a0\u202f"))
    if value is not None and (value > 1 or "%" in text):
        value /= 100
    if value is None or not 0 < value <= 1:
        raise _wrong(field, f"Part « {text[:80]} » illisible : une part de main-d'œuvre entre 0 et 100 %.")
    return value
