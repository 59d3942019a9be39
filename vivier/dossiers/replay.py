"""Replays a dossier: answers its question again, on the same data or on those in service, and lists the differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from vivier.bodies import Body
from vivier.dossiers.compose import compose, sealed
from vivier.dossiers.differences import LotDifference, differences
from vivier.dossiers.listing import drawn, seeds_of
from vivier.dossiers.port import ReplayImpossible
from vivier.dossiers.question import on, question_of
from vivier.errors import NotFound
from vivier.french import day, plural
from vivier.lexicon import Lexicon
from vivier.search.operators import Collection
from vivier.search.snapshot import Snapshot

Data = Literal["live", "same"]
METHOD_VERSION: Final = "replay-1"
_COLLECTIONS: Final[tuple[Collection, ...]] = ("suppliers", "contracts", "notices")


class ComparedBody(Body):
    """A dataset of either dossier: its date and the hash of its records. ``changed`` is ``null`` when a hash is unknown."""

    collection: str
    id: str
    dataset: str
    producer: str
    was: str | None
    now: str | None
    sha256: dict[str, str | None]
    changed: bool | None


class MethodChange(Body):
    method: str
    was: str | None
    now: str | None


class ComparisonBody(Body):
    dossier_id: str | None
    sha256: str
    as_of: dict[str, str]
    same_data: bool
    same_methods: bool
    same_analysis: bool
    same_list: bool
    list_sha256: dict[str, str]
    analysis_sha256: dict[str, str]
    data: list[ComparedBody]
    methods: list[MethodChange]
    lots: list[LotDifference]
    totals: dict[str, int]


class ReplayBody(ComparisonBody):
    """The question of a dossier asked again, and what differs."""

    summary: list[str]
    method_version: str


def replay(
    dossier: Mapping[str, Any],
    snapshot: Snapshot,
    lexicon: Lexicon,
    *,
    data: Data = "live",
    as_of: date | None = None,
    opposed: frozenset[str] = frozenset(),
) -> ReplayBody:
    """Answers the question of a dossier again. ``data``: ``live`` for the data in service, ``same`` for those of the dossier, as
    long as they are kept.

    ``as_of``: another day for agreements and dates. ``opposed``: ids of its list that opposed since, counted and not named.
    Raises :class:`~vivier.dossiers.port.ReplayImpossible` when its data are gone, ``InvalidRequest`` when it has no question.
    """
    question = question_of(dossier)
    day = as_of or question.as_of
    pins = _pins(dossier)
    source = snapshot if data == "live" else _former(snapshot, pins)
    again = compose(on(question, day), source, lexicon)
    lots = drawn(again["lots"], seeds_of(dossier["lots"]))
    again = sealed({**again, "lots": lots})

    def known(ids: Iterable[str]) -> frozenset[str]:
        return frozenset(source.suppliers.get(tuple(ids)))

    found = differences(dossier["lots"], lots, opposed, known)
    same_data = pins == _pins(again)
    body: ComparisonBody = {
        "dossier_id": dossier.get("dossier_id"),
        "sha256": dossier["sha256"],
        "as_of": {"was": dossier["as_of"], "now": day.isoformat()},
        "same_data": same_data,
        "same_methods": dossier["methods"] == again["methods"] and dossier["parameters"] == again["parameters"],
        "same_analysis": dossier["analysis_sha256"] == again["analysis_sha256"],
        "same_list": _ids(dossier["lots"]) == _ids(lots),
        "list_sha256": {"was": dossier["list_sha256"], "now": again["list_sha256"]},
        "analysis_sha256": {"was": dossier["analysis_sha256"], "now": again["analysis_sha256"]},
        "data": list(_compared(dossier["data"], again["data"])),
        "methods": list(_versions(dossier["methods"], again["methods"])),
        "lots": found,
        "totals": {
            "added": sum(len(lot["added"]) for lot in found),
            "removed": sum(len(lot["removed"]) for lot in found),
            "changed": sum(len(lot["changed"]) for lot in found),
            "unchanged": sum(lot["unchanged"] for lot in found),
            "opposed": sum(lot["opposed"] for lot in found),
        },
    }
    return {**body, "summary": list(_summary(body)), "method_version": METHOD_VERSION}


def _pins(dossier: Mapping[str, Any]) -> dict[Collection, str]:
    generations = {collection["collection"]: collection["generation"] for collection in dossier["data"]}
    return {name: generations[name] for name in _COLLECTIONS if name in generations}


def _former(snapshot: Snapshot, pins: Mapping[Collection, str]) -> Snapshot:
    try:
        return snapshot.at(pins)
    except NotFound as error:
        message = "Les données de ce dossier ne sont plus gardées : il ne peut être comparé qu'à celles du jour."
        raise ReplayImpossible(message) from error


def _ids(lots: Iterable[Mapping[str, Any]]) -> list[list[str | None]]:
    return [
        [structure.get("id") for structure in lot["contacts"]["structures"]] if lot["studied"] else [] for lot in lots
    ]


def _compared(was: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> Iterator[ComparedBody]:
    """Each dataset of either dossier."""
    before, after = _datasets(was), _datasets(now)
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        dataset = old or new or {}
        hashes = [None if side is None else side["sha256"] for side in (old, new)]
        yield {
            "collection": key[0],
            "id": key[1],
            "dataset": dataset["dataset"],
            "producer": dataset["producer"],
            "was": None if old is None else old["updated_at"] or old["fetched_at"],
            "now": None if new is None else new["updated_at"] or new["fetched_at"],
            "sha256": {"was": hashes[0], "now": hashes[1]},
            "changed": True if old is None or new is None else None if None in hashes else hashes[0] != hashes[1],
        }


def _datasets(data: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(collection["collection"], source["id"]): source for collection in data for source in collection["sources"]}


def _versions(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[MethodChange]:
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            yield {"method": name, "was": was.get(name), "now": now.get(name)}


def _summary(body: Mapping[str, Any]) -> Iterator[str]:
    """The result in French sentences, the conclusion first."""
    totals, opposed = body["totals"], body["totals"]["opposed"]
    moved = any(totals[name] for name in ("added", "removed", "changed"))
    if body["same_list"] and not moved:
        yield "Même liste, dans le même ordre."
    elif opposed and not moved:
        yield "Même liste, moins les structures retirées depuis à leur demande."
    else:
        yield (
            f"La liste a changé : {plural(totals['added'], 'ajoutée')}, {plural(totals['removed'], 'retirée')}, "
            f"{plural(totals['changed'], 'modifiée')}, {totals['unchanged']} sans changement."
        )
    if opposed:
        lines = plural(opposed, "inscription retirée", "inscriptions retirées")
        yield f"{lines} depuis à la demande des structures : comptées, plus nommées."
    yield "Mêmes données." if body["same_data"] else "Les données ne sont plus celles du dossier : voir ci-dessous."
    if not body["same_methods"]:
        yield "Les méthodes ou leurs paramètres ont changé depuis : une différence peut en venir."
    if body["as_of"]["was"] != body["as_of"]["now"]:
        yield f"Comparé au {day(body['as_of']['now'])}, et non au {day(body['as_of']['was'])} : des agréments ont pu commencer ou finir."
