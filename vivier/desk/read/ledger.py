"""Reads a ledger of purchases (CSV or Excel): the SIRET, the amount, the family and the object of each line. Names of suppliers are not read,
and objects are not shown, so that no name is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from vivier.deadline import check
from vivier.desk.method.ledger import Entry, Unread
from vivier.desk.read.amounts import amount_of, wrong
from vivier.desk.read.headings import Headings, unit_of
from vivier.desk.read.programme import Programme, Row, read_sheets
from vivier.desk.read.sheet import Sheet, refused
from vivier.errors import InvalidRequest
from vivier.french import integer, plural
from vivier.identity import digits, is_siren, is_siret
from vivier.lexicon import Lexicon
from vivier.model.place import Address
from vivier.needs import resolve_need
from vivier.territory.address import departement_of
from vivier.territory.resolve import resolve
from vivier.trades.table import fold

MOST_LINES: Final = 20_000
MOST_OBJECTS: Final = 500
"""Different objects whose trade is read when no column tells the family: some 4 ms each."""
MOST_ROWS: Final = MOST_LINES + 100
"""Rows read in a sheet, titles and totals included: beyond, the file is refused as too long."""
_SIGN: Final = re.compile(r"^\s*[-−–]\s*(?=[\d.,])|(?<=\d)\s*[-−–]\s*$|^\s*\((.*)\)\s*$")
_DECIMAL: Final = re.compile(r"(?<!\d)\d+([.,])(?:\d\d?|\d{4,})(?![\d.,])|\d[ \u202f\xa0]?\d{3}([.,])\d")
"""A number whose mark is surely before decimals: « 12,50 », « 1450,125 »."""
_LONE: Final = re.compile(r"(?<![\d.,] )(?<![\d.,])\d{1,3}([.,])\d{3}(?![\d.,])")
"""A number whose mark may be before decimals or before thousands: « 1,234 »."""
_LOST: Final = re.compile(r"\d[eE]\+?\d")
_CODE: Final = re.compile(r"\d{1,2}|2[AB]|9[78]\d|\d{4,5}", re.IGNORECASE)
_VAT: Final = re.compile(r"FR ?[0-9A-Z]{2} ?(\d{3} ?\d{3} ?\d{3})", re.IGNORECASE)
_ACCOUNT: Final = re.compile(r"^\s*\d+[\s:–-]*")
"""The number of an account, which no CPV code is: « 60632 - Fournitures de petit équipement »."""
_NOISE: Final = re.compile(
    r"\b(?:fact?(?:ure)?s?|mandats?|bc|commandes?|cde|engagements?|n°|no)\b|\w*\d[\w/.-]*|[#°*_]", re.IGNORECASE
)
_FOREIGN: Final = re.compile(r"[A-Z]{2} ?[0-9A-Z]{6,}", re.IGNORECASE)
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "siret": (
        *("siret", "n° siret", "numero siret", "no siret", "siret fournisseur", "siret du fournisseur", "siret tiers"),
        *("code siret", "identifiant", "identifiant fournisseur", "siret / siren", "siret ou siren", "siren siret"),
        *("n° siret du fournisseur", "n° siret fournisseur", "siret titulaire", "siret du titulaire"),
        *("siret creancier", "id tiers"),
    ),
    "siren": (
        *("siren", "n° siren", "numero siren", "siren fournisseur", "siren tiers", "n° tva", "tva intracommunautaire"),
    ),
    "amount": (
        *("montant", "montant ht", "montant total", "montant total ht", "montant ht total", "total ht", "cumul"),
        *("montant mandate", "mandate", "montant mandate ht", "montant liquide", "liquide", "montant paye", "paye"),
        *("montant facture", "facture ht", "montant facture ht", "montant engage", "engage", "montant commande"),
        *("depense", "depenses", "depense ht", "montant depense", "realise", "consomme", "ca", "ca ht", "ca annuel"),
        *("chiffre d'affaires", "chiffre d'affaires ht", "volume d'achat", "volume d'achats", "achats ht", "debit"),
        *("montant net", "net ht", "montant ttc", "montant total ttc", "total ttc", "montant mandate ttc", "ttc"),
    ),
    "credit": ("credit", "avoir", "avoirs", "montant avoir", "montant des avoirs", "annulation", "annulations"),
    "family": (
        *("famille", "famille d'achat", "famille d'achats", "famille homogene", "categorie", "categorie d'achat"),
        *("segment", "segment d'achat", "nature", "nature d'achat", "libelle famille", "metier", "filiere"),
        *("libelle de la famille", "nomenclature", "libelle nomenclature", "groupe marchandise", "domaine"),
        *("groupe de marchandises", "domaine d'achat"),
    ),
    "object": (
        *("objet", "libelle", "designation", "description", "intitule", "article", "produit", "prestation", "besoin"),
        *("libelle de la ligne", "libelle ligne", "libelle ecriture", "libelle de l'ecriture", "libelle facture"),
        *("libelle mandat", "objet du mandat", "objet mandat", "objet de la depense", "objet de l'achat"),
        *("libelle de la commande", "libelle commande", "objet de la commande", "libelle article", "libelle produit"),
    ),
    "account": (
        *("compte", "libelle du compte", "libelle compte", "libelle de compte", "compte comptable", "compte general"),
        *("imputation", "nature comptable", "article budgetaire", "libelle imputation"),
    ),
    "family_code": ("code famille", "code nomenclature", "cpv", "code cpv", "code nacres", "nacres", "sous-famille"),
    "place": (
        *("code postal", "cp", "code postal fournisseur", "cp fournisseur", "departement", "dept", "dep"),
        *("departement fournisseur", "departement du fournisseur"),
    ),
}
"""Known headings, by meaning. A heading that names the supplier means nothing here: its names are not read."""
TITLES: Final[Mapping[str, str]] = {
    "siret": "SIRET",
    "siren": "SIREN",
    "amount": "montant",
    "credit": "avoir",
    "family": "famille",
    "object": "libellé",
    "account": "compte",
    "family_code": "code de famille",
    "place": "département du fournisseur",
}


@dataclass(frozen=True)
class Ledger:
    """The lines of a ledger, in order. ``table``: the cells and columns they were read from; ``remarks``: in French, all that was left out
    or supposed, with its reason."""

    entries: tuple[Entry, ...]
    table: Programme
    remarks: tuple[str, ...]


def _readable_amount(cell: str, field: str) -> object:
    return amount_of(_unsigned(cell)[1], field)


def _a_number(cell: str, field: str) -> object:
    number, unread = _number(cell)
    if unread is not None:
        raise wrong(field, f"« {cell[:40]} » n'est pas un SIRET.")
    return number


def _a_code(cell: str, field: str) -> object:
    """Raises ``InvalidRequest`` for a cell that is neither a post code nor the code of a département: a column of names is no place."""
    if not _CODE.fullmatch(cell.strip()):
        raise wrong(field, f"« {cell[:40]} » n'est pas un code postal.")
    return cell


LEDGER: Final = Headings(
    COLUMNS,
    TITLES,
    need=("siret", "siren"),
    missing="Aucune colonne ne dit le fournisseur : une des 20 premières lignes d'une feuille doit nommer une colonne « SIRET » (ou "
    "« SIREN »).",
    money=("amount", "credit"),
    readers={
        "amount": _readable_amount,
        "credit": _readable_amount,
        "siret": _a_number,
        "siren": _a_number,
        "place": _a_code,
    },
    whole="siret",
)
"""The columns of a ledger of purchases, whose amounts are without tax."""
TAXED: Final = replace(LEDGER, taxed=True)
"""The same, for a ledger that has no amount without tax."""


def read_ledger(sheets: tuple[Sheet, ...], lexicon: Lexicon, given: Mapping[str, str] | None = None) -> Ledger:
    """Reads a ledger. ``given``: meanings of columns that the user chose, by heading.

    Raises ``InvalidRequest`` naming « file » when no column tells the supplier or the amount, or when it is too long."""
    read = read_sheets(sheets, MOST_LINES, given, LEDGER)
    taxed = "amount" not in read.columns.values()
    if taxed:
        read = read_sheets(sheets, MOST_LINES, given, TAXED)
    if "amount" not in read.columns.values():
        named = ", ".join(read.ignored)[:200] or "aucune"
        message = f"Aucune colonne ne dit le montant : nommez-en une « montant HT ». Colonnes non lues : {named}."
        raise refused("missing_column", message)
    if not read.rows:
        raise refused("empty", "Aucune ligne d'achat sous les titres des colonnes.")
    scale, scaled = _scale(read)
    mark = _mark(read.rows)
    entries = tuple(_one_spelling([_entry(row, scale, mark, lexicon) for row in read.rows]))
    remarks = [*read.remarks, *scaled]
    lone = () if mark else tuple(found[0] for row in read.rows for found in _LONE.finditer(row.get("amount")))
    if lone:
        remarks.append(
            f"{plural(len(lone), 'montant')} comme « {lone[0]} », à lire en milliers ou en décimales ? En milliers ici."
        )
    if taxed:
        remarks.append(
            "Montants toutes taxes : les taux de TVA diffèrent d'un fournisseur à l'autre, les parts en sont faussées. Donnez le hors "
            "taxes si vous l'avez."
        )
    if not {"family", "family_code", "account"} & set(read.columns.values()):
        entries, remark = _by_object(entries, lexicon)
        remarks.append(
            remark
            or "Aucune colonne ne dit la famille d'achat : rien n'est détaillé par famille, ni proposé à la place."
        )
    return Ledger(entries, read, tuple(remarks))


def _scale(read: Programme) -> tuple[float, list[str]]:
    """The unit that the heading of the amount states: « Montant (k€) »."""
    header = next(header for header, meaning in read.columns.items() if meaning == "amount")
    unit = unit_of(header)
    return (1.0, []) if unit is None else (unit.euros, [f"Colonne « {header} » lue {unit.words}."])


def _mark(rows: Iterable[Row]) -> str:
    """The mark before the decimals of the amounts, which some of them show (« 12,50 »); empty when none does, or when they differ."""
    cells = (row.get(name) for row in rows for name in LEDGER.money)
    marks = {found[1] or found[2] for cell in cells for found in _DECIMAL.finditer(cell)}
    return marks.pop() if len(marks) == 1 else ""


def _entry(row: Row, scale: float, mark: str, lexicon: Lexicon) -> Entry:
    check()
    number, unread = _number(row.get("siret")) if row.get("siret") else ("", "no_siret")
    if unread is not None and row.get("siren"):
        other, why = _number(row.get("siren"))
        number, unread = (other, None) if why is None else (number, unread if row.get("siret") else why)
    amount, wrong = _net(row, scale, mark)
    account = _ACCOUNT.sub("", row.get("account"))
    family = (row.get("family") or row.get("family_code") or account)[:120]
    place, object = _departement(row.get("place"), lexicon), row.get("object")[:200]
    return Entry(row.line, number, amount, family, place, unread, wrong, object)


def _by_object(entries: tuple[Entry, ...], lexicon: Lexicon) -> tuple[tuple[Entry, ...], str]:
    """The lines with the trade that their object names as their family, and what is said of it; the heaviest objects are read first."""
    amounts: dict[str, float] = {}
    for entry in entries:
        if words := _words(entry.object):
            amounts[words] = amounts.get(words, 0.0) + abs(entry.amount or 0.0)
    families: dict[str, str] = {}
    for words in sorted(amounts, key=lambda words: -amounts[words])[:MOST_OBJECTS]:
        check()
        need = resolve_need(words, lexicon)
        if need.status == "auto" and need.sectors:
            families[words] = need.sectors[0].label
    if not families:
        return entries, ""
    found = tuple(replace(entry, family=families.get(_words(entry.object), "")) for entry in entries)
    counted = sum(1 for entry in found if entry.family)
    return (
        found,
        f"Familles lues dans les libellés : {plural(counted, 'ligne')} sur {integer(len(found))}. Le reste est sans famille.",
    )


@lru_cache(maxsize=32_768)
def _words(object: str) -> str:
    """An object without its dates and numbers, so that the lines of one purchase are read once."""
    return " ".join(_NOISE.sub(" ", object).split())


@lru_cache(maxsize=32_768)
def _number(cell: str) -> tuple[str, Unread | None]:
    """The SIRET or SIREN of a cell, with the zeros at its beginning that a spreadsheet drops; else why there is none."""
    if _LOST.search(cell):
        return "", "lost_digits"
    vat = _VAT.fullmatch(cell.strip())
    found = digits(vat[1] if vat else cell)
    for length, valid in ((14, is_siret), (9, is_siren)):
        if length - 3 <= len(found) <= length and valid(found.zfill(length)):
            return found.zfill(length), None
    if vat is None and not cell.strip().upper().startswith("FR") and _FOREIGN.fullmatch(cell.strip()):
        return "", "foreign"
    return "", "bad_siret" if any(sign.isalnum() for sign in cell) else "no_siret"


def _net(row: Row, scale: float, mark: str) -> tuple[float | None, str]:
    """The amount of a line, its credit taken away, and the cell that could not be read."""
    amount, wrong = _euros(row.get("amount"), mark)
    credit, wrong_credit = _euros(row.get("credit"), mark)
    if wrong or wrong_credit:
        return None, wrong or wrong_credit
    if credit is not None:
        return round(((amount or 0.0) - abs(credit)) * scale, 2), ""
    return None if amount is None else round(amount * scale, 2), ""


@lru_cache(maxsize=32_768)
def _euros(cell: str, mark: str) -> tuple[float | None, str]:
    """The amount of a cell: a ledger has negative ones, « -120,50 », « 120,50- » and « (120,50) ». After ``mark`` there are decimals."""
    factor, bare = _unsigned(cell)
    bare = _LONE.sub(lambda found: f"{found[0]}0" if found[1] == mark else found[0], bare)
    try:
        found = amount_of(bare, "amount")
    except InvalidRequest:
        return None, cell[:40]
    if found is None:
        return None, ""
    if found.least != found.most:
        return None, cell[:40]
    return factor * found.counted, ""


def _unsigned(cell: str) -> tuple[float, str]:
    found = _SIGN.search(cell)
    if found is None:
        return 1.0, cell
    return -1.0, found[1] if found[1] is not None else cell[: found.start()] + cell[found.end() :]


@lru_cache(maxsize=8_192)
def _departement(cell: str, lexicon: Lexicon) -> str | None:
    """The typed id of the département that a cell names: a post code, a code, a name; ``None`` when it is none of them."""
    text = cell.strip()
    found = (
        departement_of(Address(post_code=text.zfill(5)), lexicon.gazetteer) if re.fullmatch(r"\d{4,5}", text) else None
    )
    if found is not None:
        return f"departement:{found}"
    territory = (
        resolve(text, lexicon.gazetteer).territory if (text and not text.isdecimal()) or len(text) in (2, 3) else None
    )
    return territory.id if territory is not None and territory.kind == "departement" else None


def _one_spelling(entries: list[Entry]) -> Iterator[Entry]:
    """The lines with the first spelling of each family: « Nettoyage » and « NETTOYAGE » are one."""
    first: dict[str, str] = {}
    for entry in entries:
        family = first.setdefault(fold(entry.family), entry.family)
        yield entry if family == entry.family else replace(entry, family=family)
