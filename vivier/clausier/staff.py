"""Says what the staff taken over changes to insertion hours: only newly assigned posts can carry them (docs/methods.md (e))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mappings import read_table
from vivier.french import percent


@dataclass(frozen=True)
class StaffTransfer:
    """The rule of a trade, in French. ``status``: « unverified » when its text was not read."""

    trade: str
    rule: str
    status: str
    source: str


@lru_cache(maxsize=1)
def staff_transfers() -> Mapping[str, StaffTransfer]:
    """The rules by code of trade."""
    return {row["trade"]: StaffTransfer(**row) for row in read_table("staff_transfer")}


def staff_notes(trades: Sequence[str], taken_over: float | None) -> tuple[str, ...]:
    """The warning of a lot of one of the trades where staff is taken over as a rule, when its share is unknown; else nothing."""
    rules = [staff_transfers()[trade] for trade in trades if trade in staff_transfers()]
    if taken_over is not None or not rules:
        return ()
    rule = rules[0]
    doubt = "" if rule.status == "seen" else ", à confirmer"
    return (
        f"Personnel repris inconnu, alors que la reprise est d'usage dans ce métier ({rule.rule}{doubt}). Les heures sont comptées comme "
        f"si personne n'était repris : c'est un plafond. Avec {percent(0.7)} de personnel repris il en resterait {percent(0.3)}. "
        "Demandez la liste du personnel au titulaire sortant.",
    )
