"""Reads the amounts, durations and quantities of a need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vivier.needs.folded import Folded
from vivier.needs.model import AmountMatch, DurationMatch, QuantityMatch

_WORDS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_NUMBERS = {"une": 1, **{word: number for number, word in enumerate(_WORDS, 1)}}
_NUMBER = r"(?<![\d.,])(?P<number>\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+)(?:[.,](?P<cents>\d{1,2})(?!\d))?"
_COUNT = r"(?:\d{1,3}|" + "|".join(_NUMBERS) + ")"
_PERIODS = {
    "an": 12.0,
    "annee": 12.0,
    "semestre": 6.0,
    "trimestre": 3.0,
    "mois": 1.0,
    "semaine": 12 / 52,
    "jour": 12 / 365,
}
_PERIOD = r"(?:an|annee|semestre|trimestre|mois|semaine|jour)"
_AMOUNT = re.compile(
    _NUMBER + r" ?(?P<scale>k|m(?!\d)|mille|milliers?|millions?|milliards?)? ?(?:d'|de )?"
    r"(?P<unit>€|euros?\b|eur\b)"
    r"(?: ?(?P<tax>ht|ttc|hors taxes?)\b)?(?P<year> ?(?:par an|/ ?an|annuels?|l'an)\b)?"
)
_K_AMOUNT = re.compile(_NUMBER + r" ?(?P<scale>k|m)(?P<unit>e)\b(?: ?(?P<tax>ht|ttc))?\b(?P<year> ?(?:par an|/ ?an))?")
_BUDGET = re.compile(
    r"\b(?:budget|montant|enveloppe|plafond|estime|estimation)(?: \w+){0,3}? ?:? ?"
    + _NUMBER
    + r"(?P<scale> ?(?:k|mille|millions?)\b)?(?P<unit>)(?: ?(?P<tax>ht|ttc)\b)?(?P<year> ?(?:par an|/ ?an)\b)?(?! ?\w)"
)
_EACH = re.compile(
    r" ?(?:/|par|la|le|l'|chaque|de l')? ?(?:piece|unite|personne|pers\b|repas|heure|h\b|m2|kg|tonne|colis|jour|plateau|convive|exemplaire)"
)
"""What follows the price of one thing: « 25 € pièce », « 12 €/repas ». It is no amount of the contract."""
_SCALES = {"k": 1e3, "m": 1e6, "mille": 1e3, "millier": 1e3, "million": 1e6, "milliard": 1e9}
_DURATION = re.compile(
    rf"(?:(?P<times>\d) ?[x×] ?)?(?<![\d,.-])(?<!l')\b(?P<count>{_COUNT}) (?P<period>{_PERIOD})s?\b(?P<more> fermes?)?"
)
_RENEWAL = re.compile(
    rf"\b(?:re)?(?:conductible|nouvelable|conduit|nouvele)e?s?(?: tacitement| expressement| par tacite reconduction)?"
    rf"(?: (?P<times>{_COUNT}) fois)?(?: (?:par periodes? (?:de|d')|pour|de|d') ?(?P<count>{_COUNT}) (?P<period>{_PERIOD})s?)?"
    rf"(?: (?P<after>{_COUNT}) fois)?"
)
_YEARS = re.compile(r"\bannees (?P<first>20\d\d)(?: ?(?:a|-|/|au) ?)(?P<last>20\d\d)\b")
# « enfants de 3 à 6 ans », « plus de 60 ans », « colonie 6-12 ans » are ages; « deux jours par semaine » is a rhythm.
_AGE_BEFORE = re.compile(
    r"(?:\bages? (?:de )?|\bplus de |\bmoins de |\b(?:enfants?|jeunes|adolescents|personnes?|public|adultes|seniors?) de "
    r"|\d ?(?:a|-|et|/) ?|\b(?:depuis|il y a|tous les|chaque|sous|d'ici|dans|avant|sous) )$"
)
_RHYTHM_AFTER = re.compile(r" ?(?:/|par (?:semaine|mois|an)\b|et (?:plus|moins)\b|d'age\b|d'anciennete\b)")
_UNITS = (
    ("personnes", r"pers\b\.?|personnes?|convives|participants|invites|agents|eleves|enfants|salaries|visiteurs|habitants"),
    ("repas", r"repas|couverts|plateaux|gouters|petits?[- ]dejeuners?|cocktails?"),
    ("m²", r"m2\b|metres? carres?"),
    ("m", r"metres? lineaires?|ml\b|metres?\b|m\b"),
    ("ha", r"ha\b|hectares?"),
    ("km", r"km\b|kilometres?"),
    ("t", r"tonnes?|t\b"),
    ("kg", r"kg\b|kilos?"),
    ("exemplaires", r"exemplaires?|ex\b|plis|courriers|enveloppes|lettres|pages"),
    ("lits", r"lits?"),
    ("logements", r"logements?|appartements?|pavillons?|chambres?"),
    ("postes", r"postes?|bureaux|ordinateurs|pc\b"),
    ("véhicules", r"vehicules?|voitures?|camions?|bus\b|velos?"),
    ("heures", r"heures?|h\b"),
)  # fmt: skip
_QUANTITY = re.compile(
    _NUMBER + " ?(?:" + "|".join(f"(?P<u{i}>{unit})" for i, (_, unit) in enumerate(_UNITS)) + r")(?![\w€])"
)


def amounts(text: Folded) -> Iterator[AmountMatch]:
    """Amounts of money: « 120 000 € HT », « 40 k€ », « 1,2 M€ », « budget 40000 ». A number needs a unit or a word of money."""
    taken: set[int] = set()
    for pattern in (_AMOUNT, _K_AMOUNT, _BUDGET):
        for match in pattern.finditer(text.text):
            is_of_each = _EACH.match(text.text, match.end()) is not None
            if not is_of_each and taken.isdisjoint(range(match.start("number"), match.end("number"))):
                taken.update(range(*match.span()))
                yield _amount(match, text)


def _amount(match: re.Match[str], text: Folded) -> AmountMatch:
    scale = (match["scale"] or "").strip().rstrip("s")
    tax = match["tax"]
    start = match.start("number")
    return AmountMatch(
        euros=round(_value(match) * _SCALES.get(scale, 1.0), 2),
        tax=None if tax is None else "TTC" if tax == "ttc" else "HT",
        per_year=match["year"] is not None,
        spans=(text.span(start, match.end()),),
    )


def _value(match: re.Match[str]) -> float:
    whole = re.sub(r"\D", "", match["number"])
    return float(f"{whole}.{match['cents'] or 0}")


def durations(text: Folded) -> Iterator[DurationMatch]:
    """Durations: « 3 ans », « 36 mois », « un an reconductible 2 fois », « 3 x 12 mois », « années 2025 à 2028 ». Ages and rhythms are left out."""
    for match in _YEARS.finditer(text.text):
        months = 12.0 * (int(match["last"]) - int(match["first"]) + 1)
        if months > 0:
            yield DurationMatch(months=months, renewals=None, max_months=months, spans=(text.match_span(match),))
    read = 0
    for match in _DURATION.finditer(text.text):
        if match.start() >= read and _is_duration(match, text.text):
            renewal = _RENEWAL.search(text.text, match.end(), match.end() + 90)
            read = match.end() if renewal is None else renewal.end()
            yield _duration(match, renewal, text)


def _is_duration(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 30) : match.start()]
    return not _AGE_BEFORE.search(before) and not _RHYTHM_AFTER.match(text, match.end())


def _duration(match: re.Match[str], renewal: re.Match[str] | None, text: Folded) -> DurationMatch:
    months = _months(match)
    spans = [text.match_span(match)]
    renewals, length = None, months
    if renewal is not None:
        spans.append(text.match_span(renewal))
        times = renewal["times"] or renewal["after"]
        renewals = None if times is None else _count(times)
        length = months if renewal["period"] is None else _months(renewal)
    if renewal is None and match["times"] is not None:  # « 3 x 12 mois »
        renewals = int(match["times"]) - 1
    longest = months + length * (renewals or 0)
    return DurationMatch(months=months, renewals=renewals, max_months=round(longest, 2), spans=tuple(spans))


def _months(match: re.Match[str]) -> float:
    return round(_count(match["count"]) * _PERIODS[match["period"]], 2)


def _count(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def quantities(text: Folded) -> Iterator[QuantityMatch]:
    """Numbers of things, each with its unit in our spelling: « 80 pers » is 80 persons."""
    for match in _QUANTITY.finditer(text.text):
        unit = next(name for i, (name, _) in enumerate(_UNITS) if match[f"u{i}"] is not None)
        yield QuantityMatch(value=_value(match), unit=unit, spans=(text.match_span(match),))
