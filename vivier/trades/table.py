"""The trades of our own table: what can be bought, in which words, and its crosswalk to the public nomenclatures.

A trade is at the grain buyers buy (``nettoyage-vitres``, ``collecte-deee``). Each row of ``mappings/tables/trades.csv``
ties it to CPV prefixes, ROME codes, RGE domains, organic productions and the sectors of the Marché de l'inclusion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from mappings import read_table
from vivier.errors import NotFound
from vivier.identity import words_of
from vivier.text.folding import fold as fold_letters
from vivier.trades.cpv import padded, parse_cpv, significant

NATURES = ("service", "works", "goods", "staffing")
# Supply chains named by the Plan national pour des achats durables 2022-2025.
FILIERES = words_of(
    "dechets espaces-verts numerique alimentation restauration-collective transport construction textile automobile"
)
STAFFING = "mise-a-disposition-personnel"
# The trade of whoever lends people: the statute of some kinds provides it.
# A trade broader than the code asked keeps more of its weight, digit by digit, than one that is only a part of it.
BROADER_KEEPS = 0.8
NARROWER_KEEPS = 0.6
# Below this likeness (0-100) a suggestion would be noise.
_SUGGESTION_SCORE = 60.0
_VINTAGE = re.compile(r"\s+20\d\d$")


@dataclass(frozen=True, slots=True)
class CpvPrefix:
    """A CPV prefix (2-8 significant digits) and how surely it means the trade (0 < weight ≤ 1)."""

    digits: str
    weight: float

    @property
    def code(self) -> str:
        return padded(self.digits)


@dataclass(frozen=True, slots=True)
class Trade:
    """One row of the table. ``words`` and ``exclusions`` are French phrases as written, neither folded nor stemmed.

    ``nature`` says what is sold (see :data:`NATURES`), ``filiere`` the PNAD supply chains it belongs to, ``parent`` the
    broader trade it is a specialisation of. ``open_posts``: some of its posts need no qualification, so that people lent may hold
    them; ``trained_posts``: no post is open, and some are learnt in a work-study contract (both are judgements of ours, trade by trade).
    """

    code: str
    name: str
    group: str
    parent: str | None
    nature: tuple[str, ...]
    cpv: tuple[CpvPrefix, ...]
    rome: tuple[str, ...]
    rge: tuple[str, ...]
    bio: tuple[str, ...]
    marche_slugs: tuple[str, ...]
    words: tuple[str, ...]
    exclusions: tuple[str, ...]
    filiere: tuple[str, ...]
    open_posts: bool
    trained_posts: bool


@dataclass(frozen=True, slots=True)
class TradeGroup:
    """A family of trades as a buyer browses them, with its trades in the order of the table."""

    code: str
    name: str
    trades: tuple[Trade, ...]


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A theme public buyers do buy and no trade of ours sells: a need that speaks of it must yield nothing."""

    code: str
    name: str
    words: tuple[str, ...]
    exclusions: tuple[str, ...]


def fold(text: str) -> str:
    """The key by which names are compared: case, accents, typographic apostrophes and spaces do not count."""
    return " ".join(fold_letters(unicodedata.normalize("NFC", text)).casefold().split())


def rge_key(domain: str) -> str:
    """An RGE domain without its vintage, odd spaces and final full stop: « Ventilation 2020 » is « Ventilation »."""
    return _VINTAGE.sub("", fold(domain)).rstrip(" .")


