"""Prepares a lead for the page: its kind, its due date, the reasons why it suits the supplier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast
from urllib.parse import quote

from search_api.context import Context
from search_api.contracts.pages.contracts import Party, buyer_party, holders
from search_api.pages.chips import Chip
from search_api.pages.controls import Form
from search_api.pages.places import place_label
from search_api.pages.words import credit, in_brief
from vivier.contracts.acts import when_text, where_text
from vivier.contracts.eligible import SOCIAL
from vivier.contracts.lead_search import COLLECTIONS
from vivier.contracts.leads import COMPONENT_NAMES, OWN_ENDS, Lead
from vivier.contracts.objects import object_title
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import reference_of
from vivier.french import and_others, capital, euros, kilometres, long_day
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView
from vivier.names import readable_name
from vivier.procurement import LeadKind
from vivier.search.find import Reason
from vivier.search.operators import Collection
from vivier.territory.phrases import of_place

MOST_SUPPOSED = 6
"""Supposed trades named in a profile."""
DUE_NAMES: Final[Mapping[LeadKind, str]] = {
    "open_notice": "Réponse à rendre",
    "expiring_contract": "Acheteur à appeler",
    "planned_project": "Publication prévue",
    "clause_holder": "Fin d’une clause sociale",
}
"""What the day of a lead is, on a timeline."""


@dataclass(frozen=True)
class LeadCard:
    """One lead. ``lead``: its collection and its id; ``page``: the page of the contract or of the notice; ``when``: what to do and until when; ``brief``: its title as the card
    shows it; ``where``: its département; ``who``: its buyer; ``why``: the first reason; ``ics``: the address of that day as a calendar file;
    ``lots``: title, page and due date of the other lots."""

    rank: int
    lead: str
    kind: str
    title: str
    page: str
    buyer: Party
    holders: tuple[Party, ...]
    when: str
    where: str
    who: str
    amount: str | None
    why: str | None
    brief: str
    ics: str | None
    distance: str | None
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    score: int
    parts: tuple[tuple[str, int], ...]
    lots: tuple[tuple[str, str, str], ...]


def lead_card(lead: Lead, rank: int, as_of: date) -> LeadCard:
    record = lead.record
    contract = COLLECTIONS[lead.kind] == "contracts"
    reasons = tuple(reason for reason in lead.reasons if reason.code not in ("distance", "incumbent"))
    amount = cast(ContractView, record).get("amount") if contract else None
    buyer = buyer_party(record["buyer"])
    named = tuple(holders(cast(ContractView, record))) if contract else ()
    # of a clause, the holder is the one to call
    whom = named[0].name if named and lead.kind == "clause_holder" else buyer.name
    when = when_text(lead.kind, lead.due, lead.call, cast(Mapping[str, Any], record), as_of)
    return LeadCard(
        rank=rank,
        lead=f"{COLLECTIONS[lead.kind]}:{lead.id}",
        kind=lead.kind_fr,
        title=object_title(record),
        page=page_of(lead.id, contract),
        buyer=buyer,
        holders=named,
        when=f"{OWN_ENDS} : {when[:1].lower()}{when[1:]}" if lead.mine else when,
        where=where_text(lead.reasons, lead.distance_km),
        who=whom,
        amount=None if amount is None else euros(amount),
        why=_why(reasons),
        brief=object_title(record),
        ics=None if lead.due is None else ics_of(COLLECTIONS[lead.kind], lead.id),
        distance=None if lead.distance_km is None else kilometres(lead.distance_km),
        reasons=reasons,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
        score=lead.score,
        parts=tuple((COMPONENT_NAMES[part.name], part.points) for part in lead.components),
        lots=tuple(
            (lot.title, page_of(lot.id, contract), "" if lot.due is None else long_day(lot.due)) for lot in lead.lots
        ),
    )


def _why(reasons: Sequence[Reason]) -> str | None:
    """The reservation, else the first reason that is neither of the date, of the place nor of the amount, in a few words. « Dans vos
    métiers », which each card would say, leaves its place to a social provision, and where it was published is read below."""
    found = [reason for reason in reasons if reason.code not in ("ends", "open", "planned", "place", "amount")]
    if not found:
        return None
    mine = found[0].code == "sector" and not found[0].inferred
    best = next((reason for reason in found if reason.code in (SOCIAL if mine else ("reserved",))), None)
    if best is None and mine:
        return None
    shown = best or found[0]
    text = shown.text.partition(" : ")[0] if shown.code in SOCIAL and shown.code != "reserved" else shown.text
    return capital(in_brief(text))


def page_of(id_: str, contract: bool) -> str:
    return f"/marches/{quote(id_, safe='')}" if contract else f"/avis/{quote(id_, safe='')}"


def ics_of(collection: Collection, id_: str) -> str:
    """The address of the date of one contract or notice, as a calendar file."""
    return f"/v1/feeds/{collection}/{quote(id_, safe='')}.ics"


def named(chips: Iterable[Chip], profile: Profile) -> list[Chip]:
    """The chips, that of the supplier with its name in place of the number."""
    return [
        replace(chip, label=readable_name(profile.name)) if chip.name == "supplier" and profile.name else chip
        for chip in chips
    ]


def for_whom(lists: Mapping[str, Any], profile: Profile, context: Context) -> dict[str, Any]:
    """What every list shows, with its profile: the name of the supplier in place of its id, in the chips and in its field, and its words."""
    form: Form = lists["form"]
    written = reference_of(profile, context.snapshot, context.lexicon)
    others = (replace(each, value=written) if each.name == "supplier" and written else each for each in form.others)
    return {
        **lists,
        "chips": named(lists["chips"], profile),
        "form": replace(form, others=tuple(others)),
        "about": f" pour {readable_name(profile.name)}" if profile.name else "",
        "profile": profile_text(profile, context.lexicon),
    }


def profile_text(profile: Profile, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """The profile in titles and texts; the text of an unknown value says that it is unknown."""
    zone = profile.zone
    places = ", ".join(place_label(id_, lexicon.gazetteer) for id_ in zone.territories)
    if zone.point is not None and zone.km is not None:
        commune = lexicon.gazetteer.commune_at(*zone.point)
        centre = "du point demandé" if commune is None else of_place(place_label(commune.id, lexicon.gazetteer))
        places = f"à moins de {kilometres(zone.km)} {centre}"
    what = "lieu" if zone.km is None else "rayon"
    supposed = f" ; {what} supposé, la zone d'intervention n'est pas publiée" if zone.inferred else ""
    labels = ", ".join(dict.fromkeys(LABELS[label.code].name for label in profile.labels))
    kinds = "aucun connu" if profile.ordinary else "non précisés"
    return (
        ("Métiers", _trades(profile, lexicon)),
        ("Lieu", (places or "toute la France") + supposed),
        ("Types de structure", ", ".join(profile.kinds) or kinds),
        *((("Labels", labels),) if labels else ()),
    )


def _trades(profile: Profile, lexicon: Lexicon) -> str:
    names = [lexicon.trade_names.get(code, code) for code in profile.wanted]
    if profile.trades or not names:
        return ", ".join(names) or ("tous métiers" if profile.supplier is None else "aucun que nous sachions chercher")
    others = and_others(len(names), MOST_SUPPOSED)
    return f"non publiés ; supposés d'après le type, l'activité et le nom : {', '.join(names[:MOST_SUPPOSED])}{others}"
