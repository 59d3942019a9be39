"""Makes the offers of an organic operator: the trades of its productions, else of its activities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from crawlers.sources._bio_label import Operator
from vivier.model import Evidence, Label, Offer
from vivier.trades.table import load_trades
from vivier.validity import Period, periods


def offers_of(operator: Operator, labels: Iterable[Label], today: date, issues: list[str]) -> tuple[Offer, ...]:
    """One offer for each trade and period that its labels certify. Productions in conversion are only declared, and
    undated.

    Activities (« Préparation », « Distribution ») are coarser than productions: they are read only when productions
    give no trade. A trade in conversion is left out when a label that holds ``today`` certifies the same trade.
    """
    if not operator.certificates:
        return ()
    about = " ; ".join((*operator.activities, *operator.categories)) or None
    certified = periods(labels)
    proved = list(_offers(operator.organic, "certified", about))
    converting = list(_offers(operator.converting, "declared", about, " (en conversion)"))
    if certified and not proved and not converting:
        proved = list(_by_activity(operator, about))
        if not proved:
            issues.append("bio_without_trade")
    in_force = {offer.trade for offer in proved} if any(period.holds_on(today) for period in certified) else set()
    dated = [_during(offer, period) for offer in _distinct(proved) for period in certified]
    return (*dated, *(offer for offer in _distinct(converting) if offer.trade not in in_force))


def _distinct(offers: list[Offer]) -> Iterator[Offer]:
    """The first offer of each trade."""
    seen: set[str | None] = set()
    for offer in offers:
        if offer.trade not in seen:
            seen.add(offer.trade)
            yield offer


def _during(offer: Offer, certified: Period) -> Offer:
    return offer.model_copy(update={"valid_from": certified.start, "valid_until": certified.end})


def _offers(
    productions: Sequence[tuple[str, str]], evidence: Evidence, about: str | None, mark: str = ""
) -> Iterator[Offer]:
    names: dict[str, list[str]] = {}
    for name, code in productions:
        for trade in trades_of_production(name, code):
            names.setdefault(trade, []).append(f"{name}{mark}")
    for trade, titles in names.items():
        title = " ; ".join(dict.fromkeys(titles))
        yield Offer(trade=trade, service_types=("goods",), evidence=evidence, title=title, description=about)


def _by_activity(operator: Operator, about: str | None) -> Iterator[Offer]:
    for activity in operator.activities:
        for trade in load_trades().by_bio(activity):
            yield Offer(trade=trade.code, evidence="certified", title=activity, description=about)


def trades_of_production(name: str, code: str) -> tuple[str, ...]:
    """Trades of a production by its name, else by its code of the classification of products (``01.13.4`` → ``01.13``)."""
    trades = load_trades()
    written = [name, *(code[:end] for end in range(len(code), 1, -1))]
    found = next((trades.by_bio(key) for key in written if trades.by_bio(key)), ())
    return tuple(trade.code for trade in found)
