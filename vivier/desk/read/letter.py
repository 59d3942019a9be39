"""Reads the lots of a text pasted without headings: « Lot 1 : … (80 000 €) / Lot 2 - … », a list of lots, or a lot told in a few lines.

A place or a duration written outside the lots is that of each lot that says none. An amount outside the lots is told, and counted for a
lot alone only: it may be that of the whole consultation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vivier.desk.read.cells import launch_in
from vivier.desk.read.headings import FIRST_LINES, PROGRAMME, known
from vivier.desk.read.line_figures import is_upkeep
from vivier.desk.read.programme import MOST_LINES, Programme, Row, read_sheets
from vivier.desk.read.sheet import Sheet, decoded, refused, sheets_of
from vivier.desk.read.site import is_site, made_on_site
from vivier.french import and_others, enumerated, plural, quoted
from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.needs.resolve import OUTSIDE
from vivier.territory.resolve import label

LONGEST_LETTER: Final = 20_000
LONGEST_TEXT: Final = 2_000
MOST_LEFT: Final = 5
"""Lines outside the lots of a list that a remark quotes."""
_OBJECT: Final = frozenset(("trade", "context", "not_understood"))
_MARK: Final = re.compile(
    r"(?:(?P<begins>(?:^|[/;|•·(]|[.!?] |\s[-–—])[ \t>*•·-]*)|(?<![\w'’-]))lot[ \t]*(?:n(?:um[ée]ro|[°ºo.])?[ \t]*)?(?P<number>\d{1,3}|[a-h])(?![\w.,]\w)"
    r"(?P<ends>[ \t]*(?:[:–—\-.)|;\t]|\n)+)?[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
"""« Lot 1 : », « lot n° 2 - »; without a sign after the number, only where a line or a clause begins: « le lot 2 sera réservé » is none."""
_ITEM: Final = re.compile(r"^[ \t]*(?:[-–—•·*]|\d{1,2}[ \t]*[.)/])[ \t]+", re.MULTILINE)
_PIECE: Final = re.compile(r"\n|(?<=[.!?])[ \t]+(?=[A-ZÀ-Ý«])")
_TITLE: Final = re.compile(r"(?:.*?[^\W\d_]{3}){2}.*[-–—/|;•·(][ \t]*", re.DOTALL)
"""What is written before the number of a lot that it names: two words, then a sign."""
_EDGES: Final = " \t\n\r/;|,-–—•·"
_LAST_WORD: Final = re.compile(r"\s+(?:et|puis)$")
_FIRST_WORD: Final = re.compile(r"^(?:et|puis|enfin)\s+")
_CELLS: Final = re.compile(r"\s*[;|\t\n]+\s*")


@dataclass
class _Lot:
    number: str
    text: str


@dataclass(frozen=True)
class _Letter:
    """The lots of a text, what is written outside them, and whether they follow one another in a single line, or are a line each."""

    lots: list[_Lot]
    outside: str = ""
    is_running: bool = False
    is_list: bool = False


def read_lots(
    content: bytes, lexicon: Lexicon, most: int = MOST_LINES, given: Mapping[str, str] | None = None
) -> Programme:
    """Reads the lots of a file: a table by its headings (:func:`read_programme`), else a text. Raises ``InvalidRequest`` naming « file »."""
    sheets = sheets_of(content)
    letter = None if given else lots_of(sheets, content, lexicon, most)
    return read_sheets(sheets, most, given) if letter is None else letter


def lots_of(sheets: Sequence[Sheet], content: bytes, lexicon: Lexicon, most: int = MOST_LINES) -> Programme | None:
    """The lots of a file that is a text; ``None`` when it is a workbook or a table with headings, or says no lot. Raises ``InvalidRequest``
    naming « file » beyond ``most``."""
    if len(sheets) != 1 or sheets[0].name:
        return None
    cells = [cell for _, row in sheets[0].rows[:FIRST_LINES] for cell in row if cell]
    is_table = any(known(cell, PROGRAMME) in PROGRAMME.need for cell in cells)
    return None if is_table else lots_in(decoded(content), lexicon, most=most)


def lots_in(text: str, lexicon: Lexicon, least: int = 1, most: int = MOST_LINES) -> Programme | None:
    """The lots of a text that names at least so many; ``None`` when it does not, or is longer than a letter."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_LETTER:
        return None
    letter = _titled(text, lexicon) or _marked(text)
    if not letter.lots and least == 1:
        letter = _listed(text, lexicon)
    if len(letter.lots) > most:
        raise refused("too_many_lines", f"Le texte a plus de {most} lots : découpez-le.")
    return _programme(letter, lexicon) if len(letter.lots) >= least else None


