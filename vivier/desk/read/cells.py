"""Reads the cells of a programme, whatever gives them (a file, a form, JSON, the command line): durations, shares, dates, yes or no,
codes. Amounts are in ``amounts.py``.

Each reader gives the value, ``None`` when it is unknown, and what the user must know of the reading. A cell that cannot be read
raises an error that names the field and the fix.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, TypeVar

from pydantic_core import PydanticCustomError

from vivier.desk.read.amounts import unknown, wrong
from vivier.errors import FieldError, InvalidRequest
from vivier.french import day
from vivier.law.parameters import chosen
from vivier.law.rules import EXCEPTIONS, BuyerClass, in_force
from vivier.needs.figures import durations
from vivier.needs.folded import folded

MOST_MONTHS: Final = 180
_FAR: Final = 60
"""Letters after « lancement » within which its day is read."""
Mentions = tuple[str, ...]
T = TypeVar("T")
_PLAIN = re.compile(r"-?\d[\d ]*(?:[.,]\d+)?")
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_ABOUT = re.compile(r"\b(?:environ|env\b\.?|approx\b\.?|estime)|[~≈]")
_PERIODS: Final = dict.fromkeys(("a", "an", "ans", "annee", "annees"), 12.0) | dict.fromkeys(("m", "mois"), 1.0)
_LENGTH: Final = r"(\d{1,3}) ?(ans?|annees?|a|mois|m)\b"
_PRODUCT: Final = re.compile(r"(\d{1,3}) ?[x×*] ?(\d{1,3})(?: ?(ans?|annees?|a|mois|m)\b)?")
_SUM: Final = re.compile(r"\d\d(?: ?\+ ?\d\d)+")
_SUM_OF_YEARS: Final = re.compile(r"[1-5](?: ?\+ ?[1-5])+")
"""« 1+1+1+1 »: four months are no duration of a contract that is renewed."""
_TERM: Final = re.compile(r"(?:(?P<times>\d) ?[x×*] ?)?(?P<count>\d{1,3}) ?(?P<unit>ans?|annees?|a|mois|m)?")
_LEAST_MONTHS_ADDED: Final = 6
"""« 12 mois + 3 » may add three months or three years; « 18 mois + 6 » adds months."""
_RENEWED: Final = re.compile(
    r"(?P<first>\d{1,3} ?(?:ans?|annees?|mois|m)) ?(?:re)?(?:nouv|cond|cduct)[a-z]*\.? ?(?:tacit[a-z]*\.? ?)?"
    r"(?:(?P<times>\d) ?(?:fois|x)|x ?(?P<after>\d))(?: ?(?:de |d')?(?P<each>\d{1,3}) ?(?P<unit>ans?|annees?|mois|m)?)?"
)
_TOTAL: Final = re.compile(r"(?P<whole>.+?),? (?:dont|y compris) .+")
_FIRM: Final = re.compile(
    r"\bfermes?\b|\bsi besoin\b|\b(?:en )?options?\b|\boptionnel(?:le)?s?\b|\beventuel(?:le)?s?\b|\bpossibles?\b"
)
_MULTIPLE: Final = re.compile(r"(\d{1,2}) ?(ans?|annees?|mois) ?[x×*] ?(\d{1,2})")
_YEARLY: Final = ("annuel", "annuelle", "un an", "1 an")
_YEARS: Final = re.compile(r"(20\d\d) ?(?:-|a|/) ?(20\d\d)")
_MONTHS: Final = ("janv", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
_NAMED: Final = re.compile(rf"(?:(\d{{1,2}})(?:er)? )?({'|'.join(_MONTHS)})[a-z]*\.? (20\d\d)")
_MONTH_TO_MONTH: Final = re.compile(
    rf"(?:de |d')?({'|'.join(_MONTHS)})[a-z]*\.?(?: (?:20)?(\d\d))? ?(?:a|au|-|→|->) ?({'|'.join(_MONTHS)})[a-z]*\.?(?: (?:20)?(\d\d))?"
)
_NO_LENGTH: Final = re.compile(
    r"(?:livraison|garantie|avant|apres|debut|demarrage|a partir|des (?:le|la)|rentree|printemps|ete|automne|hiver|saison|semaine|sem\.?) .+"
    r"|(?:rentree|printemps|ete|automne|hiver|saison)|\d{1,2} (?:phases?|tours?|tranches?|passages?|interventions?)|s ?\d\d"
)
"""A date, a season, a number of phases: it is no duration, and the duration stays unknown."""
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d|\d\d)")
_MONTH: Final = re.compile(r"(\d{1,2})[/.-](20\d\d)")
_PART: Final = re.compile(r"(?:([ts]) ?(\d)|(\d)(?:er|e|eme|nd)? (trimestre|semestre)) ?(?:de )?(20\d\d)|(20\d\d)")
_LAUNCH: Final = re.compile(
    r"\b(?:lancement|dates?[^\n\d.;:]{0,20} d[eu] (?:publication|mise en ligne)|(?:publication|mise en ligne)(?: est)? prevue)\b"
)
_YES: Final = frozenset(("oui", "o", "x", "vrai", "true", "1", "yes", "prevu", "prevue", "ok"))
_NO: Final = frozenset(("non", "n", "faux", "false", "0", "no", "aucun", "aucune", "sans", "pas prevu", "pas prevue"))
_OF_HOURS: Final = re.compile(r"[1-9][\d ]* ?(?:h|heures?)(?: d'insertion)?")
_NOT_KNOWN: Final = frozenset(("unknown", "ne sait pas", "nsp"))
BUYERS: Final[Mapping[BuyerClass, str]] = {
    "other": "Collectivité, établissement public, autre pouvoir adjudicateur",
    "central": "Autorité centrale de l'État",
    "entity": "Entité adjudicatrice (eau, énergie, transports, services postaux)",
}
_BUYER_WORDS: Final[Mapping[BuyerClass, tuple[str, ...]]] = {
    "entity": ("entite adjudicatrice", "entite", "operateur de reseaux"),
    "central": ("etat", "autorite centrale", "central", "ministere", "prefecture", "service de l'etat"),
    "other": (
        *("collectivite", "commune", "ville", "departement", "region", "epci", "metropole", "agglomeration"),
        *(
            "etablissement public",
            "hopital",
            "chu",
            "lycee",
            "universite",
            "bailleur social",
            "autre",
            "autre pouvoir adjudicateur",
            "other",
        ),
    ),
}
_EXCEPTION_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "immediate": ("solution immediatement disponible", "immediatement disponible"),
    "unlinked": ("sans lien", "lien insuffisant", "pas de lien avec l'objet", "objet"),
    "competition": ("concurrence", "restreint la concurrence", "restriction de concurrence"),
    "short_works": (
        *("travaux de moins de six mois", "travaux de moins de 6 mois", "moins de six mois", "moins de 6 mois"),
        *("travaux de moins de trois mois", "travaux de moins de 3 mois", "moins de trois mois", "moins de 3 mois"),
    ),
}


def of_cell(error: InvalidRequest) -> PydanticCustomError:
    """The error of a cell, as pydantic carries it."""
    return PydanticCustomError(error.errors[0].code, "{message}", {"message": error.errors[0].message})


def number(text: str) -> float | None:
    """Parses « 120 000 », « 1.250.000 » or « 12,5 »; ``None`` when the text is no number. Never NaN or infinite."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").strip()
    if _GROUPS.fullmatch(plain):
        return float(re.sub(r"[.,]", "", plain))
    if not _PLAIN.fullmatch(plain):
        return None
    value = float(plain.replace(" ", "").replace(",", "."))
    return value if math.isfinite(value) else None


