"""``/v1/dossiers``: what an issued dossier holds, how it is read, and what it refuses."""

from __future__ import annotations

import copy
import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from openpyxl import load_workbook

from search_api.desk.consultations import BODIES, XLSX
from tests.dossiers.conftest import ASKED, LOT, House, contents, listed
from tests.search_api.corpus import TODAY
from vivier.desk.dossier import canonical, digest
from vivier.desk.read.programme import MOST_LINES
from vivier.dossiers import port
from vivier.dossiers.data import data_of, warnings_of
from vivier.french import typographic
from vivier.search.port import Generation


@pytest.mark.slow
def test_a_dossier_is_issued_at_an_address_and_read_there_as_canonical_json(house: House) -> None:
    made = house.issue()
    content = house.client.get(made["links"]["self"]).content
    body = orjson.loads(content)
    assert re.fullmatch("[0-9a-f]{40}", made["dossier_id"])
    assert content == orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    assert digest(body) == body["sha256"] == made["sha256"]
    assert body["kept_until"] == (TODAY + timedelta(days=365)).isoformat()
    (kept,) = contents(house.shelf.database)
    assert kept[:-1].rpartition(b',"sha256"')[0] + b"}" == canonical(body)


@pytest.mark.slow
def test_the_same_question_on_the_same_data_gives_the_same_analysis_under_another_id(house: House) -> None:
    one, two = house.issue(), house.issue()
    assert one["dossier_id"] != two["dossier_id"] and one["sha256"] != two["sha256"]
    assert (one["analysis_sha256"], one["list_sha256"]) == (two["analysis_sha256"], two["list_sha256"])


def test_it_says_what_it_rests_on(house: House) -> None:
    body = house.read(house.issue())
    (suppliers,) = body["data"]
    assert suppliers["generation"] == house.engine.live("suppliers").name
    assert [one["updated_at"] for one in suppliers["sources"]] == ["2026-11-01", None]
    assert all(one["fetched_at"] and one["licence"] for one in suppliers["sources"])
    assert {one["id"] for one in body["territories"]} == {"commune:35238", "departement:35"}
    assert all(one["geometry_sha256"] and one["communes"] for one in body["territories"])
    assert body["question"]["lots"][0]["values"]["text"] == LOT["text"]
    assert any("ne dit pas à quelle date" in one for one in body["warnings"])
    assert any("à corriger" in one for one in body["warnings"]) and any(
        "ne contient pas de marchés" in one for one in body["warnings"]
    )
    assert body["questionnaire"] and body["contact_log"] == [] and len(body["draws"]) == 1


@pytest.mark.slow
def test_every_line_of_the_list_has_its_rank_its_commune_and_dated_proofs(house: House) -> None:
    body = house.read(house.issue())
    lines = listed(body)
    assert lines and [one["rank"] for one in lines] == list(range(1, len(lines) + 1))
    assert all(one["commune_name"] for one in lines if one["commune"])
    proofs = [proof for one in lines for proof in one["proofs"]]
    assert {one["of"] for one in proofs} >= {"kind", "trade"}
    assert all(one["source_id"] and one["dataset"] for one in proofs)


def test_every_exclusion_has_one_reason_and_an_id(house: House) -> None:
    for article in house.read(house.issue())["lots"][0]["articles"]:
        left = article["excluded"]
        assert all(one["id"] and one["reason"] and one["reason_fr"] for one in left)
        assert len({one["id"] for one in left}) == len(left)
        assert sum(article["excluded_by_reason"].values()) == len(left)


@pytest.mark.slow
def test_csv_and_workbook_have_as_many_rows_as_the_list(house: House) -> None:
    made = house.issue()
    body = house.read(made)
    total = sum(len(lot["contacts"]["structures"]) for lot in body["lots"] if lot["studied"])
    text = house.client.get(made["links"]["csv"])
    assert text.headers["content-type"].startswith("text/csv") and text.content.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(text.text), delimiter=";"))) == total + 1
    book = load_workbook(io.BytesIO(house.client.get(made["links"]["xlsx"]).content))
    assert book["Structures à consulter"].max_row == total + 1
    assert body["sha256"] in str(list(book["Lisez-moi"].iter_rows(values_only=True)))


