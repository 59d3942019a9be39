"""The words of pages: no code of a closed list is shown as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest

from search_api.pages import words
from search_api.pages.words import VALUES
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.model.base import Model


def _values(annotation: Any) -> Iterator[str]:
    """The values of a closed list, however deep it stands in a type."""
    for inner in get_args(annotation):
        yield from (inner,) if get_origin(annotation) is Literal else _values(inner)


@pytest.mark.parametrize("query", [LeadsQuery, BuyersQuery, ContractQuery])
def test_each_value_of_a_closed_list_has_a_french_name(query: type[Model]) -> None:
    closed = {name: tuple(_values(field.annotation)) for name, field in query.model_fields.items()}
    assert not [
        (name, value) for name, values in closed.items() for value in values if value not in VALUES.get(name, {})
    ]


def test_what_a_new_filter_leaves_out_as_unknown_is_said_without_a_row_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "UNPUBLISHED", {})
    ((_, sentence),) = words.unpublished({"staff": 2})
    assert sentence.replace("\xa0", " ") == "2 autres structures n'ont pas publié l'effectif"


def test_the_last_day_on_which_a_notice_is_shown_is_said_without_an_hour() -> None:
    deadline = "2027-01-02T23:59:00+01:00"
    assert words.answer_day({"deadline": deadline}) == "avant le 2\xa0janvier 2027 à 23\u202fh\u202f59"
    shown = {"deadline": deadline, "issues": ["deadline_supposed"]}
    assert words.answer_day(shown) == "sans doute avant le 2\xa0janvier 2027"
    assert words.answer_day({}) is None
