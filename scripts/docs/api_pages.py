"""The pages of the parameters of each route and of the columns of files, read from their models: ``docs/generated/api-suppliers.md`` and
``docs/generated/api-contracts.md``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from search_api.parameters import openapi_parameters
from search_api.suppliers.routes.operations import values_text
from vivier.contracts.indicators import WITHOUT_MEANING, IndicatorsQuery
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery, NoticeQuery
from vivier.lexicon import load_lexicon
from vivier.model.base import Model
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.query import SupplierQuery

_PARAMETERS = """Of `/v1/suppliers` and its files. How they combine is in [api](../api.md#parameters-of-v1suppliers)."""

_COLUMNS = (
    """Of `/v1/suppliers.csv`, `.xlsx` and `.jsonl`, in this order. What cells hold is in [api](../api.md#exports)."""
)

_INTRODUCTION = """Values of one parameter are alternatives, different parameters all hold, an unknown parameter is refused
([api](../api.md)). What the words mean is in [contracts](../contracts.md). `as_of` sets the day of every question, sheets included: open,
ended and running are judged on it. Given, it also leaves out what was notified (contracts) or published (notices) after it, in lists,
files, indicators and the sheet of a buyer. Two bounds the wrong way round, or a nearest-first order without a place, are refused.

An empty list says in `meta.relaxations` which single change would give how many results (`parameter`, `text`, `total`, `link`)."""

_MODELS: tuple[tuple[str, type[Model], str], ...] = (
    ("/v1/contracts", ContractQuery, "Awarded contracts and concessions, each with its reasons, evidence and sources."),
    (
        "/v1/notices",
        NoticeQuery,
        "Notices of BOAMP and TED. `/v1/projects` takes the same parameters; `nature`, `status` and `source`, which a planned purchase has once for all, are refused with another value.",
    ),
    (
        "/v1/leads",
        LeadsQuery,
        "One feed for a supplier of the index (`supplier`), or for trades, a place and kinds told by hand.",
    ),
    (
        "/v1/buyers",
        BuyersQuery,
        "Buyers ranked for the same profile, or found by name. `meta.considered` counts the buyers of these trades, place and period, "
        "`meta.left_out` those that fell by each rule, `meta.unnamed` those listed whose name no source gives: they come after their equals.",
    ),
    (
        "/v1/indicators",
        IndicatorsQuery,
        "Shares of contracts with a consideration, by `by`, with coverage, bounds and series breaks. Same filters as contracts. "
        "A thousand groups at most (`meta.groups` says how many there are); the file has them all.",
    ),
)


def _parameters(model: type[Model], without: Collection[str] = ()) -> str:
    parameters = openapi_parameters(model, load_lexicon(), without)
    rows = ((code(each["name"]), each["description"], values_text(each["schema"])) for each in parameters)
    return table(("name", "meaning", "values"), rows)


def of_suppliers() -> str:
    """The page of suppliers."""
    rows = (
        (code(column.name), column.header, "always" if column.part is None else code(column.part), column.meaning)
        for column in COLUMNS
    )
    columns = table(("column", "header", "`fields`", "meaning"), rows)
    parameters = f"## Parameters\n\n{_PARAMETERS}", _parameters(SupplierQuery)
    return whole("API of suppliers", *parameters, f"## Columns of files\n\n{_COLUMNS}", columns)


def of_contracts() -> str:
    """The page of contracts, notices, leads, buyers and indicators."""
    return whole("API of contracts and buyers", _INTRODUCTION, *_sections())


def _sections() -> Iterator[str]:
    for path, model, text in _MODELS:
        yield f"## `{path}`\n\n{text}"
        yield _parameters(model, WITHOUT_MEANING if model is IndicatorsQuery else ())
