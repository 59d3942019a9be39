"""Reads in the index what is known of the suppliers of a ledger: inclusive, labelled, where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from vivier.desk.method.ledger import AXES, STATES, UNKNOWN, Axis, Standing, State
from vivier.identity import is_siret
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.place import Address
from vivier.model.views import SupplierView
from vivier.search.operators import Terms
from vivier.search.snapshot import Snapshot
from vivier.territory.address import departement_of
from vivier.validity import state_on

_TOGETHER: Final = 2_000
"""Numbers looked for by one search."""
INCLUSIVE_FAMILIES: Final = ("IAE", "emploi", "handicap", "prison")
"""The families of kinds that make a supplier inclusive. A company of the *économie sociale et solidaire* is one only if it is also of
another family."""
_STATE_OF: Final[Mapping[str, State]] = {
    "valid": "yes",
    "unknown": "yes",
    "to_check": "old_proof",
    "expired": "not_valid",
    "future": "not_valid",
    "suspended": "not_valid",
}


def standings(numbers: Iterable[str], snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> dict[str, Standing]:
    """What the index knows of each SIRET or SIREN at a date; a number that it does not know is absent."""
    wanted = sorted(set(numbers))
    sites, units = _records({part for number in wanted for part in (number, number[:9])}, snapshot)
    found: dict[str, Standing] = {}
    for number in wanted:
        own, unit = sites.get(number, []), units.get(number[:9], [])
        if own or unit:
            found[number] = _standing(own, unit, lexicon, as_of)
    return found


def inclusive_kinds() -> tuple[str, ...]:
    """The codes of the kinds that make a supplier inclusive."""
    return tuple(code for code, kind in KINDS.items() if kind.family in INCLUSIVE_FAMILIES)


def green_labels() -> tuple[str, ...]:
    """The codes of the labels that make a purchase one from a labelled supplier: those that certify something for the environment. A heritage company
    (EPV) is recognised for its skill, and a published carbon report (BILAN_GES) certifies nothing."""
    return tuple(
        code for code, label in LABELS.items() if label.family == "environnemental" and label.asks != "nothing"
    )


_Records = dict[str, list[SupplierView]]


def _records(numbers: set[str], snapshot: Snapshot) -> tuple[_Records, _Records]:
    """The suppliers by SIRET and by SIREN. A FINESS number has nine digits too: only numbers told as a SIREN are."""
    sites: _Records = {}
    units: _Records = {}
    seen: set[str] = set()
    every = sorted(numbers)
    for start in range(0, len(every), _TOGETHER):
        for hit in snapshot.suppliers.scan(Terms("identifiers", tuple(every[start : start + _TOGETHER]))):
            if hit.id in seen:
                continue
            seen.add(hit.id)
            sirets = _sirets(hit.record)
            for siret in sirets:
                sites.setdefault(siret, []).append(hit.record)
            for siren in {siret[:9] for siret in sirets} | _siren(hit.record):
                units.setdefault(siren, []).append(hit.record)
    return sites, units


def _sirets(record: SupplierView) -> set[str]:
    sirets = {record["siret"]["value"]} if "siret" in record else set()
    return sirets | {number for number in record.get("identifiers", ()) if len(number) == 14 and is_siret(number)}


def _siren(record: SupplierView) -> set[str]:
    return {record["siren"]["value"]} if "siren" in record else set()


def _standing(own: list[SupplierView], unit: list[SupplierView], lexicon: Lexicon, as_of: date) -> Standing:
    states: dict[Axis, State] = {}
    shown: list[tuple[Axis, str, Mapping[str, Any]]] = []
    for axis in AXES:
        facts = [
            *_facts(own, axis),
            *(fact for fact in _facts(unit, axis) if fact["value"].get("scope") == "legal_unit"),
        ]
        state = _best(_STATE_OF[state_on(fact["value"], as_of)] for fact in facts)
        others = _best(_STATE_OF[state_on(fact["value"], as_of)] for fact in _facts(unit, axis))
        if state in ("not_valid", "unknown") and others in ("yes", "old_proof"):
            state, facts = "other_site", list(_facts(unit, axis))
        states[axis] = state
        shown += [
            (axis, _code(fact["value"]), fact) for fact in facts if _STATE_OF[state_on(fact["value"], as_of)] == "yes"
        ]
    if not own and all(state == "unknown" for state in states.values()):
        return UNKNOWN
    record = (own or unit)[0]
    known = [(axis, code, fact) for axis, code, fact in shown if states[axis] == "yes"]
    valid = [fact for fact in _labels(own, unit) if _STATE_OF[state_on(fact["value"], as_of)] == "yes"]
    return Standing(
        states,
        "siret" if own else "siren",
        tuple(dict.fromkeys(code for axis, code, _ in known if axis != "labelled")),
        tuple(dict.fromkeys(_code(fact["value"]) for fact in valid)),
        record["id"],
        record["name"]["value"],
        _departement(own, lexicon),
        tuple(dict.fromkeys(fact["value"] for site in own for fact in site.get("zones", ()))),
        any("address" in site for site in own),
        tuple(dict.fromkeys(map(_proof, (*(fact for _, _, fact in (known or shown)), *valid)))),
    )


def _facts(records: Iterable[SupplierView], axis: Axis) -> Iterator[Any]:
    chosen: Callable[[Any], bool] = {
        "inclusive": lambda fact: KINDS[fact["value"]["kind"]].family in INCLUSIVE_FAMILIES,
        "ess": lambda fact: KINDS[fact["value"]["kind"]].family == "ess",
        "labelled": lambda fact: fact["value"]["code"] in green_labels(),
    }[axis]
    for record in records:
        entries: Any = record.get("labels" if axis == "labelled" else "agreements", ())
        yield from filter(chosen, entries)


def _labels(own: Iterable[SupplierView], unit: Iterable[SupplierView]) -> Iterator[Any]:
    """Every label of a site or of its legal unit, environmental or not: their amounts are listed apart."""
    yield from (fact for record in own for fact in record.get("labels", ()))
    yield from (
        fact for record in unit for fact in record.get("labels", ()) if fact["value"].get("scope") == "legal_unit"
    )


def _code(value: Mapping[str, Any]) -> str:
    return str(value.get("kind") or value["code"])


def _best(states: Iterable[State]) -> State:
    found = set(states)
    return next((state for state in STATES if state in found), "unknown")


def _proof(fact: Mapping[str, Any]) -> tuple[str, str | None]:
    provenance = fact["provenance"]
    return provenance["producer"], provenance.get("updated_at")


def _departement(own: list[SupplierView], lexicon: Lexicon) -> str | None:
    for record in own:
        address = record["address"]["value"] if "address" in record else {}
        found = departement_of(
            Address(commune=address.get("commune"), post_code=address.get("post_code")), lexicon.gazetteer
        )
        if found is not None:
            return f"departement:{found}"
    return None