def _titled(text: str, lexicon: Lexicon) -> _Letter | None:
    """The lots of a list of titles, a line each, some of which have their number after what it is of: « Rénovation de l'école - Lot 2 -
    Plâtrerie ». ``None`` for another text."""
    lines = [(line, _marks(line)) for line in text.split("\n") if line.strip()]
    numbered = [
        bool(
            marks and _TITLE.fullmatch(line[: marks[0].start()] + (marks[0]["begins"] or "")) and line[marks[0].end() :]
        )
        for line, marks in lines
    ]
    begins = any(mark.start() == 0 for _, marks in lines for mark in marks)
    if any(len(marks) > 1 for _, marks in lines) or sum(numbered) < (2 if begins else 1) or len(lines) < 2:
        return None
    listed = [(line, marks) for line, marks in lines if marks or _has_trade(line, lexicon)]
    lots = [
        _Lot(marks[0]["number"].upper() if marks else "", _CELLS.sub(", ", line.strip(_EDGES)))
        for line, marks in listed
    ]
    return _Letter(lots, "\n".join(line for line, marks in lines if (line, marks) not in listed), is_list=True)


def _marks(text: str) -> list[re.Match[str]]:
    return [mark for mark in _MARK.finditer(text) if mark["begins"] is not None or mark["ends"] is not None]


def _marked(text: str) -> _Letter:
    """The lots that « Lot 1 » announces, and what is written outside them. What follows a number written again is of the same lot."""
    marks = _marks(text)
    if not marks:
        return _Letter([])
    lots: dict[str, _Lot] = {}
    outside, longest = [text[: marks[0].start()]], 1
    for mark, after in zip(marks, (*(mark.start() for mark in marks[1:]), len(text)), strict=True):
        pieces = _pieces(text[mark.end() : after])
        if after == len(text):
            outside += pieces[longest:]
            pieces = pieces[:longest]
        longest = max(longest, len(pieces))
        lot = lots.setdefault(mark["number"].upper(), _Lot(mark["number"].upper(), ""))
        lot.text = ", ".join(filter(None, (lot.text, *(_CELLS.sub(", ", piece) for piece in pieces))))
    is_running = "\n" not in text[marks[0].start() : marks[-1].end()].strip()
    return _Letter([lot for lot in lots.values() if lot.text], "\n".join(outside), is_running)


def _pieces(text: str) -> list[str]:
    """The lines and sentences of a stretch, without the signs around them. The last lot has no more of them than the longest other: what
    follows is of the letter."""
    pieces = (_LAST_WORD.sub("", piece.strip(_EDGES)).removesuffix(".") for piece in _PIECE.split(text))
    return [piece[:-1] if piece.endswith(")") and "(" not in piece else piece for piece in pieces if piece]


def _listed(text: str, lexicon: Lexicon) -> _Letter:
    """The lots of a list of lines, those whose trade is read; a text where a single line has a trade is a single lot."""
    lines = [line for line in text.split("\n") if line.strip()]
    if any(sign in text for sign in ";\t|"):
        return _Letter([])
    items = [line for line in lines if _ITEM.match(line)]
    read = [line for line in (items if len(items) > 1 else lines) if _has_trade(line, lexicon)]
    if len(read) > 1:
        listed = items or read
        lots = [_Lot("", _FIRST_WORD.sub("", _ITEM.sub("", line).strip(_EDGES))) for line in listed]
        return _Letter(lots, "\n".join(line for line in lines if line not in listed), is_list=True)
    whole = " ".join(text.split())
    return _Letter([_Lot("", whole)] if len(whole) <= LONGEST_TEXT and (read or _has_trade(whole, lexicon)) else [])


