"""Another count of the files of contracts, by plain json, csv, xml and pyarrow: no line of the product is used here.

Rules are those of docs/contracts.md, « A contract », written again: one contract is a kind, a buyer's SIREN, a number and
a lot; the record published last tells its states; records that name other holders under one number are other contracts.
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

LOT = re.compile(r"\blot\s*(?:n\s*[°ºo]?\s*)?:?\s*0*(\d{1,3})\b", re.IGNORECASE)
FILLERS = {"", "CDL", "MQ", "NC", "INX"}


@dataclass
class Row:
    """What is counted of one record."""

    kind: str
    buyer: str
    number: str
    object: str
    cpv: str
    day: str
    published: str
    holders: list[str]
    social: list[str]
    environmental: list[str]
    amendments: list[dict[str, Any]] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)
    months: str = ""
    table: bool = False
    version: int | None = None
    current: bool = True
    old_format: bool = False


@dataclass(frozen=True)
class Count:
    """The figures of one file: of its records, then of the contracts they tell of."""

    records: int
    contracts: int
    social: tuple[int, int, int]
    environmental: tuple[int, int, int]
    reserved: int
    holders: int
    amended: int


def count(path: Path) -> Count:
    """Count one file."""
    rows = rows_of(path)
    groups = _contracts(rows)
    held = [max(reversed(group), key=_last) for group in groups]
    return Count(
        records=len(rows),
        contracts=len(groups),
        social=_states([_told(group, one, "social") for group, one in zip(groups, held, strict=True)]),
        environmental=_states([_told(group, one, "environmental") for group, one in zip(groups, held, strict=True)]),
        reserved=sum(
            _state(told) == "yes" and any("reserv" in _plain(value) for value in told)
            for told in (_told(group, one, "social") for group, one in zip(groups, held, strict=True))
        ),
        holders=sum(len(_holders(group, one)) for group, one in zip(groups, held, strict=True)),
        amended=sum(
            bool(one.amendments) or any(row.version for row in group) for group, one in zip(groups, held, strict=True)
        ),
    )


def rows_of(path: Path) -> list[Row]:
    """Every row of one file."""
    ending = path.name.removesuffix(".gz").rpartition(".")[2]
    return list(_json(path) if ending == "json" else READERS[path.name.partition(".")[2]](path))


def _contracts(rows: Iterable[Row]) -> list[list[Row]]:
    keyed: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        apart: tuple[str, ...] = tuple(LOT.findall(row.object)[-1:])
        if row.old_format or not row.number.strip("0"):
            apart = (_plain(row.object), row.cpv, row.day)
        keyed[row.kind, row.buyer[:9], row.number, *apart].append(row)
    return [group for own in keyed.values() for group in _apart(own)]


def _apart(rows: list[Row]) -> list[list[Row]]:
    """The contracts of one number: declarations that name the same holders, with the versions they supersede."""
    groups: list[list[Row]] = []
    for told in _declarations(sorted(rows, key=_last, reverse=True)):
        row = told[0]
        if row.current:
            own = [group for group in groups if _one_contract(group, told)][:1]
        else:
            own = [group for group in groups if any(_companies(other) & _companies(row) for other in group)][:1]
            own = own or [group for group in groups if (group[0].version or 0) > (row.version or 0)]
        if len(own) == 1:
            own[0].extend(told)
        else:
            groups.append(told)
    return [[row for row in rows if any(row is one for one in group)] for group in groups]


def _declarations(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows of a table in force that differ by their holder alone are one declaration; any other row is one."""
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(_declaration(row) if row.table and row.current else id(row), []).append(row)
    return list(found.values())


def _declaration(row: Row) -> tuple[object, ...]:
    return tuple(row.amounts), row.day, row.months, row.cpv, row.object, row.version, row.current


def _one_contract(group: list[Row], told: list[Row]) -> bool:
    if any(_declaration(row) == _declaration(told[0]) and not (row.holders and told[0].holders) for row in group):
        return True
    ours = _stages(told)
    return any(stage in ours for declared in _declarations(group) for stage in _stages(declared))


def _stages(rows: list[Row]) -> list[set[str]]:
    """The holders of a declaration at first, then after each amendment that names some."""
    changed = [change["holders"] for row in rows for change in row.amendments if change["holders"]]
    return [_sirens(held) for held in ([one for row in rows for one in row.holders], *changed)]


def _companies(row: Row) -> set[str]:
    return _sirens(ever(row))


def _sirens(holders: Iterable[str]) -> set[str]:
    return {one.replace(" ", "")[:9] for one in holders}


def ever(row: Row) -> list[str]:
    """The holders a row names, at first or by an amendment."""
    return [*row.holders, *(one for change in row.amendments for one in change["holders"])]


def _last(row: Row) -> tuple[Any, ...]:
    latest = max([row.published or row.day, *(change["published"] for change in row.amendments)])
    return row.current, latest, len(row.amendments), row.version or 0


