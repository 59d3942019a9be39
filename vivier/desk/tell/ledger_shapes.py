"""The shapes of the answer to a ledger."""

from __future__ import annotations

from typing import NotRequired

from vivier.bodies import Body
from vivier.desk.method.ledger import State
from vivier.desk.tell.green import ProductDutyBody


class NamedAmountBody(Body):
    code: str
    name: str
    amount: float


class LedgerZonesBody(Body):
    known: list[NamedAmountBody]
    none_known: float
    unknown: float


class LedgerMetaBody(Body):
    as_of: str
    method_versions: dict[str, str]
    index_generation: NotRequired[str]


class LinesBody(Body, total=False):
    """Lines one by one, when they are wanted."""

    lines: list[LedgerLineBody]


class LedgerBody(LinesBody):
    summary: list[str]
    whole: LedgerRowBody
    families: list[LedgerRowBody]
    families_left: LeftBody
    territories: list[LedgerRowBody]
    kinds: list[NamedAmountBody]
    labels: list[NamedAmountBody]
    zones: LedgerZonesBody
    suppliers: dict[str, dict[State, int]]
    product_duties: LedgerDutiesBody
    alternatives: list[AlternativesBody]
    read: LedgerReadBody
    limits: list[str]
    meta: LedgerMetaBody


class LedgerDutyBody(ProductDutyBody):
    """A duty, with the net amount bought under it and its share of the ledger. How much of it is re-used or recycled is not in a ledger."""

    amount: float
    share: float | None


class LedgerDutiesBody(Body):
    rows: list[LedgerDutyBody]
    unread: float
    text: str


class LeftBody(Body):
    families: int
    amount: float


class LedgerRowBody(Body):
    key: str | None
    name: str
    lines: int
    suppliers: int
    amount: float
    inclusive: LedgerShareBody
    labelled: LedgerShareBody
    ess: LedgerShareBody


class LedgerShareBody(Body):
    amounts: dict[State, float]
    least: float | None
    most: float | None


class GroupCountBody(Body):
    title: str
    total: int


class AlternativesBody(Body):
    family: str
    amount: float
    trades: list[dict[str, str]]
    said: str
    groups: list[GroupCountBody]
    structures: list[OtherStructureBody]
    url: str | None


class OtherStructureBody(Body):
    id: str
    name: str
    town: str | None
    kinds: list[str]
    group: str
    group_fr: str
    distance_km: float | None
    already: bool
    producer: str
    updated_at: str | None


class ReadCreditNotesBody(Body):
    lines: int
    amount: float


class ReadWrongAmountsBody(Body):
    line: int
    cell: str


class LedgerReadBody(Body):
    lines: int
    columns: dict[str, str]
    ignored_columns: list[str]
    remarks: list[str]
    credit_notes: ReadCreditNotesBody
    without_amount: list[int]
    wrong_amounts: list[ReadWrongAmountsBody]
    unread: dict[str, dict[str, float]]
    place: list[str]


class LineSourcesBody(Body):
    producer: str
    updated_at: str | None


class LedgerLineBody(Body):
    line: int
    number: str | None
    unread: str | None
    amount: float | None
    family: str | None
    inclusive: str
    labelled: str
    ess: str
    kinds: list[str]
    labels: list[str]
    match: str | None
    supplier: str | None
    name: str | None
    departement: str | None
    zones: list[str]
    sources: list[LineSourcesBody]
