"""A town of the demonstration is named as one says it."""

from __future__ import annotations

import pytest

from indexer.demo.texts import at_town


@pytest.mark.parametrize(
    ("town", "told"),
    [
        ("Rennes", "à Rennes"),
        ("Le Mans", "au Mans"),
        ("Les Ulis", "aux Ulis"),
        ("Lens", "à Lens"),
        ("Lescar", "à Lescar"),
    ],
)
def test_a_town_is_told_with_its_article(town: str, told: str) -> None:
    assert at_town(town) == told
