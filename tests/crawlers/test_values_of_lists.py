"""Each cell and each member of a list of one's own: read, or refused with its fix."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from vivier.lists import words
from vivier.lists.columns import canonical, nested, simple
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListedSupplier, schema


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 250 000,50 €", 1_250_000.5),
        ("-3", -3.0),
        (0, 0.0),
        (None, None),
        ("", None),
        ("1,234,567", None),
        ("1.234.567", None),
        ("douze", None),
        ("9" * 400, None),
    ],
)
def test_a_number_is_read_as_written_in_france(text: object, found: float | None) -> None:
    assert words.number(text) == found


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (words.yes_or_no, "Oui", True),
        (words.yes_or_no, "faux", False),
        (words.yes_or_no, "peut-être", "peut-être"),
        (words.yes_or_no, 3, 3),
        (words.split_bars, " a | |b", ["a", "b"]),
        (words.split_bars, ["a"], ["a"]),
        (words.long_territory, "dep:38", "departement:38"),
        (words.long_territory, " REG:84 ", "region:84"),
        (words.long_territory, "com:2a004", "commune:2A004"),
        (words.long_territory, "fr", "FR"),
        (words.long_territory, 38, 38),
        (words.long_territory, "84", None),
        (words.long_territory, "dep:384", None),
        (words.zone_of_text, " ", {"type": "undeclared"}),
        (words.zone_of_text, "France entière", {"type": "country"}),
        (words.zone_of_text, "30,5 KM", {"type": "radius", "km": 30.5}),
        (words.zone_of_text, "dep:38 | dep:69", {"type": "territories", "territories": ["dep:38", "dep:69"]}),
        (words.zone_of_text, {"type": "x"}, {"type": "x"}),
        (words.zone_of_text, "partout", None),
        (words.kind_code, "esat", "ESAT"),
        (words.kind_code, 4, 4),
        (words.kind_code, "essat", None),
        (words.french_service_type, "Prestation", "service"),
        (words.french_number, "1,5", 1.5),
        (words.french_number, 2, 2),
        (words.french_number, "x", None),
        (words.french_date, "30/06/2027", "2027-06-30"),
        (words.french_date, "2027-06-30", "2027-06-30"),
        (words.french_date, 5, 5),
    ],
)
def test_a_cell_is_read_or_refused(read: Any, value: object, found: object) -> None:
    if found is not None:
        assert read(value) == found
        return
    with pytest.raises(PydanticCustomError) as refused:
        read(value)
    assert f"« {value} »" in refused.value.message() and len(refused.value.message()) > 20


def test_a_word_near_a_code_is_offered_and_a_long_one_is_cut() -> None:
    with pytest.raises(PydanticCustomError, match="vouliez-vous dire ESAT"):
        words.kind_code("essat")
    with pytest.raises(PydanticCustomError) as refused:
        words.kind_code("z" * 99)
    assert f"« {'z' * 60} »" in refused.value.message() and "vouliez" not in refused.value.message()


def test_a_row_becomes_a_line_with_its_address_and_its_offers() -> None:
    assert simple("Chiffre d'affaires") == "chiffre_d_affaires" and canonical()["cp"] == "post_code"
    assert canonical()["turnover"] == "turnover"
    row = {
        "name": "A",
        "brand": "",
        "address": "1 rue",
        "post_code": "1150",
        "town": "B",
        "trades": "a | |b",
        "zone": "FR",
    }
    assert nested({**row, "offer_description": "x"}) == {
        "name": "A",
        "address": {"line": "1 rue", "post_code": "01150", "town": "B"},
        "offers": [{"trade": trade, "zone": "FR", "description": "x"} for trade in ("a", "b")],
    }
    assert nested({"name": "A"}) == {"name": "A"} and nested({"zone": "FR"}) == {"offers": [{"zone": "FR"}]}
    assert nested({"address": "x"}) == {"address": {"line": "x"}}
    assert nested({"insee": "1150", "lon": "1150"}) == {"address": {"insee": "01150", "lon": "1150"}}


@pytest.mark.parametrize(
    ("line", "code", "parts"),
    [
        ({"name": "A", "nom": 1}, "field_unknown", ["« nom »", "ôtez-le ou corrigez"]),
        ({"name": "A", "staf": 1}, "field_unknown", ["vouliez-vous dire « staff » ?"]),
        ({"name": "A", "address": {"staf": 1}}, "field_unknown", ["ôtez-le ou corrigez"]),
        ({"name": "A", "updated_at": "hier"}, "date_invalid", ["AAAA-MM-JJ"]),
        ({"name": "A", "staff": -1}, "value_invalid", ["au moins 0 attendu", "(reçu : -1)"]),
        ({"name": "A", "staff": "x" * 70}, "number_invalid", ["nombre illisible"]),
        ({"name": "A", "closed": "x" * 70}, "value_invalid", ["oui ou non", f"(reçu : {'x' * 60})"]),
        ({"name": "A", "website": ["b"]}, "value_invalid", ["un texte est attendu"]),
        ({"name": "A", "address": {"lon": 181, "lat": 0}}, "value_invalid", ["au plus 180"]),
        ({"name": "A", "address": {"lon": 1}}, "value_invalid", ["vont ensemble"]),
        ({"name": "A", "kinds": ["x"]}, "kind_unknown", ["type de structure inconnu"]),
        ({"name": "A", **{f"z{number}": 1 for number in range(7)}}, "field_unknown", ["et 2 autres erreurs"]),
    ],
)
def test_a_line_is_refused_with_every_reason(line: dict[str, object], code: str, parts: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        ListedSupplier.model_validate(line)
    reason, text = reason_of(refused.value)
    text = " ".join(text.split())
    assert reason == code and all(part in text for part in parts), text


def test_short_forms_are_opened_and_bounds_are_inclusive() -> None:
    made = ListedSupplier.model_validate(
        {
            "name": "A",
            "kinds": "EI: 2027-12-31 | ESAT",
            "references": "Ville: centre",
            "address": {"lon": "180", "lat": "-90"},
        }
    )
    assert [(kind.kind, str(kind.valid_until)) for kind in made.kinds] == [("EI", "2027-12-31"), ("ESAT", "None")]
    assert made.references[0].client == "Ville: centre" and (made.address.lon, made.address.lat) == (180, -90)
    definitions: Any = schema()["$defs"]
    assert "ESAT" in definitions["ListedKind"]["properties"]["kind"]["enum"] and list(definitions) == sorted(
        definitions
    )