def _about(text: str) -> tuple[str, Mentions]:
    """The cell without the words that say « about », and what is told of them."""
    plain = folded(text).text.strip()
    bare = " ".join(_ABOUT.sub(" ", plain).split())
    return bare, () if bare == " ".join(plain.split()) else (f"Valeur approximative : « {text[:60]} ».",)


def months(text: str, field: str, *, years: bool = False) -> tuple[int | None, Mentions]:
    """Parses a duration in months, renewals included: « 48 », « 4 ans », « 1 an + 3 reconductions », « du 01/01/2027 au 31/12/2030 »."""
    if unknown(text):
        return None, ()
    bare, mentions = _about(text)
    if _NO_LENGTH.fullmatch(bare) or _DAY.fullmatch(bare) or (_period(bare) and not bare.isdigit()):
        return None, (*mentions, f"« {text[:60]} » n'est pas une durée : elle reste inconnue.")
    plain = number(bare)
    value = (plain * 12 if years else plain) if plain is not None else _length(bare)
    if value is None and (read := _computed(bare)) is not None:
        value, mentions = read, (*mentions, f"Durée « {text[:60]} » lue {round(read)} mois.")
    if value is None:
        message = f"Durée « {text[:80]} » illisible : écrivez des mois, par exemple 36, ou « 3 ans »."
        raise wrong(field, message)
    if not 0 < value <= MOST_MONTHS:
        raise wrong(field, f"Durée « {text[:80]} » hors de l'intervalle : entre 1 et {MOST_MONTHS} mois.")
    return max(1, round(value)), mentions


