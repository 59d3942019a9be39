"""The words of a list of one's own: what each cell may say, and what is said of a line that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tests.search_api.pages.html import plain
from vivier.lists import words
from vivier.lists.columns import nested, simple
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListedSupplier

READ = [
    (words.trade_code, {"Imprimerie": "impression", "nettoyage des vitres": "nettoyage-vitres"}),
    (words.yes_or_no, {"oui": True, "NON": False, "vrai": True, "Faux": False, "peut-être": "peut-être"}),
    (words.split_bars, {"a | b||": ["a", "b"], "": []}),
    (words.french_date, {" 30/06/2027 ": "2027-06-30", "2027-06-30": "2027-06-30", "30/6/2027": "30/6/2027"}),
    (words.french_number, {"1 250 000,50 €": 1250000.5, "-3": -3.0, "0": 0.0}),
    (words.number, {"12,5": 12.5, "1,234,567": None, "1e5": None, "": None, "9" * 400: None}),
    (words.long_territory, {"fr": "FR", "departement:2a": "departement:2A", " region:84 ": "region:84"}),
    (words.french_service_type, {"Prestation": "service", "mise à disposition": "staffing", "goods": "goods"}),
    (
        words.zone_of_text,
        {
            "": {"type": "undeclared"},
            "France entière": {"type": "country"},
            "30 km": {"type": "radius", "km": 30.0},
            "departement:38| commune:69123": {
                "type": "territories",
                "territories": ["departement:38", "commune:69123"],
            },
        },
    ),
]
REFUSED = [
    (words.french_number, "douze", "number_invalid"),
    (words.long_territory, "84", "territory_invalid"),
    (words.zone_of_text, "partout", "zone_invalid"),
    (words.french_service_type, "rien du tout", "value_invalid"),
    (words.trade_code, "zzzzzz", "trade_unknown"),
    (words.kind_code, "zzzzzz", "kind_unknown"),
    (words.label_code, "zzzzzz", "label_unknown"),
]


@pytest.mark.parametrize(("read", "cells"), READ)
def test_a_cell_is_read_as_it_is_written_in_france(read: Any, cells: dict[str, Any]) -> None:
    assert {cell: read(cell) for cell in cells} == cells
    assert read(None) is None and read(7) == 7


@pytest.mark.parametrize(("read", "cell", "code"), REFUSED)
def test_a_cell_that_says_nothing_is_refused_by_its_beginning(read: Any, cell: str, code: str) -> None:
    for written, shown in ((cell, cell), (cell + "x" * 90, (cell + "x" * 90)[:60])):
        with pytest.raises(PydanticCustomError) as refused:
            read(written)
        assert refused.value.type == code and f"« {shown} »" in refused.value.message()


def test_a_near_word_is_proposed_once() -> None:
    with pytest.raises(PydanticCustomError, match=r"vouliez-vous dire blanchisserie \?"):
        words.trade_code("blanchiseri")
    assert words.trade_code("Blanchisserie") == "blanchisserie"


def told(**line: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        ListedSupplier.model_validate({"id": "1", "name": "Atelier", **line})
    return reason_of(refused.value)


UNKNOWN = "champ inconnu : ôtez-le ou corrigez son nom"
FIVE = " ; ".join(f"champ « a{n} » : {UNKNOWN}" for n in range(1, 6))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"zzz": "a"}, ("field_unknown", f"champ « zzz » : {UNKNOWN}")),
        ({"sirett": "a"}, ("field_unknown", "champ « sirett » : champ inconnu, vouliez-vous dire « siret » ?")),
        ({"address": {"town": "a", "sirett": "a"}}, ("field_unknown", f"champ « address.sirett » : {UNKNOWN}")),
        ({"kinds": ["zzzz"]}, ("kind_unknown", "champ « kinds.0.kind » : type de structure inconnu « zzzz »")),
        ({"turnover": -1}, ("value_invalid", "champ « turnover » : au moins 0 attendu (reçu : -1)")),
        ({"turnover": "douze"}, ("number_invalid", "champ « turnover » : nombre illisible « douze »")),
        (
            {"turnover": float("inf")},
            ("number_invalid", "champ « turnover » : un nombre fini est attendu (reçu : inf)"),
        ),
        ({"closed": "x"}, ("value_invalid", "champ « closed » : true ou false (oui ou non) attendu (reçu : x)")),
        (
            {"updated_at": "hier"},
            ("date_invalid", "champ « updated_at » : date attendue sous la forme AAAA-MM-JJ (reçu : hier)"),
        ),
        ({"address": {"lon": 1}}, ("value_invalid", "champ « address » : « lon » et « lat » vont ensemble")),
        ({"address": {"lat": 1}}, ("value_invalid", "champ « address » : « lon » et « lat » vont ensemble")),
        ({"siret": ["a"]}, ("value_invalid", "champ « siret » : un texte est attendu, entre guillemets")),
        ({"name": "x" * 301}, ("value_invalid", f"champ « name » : au plus 300 caractères (reçu : {'x' * 60})")),
        ({"name": ""}, ("value_invalid", "champ « name » : au moins 1 caractère (reçu : )")),
        ({f"a{n}": 1 for n in range(1, 6)}, ("field_unknown", FIVE)),
        ({f"a{n}": 1 for n in range(1, 7)}, ("field_unknown", f"{FIVE} ; et 1 autre erreur")),
        ({f"a{n}": 1 for n in range(1, 8)}, ("field_unknown", f"{FIVE} ; et 2 autres erreurs")),
        (
            {"kinds": [{"kind": "EI", "valid_from": "2027-01-02", "valid_until": "2027-01-01"}]},
            ("date_invalid", "champ « kinds.0 » : « valid_from » est après « valid_until »"),
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_field_and_what_was_received(
    line: dict[str, Any], reason: tuple[str, str]
) -> None:
    code, text = told(**line)
    assert (code, plain(text)) == reason


def test_what_is_written_short_is_opened_and_a_day_alone_is_in_order() -> None:
    read = ListedSupplier.model_validate(
        {
            "name": "Atelier",
            "kinds": "EI:2027-12-31|ACI",
            "labels": ["RGE"],
            "references": "Ville de Lyon : siège|Auray",
            "closed": "non",
        }
    )
    assert [(kind.kind, str(kind.valid_until)) for kind in read.kinds] == [("EI", "2027-12-31"), ("ACI", "None")]
    assert [label.code for label in read.labels] == ["RGE"] and read.closed is False
    assert [reference.client for reference in read.references] == ["Ville de Lyon : siège", "Auray"]
    day = {"kind": "EI", "valid_from": "2027-01-01", "valid_until": "2027-01-01"}
    assert ListedSupplier.model_validate({"name": "Atelier", "kinds": [day]}).kinds[0].valid_from is not None
    place = {"name": "Atelier", "address": {"lon": 1, "lat": 2}}
    assert ListedSupplier.model_validate(place).address.lon == 1


def test_a_row_is_the_line_that_it_means() -> None:
    assert simple("Chiffre d'affaires") == "chiffre_d_affaires"
    row = {
        "name": "Atelier",
        "address": "1 rue A",
        "post_code": "1150",
        "insee": "01004",
        "town": "",
        "trades": "peinture| menage |",
    }
    offer = {"service_types": "service", "zone": "30 km", "description": "soigné"}
    assert nested({**row, "service_types": "service", "zone": "30 km", "offer_description": "soigné"}) == {
        "name": "Atelier",
        "address": {"line": "1 rue A", "post_code": "01150", "insee": "01004"},
        "offers": [{"trade": "peinture", **offer}, {"trade": "menage", **offer}],
    }
    assert nested({"name": "A", "zone": "30 km"}) == {"name": "A", "offers": [{"zone": "30 km"}]}
    assert nested({"name": "A", "post_code": "115", "lon": "1150"}) == {
        "name": "A",
        "address": {"post_code": "115", "lon": "1150"},
    }
    assert nested({"name": "A"}) == {"name": "A"}
