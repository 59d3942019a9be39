"""A dossier replayed: the same list on the same data, else what changed and why; 409 when its data are gone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dossiers.conftest import LOT, House, listed
from tests.search_api.corpus import TODAY
from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings
from vivier.desk.read.programme import Row
from vivier.dossiers.compose import compose
from vivier.dossiers.differences import ELSEWHERE, GONE, NEW, differences
from vivier.dossiers.question import Question
from vivier.dossiers.registry import Registry
from vivier.model import Fact, Offer, Supplier
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot


def in_trade(offer: Fact[Offer], trade: str) -> Fact[Offer]:
    return offer.model_copy(update={"value": offer.value.model_copy(update={"trade": trade})})


@pytest.mark.slow
def test_the_same_data_give_the_same_list_and_the_same_hashes(house: House) -> None:
    made = house.issue()
    for asked in ({}, {"data": "same"}):
        found = house.replay(made, **asked)
        assert found["same_data"] and found["same_methods"] and found["same_list"] and found["same_analysis"]
        assert found["list_sha256"] == {"was": made["list_sha256"], "now": made["list_sha256"]}
        assert found["totals"]["added"] == found["totals"]["removed"] == found["totals"]["changed"] == 0
        assert found["summary"][0] == "Même liste, dans le même ordre."


@pytest.mark.slow
def test_a_dossier_issued_with_the_answers_of_several_rounds_still_opens_verifies_and_replays(house: House) -> None:
    found = house.client.post("/v1/consultations", json={"lots": [LOT]}).json()["lots"][0]["contacts"]["structures"]
    answer = Answer(found[0]["id"], "yes", TODAY, "structure")
    rows = (Row(1, {"text": LOT["text"], "place": LOT["place"]}),)
    question = Question(Settings(as_of=TODAY), rows, {1: (answer,)}, ("2 enquêtes jointes.",))
    registry = Registry(house.shelf, Opposition(house.settings))
    made = registry.keep(compose(question, Snapshot(house.engine), house.lexicon), TODAY)
    address = f"/v1/dossiers/{made['dossier_id']}"
    body = house.client.get(address).json()
    assert body["warnings"][0] == body["question"]["joined"][0] == "2 enquêtes jointes."
    assert house.client.get(f"/dossiers/{made['dossier_id']}").status_code == 200
    told = house.client.post("/v1/dossiers/verify", json=body).json()
    assert told["verified"] and told["kept"] == "same"
    same = house.replay({"links": {"replay": f"{address}/replay"}}, data="same")
    assert same["same_analysis"] and same["same_list"]


@pytest.mark.slow
def test_former_data_are_replayed_while_they_are_kept_then_409(house: House) -> None:
    made = house.issue()
    former = house.engine.live("suppliers").name
    house.newer(lambda one: None if int(one.id[-4:]) % 3 == 0 else one)
    same = house.replay(made, data="same")
    assert same["same_list"] and same["same_analysis"]
    assert not house.replay(made)["same_data"]
    house.engine.remove("suppliers", former)
    refused = house.replay(made, 409, data="same")
    assert refused["type"] == "/docs#conflict" and "ne sont plus gardées" in refused["detail"]
    assert house.replay(made)["totals"]["removed"] > 0


@pytest.mark.slow
def test_newer_data_give_what_was_added_removed_and_changed_and_why(house: House) -> None:
    made = house.issue(lots=[LOT])
    lines = listed(house.read(made))
    gone, moved, renamed = [one["id"] for one in lines if one["role"] in ("answers", "does")][:3]

    def change(one: Supplier) -> Supplier | None:
        if one.id == gone:
            return None
        if one.id == moved:
            return one.model_copy(update={"offers": tuple(in_trade(offer, "blanchisserie") for offer in one.offers)})
        if one.id == renamed:
            return one.model_copy(update={"name": one.name.model_copy(update={"value": "Nouveau nom"})})
        return one

    house.newer(change)
    (lot,) = house.replay(made)["lots"]
    why = {one["id"]: one["why"] for one in lot["removed"]}
    assert why[gone] == GONE
    assert why[moved] != GONE and why.keys() == {gone, moved}
    (changed,) = lot["changed"]
    assert changed["id"] == renamed and changed["changes"][0]["text"].endswith("→ Nouveau nom")
    assert lot["unchanged"] == len(lines) - 3 and lot["added"] == []
    back = house.issue(lots=[LOT])
    house.newer(lambda one: one)
    added = {one["id"]: one["why"] for one in house.replay(back)["lots"][0]["added"]}
    assert added[gone] == NEW and added.keys() >= {gone, moved}


def test_another_day_ends_agreements_and_says_which(house: House) -> None:
    made = house.issue(lots=[LOT])
    found = house.replay(made, as_of="2028-07-01")
    assert found["as_of"] == {"was": "2026-11-24", "now": "2028-07-01"}
    reasons = {one["why"].rpartition(" ; ")[2] for one in found["lots"][0]["removed"]}
    assert "agrément expiré à la date" in reasons
    assert any("Comparé au 01/07/2028" in one for one in found["summary"])


@pytest.mark.slow
def test_a_replay_is_never_kept_by_a_cache_and_its_parameters_are_checked(house: House) -> None:
    made = house.issue()
    answer = house.client.post(made["links"]["replay"])
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert house.replay(made, 422, data="old")["errors"][0]["field"] == "data"
    assert house.replay(made, 422, as_of="hier")["errors"][0]["field"] == "as_of"


@pytest.mark.slow
def test_a_dossier_brought_up_to_date_keeps_its_log_its_seeds_and_names_the_former(house: House) -> None:
    made = house.issue()
    seeds = [lot["contacts"]["seed"] for lot in house.read(made)["lots"] if lot["studied"]]
    house.newer(lambda one: None if one.id == listed(house.read(made))[0]["id"] else one)
    answer = house.client.post(made["links"]["self"] + "/versions", json={"refresh": True})
    assert answer.status_code == 201
    body = house.read(answer.json())
    assert body["supersedes"] == made["dossier_id"] and body["list_sha256"] != made["list_sha256"]
    assert [lot["contacts"]["seed"] for lot in body["lots"] if lot["studied"]] == seeds
    assert len(body["draws"]) == 2 and house.replay(answer.json())["same_list"]


IDS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def lot_of(ids: list[str], left: list[str], recommended: str | None = "L2113-12") -> dict[str, Any]:
    """A lot as a dossier holds it: only what a comparison reads."""
    article = {
        "article": {"code": "L2113-12"},
        "eligible": len(ids),
        "excluded": [{"id": one, "reason": "zone_none", "reason_fr": "sa zone ne couvre pas"} for one in left],
    }
    lines = [{"id": one, "name": one.upper(), "siret": None, "kinds": ["EA"], "proofs": []} for one in ids]
    return {
        "understood": {"line": 1, "lot": None, "text": "", "trades": [], "territories": []},
        "studied": True,
        "recommended": recommended,
        "advice": {"lever_fr": "réserver", "article": None},
        "articles": [article],
        "hours": None,
        "contacts": {"seed": "s", "structures": lines},
    }


@given(was=IDS, now=IDS, known=st.sets(st.sampled_from("abcdefgh")), opposed=st.sets(st.sampled_from("abcdefgh")))
def test_a_difference_accounts_for_every_line_once(
    was: list[str], now: list[str], known: set[str], opposed: set[str]
) -> None:
    now = [one for one in now if one not in opposed]
    left = sorted({*was} - {*now} - opposed)[:2]
    (found,) = differences([lot_of(was, [])], [lot_of(now, left)], opposed, lambda ids: known.intersection(ids))
    removed = {one["id"]: one["why"] for one in found["removed"]}
    assert found["unchanged"] + len(found["changed"]) + len(removed) + found["opposed"] == len(was)
    assert found["unchanged"] + len(found["changed"]) + len(found["added"]) == len(now)
    assert opposed.isdisjoint(removed) and all(one["why"] for one in (*found["added"], *found["removed"]))
    for id_, why in removed.items():
        expected = "sa zone ne couvre pas" if id_ in left else ELSEWHERE if id_ in known else GONE
        assert why == expected


@given(ids=IDS)
def test_nothing_differs_from_itself(ids: list[str]) -> None:
    (found,) = differences([lot_of(ids, [])], [lot_of(ids[::-1], [])], (), lambda ids: frozenset())
    assert not (found["added"] or found["removed"] or found["changed"] or found["figures"])


TEXTS = st.sampled_from(("entretien des espaces verts", "nettoyage des locaux", "blanchisserie", "zzyzx", ""))


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3),
    place=st.sampled_from(("Rennes", "departement:35", "Saint-Denis", "")),
    amount=st.sampled_from((None, "0", "240000", "abc")),
    seed=st.sampled_from((None, "graine", "2")),
)
def test_whatever_is_asked_its_replay_on_the_same_data_is_identical(
    house: House, texts: list[str], place: str, amount: str | None, seed: str | None
) -> None:
    lots = [{"text": text or "?", **({"amount": amount} if amount else {})} for text in texts]
    made = house.issue(lots=lots, place=place, **({"seed": seed} if seed else {}))
    found = house.replay(made)
    assert found["same_list"] and found["same_analysis"]
    house.shelf.forget(made["dossier_id"])
