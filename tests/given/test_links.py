"""The page of a structure: its own link, one answer that it may correct, nothing about a person, nothing for a forged or a late link."""

from __future__ import annotations

import logging
from html import escape as _escaped
from html import unescape
from typing import Any

import pytest

from tests.given.conftest import House
from tests.search_api.pages.html import Page, plain
from vivier.names import readable_name


def link(house: House, rank: int = 1, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A round just opened, and one of its structures."""
    made = house.open(**more)
    return made, house.read(made)["invited"][rank - 1]


def escape(text: str) -> str:
    """A text as a page writes it."""
    return _escaped(text).replace("&#x27;", "&#39;")


def reply(house: House, invited: dict[str, Any], status: int = 303, **fields: str) -> str:
    answer = house.client.post(invited["link"], data=fields, follow_redirects=False)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


@pytest.mark.slow
def test_a_structure_reads_the_lot_and_answers_without_an_account(house: House) -> None:
    made, one = link(house)
    shown = house.client.get(one["link"])
    assert shown.status_code == 200 and "set-cookie" not in shown.headers
    for word in (readable_name(one["name"]), "Ville de Rennes", "entretien des espaces verts", "240"):
        assert word in plain(unescape(shown.text))
    assert "Ce n’est pas notre métier" in shown.text and "pas son métier" not in shown.text
    reply(house, one, can="yes", volume="80 000 €", start="2027-03-01", together="alone", article="L2113-12")
    (answer,) = [each["answer"] for each in house.read(made)["invited"] if each["answer"]]
    assert answer["by"] == "structure" and answer["volume"] == 80_000 and answer["given_on"] == "2026-11-24"
    assert "Réponse enregistrée le 24/11/2026" in house.client.get(one["link"]).text


@pytest.mark.slow
def test_a_link_read_by_a_machine_answers_nothing(house: House) -> None:
    made, one = link(house)
    for _ in range(3):
        assert house.client.get(one["link"]).status_code == 200
        assert house.client.head(one["link"]).status_code == 200
    assert house.read(made)["counts"]["answered"] == 0


@pytest.mark.slow
def test_a_second_answer_corrects_the_first_and_counts_once(house: House) -> None:
    made, one = link(house)
    reply(house, one, can="yes")
    reply(house, one, can="part", volume="20000")
    read = house.read(made)
    assert read["counts"]["answered"] == 1 and read["counts"]["part"] == 1
    reply(house, one, action="withdraw")
    assert house.read(made)["counts"]["answered"] == 0


@pytest.mark.slow
def test_what_a_structure_said_itself_is_its_own_to_correct(house: House) -> None:
    made, one = link(house)
    house.note(made, {"structure": one["id"], "can": "no"})
    reply(house, one, can="yes")
    refused = house.note(made, {"structure": one["id"], "can": "no"}, status=409)
    assert "elle seule corrige" in refused["detail"]
    assert house.client.delete(f"{made['links']['answers']}/{one['id']}").status_code == 404
    assert house.read(made)["counts"]["yes"] == 1


@pytest.mark.slow
def test_a_link_is_that_of_one_structure_in_one_round(house: House) -> None:
    made, one = link(house)
    other = house.open()
    reply(house, one, can="yes", structure=house.read(made)["invited"][1]["id"])
    answered = [each["id"] for each in house.read(made)["invited"] if each["answer"]]
    assert answered == [one["id"]] and house.read(other)["counts"]["answered"] == 0


@pytest.mark.parametrize("token", ["0" * 40, "x", "0" * 39, "0" * 41, "%00", "A" * 40])
def test_a_forged_link_is_not_found_and_says_no_more(
    refusing: House, refusing_round: dict[str, Any], token: str
) -> None:
    for address in (f"/r/{token}", f"/r/{refusing_round['round_id']}"):
        shown = refusing.client.get(address)
        assert shown.status_code == 404 and "Ville de Rennes" not in shown.text
        assert refusing.client.post(address, data={"can": "yes"}).status_code == 404


@pytest.mark.slow
def test_a_link_expires_with_its_round(house: House) -> None:
    made, one = link(house, closes_on="2026-12-01")
    house.clock.later(7)
    reply(house, one, can="yes")
    house.clock.later(1)
    shown = house.client.get(one["link"]).text
    assert "close depuis le 01/12/2026" in shown and "Envoyer ma réponse" not in shown
    reply(house, one, 409, can="no")
    assert house.read(made)["counts"]["yes"] == 1
    house.clock.later(400)
    assert house.client.get(one["link"]).status_code == 410


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"can": ""}, "Répondez à la première question"),
        ({"can": "peut-être"}, "Répondez à la première question"),
        ({"can": "yes", "volume": "1 000"}, "moins que le lot"),
        ({"can": "yes", "volume": "<script>"}, "Montant"),
        ({"can": "yes", "start": "demain"}, "Date"),
    ],
)
def test_an_answer_to_correct_is_shown_with_its_reason_and_what_was_typed(
    refusing: House, refusing_round: dict[str, Any], fields: dict[str, str], message: str
) -> None:
    one = refusing.read(refusing_round)["invited"][0]
    shown = reply(refusing, one, 422, **fields)
    assert message in shown and "<script>" not in shown and "« volume »" not in shown
    assert refusing.read(refusing_round)["counts"]["answered"] == 0


@pytest.mark.slow
def test_a_field_that_is_no_question_is_never_kept(house: House) -> None:
    made, one = link(house)
    reply(house, one, can="yes", name="Claire MARTIN", email="claire@example.org", comment="06 12 34 56 78")
    read = str(house.read(made))
    house.rounds.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    for word in ("MARTIN", "claire@", "06 12 34"):
        assert word not in read and word.encode() not in content


@pytest.mark.slow
def test_the_amount_is_told_to_all_or_to_none(house: House) -> None:
    _, one = link(house, tells_amount=False)
    shown = house.client.get(one["link"]).text
    assert "Montant estimé" not in shown and "240" not in shown


@pytest.mark.slow
def test_its_pages_are_private_and_accessible(house: House) -> None:
    made, one = link(house)
    house.note(made, {"structure": one["id"], "can": "yes"})
    for address in (one["link"], made["links"]["page"]):
        answer = house.client.get(address)
        assert answer.headers["cache-control"] == "no-store" and "noindex" in answer.headers["x-robots-tag"]
        shown = Page(str(answer.url), answer.text)
        assert len(shown.all("h1")) == 1
        ids = [each.attributes["id"] for each in shown.all() if "id" in each.attributes]
        assert len(ids) == len(set(ids))
        labelled = {each.attributes.get("for") for each in shown.all("label")}
        for field in (*shown.all("input"), *shown.all("select"), *shown.all("textarea")):
            assert field.attributes.get("type") == "hidden" or field.attributes.get("id") in labelled


@pytest.mark.slow
def test_a_form_of_another_site_changes_nothing(house: House) -> None:
    made, one = link(house)
    for headers in ({"Origin": "https://ailleurs.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert house.client.post(one["link"], data={"can": "yes"}, headers=headers).status_code == 403
        for data in ({"action": "delete"}, {"action": "answer", "structure": one["id"], "can": "yes"}):
            assert house.client.post(made["links"]["page"], data=data, headers=headers).status_code == 403
        assert house.client.post("/enquetes", data={"text": "x"}, headers=headers).status_code in (400, 403)
    assert house.read(made)["counts"]["answered"] == 0


@pytest.mark.slow
def test_no_log_names_a_round_nor_a_link(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made, one = link(house)
    house.client.get(one["link"])
    reply(house, one, can="yes")
    reply(house, one, 422, can="?")
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert made["round_id"] not in ours and one["link"].rpartition("/")[2] not in ours


@pytest.mark.slow
def test_from_the_study_a_form_opens_a_round(house: House) -> None:
    sent = {
        "programme": "objet;lieu;montant;durée\nentretien des espaces verts;Rennes;240000;48\n",
        "title": "Tonte 2027",
    }
    study = house.client.post("/consultation", data={**sent, "step": "study"}).text
    assert "Demander aux " in study
    asked = house.client.post("/enquetes", data={**sent, "line": "2"}, follow_redirects=False)
    assert (
        asked.status_code == 200
        and "Ouvrir l'enquête" in plain(asked.text)
        and "entretien des espaces verts" in asked.text
    )
    wrong = house.client.post("/enquetes", data={**sent, "line": "2", "step": "open", "size": "0"})
    assert wrong.status_code == 422 and "nombre de structures" in wrong.text
    made = house.client.post(
        "/enquetes", data={**sent, "line": "2", "step": "open", "tells_amount": "oui"}, follow_redirects=False
    )
    assert made.status_code == 303
    shown = house.client.get(made.headers["location"]).text
    assert all(words in plain(shown) for words in ("Enquête :", "Vous interrogez", "À appeler d'abord"))


@pytest.mark.slow
def test_the_facilitator_notes_withdraws_issues_and_deletes_by_forms_alone(house: House) -> None:
    made, one = link(house)
    page = made["links"]["page"]
    assert house.client.post(page, data={"action": "answer", "can": "yes"}).status_code == 422
    noted = house.client.post(
        page, data={"action": "answer", "structure": one["id"], "can": "yes"}, follow_redirects=False
    )
    assert noted.status_code == 303 and house.read(made)["counts"]["yes"] == 1
    assert "noté par le facilitateur" in house.client.get(page).text
    issued = house.client.post(page, data={"action": "dossier"}, follow_redirects=False)
    assert issued.status_code == 303 and issued.headers["location"].startswith("/dossiers/")
    dossier = house.client.get(f"/v1{issued.headers['location']}.html").text
    assert "Ce que les structures ont répondu" in dossier
    house.client.post(page, data={"action": "withdraw", "structure": one["id"]})
    assert house.read(made)["counts"]["answered"] == 0
    house.client.post(page, data={"action": "delete"})
    assert house.client.get(page).status_code == 410
