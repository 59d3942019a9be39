"""A name met once names the same SIREN everywhere, with its source; départements and régions are named by a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.run import import_files
from indexer.contracts.names import Layer, Names, WrittenNames
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from search_api.contracts.pages.contracts import buyer_party
from tests.crawlers.samples import NOW, samples
from vivier.contracts.buyers import read_siren
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model import Organisation, Provenance
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.settings import Settings

BUYER, HOLDER, TOWN, OF_NOTICES = "10000011600010", "10000021500010", "21440215800015", "99935001000016"
HEADER = "uid,id,acheteur_id,acheteur_nom,titulaire_id,titulaire_typeIdentifiant,titulaire_nom,montant,dateNotification,dureeMois,codeCPV"
ROW = (
    f"1,NAMED,{BUYER},SYNDICAT FICTIF (SIEGE),{HOLDER},SIRET,JARDINS FICTIFS SARL (ANTENNE),1000,2026-07-04,12,77310000"
)


@pytest.mark.parametrize(
    ("siren", "category", "seat", "name"),
    [
        ("228708517", "departement", "departement:87", "Département de la Haute-Vienne"),
        ("200053403", "region", "region:28", "Région Normandie"),  # its number begins like that of a syndicat
        ("200076958", "region", "region:94", "Collectivité de Corse"),
        ("200094332", "departement", "region:44", "Collectivité européenne d'Alsace"),
        ("245900410", "epci", "departement:59", "Métropole Européenne de Lille"),  # its number until 2020
        ("210100392", "commune", "commune:01138", "Commune de Béon"),  # part of Culoz-Béon since 2023
        ("228700001", "departement", "departement:87", None),  # the number of no département
    ],
)
def test_a_collectivity_is_named_by_the_table(
    siren: str, category: str, seat: str, name: str | None, lexicon: Lexicon
) -> None:
    found = read_siren(siren, lexicon.gazetteer)
    assert (found.category, found.seat, found.name) == (category, seat, name)


def test_every_number_of_the_table_has_a_right_control_digit_and_a_known_seat(lexicon: Lexicon) -> None:
    from vivier.identity import is_siren

    for siren, one in lexicon.gazetteer.collectivities.items():
        assert is_siren(siren) and lexicon.gazetteer.get(one.seat).kind in ("departement", "region", "commune")


def test_the_names_of_a_line_are_read_without_the_site_in_brackets() -> None:
    line = b'{"buyer":{"siren":"100000116","id_type":"SIRET","name":"VILLE \\"HAUTE\\" (MAIRIE)"},"holders":[{"siren":"100000215"}]}'
    names = WrittenNames()
    names.add(line)
    assert names.by_siren() == {"100000116": 'VILLE "HAUTE"'}


def test_the_most_trusted_source_names_and_a_hidden_unit_has_no_name() -> None:
    made = [Provenance(source_id=name, producer="p", dataset="d", licence="l") for name in ("first", "second")]
    names = Names.of(
        [Layer(made[0], {"100000116": "A"}), Layer(made[1], {"100000116": "B", "100000215": "C"})], {"100000215"}
    )
    named = names.named(Organisation(siren="100000116"))
    assert (named.name, named.name_source, names.sources(named)) == ("A", "first", (made[0],))
    assert names.named(Organisation(siren="100000215")).name is None
    assert names.named(Organisation(siren="100000116", name="Z")).name == "Z"


def _decp(number: str, buyer: str) -> dict[str, Any]:
    """A fictitious contract in the layout of 2022, which has no names."""
    return {
        "id": number,
        "acheteur": {"id": buyer},
        "objet": f"Entretien fictif {number}",
        "codeCPV": "77310000",
        "montant": 5000,
        "dureeMois": 12,
        "dateNotification": "2026-07-04",
        "datePublicationDonnees": "2026-07-10",
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": HOLDER}}],
        "considerationsSociales": {"considerationSociale": ["Pas de considération sociale"]},
    }


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings, lexicon = Settings(home=tmp_path_factory.mktemp("names")), load_lexicon()
    table = settings.home / "rows.csv"
    table.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    records = [_decp("UNNAMED", BUYER), _decp("TOWN", TOWN), _decp("NOTICE", OF_NOTICES)]
    document = settings.home / "decp.json"
    document.write_text(json.dumps({"marches": {"marche": records}}), encoding="utf-8")
    import_files("decp_tabular", [table], settings, now=NOW)
    import_files("decp", [document], settings, now=NOW)
    import_files("boamp", samples("boamp"), settings, now=NOW)
    engine = open_engine(settings)
    publish_contracts(engine, settings, lexicon)
    publish_notices(engine, settings, lexicon)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def shown(engine: Store) -> dict[str, dict[str, Any]]:
    return {hit.record["number"]: hit.record for hit in engine.open("contracts").scan(All(()))}


def test_a_contract_without_names_takes_those_of_another_source(shown: dict[str, dict[str, Any]]) -> None:
    one = shown["UNNAMED"]
    assert (one["buyer"]["name"], one["buyer"]["name_source"]) == ("SYNDICAT FICTIF", "decp_tabular")
    assert one["holders"][0]["name"] == "JARDINS FICTIFS SARL"
    assert {source["source_id"] for source in one["sources"]} == {"decp", "decp_tabular"}


def test_a_record_keeps_the_name_it_writes(shown: dict[str, dict[str, Any]]) -> None:
    assert shown["NAMED"]["buyer"]["name"] == "SYNDICAT FICTIF (SIEGE)" and "name_source" not in shown["NAMED"]["buyer"]


def test_a_buyer_named_by_a_table_or_a_notice_says_so(shown: dict[str, dict[str, Any]]) -> None:
    assert shown["TOWN"]["buyer"]["name_source"] == "decoupage"
    assert buyer_party(shown["TOWN"]["buyer"]).register == "découpage administratif 2026"
    named = shown["NOTICE"]["buyer"]
    assert (named["name"], named["name_source"]) == ("Ville d'Exempleville", "boamp")
    assert buyer_party(named).register == "une autre source"


def test_a_buyer_has_its_name_without_its_site_and_says_who_gives_it(engine: Store) -> None:
    known = {
        hit.id: (hit.record.get("name"), hit.record.get("name_source")) for hit in engine.open("buyers").scan(All(()))
    }
    assert known[OF_NOTICES[:9]] == ("Ville d'Exempleville", "boamp")
    assert known[BUYER[:9]] == ("SYNDICAT FICTIF", None) and known[TOWN[:9]][1] == "decoupage"