def _has_trade(text: str, lexicon: Lexicon) -> bool:
    """Whether a text buys something: of a trade, or out of the scope of the directory, which its lot then says."""
    need = resolve_need(text[:LONGEST_TEXT], lexicon)
    return need.status != "unresolved" or any(warning.startswith(OUTSIDE) for warning in need.warnings)


def _programme(letter: _Letter, lexicon: Lexicon) -> Programme:
    """The lots as lines, with the place and the duration that the letter gives to those that say none."""
    lots = letter.lots
    needs = [resolve_need(lot.text[:LONGEST_TEXT], lexicon) for lot in lots]
    around = resolve_need(letter.outside[:LONGEST_TEXT], lexicon) if letter.outside.strip() else None
    last = [needs[-1]] if letter.is_running else []
    place, months = (_given(read, around, needs[:-1], last) for read in (_place, _months))
    amounts = [] if around is None else [amount.spans[0].text for amount in around.amounts]
    of_site, launch = is_site(needs, lexicon), launch_in(letter.outside)
    alone = amounts[0] if len(amounts) == 1 and len(lots) == 1 and not needs[0].amounts else ""
    rows = [
        {
            "lot": lot.number,
            "text": lot.text,
            "place": "" if _place(need) else place,
            "months": "" if _months(need) else months,
            "amount": alone,
            "launched": "" if launch_in(lot.text) else launch,
            "category": "travaux" if of_site and _is_made(lot.text, need, lexicon) else "",
        }
        for lot, need in zip(lots, needs, strict=True)
    ]
    lines = (Row(line, {name: cell for name, cell in row.items() if cell}) for line, row in enumerate(rows, 1))
    left = [line.strip() for line in letter.outside.split("\n") if letter.is_list and _tells(line, lexicon)]
    return Programme(tuple(lines), remarks=tuple(_remarks(rows, [] if alone else amounts, left, lexicon)))


def _given(read: Callable[[Need], str], around: Need | None, others: Sequence[Need], last: Sequence[Need]) -> str:
    """What a letter says of all its lots: outside them, else at the end of the last lot of a line when no other says it."""
    outside = "" if around is None else read(around)
    return outside or next((read(need) for need in last if not any(map(read, others))), "")


def _is_made(text: str, need: Need, lexicon: Lexicon) -> bool:
    """Whether a lot among lots of works is of a trade that is made there; what is kept up says so."""
    return not is_upkeep(text) and any(made_on_site(match.id, need, lexicon) for match in need.sectors)


def _place(need: Need) -> str:
    sure = [place.territory for place in need.territory.places if place.territory is not None]
    return (sure or [place.text for place in need.territory.places if not place.doubtful] or [""])[0]


def _months(need: Need) -> str:
    return f"{need.durations[0].max_months:g}" if len(need.durations) == 1 else ""


def _tells(line: str, lexicon: Lexicon) -> bool:
    """Whether a line outside the lots may be a lot that is not understood: it says no place, duration nor amount, and is no politeness."""
    need = resolve_need(line[:LONGEST_TEXT], lexicon)
    is_read = need.territory.places or need.durations or need.amounts
    return not is_read and any(word.cls in _OBJECT for word in need.words)


def _remarks(
    rows: Sequence[dict[str, str]], amounts: Sequence[str], left: Sequence[str], lexicon: Lexicon
) -> Iterator[str]:
    if len(rows) > 1:
        yield f"Texte lu comme {plural(len(rows), 'lot')} : vérifiez que chaque lot est complet."
    for name, what in (("place", "Lieu"), ("months", "Durée en mois"), ("launched", "Lancement")):
        given = next((row[name] for row in rows if row[name]), "")
        if given and len(rows) > 1:
            is_id = name == "place" and ":" in given
            named = label(lexicon.gazetteer.get(given), lexicon.gazetteer) if is_id else given
            yield f"{what} de la lettre, pour les lots qui n'en disent pas : {named}."
    if left:
        lines_fr = ", ".join(quoted(line[:80]) for line in left[:MOST_LEFT])
        yield f"Lignes où aucun métier n'est reconnu, non comptées : {lines_fr}{and_others(len(left), MOST_LEFT)}."
    if amounts:
        amounts_fr = enumerated([quoted(amount) for amount in amounts], "et")
        yield f"Montant écrit hors des lots, non compté : {amounts_fr}. Donnez-le à un lot, ou à toute la consultation."
