"""A damaged line of a context is set aside with its reason, and what the other lines say is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.context.run import add_context
from indexer.aside import Aside, SetAside
from indexer.context import Context
from tests.context.house import (
    BAND,
    CIRCLE,
    CLOSED,
    FILES,
    HIDDEN,
    LISTED,
    NOW,
    OPEN,
    STOCKS,
    SUCCESSOR,
    TRADER,
    put_records,
)
from tests.indexer.records import record
from vivier.errors import BuildRefused
from vivier.lexicon import Lexicon
from vivier.model import Address, Point
from vivier.model.context import Establishment
from vivier.runs.context import FACTS, read_facts
from vivier.runs.records import RunDamaged, current_run
from vivier.settings import Settings

CUT = b'{"siret":"99941000400017","kno'
BROKEN_CONTOUR = b'{"zone":"qpv","code":"QN00000","contour":{"type":"Polygon","coordinates":[[[3.1,50.6]]]}}\n'


@pytest.fixture
def sirene(settings: Settings) -> Path:
    sirets = (OPEN, CLOSED, SUCCESSOR, CIRCLE, TRADER, LISTED, HIDDEN, BAND)
    put_records(settings, [record("essai", siret, siret=siret) for siret in sirets])
    add_context("sirene", STOCKS, settings, now=NOW)
    return current_run(settings.context, "sirene") / FACTS


def spoil(path: Path, *lines: bytes) -> None:
    kept = path.read_bytes()
    path.write_bytes(kept + (b"" if kept.endswith(b"\n") else b"\n") + b"".join(lines))


def test_a_cut_line_of_sirene_is_set_aside_and_the_others_are_read(
    settings: Settings, sirene: Path, lexicon: Lexicon
) -> None:
    whole = Context(settings.context, lexicon.gazetteer).establishments
    spoil(sirene, CUT)
    left = SetAside(ours=False)
    assert Context(settings.context, lexicon.gazetteer, left).establishments == whole != {}
    (example,) = left.summary()["examples"]
    assert example["id"] == f"contexte sirene, ligne {len(whole) + 1}"
    assert "vivier context sirene" in example["reason"]


def test_a_line_that_nobody_sets_aside_is_refused_clearly(settings: Settings, sirene: Path) -> None:
    spoil(sirene, CUT)
    with pytest.raises(RunDamaged, match="vivier context sirene"):
        list(read_facts(settings.context, "sirene", Establishment))


def test_too_many_damaged_lines_stop_the_build(settings: Settings, sirene: Path, lexicon: Lexicon) -> None:
    spoil(sirene, *([CUT + b"\n"] * 30))
    with pytest.raises(BuildRefused, match="lignes écartées de contexte sirene"):
        Context(settings.context, lexicon.gazetteer)
    assert Context(settings.context, lexicon.gazetteer, SetAside(accept=True, ours=False)).establishments


def test_damaged_lines_of_a_context_are_not_counted_among_the_records_to_be_built() -> None:
    left = SetAside(ours=False)
    unread = [("contexte ban, ligne 1", "abîmée")] * 50
    left.add([Aside(*one) for one in unread], 100_000, "contexte ban")
    left.add([Aside("siae:1", "impossible")], 30)
    assert left.summary()["count"] == 51


def test_an_area_that_cannot_be_drawn_is_set_aside_and_the_others_are_known(
    settings: Settings, lexicon: Lexicon
) -> None:
    add_context("zones", sorted(FILES.glob("*-essai.*")), settings, now=NOW)
    spoil(current_run(settings.context, "zones") / FACTS, BROKEN_CONTOUR)
    left = SetAside(ours=False)
    areas = Context(settings.context, lexicon.gazetteer, left).areas
    assert left.ids == {"contexte zones, qpv QN00000"}
    seat = Address(commune="59512", point=Point(lon=3.1746, lat=50.6889), precision="address")
    assert areas.of(seat) == ("qpv",)
