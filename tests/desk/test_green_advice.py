"""What the desk advises on the labels of forty lots, judged before it was asked."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.green import advised, required_alone
from tests.demo_home import demo_home
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


def test_the_advice_on_labels_is_right_or_arguable_and_none_is_required_under_an_even_chance(tmp_path: Path) -> None:
    with closing(open_engine(demo_home(tmp_path))) as engine:
        found = list(advised(Snapshot(engine), load_lexicon()))
    grades = Counter(grade for _, _, grade in found)
    assert len(found) == 40 and grades["right"] + grades["arguable"] >= 36, grades
    assert not any(required_alone(green) for _, green, _ in found)
