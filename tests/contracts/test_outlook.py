"""Beside the leads: what is to act on this week, the nearest ones when there is none, and the question that would open most."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from tests.search_api.conftest import publish
from tests.search_api.pages.corpus import pages_suppliers
from vivier.contracts.find import last_notice
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.outlook import act_first, best_question, next_best, question_text, volume
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.query_profile import profile_of
from vivier.contracts.to_confirm import to_confirm
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
ROUBAIX, HERE = (3.1746, 50.6901), {"near": "3.1746,50.6901", "radius_km": 10.0}


def call(
    number: int, title: str, keyword: str, post_code: str, town: str, deadline: str, **more: object
) -> dict[str, Any]:
    place = {"DENOMINATION": f"Ville de {town}", "CP": post_code, "VILLE": town}
    return {
        "idweb": f"26-{number}",
        "objet": title,
        "nature": "APPEL_OFFRE",
        "etat": "INITIAL",
        "dateparution": "2026-11-10",
        "datelimitereponse": f"{deadline}T11:00:00+00:00",
        "descripteur_libelle": [keyword],
        "code_departement": [post_code[:2]],
        "donnees": json.dumps({"IDENTITE": place}),
        **more,
    }


CLAUSED = json.dumps(
    {
        "IDENTITE": {"DENOMINATION": "Ville de Roubaix", "CP": "59100", "VILLE": "Roubaix"},
        "CONDITION_PARTICIPATION": {"CONDITION_PARTICULIERE_EXECUTION": "200 heures d'insertion sont dues."},
    }
)
CALLS = [
    call(1, "Entretien des pelouses", "Espaces verts", "59100", "Roubaix", "2026-11-27"),
    call(2, "Tonte des stades", "Espaces verts", "59100", "Roubaix", "2026-12-18"),
    call(3, "Nettoyage des écoles", "Nettoyage de locaux", "62000", "Arras", "2026-12-18"),
    *(call(10 + n, f"Linge de la crèche {n}", "Blanchissage", "59100", "Roubaix", "2026-12-10") for n in range(3)),
    call(20, "Assurance de la flotte", "Assurance", "59100", "Roubaix", "2026-12-10"),
    call(
        21,
        "Maîtrise d'oeuvre du parc : création d'espaces verts",
        "Maîtrise d'oeuvre",
        "59100",
        "Roubaix",
        "2026-12-10",
    ),
    call(22, "Nettoyage des halles", "Nettoyage de locaux", "59100", "Roubaix", "2026-12-10", criteres=["sociaux"]),
    call(24, "Nettoyage des quais", "Nettoyage de locaux", "59100", "Roubaix", "2026-12-10", donnees=CLAUSED),
    call(
        23,
        "Acquisition d'un mur d'escalade",
        "Equipement sportif",
        "59100",
        "Roubaix",
        "2026-12-10",
        criteres=["sociaux"],
    ),
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Snapshot]:
    settings = Settings(home=tmp_path_factory.mktemp("outlook"))
    path = settings.home / "records.json"
    path.write_text(json.dumps({"total_count": len(CALLS), "results": CALLS}), encoding="utf8")
    import_files("boamp", [path], settings)
    with closing(open_engine(settings)) as engine:
        publish(engine, pages_suppliers(lexicon), lexicon)  # type: ignore[arg-type]
        publish_notices(engine, settings, lexicon)
        yield Snapshot(engine)


def asked(snapshot: Snapshot, lexicon: Lexicon, **more: Any) -> tuple[LeadsQuery, Profile, Leads]:
    query = LeadsQuery.model_validate({"supplier": "pages-jardins", **HERE, **more})
    profile = profile_of(query, snapshot, lexicon, TODAY)
    return query, profile, find_leads(query, profile, snapshot, lexicon, TODAY)


def titles(found: Leads) -> set[str]:
    return {str(lead.record.get("title")) for lead in found.leads}


@pytest.mark.slow
def test_leads_are_counted_by_their_day_to_act(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query, profile, found = asked(snapshot, lexicon, trade=("entretien-espaces-verts",))
    assert titles(found) == {"Entretien des pelouses", "Tonte des stades"}
    assert volume(query, profile, snapshot, lexicon, TODAY).text == "1 à traiter cette semaine, 1 à venir"


@pytest.mark.slow
def test_what_is_to_do_this_week_is_read_before_what_can_wait(snapshot: Snapshot, lexicon: Lexicon) -> None:
    _, _, found = asked(snapshot, lexicon, trade=("entretien-espaces-verts",))
    by_score = [str(lead.record.get("title")) for lead in found.leads]
    assert by_score == ["Tonte des stades", "Entretien des pelouses"]
    assert [lead.record.get("title") for lead in act_first(found.leads, TODAY)] == by_score[::-1]
    assert [lead.record.get("title") for lead in act_first(found.leads, date(2026, 12, 1))] == by_score


def test_a_structure_without_leads_gets_those_of_the_first_wider_circle_that_has_some(
    snapshot: Snapshot, lexicon: Lexicon
) -> None:
    query, profile, found = asked(snapshot, lexicon, near="2.7772,50.2910", trade=("entretien-espaces-verts",))
    assert found.total == 0
    farther = next_best(query, profile, found, snapshot, lexicon, TODAY)
    assert farther is not None and titles(farther.leads) == {"Entretien des pelouses", "Tonte des stades"}
    assert farther.text.replace("\u202f", " ") == "Rien à moins de 10 km : voici 2 opportunités à moins de 60 km."


def test_who_has_leads_is_sent_no_farther(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query, profile, found = asked(snapshot, lexicon, trade=("entretien-espaces-verts",))
    assert next_best(query, profile, found, snapshot, lexicon, TODAY) is None


def test_one_question_is_asked_and_not_twice(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query, _, _ = asked(snapshot, lexicon)
    first = best_question(query, snapshot, lexicon, TODAY)
    assert first is not None and first.purchases >= 2
    assert first.text == f"Faites-vous « {first.name} » ? {first.purchases} marchés en un an près de vous."
    second = best_question(query, snapshot, lexicon, TODAY, answered=(first.trade,))
    assert second is None or second.trade != first.trade


def test_one_lead_that_depends_on_a_trade_is_told_in_words() -> None:
    assert (
        question_text("Menuiserie", 1, 0) == "Faites-vous « Menuiserie » ? Une de vos premières opportunités en dépend."
    )
    assert question_text("Menuiserie", 2, 0).endswith("2 de vos premières opportunités en dépendent.")


def test_an_empty_list_tells_the_day_of_the_newest_notice_known_then(snapshot: Snapshot) -> None:
    assert last_notice(snapshot, TODAY) == date(2026, 11, 10)
    assert last_notice(snapshot, date(2026, 11, 9)) is None


def test_a_profile_told_by_hand_is_asked_nothing(snapshot: Snapshot, lexicon: Lexicon) -> None:
    assert best_question(LeadsQuery(kind=("EI",)), snapshot, lexicon, TODAY) is None


def leads_of(snapshot: Snapshot, lexicon: Lexicon, kind: str) -> set[str]:
    """The leads of a supplier of which no trade is known or supposed."""
    profile = Profile((), Zone(ROUBAIX, 10.0), (kind,), supplier="x")
    return titles(find_leads(LeadsQuery(supplier="pages-jardins"), profile, snapshot, lexicon, TODAY))


@pytest.mark.parametrize("kind", ["AI", "ETTI", "EI", "ACI", "ESAT"])
def test_a_written_clause_is_a_lead_for_who_lends_people_and_a_social_box_is_for_nobody(
    snapshot: Snapshot, lexicon: Lexicon, kind: str
) -> None:
    assert leads_of(snapshot, lexicon, kind) == ({"Nettoyage des quais"} if kind in ("AI", "ETTI") else set())


def test_the_architect_of_a_garden_is_no_lead_for_gardeners(snapshot: Snapshot, lexicon: Lexicon) -> None:
    profile = Profile(("creation-espaces-verts",), Zone(ROUBAIX, 10.0), ("ESAT",), supplier="x")
    found = titles(find_leads(LeadsQuery(supplier="pages-jardins"), profile, snapshot, lexicon, TODAY))
    assert not any("Maîtrise" in title for title in found)


@pytest.mark.slow
def test_who_has_no_sure_lead_is_asked_of_purchases_and_a_yes_makes_leads_of_them(
    snapshot: Snapshot, lexicon: Lexicon
) -> None:
    query, profile, found = asked(snapshot, lexicon, trade=("reliure-restauration-livres",))
    some = to_confirm(query, profile, found, snapshot, lexicon, TODAY)
    assert found.total == 0 and some
    trades = [each.trade for each in some]
    assert len(set(trades)) == len(trades) <= 3
    yes = query.model_copy(update={"also_trade": (trades[0],)})
    after = find_leads(yes, profile_of(yes, snapshot, lexicon, TODAY), snapshot, lexicon, TODAY)
    assert some[0].lead.id in {lead.id for lead in after.leads}
    no = query.model_copy(update={"not_trade": (trades[0],)})
    refused = profile_of(no, snapshot, lexicon, TODAY)
    assert trades[0] not in {each.trade for each in to_confirm(no, refused, found, snapshot, lexicon, TODAY)}


@pytest.mark.slow
def test_who_has_leads_is_asked_nothing_of_purchases(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query, profile, found = asked(snapshot, lexicon, trade=("entretien-espaces-verts",))
    assert to_confirm(query, profile, found, snapshot, lexicon, TODAY) == ()
