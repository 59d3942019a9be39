"""The inclusive and labelled share of a ledger of purchases. Method ``ledger-2``: docs/methods.md (n).

A supplier that the index does not know is *unknown*, never « not inclusive »: no list of inclusive structures is complete. So a share is
an interval: at least what is known to be inclusive, at most that and all that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Final, Literal

METHOD_VERSION: Final = "ledger-2"
State = Literal["yes", "old_proof", "other_site", "not_valid", "unknown"]
STATES: Final[Mapping[State, str]] = {
    "yes": "connu",
    "old_proof": "à vérifier : preuve ancienne",
    "other_site": "à vérifier : autre établissement du même SIREN",
    "not_valid": "hors validité à cette date",
    "unknown": "inconnu",
}
"""What is known of a supplier on one axis, the surest first. ``old_proof``: the last proof is older than the legal term of the agreement;
``other_site``: only another establishment of the same SIREN is known, or the line gives a SIREN alone; both are to check. ``not_valid``: an agreement or a label that had ended, or had not begun."""
OPEN: Final[tuple[State, ...]] = ("old_proof", "other_site", "unknown")
"""The states that may prove to be « yes »."""
Axis = Literal["inclusive", "labelled", "ess"]
AXES: Final[Mapping[Axis, str]] = {
    "inclusive": "Structures inclusives",
    "labelled": "Fournisseurs à label environnemental",
    "ess": "Économie sociale et solidaire, comptée à part",
}
Unread = Literal["no_siret", "bad_siret", "lost_digits", "foreign"]
UNREAD: Final[Mapping[Unread, str]] = {
    "no_siret": "sans SIRET",
    "bad_siret": "à SIRET faux",
    "lost_digits": "à SIRET abîmé par le tableur (chiffres perdus)",
    "foreign": "à numéro étranger",
}
"""Why the number of a line names no French supplier."""


@dataclass(frozen=True)
class Entry:
    """One line of a ledger. ``number``: a SIRET (14 digits) or a SIREN (9), empty when ``unread`` says why there is none. ``amount``:
    euros, negative for a credit note, ``None`` when it is not told or cannot be read (``wrong_amount``). ``object``: what it buys, as written."""

    line: int
    number: str
    amount: float | None
    family: str = ""
    departement: str | None = None
    unread: Unread | None = None
    wrong_amount: str = ""
    object: str = ""


@dataclass(frozen=True)
class Standing:
    """What the index knows of a number on each axis, at a date. ``match``: by the very establishment (``siret``), by what holds for the
    whole legal unit or another establishment of it (``siren``), or not at all."""

    states: Mapping[Axis, State]
    match: Literal["siret", "siren"] | None = None
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    supplier: str | None = None
    name: str | None = None
    departement: str | None = None
    zones: tuple[str, ...] = ()
    seated: bool = False
    proofs: tuple[tuple[str, str | None], ...] = ()


UNKNOWN: Final = Standing(dict.fromkeys(AXES, "unknown"))


@dataclass(frozen=True)
class Share:
    """Net amounts by state, in euros, and the share between two bounds: ``least`` what is known, ``most`` with all that is to check or
    unknown. ``None`` when the total is not positive, or when credit notes exceed the invoices of a state."""

    amounts: Mapping[State, float]

    @property
    def total(self) -> float:
        """The whole net amount."""
        return round(fsum(self.amounts.values()), 2)

    @property
    def least(self) -> float | None:
        """The known share, in [0, 1]."""
        return self._of("yes")

    @property
    def most(self) -> float | None:
        """The share if all that is to check or unknown were in it, in [0, 1]."""
        return self._of("yes", *OPEN)

    def part(self, state: State) -> float | None:
        """The share of a state, in [0, 1]."""
        return self._of(state)

    def _of(self, *states: State) -> float | None:
        if self.total <= 0 or min(self.amounts.values()) < 0:
            return None
        return min(1.0, fsum(self.amounts[state] for state in states) / self.total)


@dataclass(frozen=True)
class Row:
    """The lines that share a value. ``key``: ``None`` when the value is not known."""

    key: str | None
    lines: int
    suppliers: int
    shares: Mapping[Axis, Share]

    @property
    def total(self) -> float:
        """The whole net amount, in euros."""
        return self.shares["inclusive"].total


@dataclass(frozen=True)
class Figures:
    """All that is counted of a ledger. Amounts are net: a credit note lowers the amount of its supplier. ``kinds``, ``labels`` and
    ``zones``: net amounts by code, which overlap and do not add up; ``zone_unknown``: of suppliers whose seat is not known."""

    whole: Row
    families: tuple[Row, ...]
    departements: tuple[Row, ...]
    kinds: Mapping[str, float]
    labels: Mapping[str, float]
    zones: Mapping[str, float]
    no_zone: float
    zone_unknown: float
    suppliers: Mapping[Axis, Mapping[State, int]]
    credit_notes: tuple[int, float]
    without_amount: tuple[int, ...]
    wrong_amounts: tuple[tuple[int, str], ...]
    unread: Mapping[Unread, tuple[int, float]] = field(default_factory=dict)


def figures(entries: Iterable[Entry], standings: Mapping[str, Standing]) -> Figures:
    """The figures of a ledger. A number without a standing is unknown."""
    lines = tuple(entries)

    def standing(entry: Entry) -> Standing:
        return standings.get(entry.number, UNKNOWN)

    found = {number: standings.get(number, UNKNOWN) for number in {entry.number for entry in lines if entry.number}}
    credits = [entry.amount for entry in lines if entry.amount is not None and entry.amount < 0]
    placed = [entry for entry in lines if standing(entry).seated]
    return Figures(
        whole=_row(None, lines, standing),
        families=_rows(lines, standing, lambda entry: entry.family or None),
        departements=_rows(lines, standing, lambda entry: standing(entry).departement or entry.departement),
        kinds=_by_code(lines, lambda entry: standing(entry).kinds),
        labels=_by_code(lines, lambda entry: standing(entry).labels),
        zones=_by_code(placed, lambda entry: standing(entry).zones),
        no_zone=_sum(entry for entry in placed if not standing(entry).zones),
        zone_unknown=_sum(entry for entry in lines if not standing(entry).seated),
        suppliers={
            axis: {state: sum(known.states[axis] == state for known in found.values()) for state in STATES}
            for axis in AXES
        },
        credit_notes=(len(credits), round(fsum(credits), 2)),
        without_amount=tuple(entry.line for entry in lines if entry.amount is None and not entry.wrong_amount),
        wrong_amounts=tuple((entry.line, entry.wrong_amount) for entry in lines if entry.wrong_amount),
        unread=_unread(lines),
    )


def _unread(lines: Iterable[Entry]) -> dict[Unread, tuple[int, float]]:
    found: dict[Unread, list[Entry]] = {}
    for entry in lines:
        if entry.unread is not None:
            found.setdefault(entry.unread, []).append(entry)
    return {why: (len(found[why]), _sum(found[why])) for why in UNREAD if why in found}


def _rows(
    lines: Iterable[Entry], standing: Callable[[Entry], Standing], key: Callable[[Entry], str | None]
) -> tuple[Row, ...]:
    """A row a value, by decreasing amount, what has no value last."""
    grouped: dict[str | None, list[Entry]] = {}
    for entry in lines:
        grouped.setdefault(key(entry), []).append(entry)
    rows = [_row(value, entries, standing) for value, entries in grouped.items()]
    return tuple(sorted(rows, key=lambda row: (row.key is None, -row.total, row.key or "")))


def _row(key: str | None, lines: Iterable[Entry], standing: Callable[[Entry], Standing]) -> Row:
    entries = tuple(lines)
    read = [(standing(entry), entry.amount or 0.0) for entry in entries]
    shares = {
        axis: Share(
            {state: round(fsum(amount for known, amount in read if known.states[axis] == state), 2) for state in STATES}
        )
        for axis in AXES
    }
    return Row(key, len(entries), len({entry.number for entry in entries if entry.number}), shares)


def _by_code(lines: Iterable[Entry], codes: Callable[[Entry], Iterable[str]]) -> dict[str, float]:
    amounts: dict[str, list[float]] = {}
    for entry in lines:
        for code in codes(entry):
            amounts.setdefault(code, []).append(entry.amount or 0.0)
    summed = {code: round(fsum(found), 2) for code, found in amounts.items()}
    return dict(sorted(summed.items(), key=lambda pair: (-pair[1], pair[0])))


def _sum(lines: Iterable[Entry]) -> float:
    return round(fsum(entry.amount or 0.0 for entry in lines), 2)
