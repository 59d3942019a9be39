"""The other ways to buy a lot: smaller lots, a group, a clause, a criterion, a direct purchase (docs/methods.md (d))."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from vivier.desk.method.lever import carrying, labour_intensive
from vivier.desk.method.outcome import Alternative, Feasibility
from vivier.desk.method.verdict import Assessment
from vivier.french import euros_ht
from vivier.law.articles import article_on
from vivier.law.parameters import value

MOST_LOTS: Final = 50
"""The most lots into which cutting a lot is worth telling."""


def alternatives(made: Feasibility) -> Iterator[Alternative]:
    """Each other way, with its legal basis."""
    best, lot = made.best, made.lot
    for k in (2, 3):
        cap = best.largest[k]
        if cap is not None and lot.annual is not None and lot.annual / MOST_LOTS <= cap < lot.annual:
            lots = math.ceil(lot.annual / cap)
            text = f"Lots d'au plus {euros_ht(cap)} par an ({lots} au lieu d'un), que {k} structures connues peuvent chacune porter"
            yield Alternative(
                f"smaller_lot_{k}", text + _bound(best), "L2113-10" if lot.kind == "marche" else None, cap
            )
    if made.lever != "reserve" or lot.annual is None:
        text = "Groupement de structures pour porter ensemble le lot."
        yield Alternative("consortium", text, best.code)
    condition = "L3114-2" if lot.kind == "concession" else "L2112-2"
    yield Alternative("clause", f"Clause d'insertion : {carrying(made.hours)}.", condition)
    criterion = "L3124-5" if lot.kind == "concession" else "R2152-7"
    yield Alternative("criterion", "Critère social, lié à l'objet du marché.", criterion)
    if labour_intensive(lot) is False:
        text = "Critère environnemental et labels liés à l'objet : la main-d'œuvre pèse peu dans ce lot."
        yield Alternative("environmental", text, "L3124-5" if lot.kind == "concession" else "L2152-7")
    day = lot.law_day(made.as_of)
    limit = value("direct_works" if lot.category == "travaux" else "direct_supplies", day)
    if (
        lot.kind == "marche"
        and lot.amount is not None
        and lot.amount < limit
        and article_on("R2122-8", day).holds_on(day)
    ):
        text = f"Achat direct possible : le lot est sous {euros_ht(limit)}, tous lots comparables pris ensemble."
        yield Alternative("direct_purchase", text, "R2122-8", limit)


def _bound(best: Assessment) -> str:
    """The end of the sentence: when some turnovers are unknown, it says that the advice is a lower bound."""
    total = best.supply.count
    return "." if best.known == total else f" ; au moins : {best.known} chiffres d'affaires connus sur {total}."
