"""``/consultation``: what was understood is shown and corrected before anything is counted; a dossier is verified."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.html import Page

URL = "/consultation"
FILE = "Lot;Objet;Lieu;Montant HT;Durée\n1;Tonte des pelouses;Rennes;240 000;48\n2;<b>Nettoyage</b> des locaux;Saint-Denis;abc;12\n"


def post(client: TestClient, path: str = URL, status: int = 200, file: bytes | None = None, **fields: str) -> Page:
    files = {name: (None, value) for name, value in fields.items()}
    sent = {**files, "file": ("p.csv", file)} if file is not None else {**files, "_": (None, "")}
    response = client.post(path, files=sent, headers={"Accept": "text/html"})  # type: ignore[arg-type]
    assert response.status_code == status, response.text[:2000]
    return Page(str(response.url), response.text)


def kept(page: Page) -> str:
    found = re.search(r'<textarea name="programme"[^>]*>(.*?)</textarea>', page.source, re.DOTALL)
    assert found is not None
    return unescape(found[1])


@pytest.fixture(scope="module")
def understood(pages_client: TestClient) -> Page:
    return post(pages_client, file=FILE.encode(), step="one")


def test_what_is_understood_is_shown_and_nothing_is_counted_yet(understood: Page) -> None:
    assert "Rien n'est encore compté" in understood.source
    assert "Saint-Denis (93, Seine-Saint-Denis)" in understood.source
    assert "Avis :" not in understood.source and "<b>Nettoyage" not in understood.source
    assert len(understood.all("h1")) == 1
    labelled = {one.attributes.get("for") for one in understood.all("label")}
    assert {one.attributes["id"] for one in understood.all("select")} <= labelled


@pytest.mark.slow
def test_a_corrected_line_is_counted_and_the_other_kept(understood: Page, pages_client: TestClient) -> None:
    study = post(pages_client, step="study", programme=kept(understood), **{"place-3": "commune:93066"})
    assert study.source.count("à corriger : non compté") >= 1
    whole = post(
        pages_client, step="study", programme=kept(understood), **{"place-3": "commune:93066", "amount-3": "60000"}
    )
    assert "à corriger : non compté" not in whole.source
    assert whole.source.count('<div class="verdict ') == 2


def test_a_lot_typed_goes_through_the_same_steps(pages_client: TestClient) -> None:
    page = post(pages_client, step="one", text="entretien des espaces verts", place="Rennes", amount="abc")
    assert "Montant « abc » illisible" in page.source


@pytest.mark.parametrize(
    "fields", [{"step": "one"}, {"step": "one", "text": " "}, {"step": "study", "programme": "x;y\n1;2"}]
)
def test_nothing_to_read_is_said_on_the_page(pages_client: TestClient, fields: dict[str, str]) -> None:
    assert "À corriger" in post(pages_client, status=422, **fields).source
    assert "À corriger" in post(pages_client, status=422, file=b"", step="one").source


def test_a_lot_and_several_are_one_form_that_loses_nothing(understood: Page, pages_client: TestClient) -> None:
    assert "collez vos lots ou donnez un fichier" in post(pages_client, status=422, step="one").text
    both = post(pages_client, status=422, step="one", text="tonte", pasted="Lot 1 : tonte", months="4 ans")
    assert "un besoin et des lots collés : gardez l'un ou l'autre" in both.text
    assert both.one("textarea", id="champ-pasted").text == "Lot 1 : tonte"
    assert both.one("input", id="champ-months").attributes["value"] == "4 ans"
    assert ">Code CPV</option>" in understood.source and "Cpv" not in understood.source


def test_a_lot_says_one_share_of_labour_and_how_many_are_left_for_each_reason(pages_client: TestClient) -> None:
    lot = {"text": "nettoyage des locaux et des vitres", "place": "Rennes", "amount": "60000", "months": "12"}
    typed = post(pages_client, step="one", **lot)
    study = post(pages_client, step="study", programme=kept(typed))
    assert re.search(r"Part de main-d'œuvre supposée, de 70\s% à 90\s% du prix", study.text)
    assert re.search(r"n'exerce pas ce métier à notre connaissance \(\d+\)", study.text)


@pytest.mark.slow
def test_a_setting_out_of_its_range_is_refused_by_name(understood: Page, pages_client: TestClient) -> None:
    page = post(pages_client, status=422, step="study", programme=kept(understood), capacity_share="5")
    assert "capacity_share" in page.source


def test_the_value_of_the_consultation_is_asked_and_compared(pages_client: TestClient) -> None:
    lot = "objet;lieu;montant\nnettoyage des locaux;Rennes;150000\n"
    alone = unescape(post(pages_client, step="study", programme=lot).source)
    assert "à vérifier sur la valeur de l'ensemble des lots" in alone and "facultative" not in alone
    whole = post(pages_client, step="study", programme=lot, consultation_amount="150 000")
    assert "la valeur annoncée de la consultation" in whole.source
    refused = post(pages_client, status=422, step="study", programme=lot, consultation_amount="100 000")
    assert "moins que la somme des lots donnés" in refused.source


def test_a_dossier_that_was_not_kept_is_not_verified_though_its_hash_agrees(
    understood: Page, pages_client: TestClient
) -> None:
    fields = {"programme": (None, kept(understood)), "format": (None, "json")}
    made = pages_client.post(URL + "/dossier", files=fields)  # type: ignore[arg-type]
    assert made.status_code == 200 and made.headers["content-type"] == "application/json"
    answer = post(pages_client, URL + "/verifier", json=made.text).source
    assert "Dossier non vérifié." in answer and "s'accorde à ce contenu" in unescape(answer).replace("’", "'")
    changed = made.text.replace("Tonte", "tonte", 1)
    assert "Empreinte fausse" in post(pages_client, URL + "/verifier", json=changed).source
    assert "pas un dossier" in post(pages_client, URL + "/verifier", 422, json="{}").source
    assert pages_client.get(URL + "/verifier").status_code == 200


def test_the_first_page_has_labels_headings_and_no_script_of_its_own(pages_client: TestClient) -> None:
    page = Page(URL, pages_client.get(URL).text)
    labelled = {one.attributes.get("for") for one in page.all("label")}
    for field in (*page.all("input"), *page.all("select")):
        assert field.attributes.get("type") == "hidden" or field.attributes["id"] in labelled
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    assert repeated == []


def programme_of_thirty() -> bytes:
    """Thirty lines, three of which cannot be read: a place, an amount, a trade and its place."""
    lines = [f"{n};Tonte des pelouses;Arras;{n}0000;12" for n in range(1, 31)]
    lines[4] = "5;Traiteur;Saint-Martin-Boulogne;120 k€ TTC;12"
    lines[11] = "12;Nettoyage des locaux;;60000;12"
    lines[20] = "21;Nettoyage des locaux;Secteur nord;60000;entre 2 et 3"
    return "\n".join(["Lot;Objet;Lieu;Montant HT;Durée", *lines]).encode()


def pressed(page: Page, client: TestClient, label: str, **typed: str) -> Page:
    """The page after a button, with what the form would send with it."""
    button = next(one for one in page.all("button") if label in one.text and one.attributes.get("value"))
    fields = {"step": "again", str(button.attributes["name"]): str(button.attributes["value"]), **typed}
    return post(client, programme=kept(page), **fields)


@pytest.mark.slow
def test_three_lines_of_thirty_are_shown_and_repaired_in_three_presses(pages_client: TestClient) -> None:
    page = post(pages_client, file=programme_of_thirty(), step="one")
    assert "<h2>3 lignes à réparer</h2>" in page.source.replace("\u00a0", " ").replace("\u202f", " ")
    head, _, folded = page.source.partition('<details class="group">')
    assert (
        head.count('<fieldset class="group line-read') == 3 and folded.count('<fieldset class="group line-read') == 27
    )
    assert "Écrit" in head and "120 k€ TTC" in unescape(head)
    page = pressed(page, pages_client, "Appliquer aux lieux non lus", within="62")
    assert "lignes 13 et 22" in unescape(page.source) and "<h2>2 lignes à réparer</h2>" in page.source
    page = pressed(page, pages_client, "TVA de 10")
    page = pressed(page, pages_client, "2 ans")
    assert "à réparer</h2>" not in page.source and "<strong>0</strong> à corriger" in page.source


def test_lots_pasted_as_a_letter_or_typed_as_a_single_need_are_lots(pages_client: TestClient) -> None:
    letter = (
        "La ville de Rennes consulte pour 3 ans. Lot 1 - espaces verts (80 000 € HT) / Lot 2 : nettoyage des locaux."
    )
    for fields in ({"step": "one", "pasted": letter}, {"step": "one", "text": letter}):
        page = post(pages_client, **fields)
        legends = [" ".join(legend.text.split()) for legend in page.all("legend")]
        assert sum("Lot 1" in legend or "Lot 2" in legend for legend in legends) == 2
        assert "Rennes (35, Ille-et-Vilaine) · 80 000 € HT · 36 mois" in page.one("main").text.replace(
            "\xa0", " "
        ).replace("\u202f", " ")


@pytest.mark.parametrize(
    "lots",
    [
        {"text": "Lot 1 : espaces verts, lot 2 : nettoyage"},
        {"pasted": "Lot 1 : espaces verts\nLot 2 : nettoyage"},
        {"pasted": "Lot;Objet;Années\n1;espaces verts;\n2;nettoyage;4\n3;restauration collective;3"},
        {"pasted": "n;u;Années\n1;espaces verts;\n2;nettoyage;4\n3;restauration collective;3"},
    ],
)
def test_what_the_form_says_beside_several_lots_is_of_all_that_say_none(
    pages_client: TestClient, lots: dict[str, str]
) -> None:
    said = {"place": "Rennes", "months": "4 ans", "amount": "300 000"}
    unread = "n;u" in lots.get("pasted", "")
    page = post(pages_client, **lots, **said, status=422 if unread else 200, step="one")
    if unread:
        hidden = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="hidden")}
        read = {"column-1": "lot", "column-2": "text", "column-3": "years"}
        raw = page.one("textarea", name="raw").text
        page = post(pages_client, **{**hidden, **read, "raw": raw, "step": "columns"})
    assert page.one("main").text.replace("\xa0", " ").count("48 mois") == 2
    assert page.one("input", id="champ-place_default").attributes["value"] == "Rennes"
    assert page.one("input", id="champ-consultation_amount").attributes["value"] == "300 000"
