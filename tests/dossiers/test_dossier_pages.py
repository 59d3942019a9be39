"""From ``/consultation`` to an issued dossier, its log and its replay, by forms alone."""

from __future__ import annotations

import html
import re
from typing import Any

import orjson
import pytest

from tests.dossiers.conftest import ASKED, House, listed
from tests.search_api.pages.html import Page
from vivier.desk.dossier import digest

PROGRAMME = (
    "objet;lieu;montant;durée\nentretien des espaces verts;Rennes;240000;48\nnettoyage des locaux;Ille-et-Vilaine;;\n"
)


def issue(house: House, **headers: str) -> str:
    """The address of the dossier that the study's form issues."""
    sent = {"programme": PROGRAMME, "title": "Entretien 2027", "format": "issue"}
    answer = house.client.post("/consultation/dossier", data=sent, headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text[:500]
    return answer.headers["location"]


def page(house: House, url: str, status: int = 200) -> Page:
    answer = house.client.get(url, headers={"Accept": "text/html"})
    assert answer.status_code == status
    return Page(url, answer.text)


@pytest.mark.slow
def test_the_study_offers_to_issue_and_the_form_leads_to_the_dossier(house: House) -> None:
    study = house.client.post("/consultation", data={"step": "study", "programme": PROGRAMME}).text
    assert "Créer le dossier" in study and "Gardé 365 jours" in study
    shown = page(house, issue(house))
    assert shown.one("h1").text == "Entretien 2027" and "Empreinte exacte" in shown.source
    assert house.shelf.count() == 1


@pytest.mark.slow
def test_its_page_is_private_and_accessible(house: House) -> None:
    answer = house.client.get(issue(house))
    assert answer.headers["cache-control"] == "private, no-cache" and "noindex" in answer.headers["x-robots-tag"]
    shown = Page(str(answer.url), answer.text)
    assert len(shown.all("h1")) == 1
    ids = [one.attributes["id"] for one in shown.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    labelled = {one.attributes.get("for") for one in shown.all("label")}
    for field in (*shown.all("input"), *shown.all("select"), *shown.all("textarea")):
        assert (
            field.attributes.get("type") == "hidden"
            or field.attributes.get("id") in labelled
            or field.attributes["name"] in ("need", "q")
        )


def test_a_contact_is_noted_by_form_and_the_new_version_is_shown(house: House) -> None:
    address = issue(house)
    one = listed(house.client.get("/v1" + address).json())[0]
    sent = {"change": "contact", "date": "2026-11-20", "structure": one["id"], "channel": "email", "role": "direction"}
    answer = house.client.post(address + "/versions", data=sent, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] != address
    shown = page(house, answer.headers["location"])
    assert "une version précédente" in shown.source and "pas encore de réponse" in shown.source


def test_a_form_to_correct_says_what_and_keeps_the_rest(house: House) -> None:
    address = issue(house)
    one = listed(house.client.get("/v1" + address).json())[0]
    named = {"change": "contact", "answer": "Mme Martin a dit oui", "date": "2026-11-20", "channel": "email"}
    for sent, said in (
        (named, "ne nommez personne"),
        ({"change": "contact", "date": "", "structure": ""}, "À corriger"),
        ({"change": "redraw", "redraw": ""}, "Rien à changer"),
        ({}, "Rien à changer"),
    ):
        answer = house.client.post(address + "/versions", data={"structure": one["id"], "role": "direction", **sent})
        assert answer.status_code == 422 and said in answer.text and house.shelf.count() == 1, sent
        assert 'value="direction"' in answer.text


@pytest.mark.slow
def test_a_replay_is_read_in_french_and_may_be_issued(house: House) -> None:
    address = issue(house)
    gone = listed(house.client.get("/v1" + address).json())[0]
    assert "Même liste, dans le même ordre." in page(house, address + "/rejouer?data=same").source
    house.newer(lambda one: None if one.id == gone["id"] else one)
    shown = page(house, address + "/rejouer")
    assert "Retirées (1)" in shown.source and "plus dans les données" in shown.source
    answer = house.client.post(address + "/versions", data={"change": "refresh"}, follow_redirects=False)
    assert answer.status_code == 303 and house.shelf.count() == 2


@pytest.mark.slow
def test_pages_of_no_dossier_say_so(house: House) -> None:
    assert "Aucun dossier à cette adresse" in page(house, "/dossiers/" + "0" * 40, 404).source
    made = house.issue()
    former = house.engine.live("suppliers").name
    house.newer(lambda one: one)
    house.engine.remove("suppliers", former)
    assert "ne sont plus gardées" in page(house, made["links"]["page"] + "/rejouer?data=same", 409).source


@pytest.mark.slow
def test_a_form_of_another_site_issues_nothing(house: House) -> None:
    sent = {"programme": PROGRAMME, "format": "issue"}
    for headers in ({"Origin": "https://ailleurs.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert house.client.post("/consultation/dossier", data=sent, headers=headers).status_code == 403
    assert house.shelf.count() == 0
    address = issue(house, Origin="http://testserver")
    answer = house.client.post(
        address + "/versions", data={"change": "refresh"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403 and house.shelf.count() == 1


@pytest.mark.slow
def test_a_verified_file_is_said_to_be_the_one_kept(house: House) -> None:
    text = house.client.get(house.issue()["links"]["self"]).text
    shown = house.client.post("/consultation/verifier", data={"json": text}).text
    assert "Empreinte exacte" in shown and "bien le dossier créé ici" in shown


@pytest.mark.slow
def test_a_forged_file_is_said_to_be_changed_and_never_the_one_kept(house: House) -> None:
    forged = house.read(house.issue())
    forged["lots"][0]["understood"]["amount"] = 241_000
    for more in ({}, {"sha256": digest(forged)}):
        shown = page_of_verification(house, {**forged, **more})
        assert "son contenu a été changé" in shown, more
        assert "bien le dossier créé ici" not in shown and "n'a pas changé depuis" not in shown, more


def page_of_verification(house: House, dossier: dict[str, Any]) -> str:
    """The page that verifies a file, as read."""
    answer = house.client.post("/consultation/verifier", data={"json": orjson.dumps(dossier).decode()})
    assert answer.status_code == 200
    return html.unescape(answer.text)


@pytest.mark.slow
def test_the_document_holds_proofs_hashes_log_and_territories(house: House) -> None:
    text = house.client.get(house.issue(**ASKED)["links"]["html"]).text
    for told in (
        "Type et preuves",
        "Registre d&#39;essai",
        "contour <code>",
        "Ordres tirés",
        "À savoir",
        "gardé jusqu",
    ):
        assert told in text, told
    assert not re.search(r"<script|javascript:", text)
