"""Reads TED notices before eForms (``TED_EXPORT``): their coded section, and their form by the reader of its schema."""

from __future__ import annotations

from typing import Final

from crawlers.contracts.notices.raw import RawNotice
from crawlers.contracts.notices.ted_old import CATEGORIES, coded_values, read_form
from crawlers.contracts.notices.ted_r208 import is_r208, read_r208
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import compact_day, read_moment, ted_number

_OF_TYPE: Final = {"0": "prior_information", "3": "call", "7": "award", "2": "correction"}
"""Nature of each ``TD_DOCUMENT_TYPE``, for a form that does not give it."""


def read_ted(root: Node) -> RawNotice:
    """The notice as written, in French when it has a French version."""
    coded = root.first("CODED_DATA_SECTION") or Node("none")
    data, codes = coded.first("NOTICE_DATA") or Node("none"), coded.first("CODIF_DATA") or Node("none")
    form = _form(root)
    raw = read_r208(form) if is_r208(form) else read_form(form)
    raw.number = ted_number(root.attributes.get("DOC_ID")) or ted_number(data.words("NO_DOC_OJS"))
    raw.nature = raw.nature or _OF_TYPE.get(_code(codes, "TD_DOCUMENT_TYPE"))
    raw.published = compact_day(coded.words("REF_OJS/DATE_PUB"))
    raw.follows = [
        number
        for text in (*raw.follows, *data.every("REF_NOTICE/NO_DOC_OJS"))
        if (number := ted_number(text)) is not None
    ]
    raw.category = raw.category or CATEGORIES.get(_code(codes, "NC_CONTRACT_NATURE"))
    raw.url = f"https://ted.europa.eu/fr/notice/-/detail/{raw.number}" if raw.number else None
    whole = raw.whole
    whole.deadline = whole.deadline or read_moment(codes.words("DT_DATE_FOR_SUBMISSION"))
    whole.cpv = whole.cpv or coded_values(data.all("ORIGINAL_CPV"))
    whole.nuts = coded_values(data.all("PERFORMANCE_NUTS")) or coded_values(data.all("ORIGINAL_NUTS")) or whole.nuts
    return raw


def _form(root: Node) -> Node:
    forms = root.all("FORM_SECTION/*")
    french = [form for form in forms if form.attributes.get("LG") == "FR"]
    return next(iter((*french, *forms)), Node("none"))


def _code(codes: Node, name: str) -> str:
    found = codes.first(name)
    return found.attributes.get("CODE", "") if found is not None else ""
