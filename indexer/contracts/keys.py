"""Computes the key of a contract: records with one key describe the same contract (docs/contracts.md, « Key »)."""

from __future__ import annotations

from vivier.contracts.objects import folded, lot_of
from vivier.identity import digest_of
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
        return f"{record.kind}|{buyer}|{number}|{digest_of(content.encode())}"
    lot = lot_of(record.object or "")
    return f"{record.kind}|{buyer}|{number}|{'' if lot is None else lot}"


def contract_id(key: str) -> str:
    """A stable public id drawn from the key: « c » and 16 hexadecimal digits."""
    return "c" + digest_of(key.encode())
