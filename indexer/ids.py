"""Vivier's own ids: drawn from the strongest identity key the first time, then kept from build to build by a ledger.

Without the ledger an id would follow its key, and change the day a register gives a SIRET to a structure known by a list
alone, or the day its source is withdrawn. The ledger (``$VIVIER_HOME/identity/ids.jsonl``) remembers every key an id has
had. Rules, none of which depends on the order of the sources:

- a structure keeps the id of its strongest known key (FINESS, then SIRET, then the source's own key);
- two structures that claim one id (a decision parted them): the stronger key wins, then the one with more keys of that id;
- two ids for one structure (sources met): the other id becomes a former one, by which the structure is still found;
- an id is never given to another structure, even when its own is no longer in any source.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from indexer.clusters import Keys
from vivier.errors import BuildRefused, VivierError

_RANKS: Final = {"finess": 0, "siret": 1, "source": 2}
_WITH_SIREN: Final = "|siren:"


def supplier_id(key: str) -> str:
    """``v`` and 12 letters or digits, the base32 of the SHA-256 of an identity key."""
    digest = hashlib.sha256(key.encode()).digest()[:10]
    return "v" + base64.b32encode(digest)[:12].decode().lower()


def identity_keys(keys: Sequence[Keys]) -> list[str]:
    """Identity keys of a structure from strong to weak; a later one serves where the first is another's already.

    That happens when a decision splits a number in two, or when a source uses one key for two SIRENs.
    """
    found: list[str] = []
    for name in _RANKS:
        found += sorted({f"{name}:{value}" for key in keys if (value := getattr(key, name))})
    return [*found, *sorted({f"source:{key.source}{_WITH_SIREN}{key.siren}" for key in keys})]


@dataclass(frozen=True)
class Ledger:
    """``ids``: the id of each identity key ever seen; ``moved``: former ids and the id that took over."""

    ids: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)


NEW_LEDGER: Final = Ledger()


@dataclass(frozen=True)
class Assigned:
    """The id and the former ids of each structure, in the order given, and the ledger that remembers them."""

    ids: list[str]
    former: Mapping[str, tuple[str, ...]]
    ledger: Ledger


def assign(structures: Sequence[Sequence[str]], ledger: Ledger) -> Assigned:
    """Ids for structures given by their identity keys. Raises ``BuildRefused`` when no key of one gives a free id."""
    claims = sorted(_claims(structures, ledger))
    owner: dict[str, int] = {}
    found: dict[int, str] = {}
    for *_, place, id_ in claims:
        if id_ not in owner and place not in found:
            owner[id_], found[place] = place, id_
    taken = set(ledger.ids.values()) | owner.keys()
    for place, keys in enumerate(structures):
        if place not in found:
            found[place] = _minted(keys, taken)
    ids = [found[place] for place in range(len(structures))]
    moved = _moved(claims, ids, ledger)
    return Assigned(ids, _former(moved), Ledger(_remembered(structures, ids, ledger), moved))


def _claims(structures: Sequence[Sequence[str]], ledger: Ledger) -> Iterator[tuple[int, str, int, int, str]]:
    """(strength of the key, key, keys of that id it lacks, structure, id): the least is the best claim."""
    if not ledger.ids:
        return
    for place, keys in enumerate(structures):
        known = {key: id_ for key in keys if (id_ := ledger.ids.get(key)) is not None}
        support = Counter(known.values())
        for key, id_ in known.items():
            yield _RANKS[key.partition(":")[0]], key, -support[id_], place, id_


def _minted(keys: Sequence[str], taken: set[str]) -> str:
    for key in keys:
        id_ = supplier_id(key)
        if id_ not in taken:
            taken.add(id_)
            return id_
    raise BuildRefused(f"Aucun identifiant libre pour le fournisseur {keys[0]} : deux structures ont les mêmes clés.")


def _moved(claims: Sequence[tuple[int, str, int, int, str]], ids: Sequence[str], ledger: Ledger) -> dict[str, str]:
    """Former ids, each with the id of today."""
    alive = set(ids)
    moved = {old: new for old, new in ledger.moved.items() if old not in alive}
    for *_, place, id_ in claims:
        if id_ not in alive:
            moved.setdefault(id_, ids[place])
    return {old: _last(new, moved) for old, new in sorted(moved.items())}


def _last(id_: str, moved: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while id_ in moved and id_ not in seen:
        seen.add(id_)
        id_ = moved[id_]
    return id_


def _former(moved: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for old, new in moved.items():
        found[new].append(old)
    return {new: tuple(sorted(olds)) for new, olds in found.items()}


def _remembered(structures: Sequence[Sequence[str]], ids: Sequence[str], ledger: Ledger) -> dict[str, str]:
    """Every key with its id; one that several structures hold today says nothing new.

    A source's key with a SIREN is only of use where the source gives that key to several structures.
    """
    holders = Counter(key for keys in structures for key in keys)

    def tells(key: str) -> bool:
        plain, weak, _ = key.partition(_WITH_SIREN)
        return holders[key] == 1 and (not weak or holders[plain] > 1)

    today = {key: id_ for keys, id_ in zip(structures, ids, strict=True) for key in keys if tells(key)}
    return {**ledger.ids, **today}


def read_ledger(path: Path) -> Ledger:
    """The ledger of a file, empty when there is none. Raises ``VivierError`` naming the line that cannot be read."""
    ids: dict[str, str] = {}
    moved: dict[str, str] = {}
    if not path.exists():
        return NEW_LEDGER
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = orjson.loads(line)
                ids |= dict.fromkeys(entry["keys"], entry["id"])
                moved |= dict.fromkeys(entry["former"], entry["id"])
            except (ValueError, KeyError, TypeError) as error:
                raise VivierError(
                    f"« {path} », ligne {number} : illisible. Remettez une copie du fichier : sans lui, des "
                    "identifiants publiés changeraient."
                ) from error
    return Ledger(ids, moved)


def write_ledger(path: Path, ledger: Ledger) -> None:
    """Replace the file in one step: one line an id, in order, so that two copies can be compared."""
    keys: dict[str, list[str]] = defaultdict(list)
    for key, id_ in ledger.ids.items():
        keys[id_].append(key)
    former = _former(ledger.moved)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with beside.open("wb") as file:
        for id_ in sorted(keys.keys() | former.keys()):
            entry = {"id": id_, "keys": sorted(keys.get(id_, ())), "former": former.get(id_, ())}
            file.write(orjson.dumps(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
