"""An extract knows what was public on its day: what a record holds of later days is not read."""

from __future__ import annotations

from datetime import date

from crawlers.kit import Outcome, Skip
from vivier.model import ContractRecord, Notice


def known_on(day: date, outcome: Outcome) -> Outcome:
    """The row as it was known on ``day``: skipped when published later, without its later modifications and subcontracts.

    A contract is public from its publication, else from its notification. What says neither was perhaps not public: it is skipped too.
    A supplier has no such day and stays whole.
    """
    if isinstance(outcome, Notice):
        return outcome if _by(day, outcome.published) else Skip("after_extract")
    if not isinstance(outcome, ContractRecord):
        return outcome
    if not _by(day, outcome.published or outcome.notified) or not _by(day, outcome.notified or day):
        return Skip("after_extract")
    earlier = {
        "modifications": tuple(each for each in outcome.modifications if _by(day, each.published or each.notified)),
        "subcontracts": tuple(each for each in outcome.subcontracts if _by(day, each.notified)),
    }
    changed = {name: remaining for name, remaining in earlier.items() if len(remaining) < len(getattr(outcome, name))}
    return outcome.model_copy(update=changed) if changed else outcome


def _by(day: date, public: date | None) -> bool:
    return public is not None and public <= day
