"""The signatures that former versions took, by a code sent to the mailbox that a register publishes. They are shown while the hash of what was signed is that
of what is kept."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson
from sqlalchemy import RowMapping

from vivier.desk.method.answers import Answer
from vivier.desk.read.replies import as_json

ERASED: Final = {"content": "", "signed_hash": None}
"""What is left of the content of a request that is erased: nothing, nor its hash."""
_APART: Final = ("given_on", "signed_on", "signed_by")


def digest_of_request(row: RowMapping) -> str:
    """The hash of what a request says, and of whom."""
    return digest([row[name] for name in ("kind", "supplier", "siret", "finess", "content")])


def digest_of_answer(round_key: str, answer: Answer) -> str:
    """The hash of what an answer says, and of the round that it answers. Its day is no part of it, nor is what it does not say."""
    given = {name: value for name, value in as_json(answer).items() if name not in _APART}
    return digest([round_key, given])


def signature(row: RowMapping, expected: str | None) -> dict[str, Any]:
    """The day and the register of the signature of a row; both ``None`` when it is not signed, or says something else since."""
    return {name: row[name] if row["signed_hash"] == expected else None for name in ("signed_on", "signed_by")}


def digest(values: object) -> str:
    """The hash of plain values, whatever the order of their members."""
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()
