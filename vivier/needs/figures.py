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
PERIODS = {
    "an": 12.0,
    "annee": 12.0,
    "semestre": 6.0,
    "trimestre": 3.0,
    "mois": 1.0,
    "semaine": 12 / 52,
    "jour": 12 / 365,
}
"""Months of each period."""
_PERIOD = r"(?:an|annee|semestre|trimestre|mois|semaine|jour)"
_AMOUNT = re.compile(
    _NUMBER + r" ?(?P<scale>k|m(?!\d)|mille|milliers?|millions?|milliards?)? ?(?:d'|de )?"
    r"(?P<unit>€|euros?\b|eur\b|(?= ?(?:h\.? ?t|hors tax|ttc)\b))"
    r"(?: ?(?P<mark>\()?(?P<tax>h\.? ?t|ttc|hors taxes?)\b(?(mark)\.?\)))?(?P<year> ?(?:(?:par|/) ?(?P<period>mois|trimestre|semestre|semaine)|par an|/ ?an|annuels?|l'an)\b)?"
)
_K_AMOUNT = re.compile(
    _NUMBER
    + r" ?(?P<scale>k|m)?(?P<unit>(?<=[km])e|(?<=\d )e(?= ht| ttc))\b(?: ?(?P<tax>ht|ttc))?\b(?P<year> ?(?:par an|/ ?an))?"
)
_BUDGET = re.compile(
    r"\b(?:(?:budget|montant|enveloppe|plafond|estimee?s?|estimation)(?: \w+){0,3}?|(?:maxi?|maximum|mini|minimum)(?= ?:? ?\d{2,3}[ .]?\d{3})) ?:? ?"
    r"(?!20[1-3]\d(?! ?(?:k|m|h\.?t|\d)))"  # « budget 2027 » is a year
    + _NUMBER
    + r"(?P<scale> ?(?:k|mille|millions?)\b)?(?P<unit>)(?: ?(?P<tax>ht|ttc)\b)?(?P<year> ?(?:(?:par|/) ?(?P<period>mois|trimestre|semestre|semaine)|par an|/ ?an)\b)?"
    r"(?! ?(?!(?:pour|sur|dont|soit|et|max\w*|mini\w*|a(?! \d))\b)[\w€])"
)
_EACH = re.compile(
    r" ?(?:ht|ttc)? ?(?:/|par|la|le|l'|chaque|de l')? ?(?:piece|unite|personne|pers\b|repas|heure|h\b|m2|m3|metre|ml\b|km\b|kg|tonne|colis|jour|plateau|convive|exemplaire"
    r"|eleve|enfant|agent|beneficiaire|salarie|senior|stagiaire|kit|carton|palette|bac\b|benne|passage|intervention|rotation|visite|seance|nuit|place|page"
    r"|vehicule|velo|logement|poste)"
)
"""What follows the price of one thing: « 25 € pièce », « 12 €/repas ». It is no amount of the contract."""
_SCALES = {"k": 1e3, "m": 1e6, "mille": 1e3, "millier": 1e3, "million": 1e6, "milliard": 1e9}
_LENGTH = rf"(?P<count>{_COUNT})(?:[.,](?P<part>\d\d?))?(?:(?<=\d) ?| )(?P<period>{_PERIOD})s?\b(?:(?P<half> et demie?\b)| et (?P<rest>\d\d?) ?mois\b)?"
"""« 3 ans », « 1,5 an », « un an et demi », « 2 ans et 6 mois »."""
_DURATION = re.compile(
    rf"(?<![\d,.-])(?<!l')\b(?:(?P<times>\d) ?[x×] ?|(?P<before>(?:\d{{1,2}} ?\+ ?)+))?{_LENGTH}(?P<more> fermes?)?"
)
_ADDED = re.compile(rf" ?\+ ?(?:(?P<times>\d) ?[x×] ?)?{_LENGTH}(?: fermes?)?")
"""« + 1 an », « + 2 x 12 mois »."""
_RENEWALS = re.compile(
    rf"(?: ?,| ?\+| avec| puis| et)* ?(?P<times>{_COUNT}) (?:reconductions?|renouvellements?)(?: (?:tacites?|expresses?|possibles?|eventuelles?))*"
    rf"(?: (?:de|d'|pour) ?{_LENGTH})?(?P<after>(?!))?"
)
_RENEWAL = re.compile(
    r"\b(?:re)?(?:conductible|nouvelable|conduit|nouvele|conduction|nouvellement)e?s?(?: tacitement| expressement| par tacite reconduction| tacites?| expresses?)*"
    rf"(?: (?P<times>{_COUNT}) fois)?(?: (?:(?:par periodes? (?:de|d')|pour|de|d') ?)?{_LENGTH})?"
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

_TIME_OF_DAY = re.compile(r"\d{1,2} ?h(?:eures?)?(?:\d\d| ?(?:-|a|/) ?\d{1,2} ?h)")
_TIME_BEFORE = re.compile(r"\d ?h(?:eures?)?(?:\d\d)? ?(?:-|a|/) ?$")
"""« de 9h à 18h » are times of the day."""


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
    tax, period = match["tax"], match.groupdict().get("period")
    start = match.start("number")
    times_a_year = 12 / PERIODS[period] if period else 1.0
    return AmountMatch(
        euros=round(_value(match) * _SCALES.get(scale, 1.0) * times_a_year, 2),
        tax=None if tax is None else "TTC" if tax == "ttc" else "HT",
        per_year=match["year"] is not None,
        spans=(text.span(start, match.end()),),
    )


def _value(match: re.Match[str]) -> float:
    whole = re.sub(r"\D", "", match["number"])
    return float(f"{whole}.{match['cents'] or 0}")


def durations(text: Folded) -> Iterator[DurationMatch]:
    """Durations: « 3 ans », « un an reconductible 2 fois », « 3 x 12 mois », « 2 ans + 1 an », « années 2025 à 2028 ». Ages and rhythms are left out."""
    for match in _YEARS.finditer(text.text):
        months = 12.0 * (int(match["last"]) - int(match["first"]) + 1)
        if months > 0:
            yield DurationMatch(months=months, renewals=None, max_months=months, spans=(text.match_span(match),))
    read = 0
    for match in _DURATION.finditer(text.text):
        if match.start() >= read and _is_duration(match, text.text):
            after = list(_after(match, text.text))
            read = (after or [match])[-1].end()
            yield _duration(match, after, text)


def _after(match: re.Match[str], text: str) -> Iterator[re.Match[str]]:
    """What renews a duration: the terms added to it, else its renewals."""
    added = _ADDED.match(text, match.end())
    if added is None:
        renewal = _RENEWALS.match(text, match.end()) or _RENEWAL.search(text, match.end(), match.end() + 90)
        if renewal is not None:
            yield renewal
    while added is not None:
        yield added
        added = _ADDED.match(text, added.end())


def _is_duration(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 30) : match.start()]
    return not _AGE_BEFORE.search(before) and not _RHYTHM_AFTER.match(text, match.end())