class Trades:
    """Every trade, found by its own code or through another nomenclature. Results follow the order of the table."""

    def __init__(self, trades: Iterable[Trade], group_names: Mapping[str, str]) -> None:
        self._by_code = {trade.code: trade for trade in trades}
        self._group_names = dict(group_names)
        # Contracts repeat the same few thousand codes: each is weighed once.
        self._weigh = lru_cache(maxsize=16_384)(self._weigh_all)
        self._place = {code: place for place, code in enumerate(self._by_code)}
        self._at_cpv = self._index(lambda trade: (prefix.digits for prefix in trade.cpv))
        self._under_cpv = self._index(
            lambda trade: (part for prefix in trade.cpv for part in _beginnings(prefix.digits))
        )
        self._by_rome = self._index(lambda trade: trade.rome)
        self._by_slug = self._index(lambda trade: trade.marche_slugs)
        self._by_rge = self._index(lambda trade: map(rge_key, trade.rge))
        self._by_bio = self._index(lambda trade: map(fold, trade.bio))
        self._children = self._index(lambda trade: (trade.parent,) if trade.parent is not None else ())
        self._descendants: dict[str, tuple[Trade, ...]] = {}
        self._named = {fold(name): trade.code for trade in self for name in (trade.name, trade.code)}

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Trade]:
        return iter(self._by_code.values())

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Trade:
        """The trade of a code. Raises :class:`NotFound` whose message names the nearest codes."""
        try:
            return self._by_code[code]
        except KeyError:
            near = ", ".join(self.suggest(code))
            hint = f" Les plus proches : {near}." if near else " Voir la liste des métiers."
            raise NotFound(f"Le métier « {code} » n'existe pas.{hint}") from None

    def named(self, text: str) -> str | None:
        """The code of the trade that a text names by its code or its name, whatever its case and accents; ``None`` for any other text."""
        return self._named.get(fold(text))

    def groups(self) -> tuple[TradeGroup, ...]:
        """The groups with their trades, in the order of the table."""
        return tuple(
            TradeGroup(code, name, tuple(trade for trade in self if trade.group == code))
            for code, name in self._group_names.items()
        )

    def group_name(self, code: str) -> str:
        """French name of a group. Raises ``KeyError`` for a code that is none."""
        return self._group_names[code]

    def ancestors(self, code: str) -> tuple[Trade, ...]:
        """Broader trades, nearest first. Raises :class:`NotFound`."""
        parent = self.get(code).parent
        return () if parent is None else (self.get(parent), *self.ancestors(parent))

    def descendants(self, code: str) -> tuple[Trade, ...]:
        """The trade itself, then its specialisations: what a search on ``code`` accepts. Raises :class:`NotFound`."""
        found = self._descendants.get(code)
        if found is None:
            below = (trade for child in self._children.get(code, ()) for trade in self.descendants(child.code))
            found = self._descendants[code] = (self.get(code), *below)
        return found

    def by_cpv(self, cpv: str) -> tuple[tuple[Trade, float], ...]:
        """Trades a CPV code points to, best first, each with a weight in ]0, 1].

        The hierarchy is that of the digits: a prefix above the code counts ``0.8`` a level (so a leaf keeps the trades
        of its ancestors, and the most precise prefix wins), a prefix below counts ``0.6`` a level (only a part of what
        is asked).
        The code need not be in the nomenclature. Raises :class:`InvalidRequest` when it is not a code at all.
        """
        return self._weigh(significant(parse_cpv(cpv)))

    def by_rome(self, code: str) -> tuple[Trade, ...]:
        """Trades exercised under a ROME code (any case)."""
        return self._by_rome.get(code.strip().upper(), ())

    def by_rge(self, domain: str) -> tuple[Trade, ...]:
        """Trades proved by an RGE domain, whatever its vintage and spacing; none for « Inconnu », « Non renseigné »."""
        return self._by_rge.get(rge_key(domain), ())

    def by_bio(self, name: str) -> tuple[Trade, ...]:
        """Trades proved by a production or activity name of the Agence Bio."""
        return self._by_bio.get(fold(name), ())

    def by_marche_slug(self, slug: str) -> tuple[Trade, ...]:
        """Trades that cover a sector of the Marché de l'inclusion."""
        return self._by_slug.get(slug.strip(), ())

    def suggest(self, text: str, limit: int = 5) -> tuple[str, ...]:
        """Codes of the trades whose code or name looks most like ``text``, nearest first, at most ``limit``."""
        scores = {trade.code: likeness(text, trade) for trade in self}
        near = sorted((code for code, score in scores.items() if score >= _SUGGESTION_SCORE), key=lambda c: -scores[c])
        return tuple(near[:limit])

    def _weigh_all(self, code: str) -> tuple[tuple[Trade, float], ...]:
        weighed = [(trade, max(_weight(code, prefix) for prefix in trade.cpv)) for trade in self._around(code)]
        return tuple(sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: -pair[1]))

    def _around(self, code: str) -> list[Trade]:
        """The trades with a prefix above the code, at it or below it."""
        above = (self._at_cpv.get(part, ()) for part in _beginnings(code))
        found = {trade.code: trade for trades in (*above, self._under_cpv.get(code, ())) for trade in trades}
        return sorted(found.values(), key=lambda trade: self._place[trade.code])

    def _index(self, keys: Callable[[Trade], Iterable[str]]) -> dict[str, tuple[Trade, ...]]:
        index: dict[str, dict[str, Trade]] = {}
        for trade in self:
            for key in keys(trade):
                index.setdefault(key, {})[trade.code] = trade
        return {key: tuple(found.values()) for key, found in index.items()}