def _told(group: list[Row], held: Row, name: str) -> list[str]:
    own: list[str] = getattr(held, name)
    others = [row for row in sorted(group, key=_last, reverse=True) if getattr(row, name)]
    return own or (getattr(others[0], name) if others else [])


def _holders(group: list[Row], held: Row) -> set[str]:
    replaced = [
        change["holders"] for change in sorted(held.amendments, key=lambda one: str(one["day"])) if change["holders"]
    ]
    if replaced:
        return set(replaced[-1])
    same = [row for row in group if row is held or (row.table and _version(row) == _version(held))]
    return {one for row in same for one in row.holders}


def _version(row: Row) -> tuple[object, ...]:
    return _declaration(row) if row.version is None else (row.version, row.current)


def _state(values: list[str]) -> str:
    plain = {_plain(value) for value in values}
    none = {value for value in plain if value.startswith("pas de") or value == "sans objet"}
    if not plain or (none and plain - none):
        return "unknown"
    return "no" if none else "yes"


def _states(told: list[list[str]]) -> tuple[int, int, int]:
    states = [_state(values) for values in told]
    return states.count("yes"), states.count("no"), states.count("unknown")


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())


# -- readers -----------------------------------------------------------------------------------------------------------


def _json(path: Path) -> Iterator[Row]:
    content = path.read_bytes()
    document = json.loads((gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig"))
    root = document.get("marches", document) if isinstance(document, dict) else document
    if isinstance(root, list):
        yield from (_nested(one) for one in root)
        return
    for name in ("marche", "contrat-concession"):
        yield from (_nested(one, concession=name != "marche") for one in _listed(root.get(name)))


def _xml(path: Path) -> Iterator[Row]:
    for one in ElementTree.fromstring(path.read_bytes()):
        yield _nested(_tree(one), concession=one.tag == "contrat-concession")


def _tree(node: ElementTree.Element) -> Any:
    if not len(node):
        return (node.text or "").strip()
    found: dict[str, Any] = {}
    for child in node:
        value = _tree(child)
        found[child.tag] = [*_listed(found[child.tag]), value] if child.tag in found else value
    return found


def _nested(raw: dict[str, Any], *, concession: bool = False) -> Row:
    concession = concession or "concession" in str(raw.get("_type", "")).lower()
    buyer = raw.get("acheteur") or raw.get("autoriteConcedante") or {"id": raw.get("acheteur.id")}
    changes = [one.get("modification", one) for one in _each(raw.get("modifications"), "modification")]
    old = "considerationsSociales" not in raw and "ccag" not in raw and not concession
    return Row(
        kind="concession" if concession else "marche",
        buyer=str((buyer or {}).get("id") or ""),
        number=_text(raw.get("id")),
        object=_text(raw.get("objet")),
        cpv=_text(raw.get("codeCPV"))[:8],
        day=_text(raw.get("dateNotification") or raw.get("dateSignature")),
        published=_text(raw.get("datePublicationDonnees")),
        holders=_parties(raw.get("titulaires") or raw.get("concessionnaires")),
        social=_values(raw.get("considerationsSociales"), "considerationSociale"),
        environmental=_values(raw.get("considerationsEnvironnementales"), "considerationEnvironnementale"),
        amendments=[
            {
                "published": _text(one.get("datePublicationDonneesModification")),
                "day": _text(one.get("dateNotificationModification") or one.get("dateSignatureModification")),
                "holders": _parties(one.get("titulaires")),
                "amounts": _figures(one),
                "months": _text(one.get("dureeMois")),
            }
            for one in changes
        ],
        amounts=_figures(raw),
        months=_text(raw.get("dureeMois")),
        old_format=old,
    )


def _figures(*told: dict[str, Any]) -> list[str]:
    found = [one.get(name) for one in told for name in ("montant", "valeurGlobale", "montant_rationalise")]
    return [_text(one) for one in found if _text(one)]


def _each(value: Any, name: str) -> list[Any]:
    """The members of a list, of a list of lists, or of a container that repeats its child."""
    if isinstance(value, dict) and name in value:
        value = value[name]
    found: list[Any] = []
    for one in _listed(value):
        found += _each(one, name) if isinstance(one, list) else [one]
    return [one for one in found if isinstance(one, dict)]


def _parties(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = next(iter(value.values()))
    found: list[str] = []
    for one in _listed(value):
        if isinstance(one, list):
            found += _parties(one)
        elif isinstance(one, dict):
            inner = one.get("titulaire") or one.get("concessionnaire") or one
            found += [_text(each.get("id")).replace(" ", "") for each in _listed(inner) if isinstance(each, dict)]
    return list(dict.fromkeys(one for one in found if one))


def _values(value: Any, name: str) -> list[str]:
    inner = value.get(name) if isinstance(value, dict) else value
    return [one for one in _listed(inner) if isinstance(one, str) and one]


def _listed(value: Any) -> list[Any]:
    return [] if value is None or value == "" else value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return "" if text.upper() in FILLERS else text


def _tabular(rows: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """One record a run of rows that differ by the holder alone."""
    for _, told in groupby(
        rows, lambda raw: [value for name, value in raw.items() if not name.startswith("titulaire")]
    ):
        same = list(told)
        raw = same[0]
        version = raw.get("modification_id")
        yield Row(
            kind="marche",
            buyer=_text(raw["acheteur_id"]),
            number=_text(raw["id"]),
            object=_text(raw.get("objet")),
            cpv=_text(raw["codeCPV"])[:8],
            day=_text(raw["dateNotification"]),
            published=_text(raw.get("datePublicationDonnees")),
            holders=list(dict.fromkeys(one for one in (_text(row["titulaire_id"]) for row in same) if one)),
            social=_joined(raw.get("considerationsSociales")),
            environmental=_joined(raw.get("considerationsEnvironnementales")),
            amounts=_figures(raw),
            months=_text(raw.get("dureeMois")),
            table=True,
            version=int(version) if version not in (None, "") else None,
            current=str(raw.get("donneesActuelles", True)).lower() in ("true", ""),
        )


def _joined(text: Any) -> list[str]:
    return [one.strip() for one in str(text or "").split(",") if one.strip()]


def _csv_gz(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf8", newline="") as file:
        yield from _tabular(csv.DictReader(file))


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet  # type: ignore[import-untyped]

    yield from _tabular(pyarrow.parquet.read_table(path).to_pylist())


def _csv(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8-sig")
    if text.startswith("uid,"):
        yield from _tabular(csv.DictReader(io.StringIO(text)))
        return
    reader = csv.DictReader(io.StringIO(text), delimiter="|" if "|" in text.partition("\n")[0] else ";")
    if "acheteur.id" in (reader.fieldnames or ()):
        yield from map(_economie, reader)
        return
    if "codecpv" in (reader.fieldnames or ()):
        yield from map(_flat, reader)
        return
    for _, told in groupby(
        reader, lambda raw: [value for name, value in raw.items() if not name.startswith("titulaire")]
    ):
        yield _bought(list(told))


def _economie(raw: dict[str, Any]) -> Row:
    return Row(
        kind="marche",
        buyer=_text(raw["acheteur.id"]),
        number=_text(raw["id"]),
        object=_text(raw["objet"]),
        cpv=_text(raw["codeCPV"])[:8],
        day=_text(raw["dateNotification"]),
        published=_text(raw["datePublicationDonnees"]),
        holders=[one for one in (_text(raw[f"titulaire_id_{n}"]) for n in (1, 2, 3)) if one],
        social=list(ast.literal_eval(raw["considerationsSociales"])),
        environmental=list(ast.literal_eval(raw["considerationsEnvironnementales"])),
        amounts=_figures(raw),
        months=_text(raw["dureeMois"]),
        amendments=[_economie_change(raw)] if _text(raw["idModification"]) else [],
    )


def _flat(raw: dict[str, Any]) -> Row:
    """A record of the API of data.economie, whose names are in lower case."""
    return Row(
        kind="marche",
        buyer=_text(raw["acheteur_id"]),
        number=_text(raw["id"]),
        object=_text(raw["objet"]),
        cpv=_text(raw["codecpv"])[:8],
        day=_text(raw["datenotification"]),
        published=_text(raw["datepublicationdonnees"]),
        holders=[one for one in (_text(raw[f"titulaire_id_{n}"]) for n in (1, 2, 3)) if one],
        social=_joined(raw["considerationssociales"]),
        environmental=_joined(raw["considerationsenvironnementales"]),
        amounts=_figures(raw),
        months=_text(raw["dureemois"]),
    )


def _economie_change(raw: dict[str, Any]) -> dict[str, Any]:
    amount = _text(raw["montantModification"])
    return {
        "published": "",
        "day": "",
        "holders": [],
        "amounts": [amount] if amount else [],
        "months": _text(raw["dureeMoisModification"]),
    }


def _bought(rows: list[dict[str, Any]]) -> Row:
    raw = rows[0]
    return Row(
        kind="marche",
        buyer=_text(raw["acheteur_id"]),
        number=_text(raw["id"]),
        object=_text(raw["objet"]),
        cpv=_text(raw["codeCPV"])[:8],
        day=_text(raw["dateNotification"]),
        published=_text(raw["datePublicationDonnees"]),
        holders=list(dict.fromkeys(one for one in (_text(row["titulaires_id"]) for row in rows) if one)),
        social=[],
        environmental=[],
        amounts=_figures(raw),
        months=_text(raw["DureeMois"]),
        table=True,
    )


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "xml": _xml,
    "csv": _csv,
    "csv.gz": _csv_gz,
    "parquet": _parquet,
}
