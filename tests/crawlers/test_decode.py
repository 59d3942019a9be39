"""Pages in whatever encoding they say, or do not say."""

from __future__ import annotations

import pytest

from crawlers.kit.decode import decoded

TEXT = "Bûcheronnage, œuvres d’art à Évry"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        (TEXT.encode("cp1252"), None),
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (TEXT.encode("cp1252"), "text/html; charset=inconnu"),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16-le"),
    ],
)
def test_a_page_is_read_in_its_encoding(body: bytes, content_type: str | None) -> None:
    assert decoded(body, content_type) == TEXT
