"""Words in French what is known of a supplier on the subject of a condition: why it meets the condition or does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from vivier.french import kilometres, typed
from vivier.lexicon import Lexicon
from vivier.model import members
from vivier.model.views import OfferView
from vivier.search.columns import Cell
from vivier.search.query import filters
from vivier.suppliers import rows
from vivier.suppliers.offers import trade_of
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.reasons import coverage_words, term
from vivier.suppliers.refused import refused_trades
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.rows import Line, Shared
from vivier.vocabulary import EVIDENCES

UNKNOWN: Final = "non publié"


def known(name: str, result: SupplierResult, plan: SupplierPlan, lexicon: Lexicon) -> str:
    """What is known of the result on the subject of the condition ``name``, in French, or ``non publié``; empty when the condition has no
    reader: the words are shown in a table of their own."""
    read = reader_of(name)
    if read is None:
        return ""
    cell = read(Line(result, 0, Shared(plan.as_of, lexicon, wanted=plan.wanted)))
    return " ; ".join(_texts(cell)) or UNKNOWN


def reader_of(name: str) -> Callable[[Line], Cell] | None:
    """The function that reads what a parameter is about: the one declared here, else the value of the member that it filters; ``None``
    when there is neither."""
    declared = filters(SupplierQuery).get(name)
    if name in _READERS or declared is None or declared.field not in members():
        return _READERS.get(name)
    return partial(_fact, declared.field)


def _fact(member: str, line: Line) -> Cell:
    fact: Any = line.record.get(member)
    return None if fact is None else typed(fact["value"])


def _trades(line: Line) -> Cell:
    """Each trade with the strength of its proof and the end of its validity, then those of the query that it declares not to do."""
    declared = (fact["value"].get("trade") for fact in line.record.get("not_offered", ()))
    refused = refused_trades(declared, line.shared.lexicon.trades) & line.shared.wanted
    names = (f"déclare ne pas faire : {line.shared.lexicon.trade_names[code]}" for code in sorted(refused))
    offers = (fact["value"] for fact in line.offers)
    read = ((trade_of(offer, supposed=True), offer) for offer in offers)
    return (*dict.fromkeys(_trade(code, offer, line.shared) for code, offer in read if code is not None), *names)


def _trade(code: str, offer: OfferView, shared: Shared) -> str:
    name = shared.lexicon.trade_names.get(code, code)
    until = term(offer, shared.on)
    proof = EVIDENCES.get(offer.get("evidence", ""), "preuve non précisée")
    return f"{name} ({', '.join(filter(None, (proof, until)))})"


def _served(line: Line) -> Cell:
    """The zones, the town of the seat, and how the best zone covers the territory of the query."""
    zones = _texts(rows.zones(line)) or ("zone non publiée",)
    covered = line.result.coverage
    town = line.address.get("town")
    seat = "lieu non publié" if town is None else f"siège à {town}"
    return (*zones, seat, *([coverage_words(covered)] if covered is not None else []))


def _seat(line: Line) -> Cell:
    departement = rows.departement(line)
    named = f"{line.address.get('town', 'lieu non publié')}, département {departement or 'inconnu'}"
    distance = line.result.distance_km
    return named if distance is None else f"{named}, à {kilometres(distance)}"


def _size(unit: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        figure = line.figures.get(unit)
        return None if figure is None else f"{typed(figure['value'])} {rows.UNITS[unit]}"

    return read


def _networks(line: Line) -> Cell:
    return tuple(fact["value"] for fact in line.record.get("networks", ()))


_READERS: Final[Mapping[str, Callable[[Line], Cell]]] = {
    **dict.fromkeys(("kind", "article", "not_kind"), rows.agreements),
    **dict.fromkeys(("label", "not_label"), rows.labels),
    **dict.fromkeys(("trade", "cpv", "not_trade", "evidence", "min_evidence"), _trades),
    "service_type": rows.service_types,
    "territory": _served,
    "same_offer": lambda line: (*_texts(_trades(line)), *_texts(_served(line))),
    **dict.fromkeys(("seat", "departement", "region", "near", "polygon"), _seat),
    **dict.fromkeys(("turnover_min", "turnover_max"), _size("eur_year")),
    "volume_min": _size("volume_eur_year"),
    **dict.fromkeys(("staff_min", "staff_max"), _size("persons")),
    "network": _networks,
    "zone": rows.zones_of_seat,
    "closed": rows.status,
}
"""The function that reads what is known, by the name of the condition."""


def _texts(cell: Cell) -> tuple[str, ...]:
    """The texts of a cell; empty when the value is unknown."""
    return cell if isinstance(cell, tuple) else () if cell is None else (str(cell),)
