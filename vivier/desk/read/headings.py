"""Finds the line of headings of a sheet and the meaning of each column, under any of many names.

What may be read is a value, :class:`Headings`, that the caller gives: :data:`PROGRAMME` for a programme of purchases; a ledger has its own.

A heading known by name is sure. Another may be proposed, from the words it holds, from a slip of the keyboard or from its cells; it is
used, and always told as a proposal that the user can change. A column that means nothing here is named and left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz

from vivier.desk.read import cells
from vivier.desk.read.amounts import amount_of
from vivier.desk.read.cells import number
from vivier.desk.read.lot_settings import SETTINGS
from vivier.errors import InvalidRequest
from vivier.trades.table import fold

FIRST_LINES: Final = 20
"""Lines in which the headings are looked for: a title, a date, a service may stand above."""
_ALIKE: Final = 88
_SAMPLES: Final = 12
_NOUNS: Final = ("montant", "estimation", "budget", "cout", "prix", "valeur", "enveloppe", "depense")
_ESTIMATED: Final = (" estime", " estimee", " previsionnel", " previsionnelle", " du lot")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "line": ("ligne du fichier",),
    "sheet": ("feuille du classeur",),
    "lot": (
        *("lot", "n° lot", "numero lot", "no lot", "n° de lot", "numero de lot", "n° du lot", "lots", "n°"),
        *("reference", "ref", "numero"),
    ),
    "consultation": (
        *("consultation", "n° consultation", "operation", "nom de l'operation", "procedure mere", "consultation mere"),
        *("marche", "nom du marche", "n° de consultation", "reference de la consultation"),
    ),
    "text": (
        *(
            "objet",
            "objet du marche",
            "objet du lot",
            "objet de l'achat",
            "intitule",
            "intitule du lot",
            "intitule du marche",
        ),
        *("libelle", "libelle du lot", "designation", "description", "besoin", "prestation", "prestations", "text"),
        *("nature des prestations", "nature de la prestation", "objet de la consultation"),
    ),
    "trade": ("metier", "metiers", "filiere", "famille", "famille d'achat", "secteur", "trade"),
    "cpv": ("cpv", "code cpv", "codes cpv", "code cpv principal"),
    "place": (
        *(
            "lieu",
            "lieu d'execution",
            "lieux d'execution",
            "commune",
            "ville",
            "territoire",
            "departement",
            "localisation",
        ),
        *("site", "sites", "place", "territory", "quartier", "qpv", "code postal", "cp", "code postal du lieu"),
    ),
    "amount": (
        *(
            "montant",
            "estimation",
            "budget",
            "cout",
            "montant total",
            "montant total ht",
            "total ht",
            "chiffrage",
            "amount",
        ),
        *(f"{noun}{word}{tax}" for noun in _NOUNS for word in _ESTIMATED for tax in ("", " ht")),
        *(f"{noun} ht" for noun in _NOUNS),
    ),
    "annual_amount": tuple(
        f"{noun}{year}" for noun in _NOUNS for year in (" annuel", " annuelle", " annuel ht", " annuelle ht", " par an")
    ),
    "minimum": ("montant minimum", "montant mini", "minimum", "mini", "montant minimum ht", "montant min", "min"),
    "maximum": (
        "montant maximum",
        "montant maxi",
        "maximum",
        "maxi",
        "montant maximum ht",
        "montant max",
        "max",
        "plafond",
    ),
    "months": (
        *(
            "duree",
            "duree (mois)",
            "duree en mois",
            "duree mois",
            "duree totale",
            "duree max",
            "duree du marche",
            "months",
        ),
        *("duree reconductions comprises",),
    ),
    "years": ("duree (annees)", "duree (ans)", "duree en annees", "duree en ans", "annees"),
    "category": ("type", "nature", "categorie", "type de marche", "nature du marche", "category", "type d'achat"),
    "kind": ("contrat", "type de contrat", "marche ou concession", "kind"),
} | {setting.name: (setting.title, *setting.headings) for setting in SETTINGS}
"""Known headings, by meaning. Accents, case, quotes and « (€ HT) » after an amount do not matter."""
TITLES: Final[Mapping[str, str]] = {
    "line": "ligne du fichier",
    "sheet": "feuille du classeur",
    "lot": "lot",
    "consultation": "consultation",
    "text": "objet",
    "trade": "métier",
    "cpv": "cpv",
    "place": "lieu",
    "amount": "montant",
    "annual_amount": "montant annuel",
    "minimum": "montant minimum",
    "maximum": "montant maximum",
    "months": "durée",
    "years": "durée (années)",
    "category": "type",
    "kind": "contrat",
} | {setting.name: setting.title[0].lower() + setting.title[1:] for setting in SETTINGS}
Reader = Callable[[str, str], Any]
_CATEGORY: Final = re.compile(r"travaux|fourniture|service|pi\b|tic\b|^[tfs]$")
_CPV: Final = re.compile(r"\d{8}(?:-\d)?")
_RENEWED: Final = re.compile(r"\b(?:reconduction|renouvellement)s?\b")
_TAXED: Final = re.compile(r"\bttc\b")
_UNTAXED: Final = re.compile(r"\bht\b")
_EURO: Final = re.compile(r"€|\beuros?\b", re.IGNORECASE)
_OF_MONEY: Final = re.compile(r"\b(?:prix|valeur|enveloppe|depenses?|estim(?:atif)?|credits?)\b")
_NO_AMOUNT: Final = re.compile(r"unitaire|\bpu\b|bordereau|ponderation|criter|\bnote\b|%|taux|part\b|/ ?(?!an\b)\w")
"""Words of a heading whose figures are no amount of the lot: « Prix unitaire », « Pondération du prix »."""
_LEAST_LIKELY: Final = 500
"""Euros under which the cells of a column whose meaning is only proposed are no amounts of lots."""


@dataclass(frozen=True)
class Headings:
    """What the columns of a table may mean.

    ``columns``: the known headings of each meaning; ``titles``: its French name. ``need``: the meanings of which a sheet must name one,
    and ``missing`` what is said of a file where no sheet does. ``joined``: those that several columns may share (« Commune » and
    « Département »). ``money``: the amounts, not read from a heading « TTC » unless ``taxed``. ``readers``: the function that reads a cell
    and raises ``InvalidRequest``, for a column whose meaning is only proposed. ``scaled``: the amounts of a heading « (k€) » are read in
    that unit. ``whole``: the meaning of a cell that only a true line has,
    so that a line that begins with « Total » is not taken for a sum.
    """

    columns: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    need: tuple[str, ...]
    missing: str
    joined: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict)
    taxed: bool = False
    scaled: bool = False
    whole: str = ""

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The meaning of each known heading, in its compared form."""
        return {_key(alias): name for name, aliases in self.columns.items() for alias in (*aliases, name)}


