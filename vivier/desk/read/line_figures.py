"""Reads the figures of a line of a programme: amount and duration, from its cells, else from its text; and the category of purchase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vivier.desk.read import cells
from vivier.desk.read.amounts import MOST_EUROS, Amount, amount_of
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest
from vivier.french import enumerated, euros_ht, number
from vivier.law.rules import OF_NATURE, Category, Kind
from vivier.needs import Need
from vivier.needs.figures import durations
from vivier.needs.folded import folded
from vivier.needs.model import AmountMatch
from vivier.trades.table import fold

CATEGORIES: Final[tuple[Category, ...]] = ("travaux", "fournitures", "services")
_LEAD: Final = re.compile(
    r"(?:\d{1,2} ?[x×*] ?|(?<![\w.,/-])\d{1,3}(?:[ .]?\d{3})*(?: ?k)?(?: ?€)?(?: ?- ?| à | et )|\b(?:entre|de|max\w*|plafond\w*|mini\w*|environ|moins de|plus de|jusqu'à)\b[^;,()]{0,25}|\benv\.[^;,()]{0,25}|[<>][^;,()]{0,25})$",
    re.IGNORECASE,
)
_TIMES: Final = re.compile(r" ?[x×*] ?\d{1,2}(?: ?ans?| ?années?)?", re.IGNORECASE)
_PART: Final = re.compile(r"\bdont\b[^.;,]{0,25}$", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"(?:\d[\d .,\u00a0\u202f]*)?(?:€|\beuros?\b)(?: ?(?:/|par) ?[\w²]+)?|(?<!\w)\d+ ?k\b|(?<![\w.,/°-])(?P<number>[1-9]\d{0,2}(?:[ .\u00a0\u202f]\d{3})+|[1-9]\d{3,7})(?![\w,/-])",
    re.IGNORECASE,
)
"""Money in any form, and numbers of a thousand or more."""

_CLAUSES: Final = re.compile(r"\s[-–—]\s|[;:()]|,(?!\d)|\n")
_OF_THE_OBJECT: Final = frozenset(("trade", "place", "kind", "label", "characteristic", "code", "not_understood"))
_THRESHOLD: Final = re.compile(
    r"\b(?:inf[ée]rieure?s?|sup[ée]rieure?s?|moins|plus|entre|et|valeur)(?: (?:[àa]|de|d'))? ?$", re.IGNORECASE
)
_SAID_BEFORE: Final = re.compile(
    r"(?:\b(?:(?:pour|d'|avec|de) ?)?(?:un |une |le |la )?(?:montants?|budget|enveloppe|estim\w+|max\w*|mini\w*|env(?:iron)?\b|coût)[^,;:()]{0,30}|\b(?:à|de|pour))[ :,]*$",
    re.IGNORECASE,
)
_EMPTIED: Final = re.compile(r"[(] *[)]| *[-–—:;,] *(?=[-–—:;,)]|$)")

_HEAD: Final = r"^(?:lots? ?(?:n ?°? ?)?\w{1,3} ?[-:.]* ?)?(?:(?:marches?|accords?[- ]cadres?)(?: de| d'| pour(?: la| les| l')?)? ?)?(?:l'|la |les )?"
_SUPPLY: Final = re.compile(
    rf"(?:{_HEAD}(?:fournitures?|achats?|acquisitions?|locations?)|(?<!et )(?<!la )(?<!les )(?<!de )(?<!/ )\b(?:fournitures?|livraisons?))\b"
    r"(?! (?:et (?:la )?livraison )?(?:de |d'|des )?(?:prestations?|services?|repas|espaces?|places?|main))"
)
_OPERATED: Final = re.compile(r"\blocation\b.*\b(?:maintenance|entretien|chauffeur|conducteur|operateur)s?\b")
_UPKEEP: Final = re.compile(
    r"\b(?:maintenance|(?<!gros )entretien|exploitation|depannages?|verifications?|controles?|inspections?|ramonage|curage|services?|concession|delegation)\b"
)
_STUDIES: Final = re.compile(
    r"\b(?:maitrise d'(?:oe?)?uvre|(?<![-\w])moe(?![-\w])|etudes?|missions?|assistance|diagnostics?|inspections?|controle technique)\b"
)
_WORKS: Final = re.compile(
    r"\b(?:travaux|gros entretien|(?:re)?construction|renov(?:ation)?|rehab(?:ilitation)?|refection|restructuration|extension|demolition|remplacement|creation"
    r"|installation|(?:re)?amenagement|requalification|residentialisation)\b"
)
_SHORT_WORKS: Final = re.compile(r"\b(?:tra?vx|trx|tvx|tx)\b")
_LAID: Final = re.compile(r"\bmise en (?:oe?|\?)?uvre\b")
_WORKS_FIRST: Final = re.compile(rf"(?:{_HEAD}|[-:;/] ?)travaux\b(?! d'impression)")


_CONCESSION: Final = re.compile(
    r"^(?:(?:projets?|avis) (?:de )?)?(?:contrats? de )?concession (?!d[ue]s? (?:pont|liaison)|de la liaison|provisoire)"
    r"|\bconcessions? (?:(?:relatives? a l[ae]|de la|de l'|d'|de|du|des) ?)?(?:delegation|services?|travaux|exploitation|gestion)\b"
    r"|\bdelegations? d[eu]s? services? publics?\b|\bdsp\b"
)
_FAR: Final = 60
"""Letters after which a concession is no more what an object buys."""
_AROUND_A_CONTRACT: Final = re.compile(
    r"\b(?:assistances?|amoa?|etudes?|missions?|audits?|controles?|conseils?|avocats?|diagnostics?|accompagnement|passation|suivi|prestations?"
    r"|maitrise|marches?|dans le cadre|fin d[eu])\b"
)


@dataclass(frozen=True)
class Figures:
    """The figures of a line. ``amount``: over the whole duration; ``months``: renewals included. ``None`` is unknown, never zero.
    ``partial``: the amount is that of one year, and the duration is unknown. ``taxed``: the amount with tax that is to correct, never
    counted. ``remarks``: readings that are certain, and told."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    amount: Amount | None = None
    months: int | None = None
    partial: bool = False
    taxed: Amount | None = None


