"""A list of one's own: its documented forms, its errors, its keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from crawlers.kit import Intake
from crawlers.run import import_files
from crawlers.sources import siae
from crawlers.sources._list_record import record_of
from crawlers.words import ASIDES
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of
from vivier.errors import ImportRefused
from vivier.lists.columns import COLUMNS
from vivier.lists.schema import ListedSupplier, schema
from vivier.model import CountryZone, Offer, RadiusZone, Record, TerritoriesZone, UndeclaredZone
from vivier.runs.records import current_run
from vivier.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "list-format.md").read_text(encoding="utf8")


SELDOM: dict[str, Any] = {
    "acronym": "LJE",
    "siren": "999192339",
    "siret": "99919233900011",
    "finess": "350000013",
    "capacities": [{"value": 18, "unit": "persons"}],
    "naf": "81.30Z",
    "closed": True,
}
"""Fields that the example of the page leaves out."""


def example(form: str) -> str:
    found = re.search(rf"```{form}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def imported(settings: Settings, folder: Path, *lines: dict[str, Any]) -> dict[str, Record]:
    path = folder / "list.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf8")
    import_files("list", [path], settings)
    return records_of(settings, "list")


def aside(settings: Settings, folder: Path, line: dict[str, Any]) -> tuple[str, str]:
    """Reason and detail of the one bad line among two."""
    imported(settings, folder, {"name": "Bon"}, line)
    rejected = (current_run(settings.records, "list") / "rejected.jsonl").read_text(encoding="utf8")
    found = json.loads(rejected)
    return found["reason"], found["detail"]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = json.loads((DOCS / "schemas" / "supplier-list.schema.json").read_bytes())
    assert published == schema(), "run: python -m scripts.build_docs"
    jsonschema.Draft202012Validator.check_schema(published)


def test_the_examples_of_the_page_are_lists(settings: Settings, tmp_path: Path) -> None:
    files = [tmp_path / "page.csv", tmp_path / "page.jsonl"]
    for path, form in zip(files, ("csv", "jsonl"), strict=True):
        path.write_text(example(form), encoding="utf8")
    report = import_files("list", files, settings)
    assert counts(report) == (5, 5, {}, {})
    assert (report.issues, report.columns_unknown) == ({}, ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", [*example("jsonl").splitlines(), (SAMPLES / "list" / "sample-2.jsonl").read_text().splitlines()[2]]
)
def test_the_lines_of_the_page_follow_the_schema(line: str) -> None:
    jsonschema.validate(json.loads(line), schema())


@pytest.mark.slow
def test_a_misspelt_field_does_not_follow_the_schema() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "A", "kindz": ["EI"]}, schema())


@pytest.mark.parametrize("field", sorted(set(ListedSupplier.model_fields) & set(Record.model_fields)))
def test_a_field_that_lists_and_records_both_have_goes_from_one_to_the_other(field: str) -> None:
    line = json.loads(example("jsonl").splitlines()[1]) | SELDOM
    assert field in line, f"give « {field} » a value in SELDOM"
    read = record_of(ListedSupplier.model_validate(line), Intake(card=siae.CARD, now=NOW), [])
    assert isinstance(read, Record) and getattr(read, field) != Record.model_fields[field].default


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_in_the_page(column: str) -> None:
    assert f"`{column}`" in PAGE


def test_every_reason_of_the_page_is_a_known_one() -> None:
    table = PAGE.split("## What becomes of bad lines")[1]
    reasons = set(re.findall(r"`([a-z_]+)`", table)) - {"name", "id"}
    assert reasons <= set(ASIDES)


def test_zones_of_every_form_are_kept_on_their_own_offer(settings: Settings, tmp_path: Path) -> None:
    zones: list[Any] = ["France", "12,5 km", "dep:38|commune:69123", "", {"type": "radius", "km": 3}]
    offers = [{"title": str(n), "zone": zone} for n, zone in enumerate(zones)]
    record = imported(settings, tmp_path, {"id": "a", "name": "A", "offers": [*offers, {"title": "5"}]})["a"]
    assert [offer.zone for offer in record.offers] == [
        CountryZone(),
        RadiusZone(km=12.5),
        TerritoriesZone(territories=("departement:38", "commune:69123")),
        UndeclaredZone(),
        RadiusZone(km=3),
        UndeclaredZone(),
    ]


def test_what_is_left_out_is_unknown(settings: Settings, tmp_path: Path) -> None:
    (record,) = imported(settings, tmp_path, {"name": "Seul"}).values()
    given = record.model_dump(exclude_defaults=True, exclude={"provenance"})
    assert given == {"source_id": record.source_id, "name": "Seul"}
    assert record.closed is None
    assert record.provenance.basis == "declared"


def test_zero_is_not_unknown(settings: Settings, tmp_path: Path) -> None:
    (record,) = imported(settings, tmp_path, {"name": "Zéro", "staff": 0}).values()
    assert [(c.value, c.unit) for c in record.capacities] == [(0, "persons")]


@pytest.mark.parametrize(
    ("line", "reason", "words"),
    [
        ({}, "field_missing", "« name » : champ obligatoire absent"),
        ({"name": "…"}, "name_missing", "« name »"),
        ({"name": "A", "kinds": ["ESATT"]}, "kind_unknown", "vouliez-vous dire ESAT"),
        ({"name": "A", "labels": ["RGEE"]}, "label_unknown", "« labels.0.code »"),
        ({"name": "A", "offers": [{"trade": "nettoyage-loco"}]}, "trade_unknown", "nettoyage-locaux"),
        ({"name": "A", "offers": [{"zone": {"type": "radius", "km": -1}}]}, "value_invalid", "km"),
        ({"name": "A", "offers": [{"zone": {"type": "circle"}}]}, "zone_invalid", "radius"),
        ({"name": "A", "offers": [{"zone": "partout"}]}, "zone_invalid", "30 km"),
        (
            {"name": "A", "offers": [{"zone": {"type": "territories", "territories": ["84"]}}]},
            "territory_invalid",
            "region:84",
        ),
        ({"name": "A", "turnover": "beaucoup"}, "number_invalid", "« turnover »"),
        ({"name": "A", "staff": -3}, "value_invalid", "au moins 0"),
        ({"name": "A", "updated_at": "hier"}, "date_invalid", "AAAA-MM-JJ"),
        (
            {"name": "A", "kinds": [{"kind": "EI", "valid_from": "2027-01-01", "valid_until": "2026-01-01"}]},
            "date_invalid",
            "après",
        ),
        ({"name": "A", "address": {"lon": 2.3}}, "value_invalid", "vont ensemble"),
        ({"name": "A", "closed": "peut-être"}, "value_invalid", "« closed »"),
        ({"name": "A" * 301}, "value_invalid", "au plus 300"),
        ({"name": ["A"]}, "value_invalid", "texte"),
        ({"name": "A", "adress": {}}, "field_unknown", "vouliez-vous dire « address »"),
        ({"name": "A", "address": {"street": "x"}}, "field_unknown", "« address.street »"),
        ({"list": {}, "name": None}, "field_unknown", "« list »"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_field_and_the_fix(
    settings: Settings, tmp_path: Path, line: dict[str, Any], reason: str, words: str
) -> None:
    found, detail = aside(settings, tmp_path, line)
    assert detail.startswith("list.jsonl, ligne 2 : ")
    assert words in detail
    assert found == reason or (reason == "field_unknown" and "champ inconnu" in detail)


def test_all_errors_of_a_line_are_said_at_once(settings: Settings, tmp_path: Path) -> None:
    _, detail = aside(settings, tmp_path, {"name": "A", "kinds": ["X"], "staff": "y", "naf": "z"})
    assert all(field in detail for field in ("kinds.0.kind", "staff", "naf"))


def test_a_broken_line_does_not_stop_the_others(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"name": "A"}\n\n{"name": "B"\n[1]\n{"name": "C", "staff": NaN}\n{"name": "D"}\n', encoding="utf8")
    assert counts(import_files("list", [path], settings)) == (6, 2, {"json_invalid": 3}, {"blank_row": 1})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[\n {"name": "A"}\n]', "un fournisseur par ligne"),
        ("colonne;autre\n1;2\n", "Absentes : name"),
        ('{"list": {"editor": "X"}}\n{"name": "A"}', "« list.editor » : champ inconnu"),
        ('{"nom": "A"}\n{"nom": "B"}', "2 lignes mises de côté sur 2"),
    ],
)
def test_what_is_not_a_list_is_refused(settings: Settings, tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "list"
    path.write_text(content, encoding="utf8")
    with pytest.raises(ImportRefused, match=re.escape(words)):
        import_files("list", [path], settings)


def test_a_key_does_not_depend_on_the_order_of_the_lines(settings: Settings, tmp_path: Path) -> None:
    lines = [{"name": f"Atelier {n}", "address": {"town": "Rennes"}} for n in range(5)]
    forward = {r.name: key for key, r in imported(settings, tmp_path, *lines).items()}
    backward = {r.name: key for key, r in imported(settings, tmp_path, *lines[::-1]).items()}
    assert forward == backward


def test_two_sites_on_one_siret_are_both_kept_and_a_repeated_line_is_set_aside(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = ({"name": name, "siret": "99910010000018"} for name in ("Site A", "Site B"))
    path = tmp_path / "list.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (first, second, first)), encoding="utf8")
    assert counts(import_files("list", [path], settings)) == (3, 2, {"duplicate_id": 1}, {})


def test_a_wrong_siret_is_not_kept_but_its_supplier_is(settings: Settings, tmp_path: Path) -> None:
    (record,) = imported(settings, tmp_path, {"name": "A", "siret": "12345678901234"}).values()
    assert (record.siret, record.siren, record.issues) == (None, None, ("siret_invalid",))


def test_contacts_are_dropped_at_the_top_and_scrubbed_in_every_text(settings: Settings, tmp_path: Path) -> None:
    mail, phone = "jean@example.org", "06 12 34 56 78"
    line = {
        "name": f"Atelier {phone}",
        "E-mail": mail,
        "Téléphone": phone,
        "description": mail,
        "offers": [{"title": phone, "description": f"écrire à {mail}"}],
        "references": [f"Ville ({mail})"],
        "website": f"https://example.org/?m={mail}",
    }
    record = next(iter(imported(settings, tmp_path, line).values()))
    assert record.offers == (Offer(title="[…]", description="écrire à […]"),)
    written = "".join(p.read_text(encoding="utf8") for p in settings.records.rglob("*.jsonl"))
    assert "@" not in written
    assert phone not in written


def test_a_zone_that_lists_no_territory_is_unknown_and_refuses_nobody(settings: Settings, tmp_path: Path) -> None:
    offer = {"trade": "nettoyage-locaux", "zone": {"type": "territories", "territories": []}}
    (tmp_path / "one.jsonl").write_text(json.dumps({"id": "a", "name": "Atelier", "offers": [offer]}), encoding="utf8")
    report = import_files("list", [tmp_path / "one.jsonl"], settings)
    assert counts(report) == (1, 1, {}, {})
    (found,) = records_of(settings, "list").values()
    assert found.offers[0].zone.type == "undeclared"
