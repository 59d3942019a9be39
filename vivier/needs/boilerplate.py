"""Finds what a title of contract contains besides its object: procedure, lot numbers, references, dates, politeness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mappings import read_table
from vivier.needs.folded import Folded

_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_NUMBER = r"(?:n ?°s?|no|num|numero|nr)?\.? ?"
_REFERENCES = (
    r"https?://\S+|\S+@\S+\.\w+",
    r"(?:\+33|0)[1-9](?:[ .-]?\d\d){4}",
    r"(?:le |du |au |avant le )?\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d(?!\d)",
    rf"(?:le |du |au |avant le )?(?:\d{{1,2}}(?:er)? )(?:{_MONTHS})(?: (?:20)?\d\d)?",
    rf"(?:en |debut |fin |au mois de |d'|de )?(?:{_MONTHS}) 20\d\d",
    rf"(?:en|debut|fin|mois de|mois d') ?(?:{_MONTHS})",
    r"(?:marches?|contrats?|consultations?|affaires?|references?|ref|dossiers?|projets?|operations?)[ :]*" + _NUMBER + r"(?:[a-z]{0,6}[-_/. ]?)?\d[\w/.-]*(?<![.-])",
    r"(?<![\w-])[a-z]{0,8}[-_/]?(?:19|20)\d\d[-_/][\w/-]+",
    r"(?<![\w-])[a-z]{2,6}[-_/]\d{2,}[\w/-]*",
    r"n ?° ?[\w/-]*\d[\w/-]*",
    r"(?:pour |en |annees? |saison |exercice |depuis )*(?:19|20)\d\d(?:(?: ?[-/a] ?| et | a )(?:19|20)?\d\d)?(?![\w])",
)  # fmt: skip
_HEADER = re.compile(r"(?:de|from|a|to|cc|cci|date|envoye|sent) ?: ")
_CLOSING = re.compile(
    r"(?:(?:bien )?cordialement|cdlt|bien a (?:vous|toi)|bonne (?:journee|reception|fin de semaine|semaine)|belle journee|salutations|merci(?: beaucoup| d'avance)?[ ,.!]*"
    r"|(?:avec |merci |en vous |dans l'attente|je vous prie|veuillez|respectueusement|sinceres|je t'embrasse|amicalement|a (?:tres )?bientot)\b).*"
)
_FAREWELL = re.compile(
    r"(?:merci(?: (?:d'avance|beaucoup|de votre [a-z]+(?: [a-z]+)?))?|cordialement|bien a vous|bonne (?:journee|fin de semaine|reception))[ ,.!-]+"
    r"(?P<who>[^.!?]{3,70})$"
)
"""The end of a letter of one line: « Merci, bonne journée. Une telle, service achats (05 36 49 77 66) »."""
_LONGEST_CLOSING, _LONGEST_LINE, _MOST_LINES = 60, 90, 9
"""A signature has at most nine lines, each of at most ninety signs."""
_DATE = re.compile(
    rf"\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d\d\b|\b(?:\d{{1,2}}(?:er)? )?(?:{_MONTHS})(?: (?:20)?\d\d)?\b|\b20[2-4]\d\b"
    r"|\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b"
)
_LOT = re.compile(r"(?<!\w)lots?[ :]*" + _NUMBER + r"\d+[a-z]?(?!\w)(?: ?(?:,|et|a) ?\d+)*(?: ?[:.)-]+)?")
_NAMED_LOT = re.compile(
    r"[-:;.,(] ?lot (?=[a-z]{3})(?!(?:(?:relanc|infructu|declar|attribu|concern|suivant|restant)[a-z]*|technique|unique|principal|numero|par|des?|du|et|ou|sans|en|pour)\b|[a-z]*\d)"
)
"""« réhabilitation de logements - lot peinture »: the title of a lot that has no number."""
_OF_A_SITE = (
    r"(?: (?:partielle|complete|totale|energetique|thermique|interieure?|exterieure?|et [a-z']+))*"
    r"(?: (?:d'une?|des?|du|de la|de l'|d'|de deux))?(?: (?:future?|nouve(?:au|lle|l)|ancien(?:ne)?|petite?|grande?))* ?"
)
_OF_A_PROJECT = r"(?: \((?:moe|sps|csps)\))? ?(?:- |: |pour |portant sur |relative? (?:a|au|aux) |dans le cadre (?:de|du|des|d') ?|des |du |de |d'|en vue de )"


@lru_cache(maxsize=16)
def written_patterns(role: str) -> tuple[str, ...]:
    """The patterns of a role of ``need_vocabulary``, on folded text."""
    return tuple(row["patterns"] for row in read_table("need_vocabulary") if row["role"] == role)


def any_pattern(role: str) -> str:
    """The patterns of a role as the alternatives of one."""
    return f"(?:{'|'.join(written_patterns(role))})"


@lru_cache(maxsize=1)
def _stripped() -> tuple[re.Pattern[str], ...]:
    """References and formulas of procedure or politeness. After an elision, the next word may follow at once."""
    return tuple(
        re.compile(rf"(?<!\w)(?:{pattern})" + ("" if pattern.endswith("'") else r"(?!\w)"))
        for pattern in (*_REFERENCES, *written_patterns("through_work"), *written_patterns("aside"))
    )


@lru_cache(maxsize=1)
def through_work() -> re.Pattern[str]:
    """« prestations d'insertion ayant pour support », « au moyen d'une action d'insertion »: people are employed through a work, which SIAE do."""
    return re.compile(rf"(?<!\w){any_pattern('through_work')}")


