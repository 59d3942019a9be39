"""The story of one contract: the other lots of its consultation, its framework agreement and the contracts under it, the
contract that renewed it, and comparable contracts of other buyers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NotRequired, cast

from vivier.bodies import Body
from vivier.contracts.reasons import contract_reasons
from vivier.contracts.renewal import RenewalBody, following_of
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, InclusiveHolderView, OrganisationView
from vivier.search.operators import AnyOf, Not, Operator, Range, Search, Sort, Terms, conjunction
from vivier.search.scoring import ladder_part
from vivier.search.snapshot import Snapshot
from vivier.trades.cpv import significant

MOST_LOTS: Final = 100
MOST_COMPARABLE: Final = 10
_LIKE_SIZE: Final = 3.0
"""The yearly amount of a comparable contract is between a third of this one's and three times it."""


class RelatedBody(Body):
    """A contract as a list of related contracts shows it. What is not known of it is absent."""

    id: str
    object: str
    buyer: OrganisationView
    holders: NotRequired[list[OrganisationView]]
    inclusive: NotRequired[list[InclusiveHolderView]]
    cpv: NotRequired[str]
    amount: NotRequired[float]
    months: NotRequired[int]
    notified: NotRequired[str]
    ends: NotRequired[str]
    renewal: NotRequired[RenewalBody]
    offers: NotRequired[int]
    lot: NotRequired[int]
    in_trade: NotRequired[bool]
    reasons: list[str]


class StoryBody(Body):
    """Contracts related to one, by what relates them."""

    lots: list[RelatedBody]
    framework: list[RelatedBody]
    children: list[RelatedBody]
    renewed_by: list[RelatedBody]
    comparable: list[RelatedBody]


def contract_story(record: ContractView, snapshot: Snapshot, lexicon: Lexicon, today: date) -> StoryBody:
    """``lots``, ``framework``, ``children``, ``renewed_by``, ``comparable``: summaries, best first. Contracts notified after
    ``today`` are left out."""
    own = Terms("id", (record["key"],))

    def some(where: Operator | None, limit: int = MOST_LOTS) -> list[RelatedBody]:
        if where is None:
            return []
        known = Range("notified", lte=today.isoformat(), missing=True)
        search = Search(
            where=conjunction(where, known, Not(own)), sort=(Sort("notified", descending=True),), limit=limit
        )
        return [summary(hit.record, today, lexicon) for hit in snapshot.contracts.search(search).hits]

    def alike() -> list[RelatedBody]:
        if record.get("cpv") is None:
            return []
        found = snapshot.contracts.search(comparable(record, own))
        return [summary(hit.record, today, lexicon) for hit in found.hits]

    consultation, parent, renewal = record.get("consultation"), record.get("parent"), record.get("renewed_by")
    lots, framework, children, renewed_by, similar = snapshot.together(
        lambda: some(Terms("consultation", (consultation,)) if consultation else None),
        lambda: some(Terms("id", (parent,)) if parent else None),
        lambda: some(Terms("parent", (record["key"],))),
        lambda: some(Terms("id", (renewal,)) if renewal else None),
        alike,
    )
    return {
        "lots": lots,
        "framework": framework,
        "children": children,
        "renewed_by": renewed_by,
        "comparable": similar,
    }


def comparable(record: ContractView, own: Operator) -> Search:
    """The search of contracts of other buyers in the same CPV class, those of similar size and with a social provision first."""
    stem = significant(record.get("cpv") or "")[:4]
    buyer = record["buyer"].get("siren")
    where = conjunction(
        Terms("cpv", (stem,)),
        Not(own),
        None if buyer is None else Not(Terms("buyer", (buyer,))),
    )
    amount, months = record.get("amount"), max(record.get("months") or 12, 12)
    steps: list[tuple[Operator, float]] = []
    if amount:
        yearly = amount * 12 / months
        steps.append((Range("annual_amount", gte=yearly / _LIKE_SIZE, lte=yearly * _LIKE_SIZE), 1.0))
    social = [(AnyOf((Terms("social", ("yes",)), Terms("provisions", ("reserved",)))), 1.0)]
    return Search(
        where=where,
        parts=(ladder_part("size", 0.6, steps), ladder_part("provision", 0.4, social)),
        sort=(Sort("score"), Sort("notified", descending=True)),
        limit=MOST_COMPARABLE,
    )


def summary(record: ContractView, as_of: date, lexicon: Lexicon) -> RelatedBody:
    names = ("object", "buyer", "holders", "inclusive", "cpv", "amount", "months", "notified", "ends", "offers", "lot")
    fields: Mapping[str, Any] = record
    shown = {name: fields[name] for name in names if name in fields}
    reasons = [reason.text for reason in contract_reasons(record, None, as_of, lexicon)]
    following = following_of(record, as_of)
    found = {} if following is None else {"renewal": following}
    return cast(RelatedBody, {"id": record["key"], **shown, **found, "reasons": reasons})
