"""A value changed without validation is the value a validated copy would be."""

from __future__ import annotations

from tests.indexer.records import record


def test_a_changed_record_is_the_copy_that_pydantic_makes_and_leaves_the_first_as_it_was() -> None:
    first = record("list", "a")
    changed = first.changed(name="Autre", issues=("point_far",))
    assert changed == first.model_copy(update={"name": "Autre", "issues": ("point_far",)})
    assert (
        changed.model_dump_json()
        == first.model_copy(update={"name": "Autre", "issues": ("point_far",)}).model_dump_json()
    )
    assert changed.model_fields_set == first.model_fields_set | {"name", "issues"}
    assert first.name == "Atelier du Drac"
