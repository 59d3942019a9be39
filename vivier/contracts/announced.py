"""The next call that a buyer announces in a notice: « le prochain avis est prévu pour mars 2025 ». It concerns the contracts that the notice led to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from vivier.contracts.months import add_months
from vivier.contracts.renewal import AnnouncedBody, RenewalBody
from vivier.errors import NotFound
from vivier.french import month_name
from vivier.model.views import ContractView, NoticeView, RecurrenceView
from vivier.search.find import Reason
from vivier.search.operators import Exists, Range, Search, Sort, Terms, conjunction
from vivier.search.snapshot import Snapshot

MOST_ANNOUNCED: Final = 200
"""Notices with an announced call that are read for the buyers of one page."""
AWARDED_MONTHS: Final = 24
"""Months after a notice within which its contracts are notified [ours]."""
_SAME_CPV: Final = 4
"""First digits of a CPV code that a notice and its contract share: the class."""
_UNITS: Final = {3: "trimestre", 6: "semestre"}


def period_text(first: date, last: date) -> str:
    """« mars 2025 », « 1er trimestre 2027 », « 2e semestre 2024 », « 2028 »."""
    months = last.month - first.month + 1
    if months == 1:
        return month_name(first)
    if months not in _UNITS:
        return str(first.year)
    place = (first.month - 1) // months + 1
    return f"{place}{'er' if place == 1 else 'e'} {_UNITS[months]} {first.year}"


def recurrence_text(found: RecurrenceView) -> str:
    """What a notice says of the ones to come."""
    if not found.get("recurrent"):
        return "aucune : l'acheteur dit l'achat non renouvelable"
    period = _period(found)
    if period is not None:
        return f"nouvel avis annoncé : {period_text(*period)}"
    written = found.get("text")
    return f"achat renouvelable : « {written} »" if written else "achat renouvelable, date non publiée"


def announced_calls(sirens: Iterable[str], snapshot: Snapshot, as_of: date) -> list[NoticeView]:
    """The notices of some buyers that announce a call whose period is not over, each consultation once, the soonest first. Nothing when no notice is
    indexed."""
    numbers = tuple(dict.fromkeys(sirens))
    if not numbers:
        return []
    where = conjunction(
        Terms("buyer", numbers),
        Exists("next_call"),
        Range("next_call", gte=as_of.replace(month=1, day=1).isoformat()),
        Range("published", lte=as_of.isoformat()),
    )
    try:
        found = snapshot.notices.search(Search(where=where, sort=(Sort("next_call"),), limit=MOST_ANNOUNCED))
    except NotFound:
        return []
    notices = {hit.record["number"]: hit.record for hit in reversed(found.hits)}
    return [notice for notice in reversed(notices.values()) if period_of(notice)[1] >= as_of]


def announced_for(records: Iterable[ContractView], snapshot: Snapshot, as_of: date) -> Mapping[str, AnnouncedBody]:
    """By key of contract, the call that follows it as a notice announces it: of the same buyer and of the same CPV class, published before the contract was
    notified. Nothing where notices announce several periods."""
    every = list(records)
    calls = announced_calls((siren for record in every if (siren := record["buyer"].get("siren"))), snapshot, as_of)
    found: dict[str, AnnouncedBody] = {}
    for record in every if calls else ():
        leading = [notice for notice in calls if _leads_to(notice, record)]
        if leading and len({period_of(notice) for notice in leading}) == 1:
            found[record["key"]] = _announced(leading[0])
    return found


def period_of(notice: NoticeView) -> tuple[date, date]:
    """The period of the call that a notice announces. Raises ``ValueError`` for one that announces none."""
    found = notice.get("recurrence")
    period = None if found is None else _period(found)
    if period is None:
        raise ValueError(f"{notice['key']} announces no call")
    return period


def announced_reason(following: RenewalBody | None) -> Iterator[Reason]:
    """Why to expect the next call of a contract, when its buyer announces it."""
    if following is not None and following["announced"] is not None:
        yield Reason("renewal", f"nouvel avis annoncé par l'acheteur : {following['announced']['text']}", fits=False)


def _announced(notice: NoticeView) -> AnnouncedBody:
    first, last = period_of(notice)
    text = period_text(first, last)
    return {"first": first.isoformat(), "last": last.isoformat(), "text": text, "notice": notice["key"]}


def _period(found: RecurrenceView) -> tuple[date, date] | None:
    first, last = found.get("first"), found.get("last")
    return None if first is None or last is None else (date.fromisoformat(first), date.fromisoformat(last))


def _leads_to(notice: NoticeView, record: ContractView) -> bool:
    day, notified, cpv = notice.get("published"), record.get("notified"), record.get("cpv")
    if day is None or notified is None or cpv is None or notice["buyer"].get("siren") != record["buyer"].get("siren"):
        return False
    latest = add_months(date.fromisoformat(day), AWARDED_MONTHS).isoformat()
    return day <= notified <= latest and any(code[:_SAME_CPV] == cpv[:_SAME_CPV] for code in notice.get("cpv", ()))
