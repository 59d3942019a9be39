"""Computes the key of a contract: records with one key describe the same contract (docs/contracts.md, « Key »)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from vivier.contracts.objects import folded, lot_of
from vivier.model import ContractRecord

REUSED_IDS = ("decp_2019",)
"""Forms whose ids serve again for other contracts: the object, the CPV and the date distinguish them."""


def contract_key(record: ContractRecord) -> str:
    """The key: kind, SIREN of the buyer, the buyer's number, and a discriminator between contracts of one number.

    The SIREN is used rather than the SIRET because lots of one consultation come under two SIRETs. A trailing « -NN »
    is part of the number. The discriminator is the lot number; without a usable number, it is the object, the CPV and
    the date.
    """
    buyer = record.buyer.siren or f"?{record.buyer.raw_id or record.buyer.name or ''}"
    number = record.number or ""
    if not number.strip("0") or record.form in REUSED_IDS:
        content = f"{folded(record.object or '')}|{record.cpv or ''}|{record.notified or ''}"
        return f"{record.kind}|{buyer}|{number}|{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    lot = lot_of(record.object or "")
    return f"{record.kind}|{buyer}|{number}|{'' if lot is None else lot}"


def contract_id(key: str) -> str:
    """A stable public id drawn from the key: « c » and 16 hexadecimal digits."""
    return "c" + hashlib.sha256(key.encode()).hexdigest()[:16]


def apart(records: Iterable[ContractRecord]) -> list[list[ContractRecord]]:
    """Records of one key, split when both holders *and* CPV differ: one number was then given to two contracts."""
    groups: list[list[ContractRecord]] = []
    for record in records:
        for group in groups:
            if not _different(group[0], record):
                group.append(record)
                break
        else:
            groups.append([record])
    return groups


def _different(left: ContractRecord, right: ContractRecord) -> bool:
    if left.cpv is None or right.cpv is None or left.cpv == right.cpv:
        return False
    holders = [{h.siren or h.raw_id for h in record.holders} | _amended(record) for record in (left, right)]
    return bool(holders[0]) and bool(holders[1]) and not holders[0] & holders[1]


def _amended(record: ContractRecord) -> set[str | None]:
    return {holder.siren or holder.raw_id for change in record.modifications for holder in change.holders}