def boilerplate(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a folded text that do not describe the object bought."""
    for pattern in (_LOT, *_stripped()):
        for match in pattern.finditer(text):
            if match.end() > match.start():
                yield match.span()


def around_the_letter(text: Folded) -> Iterator[tuple[int, int]]:
    """Stretches of a mail that are around its letter: the headers, and the signature, from the closing line to the end. Its town is neither where
    to search, nor its name anything to keep."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\r\n]+", text.source)]
    bounds = [(text.place(start), text.place(end - 1) + 1) for start, end in lines if text.source[start:end].strip()]
    if len(text.text) > 200 and (farewell := _FAREWELL.search(text.text.rstrip(" .!"))) is not None:
        yield farewell.span()
    if len(bounds) < 3:
        return
    for start, end in bounds[:4]:
        if _HEADER.match(text.text, start):
            yield start, end
    last = bounds[-_MOST_LINES:]
    for number, (start, end) in enumerate(last):
        after = last[number + 1 :]
        if (
            end - start <= _LONGEST_CLOSING
            and _CLOSING.fullmatch(text.text, start, end)
            and all(b - a <= _LONGEST_LINE for a, b in after)
        ):
            yield start, bounds[-1][1]
            return


def dates(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a folded text that are a date or a period of the year."""
    for match in _DATE.finditer(text):
        yield match.span()


def last_lot(text: str) -> int | None:
    """The position where the title of the lot begins: what is bought is the lot, not the whole operation. ``None`` without a lot,
    or when nothing follows."""
    ends = sorted(match.end() for lot in (_LOT, _NAMED_LOT) for match in lot.finditer(text))
    return next((end for end in reversed(ends) if re.search(r"[a-z]{3}", text[end:])), None)


def sites(text: str) -> Iterator[tuple[int, int]]:
    """What names neither a trade nor a town: a street, an institution (« musée de la pêche »), a place that works are done on (to build a canteen is
    not to cook), the project of a mission of design or control (its works are another's)."""
    for pattern in _sites():
        for match in pattern.finditer(text):
            yield match.span("site")


@lru_cache(maxsize=1)
def _sites() -> tuple[re.Pattern[str], ...]:
    kinds = ("street", "institution", "works", "works_site", "works_site_of", "design")
    street, institution, works, site, of, design = map(any_pattern, kinds)
    return (
        re.compile(rf"\b{street}(?: (?:(?:des?|du|la|les?|aux?)\b|d'|l'))* ?(?P<site>\w[\w'-]*)"),
        re.compile(rf"\b(?P<site>{institution})(?!\w)"),
        re.compile(rf"\b{works}s?{_OF_A_SITE}(?P<site>{site}s?(?: {of})*)(?![\w-])"),
        re.compile(rf"\b{design}\b{_OF_A_PROJECT}(?P<site>[^;]+?)(?=;|\. |$)"),
    )


@lru_cache(maxsize=1)
def design() -> re.Pattern[str]:
    """Words of who designs or watches works, and makes none."""
    return re.compile(rf"\b{any_pattern('design')}\b")


def studies(text: str) -> Iterator[tuple[frozenset[str], int]]:
    """Trades whose purchase has an object that is not bought (« étude de », « assistance à maîtrise d'ouvrage pour », « logiciel de gestion de »), and
    where that object begins."""
    for trades, pattern in _studies():
        if found := pattern.search(text):
            yield trades, found.end()


@lru_cache(maxsize=1)
def _studies() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    rows = [row for row in read_table("need_vocabulary") if row["role"] == "study"]
    return tuple(
        (
            frozenset(row["code"].split()),
            re.compile(
                rf"\b(?:{row['patterns']})(?: (?!et )[\w'-]+){{0,4}}?"
                r" (?:d'|(?:pour|des?|du|sur|relati\w+ aux?|a destination des?|en vue d\w+|dans le cadre d\w+)\b)(?!.* et (?:les |des |de )?travaux\b)"
            ),
        )
        for row in rows
    )
