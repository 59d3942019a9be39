"""Decides which records are one structure: a union–find that refuses to join structures which must stay apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from vivier.errors import FieldError, InvalidRequest
from vivier.identity import is_antenna_siret, is_finess, is_siren, is_siret
from vivier.model import Record

Decisions = Mapping[frozenset[str], bool]


class Keys(NamedTuple):
    """Identity keys of one record: only valid identifiers, and no made-up antenna number."""

    source: str
    finess: str | None
    siret: str | None
    siren: str | None


NO_KEYS = Keys("", None, None, None)
"""The keys of a record that only adds facts: no supplier is known or found by it."""


def source_key(record: Record) -> str:
    """``source:key in the source``, which is unique in a build."""
    return f"{record.provenance.source_id}:{record.source_id}"


def keys_of(record: Record) -> Keys:
    """The valid identity keys of a record. The SIREN is taken from the SIRET when it is not given."""
    siret = record.siret if record.siret and not is_antenna_siret(record.siret) and is_siret(record.siret) else None
    finess = record.finess if record.finess and is_finess(record.finess) else None
    return Keys(source_key(record), finess, siret, siret[:9] if siret else _siren(record))


def _siren(record: Record) -> str | None:
    siren = record.siren or (record.siret or "")[:9]
    return siren if is_siren(siren) else None


class Clusters:
    """Records as nodes ``0…n-1``; ``join`` unites two structures unless a decision or an identifier forbids it."""

    def __init__(self, keys: Sequence[Keys], decisions: Decisions) -> None:
        self.keys = keys
        self._parent = list(range(len(keys)))
        self._members: dict[int, list[int]] = {}
        self._apart: list[tuple[int, int]] = []
        self.unknown_decisions = 0
        self._decide(decisions)

    def find(self, node: int) -> int:
        """The smallest node of the structure of ``node``."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def members(self, node: int) -> list[int]:
        """Nodes of the structure of ``node``, in order."""
        root = self.find(node)
        return self._members.get(root) or [root]

    def roots(self) -> list[int]:
        """One node for each structure, in order."""
        return [node for node in range(len(self.keys)) if self._parent[node] == node]

    def values(self, node: int, field: str) -> set[str]:
        """Distinct values of an identifier in the structure of ``node``."""
        return {value for member in self.members(node) if (value := getattr(self.keys[member], field))}

    def join(self, left: int, right: int) -> bool:
        """Unites two structures. Returns ``False`` when they were one already or when a decision keeps them apart."""
        a, b = sorted((self.find(left), self.find(right)))
        if a == b or self.kept_apart(a, b):
            return False
        self._members[a] = sorted(self.members(a) + self.members(b))
        self._members.pop(b, None)
        self._parent[b] = a
        return True

    def kept_apart(self, left: int, right: int) -> bool:
        """Does a decision forbid that the two become one?"""
        roots = {self.find(left), self.find(right)}
        return any({self.find(a), self.find(b)} == roots for a, b in self._apart)

    def contradict(self, left: int, right: int) -> bool:
        """Whether identifiers say that two structures differ: two SIRETs, two FINESS numbers or two SIRENs."""
        return any(
            (mine := self.values(left, name)) and (other := self.values(right, name)) and not mine & other
            for name in ("siret", "finess", "siren")
        )

    def _decide(self, decisions: Decisions) -> None:
        nodes = {key.source: node for node, key in reversed(list(enumerate(self.keys)))} if decisions else {}
        ordered = sorted((sorted(pair), same) for pair, same in decisions.items())
        known = [(pair, same) for pair, same in ordered if len(pair) == 2 and all(key in nodes for key in pair)]
        self.unknown_decisions = len(ordered) - len(known)
        for (left, right), same in known:
            if same:
                self.join(nodes[left], nodes[right])
        for (left, right), same in known:
            if not same:
                self._forbid(nodes[left], nodes[right])

    def _forbid(self, left: int, right: int) -> None:
        if self.find(left) == self.find(right):
            pair = f"{self.keys[left].source} et {self.keys[right].source}"
            message = (
                f"Les décisions de fusion se contredisent : {pair} sont à la fois réunis et séparés. Retirez-en une."
            )
            raise InvalidRequest((FieldError("decisions", "contradiction", message),))
        self._apart.append((left, right))


def groups(nodes: Iterable[tuple[int, str | None]]) -> dict[str, list[int]]:
    """Nodes by identifier, identifiers in order; nodes without one are left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for node, value in nodes:
        if value:
            found[value].append(node)
    return dict(sorted(found.items()))