def read_figures(row: Row, need: Need, rates: Sequence[float] = ()) -> Figures:
    """Reads the figures of a line from its columns, else from its text. ``rates``: those of the tax on its trades, one of which alone is taken off
    an amount with tax. Never raises: errors are in ``errors``."""
    errors: list[FieldError] = []
    doubts: list[str] = []
    remarks: list[str] = []
    months = _months(row, need, errors, remarks)
    amount = _amount(row, errors, remarks)
    if not any(row.get(name) for name in _AMOUNTS):
        amount, noted = _in_text(need, row.get("text"))
        doubts += noted
    elif amount is not None:
        remarks += _set_aside(need, amount)
    if amount is None:
        return Figures(tuple(errors), tuple(doubts), tuple(remarks), None, months)
    remarks += amount.mentions
    if amount.taxed and len(rates) == 1:
        amount = replace(amount.times(1 / (1 + rates[0])), taxed=False, yearly=amount.yearly)
        remarks.append(f"Montant TTC : TVA de {number(100 * rates[0])} % ôtée, {euros_ht(amount.counted)} comptés.")
    if amount.taxed:
        errors.append(FieldError("amount", "with_tax", "Montant TTC : donnez le montant hors taxes."))
        return Figures(tuple(errors), tuple(doubts), tuple(remarks), None, months or amount.months, taxed=amount)
    if amount.months is not None and months not in (None, amount.months):
        doubts.append(f"Le montant compte {amount.months} mois, la durée en dit {months} : à vérifier.")
    months = months or amount.months
    partial = amount.yearly and months is None
    if amount.yearly:
        amount = amount.times(max(months or 12, 1) / 12)
        doubts += ["Montant annuel sans durée : compté pour un an."] if partial else []
        if months is not None and months < 12:
            doubts.append(f"Montant annuel, durée de {months} mois : {euros_ht(amount.counted)} comptés.")
    return Figures(tuple(errors), tuple(doubts), tuple(remarks), amount, months, partial)


_AMOUNTS: Final = ("amount", "annual_amount", "minimum", "maximum")


def _amount(row: Row, errors: list[FieldError], remarks: list[str]) -> Amount | None:
    """The amount of the columns: the bounds of a framework first, then the whole amount, then that of a year."""
    found: dict[str, Amount] = {}
    for name in _AMOUNTS:
        try:
            read = amount_of(row.get(name), name)
        except InvalidRequest as error:
            errors.extend(error.errors)
        else:
            found |= {} if read is None else {name: read}
    bounds = _bounds(found, errors)
    whole = found.get("amount") or (replace(found["annual_amount"], yearly=True) if "annual_amount" in found else None)
    if bounds is not None and whole is not None:
        remarks.append(
            f"Estimation de {euros_ht(whole.counted)} laissée de côté : les bornes de l'accord-cadre sont comptées."
        )
    return bounds or whole


