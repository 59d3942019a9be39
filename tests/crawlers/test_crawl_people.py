"""Names of persons are taken out of free texts, and what only looks like one is left: measured on authored texts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crawlers.kit.values import description
from vivier.privacy.people import scrub_people

TEXTS = Path(__file__).parent / "people.csv"


def authored() -> list[tuple[str, list[str]]]:
    with TEXTS.open(encoding="utf8", newline="") as rows:
        return [
            (row["text"], [person for person in row["persons"].split("|") if person]) for row in csv.DictReader(rows)
        ]


def test_nothing_that_is_no_person_is_destroyed() -> None:
    assert [text for text, persons in authored() if not persons and scrub_people(text)[0] != text] == []


def test_nine_persons_in_ten_are_removed_and_nothing_beside_them() -> None:
    named = [(text, persons) for text, persons in authored() if persons]
    left = [person for text, persons in named for person in persons if person in scrub_people(text)[0]]
    total = sum(len(persons) for _, persons in named)
    assert total >= 45
    assert len(left) <= total / 10, left
    removed = sum(scrub_people(text)[1] for text, _ in named)
    assert removed <= total


@pytest.mark.parametrize("text", [text for text, _ in authored()])
def test_a_text_scrubbed_once_has_nothing_left_to_scrub(text: str) -> None:
    once = scrub_people(text)[0]
    assert scrub_people(once) == (once, 0)


def test_a_presentation_says_that_a_name_was_removed() -> None:
    issues: list[str] = []
    assert description("Blanchisserie.\nContact : Claire DUBOIS, 06 00 00 00 00", issues) == (
        "Blanchisserie.\nContact : […], […]"
    )
    assert set(issues) == {"contact_removed", "name_removed"}
