"""Priority areas: by the commune, by the point of the address, never by a guess."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.context.run import add_context
from crawlers.kit import WrongFile
from indexer.context import Areas
from tests.context.house import FILES, NOW, merged, only, put_records
from tests.indexer.records import record
from tests.shared_data import shared_data
from vivier.errors import ImportRefused
from vivier.lexicon import load_lexicon
from vivier.model import Address, Point, Precision
from vivier.model.context import Area
from vivier.settings import Settings

ROUBAIX = Point(lon=3.1746, lat=50.6889)


def zones(settings: Settings, address: Address) -> tuple[str, ...]:
    put_records(settings, [record("essai", "1").model_copy(update={"address": address})])
    add_context("zones", sorted(FILES.glob("*-essai.*")), settings, now=NOW)
    return tuple(zone.value for zone in only(settings).zones)


def test_a_seat_in_a_listed_commune_bears_its_areas_with_their_provenance(settings: Settings) -> None:
    assert zones(settings, Address(commune="23096", post_code="23000", town="Guéret")) == ("frr", "zrr")
    supplier = only(settings)
    assert {zone.provenance.source_id for zone in supplier.zones} == {"zones"}
    assert supplier.zones[0].provenance in supplier.sources


def test_a_commune_listed_in_part_is_not_flagged(settings: Settings) -> None:
    assert zones(settings, Address(commune="23150")) == ()


@pytest.mark.parametrize(("precision", "found"), [("address", ("qpv",)), ("unknown", ()), ("street", ())])
def test_a_qpv_is_known_by_the_point_of_the_address_only(
    settings: Settings, precision: Precision, found: tuple[str, ...]
) -> None:
    assert zones(settings, Address(commune="59512", point=ROUBAIX, precision=precision)) == found


def test_a_point_beside_the_contour_is_not_in_it(settings: Settings) -> None:
    beside = Point(lon=3.1846, lat=50.6889)
    assert zones(settings, Address(commune="59512", point=beside, precision="address")) == ()


def test_a_commune_born_of_one_in_and_one_out_of_the_list_is_not_flagged() -> None:
    gazetteer = load_lexicon().gazetteer
    old = [code for code, now in gazetteer.successors.items() if now == "01033"][:1]
    assert old
    inside = Areas([Area(zone="zrr", communes=("01033", *old))], gazetteer)
    split = Areas([Area(zone="zrr", communes=("01033",), outside=tuple(old))], gazetteer)
    assert inside.of(Address(commune="01033")) == ("zrr",)
    assert split.of(Address(commune="01033")) == ()


def test_a_new_list_replaces_the_former_of_its_kind_and_leaves_the_others(settings: Settings) -> None:
    zones(settings, Address(commune="23096"))
    add_context("zones", [FILES / "zrr-essai.csv"], settings, now=NOW)
    assert [zone.value for zone in only(settings).zones] == ["frr", "zrr"]


def test_a_list_whose_name_says_no_area_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_text("code_insee,status\n23096,C\n")
    with pytest.raises(ImportRefused, match="frr"):
        add_context("zones", [file], settings)


def test_a_list_without_its_columns_names_them(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "zrr.csv"
    file.write_text("commune,classe\n23096,C\n")
    with pytest.raises(WrongFile, match="code_insee"):
        add_context("zones", [file], settings)


def test_contours_in_lambert_are_refused_with_the_fix(settings: Settings, tmp_path: Path) -> None:
    square = [[700000, 7000000], [700100, 7000000], [700100, 7000100], [700000, 7000000]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [square]}}
    file = tmp_path / "qpv.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(ImportRefused, match="WGS84"):
        add_context("zones", [file], settings)


def test_the_real_list_of_zrr_is_read_whole(settings: Settings) -> None:
    put_records(settings, [record("essai", "1")])
    add_context("zones", [shared_data("geo", "zrr_2022.csv.gz")], settings)
    text = (next(settings.context.rglob("facts.jsonl"))).read_text(encoding="utf8")
    area = Area.model_validate_json(text)
    assert (len(area.communes), len(area.outside)) == (17_694, 17_271)
    assert merged(settings).suppliers


def test_contours_without_an_area_or_without_a_shape_are_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "qpv.geojson"
    square = [[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.0]]
    whole = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [square]}}
    bare = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [2.0, 48.0]}}
    for features, words in (
        ([], "aucun quartier"),
        ([bare], "le quartier 1 n'a pas"),
        ([whole, bare], "le quartier 2 n'a pas"),
    ):
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        with pytest.raises(ImportRefused, match=words):
            add_context("zones", [file], settings)
