"""Chooses who may win a fictitious contract: the demo suppliers of the place, and ordinary companies, invented too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.demo.dice import Dice
from indexer.demo.identifiers import luhn_digit
from indexer.demo.names import MARK, Names
from vivier.model import Organisation, Record
from vivier.territory import Gazetteer
from vivier.trades.table import Trades

COMPANIES = 900
FIRST_WORD = 5_000
"""Rank from which words name companies."""
COMPANY_FORMS = ("SARL {w}", "Établissements {w}", "{w} Services", "Entreprise {w}", "SAS {w}")


@dataclass(frozen=True)
class Winner:
    """A demo supplier that may hold a contract: its kinds, and those of its trades that have a CPV."""

    organisation: Organisation
    kinds: tuple[str, ...]
    trades: tuple[str, ...]


class Winners:
    """Demo suppliers by département, and companies by number."""

    def __init__(
        self, suppliers: Iterable[Record], gazetteer: Gazetteer, trades: Trades, dice: Dice, names: Names
    ) -> None:
        self._dice, self._names = dice, names
        self._by_departement: defaultdict[str | None, list[Winner]] = defaultdict(list)
        self._all: list[Winner] = []
        for record in suppliers:
            winner = _winner(record, trades)
            if winner is not None:
                self._all.append(winner)
                self._by_departement[_departement(record, gazetteer)].append(winner)

    def near(self, departement: str) -> Winner | None:
        """A demo supplier of the département. One time in five, or when the département has none, a supplier of any place."""
        pool = self._by_departement.get(departement)
        if not pool or self._dice.chance(0.2):
            pool = self._all
        return self._dice.pick(pool) if pool else None

    def partners(self, departement: str, first: Winner, count: int) -> list[Winner]:
        """Other suppliers of the département, for a group."""
        pool = [
            winner for winner in self._by_departement.get(departement, []) if winner.organisation != first.organisation
        ]
        return self._dice.some(pool, count)

    def company(self) -> Organisation:
        """A company that is no supplier of the demo."""
        number = self._dice.between(0, COMPANIES - 1)
        siren = f"998{number * 7:05d}"
        siren += f"{luhn_digit(siren)}"
        form = COMPANY_FORMS[number % len(COMPANY_FORMS)]
        return Organisation(
            siret=f"{siren}0001{luhn_digit(siren + '0001')}",
            siren=siren,
            id_type="SIRET",
            name=f"{form.format(w=self._names.word(FIRST_WORD + number))} {MARK}",
        )


def _winner(record: Record, trades: Trades) -> Winner | None:
    codes = dict.fromkeys(offer.trade for offer in record.offers if offer.trade is not None)
    known = tuple(code for code in codes if code in trades and trades.get(code).cpv)
    if record.siret is None or record.closed or not known:
        return None
    holder = Organisation(siret=record.siret, siren=record.siren, id_type="SIRET", name=record.name)
    return Winner(holder, tuple(dict.fromkeys(agreement.kind for agreement in record.agreements)), known)


def _departement(record: Record, gazetteer: Gazetteer) -> str | None:
    commune = record.address.commune
    return None if commune is None else gazetteer.get(f"commune:{commune}").departement
