"""Studies a lot over a large place through its parts: who could answer in each, and where one could reserve. A région is studied by its
départements and the country by its régions; a département by its intercommunalités, when the user asks for it.

A structure seldom serves a whole région, so the verdict of the whole says « none » where a lot a département could be reserved. Each part
is studied for its share of the amount, by its people: an assumption, said as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.bodies import Body
from vivier.desk.method.feasibility import Feasibility, Pool, judged
from vivier.desk.method.lever import LEVERS, Lever, lever_title
from vivier.desk.method.prospects import SURETIES
from vivier.desk.method.verdict import Lot, Options, Response
from vivier.french import euros_ht, percent, plural
from vivier.territory import Gazetteer, Territory

_LARGE: Final = ("country", "region")
"""The kinds of territory always studied through their parts."""
_PARTS: Final = {"region": "région", "departement": "département", "epci": "intercommunalité"}
"""French names of a part, by its kind."""
_STARTS: Final[dict[Lever, str]] = {
    "direct": "on pourrait acheter directement à une structure",
    "reserve": "on pourrait réserver",
    "reserve_if": "réservable si deux structures confirment",
}
ReadPools = Callable[[str], Sequence[Pool]]


class PartsBody(Body):
    text: str
    part: str
    rows: list[PartRowBody]


class PartRowBody(Body):
    territory: str
    name: str
    people_share: float
    amount: float | None
    lever: str
    lever_fr: str
    article: str | None
    counted_under: str
    structures: dict[str, int]
    at_least_two_able: float


@dataclass(frozen=True)
class LotPart:
    """One part of the place of a lot. ``share``: its share of the people; ``study``: the lot of that part, without alternatives."""

    territory: Territory
    share: float
    study: Feasibility


def parts(
    lot: Lot,
    places: tuple[str, ...],
    read: ReadPools,
    as_of: date,
    options: Options,
    response: Response,
    gazetteer: Gazetteer,
    *,
    wanted: bool = False,
) -> tuple[LotPart, ...]:
    """The lot in each part of its place, in the order of their codes; nothing for a place that is not large, has a single part, or for several
    places. ``read`` gives the candidates of each trade in a part; ``wanted``: the user wants the parts of a département too."""
    kinds = (*_LARGE, "departement") if wanted else _LARGE
    if len(places) != 1 or gazetteer.get(places[0]).kind not in kinds:
        return ()
    found = tuple(gazetteer.get(part) for part in parts_of(places[0], gazetteer))
    if len(found) < 2:
        return ()
    people = [float(gazetteer.communes.weight[gazetteer.leaves(part.id)].sum()) for part in found]
    return tuple(
        LotPart(
            part,
            own / sum(people),
            judged(_part_of(lot, own / sum(people)), read(part.id), as_of, options, response=response),
        )
        for part, own in zip(found, people, strict=True)
    )


def parts_of(place: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The régions of the country, the départements of a région, or the EPCI of a département that have most of their people there."""
    communes, rows = gazetteer.communes, gazetteer.leaves(place)
    kind = gazetteer.get(place).kind
    if kind == "country":  # a code of three characters is a collectivity
        return tuple(f"region:{code}" for code in sorted(gazetteer.names["region"]) if len(code) == 2)
    if kind == "region":
        numbers = sorted(set(communes.departement.values[rows].tolist()))
        return tuple(f"departement:{communes.departement.codes[n]}" for n in numbers if n >= 0)
    inside = Counter[int]()
    for row in rows:
        inside[int(communes.epci.values[row])] += int(communes.weight[row])
    epcis = ((f"epci:{communes.epci.codes[n]}", people) for n, people in inside.items() if n >= 0)
    return tuple(sorted(epci for epci, people in epcis if 2 * people >= communes.weight[gazetteer.leaves(epci)].sum()))


def _part_of(lot: Lot, share: float) -> Lot:
    if lot.amount is None:
        return lot
    most = None if lot.most_hours is None else lot.most_hours * share
    return replace(lot, amount=lot.amount * share, most_hours=most)


def parts_body(found: Sequence[LotPart]) -> PartsBody:
    """The parts as plain JSON, and the sentence that sums them up."""
    kind = _PARTS[found[0].territory.kind]
    return {"text": _text(found, kind), "part": kind, "rows": [_row(part) for part in found]}


def _row(part: LotPart) -> PartRowBody:
    made, best = part.study, part.study.best
    advised = made.recommended or made.to_confirm
    return {
        "territory": part.territory.id,
        "name": part.territory.name,
        "people_share": round(part.share, 4),
        "amount": made.lot.amount,
        "lever": made.lever,
        "lever_fr": lever_title(made.lever, best.confirmed),
        "article": advised,
        "counted_under": best.code,
        "structures": {surety: best.prospects.count(surety) for surety in SURETIES},
        "at_least_two_able": round(best.prospects.able.two, 4),
    }


def _text(found: Sequence[LotPart], kind: str) -> str:
    """« Réservable dans 2 départements sur 4 : … » and on what this rests."""
    names = {lever: [part.territory.name for part in found if part.study.lever == lever] for lever in LEVERS}
    sentences = [
        f"{start} dans {plural(len(names[lever]), kind)} sur {len(found)} ({', '.join(names[lever])})"
        for lever, start in _STARTS.items()
        if names[lever]
    ]
    start = (
        " ; ".join(sentences)
        or f"on ne pourrait réserver dans {'aucun' if kind == 'département' else 'aucune'} ({len(found)})"
    )
    amounts = [part.study.lot.amount for part in found if part.study.lot.amount is not None]
    amounts_fr = (
        f" Le montant est réparti selon les habitants : de {euros_ht(min(amounts))} à {euros_ht(max(amounts))}, de "
        f"{percent(min(part.share for part in found))} à {percent(max(part.share for part in found))} du total."
        if amounts
        else ""
    )
    return f"Loti par {kind}, {start}.{amounts_fr}"
