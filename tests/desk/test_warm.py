"""What a service reads before it answers: the first study after that opens no table."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.house.walk import ROOT
from vivier.desk.warm import warm
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import load_lexicon
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow

FIRST_STUDY = """
import sys
from datetime import date
from pathlib import Path
from indexer.demo import demo_records
from tests.suppliers.conftest import serve
from vivier.desk.consultation import Desk
from vivier.desk.study_settings import StudySettings
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.warm import warm
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search.snapshot import Snapshot
from vivier.lexicon import load_lexicon

engine, lexicon, today = EmbeddedStore(Path(sys.argv[1])), load_lexicon(), date(2026, 11, 24)
serve(engine, demo_records(60), lexicon)
warm(Snapshot(engine), lexicon, today)
opened = []
sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
told = {"text": "blanchisserie du linge", "place": "Pas-de-Calais", "amount": "90000", "cpv": "98310000"}
Desk(Snapshot(engine), lexicon, StudySettings(today)).lot(understand(Row(1, told), lexicon))
print([name for name in opened if "mappings" in name])
"""


def test_the_first_study_after_a_start_opens_no_table(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_STUDY, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_an_engine_without_an_index_is_left_to_the_readiness_to_tell(tmp_path: Path) -> None:
    with closing(EmbeddedStore(tmp_path)) as engine:
        warm(Snapshot(engine), load_lexicon(), date(2026, 11, 24))