@pytest.mark.slow
def test_one_address_answers_in_four_formats(house: House) -> None:
    address = house.issue()["links"]["self"]
    for media in ("application/json", "text/html", XLSX, "text/csv"):
        answer = house.client.get(address, headers={"Accept": media})
        assert answer.headers["content-type"].startswith(media)
        extension = {XLSX: "xlsx", "text/html": "html", "text/csv": "csv"}.get(media, "json")
        assert house.client.get(f"{address}.{extension}").content == answer.content or media == XLSX
    assert house.client.get(address, headers={"Accept": "image/png"}).status_code == 406


def test_it_is_kept_by_its_reader_only_and_by_no_search_engine(house: House) -> None:
    answer = house.client.get(house.issue()["links"]["self"])
    assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
    assert "noindex" in answer.headers["x-robots-tag"]
    again = house.client.get(str(answer.url), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.headers["cache-control"].startswith("private")


@pytest.mark.slow
def test_hostile_texts_are_inert_in_every_format(house: House) -> None:
    lot = {**LOT, "text": "=1+1 entretien des espaces verts <b>"}
    made = house.issue(title="Essai <script>", lots=[lot])
    page = house.client.get(made["links"]["html"]).text
    assert "Essai &lt;script&gt;" in page and "<script" not in page and "<b>" not in page
    sheets = load_workbook(io.BytesIO(house.client.get(made["links"]["xlsx"]).content))
    cell = sheets["Lots"]["B2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'=")


@pytest.mark.slow
def test_an_unknown_dossier_is_404_and_a_purged_one_410(house: House) -> None:
    unknown = house.client.get("/v1/dossiers/" + "0" * 40)
    assert unknown.status_code == 404 and unknown.json()["detail"] == "Aucun dossier à cette adresse."
    assert house.client.get("/v1/dossiers/rien.csv").status_code == 404
    made = house.issue()
    assert house.shelf.purge(TODAY + timedelta(days=366)) == 1
    for url in (made["links"]["self"], made["links"]["csv"], made["links"]["page"]):
        assert house.client.get(url).status_code == 410, url


@pytest.mark.slow
def test_a_full_shelf_and_a_dossier_too_large_are_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.shelf, "_most", 0)
    full = house.client.post("/v1/dossiers", json=ASKED)
    assert full.status_code == 503 and "plein" in full.json()["detail"]
    monkeypatch.setattr(house.shelf, "_most", 9)
    monkeypatch.setattr("vivier.given.shelf.MOST_BYTES", 1_000)
    assert house.client.post("/v1/dossiers", json=ASKED).status_code == 413
    assert not contents(house.shelf.database) and port.MOST_BYTES > 1_000


@pytest.mark.slow
def test_only_posting_to_the_collection_issues(house: House) -> None:
    assert house.client.get("/v1/dossiers").status_code == 405
    made = house.issue()
    for method in ("PUT", "DELETE", "PATCH"):
        assert house.client.request(method, made["links"]["self"]).status_code == 405
    assert house.shelf.count() == 1


