"""Compares two dossiers of the same question: structures added, removed and changed, with the reasons in plain French."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.bodies import Body
from vivier.french import day, number
from vivier.law.kinds import KINDS
from vivier.law.rows import Rows
from vivier.vocabulary import COVERAGE_CLASSES, EVIDENCES

Lot = Mapping[str, Any]
Known = Callable[[Iterable[str]], Collection[str]]
"""A function that gives which of some ids are in the data in service."""
NEW: Final = "n'était ni retenue ni laissée de côté : nouvelle dans les données, dans ce métier ou autour de ce lieu"
GONE: Final = "n'est plus dans les données"
ELSEWHERE: Final = "n'exerce plus ce métier ou n'atteint plus ce lieu, à notre connaissance"
_UNIONS: Final = ("L2113-14", "L3113-3")
"""The widest articles of social inclusion."""
_FIELDS: Final[Mapping[str, str]] = {
    "name": "nom",
    "role_fr": "pourquoi elle est sur la liste",
    "kinds": "types",
    "siret": "SIRET",
    "commune_name": "commune",
    "coverage": "couverture",
    "zone_published": "zone publiée",
    "trade_evidence": "preuve du métier",
    "distance_km": "distance (km)",
    "capacity_fr": "capacité",
    "turnover": "chiffre d'affaires (€)",
    "turnover_year": "année du chiffre d'affaires",
    "agreements": "agréments",
}
"""The members that are compared, for a structure in both lists."""


class NamedBody(Body):
    """A structure that is in one list only, and why."""

    id: str
    name: str
    siret: str | None
    why: str


class ChangeBody(Body):
    field: str
    label_fr: str
    was: object
    now: object
    text: str


class ChangedBody(Body):
    """A structure in both lists, and what changed of it."""

    id: str
    name: str
    siret: str | None
    changes: list[ChangeBody]


class FigureBody(Body):
    """A change of the lot itself."""

    of: str
    was: str
    now: str
    text: str


class LotDifference(Body):
    line: int
    lot: str | None
    text: str
    opposed: int
    unchanged: int
    added: list[NamedBody]
    removed: list[NamedBody]
    changed: list[ChangedBody]
    figures: list[FigureBody]


def differences(was: Iterable[Lot], now: Iterable[Lot], opposed: Collection[str], known: Known) -> list[LotDifference]:
    """The differences of each lot, in the order of the former dossier. ``opposed``: ids that are counted and not named."""
    after = {lot["understood"]["line"]: lot for lot in now}
    return [_lot(lot, after[lot["understood"]["line"]], opposed, known) for lot in was]


def _lot(was: Lot, now: Lot, opposed: Collection[str], known: Known) -> LotDifference:
    before, after = _listed(was), _listed(now)
    blank = {id_ for id_ in before if id_ in opposed}
    common = [id_ for id_ in before if id_ in after]
    out = [id_ for id_ in before if id_ not in after and id_ not in blank]
    there = known(out)
    changes = [change for change in (_changed(before[id_], after[id_]) for id_ in common) if change["changes"]]
    return {
        "line": was["understood"]["line"],
        "lot": was["understood"]["lot"],
        "text": was["understood"]["text"],
        "opposed": len(blank) + _blanked(was),
        "unchanged": len(common) - len(changes),
        "added": [_named(after[id_], _why_in(id_, was, now)) for id_ in after if id_ not in before],
        "removed": [_named(before[id_], _why_out(id_, was, now, there)) for id_ in out],
        "changed": changes,
        "figures": list(_figures(was, now)),
    }


def _listed(lot: Lot) -> dict[str, Mapping[str, Any]]:
    """The structures of the list by id. Blanked structures have no id and are left out."""
    return (
        {structure["id"]: structure for structure in lot["contacts"]["structures"] if "id" in structure}
        if lot["studied"]
        else {}
    )


def _blanked(lot: Lot) -> int:
    return sum("id" not in structure for structure in lot["contacts"]["structures"]) if lot["studied"] else 0


def _named(structure: Mapping[str, Any], why: str) -> NamedBody:
    return {"id": structure["id"], "name": structure["name"], "siret": structure["siret"], "why": why}


# -- why ---------------------------------------------------------------------------------------------------------------


def _why_in(id_: str, was: Lot, now: Lot) -> str:
    if not was["studied"]:
        return "le lot n'était pas compté"
    left = _left_out(id_, was)
    return _after(was, now) + (NEW if left is None else f"était laissée de côté : {left}")


def _why_out(id_: str, was: Lot, now: Lot, there: Collection[str]) -> str:
    if not now["studied"]:
        return "le lot n'est plus compris"
    left = _left_out(id_, now)
    if left is not None:
        return _after(was, now) + left
    return ELSEWHERE if id_ in there else GONE


def _after(was: Lot, now: Lot) -> str:
    """The beginning of the sentence when the list is no longer that of the same article; else an empty text."""
    return (
        "" if was["recommended"] == now["recommended"] else f"la liste est {_basis(now)}, et non plus {_basis(was)} ; "
    )


def _basis(lot: Lot) -> str:
    if lot["recommended"] is None:
        return "celle des structures qui peuvent porter des heures"
    return f"celle de l'article {lot['recommended']}"


def _left_out(id_: str, lot: Lot) -> str | None:
    """The reason why a structure was excluded; ``None`` when it was no candidate or was counted. The reason comes from the
    recommended article first, then the widest article of social inclusion, then the others. A kind that does not meet an article
    is the last choice, because it says the least."""
    order = (lot["recommended"], *_UNIONS)
    articles = sorted(
        lot["articles"],
        key=lambda article: order.index(article["article"]["code"]) if article["article"]["code"] in order else 9,
    )
    exclusions = [left for article in articles for left in article["excluded"] if left.get("id") == id_]
    exclusion = next(
        (left for left in exclusions if left["reason"] != "kind_not_eligible"), exclusions[0] if exclusions else None
    )
    return None if exclusion is None else str(exclusion["reason_fr"])


# -- what changed ------------------------------------------------------------------------------------------------------


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> ChangedBody:
    changes: list[ChangeBody] = []
    for name, label in _FIELDS.items():
        before, after = _value(was, name), _value(now, name)
        if before != after:
            text = f"{label} : {_worded(name, before)} → {_worded(name, after)}"
            changes.append({"field": name, "label_fr": label, "was": before, "now": after, "text": text})
    return {"id": now["id"], "name": now["name"], "siret": now["siret"], "changes": changes}


def _value(structure: Mapping[str, Any], name: str) -> Any:
    if name != "agreements":
        return structure.get(name)
    agreements = [proof for proof in structure.get("proofs", ()) if proof["of"] == "kind"]
    return sorted({f"{proof['value']} {_until(proof['valid_until'])}" for proof in agreements})


def _until(end: str | None) -> str:
    return "sans fin publiée" if end is None else f"jusqu'au {day(end)}"


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "coverage": COVERAGE_CLASSES,
    "trade_evidence": EVIDENCES,
    "kinds": Rows(lambda: {code: kind.name for code, kind in KINDS.items()}),
}


def _worded(name: str, value: Any) -> str:
    if value is None or value == []:
        return "inconnu"
    if isinstance(value, bool):
        return "oui" if value else "non, supposée"
    if isinstance(value, list):
        return ", ".join(_worded(name, item) for item in value)
    if isinstance(value, float):
        return number(value, 2)
    return _WORDS.get(name, {}).get(str(value), str(value))


def _figures(was: Lot, now: Lot) -> Iterator[FigureBody]:
    """The changes of the lot itself: trades and places understood, advice, structures by article, hours."""
    figures = ((name, label, read(was), read(now)) for name, (label, read) in _READ.items())
    for name, label, before, after in figures:
        if before != after:
            yield {"of": name, "was": before, "now": after, "text": f"{label} : {before} → {after}"}


def _understood(name: str) -> Callable[[Lot], str]:
    return lambda lot: ", ".join(choice["label_fr"] for choice in lot["understood"][name]) or "à préciser"


def _advice(lot: Lot) -> str:
    if not lot["studied"]:
        return "aucun, lot à corriger"
    article = (lot["advice"]["article"] or {}).get("code")
    return str(lot["advice"]["lever_fr"]) + (f" ({article})" if article else "")


def _eligible(lot: Lot) -> str:
    if not lot["studied"]:
        return "non comptées"
    return ", ".join(f"{article['eligible']} ({article['article']['code']})" for article in lot["articles"])


def _hours(lot: Lot) -> str:
    central = ((lot.get("hours") or {}).get("central") or {}).get("insertion_hours")
    return "inconnues" if central is None else f"{central} h"


_READ: Final[Mapping[str, tuple[str, Callable[[Lot], str]]]] = {
    "trades": ("métier compris", _understood("trades")),
    "territories": ("lieu compris", _understood("territories")),
    "advice": ("avis", _advice),
    "eligible": ("structures éligibles", _eligible),
    "hours": ("heures d'insertion centrales", _hours),
}