def _bounds(found: dict[str, Amount], errors: list[FieldError]) -> Amount | None:
    """The bounds of a framework, in columns of their own: read as « mini 50 000 maxi 200 000 » in one cell is."""
    least, most = found.get("minimum"), found.get("maximum")
    if most is None and (least is None or least.counted == 0):
        return None
    low = f"mini {least.counted:.2f}" if least is not None and least.counted > 0 else "sans mini"
    high = f"maxi {most.counted:.2f}" if most is not None else "sans maxi"
    described = tuple(read for read in (least, most) if read is not None)
    try:
        made = amount_of(f"{low}, {high}", "maximum")
    except InvalidRequest as error:
        errors.extend(error.errors)
        return None
    taxed, yearly = any(read.taxed for read in described), any(read.yearly for read in described)
    return None if made is None else replace(made, taxed=taxed, yearly=yearly)


def _in_text(need: Need, text: str) -> tuple[Amount | None, tuple[str, ...]]:
    """The amount of an object, with the words around that make it a range or a framework, and what is told of each amount written."""
    chosen = _whole(need.amounts, text)
    if not chosen:
        return None, tuple(_no_amount(need, text))
    read = f"Montant lu dans l'objet : {_written(chosen)}."
    others = [match for match in need.amounts if match not in chosen]
    left = (f"Montant laissé de côté : {_written(others)}.",) if others else ()
    first, last = chosen[0].spans[0], chosen[-1].spans[0]
    lead = _LEAD.search(text[max(0, first.start - 35) : first.start])
    times = _TIMES.match(text, last.end)
    if lead is not None or times is not None or len(chosen) > 1:
        words = (lead[0] if lead else "") + text[first.start : times.end() if times else last.end]
        try:
            made = amount_of(words, "amount")
        except InvalidRequest:
            made = None
        if made is not None:
            return made, (f"Montant lu dans l'objet : {words.strip()}.", *left)
    if len(chosen) > 1:
        return None, (f"Plusieurs montants dans l'objet, aucun compté : {_written(chosen)}. Donnez celui du lot.",)
    match = chosen[0]
    if match.euros > MOST_EUROS:
        return None, (
            f"Montant de l'objet trop grand, non compté : {_written(chosen)}. Au plus {euros_ht(MOST_EUROS)}.",
        )
    return Amount(match.euros, match.euros, False, match.per_year, match.tax == "TTC"), (read, *left)


def _whole(amounts: tuple[AmountMatch, ...], text: str) -> list[AmountMatch]:
    """The amounts without those that are a part of another, « dont 12 000 € », or the same said with tax or by year, « soit 144 000 € TTC »."""
    whole = [match for match in amounts if not _PART.search(text[: match.spans[0].start])] or list(amounts)
    whole = [match for match in whole if match.tax != "TTC"] or whole
    return [match for match in whole if not match.per_year] or whole


def _no_amount(need: Need, text: str) -> Iterator[str]:
    """What is told of the money, or of the large numbers, that an object writes and that are read as nothing."""
    read = [span for quantity in need.quantities for span in quantity.spans]
    plain = {word.span.start for word in need.words if word.cls == "quantity"}
    for match in _MONEY.finditer(text):
        is_read = any(span.start < match.end() and match.start() < span.end for span in read)
        if not is_read and (match["number"] is None or match.start() in plain):
            yield f"« {match[0].strip()} » n'est pas lu comme le montant : s'il l'est, écrivez-le en chiffres dans sa case."


def without_money(text: str, need: Need) -> str:
    """An object without the amounts that its end or a clause of its own says: what is printed for others must not tell the estimate. « travaux
    de moins de 90 000 € » is an object of its own."""
    if not need.amounts:
        return text
    words = {word.span.start for word in need.words if word.cls in _OF_THE_OBJECT}
    for match in reversed(need.amounts):
        start, end = match.spans[0].start, match.spans[0].end
        before = max((cut.end() for cut in _CLAUSES.finditer(text, 0, start)), default=0)
        after = next((cut.start() for cut in _CLAUSES.finditer(text, end)), len(text))
        if before and not any(before <= at < after for at in words):
            start, end = before, after
        elif _THRESHOLD.search(text[:start]) or any(end <= at < after for at in words):
            continue
        text = f"{_SAID_BEFORE.sub('', text[:start])}{text[end:]}"
    return " ".join(_EMPTIED.sub("", text).split()).strip(" -–—:;,.(")


