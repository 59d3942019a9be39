"""The label filter and the state of a label say the same, at any date, on each engine."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.suppliers.conftest import House
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.model import Supplier
from vivier.validity import holds_on

pytestmark = pytest.mark.slow

DAYS = st.dates(date(2018, 1, 1), date(2032, 12, 31))
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def holders(demo: House, label: str, day: date) -> set[str]:
    return {supplier.id for supplier in demo.suppliers if _holds(supplier, label, day)}


def _holds(supplier: Supplier, label: str, day: date) -> bool:
    if supplier.closed is not None and supplier.closed.value:
        return False
    labels = (fact.value for fact in supplier.labels if fact.value.code == label)
    return any(holds_on(dated.model_dump(mode="json"), day) for dated in labels)


@MANY
@given(label=st.sampled_from(sorted(LABELS)), day=DAYS)
def test_a_label_is_found_on_the_days_it_counts_and_on_no_other(demo: House, label: str, day: date) -> None:
    assert demo.all(label=label, as_of=day.isoformat()) == holders(demo, label, day)


@MANY
@given(data=st.data())
def test_both_bounds_of_a_label_are_inclusive(demo: House, data: st.DataObject) -> None:
    dated = [
        (fact.value.code, bound)
        for supplier in demo.suppliers
        for fact in supplier.labels
        for bound in (fact.value.valid_from, fact.value.valid_until)
        if bound is not None
    ]
    label, day = data.draw(st.sampled_from(dated))
    shift = data.draw(st.sampled_from([-1, 0, 1]))
    near = date.fromordinal(day.toordinal() + shift)
    assert demo.all(label=label, as_of=near.isoformat()) == holders(demo, label, near)


@MANY
@given(kind=st.sampled_from(sorted(KINDS)), day=DAYS)
def test_a_kind_is_found_on_the_days_its_agreement_counts(demo: House, kind: str, day: date) -> None:
    expected = {
        supplier.id
        for supplier in demo.suppliers
        if not (supplier.closed is not None and supplier.closed.value)
        and any(
            fact.value.kind == kind and holds_on(fact.value.model_dump(mode="json"), day)
            for fact in supplier.agreements
        )
    }
    assert demo.all(kind=kind, as_of=day.isoformat()) == expected