def _length(text: str) -> float | None:
    """A duration in words, in months; ``None`` when it cannot be read."""
    if (found := _from_day_to_day(text)) is not None:
        return found
    if (short := re.fullmatch(_LENGTH, text)) is not None:
        return int(short[1]) * _PERIODS[short[2]]
    if (years := _YEARS.fullmatch(text)) is not None:
        return 12.0 * (int(years[2]) - int(years[1]) + 1)
    read = list(durations(folded(text)))
    inside = {at for match in read for span in match.spans for at in range(span.start, span.end)}
    is_whole = not any(sign.isdigit() for at, sign in enumerate(text) if at not in inside)
    return read[0].max_months if len(read) == 1 and is_whole else None


def _computed(text: str) -> float | None:
    """A duration that must be computed, and is told: « 3 x 12 » and « 12+12+12 » in months, « 1+1+1 » in years, « annuel »."""
    if text in _YEARLY:
        return 12.0
    if _SUM.fullmatch(text) is not None:
        return float(sum(map(int, text.split("+"))))
    if _SUM_OF_YEARS.fullmatch(text) is not None:
        return 12.0 * sum(map(int, text.split("+")))
    if (product := _PRODUCT.fullmatch(text)) is not None:
        return int(product[1]) * int(product[2]) * _PERIODS[product[3] or "mois"]
    if (multiple := _MULTIPLE.fullmatch(text)) is not None:
        return int(multiple[1]) * _PERIODS[multiple[2]] * int(multiple[3])
    if (total := _TOTAL.fullmatch(text)) is not None:
        return _length(total["whole"])
    return next(
        (months for read in (_renewed, _added, _from_month_to_month) if (months := read(text)) is not None), None
    )


def _renewed(text: str) -> float | None:
    """« 1 an renouv 3x », « 12 mois reconductible 3 fois », « 2 ans renouv 1 fois 2 ans »."""
    found = _RENEWED.fullmatch(text)
    if found is None:
        return None
    first, unit = _term(found["first"], "")
    each = first if found["each"] is None else int(found["each"]) * _PERIODS[found["unit"] or unit]
    return first + each * int(found["times"] or found["after"])


def _added(text: str) -> float | None:
    """« 4 ans + 1 + 1 », « 18 mois + 6 », « 48 mois + 12 si besoin »: a term takes the unit of the one before."""
    terms = [" ".join(part.split()) for part in _FIRM.sub(" ", text.replace(" puis ", " + ")).split("+")]
    total, unit = 0.0, ""
    for term in terms:
        if (match := _TERM.fullmatch(term)) is None or not (match["unit"] or unit):
            return None
        is_short = not match["unit"] and _PERIODS[unit] == 1 and int(match["count"]) < _LEAST_MONTHS_ADDED
        if is_short:
            return None
        months, unit = _term(term, unit)
        total += months
    return total if len(terms) > 1 else None


