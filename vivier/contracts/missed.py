"""« Passés, que je n'ai pas eus »: the filter of contracts by what a structure did not win, and the fact that was missing (docs/contracts.md,
« Leads »). A purchase is one of its trades, reserved or with a social clause (environmental, for an ordinary labelled company), within its zone or
around, that others hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np

from vivier.contracts.eligible import OWN_HOLDER, TRIAL, inside, of_trade, unfit
from vivier.contracts.held_labels import GREEN
from vivier.contracts.leads_query import ProfileQuery
from vivier.contracts.months import add_months
from vivier.contracts.profile import Profile
from vivier.contracts.query import RESERVED_FOR
from vivier.contracts.query_profile import profile_of
from vivier.french import enumerated, kilometres
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView
from vivier.search.find import Reason
from vivier.search.operators import All, Not, Operator, Range, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.territory.sphere import great_circle_km

MONTHS: Final = 36
"""Months before the day of the question within which a contract was notified."""
BEYOND_KM: Final = 50.0
"""Kilometres beyond the zone of the structure within which a purchase is shown, as too far [ours]."""


def missed_profile(supplier: str, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> Profile:
    """The profile of a supplier. Raises the errors of :func:`~vivier.contracts.query_profile.profile_of`."""
    return profile_of(ProfileQuery(supplier=supplier), snapshot, lexicon, as_of)


def not_won(profile: Profile, lexicon: Lexicon, as_of: date) -> Operator:
    """The contracts that the supplier of a profile did not win."""
    zone = profile.zone
    wider = replace(profile, zone=replace(zone, km=zone.km + BEYOND_KM) if zone.km is not None else zone)
    own = () if profile.siren is None else (Not(Terms("holders", (profile.siren,))),)
    provisions = GREEN if profile.ordinary else Terms("provisions", ("reserved", "clause"))
    since = add_months(as_of, -MONTHS).isoformat()
    return conjunction(
        of_trade(profile, lexicon, "contracts") or All(),
        Not(unfit(profile, lexicon, "contracts")),
        provisions,
        inside(wider, "contracts"),
        Range("notified", gte=since, lte=as_of.isoformat()),
        *own,
        Not(OWN_HOLDER),
        Not(TRIAL),
    )


def missing(record: ContractView, profile: Profile, lexicon: Lexicon) -> Reason:
    """The fact that was missing, in French; that none was, as far as the index knows: it knows neither the price nor the quality of offers."""
    text = next(_facts(record, profile, lexicon), "rien ne vous manquait, d'après l'index")
    return Reason("missing", f"pas eu : {text}", True, fits=False)


def _facts(record: ContractView, profile: Profile, lexicon: Lexicon) -> Iterator[str]:
    families = record.get("reserved_for", ())
    if families and "unknown" not in families and set(families).isdisjoint(profile.families):
        yield f"réservé à d'autres ({enumerated([RESERVED_FOR[family] for family in families], 'ou')})"
    distance, most = _distance(record, profile, lexicon), profile.zone.km
    if distance is not None and most is not None and distance > most:
        yield f"à {kilometres(round(distance))}, votre zone va jusqu'à {kilometres(most)}"
    annual: Any = record.get("annual_amount")
    if annual is not None and profile.means is not None and annual > profile.means * value("largest_lot"):
        yield "trop grand pour vous seul : un partenaire, en cotraitance"
    if not profile.trades:
        yield "un métier à publier : le vôtre n'est que supposé"


def _distance(record: ContractView, profile: Profile, lexicon: Lexicon) -> float | None:
    """Kilometres from the point of the zone to the place of a contract, or to the seat of its buyer; ``None`` when one is unknown."""
    place = record.get("place") or record.get("buyer_seat")
    point = None if place is None else lexicon.gazetteer.reference_point(place)
    if point is None or profile.zone.point is None:
        return None
    lon, lat = point
    return float(great_circle_km(*profile.zone.point, np.array([lon]), np.array([lat]))[0])
