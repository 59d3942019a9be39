"""A structure completes its sheet: in the queue, decided, on the sheet at once, in the next build, withdrawn, ended."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.publish import publish
from tests.given.conftest import REVIEW_TOKEN, House
from tests.given.declaring import FORM, accepted, declared, pending, reviewed, send, structures, token_of
from tests.indexer.records import record, write_run
from tests.search_api.corpus import TODAY
from vivier.engine.embedded.store import EmbeddedStore
from vivier.french import telephone
from vivier.given.declared import write_runs as write_declared
from vivier.given.queue import queue_of
from vivier.given.requests import AlreadyDecided, Subject
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.runs.records import current_run, read_records
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import get

SIRET = "90000000100017"
CONTENT = {
    "trades": [{"trade": "blanchisserie", "service_types": ["service"]}],
    "zone": {"type": "radius", "km": 30},
    "website": "https://drac.example",
}


@pytest.mark.slow
def test_a_declaration_waits_then_is_on_the_sheet_at_once_then_is_withdrawn(house: House) -> None:
    sheet, follow = declared(house)
    assert re.fullmatch(r"/suivi/[0-9a-f]{40}", follow)
    assert "à décider" in house.client.get(follow).text
    before = house.client.get(sheet)
    assert "Déclaré par la structure" not in before.text
    house.queue.accept(pending(house.queue).number, house.clock.day)
    shown = house.client.get(sheet, headers={"If-None-Match": before.headers["etag"]})
    assert "Déclaré par la structure le" in shown.text and "Pas de travail de nuit" in shown.text
    assert telephone("0299000000") in shown.text
    for page in (shown.text, house.client.get(follow).text):
        assert "à la prochaine mise à jour des données" in page
    body = house.client.get(sheet.replace("/fournisseurs", "/v1/suppliers")).json()["supplier"]
    offer = body["offers"][0]
    assert offer["value"]["trade"] == "elagage-abattage" and offer["value"]["evidence"] == "declared"
    assert offer["value"]["zone"]["territories"] == ["commune:35238", "departement:35"]
    assert offer["provenance"]["producer"] == body["name"]["value"]
    assert body["website"]["value"] == "https://atelier.example"
    send(house, follow, {"action": "withdraw"})
    assert "Déclaré par la structure" not in house.client.get(sheet).text
    left = house.client.get(follow).text
    assert "retirée" in left and "Pas de travail de nuit" not in left
    assert house.client.post(follow, data={"action": "withdraw"}).status_code == 409


@pytest.mark.slow
def test_a_declaration_ends_after_twelve_months(house: House) -> None:
    sheet, _ = accepted(house)
    house.clock.later(365)
    assert "Déclaré par la structure" in house.client.get(sheet).text
    house.clock.later(1)
    assert "Déclaré par la structure" not in house.client.get(sheet).text
    assert house.queue.purge(house.clock.day, dry_run=True) == 1
    assert house.queue.purge(house.clock.day) == 1 and house.queue.waiting(None) == []


@pytest.mark.slow
def test_a_newer_declaration_replaces_the_former_one(house: House) -> None:
    accepted(house)
    sheet, _ = accepted(house, cannot="Pas de travail en hauteur", places="Vitré")
    shown = house.client.get(sheet).text
    assert "Pas de travail en hauteur" in shown and "Pas de travail de nuit" not in shown
    assert [request.state for request in house.queue.waiting(None)] == ["replaced", "accepted"]
    assert house.queue.waiting("replaced")[0].content == {}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"siret": "123"}, "siret"),
        pytest.param({"siret": "90000000100018"}, "siret", marks=pytest.mark.slow),
        ({"siret": "90000000100017"}, "siret"),
        ({"siret": ""}, "siret"),
        ({"trade1": "zzyzx"}, "trade1"),
        pytest.param({"trade2": FORM["trade1"]}, "trade1", marks=pytest.mark.slow),
        ({"zone": "radius", "km": "beaucoup"}, "km"),
        ({"zone": "radius", "km": "1e3"}, "km"),
        ({"zone": "radius", "km": "900"}, "km"),
        ({"places": "Saint-Denis"}, "places"),
        ({"places": "zzyzx"}, "places"),
        ({"places": "departement:99"}, "zone"),
        ({"places": ""}, "places"),
        ({"zone": "ailleurs"}, "zone"),
        ({"staff": "beaucoup"}, "staff"),
        pytest.param({"staff": "-4"}, "staff", marks=pytest.mark.slow),
        ({"volume": "30 000 ou 40 000 ?"}, "volume"),
        pytest.param({"cannot": "Appelez Mme Martin au 06 12 34 56 78"}, "cannot", marks=pytest.mark.slow),
        pytest.param({"cannot": "x" * 301}, "cannot", marks=pytest.mark.slow),
        pytest.param({"references": "Ville\n" + "y" * 121}, "references", marks=pytest.mark.slow),
        pytest.param({"references": "\n".join(f"Ville {n}" for n in range(9))}, "references", marks=pytest.mark.slow),
        pytest.param({"references": "Claire Martin"}, "references", marks=pytest.mark.slow),
        pytest.param({"mailbox": "claire.dubois@atelier.example"}, "mailbox", marks=pytest.mark.slow),
        pytest.param({"mailbox": "contact@atelier"}, "mailbox", marks=pytest.mark.slow),
        ({"phone": "06 12 34 56 78"}, "phone"),
        pytest.param({"phone": "12"}, "phone", marks=pytest.mark.slow),
        pytest.param({"website": "javascript:alert(1)"}, "website", marks=pytest.mark.slow),
        pytest.param({"website": "http://127.0.0.1/"}, "website", marks=pytest.mark.slow),
        ({"fax": "0299000000"}, "fax"),
        ({"cannot": "\x00"}, "siret"),
        ({"references": "z" * 30_000}, "siret"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(refusing: House, more: dict[str, str], field: str) -> None:
    id_, siret = structures(refusing)[0]
    text = send(refusing, f"/fournisseurs/{id_}/completer", {**FORM, "siret": siret, **more}, 422)
    assert f'href="#champ-{field}"' in text and "À corriger" in text
    assert refusing.queue.waiting() == []


def test_everything_to_correct_is_told_together_and_what_was_typed_stays(house: House) -> None:
    id_, _ = structures(house)[0]
    typed = {**FORM, "siret": "1", "trade1": "zzyzx", "staff": "x", "phone": "06 00 00 00 00"}
    text = send(house, f"/fournisseurs/{id_}/completer", typed, 422)
    assert all(f'href="#champ-{field}"' in text for field in ("siret", "trade1", "staff", "phone"))
    assert 'value="zzyzx"' in text and "Pas de travail de nuit" in text


def test_a_script_is_shown_as_text_everywhere(house: House) -> None:
    script = '<script>alert("x")</script><img src=x onerror=y>'
    sheet, follow = accepted(house, cannot=script, references=script)
    id_ = sheet.rpartition("/")[2]
    report = {"fact": "name", "right": script, "source": script}
    send(house, f"{sheet}/signaler", report)
    house.queue.accept(pending(house.queue).number, house.clock.day)
    headers = {"Authorization": operator()}
    for path in (sheet, follow, "/revue", "/revue/1", "/revue/2", f"/fournisseurs/{id_}/completer"):
        text = house.client.get(path, headers=headers).text
        assert "<script>alert" not in text and "<img src=x" not in text
    assert "&lt;script&gt;" in house.client.get(sheet).text


def test_a_form_sent_by_another_site_is_refused(house: House) -> None:
    id_, siret = structures(house)[0]
    for path in (f"/fournisseurs/{id_}/completer", f"/fournisseurs/{id_}/signaler", f"/fournisseurs/{id_}/s-opposer"):
        for headers in ({"Origin": "https://ailleurs.example"}, {"Sec-Fetch-Site": "cross-site"}):
            response = house.client.post(path, data={**FORM, "siret": siret}, headers=headers)
            assert response.status_code == 403
    assert house.queue.waiting() == []


def test_a_link_is_guessed_by_nobody_and_is_not_in_the_database(house: House) -> None:
    _, follow = declared(house)
    for path in ("/suivi/" + "0" * 40, "/suivi/x", "/i/" + "0" * 40, "/i/x"):
        assert house.client.get(path).status_code == 404 and house.client.post(path, data=FORM).status_code == 404
    house.queue.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    assert follow.rpartition("/")[2].encode() not in content


def operator(password: str = REVIEW_TOKEN) -> str:
    return "Basic " + base64.b64encode(f"operateur:{password}".encode()).decode()


@pytest.mark.slow
def test_the_operator_decides_on_a_page_behind_a_password(house: House) -> None:
    sheet, follow = declared(house)
    for headers in ({}, {"Authorization": operator("faux")}, {"Authorization": "Basic ???"}, {"Authorization": "x"}):
        for path in ("/revue", "/revue/1", "/revue/x"):
            response = house.client.get(path, headers=headers)
            assert response.status_code == 401 and response.headers["www-authenticate"].startswith("Basic")
        assert house.client.post("/revue/1", data={"action": "accept"}, headers=headers).status_code == 401
    right = {"Authorization": operator()}
    assert "fiche complétée" in house.client.get("/revue", headers=right).text
    assert "Pas de travail de nuit" in house.client.get("/revue/1", headers=right).text
    refused = reviewed(house, "/revue/1", right, action="refuse")
    assert refused.status_code == 422 and "dites pourquoi" in refused.text.lower()
    assert reviewed(house, "/revue/1", right, action="accept").status_code == 200
    assert house.queue.read(1).state == "accepted"
    assert "Déclaré par la structure" in house.client.get(sheet).text
    assert reviewed(house, "/revue/1", right, action="withdraw").status_code == 200
    assert "retirée" in house.client.get(follow).text
    assert house.client.get("/revue/99", headers=right).status_code == 404


@pytest.mark.parametrize("more", [{}, {"Sec-Fetch-Site": "same-origin"}])
def test_the_form_of_the_operator_is_taken_from_its_own_page(house: House, more: dict[str, str]) -> None:
    declared(house)
    assert reviewed(house, "/revue/1", {"Authorization": operator(), **more}, action="accept").status_code == 200
    assert house.queue.read(1).state == "accepted"


ELSEWHERE = [
    {"Origin": "https://ailleurs.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://soeur.ville.example", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("more", ELSEWHERE)
def test_no_other_site_decides_for_the_operator_nor_sends_a_list_for_it(refusing: House, more: dict[str, str]) -> None:
    """Nor a sister site, whose requests carry the password that the browser remembers."""
    if not refusing.queue.waiting():
        declared(refusing)
    headers = {"Authorization": operator(), **more}
    assert reviewed(refusing, "/revue/1", headers, action="accept").status_code == 403
    assert reviewed(refusing, "/reseau", headers, network="Réseau").status_code == 403
    assert pending(refusing.queue).number == 1


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_token_of_its_page_decides_nothing(refusing: House, token: str) -> None:
    if not refusing.queue.waiting():
        declared(refusing)
    right = {"Authorization": operator()}
    for path in ("/revue/1", "/revue/2", "/reseau"):
        sent = refusing.client.post(path, data={"jeton": token, "action": "accept"}, headers=right)
        assert sent.status_code == 403 and "rouvrez la page" in sent.text
    assert pending(refusing.queue).number == 1


def test_the_token_of_a_page_serves_on_no_other(house: House) -> None:
    declared(house)
    right = {"Authorization": operator()}
    other = token_of(house, "/reseau", right)
    sent = house.client.post("/revue/1", data={"jeton": other, "action": "accept"}, headers=right)
    assert other and sent.status_code == 403 and pending(house.queue).number == 1


def test_a_refusal_is_read_by_who_asked_and_erases_what_was_sent(house: House) -> None:
    sheet, follow = declared(house)
    house.queue.refuse(1, house.clock.day, "Le métier ne correspond pas à l'agrément")
    shown = house.client.get(follow).text
    assert "refusée" in shown and "ne correspond pas" in shown and "Pas de travail de nuit" not in shown
    assert "Déclaré par la structure" not in house.client.get(sheet).text
    with pytest.raises(AlreadyDecided):
        house.queue.accept(1, house.clock.day)


@pytest.mark.slow
def test_a_reported_error_waits_then_is_shown_on_the_sheet(house: House) -> None:
    id_, _ = structures(house)[0]
    sheet, right = f"/fournisseurs/{id_}", "Elle a déménagé à Vitré en 2025"
    follow = send(house, f"{sheet}/signaler", {"fact": "address", "right": right, "source": "https://vitre.example"})
    assert right not in house.client.get(sheet).text
    house.queue.accept(1, house.clock.day, "Transmis au producteur")
    assert right in house.client.get(sheet).text and "Transmis au producteur" in house.client.get(follow).text
    for wrong in ({"fact": "zz"}, {"right": ""}, {"right": "Demandez à M. Claude Dupont"}, {"source": ""}):
        send(house, f"{sheet}/signaler", {"fact": "name", "right": right, "source": "ici même", **wrong}, 422)


def test_an_accepted_opposition_takes_effect_at_once_and_leaves_nothing(house: House) -> None:
    sheet, follow = accepted(house)
    id_, siret = structures(house)[0]
    opposing = send(house, f"{sheet}/s-opposer", {"siret": siret, "role": "Direction", "why": "Fermeture prochaine"})
    (token,) = house.queue.invite([siret], "Réseau fictif", house.clock.day, 30).values()
    assert house.client.get(sheet).status_code == 200 and house.client.get(f"/i/{token}").status_code == 200
    house.queue.accept(2, house.clock.day)
    assert house.client.get(sheet).status_code == 404 and Opposition(house.settings).holds(siret)
    assert house.client.get(f"/i/{token}").status_code == 404
    assert "acceptée" in house.client.get(opposing).text and "retirée" in house.client.get(follow).text
    house.queue.database.close()
    house.rounds.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    assert siret.encode() not in content and b"Fermeture prochaine" not in content and id_.encode() not in content


def test_an_opposition_needs_the_siret_of_the_sheet(house: House) -> None:
    (id_, _), (_, other) = structures(house)[:2]
    for siret in ("", "12", other):
        send(house, f"/fournisseurs/{id_}/s-opposer", {"siret": siret, "role": "Direction"}, 422)
    assert house.queue.waiting() == []


def test_an_invited_structure_is_heard_at_once_and_once(house: House) -> None:
    id_, siret = structures(house)[0]
    (token,) = house.queue.invite([siret], "Réseau fictif", house.clock.day, 30).values()
    form = house.client.get(f"/i/{token}").text
    assert "Réseau fictif" in form and siret in form
    _, other = structures(house)[1]
    send(house, f"/i/{token}", {**FORM, "siret": other}, 422)
    follow = send(house, f"/i/{token}", {**FORM, "siret": siret})
    assert "acceptée" in house.client.get(follow).text
    assert "Déclaré par la structure" in house.client.get(f"/fournisseurs/{id_}").text
    assert house.client.get(f"/i/{token}").status_code == 410
    assert house.client.post(f"/i/{token}", data={**FORM, "siret": siret}).status_code == 410
    assert len(house.queue.waiting(None)) == 1


@pytest.mark.slow
def test_the_queue_lives_on_postgresql(house_on_postgresql: House) -> None:
    house = house_on_postgresql
    accepted(house)
    sheet, follow = accepted(house, cannot="Pas de travail en hauteur")
    assert "Pas de travail en hauteur" in house.client.get(sheet).text
    assert [request.state for request in house.queue.waiting(None)] == ["replaced", "accepted"]
    _, siret = structures(house)[0]
    (token,) = house.queue.invite([siret], "", house.clock.day, 30).values()
    send(house, f"/i/{token}", {**FORM, "siret": siret, "cannot": ""})
    send(house, f"{sheet}/s-opposer", {"siret": siret, "role": "Direction"})
    house.queue.accept(4, house.clock.day)
    assert house.client.get(sheet).status_code == 404 and house.client.get(follow).status_code == 200
    assert {request.subject.siret for request in house.queue.waiting(None)} == {""}
    house.clock.later(800)
    assert house.queue.purge(house.clock.day) == 4


def test_an_invitation_ends_on_its_day(house: House) -> None:
    _, siret = structures(house)[0]
    (token,) = house.queue.invite([siret], "", house.clock.day, 30).values()
    house.clock.later(30)
    assert house.client.get(f"/i/{token}").status_code == 200
    house.clock.later(1)
    assert house.client.get(f"/i/{token}").status_code == 410


@pytest.mark.slow
def test_what_is_declared_joins_the_next_build_and_leaves_it_once_withdrawn(tmp_path: Path, lexicon: Lexicon) -> None:
    settings, engine = Settings(home=tmp_path), EmbeddedStore(tmp_path / "generations")
    queue, today = queue_of(settings), TODAY
    write_run(settings.records, "list", [record("list", "a", siret=SIRET, siren=SIRET[:9])])
    publish(engine, settings, lexicon, skip_judged=True)
    ((id_, before),) = ((hit.id, hit.record) for hit in Snapshot(engine).suppliers.scan(EVERY))
    for siret in (SIRET, "91000000900019"):  # the second is of no structure known
        queue.send("declaration", Subject(id_, siret, "Atelier du Drac"), CONTENT, today)
    for number in (1, 2):
        queue.accept(number, today)
    (made,) = write_declared(settings, queue, today)
    assert made.kept == 2
    assert write_declared(settings, queue, today + timedelta(days=1)) == [made]
    done = publish(engine, settings, lexicon, skip_judged=True)
    assert done.counts["declared_alone"] == 1 and done.generation.documents == 1
    found = get(id_, Snapshot(engine))
    assert found is not None and found["offers"][0]["value"]["trade"] == "blanchisserie"
    assert found["offers"][0]["provenance"]["producer"] == "Atelier du Drac"
    assert found["website"]["value"] == "https://drac.example"
    assert found["name"] == before["name"] and found.get("issues") == before.get("issues")
    queue.withdraw(1, today)
    queue.withdraw(2, today)
    write_declared(settings, queue, today)
    assert list(read_records(current_run(settings.records, "declared"))) == []
    assert len([path for path in (settings.records / "declared").iterdir() if path.is_dir()]) == 1
    publish(engine, settings, lexicon, skip_judged=True)
    found = get(id_, Snapshot(engine))
    assert found is not None and not found.get("offers")
    queue.database.close()
    engine.close()


def test_a_radius_needs_a_seat(house: House) -> None:
    results = house.client.get("/v1/suppliers?per_page=100").json()["results"]
    seats = {bool(one["address"] and one["address"]["value"]["commune"]): one for one in results if one["siret"]}
    for seated, status in ((True, 303), (False, 422)):
        found = seats[seated]
        typed = {**FORM, "siret": found["siret"]["value"], "zone": "radius", "km": "30 km"}
        text = send(house, f"/fournisseurs/{found['id']}/completer", typed, status)
        assert seated or "un rayon ne dirait rien" in text


def test_the_operator_is_told_of_two_requests_about_one_structure(house: House) -> None:
    id_, _ = structures(house)[0]
    headers = {"Authorization": operator()}
    report = {"fact": "name", "right": "Un autre nom", "source": "son site"}
    send(house, f"/fournisseurs/{id_}/signaler", report)
    alone = [house.client.get(path, headers=headers).text for path in ("/revue", "/revue/1")]
    send(house, f"/fournisseurs/{id_}/signaler", report)
    both = [house.client.get(path, headers=headers).text.replace("\u00a0", " ") for path in ("/revue", "/revue/1")]
    assert not any("autre demande sur ce sujet" in text for text in alone)
    assert both[0].count("autre demande sur ce sujet") == 2 and "1 autre demande sur ce sujet attend : n° 2." in both[1]