def _set_aside(need: Need, amount: Amount) -> Iterator[str]:
    """The amounts of an object that its own cell contradicts."""
    others = [match for match in need.amounts if match.euros not in (amount.least, amount.most)]
    if others:
        yield f"Montant de l'objet laissé de côté : {_written(others)}. Celui de la case est compté."


def _written(amounts: Iterable[AmountMatch]) -> str:
    return enumerated([match.spans[0].text for match in amounts])


def _months(row: Row, need: Need, errors: list[FieldError], remarks: list[str]) -> int | None:
    """The duration of its columns, else the one written after the amount, else that of the text."""
    for name in ("months", "years"):
        try:
            months, mentions = cells.months(row.get(name), name, years=name == "years")
        except InvalidRequest as error:
            errors.extend(error.errors)
            continue
        remarks += mentions
        if months is not None:
            return months
    if row.get("months") or row.get("years"):
        return None
    beside = list(durations(folded(row.get("amount"))))
    spans = beside if len(beside) == 1 else list(need.durations)
    longest = round(spans[0].max_months) if len(spans) == 1 else 0
    return longest if 1 <= longest <= cells.MOST_MONTHS else None


def category_of(row: Row, cpv: tuple[str, ...], natures: Sequence[tuple[str, ...]], text: str) -> tuple[Category, bool]:
    """The category, and whether it is only inferred. It is the one of the column, else that of the CPV, else the one that the words of
    the object give to what is bought, else that of ``natures``, the natures of each trade, the main one first, or services when these differ."""
    if stated := _stated(row, cpv):
        return stated, False
    plain = _plain(text)
    supposed = [_of_words(nature, plain) for nature in natures]
    if supposed[:1] == ["travaux"] and _WORKS.search(plain) and not _UPKEEP.search(plain):
        return "travaux", True  # « construction de vestiaires et de gradins »: gradins alone are rented
    return (supposed[0] if len(set(supposed)) == 1 else "services"), True


def kind_of(row: Row, text: str) -> tuple[Kind, tuple[str, ...]]:
    """The form of contract, of its column, else of the words that begin the object; and what is told of the latter."""
    stated = fold(f"{row.get('kind')} {row.get('category')}")
    if "concession" in stated or row.get("kind"):
        return ("concession" if "concession" in stated else "marche"), ()
    plain = fold(text)
    found = _CONCESSION.search(plain, 0, _FAR)
    if found is None or _AROUND_A_CONTRACT.search(plain[: found.start()]):
        return "marche", ()
    return "concession", ("Concession, d'après l'objet : ses articles et son seuil sont ceux des concessions.",)


def _plain(text: str) -> str:
    """A text in small letters without accents, in which « TRVX », « TX » are « travaux »."""
    return _SHORT_WORKS.sub("travaux", fold(text))


def is_built(row: Row, cpv: tuple[str, ...], text: str) -> bool:
    """Whether a line is a part of works, by its column, else its CPV, else its words, none of which is of upkeep."""
    stated = _stated(row, cpv)
    return not is_upkeep(text) and (stated == "travaux" if stated else _WORKS.search(_plain(text)) is not None)


def is_upkeep(text: str) -> bool:
    """Whether a word of the text is of upkeep: « maintenance », « entretien », « contrôle »."""
    return _UPKEEP.search(fold(text)) is not None


def _stated(row: Row, cpv: tuple[str, ...]) -> Category | None:
    written = fold(row.get("category")).strip(" .")
    for name in CATEGORIES:
        if name[:-1] in written or (written and name.startswith(written)):  # « F », « Serv. »
            return name
    if written == "pi" or written.startswith("prestation"):
        return "services"
    division = int(cpv[0][:2]) if cpv else None
    if division is None:
        return None
    return "travaux" if division == 45 else "fournitures" if division < 45 or division == 48 else "services"


def _of_words(natures: tuple[str, ...], text: str) -> Category:
    """The category of the purchases of a trade, by the words of an object (CCP, L1111-2 to L1111-4): to rent is a supply, to maintain or to
    design what is built a service, to build it works. Measured on notices that state their category."""
    main, is_works, is_upkeep = OF_NATURE.get(natures[0], "services"), _WORKS.search(text), _UPKEEP.search(text)
    if _WORKS_FIRST.search(text):
        return "services" if is_upkeep and "works" not in natures else "travaux"
    is_laid = main == "travaux" and _LAID.search(text)
    if _SUPPLY.search(text) and not _OPERATED.search(text) and "travaux" not in text and not is_laid:
        return "fournitures"
    if main == "travaux":
        return "services" if _STUDIES.search(text) or (is_upkeep and not is_works) else "travaux"
    return "travaux" if "works" in natures and "travaux" in text else main
