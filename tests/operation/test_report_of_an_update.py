"""What is told of an update: what is due and why, what was read, what failed, and what became of the index."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.typed import told
from tests.search_api.pages.html import plain
from vivier.cli.terminal_tables import show_plan, show_report
from vivier.runs.ledger import AWAY, IndexStep, Ledger, Step
from vivier.settings import Settings

AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
DONE = Step(source="esat", title="ESAT", state="done", why="en retard", seen=3, kept=2, set_aside={"name_missing": 1})
FAILED = Step(source="ea", title="EA", state="failed", why="jamais lue", reason="Le site refuse.")
FRESH = Step(source="siae", title="SIAE", state="fresh", why="lue hier")
INDEX = IndexStep(state="done", generation="suppliers-2", documents=1200, again=1000)
WHOLE = Ledger(started_at=AT, resumed=2, steps=(FRESH, DONE, FAILED), index=INDEX)
REPORT = """Mise à jour du 24/11/2026 09:05 UTC.
Reprise 2 fois après une interruption : ce qui était fait n'a pas été refait.
En échec (1) :
  ea : Le site refuse.
Relues (1) :
  esat : 3 lignes lues, 2 gardées, 1 × name_missing
À jour (1) :
  siae : lue hier
Index : 1200 fournisseurs en service (suppliers-2). Fiches reprises sans changement : 1\N{NARROW NO-BREAK SPACE}000 ; fiches faites : 200."""
PLAN = """Une mise à jour a été interrompue : elle sera reprise, sans refaire ce qui est fait.
En échec    ea : jamais lue
Relues      esat : en retard
À jour      siae : lue hier
"""


def test_a_report_has_a_line_for_each_source_by_state() -> None:
    assert plain("\n".join(WHOLE.lines())) == REPORT
    away = WHOLE.model_copy(update={"resumed": 0, "network_away": True, "steps": (FRESH,)}).lines()
    assert away[1:3] == [AWAY, "À jour (1) :"]


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (IndexStep(), "Index : à construire."),
        (
            IndexStep(state="failed", reason="Le disque est plein."),
            "Index : Le disque est plein. La génération en service n'a pas changé.",
        ),
        (
            INDEX.model_copy(update={"state": "unchanged"}),
            "Index : déjà à jour, 1200 fournisseurs en service (suppliers-2).",
        ),
        (INDEX.model_copy(update={"again": 0}), "Index : 1200 fournisseurs en service (suppliers-2)."),
    ],
)
def test_the_index_is_told_by_its_outcome(index: IndexStep, text: str) -> None:
    assert index.text() == text


def test_an_update_is_good_when_nothing_failed_and_the_index_is_in_service() -> None:
    good = WHOLE.model_copy(update={"steps": (FRESH, DONE)})
    assert good.ok and not WHOLE.ok and not good.model_copy(update={"network_away": True}).ok
    states = {
        state: good.model_copy(update={"index": IndexStep(state=state)}).ok
        for state in ("pending", "failed", "unchanged")
    }
    assert states == {"pending": False, "failed": False, "unchanged": True}
    assert (
        WHOLE.of("done") == (DONE,) and WHOLE.with_step(FAILED.model_copy(update={"state": "done"})).of("failed") == ()
    )


def test_a_report_and_a_plan_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(WHOLE, as_json=False)
    assert plain(capsys.readouterr().out) == f"{REPORT}\n"
    show_plan(WHOLE, as_json=False)
    assert plain(capsys.readouterr().out) == PLAN
    show_report(WHOLE, as_json=True)
    assert '"ok": false' in capsys.readouterr().out
    show_plan(WHOLE, as_json=True)
    assert '"steps"' in capsys.readouterr().out


def test_the_verb_says_what_is_due_and_reads_nothing(tmp_path: Path) -> None:
    printed = told(tmp_path, "update", "--dry-run", "esat", "siae", "agence_bio")
    assert [line.split(" (")[0] for line in printed.splitlines()] == [
        "À relire    agence_bio : jamais lue, attendue tous les 7 jours",
        "À fournir   esat : jamais lue, attendue tous les 365 jours",
        "À fournir   siae : jamais lue, cadence non publiée",
    ]
    assert not Settings(home=tmp_path).raw.exists()
