"""The data behind a dossier: each collection, its generation, each dataset with its dates and the hash of its records. Also the
warnings for readers, and the territories of the lots with the hash of their contour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import shapely

from vivier.bodies import Body
from vivier.french import age
from vivier.runs.freshness import age_of, is_stale
from vivier.search.port import Generation
from vivier.territory import Gazetteer


class DatasetBody(Body):
    """A dataset, as it was read for a generation. ``null``: unknown."""

    id: str
    producer: str
    dataset: str
    licence: str
    homepage: str | None
    run: str | None
    updated_at: str | None
    fetched_at: str | None
    age_days: int | None
    cadence_days: int | None
    kept: int | None
    sha256: str | None


class DataBody(Body):
    collection: str
    generation: str
    opposition: str | None
    documents: int
    sources: list[DatasetBody]


class PlaceBody(Body):
    """A territory of a lot; ``geometry_sha256``: hash of its contour, ``null`` without a known one."""

    id: str
    name: str
    communes: int
    geometry_sha256: str | None


def data_of(generation: Generation, as_of: date) -> DataBody:
    """One collection: its generation, the version of the opposition list applied to it, and its datasets. Unknown dates and hashes
    are ``None``."""
    return {
        "collection": generation.collection,
        "generation": generation.name,
        "opposition": generation.meta.get("opposed"),
        "documents": generation.documents,
        "sources": [_source(run, as_of) for run in generation.meta.get("sources", ())],
    }


def _source(run: Mapping[str, Any], as_of: date) -> DatasetBody:
    read, card = run.get("finished_at"), run["source"]
    return {
        "id": card.get("id"),
        "producer": card.get("producer"),
        "dataset": card.get("dataset"),
        "licence": card.get("licence"),
        "homepage": card.get("homepage"),
        "run": run.get("run"),
        "updated_at": run.get("updated_at"),
        "fetched_at": read,
        "age_days": None if read is None else age_of(run.get("updated_at"), read, as_of),
        "cadence_days": card.get("cadence_days"),
        "kept": run.get("kept"),
        "sha256": run.get("sha256"),
    }


def warnings_of(data: Iterable[Mapping[str, Any]], lots: Iterable[Mapping[str, Any]], contracts: bool) -> list[str]:
    """French warnings on the weak points of this dossier. The limits of every dossier are apart."""
    return [*_of_data(data), *_of_lots(list(lots)), *(() if contracts else (_NO_CONTRACTS,))]


_NO_CONTRACTS = "Cette installation ne contient pas de marchés : ni comparaison, ni historique, ni expérience."


def _of_data(data: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for source in (source for collection in data for source in collection["sources"]):
        if source["updated_at"] is None:
            yield f"« {source['dataset']} » : son producteur ne dit pas à quelle date ses données sont à jour."
        if source["age_days"] is not None and is_stale(
            source["age_days"], source["updated_at"], source["cadence_days"]
        ):
            cadence = source["cadence_days"]
            due = (
                ""
                if not cadence
                else ", publiées chaque jour"
                if cadence == 1
                else f", publiées tous les {cadence} jours"
            )
            yield f"« {source['dataset']} » : données vieilles de {age(source['age_days'])} à la date de l'analyse{due}."
        if source["sha256"] is None:
            yield f"« {source['dataset']} » : empreinte des données inconnue, lues avant qu'elle soit gardée."


def _of_lots(lots: list[Mapping[str, Any]]) -> Iterator[str]:
    wrong = [lot for lot in lots if lot["understood"]["state"] == "to_correct"]
    doubtful = [lot for lot in lots if lot["understood"]["state"] == "to_confirm"]
    empty = [lot for lot in lots if lot["studied"] and not lot["contacts"]["structures"]]
    if wrong:
        yield f"{_lines(wrong)} à corriger : rien n'y est compté."
    if doubtful:
        yield f"{_lines(doubtful)} : compris avec un doute, à confirmer."
    if empty:
        yield f"{_lines(empty)} : aucune structure à consulter parmi celles que nous connaissons."


def _lines(lots: list[Mapping[str, Any]]) -> str:
    names = [str(lot["understood"]["lot"] or lot["understood"]["line"]) for lot in lots]
    listed = ", ".join(names[:20]) + ("…" if len(names) > 20 else "")
    return f"{'Lots' if len(names) > 1 else 'Lot'} {listed}"


def territories_of(lots: Iterable[Mapping[str, Any]], gazetteer: Gazetteer) -> list[PlaceBody]:
    """Every territory of the lots, once: id, name, number of communes, and hash of its contour (``None``: no known contour)."""
    ids = dict.fromkeys(territory["code"] for lot in lots for territory in lot["understood"]["territories"])
    return [_territory(id_, gazetteer) for id_ in ids]


def _territory(id_: str, gazetteer: Gazetteer) -> PlaceBody:
    contour = gazetteer.contour(id_)
    return {
        "id": id_,
        "name": gazetteer.get(id_).name,
        "communes": len(gazetteer.leaves(id_)),
        "geometry_sha256": None if contour is None else hashlib.sha256(shapely.to_wkb(contour)).hexdigest(),
    }
