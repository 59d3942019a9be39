"""Reads an amount as people write it in a cell: a number, about a number, a range, the bounds of a framework agreement.

The figures of the cell are replaced by « # »; what is left must be one of a closed set of forms, else the cell is refused. So a count of
other things (« 12 lots ») is never taken for an amount. A product (« 12 k€/an x 4 ») is computed and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Final

from vivier.errors import FieldError, InvalidRequest
from vivier.french import euros_ht
from vivier.needs.figures import PERIODS
from vivier.needs.folded import folded

MOST_EUROS: Final = 1e12
MOST_TAX: Final = 1.25
"""Times the amount without tax above which the amount beside it is not the same with tax."""
_UNKNOWN: Final = re.compile(
    r"[?$€ \-–/.]*|(?:n\.?c\.?|n\.?d\.?) ?\([^()\d]*\)|[?$€ ]*a (?:voir|preciser|definir)|n\.?c\.?|n\.?d\.?|n/?a|s\.?o\.?|tbd|sans objet|inconnue?|neant|en cours|en attente|ponctuel(?:le)?"
    r"|a [a-z]{2,}(?:[ei]r|re)|(?:a |non )(?:defini|chiffre|estimee?|precisee?|renseignee?|communiquee?|connue?)"
    r"|je ne sais pas"
)
"""« à étudier », « à définir »: what an infinitive says is still to do is not known."""
_NUMBER: Final = r"(?P<number>\d{1,3}(?P<mark>[ .,'])\d{3}(?:(?P=mark)\d{3})*(?:[.,]\d{1,2})?(?![\d])|\d+(?:[.,]\d+)?)"
_SCALE: Final = (
    r"(?: ?(?P<scale>k|m|mille|milliers?|millions?|milliards?)(?![a-z0-9]|² |2\b)|(?P<scaled>[km])(?=e\b|eur|€))?"
)
_UNIT: Final = r"(?: ?(?:d'|de )?(?P<unit>€|euros?\b|eur\b|e\b))?"
_TAX: Final = r"(?: ?\(?(?P<tax>h\.?t\.?|hors taxes?|t\.?t\.?c\.?)\)?(?![a-z]))?"
_PERIOD: Final = (
    r"(?: ?(?P<period>(?:/ ?|par |le |l'|chaque )(?:an(?:nee)?|semestre|trimestre|mois|semaine|jour)\b"
    r"|(?:annuel|semestriel|trimestriel|mensuel|hebdomadaire|journalier)(?:le)?s?\b))?"
)
_PERIOD_WORDS: Final = {
    "an": "an",
    "semestr": "semestre",
    "trimestr": "trimestre",
    "mois": "mois",
    "mensuel": "mois",
} | {
    "semaine": "semaine",
    "hebdo": "semaine",
    "jour": "jour",
}
_FIGURE: Final = re.compile(
    r"(?<![\d.,#])"
    + _NUMBER
    + _SCALE
    + _UNIT
    + _TAX
    + _PERIOD
    + r"(?(tax)|"
    + _TAX.replace("<tax>", "<tax_after>")
    + ")"
)
_PRICE: Final = re.compile(
    r"(?P<cell>\d+(?: \d{3})*(?:[.,]\d+)?(?: ?k(?=[ €/]))?(?P<mark> ?(?:€|euros?\b|eur\b)?(?: ?(?:h\.?t|t\.?t\.?c)\b\.?)?))"
    r"(?:(?: ?/ ?| par | le | la | l'| chaque | )(?!(?:an|annee|semestre|trimestre|mois|semaine)s?\b)(?P<unit>[a-z]{2,}[23]?|[hjmn][23]?)[.°]?)?(?![a-z0-9])"
)
"""The price of one thing: « 2 €/kit », « 50 HT/h », « 9 € », « 1800 HT pièce »."""
_COUNT: Final = re.compile(
    r"(?P<join> ?[x×*(] ?| ?[,;:] ?| )~?(?:env(?:iron)?\.? )?(?P<count>\d{1,3}(?: \d{3})+|\d{1,6}) ?(?!par )(?P<unit>[a-z]+[23]?)?[.°]?"
    r"(?: ?(?:/|par) ?(?P<period>an|annee|trimestre|mois|semaine|sem|jour|j)\b)?(?: ?\))?"
)
"""How many: « x 5000 », « (25) », « , 6 n°/an », « 20h/mois », « x 18/mois »."""
_SPANS: Final = ("j", "jours", "jour", "sem", "semaines", "mois", "ans", "an")
"""Units that a count has by itself: « 40 rep/j 365j »."""
_WITH_AND_WITHOUT_TAX: Final = re.compile(r"# ?[(,/]? ?(?:soit )?#")
_SCALES: Final = {"k": 1e3, "m": 1e6, "mille": 1e3, "millier": 1e3, "million": 1e6, "milliard": 1e9}
_ABOUT: Final = re.compile(
    r"\b(?:environ|env\b\.?|approximativement|a peu pres|autour de|de l'ordre de|ordre de grandeur|estimation|estimee?(?: a\b)?|estimatif|estim\b\.?|"
    r"previsionnel|approx\b\.?)|[~≈±]"
)
_FILLERS: Final = re.compile(
    r"accord[- ]cadre|a bons de commande|\b(?:forfait(?:aire)?|enveloppe|dpgf|marche|montant|budget|total|global|somme|soit|un|le|la|les|d'un|h\.?t\.?)\b|[:()*]"
)
_OVER: Final = re.compile(
    r",? ?\b(?:sur|pour|pendant) \d+ (?:ans?|annees?|mois)\b|(?<=\d|€|t) ?\(\d+ (?:ans?|mois)\)$|(?<=€|t) \d+ (?:ans?|mois)$"
)
"""A duration written after the amount. It is read with the duration of the line."""
_TIMES_AFTER: Final = re.compile(r"(?P<cell>.*?) ?\(? ?[x×*] ?(?P<times>\d{1,2})(?: ?(?P<of>ans?|annees?))? ?\)?")
_TIMES_BEFORE: Final = re.compile(r"(?P<times>\d{1,2}) ?[x×*] ?(?P<cell>\d.*)")
_SHORT: Final = r"mois|mensuel|trimestr|semestr|semaine|hebdo|jour"
_LEAST_PLAUSIBLE: Final = 1_000
"""Euros under which both ends of a range without unit are more likely thousands: « 80-100 » is refused."""
_MAX: Final = r"(?:maximum|maximal|maxi|max|plafond|plafonne a)\b\.? ?(?:de )?"
_MIN: Final = r"(?:minimum|minimal|mini|min|plancher)\b\.? ?(?:de )?"
_AND: Final = r"(?: ?(?:et|/|-|,|;|a) ?| )"
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class Amount:
    """An amount, euros HT. ``least`` and ``most`` are equal when one number is written; ``None``: this bound is not told.
    ``framework``: they are the bounds of a framework agreement. ``yearly``: they are those of one year. ``taxed``: they include
    tax. ``months``: the duration that a product of years counts; ``mentions``: what the user must know of the reading, in French."""

    least: float | None
    most: float | None
    framework: bool = False
    yearly: bool = False
    taxed: bool = False
    mentions: tuple[str, ...] = ()
    months: int | None = None

    @property
    def counted(self) -> float:
        """The amount to which capacity and thresholds are held: the highest that is told."""
        found = self.most if self.most is not None else self.least
        assert found is not None
        return found

    def times(self, factor: float) -> Amount:
        """The amount over another duration."""
        least, most = (None if bound is None else bound * factor for bound in (self.least, self.most))
        return Amount(least, most, self.framework, False, self.taxed, self.mentions, self.months)


_OfFigure = Callable[[float], Bounds]
_FORMS: Final[tuple[tuple[re.Pattern[str], str, _OfFigure], ...]] = (
    (re.compile("#"), "", lambda euros: (euros, euros)),
    (re.compile(rf"(?:sans {_MIN}{_AND})?(?:{_MAX}#|# ?{_MAX})"), "framework", lambda euros: (None, euros)),
    (re.compile(rf"(?:{_MIN}#|# ?{_MIN}){_AND}sans {_MAX}"), "framework", lambda euros: (euros, None)),
    (re.compile(rf"{_MIN}#|# ?{_MIN}"), "framework", lambda euros: (euros, None)),
    (
        re.compile(r"(?:moins de|inferieur a|jusqu'a|au plus|inf\.? a|<=?|≤) ?#|# au plus"),
        "most",
        lambda euros: (None, euros),
    ),
    (
        re.compile(r"(?:plus de|superieur a|a partir de|au moins|sup\.? a|>=?|≥) ?#|# au moins"),
        "least",
        lambda euros: (euros, None),
    ),
)
_RANGE: Final = re.compile(r"(?:entre |de )?# ?(?:-|a|et|/) ?#")
_BOTH: Final = re.compile(rf"{_MIN}#{_AND}{_MAX}#")
_BOTH_AFTER: Final = re.compile(rf"# ?{_MIN}{_AND.replace('| ', '|')}# ?{_MAX}")
_REVERSED: Final = re.compile(rf"{_MAX}#{_AND}{_MIN}#")


def unknown(text: str) -> bool:
    """Whether a cell says that its value is not known: empty, « NC », « à définir », « sans objet »…"""
    return _UNKNOWN.fullmatch(folded(text).text.strip()) is not None


def amount_of(text: str, field: str) -> Amount | None:
    """Parses the cell of an amount; ``None`` when it is unknown. Raises ``InvalidRequest`` naming ``field``."""
    if unknown(text):
        return None
    whole = folded(text).text.strip()
    if (priced := _priced(whole)) is not None:
        return _of_each(*priced, text, field)
    for product in (_TIMES_AFTER, _TIMES_BEFORE):
        if (found_product := product.fullmatch(whole)) is not None:
            return _multiplied(found_product, text, field)
    plain = _OVER.sub("", whole)
    figures = list(_FIGURE.finditer(plain))
    about = _ABOUT.search(_FIGURE.sub("#", plain)) is not None
    form = _form(_FIGURE.sub("#", plain))
    if form.startswith("-#"):
        raise wrong(field, f"Montant « {text[:80]} » hors de l'intervalle : un montant HT en euros, positif ou nul.")
    shared = _shared_scale(figures)
    found = [_euros(figure, shared) for figure in figures]
    yearly = any(figure["period"] for figure in figures)
    times_a_year = {_times_a_year(figure["period"]) for figure in figures if figure["period"]} or {1.0}
    if len(times_a_year) > 1:
        raise wrong(
            field, f"Montant « {text[:80]} » : deux périodes. Écrivez le total en euros HT, par exemple 48 000."
        )
    taxes = [_tax(figure) for figure in figures]
    if (untaxed := _without_tax(form, taxes, found)) is not None:
        figures, found, taxes, form = [figures[untaxed]], [found[untaxed]], ["ht"], "#"
    taxed = "ttc" in taxes
    least, most, kind = _bounds(form, found, text, field)
    if any(bound is not None and bound > MOST_EUROS for bound in (least, most)):
        raise wrong(field, f"Montant « {text[:80]} » trop grand : au plus {euros_ht(MOST_EUROS)}.")
    made = Amount(least, most, kind == "framework", False, taxed).times(times_a_year.pop())
    mentions = (*_mentions(made, kind, about, text), *_doubtful(figures, made))
    return Amount(made.least, made.most, made.framework, yearly, taxed, mentions)


def _multiplied(product: re.Match[str], text: str, field: str) -> Amount:
    """« 12 k€ HT/an x 4 », « 4 x 12 000 € »: the product, with the duration that it counts when its terms are periods. Raises
    ``InvalidRequest`` for a product of what is no amount."""
    single, times = amount_of(product["cell"], field), int(product["times"])
    if single is None or single.months is not None or times == 0:
        raise wrong(field, f"Montant « {text[:80]} » illisible : écrivez le total en euros HT, par exemple 48 000.")
    of, period = product.groupdict().get("of") or "", re.search(_SHORT, product["cell"])
    months: int | None
    if period is not None and not of:
        parts = _times_a_year(period[0])
        months, single = round(12 * times / parts), replace(single.times(1 / parts), yearly=False)
    else:
        months = 12 * times if single.yearly or of else None
    made = single.times(times)
    row = f"Montant « {text[:60]} » lu {euros_ht(made.counted)} : {times} fois {euros_ht(single.counted)}."
    return replace(made, mentions=(*single.mentions, row), months=months)


def _priced(whole: str) -> tuple[str, list[int], str] | None:
    """The price of one thing, how many of them, factor by factor, and the period in which so many are bought; ``None`` when a cell is no
    such product. A count that no « x » joins has the unit of the price or is a span of time."""
    price = _PRICE.match(whole)
    if price is None or not (price["unit"] or price["mark"].strip()):
        return None
    counts: list[int] = []
    at, unit, period = price.end(), price["unit"] or "", ""
    while at < len(whole):
        count = _COUNT.match(whole, at)
        if count is None or not (
            any(mark in count["join"] for mark in "x×*(")
            or (unit and (count["unit"] or "").startswith(unit[0]))
            or (counts and count["unit"] in _SPANS)
        ):
            return None
        counts.append(int(count["count"].replace(" ", "")))
        is_span = count["unit"] in _SPANS
        period = count["period"] or ("" if is_span and period in _SPANS else period)
        at = count.end()
    is_plain = len(counts) == 1 and not unit and not period
    return None if not counts or is_plain else (price["cell"], counts, period)


def _of_each(price: str, counts: list[int], period: str, text: str, field: str) -> Amount:
    """The price of one thing times their number, that of a year when a period is written. Raises ``InvalidRequest`` when the price is
    none."""
    single, count = amount_of(price, field), prod(counts)
    if single is None or count == 0:
        raise wrong(field, f"Montant « {text[:80]} » illisible : écrivez le total en euros HT, par exemple 48 000.")
    made = single.times(count)
    if period:
        a_year = {"an": 1, "annee": 1, "trimestre": 4, "mois": 12, "sem": 52, "semaine": 52}.get(period, 365)
        made = replace(made.times(a_year), yearly=True)
        counts = counts if a_year == 1 else [*counts, a_year]
    factors = " x ".join(map(str, counts))
    of_one = euros_ht(single.counted, 0 if single.counted == int(single.counted) else 2)
    row = f"Montant « {text[:60]} » lu {euros_ht(made.counted)}{' par an' * made.yearly} : {factors} fois {of_one}."
    return replace(made, mentions=(*single.mentions, row))


def _tax(figure: re.Match[str]) -> str:
    """« ttc », « ht » or nothing, as a figure says it."""
    return (figure["tax"] or figure["tax_after"] or "").replace(".", "")


def _without_tax(form: str, taxes: list[str], found: list[float]) -> int | None:
    """The rank of the amount without tax of a cell that says the same amount twice: « 20 k€ TTC (soit 16 667 HT) »."""
    if sorted(taxes) != ["ht", "ttc"] or _WITH_AND_WITHOUT_TAX.fullmatch(form) is None:
        return None
    at = taxes.index("ht")
    return at if found[at] <= found[1 - at] <= MOST_TAX * found[at] else None


def _times_a_year(period: str) -> float:
    """How often a year has the period of an amount: 4 for « le trimestre » and « trimestriel »."""
    return 12 / next(PERIODS[name] for begins, name in _PERIOD_WORDS.items() if begins in period)


def _form(text: str) -> str:
    """The cell without its figures, its fillers and the words that say « about »."""
    bare = _FILLERS.sub(" ", _ABOUT.sub(" ", text))
    return " ".join(bare.split()).strip(" .,;")


def _bounds(form: str, found: list[float], text: str, field: str) -> tuple[float | None, float | None, str]:
    if len(found) == 1:
        for pattern, kind, bounds in _FORMS:
            if pattern.fullmatch(form):
                return (*bounds(found[0]), kind)
    if len(found) == 2:
        low, high = (found[1], found[0]) if _REVERSED.fullmatch(form) else (found[0], found[1])
        kind = "range" if _RANGE.fullmatch(form) else ""
        if any(both.fullmatch(form) for both in (_BOTH, _BOTH_AFTER, _REVERSED)):
            kind = "framework"
        if kind == "range" and high < _LEAST_PLAUSIBLE and not re.search(r"€|eur", text, re.IGNORECASE):
            raise wrong(field, f"Montant « {text[:80]} » : en euros ou en milliers ? Écrivez l'unité, par exemple k€.")
        if kind and low > high:
            raise wrong(
                field, f"Montant « {text[:80]} » : le premier dépasse le second. Écrivez le plus petit d'abord."
            )
        if kind:
            return low, high, kind
    raise wrong(
        field,
        f"Montant « {text[:80]} » illisible : écrivez un nombre en euros HT (120000 ou 120 k€), une fourchette "
        "(50 000 à 80 000) ou le maximum d'un accord-cadre (max 400 000).",
    )


def _shared_scale(figures: list[re.Match[str]]) -> float:
    """« 50-80 k€ »: the scale of the last figure is that of the first, when the first has neither scale nor unit of its own."""
    if len(figures) != 2 or figures[0]["scale"] or figures[0]["scaled"] or figures[0]["unit"]:
        return 1.0
    first, last = (float(_plain(figure)) for figure in figures)
    return _scale(figures[1]) if first < 1_000 and first <= last else 1.0


def _scale(figure: re.Match[str]) -> float:
    return _SCALES.get((figure["scale"] or figure["scaled"] or "").rstrip("s"), 1.0)


def _euros(figure: re.Match[str], shared: float) -> float:
    own = _scale(figure)
    return round(float(_plain(figure)) * (own if own != 1.0 else shared), 2)


def _plain(figure: re.Match[str]) -> str:
    """The number as Python writes it. Before a scale, « 1.250 » is a decimal number: « 1,250 M€ »."""
    text, mark = figure["number"], figure["mark"]
    if mark is None or (mark in ".," and text.count(mark) == 1 and _scale(figure) != 1.0):
        return text.replace(",", ".")
    return text.replace(mark, "").replace(",", ".")


def _mentions(amount: Amount, kind: str, about: bool, text: str) -> tuple[str, ...]:
    """What is told of a reading that is not a plain number."""
    low, high = (None if bound is None else euros_ht(bound) for bound in (amount.least, amount.most))
    words = {
        "range": f"Montant en fourchette, de {low} à {high} : capacité et chances d'offres sont tenues au plus haut, les heures vont "
        "de l'un à l'autre.",
        "most": f"Montant « {text[:60]} » : au plus {high}, compté comme tel.",
        "least": f"Montant « {text[:60]} » : au moins {low}, compté à ce minimum ; le plus haut est inconnu.",
    }
    described = (words[kind],) if kind in words else ()
    if kind == "framework":
        described = (_framework(low, high),)
    return (*described, *((f"Montant approximatif : « {text[:60]} ».",) if about else ()))


def _framework(low: str | None, high: str | None) -> str:
    least = "sans minimum" if low is None else f"minimum {low}"
    most = "maximum inconnu (donnez-le)" if high is None else f"maximum {high}"
    counted = "compté au minimum" if high is None else "capacité et seuil européen au maximum"
    hours = "heures pour 100 000 € commandés" if low is None else "heures à partir du minimum"
    return f"Accord-cadre, {least}, {most} : {counted}, {hours}."


def _doubtful(figures: list[re.Match[str]], amount: Amount) -> tuple[str, ...]:
    """Readings that a user may not expect: « 1.250 » is 1,250 € and a zero is no unknown."""
    lone = [
        figure for figure in figures if figure["mark"] in (".", ",") and figure["number"].count(figure["mark"]) == 1
    ]
    thousands = tuple(
        f"Montant « {figure['number']} » lu {euros_ht(_euros(figure, 1.0))}."
        for figure in lone
        if _scale(figure) == 1.0 and len(figure["number"]) < 8
    )
    zero = ("Montant nul : compté zéro ; videz la cellule s'il est inconnu.",) if amount.counted == 0 else ()
    return (*thousands, *zero)


def wrong(field: str, message: str) -> InvalidRequest:
    """The error of a cell."""
    return InvalidRequest((FieldError(field, "invalid_value", message),))