def _term(text: str, unit: str) -> tuple[float, str]:
    """The months of a term, and its unit, else that of the one before."""
    match = _TERM.fullmatch(text)
    assert match is not None
    unit = match["unit"] or unit
    return int(match["times"] or 1) * int(match["count"]) * _PERIODS[unit], unit


def _from_month_to_month(text: str) -> float | None:
    """« sept 26 à juin 28 », « mai à octobre »: both months are included."""
    found = _MONTH_TO_MONTH.fullmatch(text)
    if found is None or (found[2] and not found[4]):
        return None
    years = int(found[4]) - int(found[2]) if found[2] else 0
    months = 12 * years + _MONTHS.index(found[3]) - _MONTHS.index(found[1]) + 1
    if months < 1 and not found[2]:
        months += 12  # « octobre à avril »
    return float(months) if months > 0 else None


def _from_day_to_day(text: str) -> float | None:
    """« du 01/01/2027 au 31/12/2030 »: both days are included."""
    days = [_day(found) for found in _DAY.finditer(text)]
    if len(days) != 2 or days[0] is None or days[1] is None or days[1] < days[0]:
        return None
    after = days[1] + timedelta(days=1)
    return (after.year - days[0].year) * 12 + after.month - days[0].month + (after.day - days[0].day) / 30


def share(text: str, field: str, *, zero: bool = False, what: str = "de main-d'œuvre") -> tuple[float | None, Mentions]:
    """Parses « 65 % », « 0,65 » or « 65 » as a share in ]0, 1], or [0, 1] with ``zero``, when « non » and « aucun » are zero too."""
    bare, mentions = _about(text)
    if unknown(text) or bare in _NOT_KNOWN:
        return None, ()
    if zero and bare in _NO:
        return 0.0, ()
    value = number(bare.rstrip("% "))
    if value is not None and (value > 1 or "%" in bare):
        value /= 100
    if value is None or not (0 < value <= 1 or (zero and value == 0)):
        raise wrong(field, f"Part « {text[:80]} » illisible : une part {what} entre 0 et 100 %, par exemple 65 %.")
    return value, mentions


def rate(text: str, field: str) -> tuple[float | None, Mentions]:
    """Parses a response rate, « 15 % » or « 0,15 »."""
    value, mentions = share(text, field, what="des structures qui répondent")
    return (None if value is None else chosen("response_central", value, field)), mentions


def taken_over(text: str, field: str) -> tuple[float | None, Mentions]:
    """Parses the share of the staff taken over with the contract. « oui » is not a share: the share is asked for."""
    if folded(text).text.strip() in _YES - {"1"}:
        raise wrong(field, f"Personnel repris « {text[:40]} » : donnez la part reprise, par exemple 70 %.")
    return share(text, field, zero=True, what="du personnel repris")


def hourly_cost(text: str, field: str) -> tuple[float | None, Mentions]:
    """Parses a full hourly cost in euros, « 32 €/h »."""
    bare, mentions = _about(text)
    if unknown(text):
        return None, ()
    value = number(re.sub(r" ?(?:€|euros?)?(?: ?(?:/|par) ?(?:h|heure))?$", "", bare))
    if value is None or value < 0:
        raise wrong(field, f"Coût horaire « {text[:40]} » illisible : écrivez des euros, par exemple 32.")
    return chosen("hourly_cost", value, field), mentions


def yes_no(text: str, field: str) -> tuple[bool | None, Mentions]:
    """Parses « oui », « non », « x », « prévue », « 1 200 h »… « à voir » is unknown."""
    plain = folded(text).text.strip()
    if unknown(text) or plain in _NOT_KNOWN:
        return None, ()
    if _OF_HOURS.fullmatch(plain):
        return True, (f"« {text[:40]} » lu « oui » : ce nombre d'heures n'est pas compté.",)
    if plain not in _YES | _NO:
        raise wrong(field, f"« {text[:40]} » n'est ni oui ni non : écrivez « oui », « non », ou videz la cellule.")
    return plain in _YES, ()


def buyer(text: str, field: str) -> tuple[BuyerClass | None, Mentions]:
    """Parses the class of a buyer: its code, or its usual words (« État », « commune », « entité adjudicatrice »)."""
    return _coded(text, field, _BUYER_WORDS, BUYERS, "Acheteur")


