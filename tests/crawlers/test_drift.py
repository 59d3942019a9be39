"""The layout of a source: what is new, missing or renamed is kept with the run, and told as long as it is true."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.run import import_files
from tests.crawlers.samples import NOW, samples
from vivier.errors import ImportRefused
from vivier.runs.drift import Drift, drift, likely_renames
from vivier.runs.records import RunStatistics
from vivier.settings import Settings

WEEK = timedelta(days=7)
names = st.sets(st.sampled_from(["siret", "nom", "ville", "nom_ville", "code postal", "code_postal", "tel 1", "tel 2"]))


def table(path: Path, rename: dict[str, str | None], **added: str) -> Path:
    """The sample of siae with columns renamed, left out (``None``) or added."""
    rows = list(csv.DictReader(samples("siae")[0].read_text(encoding="utf-8-sig").splitlines()))
    columns = {name: rename.get(name, name) for name in rows[0] if rename.get(name, name) is not None}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*columns.values(), *added])
    writer.writerows([*(row[name] for name in columns), *added.values()] for row in rows)
    path.write_text(out.getvalue(), encoding="utf8")
    return path


def read(settings: Settings, path: Path, weeks: int = 0) -> RunStatistics:
    return import_files("siae", [path], settings, now=NOW + weeks * WEEK, accept=["naf"])


def signals(report: RunStatistics) -> list[tuple[str, str, str | None]]:
    return [(signal.change, signal.column, signal.was) for signal in report.drift]


def test_the_layout_expected_is_no_signal(tmp_path: Path, settings: Settings) -> None:
    assert signals(read(settings, samples("siae")[0])) == []


def test_a_renamed_column_is_guessed_even_at_the_first_reading(tmp_path: Path, settings: Settings) -> None:
    report = read(settings, table(tmp_path / "a.csv", {"website": "web site"}))
    assert signals(report) == [("renamed", "web site", "website")]
    assert report.drift[0].text() == "« web site » serait « website » renommée"


def test_a_column_nobody_knows_is_new(tmp_path: Path, settings: Settings) -> None:
    assert signals(read(settings, table(tmp_path / "a.csv", {}, convention="2026"))) == [("new", "convention", None)]


def test_an_optional_column_never_seen_is_not_missing_one_seen_before_is(tmp_path: Path, settings: Settings) -> None:
    without = table(tmp_path / "without.csv", {"naf": None})
    assert signals(read(settings, without)) == []
    assert signals(read(settings, samples("siae")[0], 1)) == []
    assert signals(read(settings, without, 2)) == [("missing", "naf", None)]


def test_a_signal_keeps_the_day_it_was_first_seen_until_it_is_no_longer_true(
    tmp_path: Path, settings: Settings
) -> None:
    read(settings, samples("siae")[0])
    without = table(tmp_path / "without.csv", {"naf": None, "brand": "enseigne"})
    first = read(settings, without, 1)
    again = read(settings, without, 2)
    assert (
        signals(again)
        == signals(first)
        == [("missing", "brand", None), ("new", "enseigne", None), ("missing", "naf", None)]
    )
    assert {signal.since for signal in again.drift} == {NOW + WEEK}
    assert signals(read(settings, samples("siae")[0], 3)) == []


def test_a_column_that_is_needed_refuses_the_file_and_its_new_name_is_proposed(
    tmp_path: Path, settings: Settings
) -> None:
    with pytest.raises(ImportRefused, match="« post code » serait-elle « post_code »"):
        read(settings, table(tmp_path / "a.csv", {"post_code": "post code"}))


def test_columns_inside_objects_have_dotted_names(settings: Settings) -> None:
    report = import_files("finess", samples("finess"), settings)
    assert "informationsGeneralesEGE.numFinessEge" in report.columns


def test_two_columns_told_apart_by_a_number_are_not_single_renamed() -> None:
    assert likely_renames(["Téléphone 1"], ["Téléphone 2"]) == {}
    assert likely_renames(["Téléphone 1"], ["telephone_1"]) == {"Téléphone 1": ("telephone_1", 100)}
    assert likely_renames(["nom_ville"], ["ville_nom"]) == {"nom_ville": ("ville_nom", 100)}


def test_a_missing_column_that_nobody_declared_is_forgotten_after_three_months() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    old = Drift(change="missing", column="gone", since=at - timedelta(days=91))
    young = old.model_copy(update={"since": at - timedelta(days=89)})
    assert drift(["here"], [], [], ["here"], [old], at) == ()
    assert drift(["here"], [], [], ["here"], [young], at) == (young,)
    assert drift(["here"], [], ["here", "gone"], ["here"], [old], at) == (old,)


@pytest.mark.slow
@given(seen=names, unknown=names, declared=names, before=names)
def test_each_column_has_one_signal_and_no_seen_column_is_missing(
    seen: set[str], unknown: set[str], declared: set[str], before: set[str]
) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    found = drift(seen | unknown, unknown, declared - unknown, before, (), at)
    columns = [signal.column for signal in found]
    assert len(columns) == len(set(columns))
    for signal in found:
        assert (signal.column in seen | unknown) == (signal.change != "missing")
        assert signal.change != "renamed" or signal.was not in seen | unknown
    assert {signal.column for signal in found if signal.change != "missing"} == unknown


def test_a_signal_says_which_column_is_new_missing_or_renamed() -> None:
    renamed = Drift(change="renamed", column="codepostal", was="code_postal", likeness=95, since=NOW)
    assert renamed.text() == "« codepostal » serait « code_postal » renommée"
    new, missing = (Drift(change=change, column="ville", since=NOW) for change in ("new", "missing"))
    assert (new.text(), missing.text()) == ("« ville » est nouvelle", "« ville » manque")


def test_two_names_from_three_quarters_alike_are_one_column_renamed() -> None:
    assert likely_renames(["code_postal"], ["codepostal"]) == {"code_postal": ("codepostal", 95)}
    assert likely_renames(["abcd"], ["abcx"]) == {"abcd": ("abcx", 75)}
    assert likely_renames(["ville"], ["ville_nom"]) == likely_renames(["tel 1"], ["tel 2"]) == {}


def test_a_renamed_column_stays_so_and_its_former_name_is_still_missed() -> None:
    later = NOW + WEEK
    former = [Drift(change="renamed", column="codepostal", was="code_postal", likeness=95, since=NOW)]
    (still,) = drift({"codepostal"}, {"codepostal"}, (), {"codepostal"}, former, later)
    assert (still.change, still.column, still.was, still.since) == ("renamed", "codepostal", "code_postal", NOW)
    (gone,) = drift({"autre"}, (), (), {"autre"}, former, later)
    assert (gone.change, gone.column, gone.since) == ("missing", "code_postal", later)
    assert drift({"autre"}, (), (), {"autre"}, former, NOW + timedelta(days=90)) == ()
    assert drift((), (), (), {"ville"}, (), NOW) == (), "a run of no column tells nothing"
