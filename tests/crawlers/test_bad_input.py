"""Every bad input over every source: refused, or put right by a rule that has a name and is counted; never wrong silently."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import pytest
from pyproj import Transformer

from crawlers.kit import CsvTable, files
from crawlers.run import import_files, sources
from tests.crawlers.bad_inputs import (
    READ_ALL_THE_SAME,
    REFUSED,
    Spot,
    copied,
    doubled,
    header_again,
    renamed,
    spots,
)
from tests.crawlers.checks import accented, all_checks, holding, read_checks
from tests.crawlers.samples import NOW, counts, records_of, samples
from vivier.errors import ImportRefused
from vivier.model import Record
from vivier.runs.records import RunStatistics
from vivier.settings import Settings

TEXTS = {".csv", ".json", ".jsonl", ".txt"}
SOURCES = sorted(name for name in all_checks() if {path.suffix for path in samples(name)} <= TEXTS)
"""Every source read from text; one read from web pages or workbooks cannot refuse them."""

READS_ARCHIVES = {name for name, source in sources().items() if source.card.memory == "stream"}
"""Sources that read each file of an archive."""
SIRETS, DATES, POINTS = spots("sirets"), spots("dates"), spots("points")
RENAMED = sorted(name for name, checks in all_checks().items() if checks.renamed is not None)
HEADLESS = {name for name, checks in all_checks().items() if checks.headless}


def by_family(forms: Iterable[str]) -> list[tuple[str, str]]:
    """Every form for a source of each family of readers and for each source that reads by itself; the others of a family take three
    forms each, in turn: bytes are opened by the family."""
    every, turns, whole = list(forms), cycle(forms), set[type]()
    pairs = []
    for name in SOURCES:
        family = type(getattr(sources()[name].read, "__self__", None))
        shared = family in whole
        pairs += [(name, form) for form in (islice(turns, 3) if shared else every)]
        whole |= {family} - {type(None)}
    return pairs


def run(settings: Settings, source_id: str, given: list[Path]) -> tuple[RunStatistics, list[Record]]:
    report = import_files(source_id, given, settings, now=NOW)
    counts(report)
    return report, list(records_of(settings, source_id).values())


@cache
def base(source_id: str) -> tuple[RunStatistics, list[Record]]:
    """What the sample of a source gives as it is, read once."""
    with tempfile.TemporaryDirectory() as home:
        return run(Settings(home=Path(home)), source_id, samples(source_id))


def more(report: RunStatistics, former: RunStatistics, code: str) -> int:
    """How many times more a code is counted, as an issue or as a reason."""
    return sum(
        after.get(code, 0) - before.get(code, 0)
        for after, before in ((report.issues, former.issues), (report.set_aside, former.set_aside))
    )


@pytest.mark.slow
@pytest.mark.parametrize(("source_id", "bad"), by_family(REFUSED))
def test_a_spoilt_file_is_refused_with_words(
    tmp_path: Path, settings: Settings, source_id: str, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BOMB_FLOOR", 1_000_000)
    spoil, words = REFUSED[bad]
    first = samples(source_id)[0]
    given = copied(source_id, tmp_path, first.name, spoil(first.read_bytes()))
    if bad == "zip of two" and source_id in READS_ARCHIVES:
        assert import_files(source_id, given, settings, now=NOW).kept
        return
    with pytest.raises(ImportRefused, match=words):
        import_files(source_id, given, settings, now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize(("source_id", "form"), by_family(READ_ALL_THE_SAME))
def test_a_form_of_file_that_changes_nothing_gives_the_same_records(
    tmp_path: Path, settings: Settings, source_id: str, form: str
) -> None:
    _, expected = base(source_id)
    first = samples(source_id)[0]
    given = copied(source_id, tmp_path, first.name, READ_ALL_THE_SAME[form](first.read_bytes()))
    _, found = run(settings, source_id, given)
    assert [record.model_dump(exclude={"provenance"}) for record in found] == [
        record.model_dump(exclude={"provenance"}) for record in expected
    ]


@pytest.mark.slow
@pytest.mark.parametrize("source_id", SOURCES)
def test_another_encoding_is_read_when_declared_else_refused_never_guessed(
    tmp_path: Path, settings: Settings, source_id: str
) -> None:
    first, text = accented(source_id)
    _, expected = run(settings, source_id, copied(source_id, tmp_path, first.name, text.encode()))
    given = copied(source_id, tmp_path, first.name, text.encode("cp1252"))
    try:
        report, found = run(settings, source_id, given)
    except ImportRefused as refusal:
        assert "UTF-8" in str(refusal) or "utf-8" in str(refusal)
    else:
        assert report.issues["encoding_fallback"] == 1
        assert found == expected


@pytest.mark.parametrize("source_id", RENAMED)
def test_a_renamed_column_is_named(tmp_path: Path, settings: Settings, source_id: str) -> None:
    column = str(read_checks(source_id).renamed)
    first = holding(source_id, column)
    given = copied(source_id, tmp_path, first.name, renamed(source_id, first.read_bytes(), column))
    with pytest.raises(ImportRefused, match=f"(?i){re.escape(column)}"):
        import_files(source_id, given, settings, now=NOW)


def csv_samples() -> list[tuple[str, str]]:
    return [
        (name, path.name) for name in SOURCES if name not in HEADLESS for path in samples(name) if path.suffix == ".csv"
    ]


@pytest.mark.parametrize(("source_id", "name"), csv_samples())
def test_a_column_named_twice_is_refused(tmp_path: Path, settings: Settings, source_id: str, name: str) -> None:
    content = next(path for path in samples(source_id) if path.name == name).read_bytes()
    with pytest.raises(ImportRefused, match=r"en double|Absentes|n.a pas les colonnes attendues"):
        import_files(source_id, copied(source_id, tmp_path, name, doubled(source_id, content)), settings, now=NOW)


@pytest.mark.parametrize(("source_id", "name"), csv_samples())
def test_a_header_repeated_among_the_rows_is_no_supplier(
    tmp_path: Path, settings: Settings, source_id: str, name: str
) -> None:
    former, expected = base(source_id)
    content = next(path for path in samples(source_id) if path.name == name).read_bytes()
    given = copied(source_id, tmp_path, name, header_again(source_id, content))
    try:
        report, found = run(settings, source_id, given)
    except ImportRefused as refusal:
        assert "annonce" in str(refusal)
    else:
        assert report.skipped["header_repeated"] == 1
        assert (report.seen, found) == (former.seen + 1, expected)


@pytest.mark.parametrize("spot", SIRETS, ids=str)
@pytest.mark.parametrize("written", ["9,9991E+13", "9.9991002E13", "9.9991e+13"])
def test_a_siret_a_spreadsheet_spoilt_is_never_kept(
    tmp_path: Path, settings: Settings, spot: Spot, written: str
) -> None:
    former, _ = base(spot.source)
    report, found = run(settings, spot.source, spot.files(tmp_path, written))
    assert more(report, former, "siret_scientific") >= 1
    assert not any(record.siret and record.siret.startswith("99991") for record in found)


@pytest.mark.slow
@pytest.mark.parametrize("spot", SIRETS, ids=str)
@pytest.mark.parametrize(
    ("form", "code"),
    [("{} {} {} {}", "siret_spaces"), ("{}\u00a0{}\u202f{} {}", "siret_spaces"), ("{}{}{}{}.0", "siret_decimal")],
)
def test_a_siret_written_otherwise_gives_the_same_records_and_is_counted(
    tmp_path: Path, settings: Settings, spot: Spot, form: str, code: str
) -> None:
    plain = "".join(str(spot.value()).split())
    plain_run, expected = run(settings, spot.source, spot.files(tmp_path, plain))
    parts = (plain[:-11], plain[-11:-8], plain[-8:-5], plain[-5:])
    report, found = run(settings, spot.source, spot.files(tmp_path, form.format(*parts)))
    assert more(report, plain_run, code) >= 1
    assert found == expected


@pytest.mark.slow
@pytest.mark.parametrize("spot", DATES, ids=str)
@pytest.mark.parametrize(
    ("form", "name"),
    [("%Y-%m-%d", "iso"), ("%Y-%m-%dT08:30:00+01:00", "iso"), ("%d/%m/%Y", "french"), ("%Y%m%d", "compact")],
)
def test_a_date_in_any_of_four_forms_is_the_same_day_and_an_unusual_form_is_counted(
    tmp_path: Path, settings: Settings, spot: Spot, form: str, name: str
) -> None:
    day = date(2026, 10, 9)
    single = Spot(spot.source, spot.place.changed(names=spot.place.names[:1]))
    former, expected = run(settings, spot.source, single.files(tmp_path, day.strftime(USUAL[spot.place.usual])))
    report, found = run(settings, spot.source, single.files(tmp_path, day.strftime(form)))
    assert found == expected
    assert more(report, former, "date_form") == (name != spot.place.usual)


USUAL = {"iso": "%Y-%m-%d", "french": "%d/%m/%Y"}


@pytest.mark.parametrize("spot", DATES, ids=str)
@pytest.mark.parametrize("written", ["31/02/2026", "10/31/2026", "09/10/26", "46304", "hier"])
def test_a_date_that_is_none_is_unknown_and_counted(
    tmp_path: Path, settings: Settings, spot: Spot, written: str
) -> None:
    former, _ = base(spot.source)
    report, _ = run(settings, spot.source, spot.files(tmp_path, written))
    assert more(report, former, "date_invalid") == 1, "write a right date in that cell of the sample, not INVENTE"


def points(settings: Settings, spot: Spot, folder: Path, *values: object) -> tuple[RunStatistics, list[Record]]:
    padded = (*values, *[None] * (len(spot.place.names) - len(values)))
    return run(settings, spot.source, spot.files(folder, *padded))


@pytest.mark.slow
@pytest.mark.parametrize("spot", POINTS, ids=str)
def test_coordinates_the_other_way_round_or_in_lambert_93_are_the_same_point_and_counted(
    tmp_path: Path, settings: Settings, spot: Spot
) -> None:
    lon, lat = -1.67789, 48.1148
    east, north = Transformer.from_crs(4326, 2154, always_xy=True).transform(lon, lat)
    former, expected = points(settings, spot, tmp_path, lon, lat)
    turned, swapped = points(settings, spot, tmp_path, lat, lon)
    metres, projected = points(settings, spot, tmp_path, f"{east:.3f}", f"{north:.3f}".replace(".", ","))
    assert more(turned, former, "coordinates_swapped") == more(metres, former, "coordinates_lambert93") == 1
    for record, other, converted in zip(expected, swapped, projected, strict=True):
        assert other.address.point == record.address.point
        if record.address.point is None or converted.address.point is None:
            assert record.address.point is converted.address.point is None
        else:
            assert converted.address.point.lon == pytest.approx(record.address.point.lon, abs=1e-6)
            assert converted.address.point.lat == pytest.approx(record.address.point.lat, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("spot", POINTS, ids=str)
@pytest.mark.parametrize("pair", [(0, 0), ("0.0", "0,0"), (13.4, 52.5), (338980, 7690030), (1e9, -1e9)])
def test_null_island_and_points_that_are_nowhere_in_france_are_no_point_and_counted(
    tmp_path: Path, settings: Settings, spot: Spot, pair: tuple[object, object]
) -> None:
    former, expected = points(settings, spot, tmp_path, -1.67789, 48.1148)
    report, found = points(settings, spot, tmp_path, *pair)
    lost = [record for record, other in zip(expected, found, strict=True) if record != other]
    assert more(report, former, "point_invalid") == len(lost) == 1
    assert [record.address.point for record in found].count(None) == 1 + [
        record.address.point for record in expected
    ].count(None)


def test_every_table_with_a_siret_column_gives_the_place_of_one() -> None:
    families = {name: getattr(sources()[name].read, "__self__", None) for name in SOURCES}
    tables = {name: family for name, family in families.items() if isinstance(family, CsvTable)}
    with_siret = {name for name, table in tables.items() if "siret" in " ".join(table.required).lower()}
    assert with_siret - {spot.source for spot in SIRETS} == set(), "add « sirets » to the checks.json of these sources"
