"""``/v1/consultations``, ``/v1/insertion_hours`` and ``/v1/needs/batch`` on the invented corpus."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from vivier.desk.method.contacts import ROLES
from vivier.desk.method.lever import LEVERS

LOT = {"text": "entretien des espaces verts", "place": "Rennes", "amount": 240000, "months": 48, "lot": "1"}
PROGRAMME = (
    "Objet;Lieu;Montant HT;Durée\nTonte des pelouses;Rennes;120 000 €;4 ans\n;;;\nMarché divers;Saint-Denis;abc;0\n"
)


def consult(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/consultations", json={"lots": [LOT], **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.slow
def test_a_lot_is_told_with_its_lever_its_articles_hours_and_duties(client: TestClient) -> None:
    lot = consult(client)["lots"][0]
    assert lot["understood"]["territories"][0]["code"] == "commune:35238"
    assert lot["advice"]["lever"] in LEVERS
    assert [one["article"]["code"] for one in lot["articles"]] == ["L2113-12", "L2113-13", "L2113-14", "L2113-15"]
    assert lot["hours"]["central"]["insertion_hours"] == 260
    assert lot["duties"][0]["duty"] == "spaser" and len(lot["duties"]) == 5


@pytest.mark.slow
def test_one_lot_below_the_threshold_is_never_said_to_be_free_of_the_social_condition(client: TestClient) -> None:
    lot = {**LOT, "amount": 150_000}
    (alone,) = consult(client, lots=[lot])["lots"]
    assert alone["duties"][-1]["state"] == "to_verify"
    assert "à vérifier sur la valeur de l'ensemble des lots" in alone["duties"][-1]["text"]
    (whole,) = consult(client, lots=[lot], consultation_amount="150 000 €")["lots"]
    assert whole["duties"][-1]["state"] == "not_applicable"


@pytest.mark.parametrize("told", [100_000, "100 000 €", "180 000 € TTC", "60 000 € par an", "beaucoup", -1])
def test_a_value_of_the_consultation_that_cannot_be_is_refused_by_name(client: TestClient, told: object) -> None:
    body = {"lots": [{**LOT, "amount": 150_000}], "consultation_amount": told}
    answer = client.post("/v1/consultations", json=body)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == ["consultation_amount"]


def test_every_candidate_is_eligible_or_left_out_for_one_reason(client: TestClient) -> None:
    for one in consult(client)["lots"][0]["articles"]:
        out = [left for left in one["excluded"] if left["reason"] != "capacity_too_small"]
        sites = one["candidates"] - len(out)
        assert one["eligible"] == sites, one["article"]["code"]


def test_an_advice_says_what_is_known_and_who_may_carry_hours(client: TestClient) -> None:
    lot = consult(client)["lots"][0]
    facts = " ".join(lot["advice"]["facts"])
    assert (
        "Métier, zone et agrément connus" in facts
        and "Part de main-d'œuvre : 65" in facts
        and "Heures d'insertion : 260 h" in facts
    )
    assert set(lot["clause"]) == {"lending", "lending_by_kind", "doing", "to_ask", "first_calls"}
    assert {one["role"] for one in lot["contacts"]["structures"]} <= set(ROLES)


def test_a_lot_of_several_trades_is_told_trade_by_trade_and_who_does_them_all(client: TestClient) -> None:
    lot = consult(client, lots=[{**LOT, "trade": "nettoyage-locaux|entretien-espaces-verts"}])["lots"][0]
    assert [one["trade"] for one in lot["by_trade"]] == ["nettoyage-locaux", "entretien-espaces-verts"]
    for place, article in enumerate(lot["articles"]):
        of_each = [trade["articles"][place] for trade in lot["by_trade"]]
        assert article["eligible"] in [one["eligible"] for one in of_each]
        assert article["weakest_trade"] in [one["trade"] for one in lot["by_trade"]]
        assert lot["alone"][place]["eligible"] <= min(one["eligible"] for one in of_each)
    assert "le métier le plus faible" in lot["text"]


def test_one_trade_has_neither_a_table_by_trade_nor_who_does_them_all(client: TestClient) -> None:
    lot = consult(client)["lots"][0]
    assert (lot["by_trade"], lot["alone"], lot["articles"][0]["weakest_trade"]) == ([], [], None)


def test_the_parameters_of_a_dossier_hold_the_values_given(client: TestClient) -> None:
    asked = {"programme": "objet;lieu\nnettoyage;Rennes\n", "effort": "0,1", "capacity_share": "0,5", "format": "json"}
    made = client.post("/consultation/dossier", data=asked).json()
    told = {one["code"]: (one["value"], one["default"]) for one in made["parameters"]}
    assert told["effort"] == (0.1, 0.05) and told["capacity_share"] == (0.5, 0.3)
    assert {"labour_intensive", "useful_hours", "verdict_sure", "eu_other"} <= set(told)


def test_contracts_that_are_not_indexed_are_unknown_not_none(client: TestClient) -> None:
    lot = consult(client)["lots"][0]
    assert lot["comparable"] is None and lot["reserved_history"] is None and lot["experience"] is None
    assert any("ne contient pas de marchés" in note for note in lot["notes"])


def test_a_lot_to_correct_is_told_and_not_counted(client: TestClient) -> None:
    answer = consult(
        client, lots=[LOT, {"text": "marché de prestations diverses", "place": "Saint-Denis", "amount": "abc"}]
    )
    first, second = answer["lots"]
    assert first["studied"] and not second["studied"]
    assert {one["field"] for one in second["understood"]["errors"]} == {"trade", "place", "amount"}
    assert answer["totals"]["to_correct"] == 1


@pytest.mark.parametrize("amount", ["NaN", "-1", "1e400", "inf"])
def test_an_amount_that_is_no_amount_is_refused_on_its_line(client: TestClient, amount: str) -> None:
    lot = consult(client, lots=[{**LOT, "amount": amount}])["lots"][0]
    assert not lot["studied"] and lot["understood"]["errors"][0]["field"] == "amount"


def test_settings_and_lots_that_are_wrong_are_named(client: TestClient) -> None:
    response = client.post("/v1/consultations", json={"lots": [{**LOT, "colour": "vert"}], "taken_over": 2, "x": 1})
    assert response.status_code == 422
    assert {one["field"] for one in response.json()["errors"]} == {"lots.1.colour", "taken_over", "x"}
    assert client.post("/v1/consultations", json={"lots": []}).status_code == 422
    assert client.post("/v1/consultations", json={"lots": [LOT] * 301}).status_code == 422
    assert client.post("/v1/consultations", json={"lots": [LOT], "capacity_share": 5}).status_code == 422
    for path in ("/v1/consultations", "/v1/dossiers"):
        [error] = client.post(path, json={"lots": [LOT], "rounds": ["0" * 40]}).json()["errors"]
        assert (error["field"], error["code"]) == ("rounds", "unknown_parameter")


@pytest.mark.slow
def test_the_contact_list_is_a_neutral_order_that_its_seed_gives_again(client: TestClient) -> None:
    one, same = (consult(client)["lots"][0]["contacts"] for _ in range(2))
    assert one == same
    other = consult(client, seed="autre")["lots"][0]["contacts"]
    assert {x["id"] for x in one["structures"]} == {x["id"] for x in other["structures"]}


def test_hours_are_the_same_by_url_and_by_body(client: TestClient) -> None:
    asked = {"amount": 1_000_000, "months": 12, "labour_share": 0.5}
    by_url, by_body = client.get("/v1/insertion_hours", params=asked), client.post("/v1/insertion_hours", json=asked)
    assert by_url.json()["central"]["insertion_hours"] == 833
    assert by_url.json() == by_body.json()


def test_hours_without_a_labour_share_are_refused_by_name(client: TestClient) -> None:
    response = client.get("/v1/insertion_hours", params={"amount": 1000})
    assert response.status_code == 422 and response.json()["errors"][0]["field"] == "labour_share"
    assert client.get("/v1/insertion_hours?amount=nan&labour_share=.5").status_code == 422


def workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    for line in PROGRAMME.strip().split("\n"):
        book.active.append(line.split(";"))  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("content", [PROGRAMME.encode(), PROGRAMME.encode("cp1252", "replace"), workbook()])
def test_a_programme_is_read_line_by_line_as_csv_or_workbook(client: TestClient, content: bytes) -> None:
    raw = client.post("/v1/needs/batch", content=content, headers={"Content-Type": "text/csv"})
    form = client.post("/v1/needs/batch", files={"file": ("p.csv", content)})
    assert raw.status_code == 200, raw.text
    assert raw.json() == form.json()
    first, second = raw.json()["results"]
    assert (first["line"], first["amount"], first["months"], first["state"]) == (2, 120000, 48, "ready")
    assert (second["line"], second["state"]) == (4, "to_correct")


def test_a_programme_that_is_too_long_or_no_table_is_refused(client: TestClient) -> None:
    def send(content: bytes) -> Any:
        return client.post("/v1/needs/batch", content=content, headers={"Content-Type": "text/csv"})

    assert send(b"Objet\n" + b"tonte\n" * 1001).status_code == 422
    assert send(b"a;b\n1;2\n").json()["errors"][0]["code"] == "missing_column"
    assert send(b"PK\x03\x04broken").status_code == 422
    assert send(b"x" * 5_100_000).status_code == 413


def test_a_printed_dossier_is_unfolded_and_its_shares_are_in_percent(client: TestClient) -> None:
    text = client.post(
        "/consultation/dossier",
        data={"programme": "objet;lieu\nentretien des espaces verts;Rennes\n", "format": "html"},
    ).text
    assert "<details" not in text and "Ce qui changerait cet avis" in text
    assert "0,1 part" not in text and "second-hand" not in text and ">seen<" not in text


def test_a_field_to_correct_keeps_what_was_typed(client: TestClient) -> None:
    text = client.post(
        "/consultation", data={"step": "one", "text": "nettoyage", "place": "Rennes", "months": "abc"}
    ).text
    assert 'value="abc"' in text and "illisible" in text


def test_a_wrong_setting_loses_neither_the_lines_nor_their_corrections(client: TestClient) -> None:
    sent = {"step": "study", "programme": "objet;lieu\nnettoyage des locaux;Rennes\n", "capacity_share": "9"}
    response = client.post("/consultation", data=sent)
    assert response.status_code == 422 and 'id="erreur-capacity_share"' in response.text
    assert "nettoyage des locaux" in response.text and "entre 0,1 et 1" in response.text
    assert 'value="study"' in response.text


def test_the_lots_of_a_programme_are_ranked_and_those_to_correct_come_last(client: TestClient) -> None:
    lots = "objet;lieu\nzzyzx;Rennes\nfourniture de serveurs;Rennes\nentretien des espaces verts;Rennes\n"
    text = client.post("/consultation", data={"step": "study", "programme": lots}).text
    table = text[text.index("les plus prometteurs") :]
    assert table.index('href="#ligne-4"') < table.index('href="#ligne-2"')


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lots": [LOT | {"text": True}], "effort": True}, "effort"),
        ({"lots": [LOT], "consultation_amount": True}, "consultation_amount"),
        ({"lots": [LOT], "hourly_cost": True}, "hourly_cost"),
        ({"lots": [LOT], "prison": 1}, "prison"),
        ({"lots": [LOT], "title": False}, "title"),
    ],
)
def test_true_is_no_figure_and_a_figure_is_no_yes(client: TestClient, body: dict[str, Any], field: str) -> None:
    response = client.post("/v1/consultations", json=body)
    assert response.status_code == 422, response.text
    assert field in {error["field"] for error in response.json()["errors"]}


def test_true_is_no_amount_of_a_lot(client: TestClient) -> None:
    lot = consult(client, lots=[LOT | {"amount": True}])["lots"][0]
    assert lot["studied"] is False
    assert [error["field"] for error in lot["understood"]["errors"]] == ["amount"]


def test_a_lot_may_say_yes_in_json(client: TestClient) -> None:
    lot = LOT | {"environmental_condition": True}
    assert client.post("/v1/consultations", json={"lots": [lot]}).status_code == 200


@pytest.mark.slow
def test_a_region_is_told_by_departement_each_as_if_it_were_asked_alone(client: TestClient) -> None:
    def lot(place: str, amount: float) -> dict[str, Any]:
        asked = {"text": "Tonte des pelouses", "place": place, "amount": amount, "months": 24}
        found: dict[str, Any] = client.post("/v1/consultations", json={"lots": [asked]}).json()["lots"][0]
        return found

    parts = lot("region:53", 400_000)["parts"]
    assert [row["territory"] for row in parts["rows"]] == [f"departement:{code}" for code in (22, 29, 35, 56)]
    assert sum(row["amount"] for row in parts["rows"]) == pytest.approx(400_000)
    assert sum(row["people_share"] for row in parts["rows"]) == pytest.approx(1, abs=0.001)
    assert parts["text"].startswith("Loti par département, ") and "4" in parts["text"]
    for row in parts["rows"]:
        alone = lot(row["territory"], row["amount"])
        assert row["lever"] == alone["advice"]["lever"] and "parts" not in alone


def test_a_line_to_repair_comes_with_its_likely_readings_and_a_place_holds_all_lines(client: TestClient) -> None:
    table = "Objet;Lieu;Montant HT\nTraiteur;Arras;120 k€ TTC\nTonte;;60000\n"
    sent = {"content": table.encode(), "headers": {"content-type": "text/csv"}}
    wrong, without = client.post("/v1/needs/batch", **sent).json()["results"]  # type: ignore[arg-type]
    (repair,) = wrong["repairs"]
    assert (repair["field"], repair["words"]) == ("amount", "120 k€ TTC")
    assert [reading["cell"] for reading in repair["readings"]] == ["109091", "113744", "120000"]
    assert without["repairs"][0]["readings"] == [] or without["repairs"][0]["field"] == "place"
    body = client.post("/v1/needs/batch", params={"within": "62"}, **sent).json()  # type: ignore[arg-type]
    assert [place["code"] for place in body["results"][1]["territories"]] == ["departement:62"]
    assert any("ligne 3" in remark for remark in body["remarks"])
    refused = client.post("/v1/needs/batch", params={"within": "zzyzx"}, **sent)  # type: ignore[arg-type]
    assert refused.status_code == 422 and "within" in refused.text
