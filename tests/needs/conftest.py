"""One lexicon for the room: the committed tables."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon, load_lexicon


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()
