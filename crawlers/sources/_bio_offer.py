"""What an organic operator sells: trades of its productions, else of its activities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from crawlers.sources._bio_label import Operator
from vivier.model import Evidence, Label, Offer
from vivier.trades import load_trades


def offers_of(operator: Operator, labels: Iterable[Label], today: date, issues: list[str]) -> tuple[Offer, ...]:
    """One offer per trade. A label that holds today certifies what is organic; what is in conversion is only declared.

    Activities (« Préparation », « Distribution ») are coarser than productions: they speak only when those say nothing.
    """
    certified = any(_holds(label, today) for label in labels)
    about = " ; ".join((*operator.activities, *operator.categories)) or None
    if not operator.certificates:
        return ()
    found = list(_offers(operator.converting, "declared", about, " (en conversion)"))
    if certified:
        found = [*_offers(operator.organic, "certified", about), *found]
        if not found:
            found = list(_by_activity(operator, about))
    if certified and not found:
        issues.append("bio_without_trade")
    return tuple({offer.trade: offer for offer in reversed(found)}.values())[::-1]


def _holds(label: Label, today: date) -> bool:
    started = label.valid_from is None or label.valid_from <= today
    return started and (label.valid_until is None or today <= label.valid_until) and not label.suspended


def _offers(
    productions: Sequence[tuple[str, str]], evidence: Evidence, about: str | None, mark: str = ""
) -> Iterator[Offer]:
    names: dict[str, list[str]] = {}
    for name, code in productions:
        for trade in trades_of_production(name, code):
            names.setdefault(trade, []).append(f"{name}{mark}")
    for trade, told in names.items():
        title = " ; ".join(dict.fromkeys(told))
        yield Offer(trade=trade, service_types=("goods",), evidence=evidence, title=title, description=about)


def _by_activity(operator: Operator, about: str | None) -> Iterator[Offer]:
    for activity in operator.activities:
        for trade in load_trades().by_bio(activity):
            yield Offer(trade=trade.code, evidence="certified", title=activity, description=about)


def trades_of_production(name: str, code: str) -> tuple[str, ...]:
    """Trades of a production by its name, else by its code of the classification of products (``01.13.4`` → ``01.13``)."""
    trades = load_trades()
    written = [name, *(code[:end] for end in range(len(code), 1, -1))]
    found = next((trades.by_bio(one) for one in written if trades.by_bio(one)), ())
    return tuple(trade.code for trade in found)