def _beginnings(digits: str) -> Iterator[str]:
    return (digits[:length] for length in range(len(digits) + 1))


def _weight(code: str, prefix: CpvPrefix) -> float:
    if code.startswith(prefix.digits):
        return prefix.weight * BROADER_KEEPS ** (len(code) - len(prefix.digits))
    if prefix.digits.startswith(code):
        return prefix.weight * NARROWER_KEEPS ** (len(prefix.digits) - len(code))
    return 0.0


def likeness(text: str, trade: Trade) -> float:
    """How near a text is to the code or the name of a trade, from 0 to 100."""
    query = fold(text).replace("-", " ")
    # A mistyped code is the usual case: the code counts in full, a name that merely contains the text a little less.
    return max(fuzz.token_sort_ratio(query, trade.code.replace("-", " ")), 0.9 * fuzz.WRatio(query, fold(trade.name)))


def parse_trade(row: Mapping[str, str]) -> Trade:
    """A table row as a :class:`Trade`. Raises ``ValueError`` naming the trade and the column that cannot be read."""
    return Trade(
        code=row["code"],
        name=row["name"],
        group=row["group"],
        parent=row["parent"] or None,
        nature=_among(row, "nature", NATURES),
        cpv=tuple(_prefix(row["code"], part) for part in _parts(row["cpv"])),
        filiere=_among(row, "filiere", FILIERES),
        open_posts=_yes(row, "open_posts"),
        trained_posts=_yes(row, "trained_posts"),
        **{name: _parts(row[name]) for name in ("rome", "rge", "bio", "marche_slugs", "words", "exclusions")},
    )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _among(row: Mapping[str, str], column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    values = _parts(row[column])
    if unknown := [value for value in values if value not in allowed]:
        raise ValueError(f"trades.csv, {row['code']}, {column}: {unknown} not among {allowed}")
    return values


def _yes(row: Mapping[str, str], column: str) -> bool:
    if row[column] not in ("yes", "no"):
        raise ValueError(f"trades.csv, {row['code']}, {column}: {row[column]!r} is neither yes nor no")
    return row[column] == "yes"


def _prefix(trade: str, text: str) -> CpvPrefix:
    digits, _, weight = text.partition(":")
    if not re.fullmatch(r"\d{2,8}", digits) or digits != significant(digits):
        raise ValueError(f"trades.csv, {trade}, cpv: {text!r} is not 2-8 significant digits")
    value = float(weight or 1)
    if not 0 < value <= 1:
        raise ValueError(f"trades.csv, {trade}, cpv: weight of {text!r} is not in ]0, 1]")
    return CpvPrefix(digits, value)


def open_posts(codes: Iterable[str], trades: Trades) -> bool:
    """Whether some posts of some of these trades need no qualification; also when no trade is given."""
    found = [trades.get(code).open_posts for code in codes]
    return any(found) or not found


def trained_posts(codes: Iterable[str], trades: Trades) -> bool:
    """Whether some posts of some of these trades, none of which is open, are learnt in a work-study contract."""
    return any(trades.get(code).trained_posts for code in codes)


@lru_cache(maxsize=1)
def load_trades() -> Trades:
    """The authored table, read once. Raises ``ValueError`` on a malformed row."""
    groups = {row["code"]: row["name"] for row in read_table("trade_groups")}
    return Trades(map(parse_trade, read_table("trades")), groups)


@lru_cache(maxsize=1)
def load_out_of_scope() -> tuple[OutOfScope, ...]:
    """Themes out of scope with their words (insurance, energy supply, weapons…), read once."""
    return tuple(
        OutOfScope(row["code"], row["name"], _parts(row["words"]), _parts(row["exclusions"]))
        for row in read_table("trades_out_of_scope")
    )
