"""What a user types is one territory when it is certain, candidates otherwise, never a silent pick."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mappings
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.place_index import place_index
from vivier.territory.resolve import Resolution, autocomplete, label, resolve


def ask(text: str, limit: int = 10) -> Resolution:
    return resolve(text, load_gazetteer(), limit)


def certain(text: str) -> str | None:
    territory = ask(text).territory
    return None if territory is None else territory.id


def candidates(text: str, limit: int = 10) -> list[str]:
    return [candidate.territory.id for candidate in ask(text, limit).candidates]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Saint-Étienne", "commune:42218"),
        ("st etienne 42", "commune:42218"),
        ("saint-étienne (loire)", "commune:42218"),
        ("42000 Saint-Etienne", "commune:42218"),
        ("Saint-Denis, Seine-Saint-Denis", "commune:93066"),
        ("saint denis 93", "commune:93066"),
        ("Saint-Denis La Réunion", "commune:97411"),
        ("Valence Drôme", "commune:26362"),
        ("Ajaccio corse", "commune:2A004"),
        ("le Havre 76", "commune:76351"),
        ("Mans", "commune:72181"),
        ("Fort-de-France", "commune:97209"),
        ("  GRENOBLE  cedex 9", "commune:38185"),
        ("38000 Grenoble Cedex 9", "commune:38185"),
        ("69433 Lyon cedex 03", "commune:69123"),
    ],
)
def test_a_commune_is_named_in_many_ways(text: str, id: str) -> None:
    assert certain(text) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Lyon 3e", "arrondissement:69383"),
        ("Lyon 3", "arrondissement:69383"),
        ("Paris 12", "arrondissement:75112"),
        ("Paris XIIe", "arrondissement:75112"),
        ("75012 Paris", "arrondissement:75112"),
        ("Marseille 8ème", "arrondissement:13208"),
        ("3e arrondissement de Lyon", "arrondissement:69383"),
        ("69003", "arrondissement:69383"),
        ("code_postal:69003", "arrondissement:69383"),
        ("lyon 69", "commune:69123"),
        ("Paris 75", "commune:75056"),
        ("Paris", "commune:75056"),
    ],
)
def test_an_arrondissement_is_not_its_city(text: str, id: str) -> None:
    assert certain(text) == id


def test_marseille_13_is_the_city_or_the_13th_arrondissement() -> None:
    assert certain("Marseille 13") is None
    assert set(candidates("Marseille 13")) == {"commune:13055", "arrondissement:13213"}
    assert certain("Marseille 13e") == "arrondissement:13213"


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("2A004", "commune:2A004"),
        ("64000", "commune:64445"),
        ("commune:69123", "commune:69123"),
        ("dep:2a", "departement:2A"),
        ("FR", "FR"),
        ("200 046 977", "epci:200046977"),
        ("42", "departement:42"),
        ("dept 38", "departement:38"),
        ("département 84", "departement:84"),
        ("région 84", "region:84"),
    ],
)
def test_codes_and_typed_ids_pass_through(text: str, id: str) -> None:
    assert certain(text) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("département de l'Isère", "departement:38"),
        ("Isère", "departement:38"),
        ("isere 38", "departement:38"),
        ("38 - Isère", "departement:38"),
        ("Seine St Denis", "departement:93"),
        ("département de la Mayenne", "departement:53"),
        ("La Réunion", "departement:974"),
        ("Guadeloupe", "departement:971"),
        ("Bretagne", "region:53"),
        ("région PACA", "region:93"),
        ("Région Centre", "region:24"),
        ("Corse", "region:94"),
        ("France entière", "FR"),
        ("national", "FR"),
    ],
)
def test_departements_regions_and_the_country_have_names(text: str, id: str) -> None:
    assert certain(text) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("CA du Grand Annecy", "epci:200066793"),
        ("Communauté d'agglomération du Grand Annecy", "epci:200066793"),
        ("Grand Annecy", "epci:200066793"),
        ("Rennes Métropole", "epci:243500139"),
        ("métropole de Rennes", "epci:243500139"),
        ("métropole de Lyon", "epci:200046977"),
        ("Grand Lyon", "epci:200046977"),
        ("Métropole de Lille", "epci:200093201"),
        ("Plaine Commune", "epci:200057867"),
    ],
)
def test_an_epci_is_named_with_or_without_its_type(text: str, id: str) -> None:
    assert certain(text) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Mansle", "commune:16206"),
        ("Oissel", "commune:76484"),
        ("Éragny", "commune:95218"),
        ("Grigny 69", "commune:69096"),
        ("Berck-sur-Mer", "commune:62108"),
        ("Cherves-Richemont", "commune:16097"),
        ("Annecy-le-Vieux", "commune:74010"),
        ("commune:01018", "commune:01033"),
    ],
)
def test_renamed_and_merged_communes_lead_to_the_one_of_today(text: str, id: str) -> None:
    assert certain(text) == id


def test_saint_denis_has_four_candidates_and_no_answer() -> None:
    found = ask("Saint-Denis")
    assert found.territory is None
    assert {candidate.territory.code for candidate in found.candidates} == {"11339", "30247", "93066", "97411"}
    assert "Saint-Denis (93, Seine-Saint-Denis)" in {candidate.label_fr for candidate in found.candidates}


def test_homonyms_are_all_counted_beyond_the_limit() -> None:
    found = ask("Sainte-Colombe", limit=5)
    assert (found.territory, len(found.candidates)) == (None, 5)
    assert found.total >= 12


def test_a_shared_post_code_is_its_most_populated_commune_and_the_others_are_candidates() -> None:
    found = ask("01400")
    assert found.territory == max(
        (each.territory for each in found.candidates), key=lambda place: place.population or 0
    )
    assert found.via == "post_code" and found.total > 5


def test_a_nuts_code_is_its_departements() -> None:
    assert candidates("FRB06") == ["departement:45"] and ask("frb06").territory is not None
    assert set(candidates("FRB03 ")) == {"departement:36"} and ask("FRI1").together


def test_a_post_code_that_is_also_an_insee_code_keeps_the_other_reading_in_sight() -> None:
    assert candidates("69003") == ["arrondissement:69383", "commune:69003"]


def test_a_special_post_code_says_its_departement_at_most() -> None:
    found = ask("69433")
    assert (found.territory, candidates("69433"), found.via) == (None, ["departement:69"], "post_code_not_listed")


@pytest.mark.parametrize(("code", "insee"), [("35044", "commune:35044"), ("35238", "commune:35238")])
def test_figures_that_are_no_listed_post_code_are_candidates_and_never_a_certainty(code: str, insee: str) -> None:
    """35044 is a CEDEX of Rennes and the INSEE code of Broualan."""
    assert certain(code) is None
    assert candidates(code) == ["departement:35", insee]


@pytest.mark.parametrize(
    ("text", "id"),
    [("Corrèze (19)", "departement:19"), ("Isère (38)", "departement:38"), ("Paris (75)", "commune:75056")],
)
def test_a_name_with_the_number_of_its_departement_is_the_departement(text: str, id: str) -> None:
    assert certain(text) == id


def test_a_large_town_of_a_departement_of_its_name_is_not_decided_by_the_number() -> None:
    assert certain("Mayenne (53)") is None
    assert set(candidates("Mayenne (53)")) == {"departement:53", "commune:53147"}


def test_a_name_that_goes_on_comes_before_one_that_is_only_alike() -> None:
    ids = candidates("Renes")
    assert ids.index("commune:59497") < ids.index("commune:35238")


def test_a_bare_number_of_a_departement_and_of_a_region_is_the_departement() -> None:
    assert (certain("84"), candidates("84")) == ("departement:84", ["departement:84", "region:84"])


@pytest.mark.parametrize("text", ["Vienne", "Mayenne", "Indre", "Saint-Martin"])
def test_a_town_and_a_departement_of_one_name_are_candidates(text: str) -> None:
    assert certain(text) is None and len(candidates(text)) > 1


def test_a_region_and_its_tiny_homonyms_are_all_shown() -> None:
    assert candidates("Bretagne") == ["region:53", "commune:90019", "commune:36024"]


@pytest.mark.parametrize(
    ("text", "small", "big"),
    [
        ("Évry", "commune:89162", "commune:91228"),
        ("Choisy", "commune:74076", "commune:94022"),
        ("Boulogne", "commune:85084", "commune:92012"),
    ],
)
def test_a_small_commune_is_not_picked_over_a_town_that_may_be_called_so(text: str, small: str, big: str) -> None:
    assert certain(text) is None
    assert {small, big} <= set(candidates(text))


def test_a_town_called_by_the_beginning_of_its_name_is_offered_beside_small_homonyms() -> None:
    assert certain("Neuilly") is None
    assert "commune:92051" in candidates("Neuilly")


def test_a_shortened_name_in_its_departement_is_a_candidate() -> None:
    assert (certain("Boulogne 92"), candidates("Boulogne 92")) == (None, ["commune:92012"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Rhône-Alpes", {"01", "07", "26", "38", "42", "69", "73", "74"}),
        ("région Auvergne", {"03", "15", "43", "63"}),
        ("region:82", {"01", "07", "26", "38", "42", "69", "73", "74"}),
        ("20", {"2A", "2B"}),
        ("outre-mer", {"971", "972", "973", "974", "976"}),
    ],
)
def test_an_old_region_is_its_departements_taken_together(text: str, codes: set[str]) -> None:
    found = ask(text, limit=2)
    assert found.territory is None and found.together
    assert {candidate.territory.code for candidate in found.candidates} == codes


def test_a_town_and_a_post_code_that_disagree_give_both_sides() -> None:
    assert certain("40220 Strasbourg") is None
    assert set(candidates("40220 Strasbourg")) == {"commune:67482", "commune:40312"}
    assert certain("Strasbourg 40") is None


@pytest.mark.parametrize(
    ("text", "id"),
    [("Grnoble", "commune:38185"), ("saint etiene", "commune:42218"), ("Strabourg", "commune:67482")],
)
def test_a_typing_error_gives_candidates_and_no_answer(text: str, id: str) -> None:
    found = ask(text)
    assert (found.territory, found.via, found.candidates[0].territory.id) == (None, "alike", id)
    assert found.candidates[0].score < 0.8


def test_an_epci_of_another_type_is_only_a_candidate() -> None:
    found = ask("communauté de communes du Grand Annecy")
    assert (found.territory, found.via) == (None, "epci_other_type")


def test_an_epci_without_the_end_of_its_name_is_the_longer_one_and_none_of_a_near_spelling() -> None:
    found = ask("CC du Pays de Landerneau")
    assert (found.territory, found.via, [each.territory.name for each in found.candidates]) == (
        None,
        "epci_other_type",
        ["CA du Pays de Landerneau-Daoulas"],
    )


@pytest.mark.parametrize(
    "text", ["", " ", "'", "zzzzqq", "commune:99999", "x" * 500, ":", "()", "00000", "\x00", "999"]
)
def test_what_means_nothing_gives_nothing(text: str) -> None:
    assert (certain(text), candidates(text)) == (None, [])
    assert autocomplete(text, load_gazetteer()) == ()


@pytest.mark.slow
def test_every_commune_is_found_by_its_name_and_its_departement() -> None:
    index, communes = place_index(load_gazetteer()), load_gazetteer().communes
    for row in range(0, len(communes), 11):
        departement, id = index.places.departements[row], index.id_of(row)
        if id != "commune:13055":  # « Marseille 13 »
            assert certain(f"{communes.names[row]} ({departement})") == id
        assert id in candidates(communes.names[row], limit=50)


def test_every_epci_departement_and_region_is_found_by_its_name() -> None:
    for kind in ("epci", "departement", "region"):
        for code, name in load_gazetteer().names[kind].items():
            same_land = [load_gazetteer().leaves(id).tolist() for id in candidates(name, limit=50)]
            assert load_gazetteer().leaves(f"{kind}:{code}").tolist() in same_land, name


@pytest.mark.slow
@given(text=st.text(max_size=40) | st.text("0123456789 :-(),'aeéstSTL", max_size=20))
def test_any_text_gets_an_answer_whose_territory_is_its_first_candidate(text: str) -> None:
    found = ask(text)
    assert found.territory is None or found.territory == found.candidates[0].territory
    assert all(0 < candidate.score <= 1 for candidate in (*found.candidates, *autocomplete(text, load_gazetteer())))


def test_communes_of_the_alias_table_are_in_their_departement() -> None:
    index, communes = place_index(load_gazetteer()), load_gazetteer().communes
    for line in mappings.read_table("commune_aliases"):
        assert index.places.departements[communes.index[line["code"]]] == line["departement"], line


def test_aliases_hide_no_commune() -> None:
    index = place_index(load_gazetteer())
    assert [key for key in index.aliases if key in index.places.by_name or key in index.areas] == []


# -- autocomplete ------------------------------------------------------------------------------------------------------


def suggested(text: str) -> list[str]:
    return [candidate.territory.id for candidate in autocomplete(text, load_gazetteer())]


def test_autocomplete_begins_names_whatever_the_accents_and_ranks_by_population() -> None:
    assert suggested("saint-etien")[:2] == ["epci:244200770", "commune:42218"]
    assert suggested("ÎLE-DE-F") == ["region:11"]
    assert suggested("bret")[0] == "region:53"
    assert suggested("par")[0] == "commune:75056"
    assert {"commune:67482", "commune:42218"} <= set(suggested("st"))


def test_autocomplete_reads_figures_and_whole_phrases() -> None:
    assert suggested("38")[:2] == ["departement:38", "commune:38185"]
    assert suggested("3800") == ["commune:38185"]
    assert suggested("69003")[0] == "arrondissement:69383"
    assert suggested("st etienne 42") == ["commune:42218"]
    assert suggested("grand ann") == ["epci:200066793"]
    assert suggested("Grnoble") == ["commune:38185"]


@pytest.mark.parametrize("kind", ["departement", "region"])
def test_the_label_of_an_area_is_read_back(kind: str) -> None:
    gazetteer = load_gazetteer()
    for code in gazetteer.names[kind]:
        area = gazetteer.get(f"{kind}:{code}")
        read = certain(label(area, gazetteer))
        assert read is not None and gazetteer.get(read).name == area.name


@pytest.mark.parametrize(
    "id", ["commune:35238", "commune:93066", "commune:35360", "epci:243500139", "arrondissement:69383"]
)
def test_the_label_of_a_place_is_read_back(id: str) -> None:
    gazetteer = load_gazetteer()
    assert certain(label(gazetteer.get(id), gazetteer)) == id


def test_the_label_of_an_intercommunality_has_each_of_its_departements() -> None:
    gazetteer = load_gazetteer()
    assert label(gazetteer.get("epci:243500139"), gazetteer).endswith("(intercommunalité, 35)")
    of_several = (gazetteer.get(f"epci:{siren}") for siren in gazetteer.names["epci"])
    shared = next(area for area in of_several if area.departement is None)
    assert label(shared, gazetteer).count(", ") >= 2


def test_a_cedex_of_la_reunion_is_of_la_reunion() -> None:
    assert candidates("97898")[0] == "departement:974"