def verify(house: House, dossier: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether a file is the dossier issued here, and what the service says of the one it keeps under its id."""
    answer = house.client.post("/v1/dossiers/verify", json=dossier)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["sha256"] == dossier["sha256"]
    assert body["exact"] == (digest(dossier) == dossier["sha256"])
    return body["verified"], body["kept"]


def resealed(dossier: dict[str, Any]) -> dict[str, Any]:
    """The dossier with the hash of what it now holds, as a careful forger would leave it."""
    return {**dossier, "sha256": digest(dossier)}


def with_amount(dossier: dict[str, Any], amount: float) -> dict[str, Any]:
    """The dossier with the amount of its first lot changed."""
    forged: dict[str, Any] = copy.deepcopy(dossier)
    forged["lots"][0]["understood"]["amount"] = amount
    return forged


@pytest.mark.slow
def test_the_file_of_a_dossier_is_the_one_kept_whatever_the_order_of_its_keys(house: House) -> None:
    body = house.read(house.issue())
    assert verify(house, body) == verify(house, dict(reversed(body.items()))) == (True, "same")
    assert house.client.post("/v1/dossiers/verify", json={"a": 1}).status_code == 422
    refused = house.client.post("/v1/dossiers/verify", json=resealed({**body, "format": "vivier-dossier-2"}))
    assert refused.status_code == 422
    assert "« vivier-dossier-2 »" in refused.text and "refaites l'étude" in refused.text


@pytest.mark.slow
def test_a_forged_amount_is_never_the_dossier_kept(house: House) -> None:
    body = house.read(house.issue())
    forged = with_amount(body, 241_000)
    assert verify(house, forged) == (False, "other")
    assert verify(house, resealed(forged)) == (False, "other")


def test_a_dossier_whose_written_hash_alone_was_changed_is_not_the_one_kept(house: House) -> None:
    assert verify(house, {**house.read(house.issue()), "sha256": "0" * 64}) == (False, "other")


@pytest.mark.slow
def test_a_forged_dossier_that_claims_to_be_a_blanked_copy_is_not_the_one_kept(house: House) -> None:
    body = house.read(house.issue())
    claim = {"structures": 1, "reason": "structure retirée à sa demande", "issued_sha256": body["sha256"]}
    assert verify(house, resealed({**with_amount(body, 241_000), "blanked": claim})) == (False, "other")


@pytest.mark.slow
def test_a_dossier_of_another_service_is_unknown_here(house: House) -> None:
    body = house.read(house.issue())
    assert verify(house, resealed({**body, "dossier_id": "0" * 40})) == (False, "unknown")


@pytest.mark.slow
def test_a_dossier_that_is_kept_no_longer_is_verified_no_longer(house: House) -> None:
    made = house.issue()
    body = house.read(made)
    house.shelf.purge(TODAY + timedelta(days=366))
    assert verify(house, body) == (False, "purged")


@pytest.mark.slow
def test_a_file_that_was_never_kept_is_exact_and_not_verified(house: House) -> None:
    sent = {"programme": "objet;lieu\nnettoyage;Rennes\n", "format": "json"}
    body = house.client.post("/consultation/dossier", data=sent).json()
    assert verify(house, body) == (False, None)
    shown = html.unescape(house.client.post("/consultation/verifier", data={"json": orjson.dumps(body).decode()}).text)
    assert "Dossier non vérifié." in shown and "pas été gardé ici" in shown


@pytest.mark.slow
def test_a_service_without_a_shelf_says_so(house: House) -> None:
    from fastapi.testclient import TestClient

    from search_api.app import create_app

    with TestClient(create_app(house.engine, house.lexicon, today=lambda: date(2026, 11, 24))) as client:
        answer = client.post("/v1/dossiers", json=ASKED)
        assert answer.status_code == 503 and "ne garde pas" in answer.json()["detail"]
        assert (
            "Créer le dossier"
            not in client.post(
                "/consultation", data={"step": "study", "programme": "objet;lieu\nnettoyage;Rennes\n"}
            ).text
        )


@pytest.mark.slow
def test_the_value_compared_with_the_threshold_is_told_alike_in_every_form_of_the_dossier(house: House) -> None:
    cleaning = {"text": "nettoyage des locaux", "place": "Rennes", "months": 48}
    amounts = (150_000, 190_000, 48_000, 60_000, 25_000)
    made = house.issue(lots=[{**cleaning, "amount": one, "lot": str(n)} for n, one in enumerate(amounts, 1)])
    told = [lot["duties"][-1]["text"] for lot in house.read(made)["lots"]]
    assert len(set(told)) == 1 and "la somme des 5 lots, 473\u202f000\u00a0€ HT" in told[0]
    assert html.unescape(house.client.get(made["links"]["html"]).text).count(told[0]) == 5
    book = load_workbook(io.BytesIO(house.client.get(made["links"]["xlsx"]).content))
    assert [row[2] for row in book["Obligations"].iter_rows(values_only=True)].count(typographic(told[0])) == 5


def test_the_value_of_the_consultation_is_a_setting_that_the_dossier_tells(house: House) -> None:
    lot = {"text": "nettoyage des locaux", "place": "Rennes", "amount": 150_000}
    made = house.issue(lots=[lot], consultation_amount=400_000)
    assert "valeur annoncée" in house.read(made)["lots"][0]["duties"][-1]["text"]


@pytest.mark.slow
def test_groups_are_in_the_dossier_its_page_and_its_workbook(house: House) -> None:
    made = house.issue(lots=[{**LOT, "text": "nettoyage des locaux et entretien des espaces verts"}])
    dossier = house.read(made)
    assert dossier["methods"]["together"] == "together-1"
    groups = dossier["lots"][0]["consortium"]["groups"]
    assert "Groupements possibles" in house.client.get(made["links"]["html"]).text
    book = load_workbook(io.BytesIO(house.client.get(made["links"]["xlsx"]).content))
    rows = list(book["Groupements"].iter_rows(min_row=2, values_only=True))
    assert groups and [row[2] for row in rows] == [
        typographic(one["name"]) for group in groups for one in group["members"]
    ]
    assert all(row[0] == LOT["lot"] for row in rows)


@pytest.mark.long
def test_the_largest_programme_is_issued_and_its_dossier_is_verified_by_both_doors(house: House) -> None:
    """Three hundred lots: what may be issued may be verified, whatever its size."""
    needs = ("entretien des espaces verts", "élagage", "débroussaillage", "nettoyage des locaux")
    lots = [{**LOT, "lot": str(n), "text": needs[n % len(needs)]} for n in range(MOST_LINES)]
    made = house.issue(lots=lots)
    content = house.client.get(made["links"]["self"]).content
    assert len(content) > 8_000_000
    verified = house.client.post(
        "/v1/dossiers/verify", content=content, headers={"content-type": "application/json"}
    ).json()
    assert (verified["verified"], verified["kept"]) == (True, "same")
    page = house.client.post("/consultation/verifier", files={"file": ("dossier.json", content)})
    assert page.status_code == 200 and "Empreinte exacte" in html.unescape(page.text)


def test_what_may_be_issued_may_be_verified() -> None:
    """One bound: a body of the size of the largest dossier is read by each route that verifies."""
    assert all(most >= port.MOST_BYTES for most in BODIES.values()) and len(BODIES) == 2
    assert port.MOST_BYTES >= MOST_LINES * 270_000


@pytest.mark.parametrize(("count", "told"), [(1, "Lot 1 à"), (2, "Lots 1, 2 à"), (20, "19, 20 à"), (21, "19, 20… à")])
def test_the_lots_to_correct_are_named_up_to_twenty(count: int, told: str) -> None:
    lots = [
        {"studied": False, "understood": {"state": "to_correct", "lot": str(n), "line": n}} for n in range(1, count + 1)
    ]
    (warning,) = warnings_of([], lots, contracts=True)
    assert told in warning


@pytest.mark.parametrize(
    ("days", "cadence", "due"),
    [
        (None, 7, None),
        (7, 7, None),
        (8, 7, ", publiées tous les 7 jours."),
        (3, 2, ", publiées tous les 2 jours."),
        (9, 1, ", publiées chaque jour."),
        (900, None, " à la date de l'analyse."),
    ],
)
def test_data_are_said_old_when_they_are_late_for_their_cadence(
    days: int | None, cadence: int, due: str | None
) -> None:
    source = {"dataset": "Liste", "updated_at": "2026-11-01", "age_days": days, "cadence_days": cadence, "sha256": "0"}
    told = warnings_of([{"sources": [source]}], [], contracts=True)
    assert [("vieilles de" in warning, warning.endswith(due or "")) for warning in told] == [(True, True)] * bool(due)


@pytest.mark.parametrize(("read", "days"), [("2026-11-14T03:00:00Z", 10), (None, None)])
def test_data_read_on_an_unknown_day_have_no_age(read: str | None, days: int | None) -> None:
    run = {"source": {"id": "esat"}, "finished_at": read}
    generation = Generation("suppliers-1", "suppliers", True, 3, datetime(2026, 11, 14, tzinfo=UTC), {"sources": [run]})
    (source,) = data_of(generation, date(2026, 11, 24))["sources"]
    assert (source["fetched_at"], source["age_days"]) == (read, days)
