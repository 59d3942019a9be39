"""Prepares a holder to call for the page: whom, what it owes or subcontracts, where, when, and who facilitates there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search_api.contracts.pages.contracts import Party, buyer_party, holders, subcontractors
from search_api.contracts.pages.leads import page_of
from search_api.pages.places import place_label
from search_api.pages.words import credit
from vivier.contracts.objects import object_title
from vivier.desk.facts.holders_to_call import Facilitating, ToCall, facilitators
from vivier.desk.tell.holders_to_call import acts_text, hours_text
from vivier.french import euros_ht, kilometres
from vivier.lexicon import Lexicon
from vivier.model.views import SubcontractView

MOST_NAMED = 5
"""Subcontractors named on a card."""
UNDATED = "Fin inconnue : à appeler dès maintenant"


@dataclass(frozen=True)
class HolderCard:
    """One contract whose holders are worth a call. ``help``: title and address of those who facilitate there; ``local``: whether they name the place;
    ``shares``: the first subcontractors, each with what is declared of its acts; ``others``: how many more."""

    title: str
    page: str
    holders: tuple[Party, ...]
    buyer: Party
    where: str
    amount: str
    hours: str
    when: str
    help: tuple[tuple[str, str], ...]
    local: bool
    shares: tuple[tuple[Party, str], ...]
    others: int
    sources: tuple[str, ...]


def holder_card(row: ToCall, facilitating: Facilitating, as_of: date, lexicon: Lexicon) -> HolderCard:
    """The card of one contract on a day."""
    record, clause = row.record, not row.acts
    shares = _shares(row)
    amount, place = record.get("amount"), record.get("place")
    found = facilitating.of(record) if clause else None
    far = None if row.distance_km is None else f"à {kilometres(max(1, round(row.distance_km)))}"
    return HolderCard(
        title=object_title(record),
        page=page_of(row.id, True),
        holders=tuple(holders(record)),
        buyer=buyer_party(record["buyer"]),
        where=", ".join(filter(None, (place and place_label(place, lexicon.gazetteer), far))) or "lieu non reconnu",
        amount="montant inconnu" if amount is None else euros_ht(amount),
        hours=hours_text(row) if clause else "",
        when="" if not clause else UNDATED if row.calls is None else row.calls.text(as_of),
        help=tuple((entry.title, entry.url) for entry in facilitators(found)),
        local=found is not None and bool(found.facilitators),
        shares=tuple(shares[:MOST_NAMED]),
        others=max(0, len(shares) - MOST_NAMED),
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
    )


def _shares(row: ToCall) -> list[tuple[Party, str]]:
    """Each subcontractor with its acts."""
    acts: dict[Party, list[SubcontractView]] = {}
    for act in row.acts:
        (party,) = subcontractors({**row.record, "subcontracts": [act]})
        acts.setdefault(party, []).append(act)
    return [(party, acts_text(own)) for party, own in acts.items()]
