"""What is to correct in a form about a structure is said in the words of the form, never in those of the code."""

from __future__ import annotations

import re

import pytest

from search_api.given.declaring import declaration_from
from search_api.given.pages.given import messages_of
from search_api.pages.render import environment
from vivier.errors import InvalidRequest
from vivier.given.declaration import Declaration, Refusal, Report, checked_text
from vivier.lexicon import Lexicon

NAMES = {*Declaration.model_fields, *Report.model_fields, *Refusal.model_fields} | {"query", "form", "siret", "around"}
FORMS: tuple[list[tuple[str, str]], ...] = (
    [],
    [("zone", "country")],
    [("trade1", "traiteur, buffets et cocktails"), ("trade2", "traiteur, buffets et cocktails")],
    [("trade1", "traiteur, buffets et cocktails"), ("refused1", "traiteur, buffets et cocktails")],
    [("trade1", "xyz"), ("refused1", "xyz")],
    [("staff", "abc"), ("volume", "-3"), ("cannot", "x" * 400), ("references", "a"), ("mailbox", "jean@x.fr")],
    [("phone", "06"), ("website", "x"), ("staff", "999999999"), ("references", "\n".join(map(str, range(90, 150))))],
    [("cannot", "Appelez Mme Dubois au 06 01 02 03 04")],
    [("zone", "x")],
    [("zone", "radius"), ("km", "5000")],
    [("zone", "radius"), ("km", "5"), ("around", "Lion")],
    [("zone", "places"), ("places", "Nulle-Part-les-Bains")],
    [("zone", "places")],
)


@pytest.mark.parametrize("items", FORMS)
def test_no_message_of_the_form_names_a_field_of_the_code(items: list[tuple[str, str]], lexicon: Lexicon) -> None:
    with pytest.raises(InvalidRequest) as raised:
        declaration_from(items, lexicon)
    _plain_words(raised.value)


@pytest.mark.parametrize("model", [Report, Refusal])
@pytest.mark.parametrize("value", ["", "x", "x" * 900, "Claire Dubois, 06 01 02 03 04"])
def test_nor_of_a_report_or_an_opposition(model: type[Report] | type[Refusal], value: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        checked_text(dict.fromkeys(model.model_fields, value), model)
    _plain_words(raised.value)


def test_a_director_writes_a_trade_a_homonym_and_a_site_as_people_say_them(lexicon: Lexicon) -> None:
    items = [
        ("trade1", "élagage"),
        ("trade2", "Ressourcerie"),
        ("zone", "places"),
        ("places", "Saint-Pierre\nsaint denis"),
        ("website", "atelier.example"),
    ]
    told = declaration_from(items, lexicon, "departement:974")
    assert [one.trade for one in told.trades] == ["elagage-abattage", "reemploi-ressourcerie"]
    assert told.as_json()["zone"]["territories"] == ["commune:97416", "commune:97411"]
    assert told.website == "https://atelier.example"


@pytest.mark.parametrize(
    "items", [[("trade1", "bois")], [("trade1", "élag")], [("zone", "places"), ("places", "Saint-Pierre")]]
)
def test_what_has_several_meanings_is_still_asked(items: list[tuple[str, str]], lexicon: Lexicon) -> None:
    with pytest.raises(InvalidRequest):
        declaration_from(items, lexicon, "departement:35")


def _plain_words(error: InvalidRequest) -> None:
    messages = [message for some in messages_of(error.errors).values() for message in some]
    assert messages
    for message in messages:
        quoted = set(re.findall(r"« ([^»]+) »", message))
        assert not quoted & (NAMES - {"zone", "site"}), message
        assert not re.search(r"\b(Input|Field|string|value|Decimal|should|must)\b", message), message


@pytest.mark.parametrize("form", ["declare", "oppose", "report"])
def test_a_form_about_a_structure_names_it_in_readable_capitals(form: str) -> None:
    title = environment().get_template(f"{form}.html").blocks["title"]
    context = environment().get_template(f"{form}.html").new_context({"subject": {"name": "ESAT LES ATELIERS DU LAC"}})
    assert "ESAT les Ateliers du Lac" in "".join(title(context))
    source = environment().loader.get_source(environment(), f"{form}.html")[0]  # type: ignore[union-attr]
    assert "subject.name }}" not in source


@pytest.mark.parametrize("staff", ["1200", "1 200", "1 200 personnes", "1200 salariés"])
def test_a_staff_is_read_with_what_it_counts(staff: str, lexicon: Lexicon) -> None:
    assert declaration_from([("staff", staff)], lexicon).staff == 1_200
