"""Keeps why a structure set a lead aside: « not our trade » teaches what it does; the other two move the radius or the size of its list.

The lead leaves the list of who set it aside by the address of that list alone: nobody takes a lead away from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert

from vivier.contracts.moved import moves
from vivier.contracts.objects import trades_of
from vivier.contracts.opportunities import consultation_of
from vivier.contracts.profile import Profile, profile_of_record
from vivier.desk.method.answers import Why
from vivier.given.queue import Queue
from vivier.given.quotas import take
from vivier.given.rounds import opener_of
from vivier.given.sirets import sirets_of
from vivier.given.tables import LEADS_REFUSED
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import Collection

DAYS: Final = 180
"""Days that a refusal is kept, and teaches."""
MOST_A_DAY: Final = 50
"""Leads that one client sets aside in a day."""


@dataclass(frozen=True)
class Refused:
    """A lead set aside. ``without``: the value by which a list leaves it out; ``trades``: those of the structure that it is about; ``moves``: the
    parameters by which a list leaves out what is as far, or as large."""

    without: str
    trades: tuple[str, ...]
    moves: Mapping[str, tuple[float, float] | float]


def refuse_lead(
    queue: Queue,
    supplier: SupplierView,
    collection: Collection,
    lead: Mapping[str, Any],
    why: Why,
    lexicon: Lexicon,
    today: date,
    client: str = "",
    *,
    meant: Iterable[str] = (),
    profile: Profile | None = None,
    distance_km: float | None = None,
) -> Refused:
    """Keeps why a structure set a lead aside: a later reason replaces the former. ``lead``: the stored record, with its id; ``meant``: the trades that its words
    mean, beside those of its CPV; ``profile``: that of the list, the supplier's own by default, from which ``distance_km`` is counted. Nothing is kept of a structure
    without a SIRET. Raises :class:`~vivier.given.quotas.QuotaSpent`."""
    own = profile_of_record(supplier, lexicon, today)
    about = {*trades_of(lead, lexicon), *meant}
    trades = tuple(code for code in own.wanted if code in about)
    name = consultation_of(lead) or str(lead["id"])
    sirets = sirets_of(supplier)
    if sirets:
        values = {
            "structure": supplier["id"],
            "lead": f"{collection}:{name}"[:120],
            "why": why,
            "given_on": today,
            "kept_until": today + timedelta(days=DAYS),
            "siret": sirets[0],
            "kinds": " ".join(own.kinds),
            "departement": departement_of(supplier, lexicon),
            "trades": " ".join(trades),
            "silent": not own.trades,
            "opener": opener_of(client),
            "teaches": True,
        }
        mine = (LEADS_REFUSED.c.structure == values["structure"], LEADS_REFUSED.c.lead == values["lead"])
        with queue.database.transaction() as connection:
            take(connection, client, "lead", today, MOST_A_DAY)
            connection.execute(delete(LEADS_REFUSED).where(*mine))
            connection.execute(insert(LEADS_REFUSED).values(values))
    return Refused(name, trades if why == "trade" else (), moves(why, profile or own, lead, distance_km))


def departement_of(supplier: SupplierView, lexicon: Lexicon) -> str | None:
    """The département of the seat."""
    address = supplier["address"]["value"] if "address" in supplier else {}
    return lexicon.gazetteer.departement_of_seat(address.get("commune"))