def _duration(match: re.Match[str], after: list[re.Match[str]], text: Folded) -> DurationMatch:
    months = _months(match)
    terms = [months] * (int(match["times"] or 1) - 1)  # « 3 x 12 mois »
    if match["before"] is not None:  # « 1 + 1 + 2 ans »
        unit = PERIODS[match["period"]]
        months, *terms = (unit * int(count) for count in (*re.findall(r"\d+", match["before"]), match["count"]))
    known = bool(terms)
    for each in after:
        times = each["times"] or each.groupdict().get("after")
        known = known or times is not None or each.re is _ADDED
        terms += [months if each["period"] is None else _months(each)] * (_count(times) if times else each.re is _ADDED)
    return DurationMatch(
        months=months,
        renewals=len(terms) if known else None,
        max_months=round(months + sum(terms), 2),
        spans=tuple(text.match_span(found) for found in (match, *after)),
    )


def _months(match: re.Match[str]) -> float:
    count = _count(match["count"]) + float(f"0.{match['part'] or 0}") + (0.5 if match["half"] else 0)
    return round(count * PERIODS[match["period"]] + int(match["rest"] or 0), 2)


def _count(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def quantities(text: Folded) -> Iterator[QuantityMatch]:
    """Numbers of things, each with its unit in our spelling: « 80 pers » is 80 persons."""
    for match in _QUANTITY.finditer(text.text):
        before = text.text[max(0, match.start() - 12) : match.start()]
        if _TIME_OF_DAY.match(text.text, match.start()) or _TIME_BEFORE.search(before):
            continue
        unit = next(name for i, (name, _) in enumerate(_UNITS) if match[f"u{i}"] is not None)
        yield QuantityMatch(value=_value(match), unit=unit, spans=(text.match_span(match),))
