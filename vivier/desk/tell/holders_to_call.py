"""Says in French what a holder owes, what is left and what it subcontracts; writes a holder to call as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vivier.bodies import Body, body_of
from vivier.desk.facts.holders_to_call import Facilitating, ToCall, facilitators
from vivier.desk.method.hours_left import Basis
from vivier.french import euros_ht, integer, long_day, plural
from vivier.model.views import ContractView, SubcontractView

UNKNOWN_HOURS = "Heures inconnues : ni heures publiées, ni montant et durée utilisables"


class HoursOwedBody(Body):
    """``basis``: declared by a source, or estimated; least and most hours of the whole contract, then those left."""

    basis: Basis
    low: int
    high: int
    left_low: int
    left_high: int


class CallsBody(Body):
    starts: str
    middle: str
    last: str
    text: str


class FacilitatorBody(Body):
    code: str
    title: str
    url: str


class ActBody(Body):
    siren: str
    name: str | None
    amount: float | None
    months: int | None
    notified: str | None
    inclusive: bool


class ToCallBody(Body):
    """``hours``, ``calls`` and ``facilitators`` are those of a clause, ``acts`` those of a holder who subcontracts; ``local``: whether the facilitators
    name the place, or the whole country."""

    id: str
    distance_km: float | None
    hours: HoursOwedBody | None
    hours_fr: str
    calls: CallsBody | None
    facilitators: list[FacilitatorBody]
    local: bool
    acts: list[ActBody]
    record: ContractView


def hours_text(row: ToCall) -> str:
    """« 300 à 600 heures estimées ; il en reste 150 à 300 si elles sont réparties également »."""
    if row.owed is None or row.left is None:
        return UNKNOWN_HOURS
    what = "déclarées" if row.owed.basis == "declared" else "estimées"
    return f"{_hours(row.owed.low, row.owed.high)} {what} ; reste {_hours(*row.left)}"


def _hours(low: float, high: float) -> str:
    least, most = round(low), round(high)
    if least == most:
        return plural(most, "heure")
    return f"{integer(least)} à {plural(most, 'heure')}" if least else f"au plus {plural(most, 'heure')}"


def acts_text(acts: Sequence[SubcontractView]) -> str:
    """« 3 actes, 21 800 € HT, le dernier le 1er juillet 2024 »: what is declared of the acts with one subcontractor. A euro is no amount."""
    amounts = [amount for act in acts if (amount := act.get("amount")) is not None and amount > 1]
    days = [day for act in acts if (day := act.get("notified")) is not None]
    several = len(acts) > 1
    parts = (
        plural(len(acts), "acte") if several else "",
        euros_ht(sum(amounts)) if amounts else "montant inconnu",
        f"{'le dernier ' if several else ''}le {long_day(max(days))}" if days else "",
    )
    return ", ".join(filter(None, parts))


def to_call_body(row: ToCall, facilitating: Facilitating, as_of_text: str | None) -> ToCallBody:
    """One holder as JSON. ``as_of_text``: when to call, in words."""
    clause = not row.acts
    found = facilitating.of(row.record) if clause else None
    return {
        "id": row.id,
        "distance_km": None if row.distance_km is None else round(row.distance_km, 2),
        "hours": _hours_body(row),
        "hours_fr": hours_text(row) if clause else "",
        "calls": None if row.calls is None or as_of_text is None else body_of(CallsBody, row.calls, text=as_of_text),
        "facilitators": [body_of(FacilitatorBody, entry) for entry in facilitators(found)],
        "local": found is not None and bool(found.facilitators),
        "acts": list(_acts(row)),
        "record": row.record,
    }


def _hours_body(row: ToCall) -> HoursOwedBody | None:
    if row.owed is None or row.left is None:
        return None
    return {
        "basis": row.owed.basis,
        "low": round(row.owed.low),
        "high": round(row.owed.high),
        "left_low": round(row.left[0]),
        "left_high": round(row.left[1]),
    }


def _acts(row: ToCall) -> Iterator[ActBody]:
    known = {holder["siren"] for holder in row.record.get("inclusive", ()) if holder.get("subcontractor")}
    for act in row.acts:
        party = act["subcontractor"]
        yield {
            "siren": party["siren"],
            "name": party.get("name"),
            "amount": act.get("amount"),
            "months": act.get("months"),
            "notified": act.get("notified"),
            "inclusive": party["siren"] in known,
        }