def exception(text: str, field: str) -> tuple[str | None, Mentions]:
    """Parses the ground for leaving the social condition out: its code, or its words."""
    return _coded(text, field, _EXCEPTION_WORDS, EXCEPTIONS, "Motif")


def _coded(
    text: str, field: str, words: Mapping[T, tuple[str, ...]], labels: Mapping[T, str], what: str
) -> tuple[T | None, Mentions]:
    plain = folded(text).text.strip()
    if unknown(text):
        return None, ()
    for code, label in labels.items():
        if plain in (str(code), folded(label).text, *words.get(code, ())):
            return code, ()
    listed = " ; ".join(f"{code} ({label})" for code, label in labels.items())
    codes = tuple(str(code) for code in labels)
    message = f"{what} « {text[:40]} » inconnu. Valeurs admises : {listed}."
    raise InvalidRequest((FieldError(field, "unknown_value", message, codes),))


def launched(text: str, field: str) -> tuple[date | None, Mentions]:
    """Parses the day of a launch. Of a month, a quarter or a year, the first day is taken and told, unless the duties change within it."""
    if unknown(text):
        return None, ()
    plain = folded(text).text.strip()
    exact = _DAY.fullmatch(plain)
    found = _day(exact) if exact is not None else _iso(plain)
    if found is not None:
        return found, ()
    period = _period(plain)
    if period is None:
        raise wrong(field, f"Date « {text[:40]} » illisible : écrivez-la 15/03/2027.")
    first, last = period
    if first == last:
        return first, ()
    if first < in_force() <= last:
        message = f"Date « {text[:40]} » : d'autres obligations valent avant le {day(in_force())}. Donnez le jour, par exemple 15/09/2026."
        raise wrong(field, message)
    return first, (f"Lancement « {text[:40]} » : premier jour compté, {day(first)}.",)


def launch_in(text: str) -> str:
    """The day of launch that an object or a letter says, as a cell would say it: « lancement prévu en mars 2027 » says « mars 2027 ». Empty
    when it says none; a year alone is none."""
    plain = folded(text)
    for announced in _LAUNCH.finditer(plain.text):
        after = plain.text[announced.end() :][:_FAR].partition("\n")[0]
        found = [near for form in (_DAY, _NAMED, _PART, _MONTH) if (near := form.search(after)) and len(near[0]) > 4]
        if found:
            first, last = min((near.start(), near.end() - 1) for near in found)
            return text[plain.starts[announced.end() + first] : plain.starts[announced.end() + last] + 1]
    return ""


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(found: re.Match[str]) -> date | None:
    year = int(found[3])
    try:
        return date(year if year > 99 else 2000 + year, int(found[2]), int(found[1]))
    except ValueError:
        return None


def _period(text: str) -> tuple[date, date] | None:
    """The first and last days of « mars 2027 », « T2 2027 », « S2 2027 », « 2027 »; one day, twice, of « 15 mars 2027 »."""
    if (named := _NAMED.fullmatch(text)) is not None:
        month, year = _MONTHS.index(named[2]) + 1, int(named[3])
        if named[1]:
            single = _iso(f"{year}-{month:02d}-{int(named[1]):02d}")
            return None if single is None else (single, single)
        return _months_of(year, month, 1)
    if (short := _MONTH.fullmatch(text)) is not None:
        return _months_of(int(short[2]), int(short[1]), 1)
    if (part := _PART.fullmatch(text)) is None:
        return None
    if part[6]:
        return _months_of(int(part[6]), 1, 12)
    length = 3 if (part[1] or part[4] or "")[0] == "t" else 6
    return _months_of(int(part[5]), (int(part[2] or part[3]) - 1) * length + 1, length)


def _months_of(year: int, month: int, length: int) -> tuple[date, date] | None:
    if not 1 <= month <= 13 - length:
        return None
    after = date(year + 1, 1, 1) if month + length > 12 else date(year, month + length, 1)
    return date(year, month, 1), after - timedelta(days=1)