_MONEY: Final = ("amount", "annual_amount", "minimum", "maximum")


@dataclass(frozen=True)
class Column:
    """A column: its place, its heading as written, its meaning (``None``: left out), whether it is only proposed, and why it is left
    out when its meaning was seen."""

    place: int
    header: str
    meaning: str | None
    proposed: bool = False
    why: str = ""


class Unit(NamedTuple):
    """The unit of the amounts of a column: as it is written after a number, in euros, and in words."""

    mark: str
    euros: float
    words: str


_UNITS: Final = (
    (re.compile(r"\bk ?€|\bk ?eur|milliers", re.IGNORECASE), Unit("k€", 1e3, "en milliers d'euros")),
    (re.compile(r"\bm ?€|\bm ?eur|millions", re.IGNORECASE), Unit("M€", 1e6, "en millions d'euros")),
)


def unit_of(header: str) -> Unit | None:
    """The unit that the heading of an amount states, « Montant (k€) »; ``None`` for euros."""
    return next((unit for pattern, unit in _UNITS if pattern.search(header)), None)


def heading_line(
    rows: Sequence[tuple[int, tuple[str, ...]]], given: Mapping[str, str], headings: Headings
) -> int | None:
    """The rank of the row that names the columns: the one of the first rows that names most; ``None`` when none names the need."""
    best: tuple[float, int] | None = None
    for rank, (_, row) in enumerate(rows[:FIRST_LINES]):
        meanings = [given.get(cell) or known(cell, headings) for cell in row if cell]
        near = [
            None if meaning else _by_words(cell, headings)
            for cell, meaning in zip((c for c in row if c), meanings, strict=True)
        ]
        if not any(meaning in headings.need for meaning in (*meanings, *near)):
            continue
        sure = len({meaning for meaning in meanings if meaning})
        likely = len({meaning for meaning in near if meaning})
        score = sure + likely / 2
        if (sure or likely > 1) and (best is None or score > best[0]):
            best = score, rank
    return None if best is None else best[1]


def columns_of(
    headers: Sequence[str],
    rows: Sequence[tuple[int, tuple[str, ...]]],
    given: Mapping[str, str] | None,
    headings: Headings,
) -> tuple[Column, ...]:
    """The columns of a sheet, in order. ``given``: meanings that the user chose, by heading; an empty one leaves the column out."""
    chosen = given or {}
    sure = {place: _sure(header, chosen, headings) for place, header in enumerate(headers) if header}
    taken = {meaning for meaning in sure.values() if meaning}
    found: list[Column] = []
    seen: set[str] = set()
    for place, header in enumerate(headers):
        if not header:
            continue
        meaning, proposed = sure[place], False
        if meaning is None and header not in chosen:
            below = [row[place] for _, row in rows if place < len(row) and row[place]]
            meaning = _proposed(header, below, taken, headings)
            proposed = meaning is not None
        if meaning in seen and meaning not in headings.joined:
            found.append(
                Column(place, header, None, False, f"une autre colonne dit déjà « {headings.titles[meaning]} »")
            )
            continue
        taken |= {meaning} if meaning else set()
        seen |= {meaning} if meaning else set()
        found.append(Column(place, header, meaning, proposed, _why_left(header, meaning, headings)))
    return tuple(found)


