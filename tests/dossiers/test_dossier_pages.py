"""From ``/consultation`` to an issued dossier, by forms alone."""

from __future__ import annotations

import html
import re
from typing import Any

import orjson
import pytest

from tests.dossiers.conftest import ASKED, House
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


@pytest.mark.slow
def test_pages_of_no_dossier_say_so(house: House) -> None:
    assert "Aucun dossier à cette adresse" in page(house, "/dossiers/" + "0" * 40, 404).source


@pytest.mark.slow
def test_a_form_of_another_site_issues_nothing(house: House) -> None:
    sent = {"programme": PROGRAMME, "format": "issue"}
    for headers in ({"Origin": "https://ailleurs.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert house.client.post("/consultation/dossier", data=sent, headers=headers).status_code == 403
    assert house.shelf.count() == 0
    assert issue(house, Origin="http://testserver") and house.shelf.count() == 1


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
def test_the_document_holds_proofs_hashes_and_territories(house: House) -> None:
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
