"""Values of the domain: made and changed quickly, as pydantic does it; sizes, considerations and legal categories, value by value."""

from __future__ import annotations

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import vivier.model
from vivier.model import Capacity, Offer
from vivier.model.base import Given, Indexed, Model, indexed_members
from vivier.model.context import Establishment
from vivier.model.contract import Considerations
from vivier.model.sizes import is_known, newest_sizes

UNITS = ("places", "etp", "persons", "eur_year", "volume_eur_year")
sizes = st.builds(
    Capacity,
    value=st.sampled_from([0.0, 1.0, 20.0]),
    up_to=st.sampled_from([None, 49.0]),
    unit=st.sampled_from(("etp", "eur_year")),
    year=st.sampled_from([None, 0, 1, 2025]),
)


@pytest.mark.slow
@given(st.lists(sizes, max_size=8))
def test_a_number_comes_before_a_band_then_the_newest_year_then_the_first(capacities: list[Capacity]) -> None:
    found = newest_sizes(capacities)
    assert found.keys() == {size.unit for size in capacities}
    for unit, size in found.items():
        some = [one for one in capacities if one.unit == unit]
        numbers = [one for one in some if one.up_to is None] or some
        newest = max(one.year or 0 for one in numbers)
        assert size is next(one for one in numbers if (one.year or 0) == newest)


def test_an_amount_of_zero_is_unknown_and_a_number_of_places_is_not() -> None:
    for unit in UNITS:
        known = [is_known(Capacity(value=value, unit=unit)) for value in (0, 0.5, 1)]
        assert known == [not unit.endswith("eur_year"), True, True]


def test_values_made_and_changed_quickly_are_those_of_pydantic() -> None:
    given = {"trade": "peinture", "family": None, "title": "Façades"}
    made, slow = Offer.trusted(**given), Offer(trade="peinture", title="Façades")
    assert made == slow and made.model_fields_set == slow.model_fields_set == {"trade", "title"}
    assert made.json_line() == slow.model_dump_json(exclude_none=True, exclude_unset=True).encode()
    changed, copied = made.changed(title=None, family="x"), slow.model_copy(update={"title": None, "family": "x"})
    assert changed == copied and changed.model_fields_set == copied.model_fields_set == {"trade", "title", "family"}
    assert changed.json_line() == b'{"trade":"peinture","family":"x"}' and made.title == "Façades"


@pytest.mark.parametrize(
    ("values", "state", "contradictory"),
    [
        ((), "unknown", False),
        (("none",), "no", False),
        (("clause",), "yes", False),
        (("clause", "criterion"), "yes", False),
        (("none", "clause"), "unknown", True),
    ],
)
def test_a_consideration_beside_none_is_a_contradiction(
    values: tuple[str, ...], state: str, contradictory: bool
) -> None:
    declared = Considerations.model_validate({"values": values})
    assert (declared.state, declared.contradictory) == (state, contradictory)


def test_yes_is_no_number_and_a_number_is_no_yes() -> None:
    class Asked(Given):
        size: float | None = None
        open: bool = False
        name: str = ""

    read = Asked.model_validate({"size": 1, "open": True, "name": "a"})
    assert (read.size, read.open, read.name) == (1.0, True, "a")
    for wrong, words in (
        ({"size": True}, "ni vrai ni faux"),
        ({"open": 1}, "true ou false"),
        ({"open": 0.0}, "true ou"),
    ):
        with pytest.raises(ValidationError, match=words):
            Asked.model_validate(wrong)


def test_a_legal_category_that_begins_by_one_is_that_of_a_person() -> None:
    def read(**fields: str) -> Establishment:
        return Establishment.trusted(**{"legal_category": None, "diffusion": None, **fields})

    assert [read(legal_category=code).sole_trader for code in ("1000", "5710", "9210")] == [True, False, False]
    assert read().sole_trader is False
    assert [read(diffusion=code).restricted for code in "OPN"] == [False, True, True] and not read().restricted


def test_members_marked_are_indexed_and_names_are_found_in_their_module() -> None:
    class Marked(Model):
        plain: str = ""
        marked: Annotated[str, Indexed()] = ""

    assert indexed_members(Marked) == ("marked",) and Indexed() == Indexed()
    assert vivier.model.Buyer.__module__ == "vivier.model.buyer"
    with pytest.raises(AttributeError, match="nobody"):
        _ = vivier.model.nobody