def known(header: str, headings: Headings) -> str | None:
    """The meaning of a heading known by name. An amount with tax means nothing here."""
    key, bare = _key(header), _key(header.partition("(")[0])
    meaning = headings.aliases.get(key) or headings.aliases.get(bare)
    return None if meaning in headings.money and _refused_tax(header, headings) else meaning


def _sure(header: str, chosen: Mapping[str, str], headings: Headings) -> str | None:
    return chosen[header] or None if header in chosen else known(header, headings)


def _refused_tax(header: str, headings: Headings) -> bool:
    return not headings.taxed and _taxed(header)


def _taxed(header: str) -> bool:
    key = _key(header)
    return _TAXED.search(key) is not None and _UNTAXED.search(key) is None


def _why_left(header: str, meaning: str | None, headings: Headings) -> str:
    if meaning is None and "months" in headings.columns and _RENEWED.search(_key(header)):
        return "une durée se compte reconductions comprises, écrivez-les dans sa colonne : « 1 an + 3 reconductions »"
    refused = meaning is None and _refused_tax(header, headings)
    return "montants toutes taxes : donnez-les hors taxes" if refused else ""


def _proposed(header: str, values: Sequence[str], taken: set[str], headings: Headings) -> str | None:
    """The meaning that a heading may have, if no other column has it and its cells do not contradict it."""
    samples = values[:_SAMPLES]
    meaning = _by_words(header, headings)
    if meaning is None and "cpv" in headings.columns and samples and all(_CPV.fullmatch(cell) for cell in samples):
        meaning = "cpv"
    if (
        meaning is None
        and headings.scaled
        and (any(_EURO.search(cell) for cell in (header, *samples)) or _OF_MONEY.search(fold(header)))
        and not _taxed(header)
    ):
        meaning = "amount"
    if meaning is None or meaning in taken or meaning == "line":
        return None
    if meaning in headings.money and headings.scaled and not _are_amounts(header, samples):
        return None
    return meaning if _fits(meaning, samples, headings) else None


def _are_amounts(header: str, samples: Sequence[str]) -> bool:
    """Whether a column of figures may be the amounts of lots: by its heading, and by the size of half of its cells."""
    if _NO_AMOUNT.search(fold(header)):
        return False
    read = [number(cell.rstrip("€ ")) for cell in samples]
    small = sum(figure is not None and figure < _LEAST_LIKELY for figure in read)
    return unit_of(header) is not None or 2 * small < len(samples)


def _by_words(header: str, headings: Headings) -> str | None:
    """The known heading that a heading contains, the first of its words before the others, the longest before the shorter; else the one
    that it resembles by a slip of the keyboard."""
    key = _key(header)
    if _refused_tax(header, headings) or len(key) < 3 or len(key) > 80:
        return None
    inside = [
        (found.start(), -len(alias), meaning)
        for alias, meaning in headings.aliases.items()
        if len(alias) > 3 and (found := re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", key)) is not None
    ]
    if inside:
        return min(inside)[2]
    alike = [(fuzz.ratio(key, alias), meaning) for alias, meaning in headings.aliases.items() if len(alias) > 4]
    score, meaning = max(alike)
    return meaning if score >= _ALIKE else None


def _fits(meaning: str, samples: Sequence[str], headings: Headings) -> bool:
    """Whether at least half of the cells can be read with that meaning. Texts and places are not tried."""
    if meaning == "category":
        return all(_CATEGORY.search(fold(cell)) for cell in samples)
    reader = headings.readers.get(meaning)
    if reader is None:
        return True
    readable = 0
    for cell in samples:
        try:
            reader(cell, meaning)
            readable += 1
        except InvalidRequest:
            continue
    return readable * 2 >= len(samples)


def _key(header: str) -> str:
    plain = fold(header.replace("’", "'").replace("œ", "oe").replace("€", " ").replace("_", " "))
    return " ".join(plain.replace("-", " ").split())


PROGRAMME: Final = Headings(
    COLUMNS,
    TITLES,
    need=("text", "trade", "cpv"),
    missing="Aucune colonne ne dit le besoin. Une des 20 premières lignes d'une feuille doit nommer une colonne « objet » (ou « métier », "
    "« CPV »).",
    joined=("text", "place"),
    money=_MONEY,
    scaled=True,
    readers={
        **dict.fromkeys(_MONEY, amount_of),
        "months": cells.months,
        "years": cells.months,
        **{setting.name: setting.read for setting in SETTINGS},
    },
)
"""The columns of a programme of purchases."""
